//! The contract of `app::api`, implemented over storage, the board and the switch; same file names.
//!
//! Who may call what has been decided before: each method takes a permit. Edits are one transaction with their audit
//! row. Errors become `ApiError` in [`error`] alone.

pub mod account;
pub mod action;
pub mod board;
pub mod desk;
pub mod error;
pub mod ghosts;
pub mod people;
pub mod queues;
pub mod security;
pub mod teams;
pub mod walls;

use std::sync::Arc;

use app::api::Apis;

use crate::auth::Auth;
use crate::config::Config;
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
    config: &Arc<Config>,
) -> Apis {
    let actions = action::Actions::new(database.clone());
    Apis {
        account: Arc::new(account::Account { database: database.clone(), auth: auth.clone() }),
        board: Arc::new(board::Board {
            hub: hub.clone(),
            database: database.clone(),
            walls: Arc::clone(&auth.walls),
            sessions: Arc::clone(&auth.sessions),
        }),
        desk: Arc::new(desk::Desk {
            hub: hub.clone(),
            switches: switches.clone(),
            database: database.clone(),
            spool: spool.clone(),
        }),
        ghosts: Arc::new(ghosts::Ghosts { hub: hub.clone(), switches: switches.clone(), actions }),
        people: Arc::new(people::People { database: database.clone(), auth: auth.clone() }),
        queues: Arc::new(queues::Queues { database: database.clone(), hub: hub.clone() }),
        security: Arc::new(security::Security {
            database: database.clone(),
            auth: auth.clone(),
            config: Arc::clone(config),
        }),
        teams: Arc::new(teams::Teams { database: database.clone(), auth: auth.clone() }),
        walls: Arc::new(walls::Walls { database: database.clone(), auth: auth.clone() }),
    }
}
