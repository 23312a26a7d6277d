//! What a supervisor does with legs: park, bridge, hold, listen, record, hang up.

use super::offer::CREATE;
use crate::channels::{Channel, Leg};
use crate::event::Origin;
use crate::switch::Switch;

const BUG_START: Origin = Origin("switch_core_media_bug.c", "switch_core_media_bug_add", 1014);
const BUG_STOP: Origin = Origin("switch_core_media_bug.c", "switch_core_media_bug_destroy", 84);
const HOLD: Origin = Origin("switch_ivr.c", "switch_ivr_hold", 1558);
const UNHOLD: Origin = Origin("switch_ivr.c", "switch_ivr_unhold", 1638);
const PARK: Origin = Origin("switch_ivr.c", "switch_ivr_park", 1002);
const UNPARK: Origin = Origin("switch_ivr.c", "switch_ivr_park", 1222);
const RECORD: Origin = Origin("switch_ivr_async.c", "record_callback", 1482);
const RECORDED: Origin = Origin("switch_ivr_async.c", "send_record_stop_event", 1241);

impl Switch {
    /// Ends a leg that is in no queue, and what it listens to.
    pub fn end_leg(&mut self, uuid: &str, cause: &str) {
        self.stop_bugs(uuid);
        if let Some(channel) = self.channels.get_mut(uuid)
            && channel.read_codec == "L16"
        {
            channel.read_codec = "PCMU";
            channel.set("read_codec", "PCMU");
        }
        self.unpark(uuid);
        self.execute_complete(uuid);
        self.hang_up(uuid, cause);
        self.stop_tracking(uuid);
        let twin = self.channels.get(uuid).and_then(|channel| channel.twin.clone());
        self.destroy(uuid);
        if let Some(twin) = twin.filter(|twin| self.channels.get(twin).is_some()) {
            self.end_leg(&twin, cause);
        }
    }

    /// The half of a loopback channel that executes the dialplan: it answers, and stays.
    pub(super) fn loopback_answers(&mut self, a: &str) {
        let now = self.now;
        let uuid = self.new_uuid();
        let Some(first) = self.channels.get_mut(a) else { return };
        first.twin = Some(uuid.clone());
        let half = Channel::inbound_half(uuid.clone(), first, now);
        self.channels.insert(half);
        self.set_codecs(&uuid);
        self.set_channel_state(&uuid, "CS_INIT", 1);
        self.enter_state(&uuid, "CS_INIT", 2);
        self.channel_event("CHANNEL_CREATE", CREATE, &uuid, &[]);
        self.set_call_state(&uuid, "RINGING");
        self.set_channel_state(&uuid, "CS_ROUTING", 2);
        self.set_channel_state(&uuid, "CS_EXECUTE", 4);
        self.execute(&uuid, "answer", "");
        self.leg_is_answered(&uuid);
        self.execute_complete(&uuid);
        self.execute(&uuid, "sleep", "60000");
    }

    /// Hangs every channel up, the oldest first.
    pub fn hang_up_all(&mut self, cause: &str) {
        let uuids: Vec<String> = self.channels.iter().map(|channel| channel.uuid.clone()).collect();
        for uuid in uuids {
            self.kill_for(&uuid, cause);
        }
    }

    /// The leg stays in an application until it is hung up.
    pub(super) fn leg_stays_in(&mut self, uuid: &str, application: &'static str, data: &str) {
        self.set_channel_state(uuid, "CS_EXECUTE", 4);
        if let Some(channel) = self.channels.get_mut(uuid) {
            channel.set_last("current_application_data", data);
            channel.set_last("current_application", application);
        }
        self.execute(uuid, application, data);
        match application {
            "park" => self.tell_parked(uuid),
            "three_way" => {
                let heard =
                    self.channels.get(data).map(|heard| (heard.cid_name.clone(), heard.cid_number.clone()));
                if let (Some((name, number)), Some(channel)) = (heard, self.channels.get_mut(uuid)) {
                    channel.set("last_sent_callee_id_name", name);
                    channel.set("last_sent_callee_id_number", number);
                }
                self.start_bug(data, "eavesdrop", data, uuid);
            }
            _ => {}
        }
    }

