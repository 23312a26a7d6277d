//! Clicks: an agent chooses a status at the desk, and the switch gets the command. What lies between is everything that a click
//! costs: the session, the permit, the rows of the audit and of the note, and the way over the event socket.

use std::net::SocketAddr;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result, bail};
use tokio::time::timeout;

use crate::http::Client;
use crate::percentile::Samples;
use crate::stack::Login;
use crate::switch::Socket;

/// Clicks that are measured.
const CLICKS: usize = 500;
/// How long a click may take to reach the switch.
const PATIENCE: Duration = Duration::from_secs(10);

/// From each click to the moment at which the switch wrote the status, in milliseconds. `socket` is an event socket of our own,
/// `agent` the name on the switch of the agent that the login is tied to.
///
/// # Errors
/// The sign-in, a refusal, or a status that the switch tells nothing of.
pub(crate) async fn measure(
    server: SocketAddr,
    login: &Login,
    agent: &str,
    socket: &mut Socket,
) -> Result<Samples> {
    let mut browser = Client::open(server).await?;
    browser.sign_in(login.name, &login.password).await?;
    socket.ask("event plain CUSTOM callcenter::info").await?;
    let mut samples = Samples::default();
    for (body, status) in [("status=on-break&reason=rest", "On Break"), ("status=available", "Available")]
        .into_iter()
        .cycle()
        .take(CLICKS)
    {
        let clicked_at_us = now_us()?;
        let answer = browser.post("/api/desk/status", body).await?;
        if answer != hyper::StatusCode::OK {
            bail!("a click was answered {answer}");
        }
        let written = timeout(PATIENCE, socket.next_status(agent, status, clicked_at_us));
        let written_at_us = written.await.context("the switch tells nothing of a click")??;
        samples.extend([(written_at_us - clicked_at_us) as f64 / 1000.0]);
    }
    Ok(samples)
}

fn now_us() -> Result<i64> {
    Ok(i64::try_from(SystemTime::now().duration_since(UNIX_EPOCH)?.as_micros())?)
}
