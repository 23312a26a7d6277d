//! What the browser downloads, in `target/site`:
//!
//! - `pkg/<hash>/`: scripts, WASM in parts, style sheets. The hash covers all that goes in, so a folder never
//!   changes and may be cached for ever. Former folders stay for the pages that are still open.
//! - `pkg/current`: the name of the newest folder.
//! - the files of `style/public/`, under their own names.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use anyhow::{Context, Result};
use sha2::{Digest as _, Sha256};

use crate::children;
use crate::compress;
use crate::need::WASM_TARGET;
use crate::style::{self, Sheet};
use crate::wasm;
use crate::workspace::Workspace;

/// How many former folders are kept.
const KEPT: usize = 3;
/// These files are the recipe: when one changes, so does the result.
const RECIPE: [&str; 5] = [
    include_str!("front_end.rs"),
    include_str!("wasm.rs"),
    include_str!("binding.rs"),
    include_str!("style.rs"),
    include_str!("compress.rs"),
];

/// Builds what has changed. Returns the current `pkg/<hash>` folder.
pub(crate) fn build(workspace: &Workspace) -> Result<PathBuf> {
    let wasm = compile(workspace)?;
    let sheets = style::sheets(&workspace.root.join("style")).context("a style sheet is broken")?;
    let public = workspace.root.join("style/public");
    let public_files = if public.is_dir() { compress::files_below(&public)? } else { Vec::new() };

    let site = workspace.site();
    let all = site.join("pkg");
    fs::create_dir_all(&all).with_context(|| format!("cannot make {}", all.display()))?;
    // Two builds at once would tread on each other; the lock goes with this function, or with us.
    let lock = File::create(site.join(".lock"))?;
    lock.lock().context("the site folder cannot be locked")?;

    let hash = hash(&wasm, &sheets, &public, &public_files)?;
    let folder = all.join(&hash);
    let current = all.join("current");
    let former = fs::read_to_string(&current).ok().map(|name| name.trim().to_owned());
    if former.as_ref() == Some(&hash) && folder.is_dir() {
        return Ok(folder);
    }
    if !folder.is_dir() {
        let fresh = all.join(".fresh");
        if fresh.exists() {
            fs::remove_dir_all(&fresh)?;
        }
        fs::create_dir_all(&fresh)?;
        wasm::split_and_bind(&wasm, &workspace.target.join("front-end"), &fresh)?;
        for sheet in &sheets {
            fs::write(fresh.join(&sheet.file_name), &sheet.css)?;
        }
        let former = former.map(|name| all.join(name));
        compress::compress(&fresh, &compress::files_below(&fresh)?, former.as_deref())?;
        fs::rename(&fresh, &folder)?;
    }
    publish(&public, &public_files, &site)?;
    // The folders' ages say which are the former ones.
    File::open(&folder)?.set_modified(SystemTime::now())?;
    let written = all.join(".current");
    fs::write(&written, format!("{hash}\n"))?;
    fs::rename(&written, &current)?;
    forget(&all, &hash)?;
    Ok(folder)
}

/// Compiles the crate `frontend`; quick when nothing has changed.
fn compile(workspace: &Workspace) -> Result<Vec<u8>> {
    let mut cargo = workspace.cargo();
    cargo
        .args([
            "rustc",
            "--package",
            "frontend",
            "--lib",
            "--target",
            WASM_TARGET,
            "--profile",
            "wasm-release",
        ])
        // The splitter moves functions between modules and must know who calls whom.
        .args(["--", "-Clink-args=--emit-relocs"]);
    children::run(&mut cargo, "the compiler")?;
    let file = workspace.target.join(WASM_TARGET).join("wasm-release/frontend.wasm");
    fs::read(&file).with_context(|| format!("cannot read {}", file.display()))
}

