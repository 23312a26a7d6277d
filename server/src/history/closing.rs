//! Compares call records with what the events told, completes what these missed, and closes the gaps.
//!
//! A record may arrive before the events of its call have been taken in. So it is used only when later events of the node
//! have been, at the latest the next heartbeat; and where nothing says that events were lost, a minute after it came.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use app::model::board::Incomplete;
use app::model::ids::{AgentKey, MemberKey, NodeName, QueueKey};
use app::model::time::{DurationMs, UnixMs};
use jiff::tz::TimeZone;

use super::callbacks;
use super::cdr::{self, Completed, Stay};
use super::ledger::{Ledger, SAME_CONTACT, SAME_STAY};
use super::record::{Gap, QueueCall};
use crate::clock::now;
use crate::storage::cdrs::{self, UnsettledCdr, UnsettledUntil};
use crate::storage::{Database, StorageError, event_gaps, queue_calls};
use crate::switch::event::{AgentToday, SwitchEvent};
use crate::wallboard::facts::CallKey;
use crate::wallboard::hub::{self, Hub};

/// How long call records and events are waited for.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    /// Between two looks.
    pub look_every: Duration,
    /// Events of a call have been taken in this long after its record came.
    pub settled_after: DurationMs,
    /// Events, and records, that have not come for so long will not come by themselves.
    pub given_up_after: DurationMs,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            look_every: Duration::from_secs(2),
            settled_after: DurationMs::from_s(5),
            given_up_after: DurationMs::from_s(60),
        }
    }
}

/// Records looked at in one step.
const MOST: u32 = 200;
/// Heartbeats come every 20 s unless a switch is told otherwise.
const MUTE_AFTER: DurationMs = DurationMs::from_s(120);
/// Events overtake one another by less than this.
const OVERTAKEN_WITHIN: DurationMs = DurationMs::from_s(2);
/// A stop that is shorter than the retries of mod_json_cdr loses no record.
const SHORT_STOP: DurationMs = DurationMs::from_s(3);

/// What is remembered between two looks.
#[derive(Debug)]
pub(super) struct Closing {
    hub: Hub,
    zone: TimeZone,
    patience: Patience,
    /// What each node's board was told.
    told: BTreeMap<NodeName, Vec<Incomplete>>,
    /// Up to when each node was heard, and since when nothing later has come.
    heard: BTreeMap<NodeName, (Option<UnixMs>, UnixMs)>,
}

/// What one record comes to.
enum Judged {
    /// It tells nothing new.
    Nothing,
    /// Its events may still come.
    Wait,
    /// It completes a stay.
    Completes(Box<Completed>),
}

impl Closing {
    pub(super) const fn new(hub: Hub, zone: TimeZone, patience: Patience) -> Self {
        Self { hub, zone, patience, told: BTreeMap::new(), heard: BTreeMap::new() }
    }

    /// One look at the records that came and the gaps that are open.
    pub(super) async fn look(
        &mut self,
        database: &Database,
        ledger: &mut Ledger,
    ) -> Result<(), StorageError> {
        let at = now();
        let midnight = hub::midnight(&self.zone, at);
        let mut gaps = event_gaps::list_open_gaps(database.pool()?, midnight).await?;
        self.settle(database, ledger, &gaps, midnight, at).await?;
        self.close(database, &mut gaps, at).await?;
        self.tell(&gaps).await;
        Ok(())
    }

    async fn settle(
        &mut self,
        database: &Database,
        ledger: &mut Ledger,
        gaps: &[Gap],
        midnight: UnixMs,
        at: UnixMs,
    ) -> Result<(), StorageError> {
        for node in cdrs::list_unsettled_nodes(database.pool()?).await? {
            let until = UnsettledUntil {
                ended: self.taken_in(&node, ledger, at),
                received: UnixMs(at.0 - self.patience.settled_after.0),
            };
            let mut after = 0;
            while let Some(last) =
                self.settle_some(database, ledger, gaps, &node, after, until, midnight, at).await?
            {
                after = last;
            }
        }
        Ok(())
    }

    /// Up to which end, by the clock of a node, every event of a call has been taken in. Events come in their order, but for
    /// moments: what came later brought all that there was before. A switch that has not even sent a heartbeat for long has
    /// nothing more to say.
    fn taken_in(&mut self, node: &NodeName, ledger: &Ledger, at: UnixMs) -> UnixMs {
        let heard = ledger.heard(node);
        let known = self.heard.entry(node.clone()).or_insert((heard, at));
        if known.0 != heard {
            *known = (heard, at);
        }
        if at.since(known.1) >= MUTE_AFTER {
            return UnixMs(i64::MAX);
        }
        heard.map_or(UnixMs(i64::MIN), |heard| UnixMs(heard.0 - OVERTAKEN_WITHIN.0))
    }

