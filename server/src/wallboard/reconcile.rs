//! The switch's lists against the board.
//!
//! A list has no order against the stream of events: what it shows may be older or newer than the last event. So a
//! difference is believed only if no event touched that key since the list was asked for, and if a second read shows
//! the same difference again; then it is a correction, and counted, because an event must have been lost. During a
//! rebuild the lists are simply the truth. What no event ever tells (tiers, wrap-up times, settings, deletions) is
//! taken over at once and is no correction.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use app::model::agent::{AgentState, Presence};
use app::model::board::MemberState;
use app::model::ids::{AgentKey, MemberKey, NodeName, QueueKey};
use app::model::time::{DurationMs, UnixMs};

use super::board::{Agent, Board, Listed, Moment, Touched};
use super::facts::{CallKey, Fact};
use crate::switch::callcenter::{AgentRecord, MemberRecord, QueueRecord, TierRecord};
use crate::switch::event::Caller;

impl Agent {
    /// Takes over what no event ever tells.
    fn note_unheard(&mut self, row: &AgentRecord) {
        self.wrap_up = DurationMs::from_s(i64::from(row.wrap_up_s));
        self.contact.clone_from(&row.contact);
        self.channel_uuid.clone_from(&row.channel_uuid);
        self.last_offered_call = row.last_offered_call;
    }
}

/// Differences that the read before showed, waiting to be seen a second time.
#[derive(Debug, Default)]
pub struct Suspects {
    agents: HashMap<AgentKey, AgentDifference>,
    members: HashMap<MemberKey, MemberDifference>,
}

type AgentDifference = (app::model::agent::AgentStatus, Option<AgentState>);
/// What the list says; `None` where it lacks the caller.
type MemberDifference = Option<(MemberState, Option<String>)>;

impl Board {
    pub(super) fn read_queues(
        &mut self,
        moment: &Moment,
        _asked_at: UnixMs,
        rows: Vec<QueueRecord>,
        touched: &mut Touched,
    ) {
        let mut listed = BTreeSet::new();
        for row in rows {
            let key = QueueKey::new(&moment.node, row.name);
            let is_new = !self.queues.contains_key(&key);
            let queue = self.queue(&key);
            if is_new || queue.strategy != row.strategy {
                queue.strategy = row.strategy;
                touched.queues.insert(key.clone());
            }
            listed.insert(key);
        }
        let is_rebuild = match self.rebuild(&moment.node) {
            Some(rebuild) => {
                rebuild.queues.clone_from(&listed);
                true
            }
            None => false,
        };
        if !is_rebuild {
            self.drop_unlisted_queues(&moment.node, &listed, touched);
        }
    }

    pub(super) fn read_agents(
        &mut self,
        moment: &Moment,
        asked_at: UnixMs,
        rows: Vec<AgentRecord>,
        touched: &mut Touched,
    ) {
        let mut listed = BTreeSet::new();
        let mut suspects = HashMap::new();
        let is_rebuild = self.rebuild(&moment.node).is_some();
        let mut corrections = 0;
        for row in rows {
            let key = AgentKey::new(&moment.node, row.name.clone());
            listed.insert(key.clone());
            if let Some(agent) = self.agents.get_mut(&key) {
                // No event tells of these.
                agent.note_unheard(&row);
            }
            if !is_rebuild {
                let difference = (row.status, row.state);
                match self.agents.get(&key) {
                    Some(agent) if (agent.status, agent.state) == difference => continue,
                    Some(agent) if agent.touched_at >= asked_at => continue,
                    _ => {}
                }
                if self.node(&moment.node).suspects.agents.get(&key) != Some(&difference) {
                    suspects.insert(key, difference);
                    continue;
                }
                corrections += 1;
            }
            self.take_agent(moment, key, &row, touched);
        }
        let node = self.node(&moment.node);
        node.suspects.agents = suspects;
        count(node, corrections, &moment.node, touched);
        if let Some(rebuild) = &mut node.rebuild {
            rebuild.agents = listed;
        } else {
            self.drop_unlisted_agents(&moment.node, &listed, Some(asked_at), touched);
        }
    }

    pub(super) fn read_tiers(
        &mut self,
        moment: &Moment,
        _asked_at: UnixMs,
        rows: Vec<TierRecord>,
        touched: &mut Touched,
    ) {
        let mut tiers: BTreeMap<AgentKey, BTreeMap<QueueKey, (u32, u32)>> = BTreeMap::new();
        for row in rows {
            let queue = QueueKey::new(&moment.node, row.queue);
            let agent = AgentKey::new(&moment.node, row.agent);
            tiers.entry(agent).or_default().insert(queue, (row.level, row.position));
        }
        for (key, agent) in &mut self.agents {
            if key.node != moment.node {
                continue;
            }
            let new = tiers.remove(key).unwrap_or_default();
            if new == agent.tiers {
                continue;
            }
            let gone: BTreeSet<QueueKey> =
                agent.tiers.keys().filter(|queue| !new.contains_key(queue)).cloned().collect();
            for queue in agent.tiers.keys() {
                if let Some(queue) = self.queues.get_mut(queue) {
                    queue.agents.remove(key);
                }
            }
            touched.queues.extend(agent.tiers.keys().cloned());
            for queue in new.keys() {
                self.queues.entry(queue.clone()).or_default().agents.insert(key.clone());
            }
            touched.queues.extend(new.keys().cloned());
            touched.agents.insert(key.clone());
            if !gone.is_empty() {
                touched.tiers_gone.entry(key.clone()).or_default().extend(gone);
            }
            agent.tiers = new;
        }
    }

