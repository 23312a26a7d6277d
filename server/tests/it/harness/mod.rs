//! The real router over a real database, driven by browsers that keep cookies.
//!
//! ```ignore
//! #[sqlx::test(migrator = "MIGRATIONS")]
//! async fn something_holds(pool: MySqlPool) {
//!     let app = TestApp::new(pool);
//!     let supervisor = app.signed_in(Role::Supervisor).await;
//!     assert_eq!(supervisor.call("/api/board/read", "").await.status, 200);
//! }
//! ```
#![allow(dead_code, unused_imports, reason = "each file of tests uses a part")]

mod browser;

use std::ffi::OsString;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use app::model::account::{Language, Role};
use app::model::board::LinkState;
use app::model::ids::{AgentKey, NodeName};
use app::model::time::{DurationMs, UnixMs};
use app::model::wall::Scope;
use demo_switch::DemoSwitch;
use jiff::tz::TimeZone;
use server::auth::throttle::ThrottlePolicy;
use server::auth::{Throttle, password};
use server::callbacks::CallbackIntake;
use server::calls::hub::CallsHub;
use server::cli;
use server::config::Config;
use server::discovery;
use server::esl::{Node, NodeSettings, Sink};
use server::history::{CdrIntake, Patience, Recorder};
use server::spool::Spool;
use server::state::{AppState, Parts};
use server::storage::Database;
use server::storage::users::{self, NewUser};
use server::switch::Switches;
use server::wallboard::hub::Hub;
use sqlx::MySqlPool;
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_util::sync::{CancellationToken, DropGuard};

pub use browser::{Answer, Browser};
pub use server::storage::schema::MIGRATIONS;

/// The password of every user of a test.
pub const PASSWORD: &str = "correct horse battery";
/// The node of every test.
pub const NODE: &str = "fs-1";

/// Tests do not wait for what will not come.
const PATIENCE: Patience = Patience {
    look_every: Duration::from_millis(50),
    settled_after: DurationMs(300),
    given_up_after: DurationMs(1_500),
};

/// A server for one test. What it started ends with it.
pub struct TestApp {
    pub state: AppState,
    pub router: axum::Router,
    pub pool: MySqlPool,
    folder: TempDir,
    recorder: Option<JoinHandle<()>>,
    ends: DropGuard,
}

impl TestApp {
    /// With the usual configuration, no switch, and attempts that are hardly delayed.
    pub fn new(pool: MySqlPool) -> Self {
        Self::with(pool, &[], Switches::default())
    }

    /// With further flags, such as `["--session-days", "1"]`, and with switches.
    pub fn with(pool: MySqlPool, flags: &[&str], switches: Switches) -> Self {
        let shutdown = CancellationToken::new();
        let (hub, _) = Hub::start("test".into(), TimeZone::UTC, shutdown.clone());
        let calls = CallsHub::start(shutdown.clone());
        Self::build(pool, flags, hub, calls, switches, shutdown)
    }

    /// With a demo switch, whose board is there before this returns.
    pub async fn with_switch(pool: MySqlPool, switch: &DemoSwitch) -> Self {
        Self::with_switch_and(pool, switch, &[]).await
    }

    /// The same, with further flags. What happens is put on record, with little patience.
    pub async fn with_switch_and(pool: MySqlPool, switch: &DemoSwitch, flags: &[&str]) -> Self {
        let settings = NodeSettings::new(NodeName::new(NODE), switch.address().to_string(), "ClueCon");
        Self::with_node(pool, settings, flags).await
    }

    /// The same, with a demo switch whose lists are read that often.
    pub async fn with_switch_every(pool: MySqlPool, switch: &DemoSwitch, every: Duration) -> Self {
        let settings = NodeSettings::new(NodeName::new(NODE), switch.address().to_string(), "ClueCon");
        Self::with_node(pool, NodeSettings { reconcile_every: every, ..settings }, &[]).await
    }

    async fn with_node(pool: MySqlPool, settings: NodeSettings, flags: &[&str]) -> Self {
        let shutdown = CancellationToken::new();
        let (hub, facts) = Hub::start("test".into(), TimeZone::UTC, shutdown.clone());
        let name = NodeName::new(NODE);
        let calls = CallsHub::start(shutdown.clone());
        let sink = Sink::new(hub.inbox(), calls.inbox());
        let node = Node::start(settings, sink, shutdown.clone());
        let switches = Switches::new([(name.clone(), node.commands())]);
        let mut app = Self::build(pool, flags, hub, calls, switches, shutdown.clone());
        let (hub, database) = (app.state.hub.clone(), app.state.database.clone());
        tokio::spawn(database.clone().watch(shutdown.clone()));
        tokio::spawn(discovery::run(name, hub, database.clone(), shutdown.clone()));
        tokio::spawn(app.state.spool.clone().drain(database.clone(), shutdown.clone()));
        tokio::spawn(app.state.wrap_ups.clone().run(shutdown.clone()));
        let spool = Spool::new(&app.folder.path().join("spool"), "history");
        let recorder =
            Recorder::run(app.state.hub.clone(), database, spool, TimeZone::UTC, PATIENCE, facts, shutdown);
        app.recorder = Some(tokio::spawn(recorder));
        eventually("the switch is on the board", async || {
            let board = app.state.hub.snapshot(&Scope::All).board;
            board.nodes.iter().any(|row| row.link == LinkState::Live).then_some(())
        })
        .await;
        app
    }