    /// Looks at some records, and says after which row to go on.
    #[expect(clippy::too_many_arguments, reason = "one step of one loop")]
    async fn settle_some(
        &self,
        database: &Database,
        ledger: &mut Ledger,
        gaps: &[Gap],
        node: &NodeName,
        after: u64,
        until: UnsettledUntil,
        midnight: UnixMs,
        at: UnixMs,
    ) -> Result<Option<u64>, StorageError> {
        let records = cdrs::list_unsettled_cdrs(database.pool()?, node, after, until, MOST).await?;
        let next = records.last().filter(|_| records.len() == MOST as usize).map(|last| last.id);
        let (mut settled, mut completed) = (Vec::new(), Vec::<Completed>::new());
        for record in records {
            match self.judge(database, ledger, gaps, &record, midnight, at).await? {
                Judged::Wait => {}
                Judged::Nothing => settled.push(record.id),
                // A second record of the same contact finds what the first one told, the next time.
                Judged::Completes(stay)
                    if completed.iter().any(|other| other.row.call.member == stay.row.call.member) => {}
                Judged::Completes(stay) => {
                    settled.push(record.id);
                    completed.push(*stay);
                }
            }
        }
        if settled.is_empty() {
            return Ok(next);
        }
        let rows: Vec<QueueCall> = completed.iter().map(|stay| stay.row.clone()).collect();
        let mut transaction = database.begin().await?;
        queue_calls::store_queue_calls(&mut transaction, &rows).await?;
        cdrs::settle_cdrs(&mut transaction, &settled).await?;
        callbacks::follow(&mut transaction, &rows, at).await?;
        transaction.commit().await.map_err(StorageError::of("complete calls by their records"))?;
        // Known and counted once it is stored, and not before: what cannot be stored is looked at again.
        for stay in completed {
            ledger.put(stay.row.clone());
            self.count(node, stay).await;
        }
        Ok(next)
    }

    async fn judge(
        &self,
        database: &Database,
        ledger: &Ledger,
        gaps: &[Gap],
        record: &UnsettledCdr,
        midnight: UnixMs,
        at: UnixMs,
    ) -> Result<Judged, StorageError> {
        let node = &record.node;
        // It was readable when it came.
        let Some(stay) = cdr::parse(&record.body).ok().and_then(|cdr| cdr.stay) else {
            return Ok(Judged::Nothing);
        };
        let call =
            CallKey { member: MemberKey::new(node, stay.member_uuid.clone()), joined_at: stay.joined_at };
        let known = match ledger.known(&call) {
            Some(known) => Some(known.clone()),
            None => queue_calls::find_queue_call(database.pool()?, &call, SAME_CONTACT, SAME_STAY).await?,
        };
        if known.as_ref().is_some_and(|known| known.is_complete() && !known.is_incomplete) {
            return Ok(Judged::Nothing);
        }
        let has_lost_events = known.as_ref().is_some_and(|known| known.is_incomplete)
            || gaps.iter().any(|gap| gap.node == *node && is_touched(gap, &stay));
        let has_waited = at.since(record.received_at) >= self.patience.given_up_after;
        if !has_lost_events && !has_waited {
            return Ok(Judged::Wait);
        }
        let queue = QueueKey::new(node, stay.queue.clone());
        let agent = stay.answered.as_ref().map(|(agent, _)| AgentKey::new(node, agent.clone()));
        let (targets, wrap_up) = self.hub.measures(&queue, agent.as_ref());
        Ok(cdr::complete(known.as_ref(), &stay, node, &targets, wrap_up, midnight)
            .map_or(Judged::Nothing, |stay| Judged::Completes(Box::new(stay))))
    }

    /// Gives the board what it could not count.
    async fn count(&self, node: &NodeName, stay: Completed) {
        let Completed { row, missing, agent } = stay;
        let agent = agent.map(|(name, answered, talk)| {
            (AgentKey::new(node, name), AgentToday { answered, missed: 0, talk })
        });
        let queue = QueueKey::new(node, row.queue);
        self.hub.send(node, SwitchEvent::TodayCompleted { queue, missing, agent }).await;
    }

    /// Closes the gaps that call records have filled.
    async fn close(&self, database: &Database, gaps: &mut Vec<Gap>, at: UnixMs) -> Result<(), StorageError> {
        let mut closed = Vec::new();
        for gap in gaps.iter() {
            let Some(to) = gap.to.filter(|to| at.since(*to) >= self.patience.given_up_after) else {
                continue;
            };
            let pool = database.pool()?;
            let records = cdrs::look_for_cdrs(pool, &gap.node, gap.from, to).await?;
            // While SwitchDesk ran, records could be posted; while it did not, they wait in the switch's error directory
            // until somebody posts them again.
            let is_long_stop = gap.is_stop && to.since(gap.from) > SHORT_STOP;
            let has_come = if is_long_stop { records.within } else { records.within || records.after };
            if has_come
                && !records.unsettled
                && !queue_calls::has_incomplete_queue_calls(pool, &gap.node, to).await?
            {
                closed.push(Gap { closed_at: Some(at), ..gap.clone() });
            }
        }
        if closed.is_empty() {
            return Ok(());
        }
        let mut transaction = database.begin().await?;
        event_gaps::store_event_gaps(&mut transaction, &closed).await?;
        transaction.commit().await.map_err(StorageError::of("close what events had missed"))?;
        gaps.retain(|gap| !closed.iter().any(|other| (&other.node, other.from) == (&gap.node, gap.from)));
        Ok(())
    }

    /// Tells the board which intervals are incomplete, where that has changed.
    async fn tell(&mut self, gaps: &[Gap]) {
        let nodes: BTreeSet<NodeName> =
            gaps.iter().map(|gap| gap.node.clone()).chain(self.told.keys().cloned()).collect();
        for node in nodes {
            let intervals: Vec<Incomplete> = gaps
                .iter()
                .filter(|gap| gap.node == node)
                .map(|gap| Incomplete { from: gap.from, to: gap.to })
                .collect();
            if self.told.get(&node) != Some(&intervals) {
                self.told.insert(node.clone(), intervals.clone());
                self.hub.send(&node, SwitchEvent::IncompleteKnown { intervals }).await;
            }
        }
    }
}

/// Whether a gap lies in a stay, so that events of it may have been lost. The clocks of the two may differ by a little.
fn is_touched(gap: &Gap, stay: &Stay) -> bool {
    let from = gap.from.0 - SAME_STAY.0;
    let to = gap.to.map_or(i64::MAX, |to| to.0 + SAME_STAY.0);
    stay.joined_at.0 <= to && stay.ended_at.0 >= from
}
