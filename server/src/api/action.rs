//! Actions on a switch, each on record before it is sent.
//!
//! An action writes its audit row as `asked`, is carried out, and completes the row as `done`, `refused` or `unknown`. One
//! press of a button acts once: a press that comes again is told what became of it. Two people who act on the same thing at
//! the same moment act one after the other, so that the second sees what the first has done.

use std::collections::HashMap;
use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};

use app::api::{ApiError, RefusedBy};
use tokio::sync::OwnedMutexGuard;

use crate::clock;
use crate::spool::{Spool, SpooledAction};
use crate::storage::audit::{self, NewAudit, Outcome};
use crate::storage::{Database, StorageError};
use crate::switch::SwitchError;

/// What the audit keeps of how an action failed.
pub trait Failure {
    /// Whether it was refused or is unknown, and the words for it.
    fn verdict(&self) -> (Outcome, Option<String>);
}

impl Failure for SwitchError {
    fn verdict(&self) -> (Outcome, Option<String>) {
        match self {
            Self::Unknown => (Outcome::Unknown, None),
            error => (Outcome::Refused, Some(error.to_string())),
        }
    }
}

impl Failure for ApiError {
    fn verdict(&self) -> (Outcome, Option<String>) {
        match self {
            Self::Unknown => (Outcome::Unknown, None),
            Self::Refused { reason, .. } => (Outcome::Refused, Some(reason.clone())),
            error => (Outcome::Refused, Some(error.to_string())),
        }
    }
}

/// Runs actions; cheap to clone. All clones share who is acting on what.
#[derive(Clone)]
pub struct Actions {
    database: Database,
    turns: Arc<Mutex<HashMap<String, Arc<tokio::sync::Mutex<()>>>>>,
}

impl Actions {
    /// Actions on record in that database.
    pub fn new(database: Database) -> Self {
        Self { database, turns: Arc::default() }
    }

    /// Carries out an action once it is on record. `act` runs while nobody else acts on the same subject: what it must
    /// find true of the board or the switch, it looks at inside.
    ///
    /// # Errors
    /// Those of `act`; `DatabaseUnavailable` where it cannot be put on record, and then nothing was sent; for a press that came
    /// before, what became of it, and `Conflict` while that is not known yet.
    pub async fn run<E>(
        &self,
        row: NewAudit,
        act: impl Future<Output = Result<(), E>>,
    ) -> Result<(), ApiError>
    where
        E: Failure + Into<ApiError>,
    {
        let _turn = self.turn(row.subject()).await;
        let id = match audit::record_asked(self.database.pool()?, &row, clock::now()).await {
            Ok(id) => id,
            Err(StorageError::Conflict { .. }) => return self.earlier(&row).await,
            Err(error) => return Err(error.into()),
        };
        self.carry_out(id, act).await
    }

    async fn carry_out<E>(&self, id: u64, act: impl Future<Output = Result<(), E>>) -> Result<(), ApiError>
    where
        E: Failure + Into<ApiError>,
    {
        let outcome = act.await;
        let (code, words) = match &outcome {
            Ok(()) => (Outcome::Done, None),
            Err(failure) => failure.verdict(),
        };
        if let Err(error) = self.complete(id, code, words.as_deref()).await {
            // The switch has done it, or not, already.
            tracing::error!(%error, outcome = code.code(), "cannot write down what became of an action");
        }
        outcome.map_err(Into::into)
    }

    /// Carries out what is not refused for want of a record: while the database is away the spool keeps what became of it.
    ///
    /// # Errors
    /// As [`Actions::run`], but for an action that cannot be put on record.
    pub async fn run_even_unrecorded<E>(
        &self,
        row: NewAudit,
        spool: &Spool<SpooledAction>,
        act: impl Future<Output = Result<(), E>>,
    ) -> Result<(), ApiError>
    where
        E: Failure + Into<ApiError>,
    {
        let _turn = self.turn(row.subject()).await;
        let asked_at = clock::now();
        let recorded = match self.database.pool() {
            Ok(pool) => audit::record_asked(pool, &row, asked_at).await,
            Err(error) => Err(error),
        };
        match recorded {
            Ok(id) => return self.carry_out(id, act).await,
            Err(StorageError::Conflict { .. }) => return self.earlier(&row).await,
            Err(error) if error.is_unavailable() => self.database.note_away(),
            Err(error) => return Err(error.into()),
        }
        let outcome = act.await;
        let (code, result) = match &outcome {
            Ok(()) => (Outcome::Done, None),
            Err(failure) => failure.verdict(),
        };
        let spooled = SpooledAction { row: row.keyed(), chosen: None, asked_at, outcome: code, result };
        if let Err(error) = spool.append(vec![spooled]).await {
            tracing::error!(%error, outcome = code.code(), "cannot write down what became of an action");
        }
        outcome.map_err(Into::into)
    }

    async fn complete(&self, id: u64, code: Outcome, words: Option<&str>) -> Result<(), StorageError> {
        audit::complete(self.database.pool()?, id, code, words, clock::now()).await
    }

    /// What became of the same press before.
    async fn earlier(&self, row: &NewAudit) -> Result<(), ApiError> {
        let Some((user_id, key)) = row.press() else { return Err(ApiError::Conflict) };
        match audit::find_earlier(self.database.pool()?, user_id, key).await? {
            None => Err(ApiError::Conflict),
            Some(earlier) => match earlier.outcome {
                Outcome::Done => Ok(()),
                Outcome::Asked => Err(ApiError::Conflict),
                Outcome::Unknown => Err(ApiError::Unknown),
                Outcome::Refused => Err(ApiError::Refused {
                    by: RefusedBy::Switch,
                    reason: earlier.result.unwrap_or_default(),
                }),
            },
        }
    }

    /// Waits until nobody acts on the subject.
    async fn turn(&self, subject: &str) -> OwnedMutexGuard<()> {
        let turn = {
            let mut turns = self.turns.lock().unwrap_or_else(PoisonError::into_inner);
            // Those that nobody holds or waits for are of no use.
            turns.retain(|_, turn| Arc::strong_count(turn) > 1);
            Arc::clone(turns.entry(subject.to_owned()).or_default())
        };
        turn.lock_owned().await
    }
}
