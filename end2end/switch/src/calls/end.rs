//! The ends of calls and of waiting.

use super::Attempt;
use crate::callcenter::Member;
use crate::callcenter::events::Service;
use crate::event::Origin;
use crate::switch::Switch;

const UNBRIDGE: Origin = Origin("switch_ivr_bridge.c", "switch_ivr_multi_threaded_bridge", 1879);
const HANGUP: Origin = Origin("switch_channel.c", "switch_channel_perform_hangup", 3447);
const COMPLETE: Origin = Origin("switch_core_state_machine.c", "switch_core_session_reporting_state", 943);
const DESTROY: Origin = Origin("switch_core_session.c", "switch_core_session_perform_destroy", 1588);

impl Switch {
    /// The talk on an agent's leg is over.
    pub fn talk_ends(&mut self, leg: &str, by_caller: bool) {
        if self.attempts.get(leg).is_none_or(|attempt| !attempt.is_talking()) {
            return;
        }
        let Some(Attempt { member, service }) = self.attempts.remove(leg) else { return };
        let session = member.session_uuid.clone();
        let cause = "NORMAL_CLEARING";
        if by_caller {
            // Recorded: both legs are complete before the call center hears of it.
            self.said_bye(&session, "originator");
            self.hang_up_only(&session, cause);
            self.unbridge(&session, leg);
            if let Some(channel) = self.channels.get_mut(leg) {
                channel.unset("bridge_to");
                for name in ["last_bridge_hangup_cause", "bridge_hangup_cause"] {
                    channel.set(name, cause);
                }
                channel.set("last_bridge_proto_specific_hangup_cause", "sip:200");
                leg.clone_into(&mut channel.call_uuid);
                channel.set_last("call_uuid", leg);
            }
            self.hang_up(leg, cause);
            self.complete(&session);
            self.service_ends(&member, &service);
            self.destroy(leg);
        } else {
            self.said_bye(leg, "originatee");
            self.hang_up(leg, cause);
            if let Some(channel) = self.channels.get_mut(&session) {
                channel.set("last_bridge_hangup_cause", cause);
                channel.set("last_bridge_proto_specific_hangup_cause", "sip:200");
            }
            self.service_ends(&member, &service);
            self.unbridge(&session, leg);
            self.set_channel_state(&session, "CS_EXECUTE", 4);
            self.execute_hangup(&session);
            self.hang_up_only(&session, cause);
            self.execute_complete(&session);
            self.enter_reporting(&session);
            self.destroy(leg);
            self.report(&session);
        }
        self.destroy(&session);
    }

    pub(super) fn service_ends(&mut self, member: &Member, service: &Service) {
        let epoch = self.epoch();
        if let Some(channel) = self.channels.get_mut(&member.session_uuid) {
            channel.set("cc_queue_terminated_epoch", epoch.to_string());
        }
        self.center.end(&member.uuid, service, epoch);
        self.flush();
    }

    /// The phone on this leg ended the talk.
    fn said_bye(&mut self, uuid: &str, role: &'static str) {
        if let Some(channel) = self.channels.get_mut(uuid) {
            channel.set("last_bridge_role", role);
            channel.set("proto_specific_hangup_cause", "sip:200");
        }
    }

    pub(super) fn unbridge(&mut self, session: &str, leg: &str) {
        if let Some(channel) = self.channels.get_mut(session) {
            channel.unset("bridge_to");
            channel.set("bridge_hangup_cause", "NORMAL_CLEARING");
        }
        self.channel_event(
            "CHANNEL_UNBRIDGE",
            UNBRIDGE,
            session,
            &[("Bridge-A-Unique-ID", session), ("Bridge-B-Unique-ID", leg)],
        );
    }

    /// The dialplan goes on after the queue: it hangs up.
    fn execute_hangup(&mut self, session: &str) {
        if let Some(channel) = self.channels.get_mut(session) {
            channel.unset("current_application_data");
            channel.set_last("call_uuid", session);
            channel.set_last("current_application", "hangup");
        }
        self.execute(session, "hangup", "");
    }