    pub(super) fn read_members(
        &mut self,
        moment: &Moment,
        asked_at: UnixMs,
        rows: Vec<MemberRecord>,
        touched: &mut Touched,
    ) {
        let is_rebuild = self.rebuild(&moment.node).is_some();
        let mut listed = BTreeSet::new();
        let mut suspects = HashMap::new();
        let mut corrections = 0;
        for row in rows {
            let key = MemberKey::new(&moment.node, row.uuid.clone());
            listed.insert(key.clone());
            if let Some(member) = self.members.get_mut(&key)
                && member.extra_score != row.extra_score
            {
                // The score at joining is a variable of the channel; only the list tells it.
                member.extra_score = row.extra_score;
                touched.members.insert(key.clone());
            }
            if !is_rebuild {
                // While ringing, the list names the strategy instead of an agent when many are rung.
                let serving = row.serving_agent.clone().filter(|_| row.state == MemberState::Answered);
                // A list that was asked for before the caller left still has the caller.
                let has_left = self.node(&moment.node).left.get(&key).is_some_and(|left| left.at >= asked_at);
                let is_same = self.members.get(&key).is_some_and(|member| {
                    let agent = member.agent.as_ref().map(|agent| agent.name.as_str());
                    member.state == row.state
                        && (row.state != MemberState::Answered || agent == serving.as_deref())
                });
                let is_touched = self.members.get(&key).is_some_and(|member| member.touched_at >= asked_at);
                if is_same || is_touched || has_left {
                    continue;
                }
                let difference = Some((row.state, serving));
                if self.node(&moment.node).suspects.members.get(&key) != Some(&difference) {
                    suspects.insert(key, difference);
                    continue;
                }
                corrections += 1;
            }
            self.take_member(moment, row, touched);
        }
        if !is_rebuild {
            let unlisted: Vec<MemberKey> = self
                .members
                .iter()
                .filter(|(key, member)| {
                    key.node == moment.node && !listed.contains(*key) && member.touched_at < asked_at
                })
                .map(|(key, _)| key.clone())
                .collect();
            for key in unlisted {
                if self.node(&moment.node).suspects.members.get(&key) == Some(&None) {
                    corrections += 1;
                    self.lose_member(&key, touched);
                } else {
                    suspects.insert(key, None);
                }
            }
        }
        let node = self.node(&moment.node);
        node.suspects.members = suspects;
        count(node, corrections, &moment.node, touched);
        if let Some(rebuild) = &mut node.rebuild {
            rebuild.members = listed;
        }
    }

    pub(super) fn end_rebuild(&mut self, node: &NodeName, touched: &mut Touched) {
        let Some(listed) = self.node(node).rebuild.take() else { return };
        self.node(node).rebuilds += 1;
        self.node(node).suspects = Suspects::default();
        touched.nodes.insert(node.clone());
        let gone: Vec<MemberKey> = self
            .members
            .keys()
            .filter(|key| key.node == *node && !listed.members.contains(*key))
            .cloned()
            .collect();
        for key in gone {
            self.lose_member(&key, touched);
        }
        self.drop_unlisted_agents(node, &listed.agents, None, touched);
        self.drop_unlisted_queues(node, &listed.queues, touched);
    }

    fn rebuild(&mut self, node: &NodeName) -> Option<&mut Listed> {
        self.node(node).rebuild.as_mut()
    }

