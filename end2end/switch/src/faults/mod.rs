//! Faults on demand: what networks, operators and switches do to programs that trust them.
//!
//! A fault is either an act (a reset, a garbled frame) or a state that lasts until `demo fault off`, or for as long as
//! was said. It touches what is sent, not what happens: the journal tells the truth throughout.
//!
//! - [`words`]: `demo fault ...`
//! - [`frames`]: frames that are none
//! - [`events`]: events dropped, doubled, out of order, late
//! - [`clock`](mod@clock): a clock that is set

pub mod clock;
pub mod events;
pub mod frames;
pub mod words;

use std::net::IpAddr;
use std::time::{Duration, Instant};

use events::EventFaults;
use frames::Malformed;

use crate::callcenter::events as drafts;
use crate::clock::Micros;
use crate::esl::hub::{Audience, End};
use crate::switch::Switch;

/// Frames of a burst that are made between two looks at anything else.
const BURST_PER_TICK: usize = 10_000;

/// A fault to begin, or its end.
#[derive(Debug, Clone, PartialEq)]
pub enum Fault {
    /// Half a frame, then RST, on every connection.
    Reset,
    /// Nothing is written, nothing is closed.
    Silence(bool),
    /// Peers are accepted and never greeted.
    HalfOpen,
    /// Answers to `api` commands that begin with `prefix` are late. Commands to the demo switch are not.
    SlowApi {
        /// How late.
        by: Duration,
        /// Beginning of the command, empty for all.
        prefix: String,
    },
    /// So many bytes a second go out on each connection.
    SlowWrite(u32),
    /// Bodies of answers to `api` commands that begin with `prefix` have at least so many bytes.
    BigAnswers {
        /// Bytes.
        bytes: usize,
        /// Beginning of the command, empty for all.
        prefix: String,
    },
    /// The next `api` command that begins so is carried out and has no answer; later answers come where it is awaited.
    SkipAnswer {
        /// Beginning of the command, empty for any.
        prefix: String,
    },
    /// A malformed frame, once, to whom it concerns.
    Send(Malformed, Audience),
    /// So many events, all of them true: `agent-state-change` with the states that agents have.
    Burst(usize),
    /// Events are lost, doubled, out of order or late. What is set by an earlier fault stays.
    Events(EventFaults),
    /// The access list refuses this peer; connections that it has stay.
    Deny(IpAddr),
    /// The access list lets it in again; `None` for all that a fault denied.
    Allow(Option<IpAddr>),
    /// Nobody can connect; connections stay.
    ClosePort,
    /// The port is open again.
    OpenPort,
    /// A new core that has forgotten all calls.
    Restart,
    /// mod_callcenter is loaded anew under live calls.
    ReloadCallCenter,
    /// mod_callcenter goes under live calls, and stays away.
    UnloadCallCenter,
    /// mod_callcenter comes back.
    LoadCallCenter,
    /// The clock is set forward, or back.
    StepClock(Micros),
    /// No faults any more: of the states above none lasts, and the clock is right again.
    Off,
}

/// The faults that last.
#[derive(Debug, Clone, Default)]
pub struct Faults {
    /// Nothing is written.
    pub silence: bool,
    /// Nobody is greeted.
    pub half_open: bool,
    /// Nobody can connect.
    pub port_closed: bool,
    /// Refused peers, beside those that the switch was started with.
    pub denied: Vec<IpAddr>,
    /// Bytes a second on each connection.
    pub bytes_per_second: Option<u32>,
    /// What happens to events.
    pub events: EventFaults,
    /// Delay and beginning of the commands concerned.
    slow_api: Option<(Duration, String)>,
    /// Least size and beginning of the commands concerned.
    big_answers: Option<(usize, String)>,
    /// Beginnings of commands of which the next has no answer.
    skipped: Vec<String>,
}

/// What becomes of an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The body; `None` if nothing is sent.
    pub body: Option<String>,
    /// How late it is.
    pub after: Duration,
}

/// What a burst and a time limit have left.
#[derive(Debug, Default)]
pub struct Pending {
    burst: usize,
    ends: Option<Instant>,
}

