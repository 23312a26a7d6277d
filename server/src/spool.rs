//! Keeps on disk what must be on record but must not wait for the database: to take a break, or to come back from one,
//! is not refused because the audit cannot be written at the moment.
//!
//! One JSON object a line, synced before the switch's answer goes back to the browser. Once the database is there, the
//! lines go into it; each carries a key of its own, so a line that was written twice is stored once.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufRead as _, BufReader, Write as _};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use app::model::agent::{AgentStatus, BreakReason};
use app::model::ids::AgentKey;
use app::model::time::UnixMs;
use serde::{Deserialize, Serialize};
use tokio_util::sync::CancellationToken;

use crate::storage::agent_status_notes::{self, NewStatusNote};
use crate::storage::audit::{self, NewAudit, Outcome};
use crate::storage::{Database, StorageError};

/// How soon after the database is back the lines go into it.
const DRAIN_EVERY: Duration = Duration::from_secs(2);

/// A status that was asked of the switch while the database was away, and what became of it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct SpooledStatus {
    /// The audit row. Its idempotency key is set, by the button or by the spool.
    pub row: NewAudit,
    /// For which agent.
    pub agent: AgentKey,
    /// Which status.
    pub status: AgentStatus,
    /// Why, on a break.
    pub reason: Option<BreakReason>,
    /// Who asked.
    pub user_id: u64,
    /// When.
    pub asked_at: UnixMs,
    /// What became of it.
    pub outcome: Outcome,
    /// The words of a refusal.
    pub result: Option<String>,
}

/// The spool of one server; cheap to clone.
#[derive(Clone, Debug)]
pub struct Spool {
    folder: Arc<PathBuf>,
    /// Appending and taking exclude each other.
    lock: Arc<Mutex<()>>,
}

impl Spool {
    /// A spool in a folder, which is made when it is first needed.
    pub fn new(folder: PathBuf) -> Self {
        Self { folder: Arc::new(folder), lock: Arc::default() }
    }

    /// Keeps a line, synced to disk.
    ///
    /// # Errors
    /// What the file system said.
    pub async fn append(&self, status: SpooledStatus) -> io::Result<()> {
        let spool = self.clone();
        tokio::task::spawn_blocking(move || spool.append_blocking(&status)).await?
    }

    fn append_blocking(&self, status: &SpooledStatus) -> io::Result<()> {
        let mut line = serde_json::to_vec(status)?;
        line.push(b'\n');
        let _guard = self.lock.lock().unwrap_or_else(PoisonError::into_inner);
        fs::create_dir_all(&*self.folder)?;
        let mut file = OpenOptions::new().create(true).append(true).open(self.waiting())?;
        file.write_all(&line)?;
        file.sync_data()
    }

    /// Runs until the shutdown: puts what is kept into the database whenever it is there.
    pub async fn drain(self, database: Database, shutdown: CancellationToken) {
        let work = async {
            loop {
                database.wait_until_there().await;
                if let Err(error) = self.drain_once(&database).await {
                    tracing::warn!(%error, folder = %self.folder.display(), "the spool waits");
                }
                tokio::time::sleep(DRAIN_EVERY).await;
            }
        };
        shutdown.run_until_cancelled(work).await;
    }

    async fn drain_once(&self, database: &Database) -> Result<(), DrainError> {
        let spool = self.clone();
        let taken = tokio::task::spawn_blocking(move || spool.take()).await.map_err(io::Error::from)??;
        let Some(statuses) = taken else { return Ok(()) };
        let count = statuses.len();
        for status in statuses {
            store(database, status).await?;
        }
        fs::remove_file(self.draining())?;
        tracing::info!(count, "what was done while the database was away is on record");
        Ok(())
    }

    /// The lines that wait. They stay in a file of their own until they are stored.
    fn take(&self) -> io::Result<Option<Vec<SpooledStatus>>> {
        let _guard = self.lock.lock().unwrap_or_else(PoisonError::into_inner);
        if !self.draining().exists() {
            if !self.waiting().exists() {
                return Ok(None);
            }
            fs::rename(self.waiting(), self.draining())?;
        }
        let mut statuses = Vec::new();
        for line in BufReader::new(File::open(self.draining())?).lines() {
            let line = line?;
            match serde_json::from_str(&line) {
                Ok(status) => statuses.push(status),
                // The last line of a machine that lost its power.
                Err(error) => tracing::error!(%error, line, "a line of the spool cannot be read"),
            }
        }
        Ok(Some(statuses))
    }

    fn waiting(&self) -> PathBuf {
        self.folder.join("statuses.jsonl")
    }

    fn draining(&self) -> PathBuf {
        self.folder.join("statuses.draining.jsonl")
    }
}

#[derive(Debug, thiserror::Error)]
enum DrainError {
    #[error(transparent)]
    Storage(#[from] StorageError),
    #[error("cannot read the spool: {0}")]
    File(#[from] io::Error),
}

async fn store(database: &Database, status: SpooledStatus) -> Result<(), StorageError> {
    let SpooledStatus { row, agent, status, reason, user_id, asked_at, outcome, result } = status;
    let mut transaction = database.begin().await?;
    let audit_id = match audit::record_asked(&mut *transaction, &row, asked_at).await {
        // Stored before: the process ended between storing and removing the file.
        Err(StorageError::Conflict { .. }) => return Ok(()),
        other => other?,
    };
    audit::complete(&mut *transaction, audit_id, outcome, result.as_deref(), asked_at).await?;
    if outcome != Outcome::Refused {
        let note = NewStatusNote { agent, status, reason, user_id };
        agent_status_notes::create_status_note(&mut *transaction, &note, asked_at).await?;
    }
    transaction.commit().await.map_err(StorageError::of("store what the spool kept"))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that fails says so")]
    use super::*;
    use app::model::ids::NodeName;

    fn status(reason: BreakReason) -> SpooledStatus {
        SpooledStatus {
            row: NewAudit::by_command_line("agent.set-status", "fs-1/1007@default"),
            agent: AgentKey::new(&NodeName::new("fs-1"), "1007@default"),
            status: AgentStatus::OnBreak,
            reason: Some(reason),
            user_id: 3,
            asked_at: UnixMs(1_795_334_400_000),
            outcome: Outcome::Done,
            result: None,
        }
    }

    #[tokio::test]
    async fn lines_wait_in_order_until_they_are_stored() {
        let folder = tempfile::tempdir().unwrap();
        let spool = Spool::new(folder.path().join("spool"));
        assert!(spool.take().unwrap().is_none());
        spool.append(status(BreakReason::Meal)).await.unwrap();
        spool.append(status(BreakReason::Rest)).await.unwrap();
        for _ in 0..2 {
            // Taken and not stored, they are there the next time.
            let reasons: Vec<_> =
                spool.take().unwrap().unwrap().into_iter().map(|status| status.reason).collect();
            assert_eq!(reasons, [Some(BreakReason::Meal), Some(BreakReason::Rest)]);
        }
    }

    #[tokio::test]
    async fn half_a_line_costs_no_other() {
        let folder = tempfile::tempdir().unwrap();
        let spool = Spool::new(folder.path().to_owned());
        spool.append(status(BreakReason::Meal)).await.unwrap();
        let mut file = OpenOptions::new().append(true).open(spool.waiting()).unwrap();
        file.write_all(b"{\"row\":").unwrap();
        assert_eq!(spool.take().unwrap().unwrap().len(), 1);
    }
}
