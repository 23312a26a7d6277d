//! The life of a queue call: caller in, agents rung, talk, and every way in which it can end.
//!
//! The order of events is the recorded one (FINDINGS 22-30).

mod end;
pub mod legs;
mod offer;
pub mod originate;
mod placed;

use crate::callcenter::Member;
use crate::callcenter::center::NewMember;
use crate::callcenter::dispatch::Round;
use crate::callcenter::events::Service;
use crate::channels::Channel;
use crate::clock::epoch;
use crate::event::{Origin, Value};
use crate::journal::What;
use crate::switch::Switch;

const CREATE: Origin = Origin("switch_core_state_machine.c", "switch_core_session_run", 626);
const ANSWER: Origin = Origin("switch_channel.c", "switch_channel_perform_mark_answered", 3848);

/// An agent's leg, from ringing to the end of the talk.
#[derive(Debug, Clone)]
pub struct Attempt {
    /// The member as it was when the agent was rung.
    pub member: Member,
    /// Agent, its channel, and the times so far.
    pub service: Service,
}

impl Attempt {
    /// Whether the two are talking.
    pub fn is_talking(&self) -> bool {
        self.service.answered != 0
    }
}

impl Switch {
    /// A caller enters a queue. Returns the uuid of its channel.
    pub fn enter_queue(&mut self, queue: &str, number: &str, name: &str) -> String {
        let session = self.new_uuid();
        let member = self.new_uuid();
        let now = self.now;
        let mut channel = Channel::caller(session.clone(), name, number, queue, now);
        let id = (self.channels.next_session + 1).to_string();
        channel.set("session_id", id);
        self.channels.insert(channel);
        self.caller_is_answered(&session, queue);
        self.enter_callcenter(&session, queue, &member);
        self.join(&session, queue, member, 0);
        session
    }

    /// An inbound channel from its first state to the end of `answer`.
    fn caller_is_answered(&mut self, session: &str, queue: &str) {
        let now = self.now;
        self.enter_state(session, "CS_NEW", 0);
        self.channel_is_new(session);
        self.set_codecs(session);
        self.set_channel_state(session, "CS_INIT", 1);
        self.enter_state(session, "CS_INIT", 2);
        self.channel_event("CHANNEL_CREATE", CREATE, session, &[]);
        self.enter_state(session, "CS_ROUTING", 2);
        self.set_call_state(session, "RINGING");
        self.set_channel_state(session, "CS_ROUTING", 2);
        self.set_channel_state(session, "CS_EXECUTE", 4);
        if let Some(channel) = self.channels.get_mut(session) {
            let local = queue.split('@').next().unwrap_or(queue);
            channel.set("DP_MATCH", Value::List(vec![format!("queue-{local}"), local.to_owned()]));
            channel.set_last("call_uuid", session);
            channel.set("current_application", "answer");
        }
        self.execute(session, "answer", "");
        if let Some(channel) = self.channels.get_mut(session) {
            channel.answer_state = "answered";
            channel.answered = now;
        }
        self.channel_event("CHANNEL_ANSWER", ANSWER, session, &[]);
        self.set_call_state(session, "ACTIVE");
        if let Some(channel) = self.channels.get_mut(session) {
            channel.set_last("endpoint_disposition", "ANSWER");
        }
        self.execute_complete(session);
    }

    /// The application `callcenter` begins.
    pub(super) fn enter_callcenter(&mut self, session: &str, queue: &str, member: &str) {
        let now = self.now;
        if let Some(channel) = self.channels.get_mut(session) {
            channel.set_last("current_application_data", queue);
            channel.set_last("current_application", "callcenter");
        }
        self.execute(session, "callcenter", queue);
        if let Some(channel) = self.channels.get_mut(session) {
            channel.set("cc_side", "member");
            channel.set("cc_member_uuid", member);
            channel.set("cc_queue_joined_epoch", epoch(now).to_string());
            channel.set("cc_queue", queue);
        }
    }

    pub(super) fn join(&mut self, session: &str, queue: &str, member: String, base_score: i64) {
        let Some(channel) = self.channels.get(session) else { return };
        let new = NewMember {
            uuid: member.clone(),
            session_uuid: session.to_owned(),
            cid_name: channel.cid_name.clone(),
            cid_number: channel.cid_number.clone(),
            base_score,
            answered_epoch: epoch(channel.answered),
        };
        let now = self.epoch();
        let uuid = self.center.join(queue, new, now);
        if uuid != member
            && let Some(channel) = self.channels.get_mut(session)
        {
            channel.set("cc_member_uuid", uuid);
        }
        self.flush();
        let moh = self.center.queue(queue).map(|queue| queue.settings.moh_sound.clone());
        if let Some(moh) = moh.filter(|moh| !moh.is_empty()) {
            self.playback_starts(session, &moh);
        }
    }

