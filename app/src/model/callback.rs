//! Callbacks: customers whom somebody is to call back, by queue.

use serde::{Deserialize, Serialize};

use super::ids::{AgentKey, QueueKey};
use super::named::read_by_name;
use super::problem::{FieldProblem, ProblemKind};
use super::time::{DurationMs, UnixMs};

/// How a callback came about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum CallbackOrigin {
    /// The customer asked for it.
    Asked,
    /// The customer waited and gave up.
    Abandoned,
}

read_by_name! { CallbackOrigin:
    Asked = "asked",
    Abandoned = "abandoned",
}

impl CallbackOrigin {
    /// Every origin.
    pub const ALL: [Self; 2] = [Self::Asked, Self::Abandoned];

    /// The stored code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Asked => "asked",
            Self::Abandoned => "abandoned",
        }
    }

    /// The origin of a code.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|origin| origin.code() == code)
    }
}

/// What came of calling, as the person says who called.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum CallbackOutcome {
    /// The customer was reached.
    Reached,
    /// Nobody answered.
    NoAnswer,
    /// The line was busy.
    Busy,
    /// Somebody else has the number.
    WrongNumber,
    /// The customer wants no more calls.
    DoNotCall,
}

read_by_name! { CallbackOutcome:
    Reached = "reached",
    NoAnswer = "no-answer",
    Busy = "busy",
    WrongNumber = "wrong-number",
    DoNotCall = "do-not-call",
}

impl CallbackOutcome {
    /// Every outcome, in the order of the buttons.
    pub const ALL: [Self; 5] =
        [Self::Reached, Self::NoAnswer, Self::Busy, Self::WrongNumber, Self::DoNotCall];

    /// The code that forms send and the database stores.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Reached => "reached",
            Self::NoAnswer => "no-answer",
            Self::Busy => "busy",
            Self::WrongNumber => "wrong-number",
            Self::DoNotCall => "do-not-call",
        }
    }

    /// The outcome of a code.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|outcome| outcome.code() == code)
    }

    /// Whether the customer is to be tried again.
    pub const fn is_another_try(self) -> bool {
        matches!(self, Self::NoAnswer | Self::Busy)
    }
}

/// Where a callback stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum CallbackState {
    /// Somebody has to call.
    Open,
    /// The customer was reached.
    Reached,
    /// The customer called by himself and was answered.
    CalledBack,
    /// Somebody else has the number.
    WrongNumber,
    /// The customer wants no more calls.
    DoNotCall,
    /// Tried as often as the rule of the queue says.
    GivenUp,
}

read_by_name! { CallbackState:
    Open = "open",
    Reached = "reached",
    CalledBack = "called-back",
    WrongNumber = "wrong-number",
    DoNotCall = "do-not-call",
    GivenUp = "given-up",
}

impl CallbackState {
    /// Every state.
    pub const ALL: [Self; 6] =
        [Self::Open, Self::Reached, Self::CalledBack, Self::WrongNumber, Self::DoNotCall, Self::GivenUp];

    /// The code that filters send and the database stores.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Reached => "reached",
            Self::CalledBack => "called-back",
            Self::WrongNumber => "wrong-number",
            Self::DoNotCall => "do-not-call",
            Self::GivenUp => "given-up",
        }
    }

    /// The state of a code.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.code() == code)
    }

    /// Where an outcome leads, after so many attempts of at most so many.
    pub const fn after(outcome: CallbackOutcome, attempts: u32, most_attempts: u32) -> Self {
        match outcome {
            CallbackOutcome::Reached => Self::Reached,
            CallbackOutcome::WrongNumber => Self::WrongNumber,
            CallbackOutcome::DoNotCall => Self::DoNotCall,
            CallbackOutcome::NoAnswer | CallbackOutcome::Busy if attempts >= most_attempts => Self::GivenUp,
            CallbackOutcome::NoAnswer | CallbackOutcome::Busy => Self::Open,
        }
    }
}

/// One attempt to reach the customer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CallbackAttempt {
    /// When the agent's telephone began to ring.
    pub at: UnixMs,
    /// Who called.
    pub agent: AgentKey,
    /// What came of it; none until the person has said.
    pub outcome: Option<CallbackOutcome>,
}

