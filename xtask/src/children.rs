//! Processes: started so that none outlives xtask, ended in order.
//!
//! Three things see to that. Each child leads a process group, which is told to end and, past a deadline,
//! killed. Each child is sent SIGTERM by the kernel should xtask itself be killed (`setpriv --pdeathsig`;
//! the kernel means the thread that started it, so children are only ever started on the main thread).
//! And xtask adopts the orphans of its children, to end those that left their group.

use std::collections::HashMap;
use std::ffi::OsStr;
use std::fs::{self, File};
use std::io::{self, BufRead as _, BufReader, Read, Write};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{self, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use nix::sys::signal::{Signal, kill, killpg};
use nix::unistd::Pid;

/// How long a child may take to end by itself.
const DEADLINE: Duration = Duration::from_secs(15);
/// How often a child is looked at.
const GLANCE: Duration = Duration::from_millis(50);

static STOP: AtomicBool = AtomicBool::new(false);

/// Somebody pressed Ctrl-C or sent SIGTERM.
#[derive(Debug)]
struct Interrupted;

impl std::fmt::Display for Interrupted {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("stopped")
    }
}

impl std::error::Error for Interrupted {}

/// Whether an error only says that somebody stopped us.
pub(crate) fn is_interrupt(error: &anyhow::Error) -> bool {
    error.chain().any(|cause| cause.is::<Interrupted>())
}

/// Watches for Ctrl-C, SIGTERM and SIGHUP, and adopts orphans. To be called once, first of all.
pub(crate) fn take_charge() -> Result<()> {
    ctrlc::set_handler(|| {
        // The second time somebody is in a hurry; the kernel then tells our children.
        if STOP.swap(true, Ordering::SeqCst) {
            process::exit(130);
        }
    })
    .context("signals cannot be watched")?;
    nix::sys::prctl::set_child_subreaper(true).context("orphans cannot be adopted")
}

/// Fails once somebody has asked to stop.
pub(crate) fn check_stop() -> Result<()> {
    if STOP.load(Ordering::SeqCst) { Err(Interrupted.into()) } else { Ok(()) }
}

/// Sleeps a moment, or fails when somebody asks to stop.
pub(crate) fn pause() -> Result<()> {
    check_stop()?;
    thread::sleep(GLANCE);
    check_stop()
}

/// A command that leads its own process group, reads nothing and ends with us.
pub(crate) fn command(program: impl AsRef<OsStr>) -> Command {
    wrapped(&["--pdeathsig", "TERM"], program)
}

/// Like [`command`], as another user: the kernel forgets the death signal when a process changes its user
/// by itself, so `setpriv` does both in the right order.
pub(crate) fn command_as(user: &str, program: impl AsRef<OsStr>) -> Command {
    wrapped(&["--reuid", user, "--regid", user, "--init-groups", "--pdeathsig", "TERM"], program)
}

fn wrapped(options: &[&str], program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new("setpriv");
    command.args(options).arg("--").arg(program).stdin(Stdio::null()).process_group(0);
    command
}

/// Runs a command to its end with our output as its output.
pub(crate) fn run(command: &mut Command, what: &str) -> Result<()> {
    Child::start(command, what)?.succeed()
}

/// Runs a command to its end and returns those lines of its output that `keep` chooses.
/// All lines are shown as they come.
pub(crate) fn run_and_keep(command: &mut Command, what: &str, keep: fn(&str) -> bool) -> Result<Vec<String>> {
    let mut child = Child::start(command.stdout(Stdio::piped()).stderr(Stdio::piped()), what)?;
    let stdout = child.process.stdout.take();
    let stderr = child.process.stderr.take();
    thread::scope(|scope| {
        let out = scope.spawn(|| pass_on(stdout, io::stdout(), keep));
        let err = scope.spawn(|| pass_on(stderr, io::stderr(), keep));
        // Whoever inherited the pipes would keep the readers waiting: end them before joining.
        let outcome = child.succeed();
        child.end();
        let mut kept = out.join().unwrap_or_default();
        kept.extend(err.join().unwrap_or_default());
        outcome.map(|()| kept)
    })
}

