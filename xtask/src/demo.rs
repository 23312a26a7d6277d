//! `cargo xtask demo`: a whole call center on this machine, until Ctrl-C.

use std::fmt::Write as _;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{self, Command};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};

use crate::children::{self, Child};
use crate::database::{self, Database};
use crate::http;
use crate::need;
use crate::progress::Progress;
use crate::stack;
use crate::workspace::Workspace;

/// How long the server may take until its pages answer.
const PATIENCE: Duration = Duration::from_secs(60);
/// The exit code of `switchdesk user add` for a name that is taken.
const USER_EXISTS: i32 = 3;
/// The switch and the agent that the sample agent is tied to.
const NODE: &str = "fs-1";
const AGENT: &str = "1007@default";

struct Login {
    name: &'static str,
    role: &'static str,
    password: &'static str,
    display_name: &'static str,
}

const LOGINS: [Login; 3] = [
    Login {
        name: "admin",
        role: "admin",
        password: "try-the-demo-admin",
        display_name: "Sample admin (示例)",
    },
    Login {
        name: "supervisor",
        role: "supervisor",
        password: "try-the-demo-supervisor",
        display_name: "Sample supervisor (示例)",
    },
    Login {
        name: "agent",
        role: "agent",
        password: "try-the-demo-agent",
        display_name: "Sample agent (示例)",
    },
];

/// Further people, whom the seed puts into teams: the page of people is no empty one.
const SAMPLES: [Login; 2] = [
    Login {
        name: "sample-day",
        role: "supervisor",
        password: "try-the-demo-by-day",
        display_name: "Sample day supervisor (示例)",
    },
    Login {
        name: "sample-night",
        role: "supervisor",
        password: "try-the-demo-by-night",
        display_name: "夜班班长 (示例)",
    },
];

/// The folder of the demo's data, in the target folder.
fn data(workspace: &Workspace) -> PathBuf {
    workspace.target.join("demo-data")
}

/// Where a running demo says how to reach it.
fn card(workspace: &Workspace) -> PathBuf {
    data(workspace).join("demo.json")
}

/// The address of the running demo with its logins, checked to be alive.
pub(crate) fn running(workspace: &Workspace) -> Result<Value> {
    let start = "no demo is running; this starts one: cargo xtask demo";
    let text = fs::read_to_string(card(workspace)).context(start)?;
    let card: Value = serde_json::from_str(&text).context("demo.json is broken")?;
    let port = card.get("port").and_then(Value::as_u64).and_then(|port| u16::try_from(port).ok());
    let port = port.context("demo.json names no port")?;
    match http::status(SocketAddr::from((Ipv4Addr::LOCALHOST, port)), "/healthz") {
        Ok(200) => Ok(card),
        _ => bail!(start),
    }
}

/// Runs the demo.
pub(crate) fn run(workspace: &Workspace, port: u16) -> Result<()> {
    let data = data(workspace);
    fs::create_dir_all(&data).with_context(|| format!("cannot make {}", data.display()))?;
    // Held until the end; the system lets go of it even if we are killed.
    let lock = File::create(data.join("lock"))?;
    match lock.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => bail!("{}", already_running(workspace)),
        Err(TryLockError::Error(error)) => return Err(error).context("the demo's folder cannot be locked"),
    }
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    if let Err(error) = TcpListener::bind(address) {
        bail!(
            "port {port} is taken ({error}); this takes another: cargo xtask demo --port {}",
            port.wrapping_add(1).max(1024)
        );
    }

    let mut progress = Progress::start();
    progress.step("looking at the machine", || need::wasm_target().and_then(|()| need::mariadb()))?;
    progress.step(stack::BUILD, || stack::build(workspace))?;
    let mut demo = Demo::start(workspace, &data, address, &mut progress)?;

    let file = card(workspace);
    fs::write(&file, serde_json::to_vec_pretty(&describe(port))?)?;
    let _gone_at_the_end = Removed(&file);
    println!("{}", welcome(port, &progress.elapsed()));

    loop {
        if children::pause().is_err() {
            println!("\nStopping the demo.");
            return Ok(());
        }
        demo.check().context("a part of the demo has ended, so the others end too")?;
    }
}

/// Starts the demo where none has been, ends it, and starts it again over what it left: what `cargo xtask test` asks of it.
pub(crate) fn rehearse(workspace: &Workspace, data: &Path) -> Result<()> {
    fs::create_dir_all(data).with_context(|| format!("cannot make {}", data.display()))?;
    for place in ["on an empty folder", "on its own data"] {
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, database::free_port()?));
        Demo::start(workspace, data, address, &mut Progress::start())
            .and_then(|mut demo| demo.check())
            .with_context(|| format!("the demo does not start {place}"))?;
    }
    Ok(())
}