/// One callback.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CallbackRow {
    /// Key.
    pub id: u64,
    /// Whom to call; masked for those who do not see numbers.
    pub phone: String,
    /// For which queue.
    pub queue: QueueKey,
    /// How it came about.
    pub origin: CallbackOrigin,
    /// When it was asked for, the last time.
    pub asked_at: UnixMs,
    /// How often it was asked for.
    pub requests: u32,
    /// When to call.
    pub due_at: UnixMs,
    /// Where it stands.
    pub state: CallbackState,
    /// Who is to call.
    pub agent: Option<AgentKey>,
    /// What was noted.
    #[serde(default)]
    pub note: String,
    /// How often it was tried since it was opened.
    pub tried: u32,
    /// Calls that were made from here, oldest first.
    #[serde(default)]
    pub attempts: Vec<CallbackAttempt>,
    /// When it was closed.
    pub closed_at: Option<UnixMs>,
}

impl CallbackRow {
    /// Whether somebody has called and not said yet what came of it.
    pub fn awaits_outcome(&self) -> bool {
        self.attempts.last().is_some_and(|attempt| attempt.outcome.is_none())
    }
}

/// What is looked for in the list. Empty texts do not filter.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CallbackFilter {
    /// `node/name` of a queue.
    #[serde(default)]
    pub queue: String,
    /// Code of a state, or `all`; the open ones where it is empty.
    #[serde(default)]
    pub state: String,
    /// `node/name` of an agent, or `nobody`.
    #[serde(default)]
    pub agent: String,
    /// Digits of the number; not for those who do not see numbers.
    #[serde(default)]
    pub phone: String,
}

/// An agent to whom callbacks may be given.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CallbackAgent {
    /// Who.
    pub key: AgentKey,
    /// Name for people.
    pub name: String,
}

/// A queue with what it is called.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CallbackQueue {
    /// Which.
    pub key: QueueKey,
    /// Name for people.
    pub name: String,
}

/// The list, the most urgent first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CallbackList {
    /// The callbacks.
    #[serde(default)]
    pub rows: Vec<CallbackRow>,
    /// There are more than these.
    pub is_cut: bool,
    /// Queues that the reader may see, for the filter.
    #[serde(default)]
    pub queues: Vec<CallbackQueue>,
    /// Agents that the reader may give callbacks to.
    #[serde(default)]
    pub agents: Vec<CallbackAgent>,
    /// Whether the reader sees numbers, and may look for them.
    pub sees_numbers: bool,
    /// The server's clock.
    pub at: UnixMs,
}

/// One callback with what its page needs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CallbackDetail {
    /// The callback.
    pub row: CallbackRow,
    /// Name of its queue for people.
    pub queue_name: String,
    /// The rule of its queue.
    pub rule: CallbackRule,
    /// Agents to whom it may be given.
    #[serde(default)]
    pub agents: Vec<CallbackAgent>,
    /// Whether the reader may open it again.
    pub may_reopen: bool,
}

/// What an agent's desk shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnCallbacks {
    /// Those that are the agent's to call, the most urgent first.
    #[serde(default)]
    pub own: Vec<CallbackRow>,
    /// Those of the agent's queues that nobody has taken.
    #[serde(default)]
    pub free: Vec<CallbackRow>,
    /// The server's clock.
    pub at: UnixMs,
}

/// How callbacks of a queue are made and tried.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CallbackRule {
    /// Who gives up waiting is called back.
    pub is_from_abandoned: bool,
    /// Only after so many seconds of waiting; a short abandon never counts.
    pub abandoned_after_s: u32,
    /// Between two attempts.
    pub pause_s: u32,
    /// After so many attempts without an answer it is given up.
    pub most_attempts: u32,
    /// The number that the customer sees; empty for what the dialplan says.
    pub caller_id: String,
    /// What is dialled before the number; empty for nothing.
    pub dial_prefix: String,
}

impl Default for CallbackRule {
    fn default() -> Self {
        Self {
            is_from_abandoned: false,
            abandoned_after_s: 20,
            pause_s: 900,
            most_attempts: 3,
            caller_id: String::new(),
            dial_prefix: String::new(),
        }
    }
}

impl CallbackRule {
    /// The longest number that a customer can be shown.
    const LONGEST_CALLER_ID: u32 = 20;
    /// The longest prefix.
    const LONGEST_PREFIX: u32 = 8;

