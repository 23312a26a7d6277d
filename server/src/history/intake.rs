//! Takes call records in: what is acknowledged is stored, in the database or, while it is away, in the spool.
//!
//! The switch posts each leg by itself and waits for the answer in the call's own thread, so answers are quick: records that
//! arrive together are stored together.

use std::time::Duration;

use tokio::sync::{mpsc, oneshot};
use tokio_util::sync::CancellationToken;

use super::cdr::ReceivedCdr;
use crate::spool::Spool;
use crate::storage::{Database, StorageError, cdrs};

/// Records that may wait to be stored; the switch is told to try again when there are more.
const INBOX: usize = 4_096;
/// Records stored together.
const BATCH: usize = 200;
/// A database that does not store within this time is as good as away.
const STORE_WITHIN: Duration = Duration::from_millis(1_500);
/// How soon after the database is back the spool goes into it.
const DRAIN_EVERY: Duration = Duration::from_secs(2);

/// Neither the database nor the spool can keep a record: the switch has to keep it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the call record cannot be stored at the moment")]
pub struct NotStored;

struct Posted {
    cdr: ReceivedCdr,
    stored: oneshot::Sender<Result<(), NotStored>>,
}

/// Where call records go in; cheap to clone.
#[derive(Clone, Debug)]
pub struct CdrIntake {
    inbox: mpsc::Sender<Posted>,
}

impl CdrIntake {
    /// Starts storing; ends with the shutdown.
    pub fn start(database: Database, spool: Spool<ReceivedCdr>, shutdown: CancellationToken) -> Self {
        let (inbox, posted) = mpsc::channel(INBOX);
        let writer = Writer { database, spool };
        tokio::spawn(shutdown.run_until_cancelled_owned(writer.run(posted)));
        Self { inbox }
    }

    /// Stores a record; returns when it is stored.
    ///
    /// # Errors
    /// [`NotStored`]; the switch keeps it and posts it again.
    pub async fn store(&self, cdr: ReceivedCdr) -> Result<(), NotStored> {
        let (stored, answer) = oneshot::channel();
        self.inbox.try_send(Posted { cdr, stored }).map_err(|_| NotStored)?;
        answer.await.unwrap_or(Err(NotStored))
    }
}

struct Writer {
    database: Database,
    spool: Spool<ReceivedCdr>,
}

impl Writer {
    async fn run(self, mut posted: mpsc::Receiver<Posted>) {
        let mut drain = tokio::time::interval(DRAIN_EVERY);
        let mut batch = Vec::with_capacity(BATCH);
        loop {
            tokio::select! {
                count = posted.recv_many(&mut batch, BATCH) => {
                    if count == 0 {
                        return;
                    }
                    let (records, answers): (Vec<_>, Vec<_>) =
                        batch.drain(..).map(|posted| (posted.cdr, posted.stored)).unzip();
                    let outcome = self.keep(records).await;
                    for answer in answers {
                        // Who no longer waits posts it again, and it is stored once.
                        let _ = answer.send(outcome);
                    }
                }
                _ = drain.tick() => self.drain().await,
            }
        }
    }

    async fn keep(&self, records: Vec<ReceivedCdr>) -> Result<(), NotStored> {
        if self.database.is_there() {
            match self.store(&records).await {
                Ok(()) => return Ok(()),
                // Whether it is away is for the watch to say: one connection that broke does not make it so.
                Err(error) if error.is_unavailable() => {}
                Err(error) => tracing::error!(%error, "call records go to the spool"),
            }
        }
        let count = records.len();
        self.spool.append(records).await.map_err(|error| {
            tracing::error!(%error, count, "neither the database nor the spool can keep call records");
            NotStored
        })
    }

    async fn store(&self, records: &[ReceivedCdr]) -> Result<(), StorageError> {
        let storing = async {
            let mut transaction = self.database.begin().await?;
            cdrs::store_cdrs(&mut transaction, records).await?;
            transaction.commit().await.map_err(StorageError::of("store call records"))
        };
        let late = StorageError::timed_out("store call records");
        tokio::time::timeout(STORE_WITHIN, storing).await.unwrap_or(Err(late))
    }

    async fn drain(&self) {
        while self.database.is_there() {
            let kept = match self.spool.oldest().await {
                Ok(Some(kept)) => kept,
                Ok(None) => return,
                Err(error) => return tracing::error!(%error, "the spool of call records cannot be read"),
            };
            if let Err(error) = self.store(&kept.lines).await {
                return tracing::warn!(%error, "call records wait in the spool");
            }
            let count = kept.lines.len();
            if let Err(error) = self.spool.remove(kept).await {
                return tracing::error!(%error, "the spool of call records cannot be emptied");
            }
            tracing::info!(count, "call records of the spool are stored");
        }
    }
}
