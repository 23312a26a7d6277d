//! Processes: started so that none outlives us, ended in order.

use std::ffi::OsStr;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use tokio::io::AsyncWriteExt as _;
use tokio::process::{Child, ChildStdin, ChildStdout, Command};
use tokio::time::timeout;

/// How long a child may take to end by itself.
const DEADLINE: Duration = Duration::from_secs(6);

/// A command that reads nothing and is told to end by the kernel should we be killed.
pub(crate) fn command(program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new("setpriv");
    command.args(["--pdeathsig", "TERM", "--"]).arg(program).stdin(Stdio::null()).kill_on_drop(true);
    command
}

/// Hands `input` to a short command and returns what it wrote to the standard output.
///
/// # Errors
/// It cannot be started or fails: its own words.
pub(crate) async fn feed(command: &mut Command, what: &str, input: &[u8]) -> Result<String> {
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().with_context(|| format!("{what} cannot be started"))?;
    if let Some(mut stdin) = child.stdin.take() {
        // A child that ends without reading says why by itself.
        let _ = stdin.write_all(input).await;
    }
    let output = child.wait_with_output().await?;
    if !output.status.success() {
        bail!("{what} failed ({}): {}", output.status, String::from_utf8_lossy(&output.stderr).trim());
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// The running children.
#[derive(Debug, Default)]
pub(crate) struct Children(Vec<Running>);

#[derive(Debug)]
struct Running {
    name: &'static str,
    id: u32,
    process: Child,
    log: PathBuf,
}

/// A child that was started, with our ends of its pipes, where there are any.
#[derive(Debug)]
pub(crate) struct Started {
    /// Its id.
    pub(crate) id: u32,
    /// Its standard input.
    pub(crate) stdin: Option<ChildStdin>,
    /// Its standard output.
    pub(crate) stdout: Option<ChildStdout>,
}

impl Children {
    /// Starts a command made by [`command`] whose standard error goes to a log file.
    ///
    /// # Errors
    /// The program or the file.
    pub(crate) fn start(&mut self, command: &mut Command, name: &'static str, log: &Path) -> Result<Started> {
        let file = File::create(log).with_context(|| format!("cannot write {}", log.display()))?;
        let mut process = command.stderr(file).spawn().with_context(|| {
            format!("{name} cannot be started; is setpriv installed? (apt-get install util-linux)")
        })?;
        let id = process.id().with_context(|| format!("{name} has ended at once"))?;
        let started = Started { id, stdin: process.stdin.take(), stdout: process.stdout.take() };
        self.0.push(Running { name, id, process, log: log.to_owned() });
        Ok(started)
    }

    /// Fails when one of them has ended, with the last lines of its log.
    ///
    /// # Errors
    /// Which one.
    pub(crate) fn check(&mut self) -> Result<()> {
        for child in &mut self.0 {
            if let Some(status) = child.process.try_wait()? {
                return Err(child.ended(status));
            }
        }
        Ok(())
    }

    /// Tells each to end, the latest first, and kills those that do not.
    pub(crate) async fn stop(&mut self) {
        while let Some(mut child) = self.0.pop() {
            if !matches!(child.process.try_wait(), Ok(None)) {
                continue;
            }
            // It was not waited for, so nobody else can have its id.
            if let Ok(id) = i32::try_from(child.id) {
                kill(Pid::from_raw(id), Signal::SIGTERM).ok();
            }
            if timeout(DEADLINE, child.process.wait()).await.is_err() {
                eprintln!("{} does not end by itself and is killed", child.name);
                child.process.kill().await.ok();
            }
        }
    }
}

impl Running {
    fn ended(&self, status: ExitStatus) -> anyhow::Error {
        let text = fs::read(&self.log).unwrap_or_default();
        let text = String::from_utf8_lossy(&text);
        let lines: Vec<&str> = text.lines().collect();
        let tail = lines.get(lines.len().saturating_sub(15)..).unwrap_or_default().join("\n");
        anyhow::anyhow!("{} has ended ({status}); the end of its log:\n{tail}", self.name)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[tokio::test]
    async fn child_is_stopped_and_its_early_end_is_told() {
        let folder = std::env::temp_dir();
        let log = folder.join(format!("switchdesk-bench-child-{}", std::process::id()));
        let mut children = Children::default();
        let id = children.start(command("sleep").arg("60"), "a sleeper", &log).unwrap().id;
        children.check().unwrap();
        children.stop().await;
        assert!(!Path::new(&format!("/proc/{id}")).exists());

        children.start(command("sh").args(["-c", "echo why >&2"]), "a shell", &log).unwrap();
        let error = loop {
            match children.check() {
                Ok(()) => tokio::task::yield_now().await,
                Err(error) => break error.to_string(),
            }
        };
        fs::remove_file(&log).unwrap();
        assert!(error.contains("a shell has ended") && error.ends_with("why"), "{error}");
    }

    #[tokio::test]
    async fn short_command_takes_input_and_says_why_it_fails() {
        assert_eq!(feed(&mut command("cat"), "cat", b"hello").await.unwrap(), "hello");
        let error = feed(command("sh").args(["-c", "echo no >&2; exit 3"]), "it", b"").await.unwrap_err();
        assert!(error.to_string().ends_with(": no"), "{error}");
    }
}
