//! The one task that writes the record.
//!
//! It takes facts in memory and writes what is new or changed twice a second. While the database is away, batches go to
//! the spool and later, in their order, into the database; each is idempotent. Nothing is written before what an earlier
//! start left has been read: so the sums of today that the board gets back are exactly what was counted before, and the
//! board's own counting goes on from there.

use std::io;
use std::time::Duration;

use app::model::ids::NodeName;
use app::model::time::{DurationMs, UnixMs};
use jiff::tz::TimeZone;
use tokio::sync::mpsc;
use tokio::time::{Instant, MissedTickBehavior, interval, sleep};
use tokio_util::sync::CancellationToken;

use super::callbacks;
use super::closing::{Closing, Patience};
use super::ledger::{Ledger, Opened};
use super::record::Batch;
use crate::clock::now;
use crate::spool::Spool;
use crate::storage::{Database, StorageError, agent_activity, event_gaps, queue_calls, queue_offers};
use crate::switch::event::{AgentToday, SwitchEvent, TodayRestored};
use crate::wallboard::facts::Fact;
use crate::wallboard::hub::{self, Hub};

/// Between two batches.
const WRITE_EVERY: Duration = Duration::from_millis(500);
/// Rows after which a batch is written at once.
const LARGE: usize = 2_000;
/// Batches of facts taken in one step.
const BATCHES: usize = 1_024;
/// Progress alone is written no more often than this.
const PROGRESS_EVERY: Duration = Duration::from_secs(5);
/// Before trying again what the database refused.
const RETRY_AFTER: Duration = Duration::from_secs(1);
/// The board shows who joined in the last half hour.
const ARRIVALS: DurationMs = DurationMs::from_s(1_800);

/// Facts on their way to the record.
pub type Facts = mpsc::Receiver<Vec<Fact>>;

/// What the recorder works with.
#[derive(Debug)]
pub struct Recorder {
    hub: Hub,
    database: Database,
    spool: Spool<Batch>,
    zone: TimeZone,
    ledger: Ledger,
    patience: Patience,
    /// Whether the spool may hold something: then what is new goes behind it.
    is_spooling: bool,
    progress_at: Instant,
}

impl Recorder {
    /// Writes the record until the shutdown; what has been taken in by then is written or spooled before it ends.
    pub async fn run(
        hub: Hub,
        database: Database,
        spool: Spool<Batch>,
        zone: TimeZone,
        patience: Patience,
        mut facts: Facts,
        shutdown: CancellationToken,
    ) {
        let mut recorder = Self {
            hub,
            database,
            spool,
            zone,
            ledger: Ledger::default(),
            patience,
            is_spooling: true,
            progress_at: Instant::now(),
        };
        let mut waiting = Vec::new();
        if !recorder.begin(&mut facts, &mut waiting, &shutdown).await {
            return recorder.end_unbegun(waiting).await;
        }
        waiting.into_iter().for_each(|fact| recorder.ledger.take(fact));
        recorder.go_on(facts, shutdown).await;
    }

    /// Reads what an earlier start left, as soon as the database is there; facts wait meanwhile.
    async fn begin(
        &mut self,
        facts: &mut Facts,
        waiting: &mut Vec<Fact>,
        shutdown: &CancellationToken,
    ) -> bool {
        loop {
            let database = self.database.clone();
            tokio::select! {
                () = shutdown.cancelled() => return false,
                Some(new) = facts.recv() => waiting.extend(new),
                () = database.wait_until_there() => {
                    match self.restore().await {
                        Ok(opened) => {
                            self.ledger = Ledger::new(opened);
                            return true;
                        }
                        Err(error) => {
                            self.note(&error);
                            sleep(RETRY_AFTER).await;
                        }
                    }
                }
            }
        }
    }

    /// The server stops before the database was there: what was seen goes to the spool, as of a start that knew nothing
    /// of the ones before.
    async fn end_unbegun(mut self, waiting: Vec<Fact>) {
        waiting.into_iter().for_each(|fact| self.ledger.take(fact));
        let batch = self.ledger.batch(now());
        if !batch.is_empty() {
            self.keep(batch).await;
        }
    }

