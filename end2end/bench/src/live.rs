//! `bench live`: how long it takes from an event of the switch to readers of the live stream and to the screen, and
//! what that costs.
//!
//! Switch, server, readers and browser share this machine and its clock, so instants of one can be taken from those
//! of another.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering::Relaxed;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use clap::Args;
use serde::Serialize;
use serde_json::Value;
use tokio::sync::watch;
use tokio::time::sleep;

use crate::calls::{self, CallsReport};
use crate::children::Children;
use crate::clicks;
use crate::database::Database;
use crate::http;
use crate::metrics::Metrics;
use crate::page::{Page, PageReport};
use crate::percentile::Samples;
use crate::process;
use crate::readers::{Readers, Tally};
use crate::stack::{Load, Parts, Stack};
use crate::switch::Seen;

/// How many different sets of queues the readers watch.
const SCOPES: usize = 10;
/// How long readers may take to get their snapshot.
const PATIENCE: Duration = Duration::from_secs(30);
/// How often progress is told.
const TELL_EVERY: Duration = Duration::from_secs(10);
/// How often memory is looked at.
const GLANCE: Duration = Duration::from_secs(1);

/// How much other programs may take before the latencies are doubted, in cores.
const QUIET: f64 = 0.3;

/// The server's counter of commands that it sent to switches.
const API_CALLS: &str = "switchdesk_node_api_calls";
/// The server's counter of what the reconcile had to correct.
const CORRECTIONS: &str = "switchdesk_node_corrections";
/// The server's counter of rebuilds of the board.
const REBUILDS: &str = "switchdesk_node_rebuilds";

/// What must not be exceeded.
const GOALS: [(&str, f64); 8] = [
    ("paint_p50_ms", 100.0),
    ("paint_p99_ms", 300.0),
    ("switch_calls_per_s", 1.0),
    ("server_cpu", 0.5),
    ("server_rss_mb", 120.0),
    ("corrections", 0.0),
    ("click_p99_ms", 50.0),
    ("long_tasks", 0.0),
];

/// What to measure, and with what.
#[derive(Args, Debug)]
pub(crate) struct Options {
    /// Seconds to measure
    #[arg(long, default_value_t = 60, value_parser = clap::value_parser!(u64).range(1..))]
    seconds: u64,
    /// Seconds that everything runs before
    #[arg(long, default_value_t = 10)]
    warm_up_seconds: u64,
    /// Readers of the live stream beside the browser
    #[arg(long, default_value_t = 50)]
    readers: usize,
    #[command(flatten)]
    load: Load,
    #[command(flatten)]
    pub(crate) parts: Parts,
}

/// Where the benchmark is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Phase {
    /// Not yet measured.
    WarmUp,
    /// Measured.
    Measured,
    /// Everybody hands in what was seen.
    Over,
}

/// Ends with the measurement, or with whoever conducts it.
pub(crate) async fn until_over(mut phase: watch::Receiver<Phase>) {
    phase.wait_for(|phase| *phase == Phase::Over).await.ok();
}

/// The result. Times are in milliseconds; what was not there to be measured is `null`.
#[derive(Debug, Serialize)]
pub(crate) struct Report {
    seconds: f64,
    readers: usize,
    scopes: usize,
    /// Events of the call center as a listener of the switch counts them.
    events_per_s: f64,
    /// From the time in an event to that listener: the least that anybody can have.
    switch_p50_ms: Option<f64>,
    switch_p99_ms: Option<f64>,
    /// From the oldest event in a frame to a reader.
    reader_p50_ms: Option<f64>,
    reader_p99_ms: Option<f64>,
    reader_max_ms: Option<f64>,
    /// From the oldest event in a frame to the first animation frame after the page changed.
    paint_p50_ms: Option<f64>,
    paint_p99_ms: Option<f64>,
    paint_max_ms: Option<f64>,
    paints_per_s: f64,
    switch_calls_per_s: Option<f64>,
    /// Processor time of the server, user and system, in cores.
    server_cpu: f64,
    /// The most that was seen, in megabytes of 1,000,000 bytes.
    server_rss_mb: f64,
    /// Of all readers together.
    frames_per_s: f64,
    rows_per_frame: f64,
    bytes_per_s_per_reader: f64,
    /// From an agent's click at the desk to the moment at which the switch wrote the status.
    click_p50_ms: Option<f64>,
    click_p99_ms: Option<f64>,
    /// Tasks of more than 50 ms on the page of calls while 2,000 calls change 200 times a second, after its first 5 s.
    long_tasks: u64,
    /// Since the server's start.
    corrections: Option<f64>,
    /// Since the server's start; the first one is how the board begins.
    rebuilds: Option<f64>,
    /// Readers that were too slow and got a new snapshot.
    resyncs: u64,
    /// Frames that do not build upon the one before.
    gaps: u64,
    /// Errors and warnings in the browser's console.
    console_errors: usize,
    /// Processor time of the others, in cores.
    switch_cpu: f64,
    browser_cpu: f64,
    bench_cpu: f64,
    /// Of everything else on this machine, the kernel's own work and the database included. Latencies of a busy machine
    /// say little.
    other_cpu: f64,
    /// Names of the goals that were not reached.
    missed: Vec<&'static str>,
}

