//! The state of live calls and the one function that changes it.
//!
//! Architecture invariant: nothing here does I/O or reads a clock; time comes in with each event.
//!
//! A call is a set of legs that belong together: a leg that is made for another one belongs to that one's call, and so do two that
//! are connected. It is known by the leg that it began with for as long as any of its parties is there.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use app::model::board::MemberState;
use app::model::call::{CallMoment, CallRow, ListenMode, TimelineEntry};
use app::model::ids::{AgentKey, CallId, NodeName, QueueKey};
use app::model::time::{DurationMs, UnixMs};

use super::legs::{Difference, Leg, Source};
use crate::switch::callcenter::{AgentRecord, ChannelRecord, MemberRecord, TierRecord};
use crate::switch::event::{Caller, ChannelChange, ChannelEvent, Stamped, SwitchEvent};
use crate::wallboard::ghosts::dialled;

/// A leg that is gone may still be in a list that was asked for before.
const LISTED: DurationMs = DurationMs::from_s(60);
/// How long a call that ended can still be looked at.
const REMEMBERED: DurationMs = DurationMs::from_s(600);
/// Calls that ended and are remembered, on each node.
const MOST_ENDED: usize = 1_000;
/// Lines of a timeline.
const LONGEST_TIMELINE: usize = 200;
/// Lists in a row that lack a leg before it is gone.
const MISSES: u8 = 2;
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
    gone: HashMap<String, UnixMs>,
    /// What a contact dials, to the agent.
    agents: HashMap<String, String>,
    /// Agents to the queues that they serve.
    pub(super) tiers: HashMap<String, BTreeSet<QueueKey>>,
    /// A rebuild began then, and the list of channels that ends it has not come.
    rebuilding_since: Option<UnixMs>,
    /// The callers that the rebuild listed, until their channels are known.
    listed_members: Vec<MemberRecord>,
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
    farewell: Option<Box<CallRow>>,
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
    at: UnixMs,
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
struct Moment<'a> {
    node: &'a NodeName,
    /// The server's clock when the event was received.
    at: UnixMs,
    /// The switch's clock when it was made.
    happened_at: UnixMs,
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
struct Changing<'a> {
    calls: &'a mut NodeCalls,
    moment: Moment<'a>,
    touched: &'a mut Touched,
}

