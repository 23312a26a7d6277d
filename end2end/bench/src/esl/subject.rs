//! What is measured, in a process of its own, so that its processor time and its memory are its own: one node's
//! connection and the board, as the server starts them. The facts for the record are counted instead of stored.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use app::model::ids::NodeName;
use clap::Args;
use jiff::tz::TimeZone;
use server::esl::{Node, NodeSettings};
use server::wallboard::facts::Fact;
use server::wallboard::hub::Hub;
use tokio::time::interval;
use tokio_util::sync::CancellationToken;

/// How often the count is told.
const TELL_EVERY: Duration = Duration::from_millis(20);

/// Where the switch is.
#[derive(Args, Debug)]
pub(crate) struct Options {
    #[arg(long)]
    address: SocketAddr,
}

/// What the subject says on its standard output, a line each.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Word {
    /// The board is live, so many milliseconds after the beginning.
    Live(f64),
    /// So many calls have ended on the board, and so many events had to be dropped, since the start.
    Ended { calls: u64, dropped: u64 },
}

impl Word {
    /// Reads a line.
    ///
    /// # Errors
    /// It is none.
    pub(crate) fn parse(line: &str) -> Result<Self> {
        let mut words = line.split(' ');
        let mut next = || words.next().context("the subject says too little");
        Ok(match next()? {
            "live" => Self::Live(next()?.parse()?),
            "ended" => Self::Ended { calls: next()?.parse()?, dropped: next()?.parse()? },
            other => anyhow::bail!("the subject says {other:?}"),
        })
    }
}

/// Follows the switch until it is told to end.
///
/// # Errors
/// The board ends.
pub(crate) async fn run(options: &Options) -> Result<()> {
    let shutdown = CancellationToken::new();
    let (hub, mut facts) = Hub::start("bench".into(), TimeZone::UTC, shutdown.clone());
    // As long as there are pages, rows are rendered for them.
    let mut reader = hub.subscribe(app::model::wall::Scope::All, None);
    tokio::spawn(async move { while reader.next().await.is_some() {} });
    let started = Instant::now();
    let settings = NodeSettings::new(NodeName::new("fs-1"), options.address.to_string(), "ClueCon");
    let node = Node::start(settings, hub.inbox(), shutdown);
    let mut tell = interval(TELL_EVERY);
    let (mut calls, mut told) = (0_u64, 0);
    loop {
        tokio::select! {
            new = facts.recv() => {
                for fact in new.context("the board has ended")? {
                    match fact {
                        Fact::EventsFlow { .. } => println!("live {}", started.elapsed().as_secs_f64() * 1000.0),
                        Fact::CallEnded { .. } => calls += 1,
                        _ => {}
                    }
                }
            }
            _ = tell.tick() => if calls > told {
                told = calls;
                println!("ended {calls} {}", node.dropped_events());
            }
        }
    }
}
