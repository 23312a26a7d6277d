//! Edits of callbacks: each is one transaction with its audit row, over the locked callback.

use app::api::ApiError;
use app::api::permit::{Capability, ManageCallbacks, Permit, ReopenCallbacks, WorkAtDesk};
use app::model::callback::{CallbackOutcome, CallbackRow, CallbackState};
use app::model::ids::AgentKey;
use app::model::problem::{FieldProblem, ProblemKind};
use app::model::time::UnixMs;
use serde::Serialize;

use super::{Callbacks, split_key};
use crate::clock;
use crate::storage::audit::{self, NewAudit};
use crate::storage::{StorageError, callback_attempts, callback_rules, callbacks};

/// The longest note.
const LONGEST_NOTE: u32 = 1000;

/// What the audit keeps of a callback.
#[derive(Serialize)]
pub(super) struct Kept {
    phone: String,
    queue: String,
    agent: Option<AgentKey>,
    state: CallbackState,
    attempts: u32,
    due_at: UnixMs,
    note: String,
    outcome: Option<CallbackOutcome>,
}

impl Kept {
    pub(super) fn of(row: &CallbackRow) -> Self {
        Self {
            phone: row.phone.clone(),
            queue: row.queue.to_string(),
            agent: row.agent.clone(),
            state: row.state,
            attempts: row.tried,
            due_at: row.due_at,
            note: row.note.clone(),
            outcome: None,
        }
    }
}

impl Callbacks {
    pub(super) async fn assign(
        &self,
        permit: &Permit<ManageCallbacks>,
        id: u64,
        agent: &str,
    ) -> Result<(), ApiError> {
        let agent = match agent {
            "" => None,
            key => Some(self.assignable(permit, key)?),
        };
        self.edit(permit, "callback.assign", id, |row| {
            permit.touch_queue(&row.queue)?;
            is_open(row)?;
            row.agent = agent;
            Ok(())
        })
        .await
    }

    /// The agent of a choice, if the user may see one.
    fn assignable(&self, permit: &Permit<ManageCallbacks>, key: &str) -> Result<AgentKey, ApiError> {
        let unknown =
            || ApiError::Invalid(vec![FieldProblem { field: "agent".into(), kind: ProblemKind::Unknown }]);
        let (node, name) = split_key(key).ok_or_else(unknown)?;
        let key = AgentKey::new(&node, name);
        permit.touch_agent(&self.hub.agent(&key).ok_or_else(unknown)?)?;
        Ok(key)
    }

    pub(super) async fn take(&self, permit: &Permit<WorkAtDesk>, id: u64) -> Result<(), ApiError> {
        let own = self.own_agent(permit)?;
        self.edit(permit, "callback.take", id, |row| {
            // Who was slower may see that somebody has it: it was on the own list.
            let was_seen = own
                .row
                .as_ref()
                .is_some_and(|agent| agent.tiers.iter().any(|tier| tier.queue.name == row.queue.name));
            match &row.agent {
                _ if !was_seen && !own.has(row) => Err(ApiError::NotFound),
                Some(other) if *other != own.key => Err(ApiError::Conflict),
                _ => {
                    is_open(row)?;
                    row.agent = Some(own.key.clone());
                    Ok(())
                }
            }
        })
        .await
    }

    pub(super) async fn settle<C: Capability>(
        &self,
        permit: &Permit<C>,
        id: u64,
        outcome: &str,
        note: &str,
        admit: impl Fn(&CallbackRow) -> Result<(), ApiError> + Send,
    ) -> Result<(), ApiError> {
        let problem = |field: &str, kind| ApiError::Invalid(vec![FieldProblem { field: field.into(), kind }]);
        let outcome =
            CallbackOutcome::from_code(outcome).ok_or_else(|| problem("outcome", ProblemKind::Unknown))?;
        // Lines of a note are lines; other control characters are nothing that anybody typed.
        let note: String =
            note.trim().chars().filter(|letter| *letter == '\n' || !letter.is_control()).collect();
        if note.chars().count() > LONGEST_NOTE as usize {
            return Err(problem("note", ProblemKind::TooLong(LONGEST_NOTE)));
        }
        let now = clock::now();
        let mut transaction = self.database.begin().await?;
        let mut row = callbacks::lock_callback(&mut *transaction, id).await?;
        admit(&row)?;
        is_open(&row)?;
        let before = Kept::of(&row);
        let rule = callback_rules::find_rule(&mut *transaction, &row.queue).await?;
        let attempts = callback_attempts::list_attempts(&mut *transaction, &[id]).await?;
        let is_called = attempts.last().is_some_and(|(_, attempt)| attempt.outcome.is_none());
        if !is_called {
            // Called by hand.
            row.tried += 1;
        }
        callback_attempts::settle_attempt(&mut *transaction, id, outcome).await?;
        row.state = CallbackState::after(outcome, row.tried, rule.most_attempts);
        if row.state == CallbackState::Open {
            row.due_at = rule.next_attempt(now);
        } else {
            row.closed_at = Some(now);
        }
        row.note = note;
        callbacks::update_callback(&mut *transaction, &row).await?;
        let after = Kept { outcome: Some(outcome), ..Kept::of(&row) };
        let audit = NewAudit::by(permit, "callback.outcome", subject(id)).before(&before).after(&after);
        audit::record_done(&mut *transaction, &audit, now).await?;
        Ok(transaction.commit().await.map_err(StorageError::of("store what came of a callback"))?)
    }

    pub(super) async fn reopen(&self, permit: &Permit<ReopenCallbacks>, id: u64) -> Result<(), ApiError> {
        self.edit(permit, "callback.reopen", id, |row| {
            permit.touch_queue(&row.queue)?;
            if row.state == CallbackState::Open {
                return Err(ApiError::Conflict);
            }
            (row.state, row.closed_at, row.tried) = (CallbackState::Open, None, 0);
            row.due_at = clock::now();
            Ok(())
        })
        .await
    }

    /// Changes a callback that `change` lets through.
    async fn edit<C: Capability>(
        &self,
        permit: &Permit<C>,
        action: &'static str,
        id: u64,
        change: impl FnOnce(&mut CallbackRow) -> Result<(), ApiError> + Send,
    ) -> Result<(), ApiError> {
        let now = clock::now();
        let mut transaction = self.database.begin().await?;
        let mut row = callbacks::lock_callback(&mut *transaction, id).await?;
        let before = Kept::of(&row);
        change(&mut row)?;
        callbacks::update_callback(&mut *transaction, &row).await?;
        let audit = NewAudit::by(permit, action, subject(id)).before(&before).after(&Kept::of(&row));
        audit::record_done(&mut *transaction, &audit, now).await?;
        Ok(transaction.commit().await.map_err(StorageError::of("store a callback"))?)
    }
}

/// A callback in the audit.
pub(super) fn subject(id: u64) -> String {
    format!("callback/{id}")
}

/// Lets through what is done to an open callback.
pub(super) fn is_open(row: &CallbackRow) -> Result<(), ApiError> {
    if row.state == CallbackState::Open { Ok(()) } else { Err(ApiError::Conflict) }
}
