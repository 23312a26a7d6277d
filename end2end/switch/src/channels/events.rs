//! The events of channels. Each is built only if somebody listens for it, but its sequence number is always spent.

use super::headers;
use crate::event::{Event, Origin};
use crate::switch::Switch;

/// What an event shows beside the channel's state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shows {
    /// The state alone, of a channel that has no caller profile yet.
    State,
    /// Caller profile and other leg too.
    Profile,
    /// Channel variables too.
    Variables,
}

type Extra<'a> = &'a [(&'static str, &'a str)];

const SET_STATE: Origin = Origin("switch_channel.c", "switch_channel_perform_set_running_state", 2409);
const SET_CALLSTATE: Origin = Origin("switch_channel.c", "switch_channel_perform_set_callstate", 302);
const READ_CODEC: Origin = Origin("switch_core_codec.c", "switch_core_session_set_real_read_codec", 189);
const WRITE_CODEC: Origin = Origin("switch_core_codec.c", "switch_core_session_set_write_codec", 471);
const EXECUTE: Origin = Origin("switch_core_session.c", "switch_core_session_exec", 2949);
const EXECUTE_COMPLETE: Origin = Origin("switch_core_session.c", "switch_core_session_exec", 2972);
const BRIDGE_A: Origin = Origin("switch_ivr_bridge.c", "uuid_bridge_on_soft_execute", 1236);
const BRIDGE_B: Origin = Origin("switch_ivr_bridge.c", "uuid_bridge_on_soft_execute", 1243);
const PLAY: Origin = Origin("switch_ivr_play_say.c", "switch_ivr_play_file", 1649);
const PLAYED: Origin = Origin("switch_ivr_play_say.c", "switch_ivr_play_file", 2023);
const UPDATE: Origin = Origin("mod_sofia.c", "sofia_receive_message", 2133);
const DTMF: Origin = Origin("switch_channel.c", "switch_channel_dequeue_dtmf", 678);

impl Switch {
    /// The event of a channel with its variables, and with `extra` headers before those of the channel.
    pub fn channel_event(&mut self, name: &'static str, origin: Origin, uuid: &str, extra: Extra<'_>) {
        self.fire_channel(name, origin, uuid, extra, &[], Shows::Variables);
    }

    /// The same with headers after those of the channel.
    pub fn channel_event_with(&mut self, name: &'static str, origin: Origin, uuid: &str, after: Extra<'_>) {
        self.fire_channel(name, origin, uuid, &[], after, Shows::Variables);
    }

    /// The event of a channel without its variables.
    pub fn channel_outline(&mut self, name: &'static str, origin: Origin, uuid: &str) {
        self.fire_channel(name, origin, uuid, &[], &[], Shows::Profile);
    }