impl Changing<'_> {
    fn channel(&mut self, event: ChannelEvent) {
        let ChannelEvent { what, channel } = event;
        let uuid = channel.uuid.clone();
        if let ChannelChange::Renamed(before) = &what {
            self.rename(before, &uuid);
        }
        if let ChannelChange::Destroyed(cause) = &what {
            self.calls.gone.insert(uuid.clone(), self.moment.at);
            return self.remove_leg(&uuid, cause);
        }
        if what == ChannelChange::Created {
            self.calls.gone.remove(&uuid);
        }
        if !self.take_in(&channel, self.moment.happened_at, Source::Event) {
            return;
        }
        if let Some(leg) = self.calls.legs.get_mut(&uuid) {
            leg.touched_at = self.moment.at;
            leg.missed = 0;
        }
        match what {
            ChannelChange::Created => self.created(&channel),
            ChannelChange::Bridged(a, b) => self.bridged(&a, &b),
            ChannelChange::Unbridged(a, b) => self.unbridged(&a, &b, &channel),
            ChannelChange::RecordingStarted(file) => self.recording(&uuid, Some(file)),
            ChannelChange::RecordingStopped(_) => self.recording(&uuid, None),
            _ => {}
        }
    }

    /// Takes in what an event or a list says of a leg; `false` for one that is gone.
    fn take_in(&mut self, channel: &ChannelRecord, happened_at: UnixMs, by: Source) -> bool {
        if self.calls.gone.contains_key(&channel.uuid) {
            return false;
        }
        let Some(leg) = self.calls.legs.get_mut(&channel.uuid) else {
            let mut leg = Leg::new(channel, happened_at);
            leg.agent = self.calls.agents.get(&leg.extension).cloned();
            let call = Call {
                legs: vec![channel.uuid.clone()],
                created_at: leg.created_at,
                stay: None,
                talking_since: None,
                timeline: vec![TimelineEntry {
                    at: leg.created_at,
                    what: CallMoment::Began(leg.party(self.moment.node)),
                }],
                farewell: None,
            };
            self.calls.legs.insert(channel.uuid.clone(), leg);
            // A uuid that comes again belongs to the call that it began, should that still go on.
            match self.calls.calls.get_mut(&channel.uuid) {
                Some(call) => call.legs.push(channel.uuid.clone()),
                None => drop(self.calls.calls.insert(channel.uuid.clone(), call)),
            }
            self.touch(&channel.uuid);
            return true;
        };
        let Difference { rings, answered, held, resumed, shown } = leg.update(channel, happened_at, by);
        let (call, party) = (leg.call.clone(), leg.party(self.moment.node));
        let (is_outbound, is_listener) = (leg.is_outbound, leg.is_listener());
        if shown {
            self.touch(&call);
        }
        if !is_listener {
            if rings && is_outbound {
                self.note(&call, CallMoment::Rang(party.clone()));
            }
            if answered {
                self.note(&call, CallMoment::Answered(party.clone()));
            }
            if held {
                self.note(&call, CallMoment::Held(party.clone()));
            }
            if resumed {
                self.note(&call, CallMoment::Resumed(party));
            }
        }
        true
    }

    /// What CHANNEL_CREATE alone tells: whose telephone it is, for whom it rings, to whom it listens.
    fn created(&mut self, channel: &ChannelRecord) {
        if !channel.is_outbound {
            return;
        }
        if let (Some(agent), Some(leg)) = (&channel.queue_agent, self.calls.legs.get_mut(&channel.uuid)) {
            leg.agent = Some(agent.clone());
            self.touch_leg(&channel.uuid);
        }
        if let Some((target, mode)) = &channel.listens {
            self.listens(&channel.uuid, target, ListenMode::from_code(mode));
        } else if let Some(session) = &channel.rings_for {
            self.join(session, &channel.uuid);
        }
    }

    fn listens(&mut self, uuid: &str, target: &str, mode: Option<ListenMode>) {
        let Some(leg) = self.calls.legs.get_mut(uuid) else { return };
        let is_new = leg.listens_to.is_none();
        leg.listens_to = Some(target.to_owned());
        leg.mode = mode.or(leg.mode);
        let (mode, party) = (leg.mode, leg.party(self.moment.node));
        self.join(target, uuid);
        if is_new && let Some(call) = self.call_of(uuid) {
            self.note(&call, CallMoment::ListenerCame(party, mode));
        }
    }

    fn listen_mode_set(&mut self, listener: &str, mode: ListenMode) {
        let Some(leg) = self.calls.legs.get_mut(listener) else { return };
        leg.mode = Some(mode);
        let (call, party) = (leg.call.clone(), leg.party(self.moment.node));
        self.note(&call, CallMoment::ListenerIs(party, mode));
    }

    fn bridged(&mut self, a: &str, b: &str) {
        let node = self.moment.node;
        let is_known = self.calls.legs.get(a).is_some_and(|leg| leg.bridged_to.as_deref() == Some(b));
        self.join(a, b);
        for (own, other) in [(a, b), (b, a)] {
            if let Some(leg) = self.calls.legs.get_mut(own) {
                leg.bridged_to = Some(other.to_owned());
            }
        }
        let party = |uuid: &str| self.calls.legs.get(uuid).map(|leg| leg.party(node)).unwrap_or_default();
        let what = CallMoment::Connected(party(a), party(b));
        let Some(call) = self.call_of(a) else { return };
        if let Some(call) = self.calls.calls.get_mut(&call) {
            call.talking_since = Some(self.moment.happened_at);
        }
        if !is_known {
            self.note(&call, what);
        }
    }

    fn unbridged(&mut self, a: &str, b: &str, channel: &ChannelRecord) {
        for (own, other) in [(a, b), (b, a)] {
            if let Some(leg) = self.calls.legs.get_mut(own)
                && leg.bridged_to.as_deref() == Some(other)
            {
                leg.bridged_to = None;
            }
        }
        let Some(call) = self.call_of(a) else { return };
        if let Some(call) = self.calls.calls.get_mut(&call) {
            call.talking_since = None;
        }
        self.note(&call, CallMoment::Disconnected);
        // A leg that was sent elsewhere has another destination than the one it came with.
        let is_caller = self.calls.legs.get(&channel.uuid).is_some_and(|leg| !leg.is_outbound);
        let was_sent = is_caller && !channel.dest.is_empty() && self.is_news_of_transfer(&call, channel);
        if was_sent {
            self.note(&call, CallMoment::Transferred(channel.dest.clone()));
        }
    }

    /// Whether the destination of a caller's leg is another than at the last transfer, or than the queue's own extension.
    fn is_news_of_transfer(&self, call: &str, channel: &ChannelRecord) -> bool {
        let Some(call) = self.calls.calls.get(call) else { return false };
        let dialled = self.calls.legs.get(&channel.uuid).and_then(|leg| leg.dialled.clone());
        let last = call.timeline.iter().rev().find_map(|entry| match &entry.what {
            CallMoment::Transferred(to) => Some(to.clone()),
            _ => None,
        });
        last.or(dialled).is_some_and(|before| before != channel.dest)
    }

    fn recording(&mut self, uuid: &str, file: Option<String>) {
        let Some(leg) = self.calls.legs.get_mut(uuid) else { return };
        let what = if file.is_some() { CallMoment::RecordingBegan } else { CallMoment::RecordingEnded };
        leg.recording = file;
        let call = leg.call.clone();
        self.note(&call, what);
    }

    fn rename(&mut self, before: &str, now: &str) {
        if self.calls.legs.contains_key(now) {
            return self.remove_leg(before, "");
        }
        let Some(leg) = self.calls.legs.remove(before) else { return };
        let call = leg.call.clone();
        for other in self.calls.legs.values_mut() {
            for name in [&mut other.bridged_to, &mut other.listens_to] {
                if name.as_deref() == Some(before) {
                    *name = Some(now.to_owned());
                }
            }
        }
        self.calls.legs.insert(now.to_owned(), leg);
        if let Some(call) = self.calls.calls.get_mut(&call) {
            for uuid in call.legs.iter_mut().filter(|uuid| *uuid == before) {
                now.clone_into(uuid);
            }
        }
        self.touch(&call);
    }

    /// Makes a leg part of the call of another. The call that began first goes on; the leg takes those along that listen to it.
    fn join(&mut self, one: &str, other: &str) {
        let (Some(first), Some(second)) = (self.call_of(one), self.call_of(other)) else { return };
        if first == second {
            return;
        }
        let age = |call: &String| self.calls.calls.get(call).map_or(UnixMs::MAX, |call| call.created_at);
        let (stays, goes, mover) =
            if age(&second) < age(&first) { (second, first, one) } else { (first, second, other) };
        let moving: Vec<String> = {
            let Some(call) = self.calls.calls.get(&goes) else { return };
            let follows = |uuid: &&String| {
                *uuid == mover
                    || self.calls.legs.get(*uuid).is_some_and(|leg| leg.listens_to.as_deref() == Some(mover))
            };
            call.legs.iter().filter(follows).cloned().collect()
        };
        for uuid in &moving {
            if let Some(leg) = self.calls.legs.get_mut(uuid) {
                leg.call.clone_from(&stays);
            }
        }
        let mut past = Vec::new();
        if let Some(call) = self.calls.calls.get_mut(&goes) {
            call.legs.retain(|uuid| !moving.contains(uuid));
            if call.legs.is_empty() {
                past = std::mem::take(&mut call.timeline);
            }
        }
        if let Some(call) = self.calls.calls.get_mut(&stays) {
            call.legs.extend(moving);
            call.farewell = None;
            let began = |entry: &TimelineEntry| matches!(entry.what, CallMoment::Began(_));
            call.timeline.extend(past.into_iter().filter(|entry| !began(entry)));
            call.timeline.sort_by_key(|entry| entry.at);
        }
        self.touch(&stays);
        self.touch(&goes);
        self.end_if_empty(&goes, false);
    }

    fn remove_leg(&mut self, uuid: &str, cause: &str) {
        let Some(call) = self.call_of(uuid) else { return };
        if self.calls.legs.get(uuid).is_some_and(|leg| !leg.is_listener()) {
            self.remember(&call);
        }
        let Some(leg) = self.calls.legs.remove(uuid) else { return };
        if let Some(other) = leg.bridged_to.as_ref().and_then(|other| self.calls.legs.get_mut(other)) {
            other.bridged_to = None;
        }
        let party = leg.party(self.moment.node);
        let what = if leg.is_listener() {
            CallMoment::ListenerLeft(party)
        } else {
            CallMoment::Left(party, cause.to_owned())
        };
        self.note(&call, what);
        if let Some(call) = self.calls.calls.get_mut(&call) {
            call.legs.retain(|other| other != uuid);
            if leg.bridged_to.is_some() {
                call.talking_since = None;
            }
        }
        self.end_if_empty(&call, true);
    }

    /// Keeps how a call looked before its legs began to go, for whoever looks at it when it has ended.
    fn remember(&mut self, uuid: &str) {
        let is_remembered = self.calls.calls.get(uuid).is_none_or(|call| call.farewell.is_some());
        if is_remembered {
            return;
        }
        let farewell = self.calls.row(self.moment.node, uuid);
        if let Some(call) = self.calls.calls.get_mut(uuid) {
            call.farewell = farewell.map(Box::new);
        }
    }

    /// Ends a call that no party is in any more. One whose legs went over into another call is not remembered by itself.
    fn end_if_empty(&mut self, uuid: &str, is_remembered: bool) {
        let Some(call) = self.calls.calls.get(uuid) else { return };
        let is_party = |leg: &String| self.calls.legs.get(leg).is_some_and(|leg| !leg.is_listener());
        if call.legs.iter().any(is_party) {
            return;
        }
        self.touch(uuid);
        let Some(mut call) = self.calls.calls.remove(uuid) else { return };
        // The switch hangs up listeners as soon as there is nobody to listen to.
        for leg in &call.legs {
            self.calls.legs.remove(leg);
        }
        call.timeline.push(TimelineEntry { at: self.moment.happened_at, what: CallMoment::Ended });
        if let Some(row) = call.farewell.filter(|_| is_remembered && self.calls.ended.len() < MOST_ENDED) {
            let ended = Ended {
                queues: self.calls.queues_of(&row),
                row: *row,
                timeline: call.timeline,
                ended_at: self.moment.happened_at,
                at: self.moment.at,
            };
            self.calls.ended.insert(uuid.to_owned(), ended);
        }
    }

    /// The list of channels: what it has is known from now on, what it lacks twice is gone. During a rebuild it is the truth.
    fn channels_read(&mut self, asked_at: UnixMs, rows: &[ChannelRecord]) {
        for row in rows {
            if let Some(leg) = self.calls.legs.get_mut(&row.uuid) {
                leg.missed = 0;
                if leg.touched_at >= asked_at {
                    continue;
                }
            }
            self.take_in(row, asked_at, Source::List);
        }
        let bridges: BTreeSet<&str> =
            rows.iter().filter(|row| row.application == "bridge").map(|row| row.uuid.as_str()).collect();
        for row in rows {
            if self.calls.legs.get(&row.uuid).is_none_or(|leg| leg.touched_at >= asked_at) {
                continue;
            }
            match row.application.as_str() {
                "eavesdrop" => self.listens(&row.uuid, &row.application_data, None),
                "uuid_bridge" => self.bridged_by_list(&row.uuid, &row.application_data),
                _ if !row.call_uuid.is_empty() => {
                    self.join(&row.call_uuid, &row.uuid);
                    // Whom a dialplan bridges runs the application of the one who called, if any.
                    let is_answered = matches!(row.call_state.as_str(), "ACTIVE" | "HELD");
                    if row.is_outbound && is_answered && bridges.contains(row.call_uuid.as_str()) {
                        self.bridged_by_list(&row.uuid, &row.call_uuid);
                    }
                }
                _ => {}
            }
        }
        let listed: BTreeSet<&str> = rows.iter().map(|row| row.uuid.as_str()).collect();
        let is_truth = self.calls.rebuilding_since.take().is_some_and(|since| since <= asked_at);
        let mut gone = Vec::new();
        for (uuid, leg) in &mut self.calls.legs {
            if listed.contains(uuid.as_str()) || leg.touched_at >= asked_at {
                continue;
            }
            leg.missed += 1;
            if is_truth || leg.missed >= MISSES {
                gone.push(uuid.clone());
            }
        }
        gone.sort();
        for uuid in gone {
            self.remove_leg(&uuid, "");
        }
        if is_truth {
            let members = std::mem::take(&mut self.calls.listed_members);
            self.members_read(asked_at, &members);
        }
    }

    /// Two legs that a list shows connected: since the later answer, as far as it is known.
    fn bridged_by_list(&mut self, one: &str, other: &str) {
        let is_known = self.calls.legs.get(one).is_none_or(|leg| leg.bridged_to.as_deref() == Some(other));
        if is_known || !self.calls.legs.contains_key(other) {
            return;
        }
        self.join(one, other);
        for (own, other) in [(one, other), (other, one)] {
            if let Some(leg) = self.calls.legs.get_mut(own) {
                leg.bridged_to = Some(other.to_owned());
            }
        }
        let answered =
            [one, other].into_iter().filter_map(|uuid| self.calls.legs.get(uuid)?.answered_at).max();
        let Some(call) = self.call_of(one) else { return };
        if let Some(call) = self.calls.calls.get_mut(&call) {
            call.talking_since = call.talking_since.or(answered);
        }
        self.touch(&call);
    }

    /// The callers in queues: whose call is in which queue, and with whom.
    fn members_read(&mut self, asked_at: UnixMs, rows: &[MemberRecord]) {
        let mut listed = BTreeSet::new();
        for row in rows {
            listed.insert(row.uuid.as_str());
            let is_touched =
                self.calls.legs.get(&row.session_uuid).is_none_or(|leg| leg.touched_at >= asked_at);
            if is_touched {
                continue;
            }
            let stay = Stay {
                member: row.uuid.clone(),
                queue: row.queue.clone(),
                state: row.state,
                agent: row.serving_agent.clone(),
            };
            self.set_stay(&row.session_uuid, Some(stay));
        }
        let over: Vec<String> = self
            .calls
            .calls
            .values()
            .filter(|call| call.stay.as_ref().is_some_and(|stay| !listed.contains(stay.member.as_str())))
            .filter_map(|call| call.legs.first())
            .filter(|leg| self.calls.legs.get(*leg).is_some_and(|leg| leg.touched_at < asked_at))
            .cloned()
            .collect();
        for session in over {
            self.set_stay(&session, None);
        }
    }

    fn agents_read(&mut self, rows: &[AgentRecord]) {
        let dials = |row: &AgentRecord| {
            dialled(&row.contact).map(|word| (word.to_owned(), row.name.clone())).collect::<Vec<_>>()
        };
        self.calls.agents = rows.iter().flat_map(dials).collect();
    }

    fn tiers_read(&mut self, rows: Vec<TierRecord>) {
        let mut tiers: HashMap<String, BTreeSet<QueueKey>> = HashMap::new();
        for row in rows {
            tiers.entry(row.agent).or_default().insert(QueueKey::new(self.moment.node, row.queue));
        }
        self.calls.tiers = tiers;
    }

    fn member_joined(&mut self, caller: Caller) {
        let queue = QueueKey::new(self.moment.node, caller.queue.clone());
        let session = caller.session_uuid.clone();
        self.know_caller(&caller);
        self.set_stay(&session, Some(stay(caller, MemberState::Waiting, None)));
        self.note_leg(&session, CallMoment::Joined(queue));
    }

    fn offered(&mut self, agent: String, caller: Caller) {
        let key = AgentKey::new(self.moment.node, agent.clone());
        let session = caller.session_uuid.clone();
        self.know_caller(&caller);
        self.set_stay(&session, Some(stay(caller, MemberState::Trying, Some(agent))));
        self.note_leg(&session, CallMoment::Offered(key));
    }

    fn offer_failed(&mut self, agent: String, caller: &Caller, cause: String) {
        let key = AgentKey::new(self.moment.node, agent);
        self.back_to_waiting(caller);
        self.note_leg(&caller.session_uuid, CallMoment::NotReached(key, cause));
    }

    /// An offer is over, and the caller still in the queue.
    fn back_to_waiting(&mut self, caller: &Caller) {
        self.know_caller(caller);
        if self.stay_of(&caller.session_uuid).is_some_and(|stay| stay.member == caller.member_uuid) {
            let stay = stay(caller.clone(), MemberState::Waiting, None);
            self.set_stay(&caller.session_uuid, Some(stay));
        }
    }

    fn answered(&mut self, agent: String, caller: Caller) {
        self.know_caller(&caller);
        let session = caller.session_uuid.clone();
        self.set_stay(&session, Some(stay(caller, MemberState::Answered, Some(agent))));
    }

    /// The stay is over. One who was moved is in the next queue before the end of the first is told.
    fn left(&mut self, caller: &Caller, is_unserved: bool) {
        let session = &caller.session_uuid;
        self.hear_of(session);
        if self.stay_of(session).is_some_and(|stay| stay.member == caller.member_uuid) {
            self.set_stay(session, None);
        }
        if is_unserved {
            let queue = QueueKey::new(self.moment.node, caller.queue.clone());
            self.note_leg(session, CallMoment::LeftQueue(queue));
        }
    }

    /// No list that was asked for before knows better.
    fn hear_of(&mut self, leg: &str) {
        if let Some(leg) = self.calls.legs.get_mut(leg) {
            leg.touched_at = self.moment.at;
        }
    }

    /// The leg of a caller, made known where its CHANNEL_CREATE was missed.
    fn know_caller(&mut self, caller: &Caller) {
        if caller.session_uuid.is_empty() {
            return;
        }
        if self.calls.legs.contains_key(&caller.session_uuid) {
            return self.hear_of(&caller.session_uuid);
        }
        let channel = ChannelRecord {
            uuid: caller.session_uuid.clone(),
            caller_name: caller.name.clone(),
            caller_number: caller.number.clone(),
            call_state: "ACTIVE".to_owned(),
            ..ChannelRecord::default()
        };
        self.take_in(&channel, self.moment.happened_at, Source::Event);
        self.hear_of(&caller.session_uuid);
    }

    fn stay_of(&self, session: &str) -> Option<&Stay> {
        self.calls.calls.get(&self.calls.legs.get(session)?.call)?.stay.as_ref()
    }

    fn set_stay(&mut self, session: &str, stay: Option<Stay>) {
        let Some(uuid) = self.call_of(session) else { return };
        if stay.is_none() {
            self.remember(&uuid);
        }
        if let Some(call) = self.calls.calls.get_mut(&uuid)
            && call.stay != stay
        {
            if stay.is_some() {
                call.farewell = None;
            }
            call.stay = stay;
            self.touch(&uuid);
        }
    }

    fn call_of(&self, leg: &str) -> Option<String> {
        self.calls.legs.get(leg).map(|leg| leg.call.clone())
    }

    fn touch(&mut self, call: &str) {
        self.touched.calls.insert(CallId::new(self.moment.node, call));
    }

    fn touch_leg(&mut self, leg: &str) {
        if let Some(call) = self.call_of(leg) {
            self.touch(&call);
        }
    }

    fn note_leg(&mut self, leg: &str, what: CallMoment) {
        if let Some(call) = self.call_of(leg) {
            self.note(&call, what);
        }
    }

    fn note(&mut self, uuid: &str, what: CallMoment) {
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
    fn prune(&mut self) {
        let at = self.moment.at;
        if at.since(self.calls.pruned_at) < PRUNED_EVERY {
            return;
        }
        self.calls.pruned_at = at;
        self.calls.gone.retain(|_, gone_at| at.since(*gone_at) < LISTED);
        self.calls.ended.retain(|_, ended| at.since(ended.at) < REMEMBERED);
    }
}

fn stay(caller: Caller, state: MemberState, agent: Option<String>) -> Stay {
    Stay { member: caller.member_uuid, queue: caller.queue, state, agent }
}
