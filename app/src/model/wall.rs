//! Wall links: read-only screens that need no user session.

use serde::{Deserialize, Serialize};

use super::agent::AgentRow;
use super::ids::{AgentKey, QueueKey};
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

    /// Whether a queue is in it.
    pub fn has_queue(&self, queue: &QueueKey) -> bool {
        match self {
            Self::All => true,
            Self::Queues(queues) => queues.binary_search(queue).is_ok(),
            Self::Agent(_) => false,
        }
    }

    /// Whether an agent is in it.
    pub fn has_agent(&self, agent: &AgentRow) -> bool {
        match self {
            Self::All => true,
            Self::Queues(_) => agent.tiers.iter().any(|tier| self.has_queue(&tier.queue)),
            Self::Agent(key) => *key == agent.key,
        }
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
