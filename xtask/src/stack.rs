//! What demo, tests and benchmark share: the build, and a private MariaDB that is thrown away.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{self, Command};

use anyhow::{Context, Result};

use crate::children::Child;
use crate::database::{self, Database};
use crate::front_end;
use crate::need;
use crate::progress::Progress;
use crate::workspace::Workspace;

/// `xtask build`: front end and binaries.
pub(crate) fn build_all(workspace: &Workspace, is_front_end_alone: bool) -> Result<()> {
    let mut progress = Progress::start();
    need::wasm_target()?;
    let folder = if is_front_end_alone {
        progress.step("front end", || front_end::build(workspace))?
    } else {
        progress.step(BUILD, || build(workspace))?
    };
    println!("{} is current, {}", folder.display(), progress.elapsed());
    Ok(())
}

/// The name of the step that is [`build`].
pub(crate) const BUILD: &str = "front end, server and demo switch (the first time takes minutes)";

/// The front end, whose `pkg/<hash>` folder it returns, and with the profile `demo` the server and the demo switch. All of it at
/// once: the program for browsers is compiled and linked on one core for most of its time.
pub(crate) fn build(workspace: &Workspace) -> Result<PathBuf> {
    let mut cargo = workspace.cargo();
    cargo.args(["build", "--profile", "demo", "--package", "server", "--package", "demo-switch", "--bins"]);
    let mut binaries = Child::start(&mut cargo, "the compiler")?;
    let folder = front_end::build(workspace)?;
    binaries.succeed()?;
    Ok(folder)
}

/// A private MariaDB in a folder that goes with it; root needs no password.
pub(crate) struct Scratch {
    // Dropped in this order: the server must have ended before its folder goes.
    pub(crate) database: Database,
    folder: ScratchFolder,
}

struct ScratchFolder(PathBuf);

impl Drop for ScratchFolder {
    fn drop(&mut self) {
        fs::remove_dir_all(&self.0).ok();
    }
}

impl Scratch {
    /// Starts it. It lies in the system's folder for such things, which the account of MariaDB can reach.
    pub(crate) fn start() -> Result<Self> {
        let folder = ScratchFolder(env::temp_dir().join(format!("switchdesk-test-{}", process::id())));
        fs::create_dir_all(&folder.0).with_context(|| format!("cannot make {}", folder.0.display()))?;
        let log = folder.0.join("mariadb.log");
        let database = Database::start(&folder.0.join("mariadb"), database::free_port()?, "", &log)?;
        Ok(Self { database, folder })
    }

    /// For what is to go with it.
    pub(crate) fn folder(&self) -> &Path {
        &self.folder.0
    }

    /// What the browser tests and the benchmark are told; they start servers of their own.
    pub(crate) fn introduce(&self, workspace: &Workspace, command: &mut Command) -> Result<()> {
        command
            .env("SWITCHDESK_BIN", workspace.binary("switchdesk"))
            .env("DEMO_SWITCH_BIN", workspace.binary("demo-switch"))
            .env("XTASK_BIN", &workspace.xtask)
            .env("SITE_ROOT", workspace.site())
            .env("DATABASE_ADMIN_URL", self.database.admin_url())
            // For what they keep for a moment, such as the data of a database that they stop and start.
            .env("SCRATCH_DIR", self.folder())
            .env("NODE_DIR", workspace.end2end())
            .env("CHROMIUM", need::chromium()?);
        Ok(())
    }
}
