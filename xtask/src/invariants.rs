//! What must never reach the browser.

use anyhow::{Result, bail};

use crate::children;
use crate::need::WASM_TARGET;
use crate::workspace::Workspace;

/// Crates of the server's side, with the families they head (`sqlx` and `sqlx-core`).
const SERVER_ONLY: [&str; 4] = ["sqlx", "axum", "tokio", "freeswitch"];

/// Fails when the front end depends on a crate of the server's side.
pub(crate) fn check(workspace: &Workspace) -> Result<()> {
    let mut cargo = std::process::Command::new("cargo");
    cargo.current_dir(&workspace.root).args(["tree", "--package", "frontend", "--target", WASM_TARGET]);
    cargo.args(["--edges", "normal", "--prefix", "none", "--format", "{p}"]);
    let tree = children::capture(&mut cargo, "cargo tree")?;
    let intruders = intruders(&tree);
    if !intruders.is_empty() {
        bail!("the front end depends on {}; `cargo tree -i` says why", intruders.join(", "));
    }
    println!("    the front end holds no crate of {}", SERVER_ONLY.join(", "));
    Ok(())
}

/// The crates in lines such as `tokio v1.54.0` that have no place in a browser.
fn intruders(tree: &str) -> Vec<&str> {
    let names = tree.lines().filter_map(|line| line.split_whitespace().next());
    let is_of = |name: &str, head: &str| {
        name.strip_prefix(head).is_some_and(|rest| rest.is_empty() || rest.starts_with(['-', '_']))
    };
    let mut found: Vec<&str> =
        names.filter(|name| SERVER_ONLY.iter().any(|head| is_of(name, head))).collect();
    found.sort_unstable();
    found.dedup();
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn families_are_found_and_lookalikes_are_not() {
        let tree = "app v0.1.0 (/x)\ntokio-util v0.7.1\nsqlx v0.8.6\nsqlx v0.8.6 (*)\nany_tokio v1\naxumatic v2\n\nfreeswitch-esl-rs v0.3.1";
        assert_eq!(intruders(tree), ["freeswitch-esl-rs", "sqlx", "tokio-util"]);
    }
}
