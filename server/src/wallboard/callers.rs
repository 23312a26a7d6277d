//! What events do to callers in queues, and to today's numbers.

use app::model::board::MemberState;
use app::model::ids::{AgentKey, MemberKey, QueueKey};
use app::model::time::{DurationMs, UnixMs};

use super::board::{Board, CountedAnswer, Member, Moment, PERIOD, Queue, Touched};
use crate::switch::event::{Caller, CancelReason};

/// Offers that end for these causes were not missed by the agent: the caller went away, or a colleague was faster
/// (mod_callcenter cancels the other legs of a ring-all with LOSE_RACE).
const NOT_MISSED: [&str; 2] = ["ORIGINATOR_CANCEL", "LOSE_RACE"];

impl Board {
    /// The queue, made known if it is not yet.
    pub(super) fn queue(&mut self, key: &QueueKey) -> &mut Queue {
        self.queues.entry(key.clone()).or_default()
    }

    /// The caller of an event, made known if the join was missed.
    pub(super) fn member(
        &mut self,
        moment: &Moment,
        caller: Caller,
        joined_at: UnixMs,
        touched: &mut Touched,
    ) -> (MemberKey, &mut Member) {
        let key = MemberKey::new(&moment.node, caller.member_uuid);
        let queue = QueueKey::new(&moment.node, caller.queue);
        if self.members.get(&key).is_some_and(|known| known.queue != queue) {
            // A switch that was started again may give the same uuid to another caller.
            self.drop_member(&key, touched);
        }
        self.queue(&queue).members.insert(key.clone());
        touched.queues.insert(queue.clone());
        touched.members.insert(key.clone());
        touched.members_gone.remove(&key);
        let member = self.members.entry(key.clone()).or_insert_with(|| Member {
            queue,
            session_uuid: String::new(),
            caller_name: String::new(),
            caller_number: String::new(),
            joined_at,
            extra_score: 0,
            state: MemberState::Waiting,
            state_since: Some(joined_at),
            agent: None,
            counted: None,
            touched_at: moment.at,
        });
        member.touched_at = moment.at;
        member.session_uuid = caller.session_uuid;
        member.caller_name = caller.name;
        member.caller_number = caller.number;
        (key, member)
    }

    pub(super) fn member_joined(&mut self, moment: &Moment, caller: Caller, touched: &mut Touched) {
        let is_new = !self.members.contains_key(&MemberKey::new(&moment.node, caller.member_uuid.clone()));
        let queue = QueueKey::new(&moment.node, caller.queue.clone());
        self.member(moment, caller, moment.happened_at, touched);
        if is_new {
            *self.queue(&queue).arrivals.entry(moment.happened_at.0.div_euclid(PERIOD.0)).or_default() += 1;
        }
    }

    pub(super) fn agent_offered(
        &mut self,
        moment: &Moment,
        agent: String,
        caller: Caller,
        touched: &mut Touched,
    ) {
        let agent = AgentKey::new(&moment.node, agent);
        self.attach_call(moment, &agent, &caller, touched);
        let (_, member) = self.member(moment, caller, moment.happened_at, touched);
        if member.state != MemberState::Answered {
            member.state = MemberState::Trying;
            member.state_since = Some(moment.happened_at);
            member.agent = Some(agent);
        }
    }

    pub(super) fn bridge_started(
        &mut self,
        moment: &Moment,
        agent: String,
        caller: Caller,
        joined_at: Option<UnixMs>,
        answered_at: UnixMs,
        touched: &mut Touched,
    ) {
        let agent = AgentKey::new(&moment.node, agent);
        self.attach_call(moment, &agent, &caller, touched);
        let queue = QueueKey::new(&moment.node, caller.queue.clone());
        let targets = self.targets.get(&queue).cloned().unwrap_or_default();
        let (_, member) = self.member(moment, caller, joined_at.unwrap_or(moment.happened_at), touched);
        let is_first_answer = member.state != MemberState::Answered;
        member.state = MemberState::Answered;
        member.agent = Some(agent.clone());
        if is_first_answer {
            member.state_since = Some(answered_at);
            // The event's own moment is finer than the whole seconds of its epochs.
            let wait = moment.happened_at.since(member.joined_at);
            let is_in_time = wait.whole_s() < i64::from(targets.service_level_s);
            member.counted = Some(CountedAnswer { wait, is_in_time });
            let today = &mut self.queue(&queue).today;
            today.answered += 1;
            today.answered_in_time += u32::from(is_in_time);
            today.answer_wait_ms += wait.0;
            self.agent(&agent, moment.at).answered_today += 1;
        }
    }