    fn build(
        pool: MySqlPool,
        flags: &[&str],
        hub: Hub,
        calls: CallsHub,
        switches: Switches,
        shutdown: CancellationToken,
    ) -> Self {
        let config = config(flags);
        let database = Database::of_pool(pool.clone());
        let folder = tempfile::tempdir().unwrap();
        let spool = Spool::new(&folder.path().join("spool"), "statuses");
        let throttle = Throttle::new(ThrottlePolicy {
            first_delay: Duration::from_millis(1),
            longest_delay: Duration::from_millis(5),
            ..ThrottlePolicy::default()
        });
        let cdrs = CdrIntake::start(
            database.clone(),
            Spool::new(&folder.path().join("spool"), "cdrs"),
            shutdown.clone(),
        );
        let callbacks = CallbackIntake::new(database.clone(), switches.nodes().cloned());
        tokio::spawn(callbacks.clone().run(shutdown.clone()));
        let parts = Parts { database, hub, calls, switches, cdrs, callbacks, spool };
        let state = AppState::new(Arc::new(config), parts, throttle, shutdown.clone());
        Self {
            router: server::router(state.clone()),
            state,
            pool,
            folder,
            recorder: None,
            ends: shutdown.drop_guard(),
        }
    }

    /// As a server stops: what happened is on record when this returns.
    pub async fn stop(self) {
        drop(self.ends);
        if let Some(recorder) = self.recorder {
            recorder.await.unwrap();
        }
    }

    /// A browser that nobody has signed in with.
    pub fn browser(&self) -> Browser {
        Browser::new(self.router.clone())
    }

    /// Stores a user named like the role; an agent user is tied to `1007@default`.
    pub async fn add_user(&self, role: Role) -> u64 {
        self.add_user_named(role.code(), role).await
    }

    /// Stores a user.
    pub async fn add_user_named(&self, name: &str, role: Role) -> u64 {
        let agent = (role == Role::Agent).then(|| AgentKey::new(&NodeName::new(NODE), "1007@default"));
        let new = NewUser {
            name: name.into(),
            password_hash: password::hash(PASSWORD.into()).await.unwrap(),
            role,
            agent,
            display_name: format!("{name} 示例"),
            language: Language::En,
        };
        users::create_user(&self.pool, &new, UnixMs(1)).await.unwrap()
    }

    /// A browser that a new user of that role has signed in with.
    pub async fn signed_in(&self, role: Role) -> Browser {
        self.add_user(role).await;
        self.sign_in(role.code()).await
    }

    /// A browser that an existing user has signed in with.
    pub async fn sign_in(&self, name: &str) -> Browser {
        let browser = self.browser();
        let answer = browser.sign_in(name, PASSWORD).await;
        assert!(!answer.location().starts_with("/login"), "{}", answer.location());
        browser
    }

    /// Serves the router on a port of its own, for clients that need a socket.
    pub async fn serve(&self) -> SocketAddr {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        self.serve_on(listener);
        address
    }

    /// Serves the router on a port that the test has chosen.
    pub fn serve_on(&self, listener: TcpListener) {
        let service = self.router.clone().into_make_service_with_connect_info::<SocketAddr>();
        let shutdown = self.state.shutdown.clone();
        tokio::spawn(async move {
            let serving = axum::serve(listener, service).with_graceful_shutdown(shutdown.cancelled_owned());
            serving.await.unwrap();
        });
    }
}

/// The usual configuration with further flags.
pub fn config(flags: &[&str]) -> Config {
    let usual = [
        ["--database-url", "mysql://nobody@127.0.0.1:1/none"],
        ["--site-root", concat!(env!("CARGO_MANIFEST_DIR"), "/tests/site")],
    ];
    let mut arguments = vec!["switchdesk", "serve"];
    arguments.extend(usual.into_iter().filter(|[flag, _]| !flags.contains(flag)).flatten());
    arguments.extend(flags);
    let cli = cli::parse(arguments.into_iter().map(OsString::from)).unwrap();
    cli.config
}

/// Waits until something holds; fails after ten seconds.
pub async fn eventually<T>(what: &str, look: impl AsyncFnMut() -> Option<T>) -> T {
    eventually_within(Duration::from_secs(10), what, look).await
}

/// Waits until something holds that takes its time.
pub async fn eventually_within<T>(
    within: Duration,
    what: &str,
    mut look: impl AsyncFnMut() -> Option<T>,
) -> T {
    let waited = tokio::time::timeout(within, async {
        loop {
            if let Some(found) = look().await {
                return found;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    });
    waited.await.unwrap_or_else(|_| panic!("never came true: {what}"))
}