/// A running demo, which ends with this: the server first, the database last.
struct Demo {
    web: Child,
    switch: Child,
    database: Database,
}

impl Demo {
    /// Starts what is built, with its data in the folder `data`, and waits until pages answer.
    fn start(
        workspace: &Workspace,
        data: &Path,
        address: SocketAddr,
        progress: &mut Progress,
    ) -> Result<Self> {
        let secrets = Secrets::keep(data)?;
        let database = progress.step("private MariaDB", || start_database(data, &secrets))?;
        let switch_port = database::free_port()?;
        let server =
            Server { workspace, data, address, switch_port, database_port: database.port, secrets: &secrets };
        progress
            .step("migrations", || children::run(server.command().arg("migrate"), "switchdesk migrate"))?;
        progress
            .step("users", || LOGINS.iter().chain(&SAMPLES).try_for_each(|login| server.add_user(login)))?;
        progress.step("seed", || seed(workspace, database.port, &secrets))?;
        let mut switch =
            progress.step("demo switch", || start_switch(workspace, switch_port, address, &secrets, data))?;
        let web = progress.step("server", || server.start(&mut switch))?;
        Ok(Self { web, switch, database })
    }

    /// Whether every part still runs.
    fn check(&mut self) -> Result<()> {
        self.web.check().and_then(|()| self.switch.check()).and_then(|()| self.database.check())
    }
}

fn already_running(workspace: &Workspace) -> String {
    match running(workspace) {
        Ok(card) => {
            let value =
                |key: &str| card.get(key).map(|value| value.to_string().replace('"', "")).unwrap_or_default();
            format!(
                "a demo is already running at {}; press Ctrl-C where it was started, or: kill {}",
                value("address"),
                value("pid")
            )
        }
        Err(_) => "a demo is already starting; wait for it, or press Ctrl-C where it was started".to_owned(),
    }
}

fn describe(port: u16) -> Value {
    let logins: Vec<Value> = LOGINS
        .iter()
        .map(|login| json!({ "role": login.name, "name": login.name, "password": login.password }))
        .collect();
    json!({ "address": format!("http://127.0.0.1:{port}"), "port": port, "pid": process::id(), "logins": logins })
}

fn welcome(port: u16, elapsed: &str) -> String {
    let mut text = format!("\nSwitchDesk is ready after {elapsed}: http://127.0.0.1:{port}\n\n");
    for login in &LOGINS {
        writeln!(text, "  {:<11} password {}", login.name, login.password).ok();
    }
    text + "\nCtrl-C ends it all."
}

/// A file that goes with its owner.
struct Removed<'a>(&'a Path);

impl Drop for Removed<'_> {
    fn drop(&mut self) {
        fs::remove_file(self.0).ok();
    }
}

/// Passwords that nobody types, kept beside the data they protect.
struct Secrets {
    database_root: String,
    database: String,
    switch: String,
    /// Of the switch's call records.
    switch_web: String,
}

impl Secrets {
    /// Reads them, or makes them along with a promise that no older database is in the way.
    fn keep(data: &Path) -> Result<Self> {
        let file = data.join("secrets.json");
        if let Some(kept) = fs::read(&file).ok().and_then(|text| Self::read(&text)) {
            return Ok(kept);
        }
        let old = data.join("mariadb");
        if old.exists() {
            fs::remove_dir_all(&old).with_context(|| format!("cannot remove {}", old.display()))?;
        }
        let fresh =
            Self { database_root: random()?, database: random()?, switch: random()?, switch_web: random()? };
        let text = json!({
            "database_root": fresh.database_root,
            "database": fresh.database,
            "switch": fresh.switch,
            "switch_web": fresh.switch_web,
        });
        let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&file)?;
        file.write_all(&serde_json::to_vec_pretty(&text)?)?;
        Ok(fresh)
    }

    fn read(text: &[u8]) -> Option<Self> {
        let kept: Value = serde_json::from_slice(text).ok()?;
        let read = |key: &str| kept.get(key).and_then(Value::as_str).map(str::to_owned);
        Some(Self {
            database_root: read("database_root")?,
            database: read("database")?,
            switch: read("switch")?,
            switch_web: read("switch_web")?,
        })
    }
}