    /// A caller hangs up: waiting, ringing or talking.
    pub fn hang_up_caller(&mut self, session: &str) {
        if let Some(channel) = self.channels.get_mut(session) {
            channel.set("proto_specific_hangup_cause", "sip:200");
        }
        self.hang_up_caller_for(session, "NORMAL_CLEARING");
    }

    /// The switch hangs a caller up.
    pub fn hang_up_caller_for(&mut self, session: &str, cause: &str) {
        let talking = self
            .attempts
            .iter()
            .find(|(_, attempt)| attempt.member.session_uuid == session && attempt.is_talking())
            .map(|(leg, _)| leg.clone());
        if let Some(leg) = talking {
            self.talk_ends(&leg, true);
            return;
        }
        let member = self.center.members.iter().find(|m| m.session_uuid == session).map(|m| m.uuid.clone());
        let other = self.channels.get(session).filter(|channel| channel.is_bridged());
        let other = other.and_then(|channel| channel.other.clone());
        self.hang_up_only(session, cause);
        self.playback_stops(session, "break");
        self.leave_queue(session, member.as_deref(), "BREAK_OUT");
        if let Some(other) = other.filter(|other| self.channels.get(&other.uuid).is_some()) {
            self.end_leg(&other.uuid, "NORMAL_CLEARING");
        }
    }

    /// The caller of a talk goes elsewhere; its agent does not know yet.
    pub(super) fn leave_talk(&mut self, session: &str, leg: &str) {
        self.enter_state(session, "CS_SOFT_EXECUTE", 2);
        if let Some(channel) = self.channels.get_mut(session) {
            channel.forget_other();
        }
        self.unbridge(session, leg);
        if let Some(channel) = self.channels.get_mut(session) {
            channel.unset("cc_agent_bridged");
        }
        if let Some(channel) = self.channels.get_mut(leg) {
            leg.clone_into(&mut channel.call_uuid);
            channel.set_last("call_uuid", leg);
            channel.unset("signal_bond");
        }
    }

    /// The agent of a talk whose caller went elsewhere is hung up, and the service is over.
    pub(super) fn talk_is_taken(&mut self, leg: &str) {
        let Some(Attempt { member, service }) = self.attempts.remove(leg) else { return };
        self.stop_bugs(leg);
        self.hang_up(leg, "NORMAL_CLEARING");
        self.service_ends(&member, &service);
        self.destroy(leg);
    }

    /// Two legs that are bridged without a queue no longer talk.
    pub(super) fn separate(&mut self, a: &str, b: &str) {
        if let Some(channel) = self.channels.get_mut(a) {
            channel.set("last_bridge_hangup_cause", "NORMAL_CLEARING");
        }
        self.unbridge(a, b);
        for uuid in [a, b] {
            if let Some(channel) = self.channels.get_mut(uuid) {
                let (name, number) = channel.shown_callee();
                channel.callee = Some((name.to_owned(), number.to_owned()));
                channel.display = channel.sent_callee();
                channel.bridged = 0;
            }
        }
    }

    /// A caller whose patience is over; talking callers stay.
    pub fn caller_gives_up(&mut self, session: &str) {
        let waits = self.center.members.iter().any(|m| m.session_uuid == session && m.is_waiting());
        if waits {
            self.hang_up_caller(session);
        }
    }

    pub(super) fn member_times_out(&mut self, member: &str, reason: &'static str) {
        if let Some(session) = self.center.member(member).map(|member| member.session_uuid.clone()) {
            self.leave_queue(&session, Some(member), reason);
        }
    }

