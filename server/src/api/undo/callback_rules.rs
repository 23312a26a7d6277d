//! How callbacks of a queue are made and tried.

use app::api::permit::{ManageCallbacks, Permit};
use app::api::{ApiError, Caller};
use app::model::time::UnixMs;
use sqlx::MySqlConnection;

use super::{Left, State, Undoable, queue_of, state_from, value_of};
use crate::api::callbacks::rules::store_rule;
use crate::storage::callback_rules;
use crate::wallboard::hub::Hub;

/// Edits of rules.
pub(super) struct CallbackRuleEdit {
    pub(super) hub: Hub,
}

#[async_trait::async_trait]
impl Undoable for CallbackRuleEdit {
    fn actions(&self) -> &'static [&'static str] {
        &["callback.set-rule"]
    }

    fn admit(&self, caller: &Caller, subject: &str) -> Result<(), ApiError> {
        Permit::<ManageCallbacks>::ask(caller.clone())?.touch_queue(&queue_of(subject)?)
    }

    async fn present(&self, connection: &mut MySqlConnection, subject: &str) -> Result<State, ApiError> {
        state_from(&callback_rules::lock_rule(connection, &queue_of(subject)?).await?)
    }

    async fn write_back(
        &self,
        connection: &mut MySqlConnection,
        _caller: &Caller,
        subject: &str,
        state: State,
        _now: UnixMs,
    ) -> Result<Left, ApiError> {
        store_rule(connection, &self.hub, &queue_of(subject)?, &value_of(&state)?).await?;
        Ok(state.into())
    }

    /// Whoever needs a rule reads it.
    async fn announce(&self, _subject: &str, _taken_back: &State, _left: &Left) {}
}
