//! Call records through the server's door into the database, as mod_json_cdr posts them: each waits for its answer, and
//! what is answered with 200 is stored.

use std::net::{Ipv4Addr, SocketAddr};
use std::process::Stdio;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use http_body_util::{BodyExt as _, Full};
use hyper::body::Bytes;
use hyper::client::conn::http1;
use hyper::{Request, StatusCode, header};
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio::time::sleep;

use super::Options;
use crate::children::{self, Children};
use crate::database::{self, Database};
use crate::http;
use crate::stack::{free_port, program};

/// A caller's and an agent's record of an answered call, as a real switch posted them.
const RECORDED: [&str; 2] = [
    include_str!("../../../../server/tests/transcripts/cdr-answered.json"),
    include_str!("../../../../server/tests/transcripts/cdr-agent-leg.json"),
];
/// How long the server may take to start.
const PATIENCE: Duration = Duration::from_secs(30);
/// Of all records, those before the measurement.
const WARM_UP: usize = 2_000;

/// Posts the records and returns how many a second were stored.
///
/// # Errors
/// The server, or a record that is not taken.
pub(crate) async fn measure(options: &Options, database: &Database, children: &mut Children) -> Result<f64> {
    let server = SocketAddr::from((Ipv4Addr::LOCALHOST, free_port()?));
    // Nobody listens there: the switch is away, and its records come all the same.
    let switch = SocketAddr::from((Ipv4Addr::LOCALHOST, free_port()?));
    let password = database::random_token(24)?;
    let command = || program(&options.parts, server, database, switch, &password);
    children::feed(command().arg("migrate"), "switchdesk migrate", b"").await?;
    let mut serve = command();
    serve
        .arg("serve")
        .env("SWITCHDESK_SWITCH_WEB_PASSWORD", &password)
        .env("SWITCHDESK_SPOOL_DIR", options.parts.folder("cdr-spool"))
        .stdout(Stdio::null());
    children.start(&mut serve, "the server", &options.parts.log("cdr-server"))?;
    wait_until_open(server, children).await?;
    let posts = Posts { server, password, templates: templates()?, next: AtomicUsize::new(0) };
    let posts = Arc::new(posts);
    post(&posts, WARM_UP, options.connections).await?;
    let start = Instant::now();
    post(&posts, WARM_UP + options.cdrs, options.connections).await?;
    let seconds = start.elapsed().as_secs_f64();
    let stored = database.execute("SELECT COUNT(*) FROM cdrs").await?;
    if stored.trim() != (WARM_UP + options.cdrs).to_string() {
        bail!("{} records were answered with 200, {} are stored", WARM_UP + options.cdrs, stored.trim());
    }
    Ok(options.cdrs as f64 / seconds)
}

async fn wait_until_open(server: SocketAddr, children: &mut Children) -> Result<()> {
    let deadline = Instant::now() + PATIENCE;
    loop {
        children.check()?;
        let health = http::get(server, "/healthz").await.unwrap_or_default();
        let health: Value = serde_json::from_str(&health).unwrap_or_default();
        if health["database"] == "ok" {
            return Ok(());
        }
        if Instant::now() > deadline {
            bail!("the server has no database after {} s: {health}", PATIENCE.as_secs());
        }
        sleep(Duration::from_millis(50)).await;
    }
}

/// What is posted to whom; numbered, so that every record has a uuid of its own.
struct Posts {
    server: SocketAddr,
    password: String,
    templates: Vec<Template>,
    next: AtomicUsize,
}

/// Posts on several connections until so many records have been posted since the start.
async fn post(posts: &Arc<Posts>, until: usize, connections: usize) -> Result<()> {
    let mut tasks = JoinSet::new();
    for _ in 0..connections {
        let posts = Arc::clone(posts);
        tasks.spawn(async move { posts.run(until).await });
    }
    while let Some(done) = tasks.join_next().await {
        done??;
    }
    posts.next.store(until, Ordering::Relaxed);
    Ok(())
}

impl Posts {
    async fn run(&self, until: usize) -> Result<()> {
        let stream = TcpStream::connect(self.server).await?;
        stream.set_nodelay(true)?;
        let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
        tokio::spawn(connection);
        loop {
            let number = self.next.fetch_add(1, Ordering::Relaxed);
            if number >= until {
                return Ok(());
            }
            let (uuid, body) = self.record(number);
            let request = Request::post(format!("/switch/cdr?uuid={uuid}"))
                .header(header::HOST, self.server.to_string())
                .header(header::CONTENT_TYPE, "application/json")
                .header(header::AUTHORIZATION, basic("freeswitch", &self.password))
                .body(Full::new(Bytes::from(body)))?;
            let response = sender.send_request(request).await?;
            let status = response.status();
            let text = response.into_body().collect().await?.to_bytes();
            if status != StatusCode::OK {
                bail!("record {number} is answered with {status}: {}", String::from_utf8_lossy(&text).trim());
            }
        }
    }

    /// A record of a call of its own.
    fn record(&self, number: usize) -> (String, String) {
        let Template { body, uuid, member } = &self.templates[number % self.templates.len()];
        let new = format!("{number:08x}-7ef5-457d-a2c5-28992e224970");
        let call = number / self.templates.len();
        let body =
            body.replace(uuid, &new).replace(member, &format!("{call:08x}-74d9-4aba-9b76-65bcdba93b2e"));
        (new, body)
    }
}

/// A recorded body, and what differs from call to call in it.
struct Template {
    body: &'static str,
    uuid: String,
    member: String,
}

fn templates() -> Result<Vec<Template>> {
    RECORDED
        .into_iter()
        .map(|body| {
            let json: Value = serde_json::from_str(body)?;
            let variable = |name: &str| {
                let text = json["variables"][name].as_str().map(str::to_owned);
                text.with_context(|| format!("a recorded call record has no {name}"))
            };
            Ok(Template { body, uuid: variable("uuid")?, member: variable("cc_member_uuid")? })
        })
        .collect()
}

/// Credentials as RFC 7617 writes them.
fn basic(user: &str, password: &str) -> String {
    use base64::Engine as _;
    format!("Basic {}", base64::prelude::BASE64_STANDARD.encode(format!("{user}:{password}")))
}
