//! The contract of `app::api`, implemented over storage, the board and the switch; same file names.
//!
//! Who may call what has been decided before: each method takes a permit. Edits are one transaction with their audit
//! row. Errors become `ApiError` in [`error`] alone.

pub mod account;
pub mod action;
pub mod board;
pub mod calls;
pub mod desk;
pub mod error;
pub mod ghosts;
pub mod queues;
pub mod statuses;
pub mod walls;

use std::sync::Arc;

use app::api::Apis;
use tokio_util::sync::CancellationToken;

use crate::auth::Auth;
use crate::log_outs::LogOuts;
use crate::state::Parts;

/// Every concern's implementation. Those who are to be logged out at the end of a call are, until the shutdown.
pub fn apis(parts: &Parts, auth: &Auth, shutdown: &CancellationToken) -> Apis {
    let Parts { database, hub, calls, switches, spool, .. } = parts;
    let actions = action::Actions::new(database.clone());
    let statuses =
        statuses::Statuses { hub: hub.clone(), switches: switches.clone(), database: database.clone() };
    let log_outs = LogOuts::new(hub.clone(), database.clone());
    tokio::spawn(log_outs.clone().run(statuses.clone(), actions.clone(), shutdown.clone()));
    Apis {
        account: Arc::new(account::Account { database: database.clone(), auth: auth.clone() }),
        board: Arc::new(board::Board {
            hub: hub.clone(),
            database: database.clone(),
            walls: Arc::clone(&auth.walls),
            sessions: Arc::clone(&auth.sessions),
        }),
        calls: Arc::new(calls::Calls {
            hub: hub.clone(),
            calls: calls.clone(),
            switches: switches.clone(),
            database: database.clone(),
            actions: actions.clone(),
            statuses: statuses.clone(),
            log_outs,
        }),
        desk: Arc::new(desk::Desk {
            hub: hub.clone(),
            statuses,
            database: database.clone(),
            spool: spool.clone(),
        }),
        ghosts: Arc::new(ghosts::Ghosts { hub: hub.clone(), switches: switches.clone(), actions }),
        queues: Arc::new(queues::Queues { database: database.clone(), hub: hub.clone() }),
        walls: Arc::new(walls::Walls { database: database.clone(), auth: auth.clone() }),
    }
}
