//! The page of calls while thousands of them change: whether the browser's main thread keeps up.

use std::time::Duration;

use anyhow::Result;
use serde::Deserialize;
use tokio::time::{MissedTickBehavior, interval};

use crate::children::Children;
use crate::page::Page;
use crate::switch::Socket;

/// Calls on the page.
const CALLS: usize = 2_000;
/// Between two changes.
const CHANGE_EVERY: Duration = Duration::from_millis(5);

/// What the page saw, from five seconds after it was opened.
#[derive(Debug, Deserialize)]
pub(crate) struct CallsReport {
    /// Tasks of more than 50 ms.
    pub(crate) long_tasks: u64,
    /// The longest of them, in milliseconds.
    pub(crate) longest_task_ms: f64,
    /// Lines of the table that exist.
    pub(crate) lines: u64,
}

/// Fills the switch with calls and changes them while the page looks on.
///
/// # Errors
/// The switch or the browser.
pub(crate) async fn measure(
    socket: &mut Socket,
    page: &mut Page,
    children: &mut Children,
) -> Result<CallsReport> {
    let queues = socket.list_queues().await?;
    let mut calls = Vec::with_capacity(CALLS);
    for (number, queue) in queues.iter().cycle().take(CALLS).enumerate() {
        let answer = socket.ask(&format!("api demo call {queue} 138{number:08} Caller")).await?;
        calls.push(answer.body.trim_start_matches("+OK").trim().to_owned());
    }
    let changes = async {
        let mut pace = interval(CHANGE_EVERY);
        pace.set_missed_tick_behavior(MissedTickBehavior::Delay);
        for call in calls.iter().cycle() {
            pace.tick().await;
            socket.ask(&format!("api uuid_hold toggle {call}")).await?;
        }
        anyhow::Ok(())
    };
    tokio::select! {
        report = page.look_at_calls(children) => report,
        changed = changes => changed.and_then(|()| anyhow::bail!("there are no calls to change")),
    }
}