/// Runs the benchmark. What it starts is in `children`, for the caller to stop.
///
/// # Errors
/// A part that does not start or that ends.
pub(crate) async fn run(options: &Options, database: &Database, children: &mut Children) -> Result<Report> {
    let Options { parts, load, .. } = options;
    eprintln!(
        "demo switch with {} agents, {} queues and {} events/s, and a server",
        load.agents, load.queues, load.event_rate
    );
    let stack = Stack::start(parts, *load, SCOPES, database, children).await?;
    eprintln!("the board is live (server: process {}); {} readers", stack.server_id, options.readers);

    let (phase, watched) = watch::channel(Phase::WarmUp);
    let events = Arc::new(AtomicU64::new(0));
    let Stack { socket, mut orders, switch_id, server_id, server, supervisor, agent, streams } = stack;
    let listener = tokio::spawn(socket.watch(watched.clone(), Arc::clone(&events)));
    let mut readers = Readers::default();
    for path in streams.iter().cycle().take(options.readers) {
        readers.start(server, path.clone(), watched.clone());
    }
    wait_until_ready(&mut readers, options.readers, children).await?;
    eprintln!("all readers have their snapshot; a browser");
    let mut page = Page::open(parts, server, &supervisor, children).await?;
    eprintln!("the page paints; {} s to warm up", options.warm_up_seconds);
    sleep(Duration::from_secs(options.warm_up_seconds)).await;

    let subjects = Subjects { server: server_id, switch: switch_id, browser: page.id };
    page.measure(children).await?;
    let before = Reading::take(subjects, server).await?;
    phase.send_replace(Phase::Measured);
    let time = Duration::from_secs(options.seconds);
    let rss_mb = look_on(time, subjects, &events, &mut readers, children).await?;
    phase.send_replace(Phase::Over);
    let after = Reading::take(subjects, server).await?;
    let mut browser = page;
    let page = browser.finish(children).await?;
    eprintln!("500 clicks");
    let clicks = clicks::measure(server, &agent.0, &agent.1, &mut orders).await?;
    eprintln!("2,000 calls on the page of calls");
    let calls = calls::measure(&mut orders, &mut browser, children).await?;
    let observed = Observed {
        clicks,
        calls,
        cost: Cost::between(&before, &after),
        metrics: [before.metrics, after.metrics],
        rss_mb,
        seen: listener.await??,
        tally: readers.finish().await?,
        page,
    };
    observed.tell();
    observed.report(options.readers)
}

async fn wait_until_ready(readers: &mut Readers, count: usize, children: &mut Children) -> Result<()> {
    let deadline = Instant::now() + PATIENCE;
    while readers.ready() < count as u64 {
        children.check()?;
        readers.check()?;
        if Instant::now() > deadline {
            bail!("{} of {count} readers have a snapshot after {} s", readers.ready(), PATIENCE.as_secs());
        }
        sleep(Duration::from_millis(20)).await;
    }
    Ok(())
}

/// Whose processor time is measured, by process id.
#[derive(Clone, Copy, Debug)]
struct Subjects {
    server: u32,
    switch: u32,
    browser: u32,
}

/// What has been used up so far.
#[derive(Debug)]
struct Reading {
    at: Instant,
    server: Duration,
    server_threads: BTreeMap<String, Duration>,
    switch: Duration,
    browser: Duration,
    bench: Duration,
    machine: Duration,
    metrics: Metrics,
}

