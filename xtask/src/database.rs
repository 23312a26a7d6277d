//! A private MariaDB: own data folder, own socket, own port, never the system's service.

use std::fs;
use std::io::Read as _;
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use nix::unistd::{Uid, User};

use crate::children::{self, Child};
use crate::need;

/// How long a server may take until it accepts connections; recovery after a crash takes a while.
const PATIENCE: Duration = Duration::from_secs(60);
/// In the data folder once it is complete: a half-made one is made again.
const COMPLETE: &str = "switchdesk-complete";

/// A running private server. Dropping it ends it.
pub(crate) struct Database {
    /// Its port on 127.0.0.1.
    pub(crate) port: u16,
    child: Child,
    root_password: String,
}

impl Database {
    /// Starts a server on `dir`, which is made when missing. A new one gets `root_password` for all its
    /// root accounts; an old one must have been made with the same.
    pub(crate) fn start(dir: &Path, port: u16, root_password: &str, log: &Path) -> Result<Self> {
        fs::create_dir_all(dir).with_context(|| format!("cannot make {}", dir.display()))?;
        let dir = &dir.canonicalize()?;
        let account = Account::choose(dir)?;
        let is_new = !dir.join(COMPLETE).exists();
        if is_new {
            empty(dir)?;
        }
        account.own(dir)?;
        if is_new {
            install(dir, &account)?;
        }
        let child = Child::start_logged(&mut server(dir, port, &account)?, "MariaDB", log)?;
        let mut database = Self { port, child, root_password: String::new() };
        database.wait_until_ready()?;
        if is_new {
            if !root_password.is_empty() {
                database.protect_root(root_password)?;
            }
            fs::write(dir.join(COMPLETE), "")?;
        }
        root_password.clone_into(&mut database.root_password);
        Ok(database)
    }

    /// Fails when the server has ended.
    pub(crate) fn check(&mut self) -> Result<()> {
        self.child.check()
    }

    /// The address of root, who has all rights, for databases without a root password.
    pub(crate) fn admin_url(&self) -> String {
        format!("mysql://root@127.0.0.1:{}", self.port)
    }

    /// Runs SQL as root.
    pub(crate) fn apply_as_root(&self, sql: &str) -> Result<()> {
        apply(self.port, "root", &self.root_password, None, sql.as_bytes())
    }

    /// Gives a password to the accounts that a new data folder has; those of a host's name cannot be reached.
    fn protect_root(&self, password: &str) -> Result<()> {
        self.apply_as_root(&format!(
            "DELETE FROM mysql.global_priv WHERE user = 'root' AND host NOT IN ('localhost', '127.0.0.1', '::1');\n\
             FLUSH PRIVILEGES;\n\
             ALTER USER 'root'@'localhost' IDENTIFIED BY '{password}', 'root'@'127.0.0.1' IDENTIFIED BY '{password}', \
             'root'@'::1' IDENTIFIED BY '{password}';\n"
        ))
    }

    fn wait_until_ready(&mut self) -> Result<()> {
        let deadline = Instant::now() + PATIENCE;
        while !greets(self.port) {
            self.child.check()?;
            if Instant::now() > deadline {
                bail!(
                    "MariaDB does not accept connections on port {} after {} s",
                    self.port,
                    PATIENCE.as_secs()
                );
            }
            children::pause()?;
        }
        Ok(())
    }
}

/// Runs SQL as `user`, in `database`.
pub(crate) fn apply(port: u16, user: &str, password: &str, database: Option<&str>, sql: &[u8]) -> Result<()> {
    let mut client = client(port, user, password);
    client.args(database);
    match children::feed(&mut client, "the MariaDB client", sql)? {
        (Some(0), _) => Ok(()),
        (_, said) => bail!("MariaDB refused: {}", said.trim()),
    }
}

/// A port that is free now.
pub(crate) fn free_port() -> Result<u16> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).context("no port is free on 127.0.0.1")?;
    Ok(listener.local_addr()?.port())
}

/// `xtask mariadb`: for tests that stop and start a database of their own.
pub(crate) fn run_in_foreground(dir: &Path, port: u16) -> Result<()> {
    need::mariadb()?;
    fs::create_dir_all(dir)?;
    let mut database = Database::start(dir, port, "", &beside(dir, "log"))?;
    println!("ready on 127.0.0.1:{port}");
    loop {
        if children::pause().is_err() {
            return Ok(());
        }
        database.check()?;
    }
}

/// `/tmp/data` and `log` make `/tmp/data.log`.
fn beside(dir: &Path, extension: &str) -> PathBuf {
    let mut name = dir.file_name().unwrap_or_default().to_owned();
    name.push(".");
    name.push(extension);
    dir.with_file_name(name)
}