/// Sixteen hexadecimal digits over everything that goes in.
fn hash(wasm: &[u8], sheets: &[Sheet], public: &Path, public_files: &[PathBuf]) -> Result<String> {
    let mut hasher = Sha256::new();
    let mut add = |part: &[u8]| {
        // With its length, or bytes could move from one part to the next unseen.
        hasher.update(part.len().to_le_bytes());
        hasher.update(part);
    };
    add(wasm);
    for sheet in sheets {
        add(sheet.file_name.as_bytes());
        add(sheet.css.as_bytes());
    }
    for part in RECIPE {
        add(part.as_bytes());
    }
    for file in public_files {
        add(file.as_os_str().as_encoded_bytes());
        add(&fs::read(public.join(file))?);
    }
    let digest = hasher.finalize();
    Ok(digest.iter().take(8).map(|byte| format!("{byte:02x}")).collect())
}

/// Copies the public files, and removes those that an earlier build copied and that are gone.
fn publish(public: &Path, files: &[PathBuf], site: &Path) -> Result<()> {
    let list = site.join(".public");
    for old in fs::read_to_string(&list).unwrap_or_default().lines() {
        let old = site.join(old);
        for gone in [compress::with_ending(&old, "br"), compress::with_ending(&old, "gz"), old] {
            fs::remove_file(gone).ok();
        }
    }
    for file in files {
        let to = site.join(file);
        if let Some(folder) = to.parent() {
            fs::create_dir_all(folder)?;
        }
        fs::copy(public.join(file), &to).with_context(|| format!("cannot copy {}", file.display()))?;
    }
    compress::compress(site, files, None)?;
    let names: Vec<String> = files.iter().map(|file| file.display().to_string()).collect();
    Ok(fs::write(list, names.join("\n"))?)
}

/// Removes all but the current folder and the last few before it.
fn forget(all: &Path, current: &str) -> Result<()> {
    let mut former = Vec::new();
    for entry in fs::read_dir(all)? {
        let entry = entry?;
        if entry.path().is_dir() && entry.file_name() != current {
            former.push((entry.metadata()?.modified()?, entry.path()));
        }
    }
    former.sort();
    former.reverse();
    for (_, folder) in former.iter().skip(KEPT) {
        fs::remove_dir_all(folder).with_context(|| format!("cannot remove {}", folder.display()))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    fn sheet(css: &str) -> [Sheet; 1] {
        [Sheet { file_name: "a.css".into(), css: css.into() }]
    }

    #[test]
    fn current_and_the_last_three_folders_stay() -> Result<()> {
        let all = std::env::temp_dir().join(format!("xtask-forget-{}", std::process::id()));
        // `e` is current although it is the oldest: a build may go back to what it made before.
        for (age, name) in ["a", "b", "c", "d", "f", "e"].iter().enumerate() {
            fs::create_dir_all(all.join(name))?;
            let at = SystemTime::now() - Duration::from_secs(60 * age as u64);
            File::open(all.join(name))?.set_modified(at)?;
        }
        forget(&all, "e")?;
        let mut left: Vec<_> = fs::read_dir(&all)?.flatten().map(|entry| entry.file_name()).collect();
        left.sort();
        fs::remove_dir_all(&all)?;
        assert_eq!(left, ["a", "b", "c", "e"]);
        Ok(())
    }

    #[test]
    fn every_input_changes_the_hash() -> Result<()> {
        let public = std::env::temp_dir().join(format!("xtask-hash-{}", std::process::id()));
        fs::create_dir_all(&public)?;
        fs::write(public.join("a.svg"), "1")?;
        let files = [PathBuf::from("a.svg")];
        let base = hash(b"wasm", &sheet("css"), &public, &files)?;
        assert_eq!(base.len(), 16);
        assert_eq!(hash(b"wasm", &sheet("css"), &public, &files)?, base);
        assert_ne!(hash(b"wasmc", &sheet("ss"), &public, &files)?, base);
        assert_ne!(hash(b"wasm", &sheet("css"), &public, &[])?, base);
        fs::write(public.join("a.svg"), "2")?;
        assert_ne!(hash(b"wasm", &sheet("css"), &public, &files)?, base);
        fs::remove_dir_all(&public)?;
        Ok(())
    }
}
