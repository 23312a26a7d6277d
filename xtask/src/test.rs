//! `cargo xtask test`: every check, in the order in which they fail soonest.

use std::process::Command;

use anyhow::Result;

use crate::budget;
use crate::children;
use crate::demo;
use crate::invariants;
use crate::need::{self, WASM_TARGET};
use crate::progress::Progress;
use crate::stack::{self, Scratch};
use crate::workspace::Workspace;

/// Everything but the front end, which is for another machine; `app` as the server sees it.
const HOST: [&str; 5] = ["--workspace", "--exclude", "frontend", "--features", "app/ssr"];

/// Runs the checks; the first failure ends it.
pub(crate) fn run(workspace: &Workspace, fast: bool) -> Result<()> {
    let mut progress = Progress::start();
    progress.step("looking at the machine", || look_at_the_machine(fast))?;
    progress.step("rustfmt", || cargo(workspace, &["fmt", "--all", "--check"]))?;
    progress.step("clippy, host", || clippy(workspace, &[&HOST[..], &["--all-targets"]].concat()))?;
    progress.step("clippy, browser", || {
        clippy(
            workspace,
            &[
                "--package",
                "frontend",
                "--package",
                "app",
                "--features",
                "app/hydrate",
                "--target",
                WASM_TARGET,
            ],
        )
    })?;
    progress.step("invariants", || invariants::check(workspace))?;
    let scratch = progress.step("private MariaDB", Scratch::start)?;
    progress.step_with_closing("unit and integration tests", || host_tests(workspace, &scratch))?;
    if !fast {
        let folder = progress.step(stack::BUILD, || stack::build(workspace))?;
        progress.step("weight of the first load", || budget::check(&folder))?;
        progress.step("the demo starts", || demo::rehearse(workspace, &scratch.folder().join("demo")))?;
        progress.step("node modules", || need::node_modules(workspace))?;
        progress.step_with_closing("browser tests", || browser_tests(workspace, &scratch))?;
    }
    drop(scratch);
    progress.summary();
    Ok(())
}

fn look_at_the_machine(fast: bool) -> Result<()> {
    need::wasm_target()?;
    need::rust_component("rustfmt", "fmt")?;
    need::rust_component("clippy", "clippy")?;
    need::mariadb()?;
    if !fast {
        need::node()?;
        need::chromium()?;
        need::chinese_fonts()?;
    }
    Ok(())
}

fn cargo(workspace: &Workspace, arguments: &[&str]) -> Result<()> {
    children::run(workspace.cargo().args(arguments), &format!("cargo {}", arguments.join(" ")))
}

fn clippy(workspace: &Workspace, arguments: &[&str]) -> Result<()> {
    cargo(workspace, &[&["clippy"], arguments, &["--", "--deny", "warnings"]].concat())
}

fn host_tests(workspace: &Workspace, scratch: &Scratch) -> Result<((), Vec<String>)> {
    scratch.database.apply_as_root("CREATE DATABASE IF NOT EXISTS switchdesk_test;\n")?;
    let url = format!("{}/switchdesk_test", scratch.database.admin_url());
    let mut cargo = workspace.cargo();
    if need::has_nextest() {
        cargo.args(["nextest", "run"]).args(HOST);
    } else {
        cargo.arg("test").args(HOST).args(["--lib", "--bins", "--tests"]);
    }
    cargo.env("DATABASE_URL", &url).env("SWITCHDESK_TEST_DATABASE_URL", &url);
    Ok(((), children::run_and_keep(&mut cargo, "the tests", is_closing_line)?))
}

fn browser_tests(workspace: &Workspace, scratch: &Scratch) -> Result<((), Vec<String>)> {
    let mut playwright: Command = children::command(workspace.end2end().join("node_modules/.bin/playwright"));
    playwright.arg("test").current_dir(workspace.end2end());
    scratch.introduce(workspace, &mut playwright)?;
    Ok(((), children::run_and_keep(&mut playwright, "the browser tests", is_closing_line)?))
}

/// The lines in which nextest, cargo test and Playwright say how it went.
fn is_closing_line(line: &str) -> bool {
    let line = line.trim();
    let mut words = line.split_whitespace();
    let is_count = words.next().is_some_and(|word| word.parse::<u32>().is_ok());
    line.starts_with("Summary [")
        || line.starts_with("test result:")
        || is_count && matches!(words.next(), Some("passed" | "failed" | "flaky" | "skipped"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn closing_lines_are_known() {
        for (line, is_closing) in [
            ("     Summary [   0.012s] 7 tests run: 7 passed, 0 skipped\n", true),
            ("test result: ok. 3 passed; 0 failed; 0 ignored", true),
            ("  18 passed (1.2m)\n", true),
            ("  1 failed", true),
            ("        PASS [   0.004s] xtask http", false),
            ("Running 18 tests using 1 worker", false),
        ] {
            assert_eq!(is_closing_line(line), is_closing, "{line}");
        }
    }
}
