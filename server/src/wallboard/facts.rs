//! What the board counts, said as facts for the record: wherever a number of the board changes, the fact that changed it
//! is said at the same place, so that the record and the board cannot disagree.

use app::model::agent::{AgentState, AgentStatus, Presence, ReasonCode, SetBy};
use app::model::ids::{AgentKey, MemberKey, NodeName};
use app::model::metrics::CallOutcome;
use app::model::time::{DurationMs, UnixMs};
use serde::{Deserialize, Serialize};

/// One stay of a caller in a queue. The joining time is part of it, because a switch that was started again may give the
/// same uuid to another caller.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct CallKey {
    /// Membership on the node.
    pub member: MemberKey,
    /// When the caller joined, as far as it is known: to the millisecond from an event, to the second from a list.
    pub joined_at: UnixMs,
}

/// What an agent did, from one moment on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Activity {
    /// What people want to know.
    pub presence: Presence,
    /// What a person chose.
    pub status: AgentStatus,
    /// What the switch did with the agent.
    pub state: Option<AgentState>,
    /// Why, on a break.
    pub reason: Option<ReasonCode>,
    /// Who chose the status, where it is known.
    pub set_by: Option<SetBy>,
}

/// A fact. Instants of events are the switch's, those of the connection the server's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fact {
    /// A caller is in a queue.
    CallJoined {
        /// The stay.
        call: CallKey,
        /// Queue.
        queue: String,
        /// The caller's channel.
        session_uuid: String,
        /// Name.
        caller_name: String,
        /// Number.
        caller_number: String,
    },
    /// A caller who had abandoned is back at the old place: the end is taken back.
    CallResumed {
        /// The stay.
        call: CallKey,
        /// The new channel.
        session_uuid: String,
    },
    /// An agent is rung for the caller.
    Offered {
        /// The stay.
        call: CallKey,
        /// Agent.
        agent: AgentKey,
        /// When.
        at: UnixMs,
    },
    /// The agent was not reached.
    OfferFailed {
        /// The stay.
        call: CallKey,
        /// Agent.
        agent: AgentKey,
        /// When.
        at: UnixMs,
        /// `CC-Hangup-Cause`.
        cause: String,
        /// Whether it counts as missed by the agent.
        is_missed: bool,
    },
    /// The agent answered.
    Answered {
        /// The stay.
        call: CallKey,
        /// Agent.
        agent: AgentKey,
        /// When.
        at: UnixMs,
        /// From joining to the answer.
        wait: DurationMs,
        /// Within the seconds of the service level that held then.
        is_in_time: bool,
    },
    /// The agent answered but was never connected: it was no answer after all.
    AnswerTakenBack {
        /// The stay.
        call: CallKey,
    },
    /// The talk is over.
    Talked {
        /// The stay.
        call: CallKey,
        /// Agent.
        agent: AgentKey,
        /// When it ended.
        at: UnixMs,
        /// How long.
        talk: DurationMs,
        /// The wrap-up that follows by the agent's settings.
        wrap_up: DurationMs,
    },
    /// The stay is over.
    CallEnded {
        /// The stay.
        call: CallKey,
        /// When.
        at: UnixMs,
        /// How.
        outcome: CallOutcome,
        /// Abandoned within the seconds of a short abandon that held then.
        is_short: bool,
        /// Abandoned within the seconds of the service level that held then.
        is_in_time: bool,
    },
    /// The switch no longer has the caller, and no event told of the end.
    CallLost {
        /// The stay.
        call: CallKey,
    },
    /// What an agent does from now on.
    AgentIs {
        /// Agent.
        agent: AgentKey,
        /// Since when.
        since: UnixMs,
        /// What.
        activity: Activity,
    },
    /// The switch no longer has the agent.
    AgentGone {
        /// Agent.
        agent: AgentKey,
        /// When that was seen.
        at: UnixMs,
    },
    /// Events of a node no longer arrive, or some were dropped.
    EventsLost {
        /// Node.
        node: NodeName,
        /// The last moment up to which everything was seen.
        since: UnixMs,
    },
    /// Everything that a node made before has been taken in.
    Heard {
        /// Node.
        node: NodeName,
        /// The switch's clock.
        at: UnixMs,
    },
    /// The lists of a node were read, and its events arrive again.
    EventsFlow {
        /// Node.
        node: NodeName,
        /// When.
        at: UnixMs,
    },
}