impl Reading {
    async fn take(subjects: Subjects, server: SocketAddr) -> Result<Self> {
        let metrics = http::get(server, "/metrics").await.context("the server's metrics")?;
        Ok(Self {
            at: Instant::now(),
            server: process::cpu_time(subjects.server)?,
            server_threads: process::cpu_time_by_thread(subjects.server)?,
            switch: process::cpu_time(subjects.switch)?,
            browser: process::cpu_time_of_tree(subjects.browser)?,
            bench: process::cpu_time(std::process::id())?,
            machine: process::cpu_time_of_machine()?,
            metrics: Metrics::new(metrics),
        })
    }
}

/// What was used up during the measurement, in cores.
#[derive(Debug)]
struct Cost {
    seconds: f64,
    server: f64,
    server_threads: BTreeMap<String, f64>,
    switch: f64,
    browser: f64,
    bench: f64,
    /// Of everything that is no part of the benchmark.
    strangers: f64,
}

impl Cost {
    fn between(before: &Reading, after: &Reading) -> Self {
        let seconds = (after.at - before.at).as_secs_f64();
        let cores = |before: Duration, after: Duration| after.saturating_sub(before).as_secs_f64() / seconds;
        let threads = after.server_threads.iter().map(|(name, time)| {
            (name.clone(), cores(before.server_threads.get(name).copied().unwrap_or_default(), *time))
        });
        let (server, switch) = (cores(before.server, after.server), cores(before.switch, after.switch));
        let (browser, bench) = (cores(before.browser, after.browser), cores(before.bench, after.bench));
        let machine = cores(before.machine, after.machine);
        Self {
            seconds,
            server,
            server_threads: threads.collect(),
            switch,
            browser,
            bench,
            strangers: (machine - server - switch - browser - bench).max(0.0),
        }
    }
}

/// Waits for the end of the measurement and tells how it goes; returns the most memory that the server had.
async fn look_on(
    time: Duration,
    subjects: Subjects,
    events: &AtomicU64,
    readers: &mut Readers,
    children: &mut Children,
) -> Result<f64> {
    let start = Instant::now();
    let mut most_mb: f64 = 0.0;
    let mut told = Counted::now(subjects, events, readers)?;
    while start.elapsed() < time {
        sleep(GLANCE.min(time.saturating_sub(start.elapsed()))).await;
        children.check()?;
        readers.check()?;
        let rss_mb = process::resident_mb(subjects.server)?;
        most_mb = most_mb.max(rss_mb);
        if told.at.elapsed() + GLANCE / 2 >= TELL_EVERY {
            let now = Counted::now(subjects, events, readers)?;
            let seconds = (now.at - told.at).as_secs_f64();
            eprintln!(
                "{:3.0} s: {:.0} events/s, {:.0} frames/s, server {:.2} cores and {rss_mb:.0} MB",
                start.elapsed().as_secs_f64(),
                (now.events - told.events) as f64 / seconds,
                (now.frames - told.frames) as f64 / seconds,
                now.cpu.saturating_sub(told.cpu).as_secs_f64() / seconds,
            );
            told = now;
        }
    }
    Ok(most_mb)
}

/// What progress is told from.
struct Counted {
    at: Instant,
    events: u64,
    frames: u64,
    cpu: Duration,
}

impl Counted {
    fn now(subjects: Subjects, events: &AtomicU64, readers: &Readers) -> Result<Self> {
        let cpu = process::cpu_time(subjects.server)?;
        Ok(Self { at: Instant::now(), events: events.load(Relaxed), frames: readers.frames(), cpu })
    }
}

/// Everything that was measured.
#[derive(Debug)]
struct Observed {
    cost: Cost,
    /// Before and after.
    metrics: [Metrics; 2],
    rss_mb: f64,
    seen: Seen,
    tally: Tally,
    page: PageReport,
    /// From a click to the switch, in milliseconds.
    clicks: Samples,
    calls: CallsReport,
}

