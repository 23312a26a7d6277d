//! The rows of the record, as values. They travel to the database in batches, and wait on disk while it is away.

use app::model::ids::{AgentKey, NodeName};
use app::model::metrics::CallOutcome;
use app::model::time::{DurationMs, UnixMs};
use serde::{Deserialize, Serialize};

use crate::wallboard::facts::{Activity, CallKey};

/// A stay of a caller in a queue.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct QueueCall {
    /// Which.
    pub call: CallKey,
    /// Queue.
    pub queue: String,
    /// The caller's channel.
    pub session_uuid: String,
    /// Name.
    pub caller_name: String,
    /// Number.
    pub caller_number: String,
    /// The answer, if there was one.
    pub answer: Option<Answer>,
    /// The talk, once it is over.
    pub talk: Option<Talk>,
    /// The end, once it is known.
    pub end: Option<End>,
    /// Events of it were lost: a call record completes it.
    pub is_incomplete: bool,
}

/// An agent answered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// Who, on the call's node.
    pub agent: String,
    /// When.
    pub at: UnixMs,
    /// From joining on.
    pub wait: DurationMs,
    /// Within the seconds of the service level.
    pub is_in_time: bool,
}

/// A talk that is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Talk {
    /// Until when.
    pub until: UnixMs,
    /// How long.
    pub length: DurationMs,
    /// The wrap-up after it.
    pub wrap_up: DurationMs,
}

/// How a stay ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct End {
    /// When.
    pub at: UnixMs,
    /// How.
    pub outcome: CallOutcome,
    /// A short abandon.
    pub is_short: bool,
    /// Abandoned within the seconds of the service level.
    pub is_in_time: bool,
}

impl QueueCall {
    /// A stay of which nothing but the joining is known.
    pub fn joined(call: CallKey) -> Self {
        Self {
            call,
            queue: String::new(),
            session_uuid: String::new(),
            caller_name: String::new(),
            caller_number: String::new(),
            answer: None,
            talk: None,
            end: None,
            is_incomplete: false,
        }
    }

    /// Whether nothing more is to be learned of it.
    pub fn is_complete(&self) -> bool {
        match self.end {
            Some(End { outcome: CallOutcome::Answered, .. }) => self.answer.is_some() && self.talk.is_some(),
            Some(_) => true,
            None => false,
        }
    }
}

/// An agent who was rung for a caller.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Offer {
    /// For whom.
    pub call: CallKey,
    /// Who, on the call's node.
    pub agent: String,
    /// Since when.
    pub offered_at: UnixMs,
    /// Until when.
    pub ended_at: Option<UnixMs>,
    /// The agent answered.
    pub is_answered: bool,
    /// Why not.
    pub cause: Option<String>,
    /// Counts as missed.
    pub is_missed: bool,
}

/// What an agent did in an interval.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActivityInterval {
    /// Who.
    pub agent: AgentKey,
    /// From.
    pub started_at: UnixMs,
    /// Until; open for what the agent does now.
    pub ended_at: Option<UnixMs>,
    /// What.
    pub activity: Activity,
}

/// An interval in which events of a node were lost.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gap {
    /// Node.
    pub node: NodeName,
    /// The last moment up to which everything was seen.
    pub from: UnixMs,
    /// When events flowed again.
    pub to: Option<UnixMs>,
    /// SwitchDesk itself did not run.
    pub is_stop: bool,
    /// Call records have closed it.
    pub closed_at: Option<UnixMs>,
}

/// Rows that are new or changed. Storing a batch twice does no harm; batches are stored in order.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Batch {
    /// Stays.
    pub calls: Vec<QueueCall>,
    /// Offers.
    pub offers: Vec<Offer>,
    /// Activity.
    pub activities: Vec<ActivityInterval>,
    /// Gaps.
    pub gaps: Vec<Gap>,
    /// Nodes whose events flow, and up to when everything of them is in this batch or one before.
    pub seen: Vec<(NodeName, UnixMs)>,
}

impl Batch {
    /// How many rows it has.
    pub fn len(&self) -> usize {
        self.calls.len() + self.offers.len() + self.activities.len() + self.gaps.len() + self.seen.len()
    }

    /// Whether it has none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}