fn pass_on(from: Option<impl Read>, mut to: impl Write, keep: fn(&str) -> bool) -> Vec<String> {
    let mut kept = Vec::new();
    let Some(from) = from else { return kept };
    let mut from = BufReader::new(from);
    let mut line = Vec::new();
    while from.read_until(b'\n', &mut line).is_ok_and(|length| length > 0) {
        to.write_all(&line).and_then(|()| to.flush()).ok();
        let text = String::from_utf8_lossy(&line);
        if keep(&text) {
            kept.push(text.trim_end().to_owned());
        }
        line.clear();
    }
    kept
}

/// The output of a short command.
pub(crate) fn capture(command: &mut Command, what: &str) -> Result<String> {
    let output =
        command.stdin(Stdio::null()).output().with_context(|| format!("{what} cannot be started"))?;
    if !output.status.success() {
        bail!("{what} failed ({}): {}", output.status, String::from_utf8_lossy(&output.stderr).trim());
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Whether a short command succeeds; its output is dropped.
pub(crate) fn succeeds(command: &mut Command) -> bool {
    let command = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}

/// Hands `input` to a short command and returns its exit code, with what it wrote to standard error.
pub(crate) fn feed(command: &mut Command, what: &str, input: &[u8]) -> Result<(Option<i32>, String)> {
    command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::piped());
    let mut child = Child::start(command, what)?;
    let stderr = child.process.stderr.take();
    let stdin = child.process.stdin.take();
    thread::scope(|scope| {
        let reader = scope.spawn(|| {
            let mut text = String::new();
            if let Some(mut stderr) = stderr {
                stderr.read_to_string(&mut text).ok();
            }
            text
        });
        if let Some(mut stdin) = stdin {
            // A child that ends without reading says why by itself.
            stdin.write_all(input).ok();
        }
        let status = child.wait();
        child.end();
        let said = reader.join().unwrap_or_default();
        Ok((status?.code(), said))
    })
}

/// A running child. Dropping it ends it, with its whole process group.
pub(crate) struct Child {
    name: String,
    process: process::Child,
    log: Option<PathBuf>,
}

impl Child {
    /// Starts a command made by [`command`].
    pub(crate) fn start(command: &mut Command, name: &str) -> Result<Self> {
        check_stop()?;
        let process = command.spawn().with_context(|| {
            let program = command.get_program().display();
            format!("{name} cannot be started; is `{program}` installed? (apt-get install util-linux)")
        })?;
        Ok(Self { name: name.to_owned(), process, log: None })
    }

    /// Starts a command made by [`command`] that writes to a log file.
    pub(crate) fn start_logged(command: &mut Command, name: &str, log: &Path) -> Result<Self> {
        let file = File::create(log).with_context(|| format!("cannot write {}", log.display()))?;
        let mut child = Self::start(command.stdout(file.try_clone()?).stderr(file), name)?;
        child.log = Some(log.to_owned());
        Ok(child)
    }

    /// Fails when the child has ended, with the last lines of its log.
    pub(crate) fn check(&mut self) -> Result<()> {
        match self.process.try_wait()? {
            None => Ok(()),
            Some(status) => bail!("{} has ended ({status}){}", self.name, self.last_words()),
        }
    }

    /// Waits for the end; fails when somebody asks to stop.
    fn wait(&mut self) -> Result<ExitStatus> {
        loop {
            if let Some(status) = self.process.try_wait()? {
                return Ok(status);
            }
            pause()?;
        }
    }

    /// Waits for a good end.
    pub(crate) fn succeed(&mut self) -> Result<()> {
        let status = self.wait()?;
        if !status.success() {
            bail!("{} failed ({status}){}", self.name, self.last_words());
        }
        Ok(())
    }

    fn last_words(&self) -> String {
        let Some(log) = &self.log else { return String::new() };
        let text = fs::read(log).unwrap_or_default();
        let text = String::from_utf8_lossy(&text);
        let lines: Vec<&str> = text.lines().collect();
        let tail = lines.get(lines.len().saturating_sub(15)..).unwrap_or_default();
        format!("; the end of {}:\n{}", log.display(), tail.join("\n"))
    }

    /// Tells the child and its group to end, and kills what is left past the deadline.
    pub(crate) fn end(&mut self) {
        let Ok(id) = i32::try_from(self.process.id()) else { return };
        let group = Pid::from_raw(id);
        if matches!(self.process.try_wait(), Ok(None)) {
            killpg(group, Signal::SIGTERM).ok();
            let deadline = Instant::now() + DEADLINE;
            while matches!(self.process.try_wait(), Ok(None)) && Instant::now() < deadline {
                thread::sleep(GLANCE);
            }
        }
        killpg(group, Signal::SIGKILL).ok();
        self.process.wait().ok();
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        self.end();
    }
}

/// Ends whatever our children left behind: what started its own session, or lost its parent.
pub(crate) fn end_descendants() {
    let deadline = Instant::now() + Duration::from_secs(5);
    let mut signal = Signal::SIGTERM;
    loop {
        let left = descendants(process::id());
        if left.is_empty() {
            return;
        }
        if Instant::now() > deadline {
            signal = Signal::SIGKILL;
        }
        for id in left {
            kill(Pid::from_raw(id), signal).ok();
        }
        if signal == Signal::SIGKILL {
            return;
        }
        thread::sleep(GLANCE);
    }
}

/// The living processes below `root`.
fn descendants(root: u32) -> Vec<i32> {
    let parents: HashMap<u32, u32> = fs::read_dir("/proc")
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| entry.file_name().to_str()?.parse().ok())
        .filter_map(|id: u32| {
            let stat = fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
            let (parent, is_zombie) = parent_of(&stat)?;
            (!is_zombie).then_some((id, parent))
        })
        .collect();
    let is_below = |mut id: u32| {
        while let Some(parent) = parents.get(&id) {
            if *parent == root {
                return true;
            }
            id = *parent;
        }
        false
    };
    parents.keys().filter(|id| is_below(**id)).filter_map(|id| i32::try_from(*id).ok()).collect()
}

