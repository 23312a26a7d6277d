//! Messages to desks.

use serde::{Deserialize, Serialize};

use super::ids::{AgentKey, QueueKey};
use super::time::UnixMs;

/// The longest message.
pub const LONGEST_MESSAGE: usize = 1_000;

/// To whom.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum MessageTarget {
    /// One agent.
    Agent(AgentKey),
    /// All agents of a queue, on all nodes that have it.
    Queue(QueueKey),
}

/// A message as the desk shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeskMessage {
    /// Key.
    pub id: u64,
    /// Who wrote.
    pub sender: String,
    /// What.
    pub text: String,
    /// When.
    pub sent_at: UnixMs,
    /// When it was read.
    pub read_at: Option<UnixMs>,
}

/// A message as its sender sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SentMessage {
    /// What.
    pub text: String,
    /// When.
    pub sent_at: UnixMs,
    /// The queue whose agents it was written to, by its name on the switch; none for one agent.
    pub queue: Option<String>,
    /// Agents by the name for people, each with when it was read.
    pub recipients: Vec<(String, Option<UnixMs>)>,
}
