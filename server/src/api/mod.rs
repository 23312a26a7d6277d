//! The contract of `app::api`, implemented over storage, the board and the switch; same file names.
//!
//! Who may call what has been decided before: each method takes a permit. Edits are one transaction with their audit
//! row. Errors become `ApiError` in [`error`] alone.

pub mod account;
pub mod action;
pub mod audit;
pub mod board;
pub mod callbacks;
pub mod desk;
pub mod error;
pub mod ghosts;
pub mod queues;
pub mod undo;
pub mod walls;

use std::sync::Arc;

use app::api::Apis;
use jiff::tz::TimeZone;

use crate::auth::Auth;
use crate::spool::{Spool, SpooledStatus};
use crate::storage::Database;
use crate::switch::Switches;
use crate::wallboard::hub::Hub;

/// Every concern's implementation.
pub fn apis(
    database: &Database,
    auth: &Auth,
    hub: &Hub,
    switches: &Switches,
    spool: &Spool<SpooledStatus>,
    zone: &TimeZone,
) -> Apis {
    let actions = action::Actions::new(database.clone());
    Apis {
        account: Arc::new(account::Account { database: database.clone(), auth: auth.clone() }),
        audit: Arc::new(audit::Audit {
            database: database.clone(),
            hub: hub.clone(),
            zone: zone.clone(),
            undos: undo::Undos::new(database, auth, hub),
        }),
        board: Arc::new(board::Board {
            hub: hub.clone(),
            database: database.clone(),
            walls: Arc::clone(&auth.walls),
            sessions: Arc::clone(&auth.sessions),
        }),
        callbacks: Arc::new(callbacks::Callbacks {
            database: database.clone(),
            hub: hub.clone(),
            switches: switches.clone(),
            actions: actions.clone(),
        }),
        desk: Arc::new(desk::Desk {
            hub: hub.clone(),
            switches: switches.clone(),
            database: database.clone(),
            spool: spool.clone(),
        }),
        ghosts: Arc::new(ghosts::Ghosts { hub: hub.clone(), switches: switches.clone(), actions }),
        queues: Arc::new(queues::Queues { database: database.clone(), hub: hub.clone() }),
        walls: Arc::new(walls::Walls { database: database.clone(), auth: auth.clone() }),
    }
}
