//! What was done on a switch while the database was away: to take a break, to log out or to hang up is not refused because
//! the audit cannot be written at the moment. Each line carries a key of its own, so one that was written twice is stored
//! once.

use std::io;
use std::time::Duration;

use app::model::time::UnixMs;
use serde::{Deserialize, Serialize};
use tokio_util::sync::CancellationToken;

use super::Spool;
use crate::storage::agent_status_notes::{self, NewStatusNote};
use crate::storage::audit::{self, NewAudit, Outcome};
use crate::storage::{Database, StorageError};

/// How soon after the database is back the lines go into it.
const DRAIN_EVERY: Duration = Duration::from_secs(2);

/// Something that was asked of the switch while the database was away, and what became of it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct SpooledAction {
    /// The audit row. Its idempotency key is set, by the button or by the spool.
    pub row: NewAudit,
    /// The status that was chosen, where it was that.
    pub chosen: Option<NewStatusNote>,
    /// When.
    pub asked_at: UnixMs,
    /// What became of it.
    pub outcome: Outcome,
    /// The words of a refusal.
    pub result: Option<String>,
}

impl Spool<SpooledAction> {
    /// Runs until the shutdown: puts what is kept into the database whenever it is there.
    pub async fn drain(self, database: Database, shutdown: CancellationToken) {
        let work = async {
            loop {
                database.wait_until_there().await;
                if let Err(error) = self.drain_once(&database).await {
                    tracing::warn!(%error, "actions wait in the spool");
                }
                tokio::time::sleep(DRAIN_EVERY).await;
            }
        };
        shutdown.run_until_cancelled(work).await;
    }

    async fn drain_once(&self, database: &Database) -> Result<(), DrainError> {
        while let Some(kept) = self.oldest().await? {
            for action in kept.lines.iter().cloned() {
                store(database, action).await?;
            }
            let count = kept.lines.len();
            self.remove(kept).await?;
            tracing::info!(count, "what was done while the database was away is on record");
        }
        Ok(())
    }
}

#[derive(Debug, thiserror::Error)]
enum DrainError {
    #[error(transparent)]
    Storage(#[from] StorageError),
    #[error("cannot read the spool: {0}")]
    File(#[from] io::Error),
}

async fn store(database: &Database, action: SpooledAction) -> Result<(), StorageError> {
    let SpooledAction { row, chosen, asked_at, outcome, result } = action;
    let mut transaction = database.begin().await?;
    let audit_id = match audit::record_asked(&mut *transaction, &row, asked_at).await {
        // Stored before: the process ended between storing and removing the file.
        Err(StorageError::Conflict { .. }) => return Ok(()),
        other => other?,
    };
    audit::complete(&mut *transaction, audit_id, outcome, result.as_deref(), asked_at).await?;
    if let Some(note) = chosen.filter(|_| outcome != Outcome::Refused) {
        agent_status_notes::create_status_note(&mut *transaction, &note, asked_at).await?;
    }
    transaction.commit().await.map_err(StorageError::of("store what the spool kept"))
}
