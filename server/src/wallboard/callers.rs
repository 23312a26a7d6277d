//! What events do to callers in queues, and to today's numbers.

use app::model::board::MemberState;
use app::model::ids::{AgentKey, MemberKey, QueueKey};
use app::model::metrics::CallOutcome;
use app::model::time::{DurationMs, UnixMs};

use super::board::{Abandoned, Board, CountedAnswer, Left, Member, Moment, PERIOD, Queue, Touched};
use super::facts::{CallKey, Fact};
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
            self.lose_member(&key, touched);
        }
        self.queue(&queue).members.insert(key.clone());
        touched.queues.insert(queue.clone());
        touched.members.insert(key.clone());
        touched.members_gone.remove(&key);
        let member = self.members.entry(key.clone()).or_insert_with(|| {
            touched.facts.push(Fact::CallJoined {
                call: CallKey { member: key.clone(), joined_at },
                queue: queue.name.clone(),
                session_uuid: caller.session_uuid.clone(),
                caller_name: caller.name.clone(),
                caller_number: caller.number.clone(),
            });
            Member {
                queue,
                session_uuid: String::new(),
                caller_name: String::new(),
                caller_number: String::new(),
                joined_at,
                entered_at: joined_at,
                extra_score: 0,
                state: MemberState::Waiting,
                state_since: Some(joined_at),
                agent: None,
                answered_at: None,
                counted: None,
                suspicion: None,
                touched_at: moment.at,
            }
        });
        member.touched_at = moment.at;
        member.session_uuid = caller.session_uuid;
        member.caller_name = caller.name;
        member.caller_number = caller.number;
        (key, member)
    }

    pub(super) fn member_joined(&mut self, moment: &Moment, caller: Caller, touched: &mut Touched) {
        let key = MemberKey::new(&moment.node, caller.member_uuid.clone());
        let left = &mut self.node(&moment.node).left;
        if left.get(&key).is_some_and(|left| moment.is_overtaken_by(left.happened_at)) {
            // Overtaken by the end of the same stay.
            return;
        }
        left.remove(&key);
        let is_new = !self.members.contains_key(&key);
        let queue = QueueKey::new(&moment.node, caller.queue.clone());
        let joined_first = self.node(&moment.node).moves.joined(&caller.session_uuid, moment.at);
        let (_, member) = self.member(moment, caller, joined_first.unwrap_or(moment.happened_at), touched);
        if joined_first.is_some() {
            member.entered_at = moment.happened_at;
        }
        // Whom a person moved is no new arrival.
        if is_new && joined_first.is_none() {
            *self.queue(&queue).arrivals.entry(moment.happened_at.0.div_euclid(PERIOD.0)).or_default() += 1;
        }
    }

    /// The stay that an event speaks of, and whether the caller is still in the queue. Events may overtake one another:
    /// what comes after the end of a stay belongs to it and brings nobody back.
    fn call(
        &mut self,
        moment: &Moment,
        caller: Caller,
        joined_at: Option<UnixMs>,
        touched: &mut Touched,
    ) -> (CallKey, bool) {
        let key = MemberKey::new(&moment.node, caller.member_uuid.clone());
        if !self.members.contains_key(&key)
            && let Some(left) = self.node(&moment.node).left.get(&key)
        {
            return (CallKey { member: key, joined_at: left.joined_at }, false);
        }
        let (member, known) = self.member(moment, caller, joined_at.unwrap_or(moment.happened_at), touched);
        (CallKey { member, joined_at: known.joined_at }, true)
    }

    /// The caller had abandoned, and is back at the old place.
    pub(super) fn member_resumed(&mut self, moment: &Moment, caller: Caller, touched: &mut Touched) {
        if !self.take_back_abandon(moment, &caller, touched) {
            // Abandoned before anybody looked.
            self.member_joined(moment, caller, touched);
        }
    }

    /// A caller who abandoned and is here again counts as abandoned no more: one contact, with the first joined time.
    /// `false` where the caller is not known to have abandoned.
    pub(super) fn take_back_abandon(
        &mut self,
        moment: &Moment,
        caller: &Caller,
        touched: &mut Touched,
    ) -> bool {
        let key = MemberKey::new(&moment.node, caller.member_uuid.clone());
        let Some(left) = self.node(&moment.node).left.remove(&key) else { return false };
        let Some(before) = left.abandoned else { return false };
        // Yesterday's numbers are not shown any more.
        if left.at >= self.counted_since {
            let today = &mut self.queue(&QueueKey::new(&moment.node, caller.queue.clone())).today;
            today.abandoned = today.abandoned.saturating_sub(1);
            today.abandoned_short = today.abandoned_short.saturating_sub(u32::from(before.is_short));
            today.abandoned_in_time = today.abandoned_in_time.saturating_sub(u32::from(before.is_in_time));
        }
        let call = CallKey { member: key, joined_at: left.joined_at };
        self.member(moment, caller.clone(), left.joined_at, touched);
        touched.facts.push(Fact::CallResumed { call, session_uuid: caller.session_uuid.clone() });
        true
    }

    pub(super) fn agent_offered(
        &mut self,
        moment: &Moment,
        agent: String,
        caller: Caller,
        touched: &mut Touched,
    ) {
        let agent = AgentKey::new(&moment.node, agent);
        let (call, is_there) = self.call(moment, caller.clone(), None, touched);
        if is_there {
            self.attach_call(moment, &agent, &caller, touched);
        }
        if let Some(member) = self.members.get_mut(&call.member)
            && member.state != MemberState::Answered
        {
            member.state = MemberState::Trying;
            member.state_since = Some(moment.happened_at);
            member.agent = Some(agent.clone());
        }
        touched.facts.push(Fact::Offered { call, agent, at: moment.happened_at });
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
        let queue = QueueKey::new(&moment.node, caller.queue.clone());
        let (call, is_there) = self.call(moment, caller.clone(), joined_at, touched);
        if is_there {
            self.attach_call(moment, &agent, &caller, touched);
        }
        if let Some(member) = self.members.get_mut(&call.member) {
            member.agent = Some(agent.clone());
            if member.state == MemberState::Answered {
                // The second leg of the same answer.
                return;
            }
            member.state = MemberState::Answered;
            member.state_since = Some(answered_at);
        }
        // The event's own moment is finer than the whole seconds of its epochs.
        self.count_answer(moment, call, &queue, agent, moment.happened_at, touched);
    }

    /// Counts that an agent answered.
    pub(super) fn count_answer(
        &mut self,
        moment: &Moment,
        call: CallKey,
        queue: &QueueKey,
        agent: AgentKey,
        at: UnixMs,
        touched: &mut Touched,
    ) {
        let targets = self.targets.get(queue).cloned().unwrap_or_default();
        let wait = at.since(call.joined_at);
        let is_in_time = wait.whole_s() < i64::from(targets.service_level_s);
        if let Some(member) = self.members.get_mut(&call.member) {
            member.answered_at = Some(at);
            member.counted = Some(CountedAnswer { wait, is_in_time });
        }
        let today = &mut self.queue(queue).today;
        today.answered += 1;
        today.answered_in_time += u32::from(is_in_time);
        today.answer_wait_ms += wait.0;
        touched.queues.insert(queue.clone());
        self.agent(&agent, moment.at).answered_today += 1;
        touched.agents.insert(agent.clone());
        touched.facts.push(Fact::Answered { call, agent, at, wait, is_in_time });
    }

    /// `talked` is `None` where the agent answered but was never connected to the caller: then it was no answer, and
    /// the caller goes on waiting or leaves by an event of its own.
    pub(super) fn bridge_ended(
        &mut self,
        moment: &Moment,
        agent: String,
        caller: Caller,
        joined_at: Option<UnixMs>,
        talked: Option<DurationMs>,
        touched: &mut Touched,
    ) {
        let agent_key = AgentKey::new(&moment.node, agent);
        let queue = QueueKey::new(&moment.node, caller.queue.clone());
        let wrap_up = self.agent(&agent_key, moment.at).wrap_up;
        let (call, _) = self.call(moment, caller, joined_at, touched);
        let answered_at = match self.members.get(&call.member) {
            Some(member) => member.answered_at,
            None => self.node(&moment.node).left.get(&call.member).and_then(|left| left.answered_at),
        };
        // The moments of the two events are finer than the whole seconds that the second one names.
        let talked = talked.map(|talked| answered_at.map_or(talked, |at| moment.happened_at.since(at)));
        match talked {
            Some(talked) => {
                let agent = self.agent(&agent_key, moment.at);
                agent.talk_today = DurationMs(agent.talk_today.0 + talked.0);
                agent.wrap_up_until = (wrap_up.0 > 0).then(|| moment.happened_at + wrap_up);
                let today = &mut self.queue(&queue).today;
                today.handled += 1;
                today.handle_ms += talked.0 + wrap_up.0;
                let agent = agent_key.clone();
                touched.facts.push(Fact::Talked {
                    call,
                    agent,
                    at: moment.happened_at,
                    talk: talked,
                    wrap_up,
                });
            }
            None => {
                let counted = self.members.get_mut(&call.member).and_then(|member| {
                    member.state = MemberState::Waiting;
                    member.state_since = Some(moment.happened_at);
                    member.agent = None;
                    member.counted.take()
                });
                if let Some(counted) = counted {
                    touched.facts.push(Fact::AnswerTakenBack { call });
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
        joined_at: Option<UnixMs>,
        cause: &str,
        touched: &mut Touched,
    ) {
        let agent_key = AgentKey::new(&moment.node, agent);
        let agent = self.agent(&agent_key, moment.at);
        if agent.call.as_ref().is_some_and(|call| call.member.uuid == caller.member_uuid) {
            agent.call = None;
        }
        let is_missed = !NOT_MISSED.contains(&cause);
        agent.missed_today += u32::from(is_missed);
        self.refresh_presence(&agent_key, moment.happened_at, touched);
        // When the caller left first, the event of the failed offer comes after that of the leaving.
        let member_key = MemberKey::new(&moment.node, caller.member_uuid.clone());
        let (call, _) = self.call(moment, caller, joined_at, touched);
        touched.facts.push(Fact::OfferFailed {
            call,
            agent: agent_key.clone(),
            at: moment.happened_at,
            cause: cause.to_owned(),
            is_missed,
        });
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
        let (call, is_there) = self.call(moment, caller, joined_at, touched);
        if !is_there {
            // Said twice.
            return;
        }
        let joined_at = call.joined_at;
        let wait = moment.happened_at.since(joined_at);
        let is_short = wait.whole_s() < i64::from(targets.short_abandon_s);
        let is_in_time = wait.whole_s() < i64::from(targets.service_level_s);
        let is_moved = self.node(&moment.node).moves.left(&call.member.uuid, moment.at);
        let today = &mut self.queue(&queue).today;
        let outcome = match reason {
            CancelReason::BrokeOut if is_moved => {
                today.moved += 1;
                CallOutcome::Moved
            }
            CancelReason::BrokeOut => {
                today.abandoned += 1;
                today.abandoned_short += u32::from(is_short);
                today.abandoned_in_time += u32::from(is_in_time);
                CallOutcome::Abandoned
            }
            CancelReason::TimedOut => {
                today.timed_out += 1;
                CallOutcome::TimedOut
            }
            CancelReason::NoAgent => {
                today.no_agent += 1;
                CallOutcome::NoAgent
            }
            CancelReason::ExitKey => {
                today.left_by_key += 1;
                CallOutcome::LeftByKey
            }
        };
        touched.queues.insert(queue);
        let abandoned = (outcome == CallOutcome::Abandoned).then_some(Abandoned { is_short, is_in_time });
        self.end_call(moment, &call, abandoned, touched);
        touched.facts.push(Fact::CallEnded { call, at: moment.happened_at, outcome, is_short, is_in_time });
    }

    fn end_call(
        &mut self,
        moment: &Moment,
        call: &CallKey,
        abandoned: Option<Abandoned>,
        touched: &mut Touched,
    ) {
        let answered_at = self.members.get(&call.member).and_then(|member| member.answered_at);
        let (at, happened_at, joined_at) = (moment.at, moment.happened_at, call.joined_at);
        let left = Left { at, happened_at, joined_at, answered_at, abandoned };
        self.node(&moment.node).left.insert(call.member.clone(), left);
        self.drop_member(&call.member, touched);
    }

    /// The caller was served, and the call is over.
    pub(super) fn member_served(
        &mut self,
        moment: &Moment,
        caller: Caller,
        joined_at: Option<UnixMs>,
        touched: &mut Touched,
    ) {
        let (call, is_there) = self.call(moment, caller, joined_at, touched);
        if !is_there {
            return;
        }
        self.end_call(moment, &call, None, touched);
        touched.facts.push(Fact::CallEnded {
            call,
            at: moment.happened_at,
            outcome: CallOutcome::Answered,
            is_short: false,
            is_in_time: false,
        });
    }

    /// The switch no longer has the caller, and no event told of it.
    pub(super) fn lose_member(&mut self, key: &MemberKey, touched: &mut Touched) {
        if let Some(member) = self.members.get(key) {
            let call = CallKey { member: key.clone(), joined_at: member.joined_at };
            touched.facts.push(Fact::CallLost { call });
        }
        self.drop_member(key, touched);
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