    fn fire_channel(
        &mut self,
        name: &'static str,
        origin: Origin,
        uuid: &str,
        before: Extra<'_>,
        after: Extra<'_>,
        shows: Shows,
    ) {
        if !self.hub.wants(name, None) {
            self.skip_sequence();
            return;
        }
        let mut event = self.event(name, None, origin);
        let add = |event: &mut Event, extra: Extra<'_>| {
            for (key, value) in extra {
                event.add(*key, *value);
            }
        };
        add(&mut event, before);
        let Some(channel) = self.channels.get(uuid) else { return };
        match shows {
            Shows::State => headers::add_state(&mut event, channel),
            Shows::Profile => headers::add_outline(&mut event, channel),
            Shows::Variables => headers::add(&mut event, channel),
        }
        add(&mut event, after);
        self.publish(&event);
    }

    /// A channel is there, and knows nothing yet.
    pub fn channel_is_new(&mut self, uuid: &str) {
        self.fire_channel("CHANNEL_STATE", SET_STATE, uuid, &[], &[], Shows::State);
    }

    /// Writes the state of a channel and its number, and tells.
    pub fn set_channel_state(&mut self, uuid: &str, state: &'static str, number: u8) {
        self.enter_state(uuid, state, number);
        self.channel_outline("CHANNEL_STATE", SET_STATE, uuid);
    }

    /// Writes the state of a channel and its number, and does not tell: at times the number runs ahead.
    pub fn enter_state(&mut self, uuid: &str, state: &'static str, number: u8) {
        if let Some(channel) = self.channels.get_mut(uuid) {
            channel.state = state;
            channel.state_number = number;
        }
    }

    /// Writes `RINGING`, `ACTIVE` and so on, and tells what it was before.
    pub fn set_call_state(&mut self, uuid: &str, state: &'static str) {
        const STATES: [&str; 9] =
            ["DOWN", "DIALING", "RINGING", "EARLY", "ACTIVE", "HELD", "RING_WAIT", "HANGUP", "UNHELD"];
        let Some(channel) = self.channels.get_mut(uuid) else { return };
        let before = std::mem::replace(&mut channel.call_state, state);
        if before == state {
            return;
        }
        let number = STATES.iter().position(|known| *known == state).unwrap_or_default().to_string();
        let extra = [("Original-Channel-Call-State", before), ("Channel-Call-State-Number", &number)];
        self.fire_channel("CHANNEL_CALLSTATE", SET_CALLSTATE, uuid, &extra, &[], Shows::Profile);
    }

    /// The codecs of both directions are set. The names of the headers differ in their case, as recorded.
    pub fn set_codecs(&mut self, uuid: &str) {
        if let Some(channel) = self.channels.get_mut(uuid) {
            channel.has_media = true;
        }
        let read = [
            ("channel-read-codec-name", "PCMU"),
            ("channel-read-codec-rate", "8000"),
            ("channel-read-codec-bit-rate", "64000"),
        ];
        let write = [
            ("Channel-Write-Codec-Name", "PCMU"),
            ("Channel-Write-Codec-Rate", "8000"),
            ("Channel-Write-codec-bit-rate", "64000"),
        ];
        self.fire_channel("CODEC", READ_CODEC, uuid, &[], &read, Shows::Profile);
        self.fire_channel("CODEC", WRITE_CODEC, uuid, &[], &write, Shows::Profile);
    }

    /// An application of the dialplan begins.
    pub fn execute(&mut self, uuid: &str, application: &'static str, data: &str) {
        self.execute_at(EXECUTE, uuid, application, data);
    }

    /// `uuid_bridge`, the application of both legs of a talk.
    pub fn execute_bridge(&mut self, a: &str, b: &str) {
        self.execute_at(BRIDGE_A, a, "uuid_bridge", b);
        self.execute_at(BRIDGE_B, b, "uuid_bridge", a);
    }

    fn execute_at(&mut self, origin: Origin, uuid: &str, application: &'static str, data: &str) {
        let id = self.new_application_uuid();
        let mut after = vec![("Application", application)];
        if !data.is_empty() {
            after.push(("Application-Data", data));
        }
        // Those of a bridge have no id.
        if origin.0 == EXECUTE.0 {
            after.push(("Application-UUID", &id));
        }
        self.fire_channel("CHANNEL_EXECUTE", origin, uuid, &[], &after, Shows::Variables);
        if let Some(channel) = self.channels.get_mut(uuid) {
            if application != "uuid_bridge" {
                channel.last_application = Some((application, data.to_owned()));
            }
            channel.application = Some((application, data.to_owned(), id));
        }
    }

    /// The application that ran is over.
    pub fn execute_complete(&mut self, uuid: &str) {
        let Some(channel) = self.channels.get_mut(uuid) else { return };
        let Some((application, data, id)) = channel.application.take() else { return };
        let mut after = vec![("Application", application)];
        if !data.is_empty() {
            after.push(("Application-Data", data.as_str()));
        }
        after.extend([("Application-Response", "_none_"), ("Application-UUID", &id)]);
        self.fire_channel("CHANNEL_EXECUTE_COMPLETE", EXECUTE_COMPLETE, uuid, &[], &after, Shows::Variables);
    }

    /// The caller hears `file`.
    pub fn playback_starts(&mut self, uuid: &str, file: &str) {
        if let Some(channel) = self.channels.get_mut(uuid) {
            channel.playing = Some(file.to_owned());
        }
        self.channel_event_with("PLAYBACK_START", PLAY, uuid, &[("Playback-File-Path", file)]);
    }

    /// What the caller heard is over: `done`, or `break` when something came in between.
    pub fn playback_stops(&mut self, uuid: &str, status: &'static str) {
        let file = self.channels.get_mut(uuid).and_then(|channel| channel.playing.take());
        if let Some(file) = file {
            let after = [("Playback-File-Path", file.as_str()), ("Playback-Status", status)];
            self.channel_event_with("PLAYBACK_STOP", PLAYED, uuid, &after);
        }
    }

    /// The phone is told whom it talks to.
    pub fn call_update(&mut self, uuid: &str) {
        let Some(channel) = self.channels.get(uuid) else { return };
        let Some((name, number)) = channel.sent_callee() else { return };
        let other = channel.other.as_ref().map(|other| other.uuid.clone()).unwrap_or_default();
        let before = [
            ("Direction", "SEND"),
            ("Sent-Callee-ID-Name", &*name),
            ("Sent-Callee-ID-Number", &number),
            ("Bridged-To", &other),
        ];
        if let Some(channel) = self.channels.get_mut(uuid) {
            channel.set("last_sent_callee_id_name", name.as_str());
            channel.set("last_sent_callee_id_number", number.as_str());
        }
        self.fire_channel("CALL_UPDATE", UPDATE, uuid, &before, &[], Shows::Variables);
    }

    /// A key was pressed, or a command pretended so.
    pub fn dtmf(&mut self, uuid: &str, digits: &str) {
        for digit in digits.split('@').next().unwrap_or_default().chars() {
            let digit = digit.to_string();
            let after = [("DTMF-Digit", digit.as_str()), ("DTMF-Duration", "2000"), ("DTMF-Source", "APP")];
            self.fire_channel("DTMF", DTMF, uuid, &[], &after, Shows::Profile);
        }
    }
}
