//! The weight of the wallboard's first load, as it goes over the wire.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use crate::compress;
use crate::wasm;

/// At most this many bytes, compressed with brotli. All that travels may be 300,000, which `specs/stream.spec.ts`
/// measures; the page itself, the files of `style/public` and the headers need the rest of it.
const BUDGET_BYTES: u64 = 285_500;
/// The page that most people open first, as its lazy route is called.
const PAGE: &str = "wallboard";

/// Prints what the first load weighs; fails when it is too heavy.
pub(crate) fn check(folder: &Path) -> Result<()> {
    let manifest = fs::read(folder.join(wasm::MANIFEST))?;
    let manifest = serde_json::from_slice(&manifest).context("the manifest of lazy parts is broken")?;
    let files = first_load(&compress::files_below(folder)?, &manifest);
    let mut weights = Vec::new();
    for file in files {
        let weight = fs::metadata(compress::with_ending(&folder.join(&file), "br"))?.len();
        println!("    {weight:>9}  {}", file.display());
        weights.push(weight);
    }
    let total = total_within_budget(&weights)?;
    println!("    {total:>9}  bytes for the first load of the {PAGE}, of {BUDGET_BYTES}");
    Ok(())
}

/// The files of a `pkg/<hash>` folder that the page loads: every script, the sheet of all pages, the main module
/// and, of the parts, those of the page itself.
fn first_load(files: &[PathBuf], manifest: &BTreeMap<String, Vec<String>>) -> Vec<PathBuf> {
    let parts: Vec<&String> = manifest
        .iter()
        .filter(|(split, _)| split.to_lowercase().contains(PAGE))
        .flat_map(|(_, parts)| parts)
        .collect();
    let (main, sheet) = (format!("{}.wasm", wasm::NAME), format!("{}.css", wasm::NAME));
    let is_loaded = |file: &&PathBuf| match file.extension().and_then(OsStr::to_str) {
        Some("js") => true,
        // Those of lazy parts come with them.
        Some("css") => file.as_os_str() == sheet.as_str(),
        Some("wasm") => {
            file.as_os_str() == main.as_str()
                || parts.iter().any(|part| file.file_stem() == Some(OsStr::new(part)))
        }
        _ => false,
    };
    files.iter().filter(is_loaded).cloned().collect()
}

/// The sum, unless it is too much.
fn total_within_budget(weights: &[u64]) -> Result<u64> {
    let total = weights.iter().sum();
    if total > BUDGET_BYTES {
        bail!("the first load of the {PAGE} is {total} bytes (brotli), over its budget of {BUDGET_BYTES}");
    }
    Ok(total)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn first_load_holds_the_parts_of_the_wallboard_alone() {
        let files = [
            "__wasm_split.______________________.js",
            "__wasm_split.______________________.js.br",
            "__wasm_split_manifest.json",
            "chunk_0.wasm",
            "chunk_1.wasm",
            "desk.css",
            "snippets/live.js",
            "split_agents.wasm",
            "split_board.wasm",
            "switchdesk.css",
            "switchdesk.js",
            "switchdesk.wasm",
            "switchdesk.wasm.gz",
        ];
        let manifest = BTreeMap::from([
            ("__AgentsPage_View".to_owned(), vec!["chunk_1".to_owned(), "split_agents".to_owned()]),
            ("__WallboardPage_View".to_owned(), vec!["chunk_0".to_owned(), "split_board".to_owned()]),
        ]);
        let loaded = first_load(&files.map(PathBuf::from), &manifest);
        let expected = [0, 3, 6, 8, 9, 10, 11].map(|index| PathBuf::from(files[index]));
        assert_eq!(loaded, expected);
    }

    #[test]
    fn too_much_is_refused() {
        assert_eq!(total_within_budget(&[BUDGET_BYTES - 1, 1]).ok(), Some(BUDGET_BYTES));
        assert!(total_within_budget(&[BUDGET_BYTES - 1, 2]).is_err());
    }
}
