//! `cargo xtask bench`: builds what is measured and hands over to the crate `bench`.
//!
//! Its output is passed through, so that its last line is ours.

use anyhow::Result;

use crate::children;
use crate::front_end;
use crate::need;
use crate::stack::{self, Scratch};
use crate::workspace::Workspace;

/// Runs a benchmark.
pub(crate) fn run(workspace: &Workspace, arguments: &[String]) -> Result<()> {
    need::wasm_target()?;
    need::mariadb()?;
    need::chromium()?;
    need::node_modules(workspace)?;
    front_end::build(workspace)?;
    stack::build_binaries(workspace)?;
    let mut cargo = workspace.cargo();
    children::run(cargo.args(["build", "--profile", "demo", "--package", "bench"]), "the compiler")?;
    let scratch = Scratch::start()?;
    let mut bench = children::command(workspace.binary("bench"));
    bench.current_dir(&workspace.root).args(arguments);
    scratch.introduce(workspace, &mut bench)?;
    children::run(&mut bench, "the benchmark")
}
