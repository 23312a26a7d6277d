//! What only the server does.
//!
//! - [`cli`] and [`config`]: what can be asked and set.
//! - [`http`]: the router and what surrounds a request; [`state`] is what every request may use.
//! - [`api`]: the contract with the pages (`app::api`), implemented.
//! - [`auth`]: passwords, sessions, wall links, revocations, throttling.
//! - [`esl`]: the only user of the event socket; [`switch`]: typed events, lists and operations.
//! - [`wallboard`]: the live board, changed by one enum of events, fanned out by the hub; [`calls`]: the live calls beside it.
//! - [`callbacks`]: requests to be called back, as the switch makes them.
//! - [`history`]: the record of what happened, and the call records of the switch.
//! - [`center`]: what admins have set: break reasons, outcome codes, what desks offer.
//! - [`desks`]: which agents have a desk open.
//! - [`wrap_up`]: wrap-ups that agents cut short. [`holds`]: tells the board who holds a caller.
//! - [`storage`]: all SQL; [`spool`]: what waits on disk for it; [`discovery`]: joins both with the switch.
//!
//! **Events** flow from `esl` through `switch::event` into `wallboard`, and from there to live streams.
//! **Commands** and **edits** flow from `http` through `app::api` (which asks for a permit) and `api` into `switch`
//! and `storage`.
//!
//! Invariants: SQL is in `storage` alone; an error is logged once, where it becomes a response; nothing here waits for
//! the switch or the database in order to start, and nothing ends because one of them is away.

/// For every binary that has the server in it: an event of the switch is hundreds of small allocations.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

pub mod api;
pub mod auth;
pub mod callbacks;
pub mod calls;
pub mod center;
pub mod cli;
pub mod clock;
pub mod config;
pub mod desks;
pub mod discovery;
pub mod esl;
#[cfg(test)]
mod fuzz;
pub mod history;
pub mod holds;
pub mod http;
pub mod log_outs;
pub mod spool;
pub mod state;
pub mod storage;
pub mod switch;
pub mod wallboard;
pub mod wrap_up;

use std::sync::Arc;
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::auth::Throttle;
use crate::callbacks::CallbackIntake;
use crate::calls::hub::CallsHub;
use crate::config::{Config, ConfigError};
use crate::esl::{Node, Sink};
use crate::history::{CdrIntake, Patience, Recorder};
use crate::http::serve::{self, ServeError};
use crate::spool::Spool;
use crate::state::{AppState, Parts};
use crate::storage::schema::{self, SchemaState};
use crate::storage::{Database, user_sessions};
use crate::switch::Switches;
use crate::wallboard::hub::Hub;

pub use crate::http::router;

/// Sessions that have run out are deleted this often.
const SWEEP_INTERVAL: Duration = Duration::from_secs(3600);

/// Why the server cannot start. A switch or a database that is away is no reason.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// The configuration.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The web address or the certificate.
    #[error(transparent)]
    Serve(#[from] ServeError),
}

/// Serves until the shutdown: binds the address, starts what runs beside the requests, and ends all of it.
///
/// # Errors
/// What only a person can set right: the configuration, the address, the certificate.
pub async fn run(config: Config, shutdown: CancellationToken) -> Result<(), RunError> {
    config.validate()?;
    let config = Arc::new(config);
    let listener = serve::bind(config.listen)?;
    let database = Database::new(config.database_options()?);
    tokio::spawn(database.clone().watch(shutdown.clone()));
    tokio::spawn(shutdown.clone().run_until_cancelled_owned(check_schema(database.clone())));
    tokio::spawn(shutdown.clone().run_until_cancelled_owned(sweep_sessions(database.clone())));
    let (hub, facts) = Hub::start(build(&config), config.time_zone.clone(), shutdown.clone());
    let calls = CallsHub::start(shutdown.clone());
    let recorder = tokio::spawn(Recorder::run(
        hub.clone(),
        database.clone(),
        Spool::new(&config.spool_dir, "history"),
        config.time_zone.clone(),
        Patience::default(),
        facts,
        shutdown.clone(),
    ));
    let mut nodes = Vec::new();
    for settings in config.nodes()? {
        let name = settings.name.clone();
        tokio::spawn(discovery::run(name.clone(), hub.clone(), database.clone(), shutdown.clone()));
        let sink = Sink::new(hub.inbox(), calls.inbox());
        nodes.push((name, Node::start(settings, sink, shutdown.clone())));
    }
    let switches = Switches::new(nodes.iter().map(|(name, node)| (name.clone(), node.commands())));
    let cdrs = CdrIntake::start(database.clone(), Spool::new(&config.spool_dir, "cdrs"), shutdown.clone());
    let spool = Spool::new(&config.spool_dir, "statuses");
    tokio::spawn(spool.clone().drain(database.clone(), shutdown.clone()));
    let callbacks = CallbackIntake::new(database.clone(), switches.nodes().cloned());
    tokio::spawn(callbacks.clone().run(shutdown.clone()));
    let parts = Parts { database: database.clone(), hub, calls, switches, cdrs, callbacks, spool };
    let state = AppState::new(Arc::clone(&config), parts, Throttle::default(), shutdown.clone());
    tokio::spawn(state.wrap_ups.clone().run(shutdown.clone()));
    tracing::info!(address = %config.listen, tls = config.tls_cert.is_some(), "serving");
    serve::serve(&config, listener, router(state), shutdown.clone()).await?;
    shutdown.cancel();
    for (_, node) in nodes {
        node.stopped().await;
    }
    recorder.await.ok();
    // The record is written to the end: the database goes last.
    database.close().await;
    tracing::info!("stopped");
    Ok(())
}

/// Version of the program and of the pages that it serves: a browser that hears of another one loads itself again.
fn build(config: &Config) -> String {
    format!("{} {}", env!("CARGO_PKG_VERSION"), state::leptos_options(config).site_pkg_dir)
}

/// Says in the log what the database's schema lacks, as soon as it can be asked.
async fn check_schema(database: Database) {
    loop {
        database.wait_until_there().await;
        match schema::state(&database).await {
            Ok(SchemaState::Current) => return tracing::info!("the database's schema is up to date"),
            Ok(SchemaState::Pending(names)) => {
                tracing::error!(
                    pending = names.join(", "),
                    "the schema is out of date; run `switchdesk migrate`"
                );
            }
            Ok(SchemaState::Damaged(words)) => {
                tracing::error!(words, "the schema does not fit; see `switchdesk check`");
            }
            Err(error) => tracing::debug!(%error, "the schema cannot be checked yet"),
        }
        tokio::time::sleep(Duration::from_secs(10)).await;
    }
}

async fn sweep_sessions(database: Database) {
    loop {
        tokio::time::sleep(SWEEP_INTERVAL).await;
        let Ok(pool) = database.pool() else { continue };
        if let Err(error) = user_sessions::delete_expired_sessions(pool).await {
            tracing::warn!(%error, "sessions that have run out are still stored");
        }
    }
}
