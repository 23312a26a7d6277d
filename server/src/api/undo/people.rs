//! What was edited of a user: name, role, permissions, teams, telephones.

use app::api::permit::{ManagePeople, Permit};
use app::api::{ApiError, Caller};
use app::model::people::PersonForm;
use app::model::time::UnixMs;
use sqlx::MySqlConnection;

use super::{Left, State, Undoable, state_from, value_of};
use crate::api::people::{end, lock_person, store_person, tell_change};
use crate::auth::Auth;
use crate::storage::{Database, users};

/// Edits of users.
pub(super) struct PersonEdit {
    pub(super) database: Database,
    pub(super) auth: Auth,
}

#[async_trait::async_trait]
impl Undoable for PersonEdit {
    fn actions(&self) -> &'static [&'static str] {
        &["user.update"]
    }

    fn admit(&self, caller: &Caller, _subject: &str) -> Result<(), ApiError> {
        Permit::<ManagePeople>::ask(caller.clone()).map(drop)
    }

    async fn present(&self, connection: &mut MySqlConnection, name: &str) -> Result<State, ApiError> {
        let id = users::find_user_id(&mut *connection, name).await?;
        state_from(&lock_person(connection, id).await?.form)
    }

    async fn write_back(
        &self,
        connection: &mut MySqlConnection,
        caller: &Caller,
        name: &str,
        state: State,
        now: UnixMs,
    ) -> Result<Left, ApiError> {
        let permit = Permit::<ManagePeople>::ask(caller.clone())?;
        let id = users::find_user_id(&mut *connection, name).await?;
        let form: PersonForm = value_of(&state)?;
        let ended_sessions = store_person(&mut *connection, &permit, id, &form, now).await?.ended_sessions;
        // Teams that are gone do not come back with it.
        Ok(Left { state: state_from(&lock_person(connection, id).await?.form)?, ended_sessions })
    }

    async fn announce(&self, name: &str, _taken_back: &State, left: &Left) {
        let id = async { users::find_user_id(self.database.pool()?, name).await };
        match id.await {
            Ok(id) => {
                end(&self.auth, id, left.ended_sessions.clone());
                tell_change(&self.auth, &self.database, [id]).await;
            }
            Err(error) => {
                tracing::error!(%error, user.name = name, "an open board may show what it showed before");
            }
        }
    }
}
