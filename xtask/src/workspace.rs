//! Where things are: the sources, the target folder, the binaries.

use std::env;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result};
use serde_json::Value;

use crate::children;

/// The folders of the workspace, as cargo sees them.
pub(crate) struct Workspace {
    /// The folder of the root `Cargo.toml`.
    pub(crate) root: PathBuf,
    /// cargo's target folder; follows `CARGO_TARGET_DIR` and `build.target-dir`.
    pub(crate) target: PathBuf,
    /// This program, for those who call it back.
    pub(crate) xtask: PathBuf,
}

impl Workspace {
    /// Asks cargo.
    pub(crate) fn find() -> Result<Self> {
        let xtask = env::current_exe().context("the path of xtask is unknown")?;
        let text = children::capture(
            Command::new("cargo").args(["metadata", "--no-deps", "--format-version", "1"]),
            "cargo metadata",
        )?;
        let metadata: Value = serde_json::from_str(&text).context("cargo metadata is not JSON")?;
        let folder = |key: &str| {
            let value = metadata.get(key).and_then(Value::as_str);
            value.map(PathBuf::from).with_context(|| format!("cargo metadata has no `{key}`"))
        };
        Ok(Self { root: folder("workspace_root")?, target: folder("target_directory")?, xtask })
    }

    /// What the server serves as files.
    pub(crate) fn site(&self) -> PathBuf {
        self.target.join("site")
    }

    /// A binary that was built with the profile `demo`.
    pub(crate) fn binary(&self, name: &str) -> PathBuf {
        self.target.join("demo").join(name)
    }

    /// The folder of the browser tests and of what else runs in node.
    pub(crate) fn end2end(&self) -> PathBuf {
        self.root.join("end2end")
    }

    /// A cargo command in the root of the workspace, to be given to [`children::run`].
    pub(crate) fn cargo(&self) -> Command {
        let mut command = children::command("cargo");
        command.current_dir(&self.root);
        command
    }
}
