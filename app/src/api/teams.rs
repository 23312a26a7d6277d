//! Teams: which queues and agents a supervisor sees and touches.

use leptos::prelude::*;

use super::ApiError;
#[cfg(feature = "ssr")]
use super::{
    apis, permit,
    permit::{ManagePeople, Permit},
    respond,
};
use crate::model::people::{TeamForm, TeamsView};

/// What the server does for teams. A change shows at once on the open boards of those whom it concerns.
#[cfg(feature = "ssr")]
#[async_trait::async_trait]
pub trait TeamsApi: Send + Sync {
    /// Every team, and who can supervise one.
    async fn list_teams(&self, permit: Permit<ManagePeople>) -> Result<TeamsView, ApiError>;
    /// Makes a team (`id` is none) or changes one.
    async fn save_team(
        &self,
        permit: Permit<ManagePeople>,
        id: Option<u64>,
        form: TeamForm,
    ) -> Result<(), ApiError>;
    /// Deletes a team. A supervisor of no other team sees everything from then on.
    async fn delete_team(&self, permit: Permit<ManagePeople>, id: u64) -> Result<(), ApiError>;
}

/// Every team, and who can supervise one.
#[server(endpoint = "teams/list")]
pub async fn list_teams() -> Result<TeamsView, ApiError> {
    respond(async { apis()?.teams.list_teams(permit()?).await }).await
}

/// Makes or changes a team.
#[server(endpoint = "teams/save", input = leptos::server_fn::codec::Json)]
pub async fn save_team(id: Option<u64>, form: TeamForm) -> Result<(), ApiError> {
    respond(async { apis()?.teams.save_team(permit()?, id, form).await }).await
}

/// Deletes a team.
#[server(endpoint = "teams/delete")]
pub async fn delete_team(id: u64) -> Result<(), ApiError> {
    respond(async { apis()?.teams.delete_team(permit()?, id).await }).await
}
