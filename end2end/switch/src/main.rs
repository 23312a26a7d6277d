//! The demo switch as a program.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use clap::Parser;
use demo_switch::options::User;
use demo_switch::{DemoSwitch, Options, cdr};
use tokio::signal::unix::{SignalKind, signal};

/// How long the goodbye may take.
const LONGEST_FAREWELL: Duration = Duration::from_secs(5);

/// A stand-in for FreeSWITCH with a busy call center: event socket, mod_callcenter, channels.
#[derive(Debug, Parser)]
#[command(version)]
struct Flags {
    /// Address of the event socket
    #[arg(long, default_value = "127.0.0.1:8021")]
    listen: SocketAddr,
    /// Password of the event socket
    #[arg(long, default_value = "ClueCon")]
    password: String,
    /// Seed of all random decisions
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Number of queues
    #[arg(long, default_value_t = 12)]
    queues: usize,
    /// Number of agents
    #[arg(long, default_value_t = 60)]
    agents: usize,
    /// Keep agents and tiers in the configuration too: a queue reload puts their status back
    #[arg(long)]
    agents_in_configuration: bool,
    /// Callers per minute, all queues together
    #[arg(long)]
    calls_per_minute: Option<f64>,
    /// Mean seconds of a talk
    #[arg(long)]
    talk_seconds: Option<f64>,
    /// Mean seconds until a waiting caller gives up
    #[arg(long)]
    patience_seconds: Option<f64>,
    /// Choose rates so that about this many callcenter::info events come out per second
    #[arg(long)]
    event_rate: Option<f64>,
    /// Seconds between HEARTBEAT events
    #[arg(long, default_value_t = 20.0)]
    heartbeat_seconds: f64,
    /// No callers, and no decisions of agents, but by command
    #[arg(long)]
    no_life: bool,
    /// A user of `userauth`, NAME:PASSWORD or NAME:PASSWORD:API,API; may repeat
    #[arg(long, value_parser = read_user)]
    user: Vec<User>,
    /// Refuse connections from this address, as an access list does; may repeat
    #[arg(long)]
    deny: Vec<IpAddr>,
    /// Post call detail records here, as mod_json_cdr does: plain HTTP
    #[arg(long, value_name = "URL", requires = "cdr_error_dir")]
    cdr_url: Option<String>,
    /// Basic authentication of the posts
    #[arg(long, value_name = "USER:PASSWORD")]
    cdr_credentials: Option<String>,
    /// Where records are kept that nobody took
    #[arg(long, value_name = "DIR")]
    cdr_error_dir: Option<PathBuf>,
    /// Post records of agents' legs too
    #[arg(long)]
    cdr_b_leg: bool,
    /// Posts after the first one that failed
    #[arg(long, default_value_t = 2)]
    cdr_retries: u32,
    /// Seconds between two posts of a record
    #[arg(long, default_value_t = 1.0)]
    cdr_delay_seconds: f64,
    /// Append what happens to this file, a JSON object a line
    #[arg(long, value_name = "FILE")]
    journal: Option<PathBuf>,
}

impl From<Flags> for Options {
    fn from(flags: Flags) -> Self {
        let default = Self::default();
        let cdr = flags.cdr_url.zip(flags.cdr_error_dir).map(|(url, error_directory)| cdr::Settings {
            credentials: flags.cdr_credentials,
            b_leg: flags.cdr_b_leg,
            retries: flags.cdr_retries,
            delay: Duration::try_from_secs_f64(flags.cdr_delay_seconds).unwrap_or_default(),
            ..cdr::Settings::new(url, error_directory)
        });
        Self {
            listen: flags.listen,
            password: flags.password,
            seed: flags.seed,
            queues: flags.queues,
            agents: flags.agents,
            configuration: None,
            agents_in_configuration: flags.agents_in_configuration,
            life: !flags.no_life,
            calls_per_minute: flags.calls_per_minute.unwrap_or(default.calls_per_minute),
            talk_seconds: flags.talk_seconds.unwrap_or(default.talk_seconds),
            patience_seconds: flags.patience_seconds.unwrap_or(default.patience_seconds),
            event_rate: flags.event_rate,
            heartbeat_seconds: flags.heartbeat_seconds,
            denied: flags.deny,
            cdr,
            journal: false,
            journal_file: flags.journal,
            users: flags.user,
            clock: default.clock,
        }
    }
}

fn read_user(text: &str) -> Result<User, String> {
    let mut words = text.splitn(3, ':');
    let (Some(name), Some(password)) = (words.next(), words.next()) else {
        return Err("NAME:PASSWORD is expected".to_owned());
    };
    let apis = words.next().unwrap_or_default();
    let apis = apis.split(',').filter(|api| !api.is_empty()).map(str::to_owned).collect();
    Ok(User { name: name.to_owned(), password: password.to_owned(), apis })
}

#[tokio::main(worker_threads = 2)]
async fn main() -> io::Result<()> {
    let mut switch = DemoSwitch::start(Flags::parse().into()).await?;
    announce(switch.address());
    std::thread::spawn(end_at_the_latest);
    let mut terminated = signal(SignalKind::terminate())?;
    tokio::select! {
        _ = terminated.recv() => {}
        result = tokio::signal::ctrl_c() => result?,
        () = switch.ended() => return Ok(()),
    }
    switch.shutdown().await;
    Ok(())
}

/// A switch that is told to do more than the machine can does not let go of the world for its goodbye, and none of its
/// threads looks at signals: one of its own does.
fn end_at_the_latest() {
    let Ok(runtime) = tokio::runtime::Builder::new_current_thread().enable_all().build() else { return };
    runtime.block_on(async {
        let Ok(mut terminated) = signal(SignalKind::terminate()) else { return };
        tokio::select! {
            _ = terminated.recv() => {}
            _ = tokio::signal::ctrl_c() => {}
        }
        tokio::time::sleep(LONGEST_FAREWELL).await;
        std::process::exit(0);
    });
}

#[allow(clippy::print_stdout, reason = "scripts wait for this line to learn the port")]
fn announce(address: SocketAddr) {
    println!("demo switch listening on {address}");
}
