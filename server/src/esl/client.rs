//! The crate's client behind a guard: every call is bounded in time and returns a [`LinkProblem`] where it fails.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::{Duration, Instant};

use app::model::board::LinkProblem;
use freeswitch_esl_rs as esl;

use super::connection::{EslStream, Expect, Line};
use super::frame;
use super::guard::guarded;

/// How long connecting and logging in may take together.
pub(super) const OPEN_WITHIN: Duration = Duration::from_secs(5);

/// A connection that has logged in. After any error it must be dropped.
pub(super) struct Client {
    client: esl::Client<EslStream>,
    line: Arc<Line>,
}

/// By which another thread ends the connection that a thread has at the moment, and keeps it from opening others.
#[derive(Debug, Default)]
pub(super) struct Cutter(Mutex<CutterState>);

#[derive(Debug, Default)]
struct CutterState {
    line: Weak<Line>,
    is_closed: bool,
}

impl Cutter {
    /// Ends the present connection; the next one may come.
    pub(super) fn cut(&self, problem: LinkProblem) {
        let line = self.state().line.upgrade();
        if let Some(line) = line {
            line.shut(problem);
        }
    }

    /// Ends the present connection for good.
    pub(super) fn close(&self) {
        self.state().is_closed = true;
        self.cut(LinkProblem::ConnectionLost);
    }

    fn attach(&self, line: &Arc<Line>) -> Result<(), LinkProblem> {
        let mut state = self.state();
        if state.is_closed {
            return Err(LinkProblem::ConnectionLost);
        }
        state.line = Arc::downgrade(line);
        Ok(())
    }

    fn state(&self) -> MutexGuard<'_, CutterState> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Client {
    /// Connects and logs in.
    pub(super) fn open(
        address: &str,
        password: &str,
        deadline: Instant,
        cutter: &Cutter,
    ) -> Result<Self, LinkProblem> {
        if cutter.state().is_closed {
            return Err(LinkProblem::ConnectionLost);
        }
        let line = Line::connect(address, deadline)?;
        cutter.attach(&line)?;
        line.expect(Expect::Greeting, Some(deadline));
        let mut client =
            Self { client: esl::Client::new(esl::Connection::new(EslStream::new(line.clone()))), line };
        client.log_in(password).inspect_err(|problem| client.line.shut(*problem))?;
        Ok(client)
    }

    fn log_in(&mut self, password: &str) -> Result<(), LinkProblem> {
        if password.contains(char::is_control) {
            // It would end the command line; no switch can have it.
            return Err(LinkProblem::WrongPassword);
        }
        // The crate says only that it failed, so the reply is looked at.
        let outcome = guarded(|| self.client.auth(password));
        match self.line.reply().as_str() {
            reply if reply.starts_with("+OK") && outcome == Ok(Ok(())) => Ok(()),
            reply if reply.starts_with("-ERR") => Err(LinkProblem::WrongPassword),
            _ => Err(match self.line.problem() {
                // Something accepted the connection and then said nothing.
                Some(LinkProblem::Silent) => LinkProblem::Unreachable,
                Some(problem) => problem,
                None => LinkProblem::Garbled,
            }),
        }
    }

    /// Asks for events: `names` as in `event plain <names>`.
    pub(super) fn subscribe(&mut self, names: &str, deadline: Instant) -> Result<(), LinkProblem> {
        self.line.expect(Expect::Reply, Some(deadline));
        let outcome = guarded(|| self.client.event(names).is_ok());
        if outcome == Ok(true) && self.line.reply().starts_with("+OK") {
            self.line.expect(Expect::Events, None);
            return Ok(());
        }
        let problem = self.line.problem().unwrap_or(LinkProblem::Garbled);
        self.line.shut(problem);
        Err(problem)
    }

    /// Waits for the next event, without a limit of time.
    pub(super) fn next_event(&mut self) -> Result<HashMap<String, String>, LinkProblem> {
        match guarded(|| self.client.pull_event()) {
            Ok(Ok(event)) => Ok(frame::rejoin(event.into())),
            _ => Err(self.fail()),
        }
    }

    /// Sends one command and waits for its answer.
    pub(super) fn api(
        &mut self,
        command: &str,
        argument: &str,
        deadline: Instant,
    ) -> Result<String, LinkProblem> {
        self.line.expect(Expect::Response, Some(deadline));
        let outcome = guarded(|| self.client.api(command, argument));
        self.line.expect(Expect::Events, None);
        match outcome {
            Ok(Ok(answer)) => Ok(answer),
            _ => Err(self.fail()),
        }
    }

    /// Whether a command can be sent on a connection that has been idle.
    pub(super) fn is_fresh(&self) -> bool {
        self.line.is_fresh()
    }

    fn fail(&self) -> LinkProblem {
        // A panic of the crate leaves no reason behind.
        self.line.shut(LinkProblem::ConnectionLost);
        self.line.problem().unwrap_or(LinkProblem::ConnectionLost)
    }
}
