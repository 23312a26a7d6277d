//! Agents' legs: ringing, answered, bridged, or not reached.

use super::Attempt;
use crate::callcenter::Member;
use crate::callcenter::events::Service;
use crate::channels::{Channel, Leg};
use crate::clock::{SECOND_US, epoch};
use crate::event::Origin;
use crate::switch::Switch;
use crate::timers::{Act, Timer};

pub(super) const CREATE: Origin = Origin("switch_core_state_machine.c", "switch_core_session_run", 626);
pub(super) const OUTGOING: Origin =
    Origin("switch_core_session.c", "switch_core_session_outgoing_channel", 768);
pub(super) const ORIGINATE: Origin = Origin("switch_core_state_machine.c", "switch_core_session_run", 632);
pub(super) const ANSWER: Origin = Origin("switch_channel.c", "switch_channel_perform_mark_answered", 3848);
const PROGRESS: Origin = Origin("switch_channel.c", "switch_channel_perform_mark_ring_ready_value", 3507);
const BRIDGE: Origin = Origin("switch_ivr_bridge.c", "switch_ivr_multi_threaded_bridge", 1689);

/// `agent-originate-timeout`: how long a phone rings whose contact says nothing else.
pub(super) const ORIGINATE_TIMEOUT_SECONDS: i64 = 60;

impl Switch {
    /// Rings the phone of an agent whom the dispatcher has chosen for the member.
    pub fn ring(&mut self, member_uuid: &str, agent_name: &str) {
        let (Some(member), Some(agent)) =
            (self.center.member(member_uuid).cloned(), self.center.agent(agent_name).cloned())
        else {
            return;
        };
        let Some(caller) = self.channels.get(&member.session_uuid).cloned() else { return };
        let leg = self.new_uuid();
        let now = self.now;
        let service = Service {
            agent: agent.name.clone(),
            agent_type: agent.kind.clone(),
            agent_uuid: leg.clone(),
            called: epoch(now),
            answered: 0,
        };
        self.center.offer(member_uuid, &service);
        self.flush();
        self.note_tier(&member);
        let timeout = leg_timeout(&agent.contact);
        let mut channel = Channel::agent(leg.clone(), &agent.contact, &caller, now);
        let id = (self.channels.next_session + 1).to_string();
        channel.set("session_id", id);
        if let Some(seconds) = timeout {
            channel.set("leg_timeout", seconds.to_string());
        }
        for (name, value) in [
            ("cc_queue", member.queue.as_str()),
            ("cc_queue_joined_epoch", &member.joined_epoch.to_string()),
            ("cc_member_uuid", &member.uuid),
            ("cc_member_session_uuid", &member.session_uuid),
            ("cc_member_pre_answer_uuid", &member.uuid),
            ("cc_agent", &agent.name),
            ("cc_agent_type", &agent.kind),
            ("cc_side", "agent"),
            ("ignore_early_media", "true"),
            ("origination_caller_id_name", &member.cid_name),
            ("origination_caller_id_number", &member.cid_number),
            ("originate_early_media", "false"),
            ("originate_endpoint", "sofia"),
        ] {
            channel.set(name, value);
        }
        self.channels.insert(channel);
        self.attempts.insert(leg.clone(), Attempt { member, service });
        self.leg_goes_out(&leg);
        self.after(100_000, Timer::Progress(leg.clone()));
        let limit = timeout.unwrap_or(ORIGINATE_TIMEOUT_SECONDS);
        // Whole seconds are counted, and the limit must be exceeded (recorded: 6 took 6.7 and 7.0).
        let until = (epoch(now) + limit + 1) * SECOND_US - now;
        self.after(until, Timer::Act(leg.clone(), Act::NoAnswer));
        self.decide_for_agent(&leg, agent_name);
    }

    /// The strategy top-down keeps its place on the caller's channel.
    fn note_tier(&mut self, member: &Member) {
        let is_top_down =
            self.center.queue(&member.queue).is_some_and(|queue| queue.settings.strategy == "top-down");
        if is_top_down && let Some(channel) = self.channels.get_mut(&member.session_uuid) {
            channel.set("cc_last_agent_tier_position", member.last_tier_position.to_string());
            channel.set("cc_last_agent_tier_level", member.last_tier_level.to_string());
        }
    }

    /// 180 Ringing.
    pub fn leg_rings(&mut self, leg: &str) {
        let now = self.now;
        let Some(channel) = self.channels.get_mut(leg) else { return };
        if channel.progress != 0 || channel.answered != 0 {
            return;
        }
        channel.progress = now;
        channel.is_reached = true;
        channel.set("sip_network_ip", "127.0.0.1");
        channel.set("sip_network_port", "5070");
        channel.set("sip_user_agent", "rec-ua/1.0");
        self.channel_event("CHANNEL_PROGRESS", PROGRESS, leg, &[]);
        self.set_call_state(leg, "RINGING");
    }

