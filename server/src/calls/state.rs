//! The state of live calls and the one function that changes it.
//!
//! Architecture invariant: nothing here does I/O or reads a clock; time comes in with each event.
//!
//! A call is a set of legs that belong together: a leg that is made for another one belongs to that one's call, and so do two that
//! are connected. It is known by the leg that it began with for as long as any of its parties is there.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use app::model::board::MemberState;
use app::model::call::{CallMoment, CallRow, TimelineEntry};
use app::model::ids::{CallId, NodeName, QueueKey};
use app::model::time::{DurationMs, UnixMs};

use super::legs::Leg;
use crate::switch::callcenter::MemberRecord;
use crate::switch::event::{Stamped, SwitchEvent};

/// A leg that is gone may still be in a list that was asked for before, and that is waited for no longer.
const LISTED: DurationMs = DurationMs::from_s(10);
/// How long a call that ended can still be looked at.
const REMEMBERED: DurationMs = DurationMs::from_s(600);
/// Lines of a timeline.
const LONGEST_TIMELINE: usize = 200;
/// Between two looks for what need not be remembered any more.
const PRUNED_EVERY: DurationMs = DurationMs::from_s(10);

/// All live calls.
#[derive(Debug, Default)]
pub struct LiveCalls {
    pub(super) nodes: BTreeMap<NodeName, NodeCalls>,
}

/// The calls of a node.
#[derive(Debug, Default)]
pub(super) struct NodeCalls {
    pub(super) legs: HashMap<String, Leg>,
    /// By the leg that they began with.
    pub(super) calls: HashMap<String, Call>,
    /// Calls that ended, as they were last, by when.
    pub(super) ended: HashMap<String, Ended>,
    /// Legs that are gone, and when by the server's clock.
    pub(super) gone: HashMap<String, UnixMs>,
    /// What a contact dials, to the agent.
    pub(super) agents: HashMap<String, String>,
    /// Agents to the queues that they serve.
    pub(super) tiers: HashMap<String, BTreeSet<QueueKey>>,
    /// A rebuild began then, and the list of channels that ends it has not come.
    pub(super) rebuilding_since: Option<UnixMs>,
    /// The callers that the rebuild listed, until their channels are known.
    pub(super) listed_members: Vec<MemberRecord>,
    pruned_at: UnixMs,
}

/// A call.
#[derive(Clone, Debug)]
pub(super) struct Call {
    /// In the order in which they came.
    pub(super) legs: Vec<String>,
    pub(super) created_at: UnixMs,
    /// The place in a queue that it waits or is served in.
    pub(super) stay: Option<Stay>,
    pub(super) talking_since: Option<UnixMs>,
    pub(super) timeline: Vec<TimelineEntry>,
    /// As it was before its legs began to go.
    pub(super) farewell: Option<Box<CallRow>>,
}

/// A stay in a queue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Stay {
    pub(super) member: String,
    pub(super) queue: String,
    pub(super) state: MemberState,
    pub(super) agent: Option<String>,
}

/// A call that ended.
#[derive(Clone, Debug)]
pub(super) struct Ended {
    pub(super) row: CallRow,
    pub(super) queues: Vec<QueueKey>,
    pub(super) timeline: Vec<TimelineEntry>,
    pub(super) ended_at: UnixMs,
    /// The server's clock.
    pub(super) at: UnixMs,
}

/// What an event changed: calls that must be shown anew.
#[derive(Debug, Default)]
pub struct Touched {
    pub(super) calls: BTreeSet<CallId>,
}

impl Touched {
    /// Whether nothing changed.
    pub fn is_empty(&self) -> bool {
        self.calls.is_empty()
    }

    /// The calls.
    pub fn calls(&self) -> impl Iterator<Item = &CallId> {
        self.calls.iter()
    }
}

/// Where and when an event happened.
#[derive(Clone, Copy, Debug)]
pub(super) struct Moment<'a> {
    pub(super) node: &'a NodeName,
    /// The server's clock when the event was received.
    pub(super) at: UnixMs,
    /// The switch's clock when it was made.
    pub(super) happened_at: UnixMs,
}