    /// Rings and sends away whom the dispatcher chose.
    pub fn carry_out(&mut self, round: Round) {
        self.flush();
        for (member, reason) in round.timeouts {
            self.member_times_out(&member, reason);
        }
        for (member, agent) in round.offers {
            self.ring(&member, &agent);
        }
    }

    /// A caller is moved into a queue, from the line of another, from a talk, or from nowhere: a new member at once; the old
    /// row stays as Abandoned, or goes with the talk (FINDINGS 60; recorded: `uuid_transfer` of a talking caller).
    pub fn re_enter(
        &mut self,
        session: &str,
        queue: &str,
        base_score: i64,
        (to, dialplan): (&str, &'static str),
    ) {
        let talk = self
            .attempts
            .iter()
            .find(|(_, attempt)| attempt.member.session_uuid == session && attempt.is_talking())
            .map(|(leg, _)| leg.clone());
        let id = self.new_uuid();
        match &talk {
            Some(leg) => {
                self.redirect(session, &id, to, dialplan);
                self.leave_talk(session, leg);
            }
            None => {
                self.redirect(session, &id, to, dialplan);
                let old = self.center.members.iter().find(|m| m.session_uuid == session);
                if let Some(member) = old.map(|member| member.uuid.clone()) {
                    self.enter_state(session, "CS_EXECUTE", 2);
                    self.playback_stops(session, "break");
                    self.move_member(session, &member);
                    self.execute_complete(session);
                }
            }
        }
        let member = self.new_uuid();
        self.set_channel_state(session, "CS_EXECUTE", 4);
        if let Some(local) = to.strip_prefix("queue-")
            && let Some(channel) = self.channels.get_mut(session)
        {
            channel.set("DP_MATCH", Value::List(vec![to.to_owned(), local.to_owned()]));
        }
        self.enter_callcenter(session, queue, &member);
        if base_score != 0
            && let Some(channel) = self.channels.get_mut(session)
        {
            channel.set("cc_base_score", base_score.to_string());
        }
        self.join(session, queue, member, base_score);
        if let Some(leg) = talk {
            self.talk_is_taken(&leg);
        }
    }

    /// The channel is transferred to another extension: a new profile, without what it was bridged to.
    pub fn redirect(&mut self, uuid: &str, id: &str, destination: &str, dialplan: &'static str) {
        let now = self.now;
        if let Some(channel) = self.channels.get_mut(uuid) {
            channel.redirect(now, id, destination, dialplan);
        }
    }

    /// The party on this leg hangs up, whatever it is in.
    pub fn kill(&mut self, uuid: &str) -> bool {
        match self.attempts.get(uuid) {
            Some(attempt) if attempt.is_talking() => self.talk_ends(uuid, false),
            Some(_) => self.leg_fails(uuid, "CALL_REJECTED"),
            None if self.is_waiting_or_caller(uuid) => self.hang_up_caller(uuid),
            None => return self.kill_for(uuid, "NORMAL_CLEARING"),
        }
        true
    }

    fn is_waiting_or_caller(&self, uuid: &str) -> bool {
        self.is_caller(uuid) && self.channels.get(uuid).is_some_and(|channel| channel.twin.is_none())
            || self.center.members.iter().any(|member| member.session_uuid == uuid)
    }

    /// The switch hangs this leg up for a cause. False if it is not there.
    pub fn kill_for(&mut self, uuid: &str, cause: &str) -> bool {
        if self.channels.get(uuid).is_none() {
            return false;
        }
        if self.originations.contains_key(uuid) {
            self.origination_fails(uuid, cause);
            return true;
        }
        match self.attempts.get(uuid) {
            Some(attempt) if attempt.is_talking() => self.talk_ends(uuid, false),
            Some(_) => self.leg_fails(uuid, cause),
            None if self.is_waiting_or_caller(uuid) => self.hang_up_caller_for(uuid, cause),
            None => {
                let other = self.channels.get(uuid).filter(|channel| channel.is_bridged());
                let other = other.and_then(|channel| channel.other.clone());
                self.end_leg(uuid, cause);
                if let Some(other) = other.filter(|other| self.channels.get(&other.uuid).is_some()) {
                    self.end_leg(&other.uuid, "NORMAL_CLEARING");
                }
            }
        }
        true
    }

    /// The module is loaded anew while callers wait: members are Abandoned, agents wait, calls go, and no
    /// `callcenter::info` tells of any of it.
    pub fn reload_callcenter(&mut self) {
        self.note_now(What::ModuleReloaded);
        self.center.reset_on_load();
        let legs: Vec<String> = self.attempts.drain().map(|(leg, _)| leg).collect();
        for leg in legs {
            self.hang_up(&leg, "MANAGER_REQUEST");
            self.destroy(&leg);
        }
        let callers: Vec<String> = self.channels.iter().map(|channel| channel.uuid.clone()).collect();
        for uuid in callers {
            self.hang_up(&uuid, "MANAGER_REQUEST");
            self.destroy(&uuid);
        }
        self.flush();
    }
}