/// Whose rights the server has.
enum Account {
    /// Our own: we are not root.
    Ours,
    /// The package's own account.
    Mysql(User),
    /// root: the package's account cannot reach the data folder, which often lies below `/root`.
    Root,
}

impl Account {
    fn choose(dir: &Path) -> Result<Self> {
        if !Uid::effective().is_root() {
            return Ok(Self::Ours);
        }
        let Some(user) = User::from_name("mysql")? else { return Ok(Self::Root) };
        let parent = dir.parent().unwrap_or(dir);
        let may_enter = children::succeeds(children::command_as("mysql", "test").arg("-x").arg(parent));
        Ok(if may_enter { Self::Mysql(user) } else { Self::Root })
    }

    /// Gives the folder to the account, with all that an earlier run as another one left in it.
    fn own(&self, dir: &Path) -> Result<()> {
        let owner = match self {
            Self::Ours => return Ok(()),
            Self::Mysql(user) => format!("{}:{}", user.uid, user.gid),
            Self::Root => "0:0".to_owned(),
        };
        children::capture(Command::new("chown").args(["-R", &owner]).arg(dir), "chown")?;
        Ok(fs::set_permissions(dir, fs::Permissions::from_mode(0o700))?)
    }

    fn command(&self, program: &Path) -> Command {
        match self {
            Self::Ours | Self::Root => children::command(program),
            Self::Mysql(user) => children::command_as(&user.name, program),
        }
    }

    /// MariaDB runs as root only when told to.
    fn arguments(&self) -> &'static [&'static str] {
        if matches!(self, Self::Root) { &["--user=root"] } else { &[] }
    }
}

fn install(dir: &Path, account: &Account) -> Result<()> {
    let program = find("mariadb-install-db")?;
    let mut command = account.command(&program);
    command
        .arg("--no-defaults")
        .args(account.arguments())
        .arg(format!("--datadir={}", dir.display()))
        // Passwords over TCP instead of the name of the Unix user; and no database that anyone may write to.
        .args(["--auth-root-authentication-method=normal", "--skip-test-db"]);
    let log = beside(dir, "install.log");
    let outcome = Child::start_logged(&mut command, "mariadb-install-db", &log)?.succeed();
    outcome.with_context(|| format!("no data folder for MariaDB at {}", dir.display()))
}

fn server(dir: &Path, port: u16, account: &Account) -> Result<Command> {
    let program = find("mariadbd")?;
    let mut command = account.command(&program);
    command
        .arg("--no-defaults")
        .args(account.arguments())
        .arg(format!("--datadir={}", dir.display()))
        .arg(format!("--port={port}"))
        // Names of sockets are short by law (108 bytes); these are relative to the data folder.
        .args(["--bind-address=127.0.0.1", "--skip-name-resolve", "--socket=s.sock", "--pid-file=pid"])
        // What the distribution's configuration says, which we leave aside.
        .args(["--character-set-server=utf8mb4", "--collation-server=utf8mb4_general_ci"])
        // A crash of the machine may lose a second of sample data; tests are far quicker this way.
        .args(["--innodb-flush-log-at-trx-commit=2", "--max-connections=500"]);
    Ok(command)
}

fn client(port: u16, user: &str, password: &str) -> Command {
    let mut command = children::command("mariadb");
    command
        .args(["--no-defaults", "--batch", "--protocol=tcp", "--host=127.0.0.1"])
        .args(["--default-character-set=utf8mb4", &format!("--user={user}"), &format!("--port={port}")])
        // Not on the command line, which everybody on the machine can read.
        .env("MYSQL_PWD", password);
    command
}

fn find(program: &str) -> Result<PathBuf> {
    need::find(program).with_context(|| format!("{program} is missing; apt-get install mariadb-server"))
}

/// Whether a server on this port speaks first, as MariaDB does.
fn greets(port: u16) -> bool {
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let Ok(mut stream) = TcpStream::connect_timeout(&address, Duration::from_secs(1)) else { return false };
    stream.set_read_timeout(Some(Duration::from_secs(2))).ok();
    stream.read_exact(&mut [0; 5]).is_ok()
}

fn empty(dir: &Path) -> Result<()> {
    fs::remove_dir_all(dir)
        .and_then(|()| fs::create_dir_all(dir))
        .with_context(|| format!("cannot empty {}", dir.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn log_lies_beside_the_folder() {
        assert_eq!(beside(Path::new("/tmp/data.d"), "log"), Path::new("/tmp/data.d.log"));
    }
}
