//! `cargo xtask pictures`: every page of the running demo, as people see it.

use std::path::{Path, absolute};

use anyhow::{Context, Result};

use crate::children;
use crate::demo;
use crate::need;
use crate::workspace::Workspace;

/// Takes the pictures.
pub(crate) fn run(workspace: &Workspace, out: &Path, only: &[String]) -> Result<()> {
    let demo = demo::running(workspace)?;
    let chromium = need::chromium()?;
    need::chinese_fonts()?;
    need::node_modules(workspace)?;
    let mut node = children::command("node");
    node.arg(workspace.end2end().join("pictures/pictures.mjs"))
        .arg("--out")
        .arg(absolute(out).context("the folder for the pictures has no path")?)
        .args(only.iter().flat_map(|name| ["--only", name.as_str()]))
        .env("DEMO", demo.to_string())
        .env("CHROMIUM", chromium);
    children::run(&mut node, "the picture script")
}