    async fn restore(&mut self) -> Result<Opened, RecordError> {
        self.drain().await?;
        let at = now();
        let midnight = hub::midnight(&self.zone, at);
        let pool = self.database.pool()?;
        let progress = event_gaps::list_progress(pool).await?;
        let opened = Opened {
            calls: queue_calls::list_open_queue_calls(pool, at).await?,
            activities: agent_activity::list_open_activity(pool).await?,
            gaps: event_gaps::list_open_gaps(pool, at)
                .await?
                .into_iter()
                .filter(|gap| gap.to.is_none())
                .collect(),
            seen: progress.iter().map(|row| (row.node.clone(), row.seen_until)).collect(),
        };
        let mut agents: Vec<_> = queue_calls::sum_agents_since(pool, midnight).await?;
        for (key, missed) in queue_offers::count_missed_since(pool, midnight).await? {
            match agents.iter_mut().find(|(agent, _)| *agent == key) {
                Some((_, today)) => today.missed = missed,
                None => agents.push((key, AgentToday { missed, ..AgentToday::default() })),
            }
        }
        let restored = TodayRestored {
            midnight,
            counted_since: progress.iter().map(|row| row.since).min().map_or(at, |since| since.max(midnight)),
            queues: queue_calls::sum_queues_since(pool, midnight).await?,
            agents,
            breaks: agent_activity::sum_breaks_since(pool, midnight).await?,
            arrivals: queue_calls::list_arrivals_since(pool, UnixMs(at.0 - ARRIVALS.0)).await?,
        };
        if !progress.is_empty() {
            let event = SwitchEvent::TodayRestored(Box::new(restored));
            self.hub.send(&NodeName::new(""), event).await;
        }
        Ok(opened)
    }

    async fn go_on(mut self, mut facts: Facts, shutdown: CancellationToken) {
        let mut closing = Closing::new(self.hub.clone(), self.zone.clone(), self.patience);
        let mut write = interval(WRITE_EVERY);
        write.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut close = interval(self.patience.look_every);
        close.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut taken = Vec::new();
        loop {
            tokio::select! {
                () = shutdown.cancelled() => break,
                count = facts.recv_many(&mut taken, BATCHES) => {
                    if count == 0 {
                        break;
                    }
                    taken.drain(..).flatten().for_each(|fact| self.ledger.take(fact));
                    if self.ledger.changes() >= LARGE {
                        self.write().await;
                    }
                }
                _ = write.tick() => self.write().await,
                _ = close.tick() => {
                    self.write().await;
                    if !self.is_spooling && self.database.is_there()
                        && let Err(error) = closing.look(&self.database, &mut self.ledger).await
                    {
                        self.note(&RecordError::Storage(error));
                    }
                }
            }
        }
        // What the hub said before it ended.
        while let Ok(new) = facts.try_recv() {
            new.into_iter().for_each(|fact| self.ledger.take(fact));
        }
        self.progress_at = Instant::now() - PROGRESS_EVERY;
        self.write().await;
    }

    async fn write(&mut self) {
        if self.is_spooling
            && self.database.is_there()
            && let Err(error) = self.drain().await
        {
            self.note(&error);
        }
        let is_progress_due = self.progress_at.elapsed() >= PROGRESS_EVERY;
        if !self.ledger.has_changes() && !is_progress_due {
            return;
        }
        self.progress_at = Instant::now();
        let batch = self.ledger.batch(now());
        if batch.is_empty() {
            return;
        }
        if !self.is_spooling {
            match store(&self.database, &batch).await {
                Ok(()) => return,
                Err(error) => self.note(&RecordError::Storage(error)),
            }
        }
        self.keep(batch).await;
    }

    /// Puts what the spool keeps into the database.
    async fn drain(&mut self) -> Result<(), RecordError> {
        while let Some(kept) = self.spool.oldest().await? {
            for batch in &kept.lines {
                store(&self.database, batch).await?;
            }
            let batches = kept.lines.len();
            self.spool.remove(kept).await?;
            tracing::info!(batches, "what happened while the database was away is on record");
        }
        self.is_spooling = false;
        Ok(())
    }

    async fn keep(&mut self, batch: Batch) {
        self.is_spooling = true;
        let rows = batch.len();
        if let Err(error) = self.spool.append(vec![batch]).await {
            tracing::error!(%error, rows, "neither the database nor the spool can keep what happened");
        }
    }

    fn note(&self, error: &RecordError) {
        match error {
            // Whether it is away is for the watch to say: one connection that broke does not make it so.
            RecordError::Storage(error) if error.is_unavailable() => {}
            error => tracing::error!(%error, "the record cannot be written"),
        }
    }
}

/// Why the record cannot be written.
#[derive(Debug, thiserror::Error)]
enum RecordError {
    #[error(transparent)]
    Storage(#[from] StorageError),
    #[error("cannot use the spool: {0}")]
    File(#[from] io::Error),
}

/// One batch, as one transaction.
async fn store(database: &Database, batch: &Batch) -> Result<(), StorageError> {
    let mut transaction = database.begin().await?;
    queue_calls::store_queue_calls(&mut transaction, &batch.calls).await?;
    queue_offers::store_queue_offers(&mut transaction, &batch.offers).await?;
    agent_activity::store_activity(&mut transaction, &batch.activities).await?;
    event_gaps::store_event_gaps(&mut transaction, &batch.gaps).await?;
    event_gaps::store_progress(&mut transaction, &batch.seen).await?;
    callbacks::follow(&mut transaction, &batch.calls, now()).await?;
    transaction.commit().await.map_err(StorageError::of("store what happened"))
}
