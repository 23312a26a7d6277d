//! The live board.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::ApiError;
#[cfg(feature = "ssr")]
use super::{
    apis, permit,
    permit::{Permit, WatchBoard},
    respond,
};
use crate::model::account::{BoardPreferences, Language};
use crate::model::frame::Snapshot;

/// What a wall screen shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WallView {
    /// What the screen is called.
    pub title: String,
    /// Its language.
    pub language: Language,
    /// Its part of the board.
    pub snapshot: Snapshot,
}

/// What the server does for the board.
#[cfg(feature = "ssr")]
#[async_trait::async_trait]
pub trait BoardApi: Send + Sync {
    /// The board as it is now, in the user's scope.
    async fn read_board(&self, permit: Permit<WatchBoard>) -> Result<Snapshot, ApiError>;
    /// The board of a wall link. The token is the permit; an unknown or revoked one is `NotFound`.
    async fn read_wall(&self, token: &str) -> Result<WallView, ApiError>;
    /// Keeps how the user likes the board.
    async fn save_board_preferences(
        &self,
        permit: Permit<WatchBoard>,
        preferences: BoardPreferences,
    ) -> Result<(), ApiError>;
}

/// The board as it is now, in the user's scope.
#[server(endpoint = "board/read")]
pub async fn read_board() -> Result<Snapshot, ApiError> {
    respond(async { apis()?.board.read_board(permit()?).await }).await
}

/// The board of a wall link.
#[server(endpoint = "board/wall")]
pub async fn read_wall(token: String) -> Result<WallView, ApiError> {
    respond(async { apis()?.board.read_wall(&token).await }).await
}

/// Keeps how the user likes the board.
#[server(endpoint = "board/preferences", input = leptos::server_fn::codec::Json)]
pub async fn save_board_preferences(preferences: BoardPreferences) -> Result<(), ApiError> {
    respond(async { apis()?.board.save_board_preferences(permit()?, preferences).await }).await
}
