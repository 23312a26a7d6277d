//! What is measured: a demo switch, a database with users and wall links, and the server.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::PathBuf;
use std::process::Stdio;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use clap::Args;
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::Command;
use tokio::time::{sleep, timeout};

use crate::children::{self, Children};
use crate::database::{self, Database};
use crate::http;
use crate::switch::Socket;

/// How long a part may take to start.
const PATIENCE: Duration = Duration::from_secs(60);
/// Name of the switch node.
const NODE: &str = "fs-1";
/// What a wall link's token has in characters: 256 bits in base64url.
const TOKEN_LENGTH: usize = 43;

/// Where everything is; `cargo xtask bench` says it by the environment.
#[derive(Args, Debug)]
pub(crate) struct Parts {
    /// The server's binary
    #[arg(long, env = "SWITCHDESK_BIN")]
    server: PathBuf,
    /// The demo switch's binary
    #[arg(long, env = "DEMO_SWITCH_BIN")]
    switch: PathBuf,
    /// What the server serves as files
    #[arg(long, env = "SITE_ROOT")]
    site_root: PathBuf,
    /// An account of MariaDB that may make databases, such as mysql://root@127.0.0.1:3306
    #[arg(long, env = "DATABASE_ADMIN_URL", hide_env_values = true)]
    database_admin_url: String,
    /// A folder for logs
    #[arg(long, env = "SCRATCH_DIR")]
    scratch_dir: PathBuf,
    /// The folder with node_modules and this benchmark's scripts
    #[arg(long, env = "NODE_DIR")]
    pub(crate) node_dir: PathBuf,
    /// The browser
    #[arg(long, env = "CHROMIUM")]
    pub(crate) chromium: PathBuf,
}

/// How much goes on at the switch.
#[derive(Args, Clone, Copy, Debug)]
pub(crate) struct Load {
    /// Agents of the demo switch
    #[arg(long, default_value_t = 200)]
    pub(crate) agents: u32,
    /// Queues of the demo switch
    #[arg(long, default_value_t = 20)]
    pub(crate) queues: u32,
    /// Events per second that the demo switch aims at
    #[arg(long, default_value_t = 200.0)]
    pub(crate) event_rate: f64,
}

/// A user.
#[derive(Debug)]
pub(crate) struct Login {
    /// Sign-in name, which is also the role.
    pub(crate) name: &'static str,
    /// Password.
    pub(crate) password: String,
}

/// The running parts.
#[derive(Debug)]
pub(crate) struct Stack {
    /// Process id of the demo switch.
    pub(crate) switch_id: u32,
    /// An event socket of our own.
    pub(crate) socket: Socket,
    /// Process id of the server.
    pub(crate) server_id: u32,
    /// Where it serves.
    pub(crate) server: SocketAddr,
    /// Another event socket, for what is done to the switch.
    pub(crate) orders: Socket,
    /// Who watches the wallboard.
    pub(crate) supervisor: Login,
    /// Who works at a desk, and the agent of the switch.
    pub(crate) agent: (Login, String),
    /// Paths of live streams, each with a scope of its own.
    pub(crate) streams: Vec<String>,
}

impl Parts {
    /// A database that the benchmark can fill.
    ///
    /// # Errors
    /// MariaDB's refusal.
    pub(crate) async fn create_database(&self) -> Result<Database> {
        Database::create(&self.database_admin_url).await
    }

    /// A folder of a part.
    pub(crate) fn folder(&self, name: &str) -> PathBuf {
        self.scratch_dir.join(format!("bench-{name}"))
    }

    /// The log file of a part.
    pub(crate) fn log(&self, part: &str) -> PathBuf {
        self.scratch_dir.join(format!("bench-{part}.log"))
    }
}

impl Stack {
    /// Starts everything and waits until the board is live.
    ///
    /// # Errors
    /// The part that does not start.
    pub(crate) async fn start(
        parts: &Parts,
        load: Load,
        scopes: usize,
        database: &Database,
        children: &mut Children,
    ) -> Result<Self> {
        let switch_password = database::random_token(24)?;
        let (switch_id, switch) = start_switch(parts, load, &switch_password, children).await?;
        let mut socket = Socket::open(switch, &switch_password).await?;
        let queues = socket.list_queues().await?;
        let mut orders = Socket::open(switch, &switch_password).await?;
        let agent =
            orders.list_agents().await?.into_iter().next().context("the demo switch has no agents")?;

        let server = SocketAddr::from((Ipv4Addr::LOCALHOST, free_port()?));
        let program = || program(parts, server, database, switch, &switch_password);
        children::feed(program().arg("migrate"), "switchdesk migrate", b"").await?;
        let supervisor = add_user(program(), "supervisor", &[]).await?;
        let at_desk = add_user(program(), "agent", &["--agent", &agent, "--node", NODE]).await?;
        let streams = create_walls(database, &supervisor, &queues, scopes).await?;
        let started = children.start(
            program().arg("serve").stdout(Stdio::null()),
            "the server",
            &parts.log("server"),
        )?;
        wait_until_live(server, children).await?;
        let agent = (at_desk, agent);
        Ok(Self { switch_id, socket, orders, server_id: started.id, server, supervisor, agent, streams })
    }
}

/// The server's program with the configuration that all benchmarks share.
pub(crate) fn program(
    parts: &Parts,
    server: SocketAddr,
    database: &Database,
    switch: SocketAddr,
    switch_password: &str,
) -> Command {
    let mut command = children::command(&parts.server);
    command
        .env("SWITCHDESK_LISTEN", server.to_string())
        .env("SWITCHDESK_DATABASE_URL", database.url())
        .env("SWITCHDESK_SWITCHES", format!("{NODE}={switch}"))
        .env("SWITCHDESK_SWITCH_PASSWORD", switch_password)
        .env("SWITCHDESK_SITE_ROOT", &parts.site_root)
        .env("SWITCHDESK_SHUTDOWN_DEADLINE_S", "3");
    command
}

