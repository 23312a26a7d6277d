//! What the call center is made of, as it was last read: break reasons, outcome codes, what desks offer.
//!
//! Desks go on while the database is away, so that what was read last is kept.

use std::sync::{Arc, Mutex, PoisonError};

use app::model::center::CenterView;
use app::model::ids::NodeName;
use sqlx::MySqlPool;

use crate::storage::settings::{self, Owner};
use crate::storage::{Database, StorageError, break_reasons, outcome_codes};
use crate::switch::event::SwitchEvent;
use crate::wallboard::hub::Hub;

/// Name of the setting whether desks offer to take one call at a time.
pub const ON_DEMAND: &str = "desk.on-demand";

/// Reads the center; cheap to clone.
#[derive(Clone, Debug)]
pub struct Center {
    database: Database,
    hub: Hub,
    last: Arc<Mutex<CenterView>>,
}

impl Center {
    /// The center in that database, whose names the board shows.
    pub fn new(database: Database, hub: Hub) -> Self {
        Self { database, hub, last: Arc::default() }
    }

    /// As it is now; as it was read last while the database is away.
    ///
    /// # Errors
    /// `Database` where it is there and says no.
    pub async fn read(&self) -> Result<CenterView, StorageError> {
        let read = match self.database.pool() {
            Ok(pool) => load(pool).await,
            Err(error) => Err(error),
        };
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        match read {
            Ok(center) => {
                last.clone_from(&center);
                Ok(center)
            }
            Err(error) if error.is_unavailable() => Ok(last.clone()),
            Err(error) => Err(error),
        }
    }

    /// Shows names and budgets on every board, after an edit.
    ///
    /// # Errors
    /// As [`Center::read`].
    pub async fn tell(&self) -> Result<(), StorageError> {
        let center = self.read().await?;
        tell(&self.hub, center).await;
        Ok(())
    }
}

/// Reads all of it.
///
/// # Errors
/// `Database`.
pub async fn load(pool: &MySqlPool) -> Result<CenterView, StorageError> {
    Ok(CenterView {
        reasons: break_reasons::list_break_reasons(pool).await?,
        outcomes: outcome_codes::list_outcome_codes(pool).await?,
        is_on_demand_offered: settings::find_setting(pool, Owner::Center, ON_DEMAND)
            .await?
            .unwrap_or_default(),
    })
}

/// Names and budgets of break reasons, to the board.
pub async fn tell(hub: &Hub, center: CenterView) {
    // They are of no node.
    hub.send(&NodeName::new(""), SwitchEvent::ReasonsKnown { reasons: center.reasons }).await;
}