    /// What the phone of an agent does while it rings.
    pub fn leg_acts(&mut self, leg: &str, act: Act) {
        if self.originations.contains_key(leg) {
            return self.origination_acts(leg, act);
        }
        if self.attempts.get(leg).is_none_or(Attempt::is_talking) {
            return;
        }
        match act {
            Act::Answer => self.answer(leg),
            Act::NoAnswer => self.leg_fails(leg, "ALLOTTED_TIMEOUT"),
            Act::Busy => self.leg_refuses(leg, "sip:486", "USER_BUSY"),
            Act::Reject => self.leg_refuses(leg, "sip:603", "CALL_REJECTED"),
            Act::Unreachable => self.leg_refuses(leg, "sip:480", "NO_USER_RESPONSE"),
        }
    }

    /// The leg on which an agent is being rung.
    pub fn ringing_leg(&self, agent: &str) -> Option<String> {
        self.leg_of(agent, false)
    }

    /// The leg on which an agent talks.
    pub fn talking_leg(&self, agent: &str) -> Option<String> {
        self.leg_of(agent, true)
    }

    pub(super) fn leg_of(&self, agent: &str, talking: bool) -> Option<String> {
        self.attempts
            .iter()
            .find(|(_, attempt)| attempt.service.agent == agent && attempt.is_talking() == talking)
            .map(|(leg, _)| leg.clone())
    }

    pub(super) fn answer(&mut self, leg: &str) {
        self.leg_rings(leg);
        let epoch = self.epoch();
        let Some(attempt) = self.attempts.get_mut(leg) else { return };
        attempt.service.answered = epoch;
        let Attempt { member, service } = attempt.clone();
        self.leg_is_answered(leg);
        if let Some(channel) = self.channels.get_mut(leg) {
            channel.unset("cc_member_pre_answer_uuid");
        }
        self.center.answer(&member.uuid, &service, epoch);
        self.flush();
        self.bring_together(&member, leg);
        self.center.bridged(&service.agent);
        self.flush();
        self.call_update(&member.session_uuid);
        self.call_update(leg);
        self.talk_starts(leg);
    }

    /// The phones that rang beside the one that was answered (ring-all).
    pub(super) fn lose_race(&mut self, member: &Member, winner: &str) {
        let mut losers: Vec<String> = self
            .attempts
            .iter()
            .filter(|(leg, attempt)| *leg != winner && attempt.member.uuid == member.uuid)
            .map(|(leg, _)| leg.clone())
            .collect();
        // Recorded: the last that was rung loses first.
        losers.sort_by_key(|leg| std::cmp::Reverse(self.channels.get(leg).map(|channel| channel.session_id)));
        for leg in losers {
            self.leg_fails(&leg, "LOSE_RACE");
        }
    }

    /// Both legs leave what they were doing, and talk to each other.
    fn bring_together(&mut self, member: &Member, leg: &str) {
        let session = member.session_uuid.as_str();
        self.couple(session, leg);
        self.set_channel_state(leg, "CS_HIBERNATE", 8);
        self.set_channel_state(leg, "CS_RESET", 9);
        self.enter_state(session, "CS_EXECUTE", 8);
        if let Some(channel) = self.channels.get_mut(session) {
            channel.set("cc_agent_found", "true");
            channel.set("uuid_bridge", leg);
        }
        self.playback_stops(session, "done");
        if let Some(channel) = self.channels.get_mut(session) {
            channel.unset("cc_agent_found");
            channel.set("cc_cause", "answered");
        }
        self.center.served(&member.uuid);
        self.flush();
        self.lose_race(member, leg);
        self.execute_complete(session);
        if let Some(channel) = self.channels.get_mut(session) {
            channel.unset("uuid_bridge");
        }
        self.set_channel_state(session, "CS_HIBERNATE", 8);
        self.set_channel_state(session, "CS_RESET", 9);
        self.set_channel_state(session, "CS_SOFT_EXECUTE", 3);
        self.set_channel_state(leg, "CS_SOFT_EXECUTE", 3);
        self.execute_bridge(session, leg);
        self.bridge(session, leg);
    }

