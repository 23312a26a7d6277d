//! Teams.

use std::collections::BTreeSet;

use app::api::ApiError;
use app::api::permit::{ManagePeople, Permit};
use app::api::teams::TeamsApi;
use app::model::account::Role;
use app::model::people::{SupervisorName, TeamForm, TeamsView};
use app::model::problem::ProblemKind;

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
        let stored = match id {
            Some(id) => teams::update_team(&mut *transaction, id, &form).await.map(|()| id),
            None => teams::create_team(&mut *transaction, &form, now).await,
        };
        let id = match stored {
            Err(StorageError::Conflict { .. }) => return Err(field("name", ProblemKind::Taken)),
            stored => stored?,
        };
        teams::replace_supervisors(&mut transaction, id, &form.supervisors).await?;
        let action = if before.is_some() { "team.update" } else { "team.create" };
        let row = NewAudit::by(&permit, action, format!("team {id}")).before(&before).after(&form);
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
        let row = NewAudit::by(&permit, "team.delete", format!("team {id}")).before(&before);
        audit::record_done(&mut *transaction, &row, clock::now()).await?;
        transaction.commit().await.map_err(StorageError::of("delete the team"))?;
        tell_change(&self.auth, &self.database, before.supervisors).await;
        Ok(())
    }
}