    fn take_agent(&mut self, moment: &Moment, key: AgentKey, row: &AgentRecord, touched: &mut Touched) {
        let agent = self.agent(&key, moment.at);
        let is_other_status = agent.status != row.status || agent.status_since.is_none();
        agent.status = row.status;
        agent.state = row.state;
        agent.note_unheard(row);
        agent.wrap_up_until = row
            .last_bridge_end
            .map(|end| end + agent.wrap_up)
            .filter(|end| *end > moment.at && row.state == Some(AgentState::Waiting));
        if is_other_status {
            agent.status_since = row.last_status_change;
        }
        if !matches!(row.state, Some(AgentState::InQueueCall | AgentState::Receiving | AgentState::Reserved))
        {
            agent.call = None;
        }
        if is_other_status {
            self.explain_by_note(&key);
        }
        let before = self.agents.get(&key).map(|agent| (agent.presence, agent.presence_since));
        self.update_presence(&key, moment.happened_at, touched);
        let Some(agent) = self.agents.get_mut(&key) else { return };
        if before.is_none_or(|(presence, since)| presence != agent.presence || since.is_none()) {
            // The list dates what no event has dated.
            agent.presence_since = match agent.presence {
                Presence::OnCall => row.last_bridge_start,
                Presence::Ringing => row.last_offered_call,
                Presence::WrapUp => row.last_bridge_end,
                Presence::OnBreak | Presence::LoggedOut => row.last_status_change,
                Presence::Available | Presence::Idle => {
                    row.last_bridge_end.map(|end| end + agent.wrap_up).max(row.last_status_change)
                }
            };
        }
        let since = agent.presence_since.unwrap_or(moment.happened_at);
        self.record_activity(&key, since, touched);
    }

    fn take_member(&mut self, moment: &Moment, row: MemberRecord, touched: &mut Touched) {
        let MemberRecord {
            queue,
            uuid,
            session_uuid,
            caller_number,
            caller_name,
            joined_at,
            extra_score,
            serving_agent,
            state,
            bridged_at,
        } = row;
        let caller =
            Caller { queue, member_uuid: uuid, session_uuid, name: caller_name, number: caller_number };
        // While many are rung the list names the strategy instead of an agent.
        let agent = serving_agent
            .filter(|_| state != MemberState::Waiting)
            .map(|name| AgentKey::new(&moment.node, name))
            .filter(|agent| self.agents.contains_key(agent));
        let is_known = self.members.contains_key(&MemberKey::new(&moment.node, caller.member_uuid.clone()));
        if !is_known {
            // Where the event of a resumption was lost.
            self.take_back_abandon(moment, &caller, touched);
        }
        let (key, member) = self.member(moment, caller.clone(), joined_at, touched);
        let joined_at = member.joined_at;
        let was_answered = member.state == MemberState::Answered;
        if member.state != state || member.state_since.is_none() {
            member.state_since = match state {
                MemberState::Waiting => Some(joined_at),
                MemberState::Trying => None,
                MemberState::Answered => bridged_at,
            };
        }
        member.state = state;
        member.extra_score = extra_score;
        member.agent.clone_from(&agent);
        if let Some(agent) = agent {
            self.attach_call(moment, &agent, &caller, touched);
            if is_known && !was_answered && state == MemberState::Answered {
                // Seen waiting and now talking: the answer's event was lost. One who is first seen talking may have been
                // counted before this start of SwitchDesk; then the record knows.
                let call = CallKey { member: key, joined_at };
                let queue = QueueKey::new(&moment.node, caller.queue);
                let at = bridged_at.unwrap_or(moment.happened_at);
                self.count_answer(moment, call, &queue, agent, at, touched);
            }
        }
    }

    fn drop_unlisted_queues(&mut self, node: &NodeName, listed: &BTreeSet<QueueKey>, touched: &mut Touched) {
        let gone: Vec<QueueKey> =
            self.queues.keys().filter(|key| key.node == *node && !listed.contains(*key)).cloned().collect();
        for key in gone {
            // A queue that is loaded only when first called is not listed before; one with callers or agents stays.
            let is_used = self.queues.get(&key).is_some_and(|queue| !queue.members.is_empty());
            if !is_used {
                self.queues.remove(&key);
                touched.queues.insert(key);
            }
        }
    }

    /// `asked_at` is `None` after a rebuild, when nothing but the lists counts.
    fn drop_unlisted_agents(
        &mut self,
        node: &NodeName,
        listed: &BTreeSet<AgentKey>,
        asked_at: Option<UnixMs>,
        touched: &mut Touched,
    ) {
        let at = self.now;
        let gone: HashSet<AgentKey> = self
            .agents
            .iter()
            .filter(|(key, agent)| {
                key.node == *node
                    && !listed.contains(*key)
                    && asked_at.is_none_or(|asked_at| agent.touched_at < asked_at)
            })
            .map(|(key, _)| key.clone())
            .collect();
        for key in gone {
            if let Some(agent) = self.agents.remove(&key) {
                touched.facts.push(Fact::AgentGone { agent: key.clone(), at });
                let queues: BTreeSet<QueueKey> = agent.tiers.into_keys().collect();
                for queue in &queues {
                    if let Some(queue) = self.queues.get_mut(queue) {
                        queue.agents.remove(&key);
                    }
                }
                touched.queues.extend(queues.iter().cloned());
                touched.tiers_gone.entry(key).or_default().extend(queues);
            }
        }
    }
}

fn count(node: &mut super::board::Node, corrections: u64, name: &NodeName, touched: &mut Touched) {
    if corrections > 0 {
        node.corrections += corrections;
        touched.nodes.insert(name.clone());
    }
}