    fn tell_parked(&mut self, uuid: &str) {
        if let Some(channel) = self.channels.get_mut(uuid) {
            channel.is_parked = true;
        }
        self.channel_event("CHANNEL_PARK", PARK, uuid, &[]);
    }

    fn unpark(&mut self, uuid: &str) {
        if let Some(channel) = self.channels.get_mut(uuid)
            && channel.is_parked
        {
            channel.is_parked = false;
            self.channel_event("CHANNEL_UNPARK", UNPARK, uuid, &[]);
        }
    }

    /// `eavesdrop(<uuid>)`: a target that is not there ends the leg, after the answer.
    pub(super) fn leg_listens(&mut self, uuid: &str, target: &str) {
        self.leg_stays_in(uuid, "eavesdrop", target);
        let Some(heard) = self.channels.get(target) else {
            return self.end_leg(uuid, "NORMAL_CLEARING");
        };
        let heard = Some((heard.cid_name.clone(), heard.cid_number.clone()));
        if let Some(channel) = self.channels.get_mut(uuid) {
            channel.read_codec = "L16";
            channel.set("read_codec", "L16");
            if let Some((name, number)) = heard {
                channel.set("last_sent_callee_id_name", name.as_str());
                channel.set("last_sent_callee_id_number", number.as_str());
                channel.display = Some((name, number));
            }
        }
        self.start_bug(target, "eavesdrop", target, uuid);
    }

    /// Something listens to, mutes or records `target`; `owner` is who it goes away with.
    pub fn start_bug(&mut self, target: &str, function: &'static str, what: &str, owner: &str) {
        if let Some(channel) = self.channels.get_mut(target) {
            channel.bugs.push((function, what.to_owned(), owner.to_owned()));
            let extra = [("Media-Bug-Function", function), ("Media-Bug-Target", what)];
            self.channel_event("MEDIA_BUG_START", BUG_START, target, &extra);
        }
    }

    /// Ends the first of a channel's bugs that does `function` to `what`. False if there is none.
    pub fn stop_bug(&mut self, target: &str, function: &str, what: &str) -> bool {
        let Some(channel) = self.channels.get_mut(target) else { return false };
        let at = channel.bugs.iter().position(|(known, of, _)| *known == function && of == what);
        let Some(at) = at else { return false };
        let (function, what, _) = channel.bugs.remove(at);
        let extra = [("Media-Bug-Function", function), ("Media-Bug-Target", &*what)];
        self.channel_event("MEDIA_BUG_STOP", BUG_STOP, target, &extra);
        true
    }

