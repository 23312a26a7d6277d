//! Benchmarks of the whole: `cargo xtask bench <name>` builds what is measured and runs this program.
//!
//! Each prints its progress to the standard error and one JSON object as the last line of the standard output.
//!
//! - [`live`]: from an event of the switch to readers of the live stream and to the screen.
//! - [`esl`]: what one node's connection carries, and what the server takes in of call records.
//! - [`stack`] starts what is measured, with [`database`] and [`children`], which also end it.
//! - [`readers`], [`page`] and [`switch`] look at it from outside; [`process`] and [`metrics`] from inside.
//! - [`sse`] and [`http`] are what readers need of HTTP; [`percentile`] sums up.
#![allow(clippy::print_stdout, reason = "the result is a line on the standard output")]

mod calls;
mod children;
mod clicks;
mod database;
mod esl;
mod http;
mod live;
mod metrics;
mod page;
mod percentile;
mod process;
mod readers;
mod sse;
mod stack;
mod switch;

use std::process::ExitCode;

use anyhow::Result;
use clap::{Parser, Subcommand};
use tokio::signal::unix::{SignalKind, signal};

use crate::children::Children;

/// Benchmarks of SwitchDesk.
#[derive(Debug, Parser)]
#[command(name = "bench")]
struct Arguments {
    #[command(subcommand)]
    benchmark: Benchmark,
}

#[derive(Debug, Subcommand)]
enum Benchmark {
    /// From an event of the switch to readers of the live stream and to the screen
    Live(Box<live::Options>),
    /// From the event socket to the board, and from posted call records to the database
    Esl(Box<esl::Options>),
    /// What `esl` measures
    #[command(hide = true)]
    EslSubject(esl::subject::Options),
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let runtime = match tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return fail(&error.into()),
    };
    // On this thread, which lives to the end: the kernel ends children with the thread that started them.
    match runtime.block_on(run(arguments.benchmark)) {
        Ok(Some(line)) => {
            println!("{line}");
            ExitCode::SUCCESS
        }
        Ok(None) => {
            eprintln!("stopped");
            ExitCode::from(130)
        }
        Err(error) => fail(&error),
    }
}

/// The result as a line; `None` when somebody asked to stop.
async fn run(benchmark: Benchmark) -> Result<Option<String>> {
    let parts = match &benchmark {
        Benchmark::Live(options) => &options.parts,
        Benchmark::Esl(options) => &options.parts,
        Benchmark::EslSubject(options) => return esl::subject::run(options).await.map(|()| None),
    };
    let stopped = stop_signal()?;
    let database = parts.create_database().await?;
    let mut children = Children::default();
    let measured = async {
        match &benchmark {
            Benchmark::Live(options) => {
                Ok(serde_json::to_string(&live::run(options, &database, &mut children).await?)?)
            }
            Benchmark::Esl(options) => {
                Ok(serde_json::to_string(&esl::run(options, &database, &mut children).await?)?)
            }
            Benchmark::EslSubject(_) => Ok(String::new()),
        }
    };
    let outcome = tokio::select! {
        outcome = measured => outcome.map(Some),
        () = stopped => Ok(None),
    };
    // Whatever the outcome: nothing that was started or made stays behind.
    children.stop().await;
    let removed = database.remove().await;
    outcome.and_then(|outcome| removed.map(|()| outcome))
}

/// Ends when somebody presses Ctrl-C, ends us, or closes the terminal.
fn stop_signal() -> Result<impl Future<Output = ()>> {
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    let mut hang_up = signal(SignalKind::hangup())?;
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
            _ = hang_up.recv() => {}
        }
    })
}

fn fail(error: &anyhow::Error) -> ExitCode {
    eprintln!("error: {error:#}");
    ExitCode::FAILURE
}
