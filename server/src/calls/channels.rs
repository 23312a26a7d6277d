//! What events say of channels: legs that come, belong together, are connected, and go.

use app::model::call::{CallMoment, ListenMode, TimelineEntry};
use app::model::time::UnixMs;

use super::legs::{Difference, Leg, Source};
use super::state::{Call, Changing, Ended};
use crate::switch::callcenter::ChannelRecord;
use crate::switch::event::{ChannelChange, ChannelEvent};

/// Calls that ended and are remembered, on each node.
const MOST_ENDED: usize = 1_000;

impl Changing<'_> {
    pub(super) fn channel(&mut self, event: ChannelEvent) {
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
    pub(super) fn take_in(&mut self, channel: &ChannelRecord, happened_at: UnixMs, by: Source) -> bool {
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
    pub(super) fn created(&mut self, channel: &ChannelRecord) {
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

    pub(super) fn listens(&mut self, uuid: &str, target: &str, mode: Option<ListenMode>) {
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

    pub(super) fn listen_mode_set(&mut self, listener: &str, mode: ListenMode) {
        let Some(leg) = self.calls.legs.get_mut(listener) else { return };
        leg.mode = Some(mode);
        let (call, party) = (leg.call.clone(), leg.party(self.moment.node));
        self.note(&call, CallMoment::ListenerIs(party, mode));
    }

    pub(super) fn bridged(&mut self, a: &str, b: &str) {
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

    pub(super) fn unbridged(&mut self, a: &str, b: &str, channel: &ChannelRecord) {
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
    pub(super) fn is_news_of_transfer(&self, call: &str, channel: &ChannelRecord) -> bool {
        let Some(call) = self.calls.calls.get(call) else { return false };
        let dialled = self.calls.legs.get(&channel.uuid).and_then(|leg| leg.dialled.clone());
        let last = call.timeline.iter().rev().find_map(|entry| match &entry.what {
            CallMoment::Transferred(to) => Some(to.clone()),
            _ => None,
        });
        last.or(dialled).is_some_and(|before| before != channel.dest)
    }

    pub(super) fn recording(&mut self, uuid: &str, file: Option<String>) {
        let Some(leg) = self.calls.legs.get_mut(uuid) else { return };
        let what = if file.is_some() { CallMoment::RecordingBegan } else { CallMoment::RecordingEnded };
        leg.recording = file;
        let call = leg.call.clone();
        self.note(&call, what);
    }

    pub(super) fn rename(&mut self, before: &str, now: &str) {
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
    pub(super) fn join(&mut self, one: &str, other: &str) {
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

    pub(super) fn remove_leg(&mut self, uuid: &str, cause: &str) {
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
    pub(super) fn remember(&mut self, uuid: &str) {
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
    pub(super) fn end_if_empty(&mut self, uuid: &str, is_remembered: bool) {
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
}