    /// What `owner` listened to is no longer listened to.
    pub(super) fn stop_bugs(&mut self, owner: &str) {
        let targets: Vec<(String, &'static str, String)> = self
            .channels
            .iter()
            .flat_map(|channel| channel.bugs.iter().map(|bug| (channel.uuid.clone(), bug)))
            .filter(|(_, (_, _, of))| of == owner)
            .map(|(uuid, (function, what, _))| (uuid, *function, what.clone()))
            .collect();
        for (target, function, what) in targets {
            self.stop_bug(&target, function, &what);
        }
    }

    /// Starts a recording of a channel.
    pub fn start_recording(&mut self, uuid: &str, file: &str) {
        self.channel_event_with("RECORD_START", RECORD, uuid, &[("Record-File-Path", file)]);
        self.start_bug(uuid, "session_record", file, uuid);
    }

    /// Ends a recording. False if there is none of that file.
    pub fn stop_recording(&mut self, uuid: &str, file: &str) -> bool {
        let records = self.channels.get(uuid).is_some_and(|channel| {
            channel.bugs.iter().any(|(function, what, _)| *function == "session_record" && what == file)
        });
        if records {
            let extra = [("Record-File-Path", file), ("Record-Completion-Cause", "success-maxtime")];
            self.channel_event_with("RECORD_STOP", RECORDED, uuid, &extra);
            self.stop_bug(uuid, "session_record", file);
        }
        records
    }

    /// Puts a channel on hold, or takes it back.
    pub fn set_hold(&mut self, uuid: &str, on: bool) {
        let held = self.channels.get(uuid).is_some_and(|channel| channel.call_state == "HELD");
        if held == on {
            return;
        }
        if on {
            self.set_call_state(uuid, "HELD");
            self.channel_event("CHANNEL_HOLD", HOLD, uuid, &[]);
        } else {
            self.set_call_state(uuid, "UNHELD");
            self.channel_event("CHANNEL_UNHOLD", UNHOLD, uuid, &[]);
            self.set_call_state(uuid, "ACTIVE");
        }
    }

    /// Takes a channel out of whatever it is in, and parks it. Its other leg goes.
    pub fn park(&mut self, uuid: &str) {
        // The number runs ahead.
        if let Some(state) = self.channels.get(uuid).map(|channel| channel.state) {
            self.enter_state(uuid, state, 6);
        }
        self.release(uuid);
        self.set_channel_state(uuid, "CS_PARK", 6);
        self.tell_parked(uuid);
    }

    /// A channel leaves its queue or its talk; the other leg is hung up.
    pub fn release(&mut self, uuid: &str) {
        self.unpark(uuid);
        if self.attempts.get(uuid).is_some_and(super::Attempt::is_talking) {
            return;
        }
        let talk = self
            .attempts
            .iter()
            .find(|(_, attempt)| attempt.member.session_uuid == uuid && attempt.is_talking())
            .map(|(leg, _)| leg.clone());
        match talk {
            Some(leg) => {
                self.leave_talk(uuid, &leg);
                self.talk_is_taken(&leg);
            }
            None => self.leave_line(uuid),
        }
        let other = self.channels.get(uuid).filter(|channel| channel.is_bridged());
        if let Some(other) = other.and_then(|channel| channel.other.clone()) {
            self.separate(uuid, &other.uuid);
            self.end_leg(&other.uuid, "NORMAL_CLEARING");
        }
    }

    /// A waiting caller leaves the line without hanging up.
    fn leave_line(&mut self, session: &str) {
        let member = self.center.members.iter().find(|m| m.session_uuid == session).map(|m| m.uuid.clone());
        if let Some(member) = member {
            if self.channels.get(session).is_some_and(|channel| channel.state_number == 4) {
                self.enter_state(session, "CS_EXECUTE", 2);
            }
            self.playback_stops(session, "break");
            self.move_member(session, &member);
            self.execute_complete(session);
        }
    }

    /// Two legs that are in nothing else talk to each other.
    pub fn bridge_legs(&mut self, a: &str, b: &str) {
        for uuid in [a, b] {
            self.unpark(uuid);
        }
        self.couple_plainly(a, b);
        self.bridge(a, b);
        self.set_channel_state(b, "CS_EXCHANGE_MEDIA", 5);
        self.call_update(a);
        self.call_update(b);
    }

    /// The agent of the call is released, and the caller stays (`callcenter_break agent <uuid>`).
    pub fn break_agent(&mut self, uuid: &str) -> bool {
        let leg = self.attempts.iter().find(|(leg, attempt)| {
            attempt.is_talking() && (leg.as_str() == uuid || attempt.member.session_uuid == uuid)
        });
        let Some((member, service)) = leg.map(|(_, a)| (a.member.clone(), a.service.clone())) else {
            return self.channels.get(uuid).is_some();
        };
        self.attempts.remove(&service.agent_uuid);
        self.service_ends(&member, &service);
        true
    }

    /// `callcenter_track(<agent>)`: as long as the leg is there the agent has a call outside of the queues.
    pub(super) fn leg_is_tracked(&mut self, uuid: &str, agent: &str) {
        self.leg_stays_in(uuid, "park", "");
        if let Some(channel) = self.channels.get_mut(uuid) {
            channel.set("cc_tracked_agent", agent);
        }
        if let Some(agent) = self.center.agent_mut(agent) {
            agent.external_calls_count += 1;
        }
    }

    fn stop_tracking(&mut self, uuid: &str) {
        let agent = self.channels.get(uuid).and_then(|channel| channel.variable("cc_tracked_agent"));
        if let Some(agent) = agent.map(str::to_owned).and_then(|name| self.center.agent_mut(&name)) {
            agent.external_calls_count = (agent.external_calls_count - 1).max(0);
        }
    }

    /// Whether a channel is the caller of a call.
    pub fn is_caller(&self, uuid: &str) -> bool {
        self.channels.get(uuid).is_some_and(|channel| channel.leg == Leg::Caller)
    }
}
