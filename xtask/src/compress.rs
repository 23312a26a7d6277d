//! `.br` and `.gz` beside each file, so that the server compresses nothing on the way.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use anyhow::{Context, Result, anyhow};
use flate2::Compression;
use flate2::write::GzEncoder;

/// Files whose format is compressed already gain nothing.
const WORTHWHILE: [&str; 10] =
    ["css", "html", "ico", "js", "json", "svg", "txt", "wasm", "webmanifest", "xml"];

/// Whether files of this name become smaller.
pub(crate) fn is_worthwhile(file: &Path) -> bool {
    file.extension().and_then(|ending| ending.to_str()).is_some_and(|ending| WORTHWHILE.contains(&ending))
}

/// All files below a folder, as paths relative to it, in order.
pub(crate) fn files_below(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(&next).with_context(|| format!("cannot list {}", next.display()))? {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
            } else {
                files.push(path.strip_prefix(folder)?.to_owned());
            }
        }
    }
    files.sort();
    Ok(files)
}

/// Compresses each of `files` in `folder`. A file that `former` holds unchanged takes over what was made of
/// it there: the best brotli takes seconds for the large ones.
pub(crate) fn compress(folder: &Path, files: &[PathBuf], former: Option<&Path>) -> Result<()> {
    let files: Vec<&PathBuf> = files.iter().filter(|file| is_worthwhile(file)).collect();
    let next = AtomicUsize::new(0);
    let work = || -> Result<()> {
        while let Some(file) = files.get(next.fetch_add(1, Ordering::Relaxed)) {
            one(folder, file, former).with_context(|| format!("cannot compress {}", file.display()))?;
        }
        Ok(())
    };
    thread::scope(|scope| {
        let workers: Vec<_> =
            (0..thread::available_parallelism().map_or(1, usize::from)).map(|_| scope.spawn(work)).collect();
        let ends =
            workers.into_iter().map(|worker| worker.join().map_err(|_| anyhow!("a compressor died"))?);
        ends.collect()
    })
}

fn one(folder: &Path, file: &Path, former: Option<&Path>) -> Result<()> {
    let path = folder.join(file);
    let bytes = fs::read(&path)?;
    let (brotli, gzip) = (with_ending(&path, "br"), with_ending(&path, "gz"));
    if let Some(old) = former.map(|former| former.join(file))
        && fs::read(&old).is_ok_and(|old| old == bytes)
        && fs::copy(with_ending(&old, "br"), &brotli).is_ok()
        && fs::copy(with_ending(&old, "gz"), &gzip).is_ok()
    {
        return Ok(());
    }
    let mut best = Vec::new();
    // 4096 bytes of buffer, the best quality, and the largest window that browsers take.
    brotli::CompressorWriter::new(&mut best, 4096, 11, 22).write_all(&bytes)?;
    fs::write(brotli, best)?;
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(&bytes)?;
    Ok(fs::write(gzip, encoder.finish()?)?)
}

/// `a.js` and `br` make `a.js.br`.
pub(crate) fn with_ending(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".");
    name.push(ending);
    name.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_file_gets_its_companions_and_unchanged_ones_are_taken_over() -> Result<()> {
        let folder = std::env::temp_dir().join(format!("xtask-compress-{}", std::process::id()));
        let (old, new) = (folder.join("old"), folder.join("new"));
        fs::create_dir_all(old.join("deep"))?;
        fs::create_dir_all(new.join("deep"))?;
        for folder in [&old, &new] {
            fs::write(folder.join("deep/a.js"), "let a = 1;".repeat(100))?;
            fs::write(folder.join("b.png"), "no text")?;
        }
        compress(&old, &files_below(&old)?, None)?;
        fs::write(old.join("deep/a.js.gz"), "taken over")?;
        compress(&new, &files_below(&new)?, Some(&old))?;
        let found = files_below(&new)?;
        let gzip = fs::read_to_string(new.join("deep/a.js.gz"))?;
        let brotli = fs::metadata(new.join("deep/a.js.br"))?.len();
        fs::remove_dir_all(&folder)?;
        assert_eq!(found, ["b.png", "deep/a.js", "deep/a.js.br", "deep/a.js.gz"].map(PathBuf::from));
        assert_eq!(gzip, "taken over");
        assert!(brotli < 100);
        Ok(())
    }
}
