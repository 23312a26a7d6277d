//! Teams.

use std::collections::BTreeSet;

use app::api::ApiError;
use app::api::permit::{ManagePeople, Permit};
use app::api::teams::TeamsApi;
use app::model::account::Role;
use app::model::people::{SupervisorName, TeamForm, TeamsView};
use app::model::problem::ProblemKind;
use app::model::time::UnixMs;
use sqlx::MySqlConnection;

use super::people::{field, tell_change};
use crate::auth::Auth;
use crate::clock;
use crate::storage::audit::{self, NewAudit};
use crate::storage::{Database, StorageError, teams, users};

/// Implements [`TeamsApi`].
pub struct Teams {
    pub(super) database: Database,
    pub(super) auth: Auth,
}

#[async_trait::async_trait]
impl TeamsApi for Teams {
    async fn list_teams(&self, _permit: Permit<ManagePeople>) -> Result<TeamsView, ApiError> {
        let mut connection = self.database.begin().await?;
        let teams = teams::list_teams(&mut connection).await?;
        let supervisors = users::list_users(&mut *connection)
            .await?
            .into_iter()
            .filter(|row| row.user.role == Role::Supervisor && row.deactivated_at.is_none())
            .map(|row| SupervisorName { id: row.user.id, display_name: row.user.display_name })
            .collect();
        Ok(TeamsView { teams, supervisors })
    }

    async fn save_team(
        &self,
        permit: Permit<ManagePeople>,
        id: Option<u64>,
        form: TeamForm,
    ) -> Result<(), ApiError> {
        let form = form.tidied();
        let problems = form.problems();
        if !problems.is_empty() {
            return Err(ApiError::Invalid(problems));
        }
        let now = clock::now();
        let mut transaction = self.database.begin().await?;
        let before = match id {
            Some(id) => Some(teams::lock_team(&mut transaction, id).await?.form),
            None => None,
        };
        let id = store_team(&mut transaction, id, &form, now).await?;
        let form = teams::lock_team(&mut transaction, id).await?.form;
        let action = if before.is_some() { "team.update" } else { "team.create" };
        let row = NewAudit::by(&permit, action, subject(id)).before(&before).after(&form);
        audit::record_done(&mut *transaction, &row, now).await?;
        transaction.commit().await.map_err(StorageError::of("store the team"))?;
        let concerned: BTreeSet<u64> =
            before.into_iter().flat_map(|before| before.supervisors).chain(form.supervisors).collect();
        tell_change(&self.auth, &self.database, concerned).await;
        Ok(())
    }

    async fn delete_team(&self, permit: Permit<ManagePeople>, id: u64) -> Result<(), ApiError> {
        let mut transaction = self.database.begin().await?;
        let before = teams::lock_team(&mut transaction, id).await?.form;
        teams::delete_team(&mut *transaction, id).await?;
        let row = NewAudit::by(&permit, "team.delete", subject(id)).before(&before);
        audit::record_done(&mut *transaction, &row, clock::now()).await?;
        transaction.commit().await.map_err(StorageError::of("delete the team"))?;
        tell_change(&self.auth, &self.database, before.supervisors).await;
        Ok(())
    }
}

/// Stores a team with its supervisors and returns its key: the one it is to have, or a new one.
pub(super) async fn store_team(
    connection: &mut MySqlConnection,
    id: Option<u64>,
    form: &TeamForm,
    now: UnixMs,
) -> Result<u64, ApiError> {
    let id = match teams::save_team(&mut *connection, id, form, now).await {
        Err(StorageError::Conflict { .. }) => return Err(field("name", ProblemKind::Taken)),
        stored => stored?,
    };
    teams::replace_supervisors(connection, id, &form.supervisors).await?;
    Ok(id)
}

/// What the audit calls a team: its name may change.
fn subject(id: u64) -> String {
    format!("team {id}")
}

/// The team that a subject of the audit names.
///
/// # Errors
/// `NotFound` for a subject that names none.
pub(super) fn id_of(subject: &str) -> Result<u64, ApiError> {
    subject.strip_prefix("team ").and_then(|id| id.parse().ok()).ok_or(ApiError::NotFound)
}