    /// `talked` is `None` where the agent answered but was never connected to the caller: then it was no answer, and
    /// the caller goes on waiting or leaves by an event of its own.
    pub(super) fn bridge_ended(
        &mut self,
        moment: &Moment,
        agent: String,
        caller: Caller,
        talked: Option<DurationMs>,
        touched: &mut Touched,
    ) {
        let agent_key = AgentKey::new(&moment.node, agent);
        let queue = QueueKey::new(&moment.node, caller.queue.clone());
        let wrap_up = self.agent(&agent_key, moment.at).wrap_up;
        match talked {
            Some(talked) => {
                let agent = self.agent(&agent_key, moment.at);
                agent.talk_today = DurationMs(agent.talk_today.0 + talked.0);
                agent.wrap_up_until = (wrap_up.0 > 0).then(|| moment.happened_at + wrap_up);
                let today = &mut self.queue(&queue).today;
                today.handled += 1;
                today.handle_ms += talked.0 + wrap_up.0;
            }
            None => {
                let member_key = MemberKey::new(&moment.node, caller.member_uuid);
                let counted = self.members.get_mut(&member_key).and_then(|member| {
                    member.state = MemberState::Waiting;
                    member.state_since = Some(moment.happened_at);
                    member.agent = None;
                    touched.members.insert(member_key.clone());
                    member.counted.take()
                });
                if let Some(counted) = counted {
                    let today = &mut self.queue(&queue).today;
                    today.answered = today.answered.saturating_sub(1);
                    today.answered_in_time =
                        today.answered_in_time.saturating_sub(u32::from(counted.is_in_time));
                    today.answer_wait_ms -= counted.wait.0;
                    let agent = self.agent(&agent_key, moment.at);
                    agent.answered_today = agent.answered_today.saturating_sub(1);
                }
            }
        }
        touched.queues.insert(queue);
        self.agent(&agent_key, moment.at).call = None;
        self.refresh_presence(&agent_key, moment.happened_at, touched);
    }

    pub(super) fn offer_failed(
        &mut self,
        moment: &Moment,
        agent: String,
        caller: Caller,
        cause: &str,
        touched: &mut Touched,
    ) {
        let agent_key = AgentKey::new(&moment.node, agent);
        let agent = self.agent(&agent_key, moment.at);
        if agent.call.as_ref().is_some_and(|call| call.member.uuid == caller.member_uuid) {
            agent.call = None;
        }
        agent.missed_today += u32::from(!NOT_MISSED.contains(&cause));
        self.refresh_presence(&agent_key, moment.happened_at, touched);
        // When the caller left first, the event of the failed offer comes after that of the leaving.
        let member_key = MemberKey::new(&moment.node, caller.member_uuid);
        if let Some(member) = self.members.get_mut(&member_key)
            && member.state == MemberState::Trying
            && member.agent.as_ref() == Some(&agent_key)
        {
            member.state = MemberState::Waiting;
            member.state_since = Some(moment.happened_at);
            member.agent = None;
            member.touched_at = moment.at;
            touched.members.insert(member_key);
        }
    }

    pub(super) fn member_left(
        &mut self,
        moment: &Moment,
        caller: Caller,
        joined_at: Option<UnixMs>,
        reason: CancelReason,
        touched: &mut Touched,
    ) {
        let queue = QueueKey::new(&moment.node, caller.queue.clone());
        let targets = self.targets.get(&queue).cloned().unwrap_or_default();
        let key = MemberKey::new(&moment.node, caller.member_uuid.clone());
        let known = self.members.get(&key).map(|member| member.joined_at);
        let wait = moment.happened_at.since(known.or(joined_at).unwrap_or(moment.happened_at));
        let today = &mut self.queue(&queue).today;
        match reason {
            CancelReason::BrokeOut => {
                today.abandoned += 1;
                today.abandoned_short += u32::from(wait.whole_s() < i64::from(targets.short_abandon_s));
                today.abandoned_in_time += u32::from(wait.whole_s() < i64::from(targets.service_level_s));
            }
            CancelReason::TimedOut => today.timed_out += 1,
            CancelReason::NoAgent => today.no_agent += 1,
            CancelReason::ExitKey => today.left_by_key += 1,
        }
        touched.queues.insert(queue);
        self.member_gone(moment, caller.member_uuid, touched);
    }

    pub(super) fn member_gone(&mut self, moment: &Moment, uuid: String, touched: &mut Touched) {
        let key = MemberKey::new(&moment.node, uuid);
        self.node(&moment.node).left.insert(key.clone(), moment.at);
        self.drop_member(&key, touched);
    }

    pub(super) fn drop_member(&mut self, key: &MemberKey, touched: &mut Touched) {
        if let Some(member) = self.members.remove(key) {
            if let Some(queue) = self.queues.get_mut(&member.queue) {
                queue.members.remove(key);
            }
            touched.queues.insert(member.queue.clone());
            touched.members.remove(key);
            touched.members_gone.insert(key.clone(), member.queue);
        }
    }
}
