//! Live calls as the rows that people see, and who may see them.

use app::model::board::MemberState;
use app::model::call::{CallDetail, CallRow, CallState, Direction, LegRow};
use app::model::ids::{AgentKey, CallId, LegId, MemberKey, NodeName, QueueKey};
use app::model::wall::Scope;

use super::legs::{Leg, LegState};
use super::state::{Call, LiveCalls, NodeCalls};
use crate::wallboard::rows::Audience;

impl LiveCalls {
    /// The calls that a scope shows, in no order.
    pub fn rows(&self, scope: &Scope) -> Vec<CallRow> {
        let rows = self.nodes.iter().flat_map(|(node, calls)| {
            calls.calls.keys().filter_map(move |uuid| Some((calls, calls.row(node, uuid)?)))
        });
        let is_seen = |(calls, row): &(&_, CallRow)| {
            let calls: &super::state::NodeCalls = calls;
            row.first().is_some() && calls.audience(row).includes(scope)
        };
        rows.filter(is_seen).map(|(_, row)| row).collect()
    }

    /// How many calls there are.
    pub fn count(&self) -> usize {
        self.nodes.values().map(|calls| calls.calls.len()).sum()
    }

    /// A call and who may see it; `None` once it has ended, and while nobody is in it but a listener whose call is not known.
    pub fn row(&self, id: &CallId) -> Option<(CallRow, Audience)> {
        let calls = self.nodes.get(&id.node)?;
        let row = calls.row(&id.node, &id.uuid)?;
        row.first()?;
        let audience = calls.audience(&row);
        Some((row, audience))
    }

    /// The call of a leg.
    pub fn call_of(&self, leg: &LegId) -> Option<CallId> {
        let call = self.nodes.get(&leg.node)?.legs.get(&leg.uuid)?.call.clone();
        Some(CallId::new(&leg.node, call))
    }

    /// The call that an agent is in: the one of a queue first, then any that the agent's telephone is in.
    pub fn of_agent(&self, agent: &AgentKey) -> Option<CallRow> {
        let calls = self.nodes.get(&agent.node)?;
        let of_queue = calls.calls.iter().filter(|(_, call)| {
            let stay = call.stay.as_ref();
            stay.is_some_and(|stay| {
                stay.state == MemberState::Answered && stay.agent.as_ref() == Some(&agent.name)
            })
        });
        let of_phone = calls.legs.values().filter(|leg| {
            leg.agent.as_ref() == Some(&agent.name) && !leg.is_listener() && leg.answered_at.is_some()
        });
        let uuid = of_queue.map(|(uuid, _)| uuid).min().or_else(|| of_phone.map(|leg| &leg.call).min())?;
        calls.row(&agent.node, uuid)
    }

    /// A call with its past, whether it is going on or has ended lately, and who may see it. Any of its legs finds it.
    pub fn detail(&self, id: &CallId) -> Option<(CallDetail, Audience)> {
        let calls = self.nodes.get(&id.node)?;
        let uuid = calls.legs.get(&id.uuid).map_or(&id.uuid, |leg| &leg.call);
        if let Some(call) = calls.calls.get(uuid) {
            let row = calls.row(&id.node, uuid)?;
            let audience = calls.audience(&row);
            return Some((CallDetail { row, ended_at: None, timeline: call.timeline.clone() }, audience));
        }
        let ended = calls.ended.get(uuid)?;
        let audience =
            Audience::Of { queues: ended.queues.clone(), agent: ended.row.agent.clone(), call: None };
        let detail = CallDetail {
            row: ended.row.clone(),
            ended_at: Some(ended.ended_at),
            timeline: ended.timeline.clone(),
        };
        Some((detail, audience))
    }
}

impl NodeCalls {
    /// A call as it is now.
    pub(super) fn row(&self, node: &NodeName, uuid: &str) -> Option<CallRow> {
        let call = self.calls.get(uuid)?;
        let mut legs: Vec<(&String, &Leg)> =
            call.legs.iter().filter_map(|uuid| Some((uuid, self.legs.get(uuid)?))).collect();
        legs.sort_by_key(|(_, leg)| leg.is_listener());
        let parties: Vec<&Leg> = legs.iter().map(|(_, leg)| *leg).filter(|leg| !leg.is_listener()).collect();
        let stay = call.stay.as_ref();
        let agent = stay.and_then(|stay| stay.agent.clone());
        let agent = agent.or_else(|| parties.iter().find_map(|leg| leg.agent.clone()));
        Some(CallRow {
            id: CallId::new(node, uuid),
            direction: direction(&parties),
            state: state(call, &parties),
            queue: stay.map(|stay| QueueKey::new(node, stay.queue.clone())),
            member: stay.map(|stay| MemberKey::new(node, stay.member.clone())),
            agent: agent.map(|agent| AgentKey::new(node, agent)),
            created_at: call.created_at,
            talking_since: call.talking_since,
            legs: legs.into_iter().map(|(uuid, leg)| leg_row(node, uuid, leg)).collect(),
        })
    }

    /// Who may see a call: the readers of its queue, and of the queues of an agent who is in it. A call without either is seen by
    /// those who see everything.
    pub(super) fn audience(&self, row: &CallRow) -> Audience {
        Audience::Of { queues: self.queues_of(row), agent: row.agent.clone(), call: None }
    }

    pub(super) fn queues_of(&self, row: &CallRow) -> Vec<QueueKey> {
        if let Some(queue) = &row.queue {
            return vec![queue.clone()];
        }
        let tiers = row.agent.as_ref().and_then(|agent| self.tiers.get(&agent.name));
        tiers.map(|tiers| tiers.iter().cloned().collect()).unwrap_or_default()
    }
}

fn leg_row(node: &NodeName, uuid: &str, leg: &Leg) -> LegRow {
    LegRow {
        uuid: uuid.to_owned(),
        role: leg.role(),
        name: leg.name.clone(),
        number: leg.number.clone(),
        agent: leg.agent_key(node),
        created_at: leg.created_at,
        answered_at: leg.answered_at,
        codecs: leg.codecs(),
        is_held: leg.state == LegState::Held,
        recording: leg.recording.clone(),
        mode: leg.mode,
    }
}

/// A telephone is one of the house where the directory or mod_callcenter knows it.
fn direction(parties: &[&Leg]) -> Direction {
    let is_inside = |leg: &&&Leg| leg.is_in_directory || leg.agent.is_some();
    let outside = parties.iter().filter(|leg| !is_inside(leg)).count();
    match parties.first() {
        Some(first) if !is_inside(&first) && !first.is_outbound => Direction::Inbound,
        _ if outside > 0 => Direction::Outbound,
        _ => Direction::Internal,
    }
}

fn state(call: &Call, parties: &[&Leg]) -> CallState {
    let is_connected = parties.iter().any(|leg| leg.bridged_to.is_some());
    let waits = call.stay.as_ref().map(|stay| stay.state);
    match waits {
        _ if is_connected && parties.iter().any(|leg| leg.state == LegState::Held) => CallState::Held,
        _ if is_connected => CallState::Talking,
        Some(MemberState::Waiting) => CallState::Waiting,
        Some(MemberState::Trying | MemberState::Answered) => CallState::Offered,
        None if parties.iter().all(|leg| leg.answered_at.is_some()) => CallState::Alone,
        None => CallState::Ringing,
    }
}