impl LiveCalls {
    /// Changes the calls by one event and says which it touched. Cannot fail: what is unknown becomes known as far as the event
    /// tells, and the next list completes it.
    pub fn apply(&mut self, stamped: Stamped, touched: &mut Touched) {
        let Stamped { node, at, made_at_us, event } = stamped;
        let moment = Moment { node: &node, at, happened_at: made_at_us.map_or(at, UnixMs::from_epoch_us) };
        let calls = self.nodes.entry(node.clone()).or_default();
        let mut change = Changing { calls, moment, touched };
        match event {
            SwitchEvent::RebuildStarted => change.calls.rebuilding_since = Some(at),
            SwitchEvent::ChannelsRead(asked_at, rows) => change.channels_read(asked_at, &rows),
            SwitchEvent::MembersRead(_, rows) if change.calls.rebuilding_since.is_some() => {
                change.calls.listed_members = rows;
            }
            SwitchEvent::MembersRead(asked_at, rows) => change.members_read(asked_at, &rows),
            SwitchEvent::AgentsRead(_, rows) => change.agents_read(&rows),
            SwitchEvent::TiersRead(_, rows) => change.tiers_read(rows),
            SwitchEvent::Channel(event) => change.channel(*event),
            SwitchEvent::ListenModeSet { listener, mode } => change.listen_mode_set(&listener, mode),
            SwitchEvent::MemberJoined(caller) | SwitchEvent::MemberResumed(caller) => {
                change.member_joined(caller);
            }
            SwitchEvent::AgentOffered { agent, caller } => change.offered(agent, caller),
            SwitchEvent::OfferFailed { agent, caller, cause, .. } => {
                change.offer_failed(agent, &caller, cause);
            }
            SwitchEvent::BridgeStarted { agent, caller, .. } => change.answered(agent, caller),
            SwitchEvent::BridgeEnded { caller, is_bridged: false, .. } => change.back_to_waiting(&caller),
            SwitchEvent::MemberServed { caller, .. } => change.left(&caller, false),
            SwitchEvent::MemberLeft { caller, .. } => change.left(&caller, true),
            _ => {}
        }
        change.prune();
    }
}

/// A node's calls while one event changes them.
pub(super) struct Changing<'a> {
    pub(super) calls: &'a mut NodeCalls,
    pub(super) moment: Moment<'a>,
    pub(super) touched: &'a mut Touched,
}

impl Changing<'_> {
    pub(super) fn call_of(&self, leg: &str) -> Option<String> {
        self.calls.legs.get(leg).map(|leg| leg.call.clone())
    }

    pub(super) fn touch(&mut self, call: &str) {
        self.touched.calls.insert(CallId::new(self.moment.node, call));
    }

    pub(super) fn touch_leg(&mut self, leg: &str) {
        if let Some(call) = self.call_of(leg) {
            self.touch(&call);
        }
    }

    pub(super) fn note_leg(&mut self, leg: &str, what: CallMoment) {
        if let Some(call) = self.call_of(leg) {
            self.note(&call, what);
        }
    }

    pub(super) fn note(&mut self, uuid: &str, what: CallMoment) {
        let at = self.moment.happened_at;
        if let Some(call) = self.calls.calls.get_mut(uuid) {
            if call.timeline.len() == LONGEST_TIMELINE {
                // The beginning says most; what goes on and on is dropped.
                call.timeline.remove(LONGEST_TIMELINE / 2);
            }
            call.timeline.push(TimelineEntry { at, what });
            self.touch(uuid);
        }
    }

    /// Forgets what is of no use to anybody any more.
    pub(super) fn prune(&mut self) {
        let at = self.moment.at;
        if at.since(self.calls.pruned_at) < PRUNED_EVERY {
            return;
        }
        self.calls.pruned_at = at;
        self.calls.gone.retain(|_, gone_at| at.since(*gone_at) < LISTED);
        self.calls.ended.retain(|_, ended| at.since(ended.at) < REMEMBERED);
    }
}
