//! What truly happened in the switch, written where the world changes and not derived from what was sent.
//!
//! Tests recount waiting times, outcomes and agents' hours from it without a line of the program under test: an event
//! that a fault dropped, doubled or delayed is in the journal once, at its own time.
//!
//! - At the start there is an `agent-status` and an `agent-state` for every agent, with the instant since when it holds,
//!   and the calls that a populated start finds going on, with their own past instants. From there on instants grow, but
//!   for a step of the clock.
//! - `restarted` and `module-reloaded` end everything that is open: callers and talks without an end of their own before
//!   that entry are gone with it, as on the real switch without a word.

use std::fs::File;
use std::io::{self, Write};
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::cdr::{CdrLeg, Fate};
use crate::clock::Micros;

/// One thing that happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// The switch's clock in microseconds since 1970; where an event tells of it, that event's `Event-Date-Timestamp`.
    pub at_us: Micros,
    /// What happened.
    #[serde(flatten)]
    pub what: What,
}

/// What may happen. `queue` and `agent` are names, `member` is the id of a membership, `session` that of the caller's
/// channel.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "kebab-case")]
pub enum What {
    /// A caller came into a queue.
    MemberJoined {
        /// Queue.
        queue: String,
        /// Membership.
        member: String,
        /// Caller's channel.
        session: String,
        /// Caller's number.
        number: String,
        /// Caller's name.
        name: String,
    },
    /// A caller came back within its time and has its old membership again.
    MemberResumed {
        /// Queue.
        queue: String,
        /// Membership, that of the first visit.
        member: String,
        /// Caller's channel, another one than before.
        session: String,
        /// Caller's number.
        number: String,
        /// Caller's name.
        name: String,
    },
    /// An agent's phone is called.
    Offered {
        /// Queue.
        queue: String,
        /// Membership.
        member: String,
        /// Agent.
        agent: String,
    },
    /// An agent's phone was not reached, or its call was taken back.
    OfferFailed {
        /// Queue.
        queue: String,
        /// Membership.
        member: String,
        /// Agent.
        agent: String,
        /// `ORIGINATOR_CANCEL`, `USER_BUSY`, `ALLOTTED_TIMEOUT`, ...
        cause: String,
    },
    /// The agent answered (`bridge-agent-start`).
    Answered {
        /// Queue.
        queue: String,
        /// Membership.
        member: String,
        /// Agent.
        agent: String,
    },
    /// The agent is done with the caller.
    TalkEnded {
        /// Queue.
        queue: String,
        /// Membership.
        member: String,
        /// Agent.
        agent: String,
        /// Whether the two were ever connected.
        bridged: bool,
    },
    /// A membership is over.
    MemberEnded {
        /// Queue.
        queue: String,
        /// Membership.
        member: String,
        /// How.
        outcome: Outcome,
    },
    /// An agent's status was written, possibly with the value that it had.
    AgentStatus {
        /// Agent.
        agent: String,
        /// `Available`, `On Break`, ...
        status: String,
    },
    /// An agent's state was written, possibly with the value that it had.
    AgentState {
        /// Agent.
        agent: String,
        /// `Waiting`, `Receiving`, `In a queue call`, ...
        state: String,
    },
    /// The world stands still.
    Frozen,
    /// The world goes on.
    Thawed,
    /// The switch is another process now.
    Restarted,
    /// mod_callcenter was loaded anew.
    ModuleReloaded,
    /// A call detail record reached its end.
    Cdr {
        /// Uuid of the channel.
        uuid: String,
        /// Which leg that was.
        leg: CdrLeg,
        /// Whether the other side took it.
        fate: Fate,
    },
}

/// How a membership ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// An agent served the caller.
    Answered,
    /// The caller hung up, or was hung up, unserved.
    Abandoned,
    /// `max-wait-time` was over.
    TimedOut,
    /// `max-wait-time-with-no-agent` was over.
    NoAgent,
    /// The caller pressed the key that leaves the queue.
    LeftByKey,
    /// The caller was put into a queue again.
    Moved,
}

