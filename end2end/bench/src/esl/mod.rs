//! `bench esl`: how much one node's connection carries from the socket to the board, how soon the board is there, whether
//! it grows, and how many call records the server takes in.
//!
//! - [`conversation`] is what a switch tells, [`recorded_switch`] tells it, [`subject`] listens in a process of its own.
//! - [`cdrs`] posts call records to a server with a database.

mod cdrs;
mod conversation;
mod recorded_switch;
pub(crate) mod subject;

use std::process::Stdio;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use clap::Args;
use serde::Serialize;
use tokio::io::{AsyncBufReadExt as _, BufReader, Lines};
use tokio::process::ChildStdout;
use tokio::time::{sleep, timeout};

use crate::children::{self, Children};
use crate::database::Database;
use crate::process;
use crate::stack::Parts;
use conversation::AGENTS;
use recorded_switch::RecordedSwitch;
use subject::Word;

/// How long the subject may say nothing.
const PATIENCE: Duration = Duration::from_secs(60);
/// Times that the board is built from the lists.
const REBUILDS: usize = 5;
/// What counts as no growth: how much memory an allocator has more or less without anybody's doing.
const NOISE_MB: f64 = 8.0;

/// What to measure.
#[derive(Args, Debug)]
pub(crate) struct Options {
    #[command(flatten)]
    pub(crate) parts: Parts,
    /// Events of the measurement
    #[arg(long, default_value_t = 1_000_000)]
    events: u64,
    /// Events before it
    #[arg(long, default_value_t = 300_000)]
    warm_up_events: u64,
    /// Call records to post
    #[arg(long, default_value_t = 20_000)]
    cdrs: usize,
    /// Connections that they are posted on
    #[arg(long, default_value_t = 32)]
    connections: usize,
}

/// What was measured.
#[derive(Debug, Serialize)]
pub(crate) struct Report {
    /// Events from the socket to the board in a second of the clock.
    events_per_s: f64,
    /// The same in a second of processor time, user and system, of everything that the node's process does.
    events_per_core_s: f64,
    bytes_per_event: f64,
    /// Events that came faster than they were used: none, or the numbers above say nothing.
    dropped: u64,
    /// From the connection to a live board; the median of some.
    rebuild_ms: f64,
    /// Resident memory of the node's process after the warm-up, and how much more it was at the end, in megabytes of
    /// 1,000,000 bytes.
    rss_mb: f64,
    growth_mb: f64,
    /// Call records from the first post until the database has all.
    cdr_per_s: f64,
    /// Of everything else on this machine during the events, in cores. Rates by the clock of a busy machine say little.
    other_cpu: f64,
    /// Names of the goals that were not reached.
    missed: Vec<&'static str>,
}

/// Runs the benchmark. What it starts is in `children`, for the caller to stop.
///
/// # Errors
/// A part that does not start or that ends.
pub(crate) async fn run(options: &Options, database: &Database, children: &mut Children) -> Result<Report> {
    let switch = RecordedSwitch::start()?;
    let mut rebuilds_ms = Vec::new();
    for _ in 0..REBUILDS {
        let mut others = Children::default();
        rebuilds_ms.push(Subject::start(options, &switch, &mut others).await?.live_ms);
        others.stop().await;
    }
    rebuilds_ms.sort_by(f64::total_cmp);
    eprintln!("the board is live after {rebuilds_ms:.0?} ms");

    let mut subject = Subject::start(options, &switch, children).await?;
    let per_call = conversation::Conversation::new()?.events_per_call() as u64;
    // All agents' calls go from event to event together.
    let whole = |events: u64| events.div_ceil(per_call * AGENTS as u64) * per_call * AGENTS as u64;
    let warm_up = whole(options.warm_up_events);
    switch.tell(warm_up)?;
    subject.has_seen(warm_up / per_call).await?;
    switch.told()?;
    let before = Reading::take(subject.id)?;
    let events = whole(options.events);
    eprintln!("{events} events ({:.0} MB in memory)", before.rss_mb);
    switch.tell(events)?;
    subject.has_seen((warm_up + events) / per_call).await?;
    let after = Reading::take(subject.id)?;
    let bytes = switch.told()?;
    let seconds = (after.at - before.at).as_secs_f64();
    let cpu_s = (after.subject - before.subject).as_secs_f64();
    let others = (after.machine - before.machine).saturating_sub(after.subject - before.subject);
    let others = others.saturating_sub(after.bench - before.bench);
    children.stop().await;
    eprintln!("{seconds:.1} s and {cpu_s:.1} s of processor time; call records");

    let cdr_per_s = cdrs::measure(options, database, children).await?;
    let mut report = Report {
        events_per_s: rounded(events as f64 / seconds),
        events_per_core_s: rounded(events as f64 / cpu_s),
        bytes_per_event: rounded(bytes as f64 / events as f64),
        dropped: subject.dropped,
        rebuild_ms: rounded(rebuilds_ms[REBUILDS / 2]),
        rss_mb: rounded(before.rss_mb),
        growth_mb: rounded(after.rss_mb - before.rss_mb),
        cdr_per_s: rounded(cdr_per_s),
        other_cpu: rounded(others.as_secs_f64() / seconds),
        missed: Vec::new(),
    };
    report.missed = missed(&report);
    Ok(report)
}

