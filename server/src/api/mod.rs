//! The contract of `app::api`, implemented over storage, the board and the switch; same file names.
//!
//! Who may call what has been decided before: each method takes a permit. Edits are one transaction with their audit
//! row. Errors become `ApiError` in [`error`] alone.

pub mod account;
pub mod action;
pub mod audit;
pub mod board;
pub mod callbacks;
pub mod caller;
pub mod calls;
pub mod center;
mod day;
pub mod desk;
pub mod error;
pub mod ghosts;
pub mod messages;
pub mod own_call;
pub mod people;
pub mod queues;
pub mod security;
pub mod statuses;
pub mod teams;
pub mod undo;
pub mod walls;

use std::sync::Arc;

use app::api::Apis;
use tokio_util::sync::CancellationToken;

use crate::auth::Auth;
use crate::center::Center;
use crate::config::Config;
use crate::holds;
use crate::log_outs::LogOuts;
use crate::state::Parts;
use crate::wrap_up::WrapUps;

/// Every concern's implementation. Those who are to be logged out at the end of a call are, until the shutdown.
pub fn apis(
    parts: &Parts,
    auth: &Auth,
    wrap_ups: &WrapUps,
    config: &Arc<Config>,
    shutdown: &CancellationToken,
) -> Apis {
    let Parts { database, hub, calls, switches, spool, .. } = parts;
    let center = Center::new(database.clone(), hub.clone());
    let actions = action::Actions::new(database.clone());
    let statuses =
        statuses::Statuses { hub: hub.clone(), switches: switches.clone(), database: database.clone() };
    let log_outs = LogOuts::new(hub.clone(), database.clone());
    tokio::spawn(log_outs.clone().run(statuses.clone(), actions.clone(), shutdown.clone()));
    tokio::spawn(holds::follow(calls.clone(), hub.clone(), shutdown.clone()));
    Apis {
        account: Arc::new(account::Account { database: database.clone(), auth: auth.clone() }),
        audit: Arc::new(audit::Audit {
            database: database.clone(),
            hub: hub.clone(),
            zone: config.time_zone.clone(),
            undos: undo::Undos::new(database, auth, hub, &center),
        }),
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
            center: center.clone(),
            statuses: statuses.clone(),
            log_outs,
        }),
        callbacks: Arc::new(callbacks::Callbacks {
            database: database.clone(),
            hub: hub.clone(),
            switches: switches.clone(),
            actions: actions.clone(),
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
            statuses,
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
