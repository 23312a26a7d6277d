//! Commands that take their time: sent with `bgapi`, answered by a BACKGROUND_JOB on the event connection.

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, PoisonError};

use tokio::sync::oneshot;

/// Outcomes kept that nobody has asked for yet: the event may overtake the answer that names the job.
const UNCLAIMED: usize = 64;

/// Who waits for which job.
#[derive(Debug, Default)]
pub(super) struct Jobs(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    waiting: HashMap<String, oneshot::Sender<String>>,
    unclaimed: VecDeque<(String, String)>,
}

impl Jobs {
    /// The outcome of a job, once it is there. Ends without one when the connection that would tell of it is lost.
    pub(super) fn outcome(&self, job: &str) -> oneshot::Receiver<String> {
        let (sender, receiver) = oneshot::channel();
        let mut state = self.lock();
        match state.unclaimed.iter().position(|(ended, _)| ended == job) {
            Some(place) => {
                if let Some((_, output)) = state.unclaimed.remove(place) {
                    // The receiver is below.
                    let _ = sender.send(output);
                }
            }
            None => {
                // Those whose time ran out wait no more.
                state.waiting.retain(|_, waiting| !waiting.is_closed());
                state.waiting.insert(job.to_owned(), sender);
            }
        }
        receiver
    }

    /// A job has ended, and printed this.
    pub(super) fn ended(&self, job: String, output: String) {
        let mut state = self.lock();
        if let Some(waiting) = state.waiting.remove(&job) {
            // Whoever asked may have gone.
            let _ = waiting.send(output);
            return;
        }
        if state.unclaimed.len() == UNCLAIMED {
            state.unclaimed.pop_front();
        }
        state.unclaimed.push_back((job, output));
    }

    /// The event connection is lost: nobody will be told of the jobs under way.
    pub(super) fn lost(&self) {
        self.lock().waiting.clear();
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that fails says so")]
    use super::*;

    #[test]
    fn outcome_is_told_whichever_comes_first_and_to_one_alone() {
        let jobs = Jobs::default();
        let mut early = jobs.outcome("a");
        assert!(early.try_recv().is_err());
        jobs.ended("a".into(), "+OK 1\n".into());
        assert_eq!(early.try_recv().unwrap(), "+OK 1\n");
        jobs.ended("b".into(), "-ERR NO_ANSWER\n".into());
        assert_eq!(jobs.outcome("b").try_recv().unwrap(), "-ERR NO_ANSWER\n");
        assert!(jobs.outcome("b").try_recv().is_err());
    }

    #[tokio::test]
    async fn lost_connection_ends_the_waiting_without_an_outcome() {
        let jobs = Jobs::default();
        let waiting = jobs.outcome("a");
        jobs.lost();
        assert!(waiting.await.is_err());
    }

    #[test]
    fn outcomes_that_nobody_wants_are_forgotten_in_the_end() {
        let jobs = Jobs::default();
        for number in 0..=UNCLAIMED {
            jobs.ended(number.to_string(), String::new());
        }
        assert!(jobs.outcome("0").try_recv().is_err());
        assert!(jobs.outcome("1").try_recv().is_ok());
    }
}
