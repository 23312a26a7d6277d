//! The command connections: a small pool of threads that send one command at a time.
//!
//! Answers carry no number and match by order alone. A connection whose answer is late is therefore closed, and the
//! outcome of that command is [`CommandError::Unknown`]: it may have been carried out.

use std::sync::atomic::{AtomicU8, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use app::model::board::LinkProblem;
use tokio::sync::oneshot;

use super::client::{Client, Cutter};
use super::jobs::Jobs;
use super::{NodeSettings, thread};

/// How long a command may take if nothing else is said, opening a connection included.
const ANSWER_WITHIN: Duration = Duration::from_secs(5);
/// Connections per node.
const LANES: usize = 2;
/// Commands that may wait for a connection.
const WAITING: usize = 256;
/// What a thread is given beyond the deadline before it is given up; only name resolution is not bounded by it.
const GRACE: Duration = Duration::from_secs(1);

/// Why a command has no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CommandError {
    /// Nothing was sent: the switch cannot be reached, or too many commands wait.
    #[error("the switch cannot be reached")]
    Unavailable,
    /// It was sent, and no answer came: it may or may not have been carried out.
    #[error("the switch did not answer; the command may have been carried out")]
    Unknown,
    /// It holds a control character, which would end the command line, or names no command. Nothing was sent.
    #[error("the command cannot be sent as it is")]
    Unspeakable,
}

/// A [`CommandError`] with what it tells of the connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Failure {
    pub(crate) error: CommandError,
    /// `None` where nothing was learnt of the switch: other commands kept the connections busy.
    pub(crate) problem: Option<LinkProblem>,
}

/// A handle to the command connections of a node; cheap to clone.
#[derive(Clone, Debug)]
pub struct Commands(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    settings: NodeSettings,
    jobs: Mutex<Option<mpsc::SyncSender<Job>>>,
    cutters: [Cutter; LANES],
    calls: AtomicU64,
    running: Jobs,
    threads: Mutex<Vec<JoinHandle<()>>>,
}

struct Job {
    command: String,
    argument: String,
    deadline: Instant,
    stage: Arc<Stage>,
    answer: oneshot::Sender<Result<String, Failure>>,
}

/// How far a command has come. Decides, once, whether it is sent or withdrawn.
#[derive(Debug, Default)]
struct Stage(AtomicU8);

impl Stage {
    const WAITING: u8 = 0;
    const TAKEN: u8 = 1;
    const SENT: u8 = 2;
    const WITHDRAWN: u8 = 3;

    fn advance(&self, from: u8, to: u8) -> bool {
        self.0.compare_exchange(from, to, Ordering::AcqRel, Ordering::Acquire).is_ok()
    }
}

impl Commands {
    /// Starts the threads; connections are opened when first needed.
    pub(super) fn start(settings: &NodeSettings) -> Self {
        let (sender, receiver) = mpsc::sync_channel(WAITING);
        let shared = Arc::new(Shared {
            settings: settings.clone(),
            jobs: Mutex::new(Some(sender)),
            cutters: Default::default(),
            calls: AtomicU64::new(0),
            running: Jobs::default(),
            threads: Mutex::default(),
        });
        let receiver = Arc::new(Mutex::new(receiver));
        let threads = (0..LANES).filter_map(|lane| {
            let (shared, receiver) = (Arc::clone(&shared), Arc::clone(&receiver));
            thread::spawn(format!("esl-cmd{lane}-{}", settings.name), move || shared.run(lane, &receiver))
        });
        shared.threads.lock().unwrap_or_else(PoisonError::into_inner).extend(threads);
        Self(shared)
    }

    /// Sends `api <command> <argument>` and returns what the switch printed, whatever that says: see
    /// [`crate::switch::reply`]. The argument is sent as it is: see [`crate::switch::quote`].
    pub async fn api(&self, command: &str, argument: &str) -> Result<String, CommandError> {
        self.ask(command, argument, ANSWER_WITHIN).await.map_err(|failure| failure.error)
    }

    /// Sends a command that may take long, such as `originate`, and waits until the switch tells how it ended. Its
    /// connection is free for others meanwhile.
    ///
    /// # Errors
    /// `Unknown` also when the connection that would tell of it is lost, or nothing was told in time: it may go on.
    pub async fn background(
        &self,
        command: &str,
        argument: &str,
        within: Duration,
    ) -> Result<String, CommandError> {
        if !is_speakable(command, argument) {
            return Err(CommandError::Unspeakable);
        }
        let answer = self.api("bgapi", &format!("{command} {argument}")).await?;
        let Some(job) = answer.trim().strip_prefix("+OK Job-UUID:").map(str::trim) else {
            // A switch that takes no jobs says why, as it would to the command itself.
            return Ok(answer);
        };
        match tokio::time::timeout(within, self.0.running.outcome(job)).await {
            Ok(Ok(output)) => Ok(output),
            Ok(Err(_)) | Err(_) => Err(CommandError::Unknown),
        }
    }

