//! The one enum by which all live state changes, and nothing else does.

use app::model::agent::{AgentState, AgentStatus, ReasonCode, SetBy};
use app::model::board::{Incomplete, LinkState};
use app::model::call::ListenMode;
use app::model::center::BreakReason;
use app::model::ids::{AgentKey, NodeName, QueueKey};
use app::model::metrics::QueueToday;
use app::model::thresholds::QueueTargets;
use app::model::time::{DurationMs, UnixMs};

use super::callcenter::{AgentRecord, ChannelRecord, MemberRecord, QueueRecord, TierRecord};

/// An event with the node it is about and the moment it is applied.
#[derive(Clone, Debug, PartialEq)]
pub struct Stamped {
    /// The node.
    pub node: NodeName,
    /// The server's clock when the event was received.
    pub at: UnixMs,
    /// When the switch made it, in microseconds of the switch's clock (`Event-Date-Timestamp`); `None` for what no
    /// event of the switch caused.
    pub made_at_us: Option<i64>,
    /// What happened.
    pub event: SwitchEvent,
}

/// The caller of a queue, as each event about a member carries it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    /// Queue.
    pub queue: String,
    /// Membership (`CC-Member-UUID`).
    pub member_uuid: String,
    /// Channel (`CC-Member-Session-UUID`).
    pub session_uuid: String,
    /// Name.
    pub name: String,
    /// Number.
    pub number: String,
}

/// How a caller left the queue without an agent (`CC-Cancel-Reason`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CancelReason {
    /// max-wait-time.
    TimedOut,
    /// max-wait-time-with-no-agent.
    NoAgent,
    /// Hung up, or was taken out (`BREAK_OUT`).
    BrokeOut,
    /// Pressed an exit key.
    ExitKey,
}

/// An event of a channel: what happened, and the channel as it is after it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChannelEvent {
    /// What happened.
    pub what: ChannelChange,
    /// The channel.
    pub channel: ChannelRecord,
}

/// What happens to a channel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ChannelChange {
    /// CHANNEL_CREATE.
    Created,
    /// CHANNEL_CALLSTATE: it rings, is answered, is held, hangs up.
    StateChanged,
    /// CHANNEL_BRIDGE: these two are connected.
    Bridged(String, String),
    /// CHANNEL_UNBRIDGE: these two are not any more.
    Unbridged(String, String),
    /// CHANNEL_UUID: it had this uuid before.
    Renamed(String),
    /// RECORD_START into that file.
    RecordingStarted(String),
    /// RECORD_STOP of that file.
    RecordingStopped(String),
    /// CHANNEL_DESTROY, for that cause.
    Destroyed(String),
}

/// What the record knows of a day.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TodayRestored {
    /// When the day began.
    pub midnight: UnixMs,
    /// From when on there is a record of it.
    pub counted_since: UnixMs,
    /// Numbers of queues.
    pub queues: Vec<(QueueKey, QueueToday)>,
    /// Numbers of agents.
    pub agents: Vec<(AgentKey, AgentToday)>,
    /// Breaks that ended today, by reason.
    pub breaks: Vec<(AgentKey, ReasonCode, DurationMs)>,
    /// Who joined in the last half hour.
    pub arrivals: Vec<(QueueKey, UnixMs)>,
}

/// Numbers of an agent for today.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AgentToday {
    /// Calls answered.
    pub answered: u32,
    /// Offers missed.
    pub missed: u32,
    /// Sum of the talks.
    pub talk: DurationMs,
}

/// What was done to an agent's call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CallMark {
    /// The caller was put on hold, or taken back.
    Held(bool),
    /// Somebody of that name was let into the conversation; with `None` nobody is in it any more.
    Third(Option<String>),
}

