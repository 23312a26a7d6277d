//! Wall links: read-only screens that need no user session.

use serde::{Deserialize, Serialize};

use super::agent::AgentRow;
use super::ids::{AgentKey, QueueKey};
use super::mask::Numbers;
use super::time::UnixMs;

/// What a reader of the live stream may see.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Scope {
    /// Every queue and agent.
    All,
    /// These queues (sorted, without repeats) and the agents that have a tier in one of them.
    Queues(Vec<QueueKey>),
    /// One agent alone: what a desk needs.
    Agent(AgentKey),
    /// What the teams of a supervisor have (both sorted, without repeats): their queues, and the agents that are of the team
    /// or have a tier in one of its queues.
    Teams {
        /// Queues.
        queues: Vec<QueueKey>,
        /// Agents of the teams, whatever their queues are.
        agents: Vec<AgentKey>,
    },
}

/// Nothing: who has no scope sees nothing.
impl Default for Scope {
    fn default() -> Self {
        Self::Queues(Vec::new())
    }
}

impl Scope {
    /// A scope of chosen queues; choosing none means all.
    pub fn of(mut queues: Vec<QueueKey>) -> Self {
        queues.sort();
        queues.dedup();
        if queues.is_empty() { Self::All } else { Self::Queues(queues) }
    }

    /// The scope of a supervisor of teams with these queues and agents.
    pub fn of_teams(mut queues: Vec<QueueKey>, mut agents: Vec<AgentKey>) -> Self {
        queues.sort();
        queues.dedup();
        agents.sort();
        agents.dedup();
        Self::Teams { queues, agents }
    }

    /// Whether a queue is in it.
    pub fn has_queue(&self, queue: &QueueKey) -> bool {
        match self {
            Self::All => true,
            Self::Queues(queues) | Self::Teams { queues, .. } => queues.binary_search(queue).is_ok(),
            Self::Agent(_) => false,
        }
    }

    /// Whether an agent is in it.
    pub fn has_agent(&self, agent: &AgentRow) -> bool {
        match self {
            Self::All => true,
            Self::Queues(_) => agent.tiers.iter().any(|tier| self.has_queue(&tier.queue)),
            Self::Agent(key) => *key == agent.key,
            Self::Teams { agents, .. } => {
                agents.binary_search(&agent.key).is_ok()
                    || agent.tiers.iter().any(|tier| self.has_queue(&tier.queue))
            }
        }
    }

    /// Whether it shows every queue in which an agent is or talks; of others no agent's row may tell.
    pub fn has_queues_of(&self, agent: &AgentRow) -> bool {
        match self {
            Self::All | Self::Agent(_) => true,
            Self::Queues(_) | Self::Teams { .. } => {
                let of_call = agent.call.iter().map(|call| &call.queue);
                agent.tiers.iter().map(|tier| &tier.queue).chain(of_call).all(|queue| self.has_queue(queue))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::ids::NodeName;

    #[test]
    fn scope_of_teams_has_no_order_and_no_repeats() {
        let queue = |name: &str| QueueKey::new(&NodeName::new("fs-1"), name);
        let scope = Scope::of_teams(vec![queue("b"), queue("a"), queue("b")], vec![]);
        assert_eq!(scope, Scope::of_teams(vec![queue("a"), queue("b")], vec![]));
        assert!(scope.has_queue(&queue("a")) && !scope.has_queue(&queue("c")));
        assert!(
            !Scope::of_teams(vec![], vec![]).has_queue(&queue("a")),
            "a team without queues is not all of them"
        );
    }
}

/// What a reader of the board sees: which part of it, and whether with the numbers of callers.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Sight {
    /// Which part.
    pub scope: Scope,
    /// How numbers are shown.
    pub numbers: Numbers,
}

impl Sight {
    /// What whoever has a wall link sees: nobody knows who stands before the screen.
    pub fn of_wall(queues: Vec<QueueKey>) -> Self {
        Self { scope: Scope::of(queues), numbers: Numbers::Masked }
    }
}

/// Everything in a scope, unmasked: what SwitchDesk itself works with.
impl From<Scope> for Sight {
    fn from(scope: Scope) -> Self {
        Self { scope, numbers: Numbers::Plain }
    }
}

/// As from the scope itself.
impl From<&Scope> for Sight {
    fn from(scope: &Scope) -> Self {
        scope.clone().into()
    }
}

/// A wall link as its owner sees it. The token itself is shown once, when the link is made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WallLink {
    /// Key in the database.
    pub id: u64,
    /// What the screen is called, for example "Hall, left".
    pub title: String,
    /// Chosen queues; empty means all.
    pub queues: Vec<QueueKey>,
    /// Language of the screen.
    pub language: super::account::Language,
    /// Made then.
    pub created_at: UnixMs,
    /// Who made it.
    pub created_by: String,
    /// When a screen last opened it.
    pub last_seen_at: Option<UnixMs>,
}

/// A link just made, with the path that opens it (`/wall/<token>`), which cannot be shown again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewWallLink {
    /// The stored link.
    pub link: WallLink,
    /// Path and token.
    pub path: String,
}
