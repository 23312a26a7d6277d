//! One leg of a call: a channel of the switch.

use app::model::call::{LegRole, ListenMode, Party};
use app::model::ids::{AgentKey, NodeName};
use app::model::time::{DurationMs, UnixMs};

use crate::switch::callcenter::ChannelRecord;

/// Events of a channel overtake one another by less than this.
const OVERTAKEN_WITHIN: DurationMs = DurationMs::from_s(5);
/// What the switch calls whom it has called, for want of a name.
const NAMELESS: &str = "Outbound Call";

/// A leg.
#[derive(Clone, Debug)]
pub(super) struct Leg {
    /// The call that it belongs to.
    pub(super) call: String,
    pub(super) is_outbound: bool,
    pub(super) name: String,
    pub(super) number: String,
    /// The user of the address behind it, which may be an agent's extension.
    pub(super) extension: String,
    /// What a leg that called the switch dialled.
    pub(super) dialled: Option<String>,
    /// The directory knows who it is: a telephone of the house.
    pub(super) is_in_directory: bool,
    /// The agent of mod_callcenter whose telephone it is.
    pub(super) agent: Option<String>,
    pub(super) state: LegState,
    /// The switch's clock at the last change of `state`.
    state_at: UnixMs,
    pub(super) created_at: UnixMs,
    pub(super) answered_at: Option<UnixMs>,
    read_codec: String,
    write_codec: String,
    pub(super) bridged_to: Option<String>,
    /// The leg that it listens to.
    pub(super) listens_to: Option<String>,
    pub(super) mode: Option<ListenMode>,
    pub(super) recording: Option<String>,
    /// The server's clock at the last event.
    pub(super) touched_at: UnixMs,
    /// Lists in a row that did not have it.
    pub(super) missed: u8,
}

/// What a leg is doing, as far as a list of calls shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum LegState {
    Dialing,
    Ringing,
    Active,
    Held,
    HungUp,
}

impl LegState {
    /// Reads `Channel-Call-State`; `None` for a word of a later version.
    fn of(word: &str) -> Option<Self> {
        Some(match word {
            "DOWN" | "DIALING" => Self::Dialing,
            "RINGING" | "EARLY" | "RING_WAIT" => Self::Ringing,
            "ACTIVE" | "UNHELD" => Self::Active,
            "HELD" => Self::Held,
            "HANGUP" => Self::HungUp,
            _ => return None,
        })
    }
}

/// Who says something of a leg.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Source {
    Event,
    List,
}

/// What became different by what an event or a list said of a leg.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Difference {
    pub(super) rings: bool,
    pub(super) answered: bool,
    pub(super) held: bool,
    pub(super) resumed: bool,
    /// Anything that is shown.
    pub(super) shown: bool,
}

impl Leg {
    /// A leg that is heard of for the first time, as a call of its own.
    pub(super) fn new(record: &ChannelRecord, happened_at: UnixMs) -> Self {
        let (name, number) = shown(record);
        let state = LegState::of(&record.call_state).unwrap_or(LegState::Dialing);
        let created_at = record.created_at.unwrap_or(happened_at);
        // A list does not tell when it was answered; that it is active, it does.
        let is_active = matches!(state, LegState::Active | LegState::Held);
        Self {
            call: record.uuid.clone(),
            is_outbound: record.is_outbound,
            name,
            number,
            extension: extension(record),
            dialled: (!record.is_outbound).then(|| record.dest.clone()),
            is_in_directory: !record.presence_id.is_empty(),
            agent: None,
            state,
            state_at: UnixMs(0),
            created_at,
            answered_at: record.answered_at.or(is_active.then_some(created_at)),
            read_codec: record.read_codec.clone(),
            write_codec: record.write_codec.clone(),
            bridged_to: None,
            listens_to: None,
            mode: None,
            recording: None,
            touched_at: UnixMs(0),
            missed: 0,
        }
    }

