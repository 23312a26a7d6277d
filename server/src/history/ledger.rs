//! Turns facts into rows. Pure: it holds what is still open, and hands out what is new or changed.

use std::collections::{BTreeSet, HashMap, HashSet};

use app::model::ids::{AgentKey, MemberKey, NodeName};
use app::model::time::{DurationMs, UnixMs};

use super::record::{ActivityInterval, Answer, Batch, End, Gap, Offer, QueueCall, Talk};
use crate::wallboard::facts::{CallKey, Fact};

/// A list tells the joining to the second, an event to the millisecond, and the switch takes its two clocks one after
/// the other: stays of one membership that joined within this time of each other are one.
pub(super) const SAME_STAY: DurationMs = DurationMs::from_s(2);
/// A switch that is started again may number its memberships anew; never so soon that two callers are there at once.
pub(super) const SAME_CONTACT: DurationMs = DurationMs::from_s(3_600);
/// An ended stay is kept for so long, for what comes late, and because who abandoned may resume.
const KEPT: DurationMs = DurationMs::from_s(3_600);

/// What is open, and what has to be stored.
#[derive(Debug, Default)]
pub struct Ledger {
    calls: HashMap<MemberKey, QueueCall>,
    offers: HashMap<(MemberKey, AgentKey), Offer>,
    activities: HashMap<AgentKey, ActivityInterval>,
    /// Gaps that have not ended.
    gaps: HashMap<NodeName, Gap>,
    /// Up to when an earlier start of SwitchDesk saw everything, until the node's events flow for the first time.
    seen_before: HashMap<NodeName, UnixMs>,
    flowing: HashSet<NodeName>,
    /// The latest moment of each node, by its own clock, that has been taken in: what happened before has been, too.
    heard: HashMap<NodeName, UnixMs>,
    changed_calls: BTreeSet<MemberKey>,
    changed: Batch,
}

/// What an earlier start of SwitchDesk left open.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Opened {
    /// Stays without an end.
    pub calls: Vec<QueueCall>,
    /// What agents did last.
    pub activities: Vec<ActivityInterval>,
    /// Gaps without an end.
    pub gaps: Vec<Gap>,
    /// Up to when everything of a node is on record.
    pub seen: Vec<(NodeName, UnixMs)>,
}

impl Ledger {
    /// A ledger that goes on where an earlier one stopped.
    pub fn new(opened: Opened) -> Self {
        let Opened { calls, activities, gaps, seen } = opened;
        Self {
            calls: calls.into_iter().map(|call| (call.call.member.clone(), call)).collect(),
            activities: activities.into_iter().map(|activity| (activity.agent.clone(), activity)).collect(),
            gaps: gaps.into_iter().map(|gap| (gap.node.clone(), gap)).collect(),
            seen_before: seen.into_iter().collect(),
            ..Self::default()
        }
    }

    /// Takes a fact in.
    pub fn take(&mut self, fact: Fact) {
        if let Some((node, at)) = moment(&fact) {
            let heard = self.heard.entry(node.clone()).or_insert(at);
            *heard = at.max(*heard);
        }
        match fact {
            Fact::Heard { .. } => {}
            Fact::CallJoined { call, queue, session_uuid, caller_name, caller_number } => {
                let row = self.call(&call);
                (row.queue, row.session_uuid) = (queue, session_uuid);
                (row.caller_name, row.caller_number) = (caller_name, caller_number);
            }
            Fact::CallResumed { call, session_uuid } => {
                let row = self.call(&call);
                row.session_uuid = session_uuid;
                row.end = None;
            }
            Fact::Offered { call, agent, at } => {
                let call = self.call(&call).call.clone();
                let offer = Offer {
                    call,
                    agent: agent.name.clone(),
                    offered_at: at,
                    ended_at: None,
                    is_answered: false,
                    cause: None,
                    is_missed: false,
                };
                self.offers.insert((offer.call.member.clone(), agent), offer.clone());
                self.changed.offers.push(offer);
            }
            Fact::OfferFailed { call, agent, at, cause, is_missed } => {
                let mut offer = self.end_offer(&call, agent, at);
                (offer.cause, offer.is_missed) = (Some(cause), is_missed);
                self.changed.offers.push(offer);
            }
            Fact::Answered { call, agent, at, wait, is_in_time } => {
                let name = agent.name.clone();
                let mut offer = self.end_offer(&call, agent, at);
                offer.is_answered = true;
                self.changed.offers.push(offer);
                let row = self.call(&call);
                row.answer = Some(Answer { agent: name, at, wait, is_in_time });
                row.is_incomplete &= !row.is_complete();
            }
            Fact::AnswerTakenBack { call } => self.call(&call).answer = None,
            Fact::Talked { call, agent: _, at, talk, wrap_up } => {
                let row = self.call(&call);
                row.talk = Some(Talk { until: at, length: talk, wrap_up });
                // Overtaken by the end.
                row.is_incomplete &= !row.is_complete();
            }
            Fact::CallEnded { call, at, outcome, is_short, is_in_time } => {
                let row = self.call(&call);
                row.end = Some(End { at, outcome, is_short, is_in_time });
                row.is_incomplete |= !row.is_complete();
            }
            Fact::CallLost { call } => self.call(&call).is_incomplete = true,
            Fact::AgentIs { agent, since, activity } => self.agent_is(agent, since, activity),
            Fact::AgentGone { agent, at } => {
                if let Some(open) = self.activities.remove(&agent) {
                    let ended_at = Some(at.max(open.started_at));
                    self.changed.activities.push(ActivityInterval { ended_at, ..open });
                }
            }
            Fact::EventsLost { node, since } => {
                // Before events flowed for the first time there is nothing to lose but what an earlier start saw.
                if self.flowing.remove(&node) {
                    let gap = Gap { node, from: since, to: None, is_stop: false, closed_at: None };
                    self.changed.gaps.push(gap.clone());
                    self.gaps.insert(gap.node.clone(), gap);
                }
            }
            Fact::EventsFlow { node, at } => {
                let stop = self.seen_before.remove(&node).map(|from| Gap {
                    node: node.clone(),
                    from,
                    to: None,
                    is_stop: true,
                    closed_at: None,
                });
                if let Some(gap) = self.gaps.remove(&node).or(stop) {
                    self.changed.gaps.push(Gap { to: Some(at), ..gap });
                }
                self.flowing.insert(node);
            }
        }
    }

