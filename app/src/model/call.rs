//! Live calls as values: legs, calls, their timeline, and what travels over the stream of calls.

use serde::{Deserialize, Serialize};

use super::frame::{Boot, ByeReason};
use super::ids::{AgentKey, CallId, LegId, MemberKey, QueueKey};
use super::mask::{mask_name, mask_number};
use super::named::read_by_name;
use super::time::UnixMs;

/// From where to where a call goes, seen from the call center.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub enum Direction {
    /// Somebody from outside called.
    Inbound,
    /// Somebody of the house called out.
    Outbound,
    /// Between telephones of the house.
    Internal,
}

read_by_name! { Direction:
    Inbound = "Inbound",
    Outbound = "Outbound",
    Internal = "Internal",
}

/// What a call is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub enum CallState {
    /// Nobody has answered yet.
    Ringing,
    /// In a queue.
    Waiting,
    /// In a queue, and an agent is being rung.
    Offered,
    /// Two parties are connected.
    Talking,
    /// Connected, and one of them is on hold.
    Held,
    /// Answered, with nobody at the other end: a menu, an announcement, a parked call.
    Alone,
}

read_by_name! { CallState:
    Ringing = "Ringing",
    Waiting = "Waiting",
    Offered = "Offered",
    Talking = "Talking",
    Held = "Held",
    Alone = "Alone",
}

impl CallState {
    /// Every state, in the order in which people read them.
    pub const ALL: [Self; 6] =
        [Self::Ringing, Self::Waiting, Self::Offered, Self::Talking, Self::Held, Self::Alone];
}

/// What a leg is to its call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
pub enum LegRole {
    /// A caller or somebody who was called.
    Party,
    /// The telephone of an agent.
    Agent,
    /// A supervisor who listens.
    Listener,
}

read_by_name! { LegRole:
    Party = "Party",
    Agent = "Agent",
    Listener = "Listener",
}

/// How a supervisor is in a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ListenMode {
    /// Hears both and is heard by nobody.
    Listen,
    /// Is heard by the agent alone.
    Whisper,
    /// Is heard by both.
    Barge,
}

read_by_name! { ListenMode:
    Listen = "listen",
    Whisper = "whisper",
    Barge = "barge",
}

impl ListenMode {
    /// Every mode, the quietest first.
    pub const ALL: [Self; 3] = [Self::Listen, Self::Whisper, Self::Barge];

    /// The code that commands and variables use.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Listen => "listen",
            Self::Whisper => "whisper",
            Self::Barge => "barge",
        }
    }

    /// The mode of a code.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|mode| mode.code() == code)
    }
}

/// One leg of a call: a channel of the switch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LegRow {
    /// Uuid of the channel.
    pub uuid: String,
    /// What it is to the call.
    pub role: LegRole,
    /// Name, where the switch knows one.
    pub name: String,
    /// The number that called or was called.
    pub number: String,
    /// The agent whose telephone it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agent: Option<AgentKey>,
    /// Made then.
    pub created_at: UnixMs,
    /// Answered then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answered_at: Option<UnixMs>,
    /// Codec of what it hears and says, such as `PCMU`; two where they differ; empty before there is sound.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub codecs: String,
    /// Whether it has put the other on hold.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_held: bool,
    /// The file that it is being recorded into.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recording: Option<String>,
    /// How a listener is in the call; `None` for others, and for one who began before SwitchDesk did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mode: Option<ListenMode>,
}

/// One call: the legs that belong together.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CallRow {
    /// The node, and the uuid of the leg that it began with.
    pub id: CallId,
    /// From where to where.
    pub direction: Direction,
    /// What it is doing.
    pub state: CallState,
    /// The queue that it is in, waiting or talking.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub queue: Option<QueueKey>,
    /// The place in that queue.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub member: Option<MemberKey>,
    /// The agent who talks or is rung.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agent: Option<AgentKey>,
    /// When it began.
    pub created_at: UnixMs,
    /// Since when two parties have been connected.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub talking_since: Option<UnixMs>,
    /// Its legs, in the order in which they came; listeners last.
    pub legs: Vec<LegRow>,
}

impl CallRow {
    /// Who called; none once that leg is gone and nobody is left but listeners.
    pub fn first(&self) -> Option<&LegRow> {
        self.legs.iter().find(|leg| leg.role != LegRole::Listener)
    }

    /// Who was called: the agent who talks, or the first who is rung.
    pub fn second(&self) -> Option<&LegRow> {
        let mut others = self.legs.iter().filter(|leg| leg.role != LegRole::Listener).skip(1);
        let first = others.next();
        if first.is_some_and(|leg| leg.answered_at.is_some()) {
            return first;
        }
        others.find(|leg| leg.answered_at.is_some()).or(first)
    }

    /// The leg of the agent, where an agent is in the call.
    pub fn agent_leg(&self) -> Option<&LegRow> {
        let mut legs = self.legs.iter().filter(|leg| leg.role == LegRole::Agent);
        let wanted = self.agent.as_ref();
        let first = legs.next();
        if first.is_some_and(|leg| wanted.is_none() || leg.agent.as_ref() == wanted) {
            return first;
        }
        legs.find(|leg| leg.agent.as_ref() == wanted).or(first)
    }

    /// The leg of the one who talks to the agent; without an agent, of the one who called.
    pub fn customer_leg(&self) -> Option<&LegRow> {
        let party = self.legs.iter().find(|leg| leg.role == LegRole::Party);
        party.or_else(|| self.first())
    }