impl Switch {
    /// Begins a fault, or ends some.
    pub fn fault(&mut self, fault: Fault) {
        match fault {
            Fault::Reset => self.hub.end_all(End::Reset),
            Fault::Restart => {
                self.restart();
                self.hub.close_port();
            }
            Fault::ReloadCallCenter => self.reload_callcenter(),
            Fault::UnloadCallCenter => {
                self.reload_callcenter();
                crate::api::run(self, "unload mod_callcenter");
            }
            Fault::LoadCallCenter => {
                crate::api::run(self, "load mod_callcenter");
            }
            Fault::StepClock(by) => self.step_clock(by),
            Fault::Send(malformed, audience) => {
                let frame = malformed.frame(&mut self.fault_rng);
                self.hub.inject(frame, audience);
            }
            Fault::Burst(count) => self.pending_faults.burst += count,
            Fault::Off => {
                self.pending_faults = Pending::default();
                self.step_clock(-self.clock_step);
                self.hub.change_faults(|faults| *faults = Faults::default());
                self.hub.release(Instant::now());
            }
            fault => self.hub.change_faults(|faults| faults.set(fault)),
        }
    }

    /// Ends all faults after a while.
    pub fn end_faults_after(&mut self, time: Duration) {
        self.pending_faults.ends = Some(Instant::now() + time);
    }

    /// Goes on with faults that take their time. Called with every tick, frozen or not.
    pub fn advance_faults(&mut self) {
        if self.pending_faults.ends.is_some_and(|ends| ends <= Instant::now()) {
            self.fault(Fault::Off);
        }
        let count = self.pending_faults.burst.min(BURST_PER_TICK);
        self.pending_faults.burst -= count;
        self.send_burst(count);
        self.hub.release(Instant::now());
    }

    fn send_burst(&mut self, count: usize) {
        let states: Vec<_> =
            self.center.agents.iter().map(|agent| (agent.name.clone(), agent.state.clone())).collect();
        for (agent, state) in states.iter().cycle().take(count) {
            self.center.drafts.push(drafts::agent_state_change(agent, state));
        }
        if count > 0 {
            self.flush();
        }
    }

    /// What an `api` command's answer becomes on its way out.
    pub fn treat_answer(&mut self, line: &str, mut body: String) -> Answer {
        let mut treated = Answer { body: None, after: Duration::ZERO };
        if line.starts_with("demo ") {
            treated.body = Some(body);
            return treated;
        }
        let faults = self.hub.faults();
        if let Some((bytes, prefix)) = &faults.big_answers
            && line.starts_with(prefix)
            && body.len() < *bytes
        {
            body.extend(std::iter::repeat_n('x', bytes - body.len()));
        }
        if let Some((by, prefix)) = &faults.slow_api
            && line.starts_with(prefix)
        {
            treated.after = *by;
        }
        match faults.skipped.iter().position(|prefix| line.starts_with(prefix)) {
            Some(at) => self.hub.change_faults(|faults| {
                faults.skipped.remove(at);
            }),
            None => treated.body = Some(body),
        }
        treated
    }
}

impl Faults {
    fn set(&mut self, fault: Fault) {
        match fault {
            Fault::Silence(on) => self.silence = on,
            Fault::HalfOpen => self.half_open = true,
            Fault::SlowApi { by, prefix } => self.slow_api = Some((by, prefix)),
            Fault::SlowWrite(bytes) => self.bytes_per_second = Some(bytes.max(1)),
            Fault::BigAnswers { bytes, prefix } => self.big_answers = Some((bytes, prefix)),
            Fault::SkipAnswer { prefix } => self.skipped.push(prefix),
            Fault::Events(events) => self.events.add(&events),
            Fault::Deny(peer) => self.denied.push(peer),
            Fault::Allow(None) => self.denied.clear(),
            Fault::Allow(Some(peer)) => self.denied.retain(|denied| *denied != peer),
            Fault::ClosePort => self.port_closed = true,
            Fault::OpenPort => self.port_closed = false,
            // Acts of the switch, not states.
            Fault::Reset
            | Fault::Send(..)
            | Fault::Burst(_)
            | Fault::Restart
            | Fault::ReloadCallCenter
            | Fault::UnloadCallCenter
            | Fault::LoadCallCenter
            | Fault::StepClock(_)
            | Fault::Off => {}
        }
    }
}
