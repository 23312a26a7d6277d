// Calls an agent who looks elsewhere: the words of a ringing call in the title of the tab, and a sound.
//
// The sound is two notes a ring, made here: no file, and nothing that the content security policy would refuse. A browser
// lets a page sound only after somebody has pressed something in it, which an agent has.
"use strict";

(() => {
  const RING_EVERY_MS = 2000;
  const BLINK_EVERY_MS = 1000;
  let own = null;
  let blink = 0;
  let ring = 0;
  let audio = null;

  const note = (at, hertz) => {
    const tone = audio.createOscillator();
    const volume = audio.createGain();
    tone.frequency.value = hertz;
    volume.gain.setValueAtTime(0.0001, at);
    volume.gain.exponentialRampToValueAtTime(0.2, at + 0.03);
    volume.gain.exponentialRampToValueAtTime(0.0001, at + 0.4);
    tone.connect(volume).connect(audio.destination);
    tone.start(at);
    tone.stop(at + 0.45);
  };

  const sound = () => {
    // Before the first press a sound would only be refused.
    if (navigator.userActivation && !navigator.userActivation.hasBeenActive) return;
    audio ??= new AudioContext();
    if (audio.state === "suspended") audio.resume();
    note(audio.currentTime, 660);
    note(audio.currentTime + 0.25, 880);
  };

  self.switchdeskDesk = {
    signal(title, hasSound) {
      clearInterval(blink);
      if (title) {
        own ??= document.title;
        const words = title;
        const show = () => { document.title = document.title === words ? own : words; };
        document.title = words;
        blink = setInterval(show, BLINK_EVERY_MS);
      } else if (own !== null) {
        document.title = own;
        own = null;
      }
      clearInterval(ring);
      ring = 0;
      if (hasSound) {
        sound();
        ring = setInterval(sound, RING_EVERY_MS);
      }
    },
  };
})();
