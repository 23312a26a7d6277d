//! What a demo switch is started with.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;

use crate::callcenter::center::Configuration;
use crate::cdr;
use crate::clock::Clock;

/// Options of a demo switch. The default has no life of its own: nothing happens but by command.
#[derive(Debug, Clone)]
pub struct Options {
    /// Where the event socket listens; port 0 takes any free one.
    pub listen: SocketAddr,
    /// Password of `auth`.
    pub password: String,
    /// Seed of every random decision, uuids included.
    pub seed: u64,
    /// Number of seeded queues.
    pub queues: usize,
    /// Number of seeded agents.
    pub agents: usize,
    /// Queues, agents and tiers instead of the seeded ones; they stay in the configuration.
    pub configuration: Option<Configuration>,
    /// Whether the seeded agents and tiers are part of the configuration too, so that a queue reload puts them back.
    pub agents_in_configuration: bool,
    /// Whether callers arrive and agents decide by themselves.
    pub life: bool,
    /// Callers per minute, all queues together.
    pub calls_per_minute: f64,
    /// Mean seconds of a talk.
    pub talk_seconds: f64,
    /// Mean seconds until a waiting caller gives up.
    pub patience_seconds: f64,
    /// If set, rates are chosen so that about this many callcenter events come out per second.
    pub event_rate: Option<f64>,
    /// Seconds between HEARTBEAT events.
    pub heartbeat_seconds: f64,
    /// Peers that the access list refuses.
    pub denied: Vec<IpAddr>,
    /// Where call detail records go; none are made without.
    pub cdr: Option<cdr::Settings>,
    /// Whether the journal is kept in memory, for [`DemoSwitch::journal`](crate::DemoSwitch::journal). It grows for as
    /// long as the switch lives.
    pub journal: bool,
    /// File to which the journal is appended.
    pub journal_file: Option<PathBuf>,
    /// Who may log in with `userauth`.
    pub users: Vec<User>,
    /// Where time comes from; a stepped clock stands still until [`crate::DemoSwitch::step`].
    pub clock: Clock,
}

/// A user of the directory with rights on the event socket.
#[derive(Debug, Clone)]
pub struct User {
    /// The part before the `@`.
    pub name: String,
    /// `esl-password`
    pub password: String,
    /// `esl-allowed-api`; empty for all.
    pub apis: Vec<String>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            password: "ClueCon".to_owned(),
            seed: 1,
            queues: 12,
            agents: 60,
            configuration: None,
            agents_in_configuration: false,
            life: false,
            calls_per_minute: 8.7,
            talk_seconds: 170.0,
            patience_seconds: 120.0,
            event_rate: None,
            heartbeat_seconds: 20.0,
            denied: Vec::new(),
            cdr: None,
            journal: false,
            journal_file: None,
            users: Vec::new(),
            clock: Clock::Running,
        }
    }
}