async fn start_switch(
    parts: &Parts,
    load: Load,
    password: &str,
    children: &mut Children,
) -> Result<(u32, SocketAddr)> {
    let mut command = children::command(&parts.switch);
    command
        // In one word: a random password may begin with a dash.
        .args(["--listen=127.0.0.1:0", &format!("--password={password}")])
        .args(["--agents", &load.agents.to_string(), "--queues", &load.queues.to_string()])
        .args(["--event-rate", &load.event_rate.to_string()])
        .stdout(Stdio::piped());
    let started = children.start(&mut command, "the demo switch", &parts.log("switch"))?;
    let mut lines = BufReader::new(started.stdout.context("the demo switch has no output")?).lines();
    let line = timeout(PATIENCE, lines.next_line()).await.context("the demo switch does not start")??;
    let Some(line) = line else {
        sleep(Duration::from_millis(200)).await;
        children.check()?;
        bail!("the demo switch names no address");
    };
    let address = line.rsplit(' ').next().and_then(|address| address.parse().ok());
    Ok((started.id, address.with_context(|| format!("the demo switch names no address: {line}"))?))
}

/// A port that is free now.
pub(crate) fn free_port() -> Result<u16> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).context("no port is free on 127.0.0.1")?;
    Ok(listener.local_addr()?.port())
}

async fn add_user(mut program: Command, role: &'static str, further: &[&str]) -> Result<Login> {
    let login = Login { name: role, password: database::random_token(24)? };
    program.args(["user", "add", login.name, "--role", login.name]).args(further);
    children::feed(&mut program, "switchdesk user add", format!("{}\n", login.password).as_bytes()).await?;
    Ok(login)
}

/// Makes wall links, each for other queues, and returns the paths of their streams.
async fn create_walls(
    database: &Database,
    owner: &Login,
    queues: &[String],
    scopes: usize,
) -> Result<Vec<String>> {
    let mut paths = Vec::new();
    for (number, chosen) in choices(queues, scopes).into_iter().enumerate() {
        let token = database::random_token(TOKEN_LENGTH)?;
        let keys: Vec<Value> = chosen.iter().map(|name| json!({ "node": NODE, "name": name })).collect();
        let sql = format!(
            "INSERT INTO wall_links (token_hash, title, queues_json, language, created_at_ms, created_by)
             SELECT UNHEX(SHA2({token}, 256)), {title}, {queues}, 'en', UNIX_TIMESTAMP() * 1000, id
             FROM users WHERE name = {owner};",
            token = database::literal(&token),
            title = database::literal(&format!("Benchmark {}", number + 1)),
            queues = database::literal(&Value::from(keys).to_string()),
            owner = database::literal(owner.name),
        );
        database.execute(&sql).await.context("no wall link can be made")?;
        paths.push(format!("/live/wall/{token}"));
    }
    Ok(paths)
}

/// Different sets of queues from few to nearly all; the first is empty, which means all.
fn choices(queues: &[String], scopes: usize) -> Vec<Vec<String>> {
    let set = |number: usize| {
        let size = (number * queues.len() / scopes.max(1)).max(usize::from(number > 0));
        let mut set: Vec<String> = queues.iter().cycle().skip(number * 3).take(size).cloned().collect();
        set.sort();
        set
    };
    (0..scopes).map(set).collect()
}

/// Waits until pages answer and the switch's lists have been read.
async fn wait_until_live(server: SocketAddr, children: &mut Children) -> Result<()> {
    let deadline = Instant::now() + PATIENCE;
    loop {
        children.check()?;
        let health = http::get(server, "/healthz").await;
        if health.as_deref().is_ok_and(is_live) && http::get(server, "/login").await.is_ok() {
            return Ok(());
        }
        if Instant::now() > deadline {
            let said = health.unwrap_or_else(|error| format!("{error:#}"));
            bail!("the board is not live after {} s: {}", PATIENCE.as_secs(), said.trim());
        }
        sleep(Duration::from_millis(50)).await;
    }
}

fn is_live(health: &str) -> bool {
    let Ok(health) = serde_json::from_str::<Value>(health) else { return false };
    let nodes = health["nodes"].as_array();
    health["database"] == "ok"
        && nodes.is_some_and(|nodes| !nodes.is_empty() && nodes.iter().all(|node| node["link"] == "live"))
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn scopes_differ_in_size_and_in_queues() {
        let queues: Vec<String> = (0..20).map(|number| format!("queue{number:02}@default")).collect();
        let sets = choices(&queues, 10);
        let sizes: Vec<usize> = sets.iter().map(Vec::len).collect();
        assert_eq!(sizes, [0, 2, 4, 6, 8, 10, 12, 14, 16, 18]);
        assert_eq!(sets.iter().collect::<HashSet<_>>().len(), 10);
        assert!(sets.iter().all(|set| set.windows(2).all(|pair| pair[0] < pair[1])));
    }

    #[test]
    fn board_is_live_when_database_and_all_nodes_are() {
        for (health, expected) in [
            (r#"{"database":"ok","nodes":[{"name":"fs-1","link":"live"}]}"#, true),
            (r#"{"database":"ok","nodes":[{"name":"fs-1","link":"connecting"}]}"#, false),
            (r#"{"database":"down","nodes":[{"name":"fs-1","link":"live"}]}"#, false),
            (r#"{"database":"ok","nodes":[]}"#, false),
            ("", false),
        ] {
            assert_eq!(is_live(health), expected, "{health}");
        }
    }
}
