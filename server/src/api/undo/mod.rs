//! Taking edits back: one mechanism for every kind of edit.
//!
//! An edit is undone by writing back what its audit row has as `before`, if what is there now is still what the row has as
//! `after`. That is an edit itself: checked, locked, one transaction with its own audit row, which names the one that it takes
//! back and can be undone in turn.
//!
//! A kind of edit becomes undoable by implementing [`Undoable`] in a file of its own and being listed in [`Undos::new`].

mod callback_rules;
mod center;
mod people;
mod queue_targets;
mod teams;
mod walls;

use std::sync::Arc;

use app::api::permit::{OwnAccount, Permit};
use app::api::{ApiError, Caller};
use app::model::audit::{Outcome, Undo};
use app::model::time::UnixMs;
use serde_json::Value;
use sqlx::MySqlConnection;

use crate::auth::Auth;
use crate::center::Center;
use crate::clock;
use crate::storage::audit::{self, NewAudit};
use crate::storage::audit_log::{self, AuditRecord};
use crate::storage::{Database, StorageError};
use crate::wallboard::hub::Hub;

/// What the audit keeps of a subject at one moment; `None` where it does not exist.
pub type State = Option<Value>;

/// What taking an edit back has left.
pub struct Left {
    /// The subject as it is now.
    pub state: State,
    /// Sessions of the user that ended by it.
    pub ended_sessions: Vec<u64>,
}

impl From<State> for Left {
    fn from(state: State) -> Self {
        Self { state, ended_sessions: Vec::new() }
    }
}

/// A kind of edit that can be taken back.
#[async_trait::async_trait]
pub trait Undoable: Send + Sync {
    /// The actions whose edits it takes back.
    fn actions(&self) -> &'static [&'static str];

    /// The action under which taking back `action` stands in the audit.
    fn action_of_undo(&self, action: &'static str) -> &'static str {
        action
    }

    /// Lets through who may make such an edit of the subject: they may take it back.
    ///
    /// # Errors
    /// What the edit itself would answer.
    fn admit(&self, caller: &Caller, subject: &str) -> Result<(), ApiError>;

    /// The subject as it is now, in the words of the audit, locked until the transaction ends.
    async fn present(&self, connection: &mut MySqlConnection, subject: &str) -> Result<State, ApiError>;

    /// Whether what is there is what the edit left.
    fn is_as_left(&self, left: &State, present: &State) -> bool {
        left == present
    }

    /// Writes a state back, in the transaction that looked at the present one.
    async fn write_back(
        &self,
        connection: &mut MySqlConnection,
        caller: &Caller,
        subject: &str,
        state: State,
        now: UnixMs,
    ) -> Result<Left, ApiError>;

    /// Tells those who hold a copy, once it is stored.
    async fn announce(&self, subject: &str, taken_back: &State, left: &Left);
}

/// Every kind; cheap to clone.
#[derive(Clone)]
pub struct Undos {
    database: Database,
    kinds: Arc<[Arc<dyn Undoable>]>,
}

impl Undos {
    /// The kinds that there are.
    pub fn new(database: &Database, auth: &Auth, hub: &Hub, center: &Center) -> Self {
        let kinds: [Arc<dyn Undoable>; 8] = [
            Arc::new(queue_targets::QueueTargetsEdit { hub: hub.clone() }),
            Arc::new(walls::WallCreation { auth: auth.clone() }),
            Arc::new(callback_rules::CallbackRuleEdit { hub: hub.clone() }),
            Arc::new(center::BreakReasonEdit { center: center.clone() }),
            Arc::new(center::OutcomeCodeEdit),
            Arc::new(center::OnDemandEdit),
            Arc::new(teams::TeamEdit { database: database.clone(), auth: auth.clone() }),
            Arc::new(people::PersonEdit { database: database.clone(), auth: auth.clone() }),
        ];
        Self { database: database.clone(), kinds: kinds.into() }
    }