impl Outcome {
    /// The outcome behind a `CC-Cancel-Reason`.
    pub fn of_cancel_reason(reason: &str) -> Self {
        match reason {
            "TIMEOUT" => Self::TimedOut,
            "NO_AGENT_TIMEOUT" => Self::NoAgent,
            "EXIT_WITH_KEY" => Self::LeftByKey,
            _ => Self::Abandoned,
        }
    }
}

/// Facts of the call center that have no instant yet: it reads no clock. Like its drafts they are taken at the next flush.
#[derive(Debug, Default)]
pub struct Facts {
    wanted: bool,
    noted: Vec<(usize, What)>,
}

impl Facts {
    /// Whether anyone wants to know.
    pub fn set_wanted(&mut self, wanted: bool) {
        self.wanted = wanted;
        self.noted.clear();
    }

    /// Notes a fact before the draft with index `draft`, from whose event it gets its instant.
    pub fn note(&mut self, draft: usize, what: impl FnOnce() -> What) {
        if self.wanted {
            self.noted.push((draft, what()));
        }
    }

    /// Takes all facts, each with the index of the draft after it.
    pub fn take(&mut self) -> Vec<(usize, What)> {
        std::mem::take(&mut self.noted)
    }
}

/// Where entries go: into memory, into a file, both, or nowhere.
#[derive(Debug, Default)]
pub struct Journal {
    kept: Option<Vec<Entry>>,
    file: Option<File>,
}

impl Journal {
    /// A journal that keeps its entries if `keep`, and appends them to the file at `path`, an object a line.
    ///
    /// # Errors
    /// The file cannot be opened for appending.
    pub fn open(keep: bool, path: Option<&Path>) -> io::Result<Self> {
        let file = path.map(|path| File::options().create(true).append(true).open(path)).transpose()?;
        Ok(Self { kept: keep.then(Vec::new), file })
    }

    /// Whether entries go anywhere.
    pub fn is_wanted(&self) -> bool {
        self.kept.is_some() || self.file.is_some()
    }

    /// Writes an entry. A line is in the file when this returns.
    pub fn write(&mut self, at_us: Micros, what: What) {
        if !self.is_wanted() {
            return;
        }
        let entry = Entry { at_us, what };
        if let Some(file) = &mut self.file
            && let Err(error) = append(file, &entry)
        {
            // A journal with a hole would be believed; one that ends is noticed.
            complain(&error);
            self.file = None;
        }
        if let Some(kept) = &mut self.kept {
            kept.push(entry);
        }
    }

    /// The kept entries from the index `from` on.
    pub fn since(&self, from: usize) -> Vec<Entry> {
        self.kept.as_deref().and_then(|kept| kept.get(from..)).unwrap_or_default().to_vec()
    }
}

fn append(file: &mut File, entry: &Entry) -> io::Result<()> {
    let mut line = serde_json::to_vec(entry)?;
    line.push(b'\n');
    file.write_all(&line)
}

#[allow(clippy::print_stderr, reason = "the demo switch has no log")]
fn complain(error: &io::Error) {
    eprintln!("the journal ends here: {error}");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entry_is_one_flat_object() {
        let what = What::MemberEnded {
            queue: "support@default".to_owned(),
            member: "m".to_owned(),
            outcome: Outcome::of_cancel_reason("NO_AGENT_TIMEOUT"),
        };
        let entry = Entry { at_us: 5, what };
        let line = serde_json::to_string(&entry).unwrap();
        assert_eq!(
            line,
            r#"{"at_us":5,"what":"member-ended","queue":"support@default","member":"m","outcome":"no-agent"}"#
        );
        assert_eq!(serde_json::from_str::<Entry>(&line).unwrap(), entry);
    }

    #[test]
    fn nothing_is_kept_that_nobody_asked_for() {
        let mut journal = Journal::open(false, None).unwrap();
        journal.write(1, What::Frozen);
        assert_eq!(journal.since(0), []);
        let mut kept = Journal::open(true, None).unwrap();
        kept.write(1, What::Frozen);
        kept.write(2, What::Thawed);
        assert_eq!(kept.since(1), [Entry { at_us: 2, what: What::Thawed }]);
        assert_eq!(kept.since(3), []);
    }
}