/// The parent in a line of `/proc/<id>/stat`, and whether the process is dead already. The name in
/// parentheses may itself hold spaces and parentheses (proc_pid_stat(5)).
fn parent_of(stat: &str) -> Option<(u32, bool)> {
    let mut fields = stat.get(stat.rfind(')')? + 1..)?.split_whitespace();
    let state = fields.next()?;
    Some((fields.next()?.parse().ok()?, matches!(state, "Z" | "X")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parent_is_read_past_an_odd_name() {
        assert_eq!(parent_of("12 (a) b (c) S 7 12 12 0"), Some((7, false)));
        assert_eq!(parent_of("13 (cat) Z 1 13 13 0"), Some((1, true)));
        assert_eq!(parent_of("13 (cat"), None);
    }

    #[test]
    fn dropped_child_takes_its_group_along() -> Result<()> {
        let marker = std::env::temp_dir().join(format!("xtask-group-{}", process::id()));
        let script = format!("sleep 321 & echo $! > {}; wait", marker.display());
        let child = Child::start(command("sh").args(["-c", &script]), "a shell")?;
        let id = loop {
            match fs::read_to_string(&marker).unwrap_or_default().trim().parse::<u32>() {
                Ok(id) => break id,
                Err(_) => pause()?,
            }
        };
        drop(child);
        fs::remove_file(&marker)?;
        let is_alive = || {
            let stat = fs::read_to_string(format!("/proc/{id}/stat")).unwrap_or_default();
            parent_of(&stat).is_some_and(|(_, is_zombie)| !is_zombie)
        };
        let deadline = Instant::now() + DEADLINE;
        while is_alive() && Instant::now() < deadline {
            pause()?;
        }
        assert!(!is_alive());
        Ok(())
    }

    #[test]
    fn exit_code_and_words_of_a_fed_child_come_back() -> Result<()> {
        let mut command = command("sh");
        command.args(["-c", "read line; echo \"got $line\" >&2; exit 3"]);
        let (code, said) = feed(&mut command, "a shell", b"secret\n")?;
        assert_eq!((code, said.trim()), (Some(3), "got secret"));
        Ok(())
    }
}
