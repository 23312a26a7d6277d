//! The own call of an agent: what can be asked for it.

use serde::{Deserialize, Serialize};

use super::agent::Presence;
use super::ids::{AgentKey, QueueKey};
use super::named::read_by_name;

/// Where a caller may be sent, or who may be added to a call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum CallTarget {
    /// What a person typed.
    Number(String),
    /// An agent's telephone.
    Agent(AgentKey),
    /// A queue, at its end.
    Queue(QueueKey),
}

/// An agent or queue to choose from, as it is now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TargetRow {
    /// Which.
    pub target: CallTarget,
    /// Name for people.
    pub name: String,
    /// How it is.
    pub state: TargetState,
}

/// How an agent or queue is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum TargetState {
    /// What the agent does.
    Agent(Presence),
    /// Callers waiting and agents available.
    Queue {
        /// Callers waiting.
        waiting: u32,
        /// Agents available.
        available: u32,
    },
}

/// What an agent may ask for the own wrap-up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum WrapUpStep {
    /// A minute more.
    More,
    /// It is over.
    Ready,
}

read_by_name! { WrapUpStep:
    More = "more",
    Ready = "ready",
}