impl Observed {
    /// Where the time goes, for people.
    fn tell(&self) {
        let Self { cost, page, tally, .. } = self;
        let mut threads: Vec<_> = cost.server_threads.iter().filter(|(_, cores)| **cores >= 0.001).collect();
        threads.sort_by(|(_, one), (_, other)| other.total_cmp(one));
        for (name, cores) in threads {
            eprintln!("server's threads {name}: {cores:.3} cores");
        }
        let share = |seconds: f64| seconds * 100.0 / cost.seconds;
        eprintln!(
            "page's main thread: busy {:.0} % (scripts {:.0} %, styles {:.0} %, layout {:.0} %), {} tasks over 50 ms, \
             the longest {:.0} ms, {} elements",
            share(page.task_s),
            share(page.script_s),
            share(page.style_s),
            share(page.layout_s),
            page.long_tasks,
            page.longest_task_ms,
            page.elements,
        );
        eprintln!(
            "page of calls: {} tasks over 50 ms, the longest {:.0} ms, {} lines in the document",
            self.calls.long_tasks, self.calls.longest_task_ms, self.calls.lines
        );
        eprintln!("{} of {} frames tell no time of an event", tally.without_event, tally.frames);
        if cost.strangers > QUIET {
            eprintln!("other programs took {:.1} cores meanwhile: the latencies say little", cost.strangers);
        }
        for complaint in &page.console {
            eprintln!("console: {complaint}");
        }
    }

    fn report(self, readers: usize) -> Result<Report> {
        let Self {
            cost,
            metrics: [before, after],
            rss_mb,
            mut seen,
            mut tally,
            page,
            mut clicks,
            calls: page_of_calls,
        } = self;
        let per_s = |count: f64| rounded(count / cost.seconds);
        let calls = before.sum(API_CALLS).zip(after.sum(API_CALLS)).map(|(before, after)| after - before);
        let mut paints = Samples::default();
        paints.extend(page.painted_ms);
        let mut report = Report {
            seconds: rounded(cost.seconds),
            readers,
            scopes: SCOPES,
            events_per_s: per_s(seen.events as f64),
            switch_p50_ms: seen.latencies_ms.percentile(50.0).map(rounded),
            switch_p99_ms: seen.latencies_ms.percentile(99.0).map(rounded),
            reader_p50_ms: tally.latencies_ms.percentile(50.0).map(rounded),
            reader_p99_ms: tally.latencies_ms.percentile(99.0).map(rounded),
            reader_max_ms: tally.latencies_ms.max().map(rounded),
            paint_p50_ms: paints.percentile(50.0).map(rounded),
            paint_p99_ms: paints.percentile(99.0).map(rounded),
            paint_max_ms: paints.max().map(rounded),
            paints_per_s: per_s(paints.len() as f64),
            switch_calls_per_s: calls.map(per_s),
            server_cpu: rounded(cost.server),
            server_rss_mb: rounded(rss_mb),
            frames_per_s: per_s(tally.frames as f64),
            rows_per_frame: rounded(tally.rows as f64 / tally.frames.max(1) as f64),
            bytes_per_s_per_reader: per_s(tally.bytes as f64 / readers.max(1) as f64),
            click_p50_ms: clicks.percentile(50.0).map(rounded),
            click_p99_ms: clicks.percentile(99.0).map(rounded),
            long_tasks: page_of_calls.long_tasks,
            corrections: after.sum(CORRECTIONS),
            rebuilds: after.sum(REBUILDS),
            resyncs: tally.resyncs,
            gaps: tally.gaps,
            console_errors: page.console.len(),
            switch_cpu: rounded(cost.switch),
            browser_cpu: rounded(cost.browser),
            bench_cpu: rounded(cost.bench),
            other_cpu: rounded(cost.strangers),
            missed: Vec::new(),
        };
        report.missed = missed(&serde_json::to_value(&report)?);
        Ok(report)
    }
}

/// Goals that a report misses; a value that is not known reaches no goal.
fn missed(report: &Value) -> Vec<&'static str> {
    let is_missed =
        |(name, most): &(&'static str, f64)| report[name].as_f64().is_none_or(|value| value > *most);
    GOALS.iter().filter(|goal| is_missed(goal)).map(|(name, _)| *name).collect()
}

/// To a thousandth.
fn rounded(value: f64) -> f64 {
    (value * 1000.0).round() / 1000.0
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn goals_are_missed_by_more_and_by_nothing_known() {
        let mut report = json!({
            "paint_p50_ms": 100, "paint_p99_ms": 300.001, "switch_calls_per_s": null, "server_cpu": 0.2,
            "server_rss_mb": 80.5, "corrections": 0.0, "click_p99_ms": 12.5, "long_tasks": 0,
        });
        assert_eq!(missed(&report), ["paint_p99_ms", "switch_calls_per_s"]);
        report["corrections"] = json!(1);
        assert_eq!(missed(&report), ["paint_p99_ms", "switch_calls_per_s", "corrections"]);
    }
}
