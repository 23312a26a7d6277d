//! The board as the rows that people see.

use app::model::agent::{AgentRow, AgentTier};
use app::model::board::{AgentCounts, BoardView, Change, MemberRow, NodeRow, QueueRow};
use app::model::ids::{AgentKey, MemberKey, NodeName, QueueKey, short_name};
use app::model::wall::Scope;

use super::board::{Board, PERIOD, Touched};

/// A change and who may see it.
#[derive(Clone, Debug)]
pub struct ScopedChange {
    /// The change.
    pub change: Change,
    /// Who may see it.
    pub audience: Audience,
}

/// Who may see a change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Audience {
    /// Every reader.
    Everyone,
    /// Readers of one of these queues, the desk of that agent, and readers of the agent's teams.
    Of {
        /// Queues.
        queues: Vec<QueueKey>,
        /// Agent.
        agent: Option<AgentKey>,
        /// The queue of the agent's call, which may be one that the agent is no longer in.
        call: Option<QueueKey>,
    },
}

impl Audience {
    fn of_queue(queue: &QueueKey) -> Self {
        Self::Of { queues: vec![queue.clone()], agent: None, call: None }
    }

    /// Whether a reader of that scope is in it.
    pub fn includes(&self, scope: &Scope) -> bool {
        match (self, scope) {
            (Self::Everyone, _) | (_, Scope::All) => true,
            (Self::Of { queues, .. }, Scope::Queues(_)) => queues.iter().any(|queue| scope.has_queue(queue)),
            (Self::Of { agent, .. }, Scope::Agent(own)) => agent.as_ref() == Some(own),
            (Self::Of { queues, agent, .. }, Scope::Teams { agents, .. }) => {
                queues.iter().any(|queue| scope.has_queue(queue))
                    || agent.as_ref().is_some_and(|agent| agents.binary_search(agent).is_ok())
            }
        }
    }

    /// Whether the change tells of queues that the scope does not show.
    pub fn exceeds(&self, scope: &Scope) -> bool {
        match (self, scope) {
            (Self::Of { queues, agent: Some(_), call }, Scope::Queues(_) | Scope::Teams { .. }) => {
                queues.iter().chain(call).any(|queue| !scope.has_queue(queue))
            }
            _ => false,
        }
    }
}

impl Board {
    /// The whole board.
    pub fn view(&self) -> BoardView {
        BoardView {
            nodes: self.nodes.keys().filter_map(|key| self.node_row(key)).collect(),
            queues: self.queues.keys().filter_map(|key| self.queue_row(key)).collect(),
            agents: self.agents.keys().filter_map(|key| self.agent_row(key)).collect(),
            members: self.members.keys().filter_map(|key| self.member_row(key)).collect(),
            reasons: self.reasons.clone(),
            counted_since: self.counted_since,
        }
    }

    /// One agent.
    pub fn agent_row(&self, key: &AgentKey) -> Option<AgentRow> {
        let agent = self.agents.get(key)?;
        Some(AgentRow {
            key: key.clone(),
            display_name: display_name(self.agent_names.get(key), &key.name),
            status: agent.status,
            status_since: agent.status_since,
            set_by: agent.set_by.clone(),
            reason: agent.reason.clone(),
            break_until: self.break_until(key),
            desk_lost_at: agent.desk_lost_at,
            presence: agent.presence,
            presence_since: agent.presence_since,
            wrap_up_until: agent.wrap_up_until,
            call: agent.call.clone(),
            tiers: agent
                .tiers
                .iter()
                .map(|(queue, (level, position))| AgentTier {
                    queue: queue.clone(),
                    level: *level,
                    position: *position,
                })
                .collect(),
            answered_today: agent.answered_today,
            missed_today: agent.missed_today,
            talk_s_today: u32::try_from(agent.talk_today.whole_s()).unwrap_or(u32::MAX),
            log_out_wanted_by: self.log_outs.get(key).cloned(),
            ghost: agent.ghost(),
        })
    }

