//! What every request may use.

use std::sync::Arc;

use app::api::Apis;
use axum::extract::FromRef;
use leptos::config::LeptosOptions;
use tokio_util::sync::CancellationToken;

use crate::api;
use crate::auth::{Auth, Throttle};
use crate::callbacks::CallbackIntake;
use crate::calls::hub::CallsHub;
use crate::config::Config;
use crate::desks::Desks;
use crate::history::CdrIntake;
use crate::http::metrics::Metrics;
use crate::spool::{Spool, SpooledAction};
use crate::storage::Database;
use crate::switch::Switches;
use crate::wallboard::hub::Hub;
use crate::wrap_up::WrapUps;

/// The state of the router; cheap to clone.
#[derive(Clone, FromRef)]
pub struct AppState {
    /// What was configured.
    pub config: Arc<Config>,
    /// SwitchDesk's database.
    pub database: Database,
    /// Who may come in.
    pub auth: Auth,
    /// The live board.
    pub hub: Hub,
    /// The live calls.
    pub calls: CallsHub,
    /// The switches.
    pub switches: Switches,
    /// Takes call records in.
    pub cdrs: CdrIntake,
    /// Takes requests for callbacks in.
    pub callbacks: CallbackIntake,
    /// What waits on disk for the database.
    pub spool: Spool<SpooledAction>,
    /// Wrap-ups that agents cut short.
    pub wrap_ups: WrapUps,
    /// Desks that are open.
    pub desks: Desks,
    /// What pages and server functions call.
    pub apis: Apis,
    /// Counters.
    pub metrics: Metrics,
    /// Cancelled when the server stops: streams end then.
    pub shutdown: CancellationToken,
    /// Where the pages find their scripts and styles.
    pub leptos_options: LeptosOptions,
}

impl AppState {
    /// The state of a server, from what it rests on.
    pub fn new(config: Arc<Config>, parts: Parts, throttle: Throttle, shutdown: CancellationToken) -> Self {
        let auth = Auth::new(parts.database.clone(), throttle);
        let desks = Desks::new(parts.hub.clone());
        let wrap_ups = WrapUps::new(parts.database.clone(), parts.switches.clone(), parts.hub.clone());
        let apis = api::apis(&parts, &auth, &wrap_ups, &config, &shutdown);
        let Parts { database, hub, calls, switches, cdrs, callbacks, spool } = parts;
        Self {
            apis,
            leptos_options: leptos_options(&config),
            metrics: Metrics::default(),
            config,
            database,
            auth,
            hub,
            calls,
            switches,
            cdrs,
            callbacks,
            spool,
            wrap_ups,
            desks,
            shutdown,
        }
    }
}

/// What a server rests on: each runs by itself, and any of them may be without what it connects to.
#[derive(Debug)]
pub struct Parts {
    /// The database.
    pub database: Database,
    /// The live board.
    pub hub: Hub,
    /// The live calls.
    pub calls: CallsHub,
    /// The switches.
    pub switches: Switches,
    /// Takes call records in.
    pub cdrs: CdrIntake,
    /// Takes requests for callbacks in.
    pub callbacks: CallbackIntake,
    /// What waits on disk for the database.
    pub spool: Spool<SpooledAction>,
}

/// The build puts each version of the front end into a folder of its own, and the name of the newest beside them.
pub(crate) fn leptos_options(config: &Config) -> LeptosOptions {
    let current = std::fs::read_to_string(config.site_root.join("pkg/current")).unwrap_or_default();
    let folder = current.trim();
    let is_name = !folder.is_empty() && folder.chars().all(|letter| letter.is_ascii_alphanumeric());
    let pkg = if is_name { format!("pkg/{folder}") } else { "pkg".to_owned() };
    LeptosOptions::builder()
        .output_name("switchdesk")
        .site_root(config.site_root.to_string_lossy())
        .site_pkg_dir(pkg)
        .build()
}