    /// What is wrong with it, field by field; empty when it can be stored.
    pub fn problems(&self) -> Vec<FieldProblem> {
        let mut problems = Vec::new();
        let mut check = |field: &str, holds: bool, kind: ProblemKind| {
            if !holds {
                problems.push(FieldProblem { field: field.to_owned(), kind });
            }
        };
        let between = |value: u32, least: u32, most: u32| (least..=most).contains(&value);
        check("abandoned_after_s", between(self.abandoned_after_s, 0, 3_600), ProblemKind::Between(0, 3_600));
        check("pause_s", between(self.pause_s, 60, 86_400), ProblemKind::Between(60, 86_400));
        check("most_attempts", between(self.most_attempts, 1, 20), ProblemKind::Between(1, 20));
        let caller_id = self.caller_id.strip_prefix('+').unwrap_or(&self.caller_id);
        check("caller_id", caller_id.chars().all(|letter| letter.is_ascii_digit()), ProblemKind::NotDialable);
        check(
            "caller_id",
            self.caller_id.len() <= Self::LONGEST_CALLER_ID as usize,
            ProblemKind::TooLong(Self::LONGEST_CALLER_ID),
        );
        let is_key = |letter: char| letter.is_ascii_digit() || "*#".contains(letter);
        check("dial_prefix", self.dial_prefix.chars().all(is_key), ProblemKind::NotDialable);
        check(
            "dial_prefix",
            self.dial_prefix.len() <= Self::LONGEST_PREFIX as usize,
            ProblemKind::TooLong(Self::LONGEST_PREFIX),
        );
        problems
    }

    /// When to try again.
    pub fn next_attempt(&self, now: UnixMs) -> UnixMs {
        now + DurationMs::from_s(i64::from(self.pause_s))
    }
}

/// A queue and its rule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct QueueRule {
    /// Which queue.
    pub queue: CallbackQueue,
    /// Its rule.
    pub rule: CallbackRule,
}

/// Why SwitchDesk refuses to call: the agent's own telephone is taken. Pages have words for it.
pub const TELEPHONE_IN_USE: &str = "the own telephone rings or is in a call";

/// The number of a customer as it is stored and compared: without the marks that people write between digits. `None` for
/// what is no number, such as the word of a caller who hides it.
pub fn callable(number: &str) -> Option<String> {
    const FEWEST: usize = 3;
    const MOST: usize = 32;
    let plain: String = number.trim().chars().filter(|letter| !" -()./".contains(*letter)).collect();
    let digits = plain.strip_prefix('+').unwrap_or(&plain);
    let is_number = digits.chars().all(|letter| letter.is_ascii_digit());
    (is_number && (FEWEST..=MOST).contains(&digits.len())).then_some(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_its_digits() {
        for (number, stored) in [
            ("13800138000", Some("13800138000")),
            (" +86 138-0013-8000 ", Some("+8613800138000")),
            ("(021) 1234 5678", Some("02112345678")),
            ("anonymous", None),
            ("12", None),
            ("", None),
            ("138'; DROP TABLE callbacks", None),
            ("1380013800{a=b}", None),
            ("１３８００１３８０００", None),
        ] {
            assert_eq!(callable(number).as_deref(), stored, "{number}");
        }
    }

    #[test]
    fn an_outcome_leads_on_until_the_last_attempt() {
        for (outcome, attempts, state) in [
            (CallbackOutcome::Reached, 1, CallbackState::Reached),
            (CallbackOutcome::NoAnswer, 2, CallbackState::Open),
            (CallbackOutcome::Busy, 3, CallbackState::GivenUp),
            (CallbackOutcome::WrongNumber, 1, CallbackState::WrongNumber),
            (CallbackOutcome::DoNotCall, 1, CallbackState::DoNotCall),
        ] {
            assert_eq!(CallbackState::after(outcome, attempts, 3), state);
        }
    }

    #[test]
    fn what_is_wrong_with_a_rule_is_named() {
        assert_eq!(CallbackRule::default().problems(), []);
        let rule = CallbackRule {
            pause_s: 5,
            most_attempts: 0,
            caller_id: "1}x".into(),
            dial_prefix: "9,,".into(),
            ..CallbackRule::default()
        };
        let fields: Vec<_> = rule.problems().into_iter().map(|problem| problem.field).collect();
        assert_eq!(fields, ["pause_s", "most_attempts", "caller_id", "dial_prefix"]);
    }
}