    /// Up to when everything of a node has been taken in, by the node's clock.
    pub fn heard(&self, node: &NodeName) -> Option<UnixMs> {
        self.heard.get(node).copied()
    }

    /// A stay as it is known, if it is open or ended lately.
    pub fn known(&self, call: &CallKey) -> Option<&QueueCall> {
        self.calls.get(&call.member).filter(|known| is_same_stay(known, call))
    }

    /// Puts a stay that a call record completed in the place of what was known. The row itself is stored by whoever
    /// completed it.
    pub fn put(&mut self, row: QueueCall) {
        self.changed_calls.remove(&row.call.member);
        self.calls.insert(row.call.member.clone(), row);
    }

    /// Whether anything has to be stored; a node's progress alone is nothing.
    pub fn has_changes(&self) -> bool {
        !self.changed_calls.is_empty() || !self.changed.is_empty()
    }

    /// How many rows have to be stored.
    pub fn changes(&self) -> usize {
        self.changed_calls.len() + self.changed.len()
    }

    /// Takes out what has to be stored. Everything up to `now` has been taken in.
    pub fn batch(&mut self, now: UnixMs) -> Batch {
        let mut batch = std::mem::take(&mut self.changed);
        let changed = std::mem::take(&mut self.changed_calls);
        batch.calls.extend(changed.iter().filter_map(|member| self.calls.get(member)).cloned());
        batch.seen = self.flowing.iter().map(|node| (node.clone(), now)).collect();
        batch.seen.sort();
        self.calls.retain(|_, row| row.end.is_none_or(|end| now.since(end.at) < KEPT));
        batch
    }

    /// The stay, made known if it is not yet; it counts as changed.
    fn call(&mut self, call: &CallKey) -> &mut QueueCall {
        if self.calls.get(&call.member).is_some_and(|known| !is_same_stay(known, call))
            && let Some(other) = self.calls.remove(&call.member)
        {
            // A switch that was started again gave the uuid to another caller.
            self.changed.calls.push(other);
        }
        self.changed_calls.insert(call.member.clone());
        self.calls.entry(call.member.clone()).or_insert_with(|| QueueCall::joined(call.clone()))
    }

    fn end_offer(&mut self, call: &CallKey, agent: AgentKey, at: UnixMs) -> Offer {
        let name = agent.name.clone();
        let open = self.offers.remove(&(call.member.clone(), agent));
        let mut offer = open.unwrap_or_else(|| Offer {
            call: call.clone(),
            agent: name,
            offered_at: at,
            ended_at: None,
            is_answered: false,
            cause: None,
            is_missed: false,
        });
        offer.ended_at = Some(at);
        offer
    }

    fn agent_is(&mut self, agent: AgentKey, since: UnixMs, activity: crate::wallboard::facts::Activity) {
        let mut started_at = since;
        if let Some(open) = self.activities.remove(&agent) {
            if open.activity == activity {
                self.activities.insert(agent, open);
                return;
            }
            // A clock that was set back shortens no interval to less than nothing.
            started_at = since.max(open.started_at);
            if started_at > open.started_at {
                self.changed.activities.push(ActivityInterval { ended_at: Some(started_at), ..open });
            }
        }
        let interval = ActivityInterval { agent: agent.clone(), started_at, ended_at: None, activity };
        self.changed.activities.push(interval.clone());
        self.activities.insert(agent, interval);
    }
}

/// The moment of an event, where the fact is one's.
fn moment(fact: &Fact) -> Option<(&NodeName, UnixMs)> {
    match fact {
        Fact::Offered { call, at, .. }
        | Fact::OfferFailed { call, at, .. }
        | Fact::Answered { call, at, .. }
        | Fact::Talked { call, at, .. }
        | Fact::CallEnded { call, at, .. } => Some((&call.member.node, *at)),
        Fact::Heard { node, at } => Some((node, *at)),
        _ => None,
    }
}

/// Whether an event or a record speaks of a stay that is known. Memberships are unique, but who abandoned and came back
/// joins a second time, and of a caller whose joining was missed the first offer is the first that is known.
fn is_same_stay(known: &QueueCall, call: &CallKey) -> bool {
    let apart = DurationMs((known.call.joined_at.0 - call.joined_at.0).abs());
    let is_over = known.end.is_some_and(|end| end.at + SAME_STAY < call.joined_at);
    known.call.member == call.member && (apart <= SAME_STAY || apart <= SAME_CONTACT && !is_over)
}