    /// Takes in what an event or a list says. A list may be older than an event of another clock, so it overtakes none.
    pub(super) fn update(&mut self, record: &ChannelRecord, happened_at: UnixMs, by: Source) -> Difference {
        let mut difference = Difference::default();
        let before = (self.read_codec.len(), self.write_codec.len(), self.answered_at, self.state);
        if !record.read_codec.is_empty() {
            self.read_codec.clone_from(&record.read_codec);
        }
        if !record.write_codec.is_empty() {
            self.write_codec.clone_from(&record.write_codec);
        }
        if self.number.is_empty() {
            (self.name, self.number) = shown(record);
            self.extension = extension(record);
            self.is_outbound = record.is_outbound;
        }
        self.is_in_directory |= !record.presence_id.is_empty();
        if let Some(created_at) = record.created_at
            && created_at < self.created_at
        {
            self.created_at = created_at;
        }
        let is_overtaken = by == Source::Event && {
            let behind = self.state_at.since(happened_at);
            behind.0 > 0 && behind < OVERTAKEN_WITHIN
        };
        if let Some(state) = LegState::of(&record.call_state)
            && !is_overtaken
            && self.state != LegState::HungUp
        {
            if by == Source::Event {
                self.state_at = happened_at;
            }
            difference.rings = state == LegState::Ringing && self.state == LegState::Dialing;
            difference.held = state == LegState::Held && self.state == LegState::Active;
            difference.resumed = state == LegState::Active && self.state == LegState::Held;
            self.state = state;
        }
        if self.answered_at.is_none() {
            // A list does not tell when; that it is active, it does.
            let is_active = matches!(self.state, LegState::Active | LegState::Held);
            self.answered_at = record.answered_at.or(is_active.then_some(happened_at));
            difference.answered = self.answered_at.is_some();
        }
        let after = (self.read_codec.len(), self.write_codec.len(), self.answered_at, self.state);
        difference.shown = before != after;
        difference
    }

    pub(super) const fn is_listener(&self) -> bool {
        self.listens_to.is_some()
    }

    pub(super) const fn role(&self) -> LegRole {
        match (&self.listens_to, &self.agent) {
            (Some(_), _) => LegRole::Listener,
            (None, Some(_)) => LegRole::Agent,
            (None, None) => LegRole::Party,
        }
    }

    /// Its codec; both where it hears another than it says.
    pub(super) fn codecs(&self) -> String {
        if self.read_codec == self.write_codec || self.write_codec.is_empty() {
            self.read_codec.clone()
        } else if self.read_codec.is_empty() {
            self.write_codec.clone()
        } else {
            format!("{} / {}", self.read_codec, self.write_codec)
        }
    }

    pub(super) fn agent_key(&self, node: &NodeName) -> Option<AgentKey> {
        self.agent.as_ref().map(|agent| AgentKey::new(node, agent.clone()))
    }

    pub(super) fn party(&self, node: &NodeName) -> Party {
        Party { name: self.name.clone(), number: self.number.clone(), agent: self.agent_key(node) }
    }
}

/// Name and number of the person at the telephone: of a leg that called the switch those of the caller, of one that was called
/// what was dialled. Once such a leg runs an application the switch swaps the two, so only the first is believed.
fn shown(record: &ChannelRecord) -> (String, String) {
    if record.is_outbound {
        let name = if record.callee_name == NAMELESS { "" } else { record.callee_name.as_str() };
        (name.to_owned(), record.dest.clone())
    } else {
        let name = if record.caller_name == record.caller_number { "" } else { record.caller_name.as_str() };
        (name.to_owned(), record.caller_number.clone())
    }
}

/// The user of the address of the telephone: `1007` of `sofia/internal/1007@192.0.2.10`.
fn extension(record: &ChannelRecord) -> String {
    let known = if record.presence_id.is_empty() { &record.name } else { &record.presence_id };
    let last = known.rsplit('/').next().unwrap_or(known);
    last.split('@').next().unwrap_or(last).trim_start_matches("sip:").to_owned()
}