/// Everything that may happen to the board.
#[derive(Clone, Debug, PartialEq)]
pub enum SwitchEvent {
    // The connection.
    /// The node can, or can no longer, be believed.
    Link(LinkState),
    /// The lists that follow replace what is known of the node: nothing of a connection before counts, since the
    /// event socket has no replay.
    RebuildStarted,
    /// All four lists have been read; what was in none of them is gone.
    RebuildEnded,

    /// HEARTBEAT: everything that the switch made before has arrived.
    Heartbeat,

    // Lists: during a rebuild they are the truth, at other times a reconcile (see `wallboard::reconcile`).
    /// `queue list`, asked for at that moment of the server's clock.
    QueuesRead(UnixMs, Vec<QueueRecord>),
    /// `agent list`.
    AgentsRead(UnixMs, Vec<AgentRecord>),
    /// `tier list`.
    TiersRead(UnixMs, Vec<TierRecord>),
    /// `member list`.
    MembersRead(UnixMs, Vec<MemberRecord>),
    /// `show channels`, read now and then for the live calls, and where the other lists do not fit together (see
    /// `wallboard::ghosts`).
    ChannelsRead(UnixMs, Vec<ChannelRecord>),

    /// An event of a channel. It changes live calls and nothing on the board.
    Channel(Box<ChannelEvent>),

    // mod_callcenter, `CUSTOM callcenter::info`.
    /// `agent-add`.
    AgentAdded {
        /// Agent.
        agent: String,
    },
    /// `agent-status-change`; fired also when the same status is set again.
    AgentStatusChanged {
        /// Agent.
        agent: String,
        /// Status.
        status: AgentStatus,
    },
    /// `agent-state-change`.
    AgentStateChanged {
        /// Agent.
        agent: String,
        /// State.
        state: AgentState,
    },
    /// `member-queue-start`.
    MemberJoined(Caller),
    /// `member-queue-resume`: an abandoned caller is back at the old place.
    MemberResumed(Caller),
    /// `agent-offering`.
    AgentOffered {
        /// Agent.
        agent: String,
        /// Caller.
        caller: Caller,
    },
    /// `bridge-agent-start`.
    BridgeStarted {
        /// Agent.
        agent: String,
        /// Caller.
        caller: Caller,
        /// When the caller joined.
        joined_at: Option<UnixMs>,
        /// When the agent answered.
        answered_at: Option<UnixMs>,
    },
    /// `bridge-agent-end`.
    BridgeEnded {
        /// Agent.
        agent: String,
        /// Caller.
        caller: Caller,
        /// When the caller joined.
        joined_at: Option<UnixMs>,
        /// When the agent answered.
        answered_at: Option<UnixMs>,
        /// When the bridge ended.
        ended_at: Option<UnixMs>,
        /// `false` where the agent answered but was never connected to the caller.
        is_bridged: bool,
    },
    /// `bridge-agent-fail`: not reached.
    OfferFailed {
        /// Agent.
        agent: String,
        /// Caller.
        caller: Caller,
        /// When the caller joined.
        joined_at: Option<UnixMs>,
        /// `CC-Hangup-Cause`, for example `USER_BUSY`.
        cause: String,
    },
    /// `member-queue-end` with `Terminated`: served, and the call is over.
    MemberServed {
        /// Caller.
        caller: Caller,
        /// When the caller joined.
        joined_at: Option<UnixMs>,
    },
    /// `member-queue-end` with `Cancel`: left unserved.
    MemberLeft {
        /// Caller.
        caller: Caller,
        /// When the caller joined.
        joined_at: Option<UnixMs>,
        /// How.
        reason: CancelReason,
    },

