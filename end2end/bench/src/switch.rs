//! A look at the switch itself, on an event socket of our own: its queues, and what it sends when.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use anyhow::{Context, Result, bail};
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpStream;
use tokio::sync::watch;

use crate::live::{Phase, until_over};
use crate::percentile::Samples;
use crate::readers::latency_ms;

/// An event socket that is signed in.
#[derive(Debug)]
pub(crate) struct Socket(BufReader<TcpStream>);

/// What came during the measurement.
#[derive(Debug, Default)]
pub(crate) struct Seen {
    /// Events.
    pub(crate) events: u64,
    /// From the time in an event until it is here, in milliseconds: what no reader can be quicker than.
    pub(crate) latencies_ms: Samples,
}

/// One frame of the event socket.
#[derive(Debug)]
pub(crate) struct Frame {
    content_type: String,
    pub(crate) body: String,
}

impl Socket {
    /// Connects and signs in.
    ///
    /// # Errors
    /// The connection, or a refusal.
    pub(crate) async fn open(address: SocketAddr, password: &str) -> Result<Self> {
        let stream = TcpStream::connect(address).await.context("cannot connect to the demo switch")?;
        stream.set_nodelay(true)?;
        let mut socket = Self(BufReader::new(stream));
        socket.read().await?;
        socket.ask(&format!("auth {password}")).await?;
        Ok(socket)
    }

    /// The names of the queues.
    ///
    /// # Errors
    /// The connection, or a refusal.
    pub(crate) async fn list_queues(&mut self) -> Result<Vec<String>> {
        Ok(first_column(&self.ask("api callcenter_config queue list").await?.body))
    }

    /// The names of the agents.
    ///
    /// # Errors
    /// The connection, or a refusal.
    pub(crate) async fn list_agents(&mut self) -> Result<Vec<String>> {
        Ok(first_column(&self.ask("api callcenter_config agent list").await?.body))
    }

    /// Waits until an agent has that status, and returns when the switch wrote it, in microseconds; what was written before
    /// `after_us` does not count.
    ///
    /// # Errors
    /// The connection.
    pub(crate) async fn next_status(&mut self, agent: &str, status: &str, after_us: i64) -> Result<i64> {
        // As the switch encodes them.
        let (agent, status) = (agent.replace('@', "%40"), status.replace(' ', "%20"));
        loop {
            let frame = self.read().await?;
            let is_it = header(&frame.body, "CC-Action") == Some("agent-status-change")
                && header(&frame.body, "CC-Agent") == Some(&agent)
                && header(&frame.body, "CC-Agent-Status") == Some(&status);
            let made_at_us = header(&frame.body, "Event-Date-Timestamp").and_then(|us| us.parse().ok());
            if is_it && let Some(made_at_us) = made_at_us.filter(|us| *us >= after_us) {
                return Ok(made_at_us);
            }
        }
    }

    /// Counts the events of the call center until the end of the measurement; `total` counts for the onlooker.
    ///
    /// # Errors
    /// The connection.
    pub(crate) async fn watch(
        mut self,
        phase: watch::Receiver<Phase>,
        total: Arc<AtomicU64>,
    ) -> Result<Seen> {
        self.ask("event plain CUSTOM callcenter::info").await?;
        let mut seen = Seen::default();
        let over = until_over(phase.clone());
        tokio::pin!(over);
        loop {
            let frame = tokio::select! {
                () = &mut over => return Ok(seen),
                frame = self.read() => frame?,
            };
            if frame.content_type != "text/event-plain" {
                continue;
            }
            total.fetch_add(1, Ordering::Relaxed);
            if *phase.borrow() == Phase::Measured {
                seen.events += 1;
                let made_at_us = header(&frame.body, "Event-Date-Timestamp").and_then(|us| us.parse().ok());
                seen.latencies_ms.extend(made_at_us.map(latency_ms));
            }
        }
    }

    pub(crate) async fn ask(&mut self, line: &str) -> Result<Frame> {
        self.0.write_all(format!("{line}\n\n").as_bytes()).await?;
        let answer = loop {
            let frame = self.read().await?;
            // Events may come between.
            if frame.content_type != "text/event-plain" {
                break frame;
            }
        };
        if answer.body.starts_with("-ERR") {
            bail!("the demo switch refuses: {}", answer.body.trim());
        }
        Ok(answer)
    }

    async fn read(&mut self) -> Result<Frame> {
        let mut headers = HashMap::new();
        loop {
            let mut line = String::new();
            if self.0.read_line(&mut line).await? == 0 {
                bail!("the demo switch has closed the connection");
            }
            match line.trim_end().split_once(": ") {
                Some((name, value)) => headers.insert(name.to_owned(), value.to_owned()),
                None => break,
            };
        }
        let length = headers.get("Content-Length").map_or(Ok(0), |length| length.parse())?;
        let mut body = vec![0; length];
        self.0.read_exact(&mut body).await?;
        // A reply without a body has its words in a header.
        let body = match headers.remove("Reply-Text") {
            Some(words) if body.is_empty() => words,
            _ => String::from_utf8_lossy(&body).into_owned(),
        };
        Ok(Frame { content_type: headers.remove("Content-Type").unwrap_or_default(), body })
    }
}

/// The first column of a list with a line of titles above and `+OK` below.
fn first_column(list: &str) -> Vec<String> {
    let rows = list.lines().skip(1).filter(|line| line.contains('|'));
    rows.filter_map(|line| line.split('|').next()).map(str::to_owned).collect()
}

fn header<'a>(event: &'a str, name: &str) -> Option<&'a str> {
    event.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_the_first_column_of_a_list() {
        let list = "name|strategy\nsupport@default|round-robin\nsales@default|top-down\n+OK\n";
        assert_eq!(first_column(list), ["support@default", "sales@default"]);
        assert_eq!(first_column(""), Vec::<String>::new());
    }

    #[test]
    fn header_is_found_by_its_whole_name() {
        let event = "Event-Date-Timestamp-Other: 1\nEvent-Date-Timestamp: 2\n\n";
        assert_eq!(header(event, "Event-Date-Timestamp"), Some("2"));
        assert_eq!(header(event, "Event-Date"), None);
    }
}
