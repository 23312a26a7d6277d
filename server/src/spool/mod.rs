//! Keeps on disk what must be on record but must not wait for the database.
//!
//! One JSON object a line, synced before `append` returns, in files that are numbered in the order of writing. Once the
//! database is there their lines go into it and the file goes. Whoever stores a line does so idempotently: a process that
//! ends between storing and removing finds the file again.

pub mod actions;

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufRead as _, BufReader, Write as _};
use std::marker::PhantomData;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use serde::Serialize;
use serde::de::DeserializeOwned;

pub use actions::SpooledAction;

/// A file that has grown to this is followed by the next: what is read back at once stays small.
const FILE_BYTES: u64 = 4 * 1024 * 1024;

/// Lines of one kind that wait in a folder; cheap to clone.
#[derive(Debug)]
pub struct Spool<T> {
    shared: Arc<Shared>,
    _lines: PhantomData<fn() -> T>,
}

impl<T> Clone for Spool<T> {
    fn clone(&self) -> Self {
        Self { shared: Arc::clone(&self.shared), _lines: PhantomData }
    }
}

#[derive(Debug)]
struct Shared {
    folder: PathBuf,
    name: &'static str,
    writing: Mutex<Option<Writing>>,
}

#[derive(Debug)]
struct Writing {
    file: File,
    number: u64,
    bytes: u64,
}

/// The lines of the oldest file. It stays until [`Spool::remove`].
#[derive(Debug)]
pub struct Kept<T> {
    /// What the lines say.
    pub lines: Vec<T>,
    number: u64,
}

impl<T: Serialize + DeserializeOwned + Send + 'static> Spool<T> {
    /// A spool in a folder, which is made when it is first needed; its files begin with a name of their own.
    pub fn new(folder: &Path, name: &'static str) -> Self {
        let shared = Shared { folder: folder.to_owned(), name, writing: Mutex::new(None) };
        Self { shared: Arc::new(shared), _lines: PhantomData }
    }

    /// Keeps lines, in order and synced to disk.
    ///
    /// # Errors
    /// What the file system said; then none of them is sure to be kept.
    pub async fn append(&self, lines: Vec<T>) -> io::Result<()> {
        let spool = self.clone();
        tokio::task::spawn_blocking(move || spool.shared.append(&lines)).await?
    }

    /// The lines of the oldest file, if there is one.
    ///
    /// # Errors
    /// What the file system said.
    pub async fn oldest(&self) -> io::Result<Option<Kept<T>>> {
        let spool = self.clone();
        tokio::task::spawn_blocking(move || spool.shared.oldest()).await?
    }

    /// Removes a file whose lines are stored.
    ///
    /// # Errors
    /// What the file system said.
    pub async fn remove(&self, kept: Kept<T>) -> io::Result<()> {
        let spool = self.clone();
        let remove = move || fs::remove_file(spool.shared.path(kept.number));
        tokio::task::spawn_blocking(remove).await?
    }
}

impl Shared {
    fn append<T: Serialize>(&self, lines: &[T]) -> io::Result<()> {
        let mut bytes = Vec::new();
        for line in lines {
            serde_json::to_writer(&mut bytes, line)?;
            bytes.push(b'\n');
        }
        let mut writing = self.writing.lock().unwrap_or_else(PoisonError::into_inner);
        if writing.as_ref().is_none_or(|writing| writing.bytes >= FILE_BYTES) {
            *writing = None;
            fs::create_dir_all(&self.folder)?;
            let number = self.numbers()?.last().map_or(1, |last| last + 1);
            let file = OpenOptions::new().create_new(true).append(true).open(self.path(number))?;
            *writing = Some(Writing { file, number, bytes: 0 });
        }
        let Some(open) = writing.as_mut() else { return Ok(()) };
        let written = open.file.write_all(&bytes).and_then(|()| open.file.sync_data());
        open.bytes += bytes.len() as u64;
        if written.is_err() {
            // Half a line may be at its end: the next begins a file of its own.
            *writing = None;
        }
        written
    }

    fn oldest<T: DeserializeOwned>(&self) -> io::Result<Option<Kept<T>>> {
        let Some(number) = self.numbers()?.first().copied() else { return Ok(None) };
        {
            let mut writing = self.writing.lock().unwrap_or_else(PoisonError::into_inner);
            if writing.as_ref().is_some_and(|writing| writing.number == number) {
                *writing = None;
            }
        }
        let mut lines = Vec::new();
        for line in BufReader::new(File::open(self.path(number))?).lines() {
            let line = line?;
            match serde_json::from_str(&line) {
                Ok(line) => lines.push(line),
                // The last line of a machine that lost its power.
                Err(error) => {
                    tracing::error!(%error, spool = self.name, line, "a line of the spool cannot be read");
                }
            }
        }
        Ok(Some(Kept { lines, number }))
    }

    /// Numbers of the files, oldest first.
    fn numbers(&self) -> io::Result<Vec<u64>> {
        let entries = match fs::read_dir(&self.folder) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            entries => entries?,
        };
        let mut numbers = Vec::new();
        for entry in entries {
            let name = entry?.file_name();
            let number: Option<u64> = name.to_str().and_then(|name| {
                name.strip_prefix(self.name)?.strip_prefix('-')?.strip_suffix(".jsonl")?.parse().ok()
            });
            numbers.extend(number);
        }
        numbers.sort_unstable();
        Ok(numbers)
    }

    fn path(&self, number: u64) -> PathBuf {
        self.folder.join(format!("{}-{number:08}.jsonl", self.name))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that fails says so")]
    use super::*;

    #[tokio::test]
    async fn lines_wait_in_order_until_they_are_stored() {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path().join("spool");
        let spool = Spool::<u32>::new(&folder, "numbers");
        assert!(spool.oldest().await.unwrap().is_none());
        spool.append(vec![1, 2]).await.unwrap();
        spool.append(vec![3]).await.unwrap();
        for _ in 0..2 {
            // Taken and not stored, they are there the next time, and what is new comes after them.
            assert_eq!(spool.oldest().await.unwrap().unwrap().lines, [1, 2, 3]);
        }
        spool.append(vec![4]).await.unwrap();
        let other = Spool::<u32>::new(&folder, "others");
        assert!(other.oldest().await.unwrap().is_none(), "another spool in the same folder");
        // As after a restart.
        let spool = Spool::<u32>::new(&folder, "numbers");
        spool.append(vec![5]).await.unwrap();
        let mut all = Vec::new();
        while let Some(kept) = spool.oldest().await.unwrap() {
            all.extend_from_slice(&kept.lines);
            spool.remove(kept).await.unwrap();
        }
        assert_eq!(all, [1, 2, 3, 4, 5]);
    }

    #[tokio::test]
    async fn half_a_line_costs_no_other() {
        let folder = tempfile::tempdir().unwrap();
        let spool = Spool::<u32>::new(folder.path(), "numbers");
        spool.append(vec![7]).await.unwrap();
        let path = spool.shared.path(1);
        OpenOptions::new().append(true).open(path).unwrap().write_all(b"{\"row\":").unwrap();
        assert_eq!(spool.oldest().await.unwrap().unwrap().lines, [7]);
    }
}