    /// A leg by its uuid.
    pub fn leg(&self, uuid: &str) -> Option<&LegRow> {
        self.legs.iter().find(|leg| leg.uuid == uuid)
    }

    /// The file that any of its legs is being recorded into, with that leg.
    pub fn recording(&self) -> Option<(&LegRow, &str)> {
        self.legs.iter().find_map(|leg| Some((leg, leg.recording.as_deref()?)))
    }

    /// Whether two parties are connected.
    pub const fn is_connected(&self) -> bool {
        matches!(self.state, CallState::Talking | CallState::Held)
    }
}

/// A party of a call, as a timeline names it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Party {
    /// Name, where the switch knows one.
    pub name: String,
    /// Number.
    pub number: String,
    /// The agent whose telephone it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agent: Option<AgentKey>,
}

/// Something that happened to a call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum CallMoment {
    /// The first leg came.
    Began(Party),
    /// A further telephone is rung.
    Rang(Party),
    /// It was answered.
    Answered(Party),
    /// It joined a queue.
    Joined(QueueKey),
    /// It was offered to an agent.
    Offered(AgentKey),
    /// The agent was not reached, for that cause of the switch.
    NotReached(AgentKey, String),
    /// It left the queue unserved.
    LeftQueue(QueueKey),
    /// Two parties were connected.
    Connected(Party, Party),
    /// They are not any more.
    Disconnected,
    /// It was sent to an extension.
    Transferred(String),
    /// A party put the other on hold.
    Held(Party),
    /// And took the other back.
    Resumed(Party),
    /// A recording began.
    RecordingBegan,
    /// A recording ended.
    RecordingEnded,
    /// A supervisor came in.
    ListenerCame(Party, Option<ListenMode>),
    /// A supervisor listens otherwise.
    ListenerIs(Party, ListenMode),
    /// A supervisor left.
    ListenerLeft(Party),
    /// A party left, for that cause of the switch.
    Left(Party, String),
    /// The last party left.
    Ended,
}

/// A line of a timeline.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TimelineEntry {
    /// When, by the switch's clock.
    pub at: UnixMs,
    /// What.
    pub what: CallMoment,
}

/// A call with its past.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CallDetail {
    /// As it is now, or as it was last.
    pub row: CallRow,
    /// When it ended, if it has.
    pub ended_at: Option<UnixMs>,
    /// What happened, the oldest first. Begins where SwitchDesk began to watch.
    pub timeline: Vec<TimelineEntry>,
}

impl LegRow {
    /// With the number masked, unless it is the telephone of an agent or of a supervisor.
    fn masked(mut self) -> Self {
        if self.role == LegRole::Party {
            self.name = mask_name(&self.name);
            self.number = mask_number(&self.number);
        }
        self
    }
}

impl CallRow {
    /// With the numbers of callers masked.
    #[must_use]
    pub fn masked(mut self) -> Self {
        self.legs = self.legs.into_iter().map(LegRow::masked).collect();
        self
    }
}

impl Party {
    fn masked(mut self) -> Self {
        if self.agent.is_none() {
            self.name = mask_name(&self.name);
            self.number = mask_number(&self.number);
        }
        self
    }
}

impl CallMoment {
    fn masked(self) -> Self {
        match self {
            Self::Began(party) => Self::Began(party.masked()),
            Self::Rang(party) => Self::Rang(party.masked()),
            Self::Answered(party) => Self::Answered(party.masked()),
            Self::Connected(one, other) => Self::Connected(one.masked(), other.masked()),
            Self::Transferred(to) => Self::Transferred(mask_number(&to)),
            Self::Held(party) => Self::Held(party.masked()),
            Self::Resumed(party) => Self::Resumed(party.masked()),
            Self::Left(party, cause) => Self::Left(party.masked(), cause),
            other => other,
        }
    }
}

impl CallDetail {
    /// With the numbers of callers masked, in the past as well.
    #[must_use]
    pub fn masked(mut self) -> Self {
        self.row = self.row.masked();
        for entry in &mut self.timeline {
            entry.what = entry.what.clone().masked();
        }
        self
    }
}

/// A change of the list of calls.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum CallChange {
    /// A call as it is now.
    Is(CallRow),
    /// A call that ended.
    Gone(CallId),
}

impl CallChange {
    /// With the numbers of callers masked.
    #[must_use]
    pub fn masked(self) -> Self {
        match self {
            Self::Is(row) => Self::Is(row.masked()),
            gone @ Self::Gone(_) => gone,
        }
    }
}

/// One server-sent event of the stream of calls.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum CallsFrame {
    /// The first frame of every stream.
    Hello {
        /// This start of the server.
        boot: Boot,
    },
    /// All calls: replaces everything.
    Snapshot {
        /// The position reached.
        seq: u64,
        /// Calls.
        calls: Vec<CallRow>,
    },
    /// What changed since the frame before.
    Changes {
        /// The position that these build upon.
        after: u64,
        /// The position reached.
        seq: u64,
        /// Calls.
        changes: Vec<CallChange>,
    },
    /// A call and its timeline, on the stream of that call alone.
    Detail(Box<CallDetail>),
    /// The call of a stream of one call is not known any more, or never was.
    NoSuchCall,
    /// Nothing new, but alive.
    Beat {
        /// The position reached.
        seq: u64,
    },
    /// The stream ends on purpose.
    Bye(ByeReason),
}

impl LegRow {
    /// The key of this leg on its node.
    pub fn id(&self, call: &CallId) -> LegId {
        LegId::new(&call.node, self.uuid.clone())
    }
}
