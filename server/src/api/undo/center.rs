//! What the center is made of. A code is never deleted, since its name stays for what is on record: taking back that one was made
//! retires it.

use app::api::permit::{ManageCenter, Permit};
use app::api::{ApiError, Caller};
use app::model::center::{BreakReason, OutcomeCode};
use app::model::time::UnixMs;
use sqlx::MySqlConnection;

use super::{Left, State, Undoable, state_from, value_of};
use crate::center::{self, Center};
use crate::storage::settings::{self, Owner};
use crate::storage::{StorageError, break_reasons, outcome_codes};

/// Edits of break reasons.
pub(super) struct BreakReasonEdit {
    pub(super) center: Center,
}

#[async_trait::async_trait]
impl Undoable for BreakReasonEdit {
    fn actions(&self) -> &'static [&'static str] {
        &["center.save-break-reason"]
    }

    fn admit(&self, caller: &Caller, _subject: &str) -> Result<(), ApiError> {
        admit(caller)
    }

    async fn present(&self, connection: &mut MySqlConnection, code: &str) -> Result<State, ApiError> {
        state_of_code(break_reasons::lock_break_reason(connection, code).await)
    }

    async fn write_back(
        &self,
        connection: &mut MySqlConnection,
        _caller: &Caller,
        code: &str,
        state: State,
        _now: UnixMs,
    ) -> Result<Left, ApiError> {
        let reason: BreakReason = match state {
            Some(_) => value_of(&state)?,
            None => {
                let made = break_reasons::lock_break_reason(&mut *connection, code).await?;
                BreakReason { is_retired: true, ..made }
            }
        };
        break_reasons::update_break_reason(connection, &reason).await?;
        Ok(state_from(&reason)?.into())
    }

    async fn announce(&self, code: &str, _taken_back: &State, _left: &Left) {
        if let Err(error) = self.center.tell().await {
            tracing::error!(%error, code, "boards show the break reason as it was before the undoing");
        }
    }
}

/// Edits of outcome codes.
pub(super) struct OutcomeCodeEdit;

#[async_trait::async_trait]
impl Undoable for OutcomeCodeEdit {
    fn actions(&self) -> &'static [&'static str] {
        &["center.save-outcome-code"]
    }

    fn admit(&self, caller: &Caller, _subject: &str) -> Result<(), ApiError> {
        admit(caller)
    }

    async fn present(&self, connection: &mut MySqlConnection, code: &str) -> Result<State, ApiError> {
        state_of_code(outcome_codes::lock_outcome_code(connection, code).await)
    }

    async fn write_back(
        &self,
        connection: &mut MySqlConnection,
        _caller: &Caller,
        code: &str,
        state: State,
        _now: UnixMs,
    ) -> Result<Left, ApiError> {
        let outcome: OutcomeCode = match state {
            Some(_) => value_of(&state)?,
            None => {
                let made = outcome_codes::lock_outcome_code(&mut *connection, code).await?;
                OutcomeCode { is_retired: true, ..made }
            }
        };
        outcome_codes::update_outcome_code(connection, &outcome).await?;
        Ok(state_from(&outcome)?.into())
    }

    /// Desks ask for the codes with each call.
    async fn announce(&self, _code: &str, _taken_back: &State, _left: &Left) {}
}

/// Whether desks offer to take one call at a time.
pub(super) struct OnDemandEdit;

#[async_trait::async_trait]
impl Undoable for OnDemandEdit {
    fn actions(&self) -> &'static [&'static str] {
        &["center.offer-on-demand"]
    }

    fn admit(&self, caller: &Caller, _subject: &str) -> Result<(), ApiError> {
        admit(caller)
    }

    async fn present(&self, connection: &mut MySqlConnection, _subject: &str) -> Result<State, ApiError> {
        let is_offered: Option<bool> =
            settings::lock_setting(connection, Owner::Center, center::ON_DEMAND).await?;
        Ok(is_offered.map(serde_json::Value::Bool))
    }

    async fn write_back(
        &self,
        connection: &mut MySqlConnection,
        _caller: &Caller,
        _subject: &str,
        state: State,
        _now: UnixMs,
    ) -> Result<Left, ApiError> {
        // Never set is not offered.
        let is_offered = if state.is_some() { value_of(&state)? } else { false };
        settings::save_setting(connection, Owner::Center, center::ON_DEMAND, &is_offered).await?;
        Ok(state_from(&is_offered)?.into())
    }

    /// Desks ask for it with each page.
    async fn announce(&self, _subject: &str, _taken_back: &State, _left: &Left) {}
}

fn admit(caller: &Caller) -> Result<(), ApiError> {
    Permit::<ManageCenter>::ask(caller.clone()).map(drop)
}

/// A code that the audit names and the database does not have is none.
fn state_of_code<T: serde::Serialize>(read: Result<T, StorageError>) -> Result<State, ApiError> {
    match read {
        Ok(code) => state_from(&code),
        Err(StorageError::NotFound) => Ok(None),
        Err(error) => Err(error.into()),
    }
}