fn missed(report: &Report) -> Vec<&'static str> {
    let goals = [
        ("events_per_s", report.events_per_s >= 15_000.0),
        ("events_per_core_s", report.events_per_core_s >= 15_000.0),
        ("dropped", report.dropped == 0),
        ("rebuild_ms", report.rebuild_ms <= 500.0),
        ("growth_mb", report.growth_mb <= NOISE_MB),
        ("cdr_per_s", report.cdr_per_s >= 2_000.0),
    ];
    goals.into_iter().filter(|(_, is_reached)| !is_reached).map(|(name, _)| name).collect()
}

fn rounded(value: f64) -> f64 {
    (value * 10.0).round() / 10.0
}

/// The process that is measured.
struct Subject {
    id: u32,
    lines: Lines<BufReader<ChildStdout>>,
    live_ms: f64,
    dropped: u64,
}

impl Subject {
    /// Starts it and waits until its board is live.
    async fn start(options: &Options, switch: &RecordedSwitch, children: &mut Children) -> Result<Self> {
        let mut command = children::command(std::env::current_exe()?);
        command.args(["esl-subject", "--address", &switch.address.to_string()]).stdout(Stdio::piped());
        let started = children.start(&mut command, "the node", &options.parts.log("node"))?;
        let lines = BufReader::new(started.stdout.context("the node has no output")?).lines();
        let mut subject = Self { id: started.id, lines, live_ms: 0.0, dropped: 0 };
        match subject.next().await? {
            Word::Live(milliseconds) => subject.live_ms = milliseconds,
            other => bail!("the node says {other:?} before it is live"),
        }
        Ok(subject)
    }

    async fn next(&mut self) -> Result<Word> {
        let line = timeout(PATIENCE, self.lines.next_line()).await.context("the node says nothing")??;
        Word::parse(&line.context("the node has ended")?)
    }

    /// Waits until so many calls have ended on its board.
    async fn has_seen(&mut self, calls: u64) -> Result<()> {
        loop {
            match self.next().await? {
                Word::Ended { calls: ended, dropped } => {
                    self.dropped = dropped;
                    if dropped > 0 {
                        bail!("{dropped} events came faster than the board used them");
                    }
                    if ended >= calls {
                        // The last state changes of the agents come after the end of their calls.
                        sleep(Duration::from_millis(100)).await;
                        return Ok(());
                    }
                }
                // A rebuild: what it was for is in the number of dropped events.
                Word::Live(_) => {}
            }
        }
    }
}

/// What has been used up so far.
struct Reading {
    at: Instant,
    subject: Duration,
    bench: Duration,
    machine: Duration,
    rss_mb: f64,
}

impl Reading {
    fn take(subject: u32) -> Result<Self> {
        Ok(Self {
            at: Instant::now(),
            subject: process::cpu_time(subject)?,
            bench: process::cpu_time(std::process::id())?,
            machine: process::cpu_time_of_machine()?,
            rss_mb: process::resident_mb(subject)?,
        })
    }
}