/// 128 random bits in hexadecimal.
fn random() -> Result<String> {
    let mut bytes = [0; 16];
    File::open("/dev/urandom")?.read_exact(&mut bytes)?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

fn start_database(data: &Path, secrets: &Secrets) -> Result<Database> {
    let (dir, log) = (data.join("mariadb"), data.join("mariadb.log"));
    let database = Database::start(&dir, database::free_port()?, &secrets.database_root, &log)?;
    let password = &secrets.database;
    database.apply_as_root(&format!(
        "CREATE DATABASE IF NOT EXISTS switchdesk;\n\
         CREATE USER IF NOT EXISTS 'switchdesk'@'127.0.0.1' IDENTIFIED BY '{password}';\n\
         GRANT ALL PRIVILEGES ON switchdesk.* TO 'switchdesk'@'127.0.0.1';\n"
    ))?;
    Ok(database)
}

/// Sample data; the file may be applied any number of times.
fn seed(workspace: &Workspace, port: u16, secrets: &Secrets) -> Result<()> {
    let file = workspace.end2end().join("seed/demo.sql");
    if !file.exists() {
        println!("    nothing to seed");
        return Ok(());
    }
    let sql = fs::read(&file).with_context(|| format!("cannot read {}", file.display()))?;
    database::apply(port, "switchdesk", &secrets.database, Some("switchdesk"), &sql)
        .with_context(|| format!("{} does not fit the database", file.display()))
}

fn start_switch(
    workspace: &Workspace,
    port: u16,
    web: SocketAddr,
    secrets: &Secrets,
    data: &Path,
) -> Result<Child> {
    let mut command = children::command(workspace.binary("demo-switch"));
    command
        .args(["--listen", &format!("127.0.0.1:{port}"), "--password", &secrets.switch])
        .args(["--cdr-url", &format!("http://{web}/switch/cdr"), "--cdr-b-leg"])
        .args(["--cdr-credentials", &format!("freeswitch:{}", secrets.switch_web)])
        .arg("--cdr-error-dir")
        .arg(data.join("cdr-errors"));
    Child::start_logged(&mut command, "the demo switch", &data.join("switch.log"))
}

/// The server's binary and what it must know.
struct Server<'a> {
    workspace: &'a Workspace,
    data: &'a Path,
    address: SocketAddr,
    switch_port: u16,
    database_port: u16,
    secrets: &'a Secrets,
}

impl Server<'_> {
    fn command(&self) -> Command {
        let mut command = children::command(self.workspace.binary("switchdesk"));
        let (password, port) = (&self.secrets.database, self.database_port);
        command
            .current_dir(&self.workspace.root)
            .env("SWITCHDESK_LISTEN", self.address.to_string())
            .env(
                "SWITCHDESK_DATABASE_URL",
                format!("mysql://switchdesk:{password}@127.0.0.1:{port}/switchdesk"),
            )
            .env("SWITCHDESK_SWITCHES", format!("{NODE}=127.0.0.1:{}", self.switch_port))
            .env("SWITCHDESK_SWITCH_PASSWORD", &self.secrets.switch)
            .env("SWITCHDESK_SWITCH_WEB_PASSWORD", &self.secrets.switch_web)
            .env("SWITCHDESK_TIME_ZONE", "Asia/Shanghai")
            .env("SWITCHDESK_SPOOL_DIR", self.data.join("spool"))
            .env("SWITCHDESK_SITE_ROOT", self.workspace.site());
        command
    }

    fn add_user(&self, login: &Login) -> Result<()> {
        let mut command = self.command();
        command.args(["user", "add", login.name, "--role", login.role, "--display-name", login.display_name]);
        if login.role == "agent" {
            command.args(["--agent", AGENT, "--node", NODE]);
        }
        let password = format!("{}\n", login.password);
        match children::feed(&mut command, "switchdesk user add", password.as_bytes())? {
            (Some(0 | USER_EXISTS), _) => Ok(()),
            (_, said) => bail!("the user {} cannot be added: {}", login.name, said.trim()),
        }
    }

    /// Starts it and waits until pages answer.
    fn start(&self, switch: &mut Child) -> Result<Child> {
        let log = self.data.join("server.log");
        let mut server = Child::start_logged(self.command().arg("serve"), "the server", &log)?;
        let deadline = Instant::now() + PATIENCE;
        for path in ["/healthz", "/login"] {
            while !matches!(http::status(self.address, path), Ok(200)) {
                server.check()?;
                switch.check()?;
                if Instant::now() > deadline {
                    bail!(
                        "{path} does not answer after {} s; the log is {}",
                        PATIENCE.as_secs(),
                        log.display()
                    );
                }
                children::pause()?;
            }
        }
        Ok(server)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn random_passwords_are_long_and_differ() -> Result<()> {
        let (one, other) = (random()?, random()?);
        assert_eq!(one.len(), 32);
        assert_ne!(one, other);
        Ok(())
    }

    #[test]
    fn secrets_are_kept() -> Result<()> {
        let folder = std::env::temp_dir().join(format!("xtask-secrets-{}", process::id()));
        fs::create_dir_all(folder.join("mariadb"))?;
        let first = Secrets::keep(&folder)?;
        // A database whose password nobody knows any more is of no use.
        assert!(!folder.join("mariadb").exists());
        let again = Secrets::keep(&folder)?;
        fs::remove_dir_all(&folder)?;
        assert_eq!(first.database, again.database);
        Ok(())
    }
}
