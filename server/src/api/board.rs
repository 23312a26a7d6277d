//! The live board.

use std::sync::Arc;

use app::api::ApiError;
use app::api::board::{BoardApi, WallView};
use app::api::permit::{Permit, WatchBoard};
use app::model::account::BoardPreferences;
use app::model::frame::Snapshot;
use app::model::wall::Sight;
use async_trait::async_trait;

use crate::auth::{Sessions, Walls};
use crate::storage::{Database, users};
use crate::wallboard::hub::Hub;

/// [`BoardApi`] over the hub.
pub struct Board {
    /// The live board.
    pub hub: Hub,
    /// For preferences.
    pub database: Database,
    /// For the tokens of wall links.
    pub walls: Arc<Walls>,
    /// Knows the user with the preferences, and must forget them.
    pub sessions: Arc<Sessions>,
}

#[async_trait]
impl BoardApi for Board {
    async fn read_board(&self, permit: Permit<WatchBoard>) -> Result<Snapshot, ApiError> {
        Ok(self.hub.snapshot(permit.sight()))
    }

    async fn read_wall(&self, token: &str) -> Result<WallView, ApiError> {
        let link = self.walls.resolve(token).await?.ok_or(ApiError::NotFound)?;
        let snapshot = self.hub.snapshot(Sight::of_wall(link.queues));
        Ok(WallView { title: link.title, language: link.language, snapshot })
    }

    async fn save_board_preferences(
        &self,
        permit: Permit<WatchBoard>,
        preferences: BoardPreferences,
    ) -> Result<(), ApiError> {
        users::update_board_preferences(self.database.pool()?, permit.user().id, &preferences).await?;
        self.sessions.forget_user(permit.user().id);
        Ok(())
    }
}
