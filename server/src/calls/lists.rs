//! What the lists of the switch say: what they have is known from now on, what they lack for long enough is gone.

use std::collections::{BTreeSet, HashMap};

use app::model::ids::QueueKey;
use app::model::time::UnixMs;

use super::legs::Source;
use super::state::{Changing, Stay};
use crate::switch::callcenter::{AgentRecord, ChannelRecord, MemberRecord, TierRecord};
use crate::wallboard::ghosts::dialled;

/// Lists in a row that lack a leg before it is gone.
const MISSES: u8 = 2;

impl Changing<'_> {
    /// The list of channels: what it has is known from now on, what it lacks twice is gone. During a rebuild it is the truth.
    pub(super) fn channels_read(&mut self, asked_at: UnixMs, rows: &[ChannelRecord]) {
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
    pub(super) fn bridged_by_list(&mut self, one: &str, other: &str) {
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
    pub(super) fn members_read(&mut self, asked_at: UnixMs, rows: &[MemberRecord]) {
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

    pub(super) fn agents_read(&mut self, rows: &[AgentRecord]) {
        let dials = |row: &AgentRecord| {
            dialled(&row.contact).map(|word| (word.to_owned(), row.name.clone())).collect::<Vec<_>>()
        };
        self.calls.agents = rows.iter().flat_map(dials).collect();
    }

    pub(super) fn tiers_read(&mut self, rows: Vec<TierRecord>) {
        let mut tiers: HashMap<String, BTreeSet<QueueKey>> = HashMap::new();
        for row in rows {
            tiers.entry(row.agent).or_default().insert(QueueKey::new(self.moment.node, row.queue));
        }
        self.calls.tiers = tiers;
    }
}
