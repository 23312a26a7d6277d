//! What agents write down: of a call, of a number.

use serde::{Deserialize, Serialize};

use super::center::{CodeName, OutcomeCode};
use super::ids::{MemberKey, QueueKey};
use super::metrics::CallOutcome;
use super::problem::ProblemKind;
use super::time::{DurationMs, UnixMs};

/// The longest note.
pub const LONGEST_NOTE: usize = 2_000;

/// What is wrong with a text of several lines that people wrote.
pub fn text_problem(text: &str, longest: usize) -> Option<ProblemKind> {
    if text.chars().count() > longest {
        Some(ProblemKind::TooLong(longest as u32))
    } else {
        let is_wrong =
            |letter: char| letter.is_control() && letter != '\n' && letter != '\r' && letter != '\t';
        text.contains(is_wrong).then_some(ProblemKind::ControlCharacter)
    }
}

/// What an agent noted of a call.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CallNote {
    /// Code of an outcome.
    pub outcome: Option<String>,
    /// Words.
    pub text: String,
}

/// A note that stays with a number.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct NumberNote {
    /// Words; empty where there is none.
    pub text: String,
    /// The version that was read: an edit names it. 0 before the first.
    pub version: u32,
    /// Who wrote it last, and when.
    pub written: Option<(String, UnixMs)>,
}

/// An earlier call from a number.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EarlierCall {
    /// Joined the queue then.
    pub at: UnixMs,
    /// The queue, by its name on the switch.
    pub queue: String,
    /// How the stay ended.
    pub end: Option<CallOutcome>,
    /// Who answered, by the name for people.
    pub agent: Option<String>,
    /// How long they talked.
    pub talk: Option<DurationMs>,
    /// What it came to, as the agent noted.
    pub outcome: Option<CodeName>,
    /// Words of the agent.
    pub note: String,
}

/// The caller of the moment, or of the last call: what is known, and what may be written down.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CallerView {
    /// Which call.
    pub member: MemberKey,
    /// Its queue.
    pub queue: QueueKey,
    /// Name as the switch reports it.
    pub name: String,
    /// Number as the switch reports it; empty where the user may not see it, or it was withheld.
    pub number: String,
    /// Whether there is a number that a note may stay with.
    pub has_number: bool,
    /// Earlier calls of the last 30 days, newest first.
    #[serde(default)]
    pub earlier: Vec<EarlierCall>,
    /// The note that stays with the number.
    pub number_note: NumberNote,
    /// What was noted of this call so far.
    pub call_note: CallNote,
    /// The outcome codes that are offered for it.
    #[serde(default)]
    pub outcomes: Vec<OutcomeCode>,
}