    /// Each leg learns of the other.
    fn couple(&mut self, session: &str, leg: &str) {
        let now = self.now;
        let profiles = [session, leg].map(|uuid| self.channels.get(uuid).map(Channel::profile));
        let [Some(a), Some(b)] = profiles else { return };
        for (own, other) in [(&a, &b), (&b, &a)] {
            let id = self.new_uuid();
            let Some(channel) = self.channels.get_mut(&own.uuid) else { continue };
            let mut profile = other.clone();
            if profile.leg == Leg::Agent {
                profile.times[0] = now;
            }
            channel.other = Some(profile);
            channel.new_profile(now, &id, &format!("uuid_br:{}", other.uuid));
            if own.leg == Leg::Caller {
                channel.set_last("sip_from_display", own.cid_name.as_str());
                channel.set("cc_agent_uuid", leg);
            }
            channel.set("bridge_channel", other.name.as_str());
            channel.set("bridge_uuid", other.uuid.as_str());
            channel.set("signal_bond", other.uuid.as_str());
            channel.set("original_destination_number", own.destination.as_str());
            channel.set("original_caller_id_name", own.cid_name.as_str());
            channel.set("original_caller_id_number", own.cid_number.as_str());
        }
    }

    /// The same without a queue: nothing is transferred.
    pub(super) fn couple_plainly(&mut self, a: &str, b: &str) {
        let profiles = [a, b].map(|uuid| self.channels.get(uuid).map(Channel::profile));
        let [Some(a), Some(b)] = profiles else { return };
        for (own, other) in [(&a, &b), (&b, &a)] {
            if let Some(channel) = self.channels.get_mut(&own.uuid) {
                channel.other = Some(other.clone());
                channel.set("signal_bond", other.uuid.as_str());
            }
        }
    }

    pub(super) fn bridge(&mut self, session: &str, leg: &str) {
        let now = self.now;
        for uuid in [session, leg] {
            if let Some(channel) = self.channels.get_mut(uuid) {
                channel.bridged = now;
            }
        }
        self.channel_event(
            "CHANNEL_BRIDGE",
            BRIDGE,
            session,
            &[("Bridge-A-Unique-ID", session), ("Bridge-B-Unique-ID", leg)],
        );
        let names = [session, leg].map(|uuid| self.channels.get(uuid).map(|channel| channel.name.clone()));
        let [Some(session_name), Some(leg_name)] = names else { return };
        let agent = self.attempts.get(leg).map(|attempt| attempt.service.agent.clone());
        for (own, other, name) in [(session, leg, &leg_name), (leg, session, &session_name)] {
            let Some(channel) = self.channels.get_mut(own) else { continue };
            if channel.leg == Leg::Agent {
                other.clone_into(&mut channel.call_uuid);
                channel.set_last("call_uuid", other);
            }
            channel.set("bridge_to", other);
            channel.set("last_bridge_to", other);
            channel.set_last("bridge_channel", name.as_str());
            channel.set_last("bridge_uuid", other);
            channel.set_last("signal_bond", other);
            let Some(agent) = &agent else { continue };
            channel.set("cc_agent_bridged", "true");
            if own == session {
                channel.set("cc_agent", agent.as_str());
                channel.set("cc_queue_answered_epoch", epoch(now).to_string());
            }
        }
        self.set_channel_state(leg, "CS_EXCHANGE_MEDIA", 5);
    }

    fn leg_refuses(&mut self, leg: &str, answer: &str, cause: &str) {
        if let Some(channel) = self.channels.get_mut(leg) {
            channel.is_reached = true;
            channel.set("proto_specific_hangup_cause", answer);
        }
        self.leg_fails(leg, cause);
    }

    /// A phone was not answered: the leg goes, then the call center hears of it.
    pub fn leg_fails(&mut self, leg: &str, cause: &str) {
        let Some(attempt) = self.attempts.remove(leg) else { return };
        self.hang_up(leg, cause);
        self.destroy(leg);
        self.report_failure(&attempt, cause);
    }

    fn report_failure(&mut self, attempt: &Attempt, cause: &str) {
        let epoch = self.epoch();
        let taken_out = self.center.fail(&attempt.member, &attempt.service, cause, epoch);
        self.keep_ring_all_trying(&attempt.member.uuid);
        self.flush();
        if taken_out {
            self.plan_return(&attempt.service.agent);
        }
    }

    /// With ring-all a member goes back to Waiting only when the last phone is silent.
    fn keep_ring_all_trying(&mut self, member: &str) {
        let rings =
            self.attempts.values().any(|attempt| attempt.member.uuid == member && !attempt.is_talking());
        if !rings
            && let Some(row) = self.center.member_mut(member)
            && row.state == "Trying"
        {
            row.wait_again();
        }
    }

    /// An agent left while its phone rings.
    pub fn cancel_ringing(&mut self, agent: &str) {
        if let Some(leg) = self.ringing_leg(agent) {
            self.leg_fails(&leg, "ORIGINATOR_CANCEL");
        }
    }
}

/// `[leg_timeout=10]` or `{leg_timeout=10}` in a contact.
fn leg_timeout(contact: &str) -> Option<i64> {
    let rest = contact.split("leg_timeout=").nth(1)?;
    rest.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()
}