    // What SwitchDesk itself knows and joins with the above.
    /// Names for people, by switch name, of queues and agents.
    DisplayNames {
        /// Queue name, display name.
        queues: Vec<(String, String)>,
        /// Agent name, display name.
        agents: Vec<(String, String)>,
    },
    /// What the numbers of a queue are measured against.
    TargetsSet {
        /// Queue.
        queue: QueueKey,
        /// Targets.
        targets: QueueTargets,
    },
    /// A person chose this status in SwitchDesk at that moment, for that reason. Joined with the switch's event of
    /// the same status that follows, or with the status that the lists show when it was stored before a restart.
    StatusNoted {
        /// Agent.
        agent: String,
        /// Status asked for.
        status: AgentStatus,
        /// Reason.
        reason: Option<ReasonCode>,
        /// Who.
        set_by: SetBy,
        /// When.
        noted_at: UnixMs,
    },
    /// A person takes a caller out of a queue: the end of that stay counts as moved. Sent before the switch is told.
    MemberMoving {
        /// Membership.
        member_uuid: String,
        /// The caller's channel, where it joins a queue anew: it stays one contact, which joined when it joined first.
        joins_anew: Option<String>,
    },
    /// The switch refused it.
    MemberStays {
        /// Membership.
        member_uuid: String,
    },
    /// Somebody wants an agent logged out at the end of the call; `None` takes it back.
    LogOutPending {
        /// Agent.
        agent: String,
        /// Display name of who wants it.
        wanted_by: Option<String>,
    },
    /// A supervisor's leg listens in that way from now on.
    ListenModeSet {
        /// The supervisor's leg.
        listener: String,
        /// How.
        mode: ListenMode,
    },
    /// The switch refused the status that was noted last.
    StatusRefused {
        /// Agent.
        agent: String,
    },
    /// The agent's wrap-up lasts until then instead; not at all with `None`.
    WrapUpUntil {
        /// Agent.
        agent: String,
        /// End.
        until: Option<UnixMs>,
    },
    /// The agent wraps up for so long after each call from now on.
    WrapUpSet {
        /// Agent.
        agent: String,
        /// How long.
        wrap_up: DurationMs,
    },
    /// Something was done to the agent's call that no event tells of.
    CallMarked {
        /// Agent.
        agent: String,
        /// The call; nothing is marked where it is another one by now.
        member_uuid: String,
        /// What.
        mark: CallMark,
    },
    /// The first desk of an agent was opened, or the last one lost.
    DeskChanged {
        /// Agent.
        agent: String,
        /// Whether there is one.
        is_open: bool,
    },
    /// Messages to the agent's desk are new or read.
    MessagesChanged {
        /// Agent.
        agent: String,
    },
    /// Names and budgets of break reasons, all of them, in their order.
    ReasonsKnown {
        /// Reasons.
        reasons: Vec<BreakReason>,
    },
    /// What the record knows of today from before this start of SwitchDesk.
    TodayRestored(Box<TodayRestored>),
    /// Call records brought calls of today that no event had told of.
    TodayCompleted {
        /// Queue.
        queue: QueueKey,
        /// What they add.
        missing: QueueToday,
        /// What they add to the agent who answered.
        agent: Option<(AgentKey, AgentToday)>,
    },
    /// Intervals of today that the record may lack calls of, because events were lost then.
    IncompleteKnown {
        /// Intervals.
        intervals: Vec<Incomplete>,
    },
    /// Time has passed; `midnight` is the last midnight of the center's time zone.
    Tick {
        /// Last midnight of the center's time zone.
        midnight: UnixMs,
    },
}

impl SwitchEvent {
    /// Whether live calls follow it, and the board.
    pub const fn readers(&self) -> (bool, bool) {
        match self {
            Self::Channel(_) | Self::ListenModeSet { .. } => (true, false),
            Self::RebuildStarted
            | Self::AgentsRead(..)
            | Self::TiersRead(..)
            | Self::MembersRead(..)
            | Self::ChannelsRead(..)
            | Self::MemberJoined(_)
            | Self::MemberResumed(_)
            | Self::AgentOffered { .. }
            | Self::BridgeStarted { .. }
            | Self::BridgeEnded { .. }
            | Self::OfferFailed { .. }
            | Self::MemberServed { .. }
            | Self::MemberLeft { .. } => (true, true),
            _ => (false, true),
        }
    }
}
