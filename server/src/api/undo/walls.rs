//! Making a wall link. Taking it back revokes the link, and that is final: an address that was revoked stays dead.

use app::api::permit::{ManageWalls, Permit};
use app::api::{ApiError, Caller};
use app::model::time::UnixMs;
use app::model::wall::WallLink;
use sqlx::MySqlConnection;

use super::{Left, State, Undoable, state_from, value_of};
use crate::auth::{Admission, Auth};
use crate::storage::walls;

/// The making of wall links.
pub(super) struct WallCreation {
    pub(super) auth: Auth,
}

#[async_trait::async_trait]
impl Undoable for WallCreation {
    fn actions(&self) -> &'static [&'static str] {
        &["wall.create"]
    }

    fn action_of_undo(&self, _action: &'static str) -> &'static str {
        "wall.revoke"
    }

    fn admit(&self, caller: &Caller, _subject: &str) -> Result<(), ApiError> {
        Permit::<ManageWalls>::ask(caller.clone()).map(drop)
    }

    async fn present(&self, connection: &mut MySqlConnection, subject: &str) -> Result<State, ApiError> {
        match walls::find_wall(connection, id_of(subject)?).await? {
            Some(link) => state_from(&link),
            None => Ok(None),
        }
    }

    /// A link that screens have opened is the same link.
    fn is_as_left(&self, left: &State, present: &State) -> bool {
        let id = |state: &State| value_of::<WallLink>(state).ok().map(|link| link.id);
        present.is_some() && id(left) == id(present)
    }

    async fn write_back(
        &self,
        connection: &mut MySqlConnection,
        _caller: &Caller,
        subject: &str,
        state: State,
        now: UnixMs,
    ) -> Result<Left, ApiError> {
        walls::revoke_wall(connection, id_of(subject)?, now).await?;
        Ok(state.into())
    }

    async fn announce(&self, subject: &str, _taken_back: &State, _left: &Left) {
        if let Ok(id) = id_of(subject) {
            self.auth.walls.forget(id);
            self.auth.revocations.announce(Admission::Wall(id));
        }
    }
}

fn id_of(subject: &str) -> Result<u64, ApiError> {
    subject.parse().map_err(|_| ApiError::NotFound)
}