    /// A job that [`Commands::background`] may wait for has ended.
    pub(super) fn job_ended(&self, job: String, output: String) {
        self.0.running.ended(job, output);
    }

    /// Commands that were sent since the start.
    pub fn api_calls(&self) -> u64 {
        self.0.calls.load(Ordering::Relaxed)
    }

    /// [`Commands::api`] with its own limit of time, and with what a failure tells of the connection.
    pub(crate) async fn ask(
        &self,
        command: &str,
        argument: &str,
        within: Duration,
    ) -> Result<String, Failure> {
        if !is_speakable(command, argument) {
            return Err(Failure { error: CommandError::Unspeakable, problem: None });
        }
        let unavailable = Failure { error: CommandError::Unavailable, problem: None };
        let deadline = Instant::now() + within;
        let stage = Arc::new(Stage::default());
        let (answer, mut answered) = oneshot::channel();
        let job = Job {
            command: command.to_owned(),
            argument: argument.to_owned(),
            deadline,
            stage: Arc::clone(&stage),
            answer,
        };
        let jobs = self.0.jobs.lock().unwrap_or_else(PoisonError::into_inner).clone();
        jobs.and_then(|jobs| jobs.try_send(job).ok()).ok_or(unavailable)?;

        if let Ok(outcome) = tokio::time::timeout_at(deadline.into(), &mut answered).await {
            return outcome.unwrap_or(Err(unavailable));
        }
        if stage.advance(Stage::WAITING, Stage::WITHDRAWN) {
            return Err(unavailable);
        }
        if let Ok(outcome) = tokio::time::timeout(GRACE, answered).await {
            return outcome.unwrap_or(Err(unavailable));
        }
        let is_withdrawn = stage.advance(Stage::TAKEN, Stage::WITHDRAWN);
        let error = if is_withdrawn { CommandError::Unavailable } else { CommandError::Unknown };
        Err(Failure { error, problem: Some(LinkProblem::Unreachable) })
    }

    /// Ends the present connections: what they were to is gone. Commands under way end as `Unknown`.
    pub(super) fn reset(&self, problem: LinkProblem) {
        for cutter in &self.0.cutters {
            cutter.cut(problem);
        }
        self.0.running.lost();
    }

    /// Ends the connections for good and waits for the threads.
    pub(super) async fn close(&self) {
        self.0.jobs.lock().unwrap_or_else(PoisonError::into_inner).take();
        for cutter in &self.0.cutters {
            cutter.close();
        }
        let threads = std::mem::take(&mut *self.0.threads.lock().unwrap_or_else(PoisonError::into_inner));
        thread::join(threads).await;
    }
}

/// Whether the text can stand in a command line. A line feed would end it and start another.
fn is_speakable(command: &str, argument: &str) -> bool {
    let is_word = !command.is_empty() && !command.contains(' ');
    is_word && !command.contains(char::is_control) && !argument.contains(char::is_control)
}

impl Shared {
    /// Serves one connection until the pool is closed.
    fn run(&self, lane: usize, jobs: &Mutex<mpsc::Receiver<Job>>) {
        let mut client = None;
        loop {
            // The lock is held while waiting: the other thread then waits for the lock, which is as good.
            let Ok(job) = jobs.lock().unwrap_or_else(PoisonError::into_inner).recv() else { return };
            if job.stage.advance(Stage::WAITING, Stage::TAKEN) {
                let outcome = self.perform(&job, &self.cutters[lane], &mut client);
                if outcome.is_err() {
                    client = None;
                }
                // Whoever asked may have gone.
                let _ = job.answer.send(outcome);
            }
        }
    }

    fn perform(&self, job: &Job, cutter: &Cutter, kept: &mut Option<Client>) -> Result<String, Failure> {
        let unavailable = |problem| Failure { error: CommandError::Unavailable, problem: Some(problem) };
        let client = match kept.take() {
            Some(client) if client.is_fresh() => client,
            _ => Client::open(&self.settings.address, &self.settings.password, job.deadline, cutter)
                .map_err(unavailable)?,
        };
        let client = kept.insert(client);
        if !job.stage.advance(Stage::TAKEN, Stage::SENT) {
            return Err(Failure { error: CommandError::Unavailable, problem: None });
        }
        self.calls.fetch_add(1, Ordering::Relaxed);
        client
            .api(&job.command, &job.argument, job.deadline)
            .map_err(|problem| Failure { error: CommandError::Unknown, problem: Some(problem) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_ends_a_line_is_sent() {
        assert!(is_speakable("callcenter_config", "agent set status '张三 <x>|%0A' 'On Break'"));
        assert!(is_speakable("status", ""));
        for (command, argument) in [
            ("", ""),
            ("two words", ""),
            ("a\nb", ""),
            ("a", "\n\napi fsctl shutdown"),
            ("a", "\r"),
            ("a", "x\0"),
            ("a", "\u{85}"),
        ] {
            assert!(!is_speakable(command, argument), "{command:?} {argument:?}");
        }
    }
}
