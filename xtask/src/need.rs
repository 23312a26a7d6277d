//! What the machine must have: looked for, and installed when missing.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use nix::unistd::Uid;
use sha2::{Digest as _, Sha256};

use crate::children;
use crate::workspace::Workspace;

/// The target of the front end.
pub(crate) const WASM_TARGET: &str = "wasm32-unknown-unknown";
/// The oldest node that the browser tests' runner takes.
const NODE_MAJOR: u32 = 20;

/// The standard library for WASM.
pub(crate) fn wasm_target() -> Result<()> {
    let is_there = || {
        let folder = children::capture(
            Command::new("rustc").args(["--print", "target-libdir", "--target", WASM_TARGET]),
            "rustc",
        );
        folder.is_ok_and(|folder| Path::new(folder.trim()).is_dir())
    };
    if is_there() {
        return Ok(());
    }
    missing("Rust's standard library for WASM");
    if install(Command::new("rustup").args(["target", "add", WASM_TARGET])) && is_there() {
        return Ok(());
    }
    bail!("Rust cannot build for WASM; this would fix it: rustup target add {WASM_TARGET}")
}

/// A component of the Rust toolchain, such as `clippy` with its command `cargo clippy`.
pub(crate) fn rust_component(component: &str, subcommand: &str) -> Result<()> {
    let is_there = || children::succeeds(Command::new("cargo").args([subcommand, "--version"]));
    if is_there() {
        return Ok(());
    }
    missing(component);
    if install(Command::new("rustup").args(["component", "add", component])) && is_there() {
        return Ok(());
    }
    bail!("{component} is missing; this would fix it: rustup component add {component}")
}

/// Whether cargo-nextest is there; `cargo test` stands in for it.
pub(crate) fn has_nextest() -> bool {
    children::succeeds(Command::new("cargo").args(["nextest", "--version"]))
}

/// MariaDB's server, its installer and its client, from the distribution.
pub(crate) fn mariadb() -> Result<()> {
    let is_there = || ["mariadbd", "mariadb-install-db", "mariadb"].iter().all(|name| find(name).is_some());
    if is_there() {
        return Ok(());
    }
    missing("MariaDB");
    apt(&["mariadb-server", "mariadb-client"], "MariaDB", is_there)?;
    if Path::new("/run/systemd/system").is_dir() {
        println!(
            "    The package may have started the system's own MariaDB service. SwitchDesk does not use it;"
        );
        println!("    this switches it off: sudo systemctl disable --now mariadb");
    }
    Ok(())
}

/// The path of Chromium, from the distribution.
pub(crate) fn chromium() -> Result<PathBuf> {
    if find("chromium").is_none() {
        missing("Chromium");
        apt(&["chromium"], "Chromium", || find("chromium").is_some())?;
    }
    find("chromium").context("Chromium is missing; this would fix it: apt-get install chromium")
}

/// Fonts with Chinese characters, for the pictures and for what the tests measure.
pub(crate) fn chinese_fonts() -> Result<()> {
    let is_there = || {
        let fonts = children::capture(Command::new("fc-list").arg(":lang=zh-cn"), "fc-list");
        fonts.is_ok_and(|fonts| !fonts.trim().is_empty())
    };
    if is_there() {
        return Ok(());
    }
    missing("A Chinese font");
    apt(&["fonts-noto-cjk", "fontconfig"], "A Chinese font", is_there)
}

/// node and npm.
pub(crate) fn node() -> Result<()> {
    if find("node").is_none() || find("npm").is_none() {
        missing("node");
        apt(&["nodejs", "npm"], "node", || find("node").is_some() && find("npm").is_some())?;
    }
    let version = children::capture(Command::new("node").arg("--version"), "node")?;
    let major = version.trim().trim_start_matches('v').split('.').next().and_then(|part| part.parse().ok());
    if major.is_none_or(|major: u32| major < NODE_MAJOR) {
        bail!(
            "node {} is too old, {NODE_MAJOR} or newer is needed; \
             a package of it is at https://nodejs.org/en/download",
            version.trim()
        );
    }
    Ok(())
}

/// The modules of `end2end/package-lock.json`; no browser comes with them.
pub(crate) fn node_modules(workspace: &Workspace) -> Result<()> {
    node()?;
    let folder = workspace.end2end();
    let lock = fs::read(folder.join("package-lock.json")).context("end2end/package-lock.json is missing")?;
    let wanted = format!("{:x}", Sha256::digest(&lock));
    let stamp = folder.join("node_modules/.installed-from");
    if fs::read_to_string(&stamp).is_ok_and(|installed| installed == wanted) {
        return Ok(());
    }
    let mut npm = children::command("npm");
    npm.args(["ci", "--no-audit", "--no-fund"])
        .current_dir(&folder)
        .env("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1");
    children::run(&mut npm, "npm ci").context("this may fix it: cd end2end && npm ci")?;
    fs::write(&stamp, wanted).with_context(|| format!("cannot write {}", stamp.display()))
}

/// The path of a program; servers lie where the PATH of plain users does not look.
pub(crate) fn find(program: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    let folders = env::split_paths(&path).chain(["/usr/sbin", "/usr/local/sbin"].map(PathBuf::from));
    folders.map(|folder| folder.join(program)).find(|file| file.is_file())
}

fn missing(what: &str) {
    println!("    {what} is missing, installing it");
}

/// Installs packages of the distribution.
fn apt(packages: &[&str], what: &str, is_there: impl Fn() -> bool) -> Result<()> {
    let names = packages.join(" ");
    let sudo = if Uid::effective().is_root() { "" } else { "sudo " };
    let fix = format!("{sudo}apt-get update && {sudo}apt-get install --no-install-recommends {names}");
    if find("apt-get").is_none() {
        bail!("{what} is missing and this is not a Debian machine; install what Debian calls {names}");
    }
    if !sudo.is_empty() && find("sudo").is_none() {
        bail!(
            "{what} is missing and there is no sudo; as root, this would fix it: {}",
            fix.replace("sudo ", "")
        );
    }
    // Lists that are old name packages that are gone, so they are fetched first; without a network the
    // install may still find what it needs.
    install(&mut apt_get(&["update", "-q"]));
    let mut arguments = vec!["install", "-y", "-q", "--no-install-recommends"];
    arguments.extend(packages);
    if install(&mut apt_get(&arguments)) && is_there() {
        return Ok(());
    }
    bail!("{what} cannot be installed; this would fix it: {fix}")
}

fn apt_get(arguments: &[&str]) -> Command {
    let quiet = "DEBIAN_FRONTEND=noninteractive";
    let mut command;
    if Uid::effective().is_root() {
        command = Command::new("env");
    } else {
        command = Command::new("sudo");
        command.arg("env");
    }
    command.args([quiet, "apt-get"]).args(arguments);
    command
}

/// Runs an installer in our own process group: sudo may ask for a password, which a background group
/// could not read.
fn install(command: &mut Command) -> bool {
    command.status().is_ok_and(|status| status.success())
}
