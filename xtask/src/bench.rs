//! `cargo xtask bench`: builds what is measured and hands over to the crate `bench`.
//!
//! Its output is passed through, so that its last line is ours.

use anyhow::Result;

use crate::children;
use crate::front_end;
use crate::need;
use crate::stack::Scratch;
use crate::workspace::Workspace;

/// Runs a benchmark.
pub(crate) fn run(workspace: &Workspace, arguments: &[String]) -> Result<()> {
    need::mariadb()?;
    // The others ask no browser.
    if arguments.first().is_some_and(|name| name == "live") {
        need::wasm_target()?;
        need::node_modules(workspace)?;
        front_end::build(workspace)?;
    }
    // Together: apart they would agree on other features of what they share, and most would be compiled twice.
    let mut cargo = workspace.cargo();
    cargo.args(["build", "--profile", "demo", "--bins"]);
    cargo.args(["--package", "server", "--package", "demo-switch", "--package", "bench"]);
    children::run(&mut cargo, "the compiler")?;
    let scratch = Scratch::start()?;
    let mut bench = children::command(workspace.binary("bench"));
    bench.current_dir(&workspace.root).args(arguments);
    scratch.introduce(workspace, &mut bench)?;
    children::run(&mut bench, "the benchmark")
}