    /// What was touched, as changes. The gone come before the present, so that a row that left one queue of a reader
    /// and is still in another stays.
    pub fn changes(&self, touched: &Touched) -> Vec<ScopedChange> {
        let mut changes = Vec::new();
        let mut push = |change, audience| changes.push(ScopedChange { change, audience });
        if touched.is_new_day {
            push(Change::CountedSince(self.counted_since), Audience::Everyone);
        }
        if touched.has_reasons {
            push(Change::Reasons(self.reasons.clone()), Audience::Everyone);
        }
        for key in &touched.nodes {
            if let Some(row) = self.node_row(key) {
                push(Change::Node(row), Audience::Everyone);
            }
        }
        for (key, queues) in &touched.tiers_gone {
            let queues = queues.iter().cloned().collect();
            let audience = Audience::Of { queues, agent: Some(key.clone()), call: None };
            push(Change::AgentGone(key.clone()), audience);
        }
        for (key, queue) in &touched.members_gone {
            let audience = Audience::of_queue(queue);
            push(Change::MemberGone(key.clone(), queue.clone()), audience);
        }
        for key in &touched.queues {
            let audience = Audience::of_queue(key);
            let change = self.queue_row(key).map_or_else(|| Change::QueueGone(key.clone()), Change::Queue);
            push(change, audience);
        }
        for key in touched
            .agents
            .iter()
            .chain(touched.tiers_gone.keys().filter(|key| !touched.agents.contains(*key)))
        {
            if let Some(row) = self.agent_row(key) {
                let queues = row.tiers.iter().map(|tier| tier.queue.clone()).collect();
                let call = row.call.as_ref().map(|call| call.queue.clone());
                push(Change::Agent(Box::new(row)), Audience::Of { queues, agent: Some(key.clone()), call });
            } else {
                push(
                    Change::AgentGone(key.clone()),
                    Audience::Of { queues: Vec::new(), agent: Some(key.clone()), call: None },
                );
            }
        }
        for key in &touched.messages {
            // The desk, and those who see the agent, one of whom may have written.
            let queues = self.agents.get(key).into_iter().flat_map(|agent| agent.tiers.keys().cloned());
            let audience = Audience::Of { queues: queues.collect(), agent: Some(key.clone()), call: None };
            push(Change::Messages(key.clone()), audience);
        }
        for key in &touched.members {
            if let Some(row) = self.member_row(key) {
                let audience = Audience::of_queue(&row.queue);
                push(Change::Member(row), audience);
            }
        }
        changes
    }

    fn node_row(&self, key: &NodeName) -> Option<NodeRow> {
        self.nodes.get(key).map(|node| NodeRow {
            node: key.clone(),
            link: node.link.clone(),
            corrections: node.corrections,
            rebuilds: node.rebuilds,
            incomplete: node.incomplete.clone(),
        })
    }

    fn queue_row(&self, key: &QueueKey) -> Option<QueueRow> {
        let queue = self.queues.get(key)?;
        let waiting = || {
            queue
                .members
                .iter()
                .filter_map(|member| self.members.get(member))
                .filter(|member| !matches!(member.state, app::model::board::MemberState::Answered))
        };
        let last_period = self.now.0.div_euclid(PERIOD.0);
        Some(QueueRow {
            key: key.clone(),
            display_name: display_name(self.queue_names.get(key), &key.name),
            strategy: queue.strategy.clone(),
            waiting: u32::try_from(waiting().count()).unwrap_or(u32::MAX),
            longest_since: waiting().map(|member| member.joined_at).min(),
            agents: AgentCounts::of(
                queue.agents.iter().filter_map(|agent| self.agents.get(agent)).map(|agent| agent.presence),
            ),
            today: queue.today,
            arrivals: std::array::from_fn(|place| {
                // Six periods, the oldest first.
                let period = last_period - 5 + i64::try_from(place).unwrap_or_default();
                queue.arrivals.get(&period).copied().unwrap_or_default()
            }),
            targets: self.targets.get(key).cloned().unwrap_or_default(),
        })
    }

    /// One caller.
    pub fn member_row(&self, key: &MemberKey) -> Option<MemberRow> {
        let member = self.members.get(key)?;
        Some(MemberRow {
            key: key.clone(),
            queue: member.queue.clone(),
            session_uuid: member.session_uuid.clone(),
            caller_name: member.caller_name.clone(),
            caller_number: member.caller_number.clone(),
            joined_at: member.joined_at,
            // The switch counts from the present membership, people from the first.
            extra_score: member.extra_score - member.entered_at.since(member.joined_at).whole_s(),
            state: member.state,
            agent: member.agent.clone(),
            state_since: member.state_since,
            ghost: member.ghost(),
        })
    }
}

fn display_name(stored: Option<&String>, switch_name: &str) -> String {
    stored.map_or_else(|| short_name(switch_name).to_owned(), Clone::clone)
}
