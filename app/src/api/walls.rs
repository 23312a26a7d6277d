//! Wall links: read-only screens that need no user session.

use leptos::prelude::*;

use super::ApiError;
#[cfg(feature = "ssr")]
use super::{
    apis, permit,
    permit::{ManageWalls, Permit},
    respond,
};
use crate::model::account::Language;
use crate::model::ids::QueueKey;
use crate::model::wall::{NewWallLink, WallLink};

/// What the server does for wall links.
#[cfg(feature = "ssr")]
#[async_trait::async_trait]
pub trait WallsApi: Send + Sync {
    /// Every link that has not been revoked, newest first.
    async fn list_walls(&self, permit: Permit<ManageWalls>) -> Result<Vec<WallLink>, ApiError>;
    /// Makes a link; the token is in the answer and nowhere else.
    async fn create_wall(
        &self,
        permit: Permit<ManageWalls>,
        title: String,
        queues: Vec<QueueKey>,
        language: Language,
    ) -> Result<NewWallLink, ApiError>;
    /// Revokes a link: its screens go dark at once.
    async fn revoke_wall(&self, permit: Permit<ManageWalls>, id: u64) -> Result<(), ApiError>;
}

/// Every link that has not been revoked, newest first.
#[server(endpoint = "walls/list")]
pub async fn list_walls() -> Result<Vec<WallLink>, ApiError> {
    respond(async { apis()?.walls.list_walls(permit()?).await }).await
}

/// Makes a link.
#[server(endpoint = "walls/create", input = leptos::server_fn::codec::Json)]
pub async fn create_wall(
    title: String,
    queues: Vec<QueueKey>,
    language: Language,
) -> Result<NewWallLink, ApiError> {
    respond(async { apis()?.walls.create_wall(permit()?, title, queues, language).await }).await
}

/// Revokes a link.
#[server(endpoint = "walls/revoke")]
pub async fn revoke_wall(id: u64) -> Result<(), ApiError> {
    respond(async { apis()?.walls.revoke_wall(permit()?, id).await }).await
}
