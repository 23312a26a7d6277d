//! The event socket of FreeSWITCH: the only place that uses `freeswitch_esl_rs`.
//!
//! That crate is blocking, has no time-outs and panics on much that a network does. So each connection has a thread of
//! its own, under the crate lies a stream that hands it only what it can read ([`connection`], [`frame`]), every call
//! into it is guarded ([`guard`], [`client`]), and its events are read by one thread that does nothing else
//! ([`events`]). Commands go through a small pool ([`commands`]). A task per node keeps all of it going and turns it
//! into a stream of [`Stamped`] events ([`supervisor`]).
//!
//! The event socket has no replay: after every connection, and after everything else that makes us doubt what we know,
//! the board is rebuilt from the lists of the switch.

mod backoff;
mod client;
mod commands;
mod connection;
mod decode;
mod events;
mod frame;
mod guard;
mod jobs;
mod supervisor;
mod thread;

#[cfg(test)]
mod connection_fuzz;
#[cfg(test)]
mod decode_fuzz;
#[cfg(test)]
mod frame_fuzz;

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use app::model::board::LinkProblem;
use app::model::ids::NodeName;
use app::model::time::UnixMs;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

pub(crate) use commands::Failure;
pub use commands::{CommandError, Commands};
pub use decode::{Headers, decode};

use crate::switch::event::Stamped;

/// How one switch node is reached and watched.
#[derive(Clone)]
pub struct NodeSettings {
    /// Name of the node.
    pub name: NodeName,
    /// `host:port` of its event socket.
    pub address: String,
    /// Password of its event socket.
    pub password: String,
    /// How often each of the lists is read to compare it with the board. The four reads are spread over this time, so
    /// that they also show that the switch still answers; a list of channels, where it is needed, comes after them.
    pub reconcile_every: Duration,
    /// How long a switch may send nothing at all. It sends a HEARTBEAT every 20 s unless told otherwise, so three of
    /// these; where heartbeats turn out to be rarer, three of those.
    pub heartbeat_timeout: Duration,
    /// The pause before the first attempt after a loss; it doubles with every attempt that fails, and half of each is
    /// drawn by lot. A connection that held for five seconds begins anew.
    pub first_retry: Duration,
    /// The longest of these pauses.
    pub longest_retry: Duration,
}

impl NodeSettings {
    /// Settings with the usual times.
    pub fn new(name: NodeName, address: impl Into<String>, password: impl Into<String>) -> Self {
        Self {
            name,
            address: address.into(),
            password: password.into(),
            reconcile_every: Duration::from_secs(10),
            heartbeat_timeout: Duration::from_secs(60),
            first_retry: Duration::from_millis(250),
            longest_retry: Duration::from_secs(10),
        }
    }
}

impl fmt::Debug for NodeSettings {
    /// Without the password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NodeSettings")
            .field("name", &self.name)
            .field("address", &self.address)
            .finish_non_exhaustive()
    }
}

/// Where the events of a node go: to the board, in order and waiting for room; and to the live calls, which nobody waits for.
#[derive(Clone, Debug)]
pub struct Sink {
    board: mpsc::Sender<Stamped>,
    calls: Option<mpsc::Sender<Stamped>>,
}

impl Sink {
    /// To both.
    pub const fn new(board: mpsc::Sender<Stamped>, calls: mpsc::Sender<Stamped>) -> Self {
        Self { board, calls: Some(calls) }
    }

    /// Hands an event to those who follow its kind. `Ok(false)` where the live calls had no room for it.
    ///
    /// # Errors
    /// When the board has ended.
    async fn send(&self, stamped: Stamped) -> Result<bool, Ended> {
        let (to_calls, to_board) = stamped.event.readers();
        let mut was_taken = true;
        if to_calls && let Some(calls) = &self.calls {
            let copy = if to_board { stamped.clone() } else { return Ok(calls.try_send(stamped).is_ok()) };
            was_taken = calls.try_send(copy).is_ok();
        }
        if to_board {
            self.board.send(stamped).await.map_err(|_| Ended)?;
        }
        Ok(was_taken)
    }
}

/// Nobody listens any more.
#[derive(Clone, Copy, Debug)]
struct Ended;

/// To the board alone.
impl From<mpsc::Sender<Stamped>> for Sink {
    fn from(board: mpsc::Sender<Stamped>) -> Self {
        Self { board, calls: None }
    }
}

/// One switch node: its connections and the task that keeps them.
#[derive(Debug)]
pub struct Node {
    commands: Commands,
    dropped_events: Arc<AtomicU64>,
    task: JoinHandle<()>,
}

impl Node {
    /// Connects, and stays connected until `cancel`; what happens goes to `sink`, in order. Must be called within a
    /// tokio runtime.
    pub fn start(settings: NodeSettings, sink: impl Into<Sink>, cancel: CancellationToken) -> Self {
        let commands = Commands::start(&settings);
        let dropped_events = Arc::new(AtomicU64::new(0));
        let supervisor =
            supervisor::run(settings, commands.clone(), sink.into(), cancel, Arc::clone(&dropped_events));
        Self { commands, dropped_events, task: tokio::spawn(supervisor) }
    }

    /// The command connections.
    pub fn commands(&self) -> Commands {
        self.commands.clone()
    }

    /// Commands that were sent since the start.
    pub fn api_calls(&self) -> u64 {
        self.commands.api_calls()
    }

    /// Events that came faster than `sink` took them and were dropped, since the start. Each time the board was
    /// rebuilt.
    pub fn dropped_events(&self) -> u64 {
        self.dropped_events.load(Ordering::Relaxed)
    }

    /// Waits until, after `cancel`, every thread has ended and every socket is closed.
    pub async fn stopped(self) {
        if let Err(error) = self.task.await {
            tracing::error!(%error, "the task of a switch node ended badly");
        }
    }
}

/// Whether the switch can be reached, lets us in and has a call center.
pub async fn probe(settings: &NodeSettings) -> Result<(), LinkProblem> {
    let settings = settings.clone();
    let probing = tokio::task::spawn_blocking(move || {
        let deadline = Instant::now() + client::OPEN_WITHIN;
        let cutter = client::Cutter::default();
        let mut client = client::Client::open(&settings.address, &settings.password, deadline, &cutter)?;
        let answer = client.api("module_exists", "mod_callcenter", deadline)?;
        if answer.trim() == "true" { Ok(()) } else { Err(LinkProblem::NoCallCenter) }
    });
    probing.await.unwrap_or(Err(LinkProblem::ConnectionLost))
}

/// The server's clock.
fn now() -> UnixMs {
    let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    UnixMs(i64::try_from(since_epoch.as_millis()).unwrap_or(i64::MAX))
}
