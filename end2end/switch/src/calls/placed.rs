//! Calls that have been going on before the switch was started.

use crate::callcenter::INSTANCE;
use crate::channels::Leg;
use crate::clock::{epoch, seconds_us};
use crate::switch::Switch;

impl Switch {
    /// A talk that has been going on for `seconds`, without events: for the populated start.
    pub fn place_talk(
        &mut self,
        queue: &str,
        agent: &str,
        caller: (&str, &str),
        waited: i64,
        seconds: i64,
    ) -> Option<String> {
        let session = self.place_caller(queue, caller, waited + seconds);
        let member = self.center.members.last()?.uuid.clone();
        let joined = self.now;
        let called = self.epoch() - seconds - 3;
        self.center.reserve(&member, agent, None, called);
        self.ring(&member, agent);
        let leg = self.ringing_leg(agent)?;
        self.leg_rings(&leg);
        if let Some(attempt) = self.attempts.get_mut(&leg) {
            attempt.service.called = called;
        }
        self.answer(&leg);
        let answered = joined - seconds_us(seconds as f64);
        if let Some(attempt) = self.attempts.get_mut(&leg) {
            attempt.service.answered = epoch(answered);
        }
        for uuid in [&leg, &session] {
            if let Some(channel) = self.channels.get_mut(uuid) {
                channel.bridged = answered;
                channel.profile_created = answered;
                if channel.leg == Leg::Agent {
                    channel.answered = answered;
                    channel.progress = answered - 3_000_000;
                    channel.created = answered - 3_100_000;
                }
            }
        }
        if let Some(row) = self.center.member_mut(&member) {
            row.bridge_epoch = epoch(answered);
            row.serving_system = INSTANCE.to_owned();
        }
        if let Some(agent) = self.center.agent_mut(agent) {
            agent.last_bridge_start = epoch(answered);
        }
        Some(leg)
    }

    /// A caller that has been waiting for `seconds`, without events: for the populated start.
    pub fn place_caller(&mut self, queue: &str, (number, name): (&str, &str), seconds: i64) -> String {
        let session = self.enter_queue(queue, number, name);
        let before = seconds_us(seconds as f64);
        if let Some(channel) = self.channels.get_mut(&session) {
            channel.created -= before;
            channel.profile_created -= before;
            channel.answered -= before;
            let joined = epoch(channel.answered);
            channel.set("cc_queue_joined_epoch", joined.to_string());
        }
        if let Some(member) = self.center.members.last_mut() {
            member.system_epoch -= seconds;
            member.joined_epoch -= seconds;
        }
        session
    }
}
