//! Teams: made, changed, deleted. A team that comes back has the key that it had, so that the audit goes on naming it.

use std::collections::BTreeSet;

use app::api::permit::{ManagePeople, Permit};
use app::api::{ApiError, Caller};
use app::model::people::TeamForm;
use app::model::time::UnixMs;
use sqlx::MySqlConnection;

use super::{Left, State, Undoable, state_from, value_of};
use crate::api::people::tell_change;
use crate::api::teams::{id_of, store_team};
use crate::auth::Auth;
use crate::storage::{Database, StorageError, teams};

/// Edits of teams.
pub(super) struct TeamEdit {
    pub(super) database: Database,
    pub(super) auth: Auth,
}

#[async_trait::async_trait]
impl Undoable for TeamEdit {
    fn actions(&self) -> &'static [&'static str] {
        &["team.create", "team.update", "team.delete"]
    }

    fn action_of_undo(&self, action: &'static str) -> &'static str {
        match action {
            "team.create" => "team.delete",
            "team.delete" => "team.create",
            edit => edit,
        }
    }

    fn admit(&self, caller: &Caller, _subject: &str) -> Result<(), ApiError> {
        Permit::<ManagePeople>::ask(caller.clone()).map(drop)
    }

    async fn present(&self, connection: &mut MySqlConnection, subject: &str) -> Result<State, ApiError> {
        match teams::lock_team(connection, id_of(subject)?).await {
            Ok(team) => state_from(&team.form),
            Err(StorageError::NotFound) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    async fn write_back(
        &self,
        connection: &mut MySqlConnection,
        _caller: &Caller,
        subject: &str,
        state: State,
        now: UnixMs,
    ) -> Result<Left, ApiError> {
        let id = id_of(subject)?;
        if state.is_none() {
            teams::delete_team(connection, id).await?;
            return Ok(state.into());
        }
        let form: TeamForm = value_of(&state)?;
        store_team(&mut *connection, Some(id), &form, now).await?;
        // Who supervises no more, or was deactivated, is not among its supervisors again.
        Ok(state_from(&teams::lock_team(connection, id).await?.form)?.into())
    }

    async fn announce(&self, _subject: &str, taken_back: &State, left: &Left) {
        let supervisors =
            |state: &State| value_of(state).map_or_else(|_| Vec::new(), |form: TeamForm| form.supervisors);
        let concerned: BTreeSet<u64> =
            supervisors(taken_back).into_iter().chain(supervisors(&left.state)).collect();
        tell_change(&self.auth, &self.database, concerned).await;
    }
}