    /// Whether a row can be taken back, by the caller and now.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn offer(&self, caller: &Caller, record: &AuditRecord) -> Result<Undo, ApiError> {
        let Some((kind, _)) = self.kind_of(record) else { return Ok(Undo::Never) };
        match kind.admit(caller, &record.subject) {
            Ok(()) => {}
            Err(ApiError::Forbidden | ApiError::NotFound) => return Ok(Undo::NotYours),
            Err(error) => return Err(error),
        }
        // Rolled back: it only looks.
        let mut transaction = self.database.begin().await?;
        let present = kind.present(&mut transaction, &record.subject).await?;
        let is_as_left = kind.is_as_left(&state_of(record.after_json.as_deref()), &present);
        Ok(if is_as_left { Undo::Possible } else { Undo::Moved })
    }

    /// Takes an edit back.
    ///
    /// # Errors
    /// `NotFound` where there is no such edit or none that can be undone, `Conflict` where its subject is not as it left it any
    /// more, and what the edit itself would answer.
    pub async fn undo(&self, permit: &Permit<OwnAccount>, id: u64) -> Result<(), ApiError> {
        let record = audit_log::find_audit(self.database.pool()?, id, None).await?;
        let (kind, action) = self.kind_of(&record).ok_or(ApiError::NotFound)?;
        kind.admit(permit.caller(), &record.subject)?;
        let (before, after) =
            (state_of(record.before_json.as_deref()), state_of(record.after_json.as_deref()));
        let now = clock::now();
        let mut transaction = self.database.begin().await?;
        let present = kind.present(&mut transaction, &record.subject).await?;
        if !kind.is_as_left(&after, &present) {
            return Err(ApiError::Conflict);
        }
        let left = kind.write_back(&mut transaction, permit.caller(), &record.subject, before, now).await?;
        let mut row = NewAudit::by(permit, kind.action_of_undo(action), &record.subject).undoing(id);
        if present.is_some() {
            row = row.before(&present);
        }
        if left.state.is_some() {
            row = row.after(&left.state);
        }
        audit::record_done(&mut *transaction, &row, now).await?;
        transaction.commit().await.map_err(StorageError::of("take an edit back"))?;
        kind.announce(&record.subject, &present, &left).await;
        Ok(())
    }

    /// The kind of a row that is a finished edit, with its action.
    fn kind_of(&self, record: &AuditRecord) -> Option<(&dyn Undoable, &'static str)> {
        if record.outcome != Outcome::Done {
            return None;
        }
        self.kinds.iter().find_map(|kind| {
            let action = kind.actions().iter().find(|action| **action == record.action)?;
            Some((&**kind, *action))
        })
    }
}

fn state_of(json: Option<&str>) -> State {
    json.and_then(|json| serde_json::from_str::<Value>(json).ok()).filter(|value| !value.is_null())
}

/// A state as the value that it was written from.
///
/// # Errors
/// `Conflict` where there is none, or this version of the program does not know its shape any more.
fn value_of<T: serde::de::DeserializeOwned>(state: &State) -> Result<T, ApiError> {
    let value = state.clone().ok_or(ApiError::Conflict)?;
    serde_json::from_value(value).map_err(|_| ApiError::Conflict)
}

/// A value as a state.
///
/// # Errors
/// `Internal` for a value that cannot be written, which is a mistake of the program.
fn state_from<T: serde::Serialize>(value: &T) -> Result<State, ApiError> {
    serde_json::to_value(value).map(Some).map_err(|error| super::error::internal(&error))
}

/// The queue that a subject names.
///
/// # Errors
/// `NotFound` for a subject that names none.
fn queue_of(subject: &str) -> Result<app::model::ids::QueueKey, ApiError> {
    let (node, name) = subject.split_once('/').ok_or(ApiError::NotFound)?;
    Ok(app::model::ids::QueueKey::new(&app::model::ids::NodeName::new(node), name))
}
