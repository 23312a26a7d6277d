// One live stream for all tabs of a browser.
//
// A browser opens at most six connections to a host over HTTP/1.1, and a stream holds one for ever: the seventh tab
// would starve. So the stream lives in a shared worker, which loads this file too and hands each tab the frames.
// Where there are no shared workers the tab holds the stream itself, by the same class.
"use strict";

// The server beats every second: a stream that is silent for longer is dead, even when the socket is open.
const SILENCE_MS = 4000;
const RETRY_MS = 1000;
// What a joining tab may have missed since the server rendered its page.
const KEEP = 2000;

class Stream {
  constructor(url, deliver) {
    this.url = url;
    this.deliver = deliver;
    this.source = null;
    this.lastId = "";
    this.hello = "";
    this.kept = [];
    this.lastAt = 0;
    this.timer = setInterval(() => this.watch(), 1000);
  }

  // `after` is the position to go on from, as `boot:seq`; empty asks for a snapshot.
  open(after) {
    if (this.source) this.source.close();
    this.lastAt = Date.now();
    const source = new EventSource(after ? `${this.url}?after=${encodeURIComponent(after)}` : this.url);
    this.source = source;
    source.onmessage = (event) => {
      this.lastAt = Date.now();
      if (event.data.startsWith('{"Hello"')) this.hello = event.data;
      if (event.lastEventId && event.lastEventId !== this.lastId) {
        this.lastId = event.lastEventId;
        this.kept.push({ id: event.lastEventId, data: event.data });
        if (this.kept.length > KEEP) this.kept.splice(0, this.kept.length - KEEP);
      }
      this.deliver("frame", event.data);
    };
    source.onerror = () => {
      // The browser retries a broken stream by itself, but not one that was answered by another status.
      if (source.readyState !== EventSource.CLOSED || this.source !== source) return;
      this.deliver("refused", "");
      setTimeout(() => { if (this.source === source) this.open(this.lastId); }, RETRY_MS);
    };
  }

  watch() {
    if (this.source && Date.now() - this.lastAt > SILENCE_MS) this.open(this.lastId);
  }

  // The frames after a position, or null when they are not all kept.
  after(position) {
    if (position === this.lastId) return [];
    const place = this.kept.findIndex((frame) => frame.id === position);
    return place < 0 ? null : this.kept.slice(place + 1);
  }

  close() {
    clearInterval(this.timer);
    if (this.source) this.source.close();
    this.source = null;
  }
}

if (typeof SharedWorkerGlobalScope !== "undefined" && self instanceof SharedWorkerGlobalScope) {
  const ports = new Set();
  let stream = null;

  const join = (port, after) => {
    ports.add(port);
    if (!stream) {
      stream = new Stream(self.name, (kind, data) => { for (const each of ports) each.postMessage([kind, data]); });
      stream.open(after);
      return;
    }
    const missed = stream.after(after);
    if (!missed) {
      stream.open("");
      return;
    }
    if (stream.hello) port.postMessage(["frame", stream.hello]);
    for (const frame of missed) port.postMessage(["frame", frame.data]);
  };

  self.onconnect = (connected) => {
    const port = connected.ports[0];
    port.onmessage = ({ data: [word, after] }) => {
      if (word === "join") join(port, after);
      if (word === "resync" && stream) stream.open("");
      if (word === "leave") {
        ports.delete(port);
        if (ports.size === 0 && stream) { stream.close(); stream = null; }
      }
    };
  };
} else {
  self.switchdeskLive = {
    open(url, after, onMessage) {
      if (typeof SharedWorker === "undefined") {
        const stream = new Stream(url, onMessage);
        stream.open(after);
        return { resync: () => stream.open(""), close: () => stream.close() };
      }
      const worker = new SharedWorker("/live.js", { name: url });
      worker.port.onmessage = ({ data: [kind, data] }) => onMessage(kind, data);
      worker.port.postMessage(["join", after]);
      // A tab that is put away or closed must not be counted; one that comes back asks for the whole board.
      const leave = () => worker.port.postMessage(["leave", ""]);
      const back = (event) => { if (event.persisted) worker.port.postMessage(["join", ""]); };
      addEventListener("pagehide", leave);
      addEventListener("pageshow", back);
      return {
        resync: () => worker.port.postMessage(["resync", ""]),
        close: () => {
          leave();
          removeEventListener("pagehide", leave);
          removeEventListener("pageshow", back);
          worker.port.onmessage = null;
        },
      };
    },
  };
}