    /// `member-queue-end` and the count, then the caller's channel, then phones that still ring for it.
    pub(super) fn leave_queue(&mut self, session: &str, member: Option<&str>, reason: &'static str) {
        if let Some(member) = member {
            let epoch = self.epoch();
            self.center.leave(member, reason, epoch);
            self.tell_cancelled(session, reason);
        }
        if self.channels.get(session).is_some_and(|channel| channel.hangup_cause.is_empty()) {
            self.playback_stops(session, "done");
            self.execute_complete(session);
            self.execute_hangup(session);
            self.hang_up_only(session, "NORMAL_CLEARING");
        }
        self.execute_complete(session);
        self.complete(session);
        self.cancel_phones(session);
        self.destroy(session);
    }

    /// A member is moved elsewhere, and the phones that ring for it fall silent. The channel goes on.
    pub(super) fn move_member(&mut self, session: &str, member: &str) {
        let epoch = self.epoch();
        self.center.move_away(member, epoch);
        self.tell_cancelled(session, "BREAK_OUT");
        self.cancel_phones(session);
    }

    fn tell_cancelled(&mut self, session: &str, reason: &'static str) {
        let epoch = self.epoch();
        self.flush();
        if let Some(channel) = self.channels.get_mut(session) {
            channel.set("cc_queue_canceled_epoch", epoch.to_string());
            channel.set("cc_cause", "cancel");
            channel.set("cc_cancel_reason", reason);
        }
    }

    fn cancel_phones(&mut self, session: &str) {
        let mut ringing: Vec<String> = self
            .attempts
            .iter()
            .filter(|(_, attempt)| attempt.member.session_uuid == session && !attempt.is_talking())
            .map(|(leg, _)| leg.clone())
            .collect();
        ringing.sort();
        for leg in ringing {
            self.leg_fails(&leg, "ORIGINATOR_CANCEL");
        }
    }

    pub(super) fn hang_up(&mut self, uuid: &str, cause: &str) {
        self.hang_up_only(uuid, cause);
        self.complete(uuid);
    }

    /// The whole end of a channel, whatever it is in.
    pub fn hang_up_and_destroy(&mut self, uuid: &str, cause: &str) {
        self.hang_up(uuid, cause);
        self.destroy(uuid);
    }

    pub(super) fn hang_up_only(&mut self, uuid: &str, cause: &str) {
        let now = self.now;
        let Some(channel) = self.channels.get_mut(uuid) else { return };
        channel.hung_up = now;
        channel.hangup_cause = cause.to_owned();
        channel.answer_state = "hangup";
        channel.state_number = 10;
        self.channel_event("CHANNEL_HANGUP", HANGUP, uuid, &[]);
    }

    pub(super) fn complete(&mut self, uuid: &str) {
        self.enter_reporting(uuid);
        self.report(uuid);
    }

    fn enter_reporting(&mut self, uuid: &str) {
        self.set_channel_state(uuid, "CS_HANGUP", 10);
        self.set_call_state(uuid, "HANGUP");
        self.set_channel_state(uuid, "CS_REPORTING", 11);
    }

    fn report(&mut self, uuid: &str) {
        let Some(channel) = self.channels.get_mut(uuid) else { return };
        channel.unset("bridge_to");
        channel.set_times_of_end();
        let cause = channel.hangup_cause.clone();
        self.write_cdr(uuid);
        self.channel_event("CHANNEL_HANGUP_COMPLETE", COMPLETE, uuid, &[("Hangup-Cause", &cause)]);
        if let Some(channel) = self.channels.get_mut(uuid) {
            channel.state_number = 12;
        }
    }

    pub(super) fn destroy(&mut self, uuid: &str) {
        if let Some(channel) = self.channels.get_mut(uuid)
            && channel.call_uuid != uuid
        {
            uuid.clone_into(&mut channel.call_uuid);
            channel.set_last("call_uuid", uuid);
        }
        self.channel_event("CHANNEL_DESTROY", DESTROY, uuid, &[]);
        self.set_channel_state(uuid, "CS_DESTROY", 12);
        self.channels.remove(uuid);
    }
}
