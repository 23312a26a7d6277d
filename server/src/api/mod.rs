//! The contract of `app::api`, implemented over storage, the board and the switch; same file names.
//!
//! Who may call what has been decided before: each method takes a permit. Edits are one transaction with their audit
//! row. Errors become `ApiError` in [`error`] alone.

pub mod account;
pub mod action;
pub mod board;
pub mod caller;
pub mod center;
mod day;
pub mod desk;
pub mod error;
pub mod ghosts;
pub mod messages;
pub mod own_call;
pub mod queues;
pub mod walls;

use std::sync::Arc;

use app::api::Apis;

use crate::auth::Auth;
use crate::center::Center;
use crate::spool::{Spool, SpooledAction};
use crate::storage::Database;
use crate::switch::Switches;
use crate::wallboard::hub::Hub;
use crate::wrap_up::WrapUps;

/// Every concern's implementation.
pub fn apis(
    database: &Database,
    auth: &Auth,
    hub: &Hub,
    switches: &Switches,
    spool: &Spool<SpooledAction>,
    wrap_ups: &WrapUps,
) -> Apis {
    let center = Center::new(database.clone(), hub.clone());
    let actions = action::Actions::new(database.clone());
    Apis {
        account: Arc::new(account::Account { database: database.clone(), auth: auth.clone() }),
        board: Arc::new(board::Board {
            hub: hub.clone(),
            database: database.clone(),
            walls: Arc::clone(&auth.walls),
            sessions: Arc::clone(&auth.sessions),
        }),
        caller: Arc::new(caller::Callers {
            hub: hub.clone(),
            database: database.clone(),
            center: center.clone(),
        }),
        center: Arc::new(center::CenterEdits { database: database.clone(), center: center.clone() }),
        desk: Arc::new(desk::Desk {
            center,
            hub: hub.clone(),
            switches: switches.clone(),
            database: database.clone(),
            spool: spool.clone(),
        }),
        ghosts: Arc::new(ghosts::Ghosts {
            hub: hub.clone(),
            switches: switches.clone(),
            actions: actions.clone(),
        }),
        messages: Arc::new(messages::Messages { hub: hub.clone(), database: database.clone() }),
        own_call: Arc::new(own_call::OwnCalls {
            hub: hub.clone(),
            switches: switches.clone(),
            actions,
            wrap_ups: wrap_ups.clone(),
            spool: spool.clone(),
            thirds: Arc::default(),
        }),
        queues: Arc::new(queues::Queues { database: database.clone(), hub: hub.clone() }),
        walls: Arc::new(walls::Walls { database: database.clone(), auth: auth.clone() }),
    }
}
