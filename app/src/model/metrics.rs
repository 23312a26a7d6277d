//! The numbers of a queue for today, each with the one definition that is shown beside it.

use serde::{Deserialize, Serialize};

use super::named::read_by_name;

/// Counters of a queue since midnight of the center's time zone, or since counting began.
///
/// A caller ends as exactly one of answered, abandoned, timed out, no agent, left by key, moved by a person.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct QueueToday {
    /// An agent was connected.
    pub answered: u32,
    /// Of these, within the queue's service-level seconds of joining.
    pub answered_in_time: u32,
    /// Hung up while waiting or ringing.
    pub abandoned: u32,
    /// Of these, before the short-abandon seconds were over.
    pub abandoned_short: u32,
    /// Of the abandoned, within the service-level seconds.
    pub abandoned_in_time: u32,
    /// Left by max-wait-time.
    pub timed_out: u32,
    /// Left by max-wait-time-with-no-agent.
    pub no_agent: u32,
    /// Left by pressing a key.
    pub left_by_key: u32,
    /// Taken out by a person; not offered.
    pub moved: u32,
    /// Sum over answered callers of the wait until the answer, in milliseconds.
    pub answer_wait_ms: i64,
    /// Calls that ended after an answer.
    pub handled: u32,
    /// Sum over these of talk and wrap-up, in milliseconds.
    pub handle_ms: i64,
}

/// How the stay of a caller in a queue ended. Each ends in exactly one way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum CallOutcome {
    /// An agent was connected.
    Answered,
    /// Hung up while waiting or ringing.
    Abandoned,
    /// Left by max-wait-time.
    TimedOut,
    /// Left by max-wait-time-with-no-agent.
    NoAgent,
    /// Left by pressing a key.
    LeftByKey,
    /// Taken out by a person.
    Moved,
}

read_by_name! { CallOutcome:
    Answered = "answered",
    Abandoned = "abandoned",
    TimedOut = "timed-out",
    NoAgent = "no-agent",
    LeftByKey = "left-by-key",
    Moved = "moved",
}

impl CallOutcome {
    /// Every outcome.
    pub const ALL: [Self; 6] =
        [Self::Answered, Self::Abandoned, Self::TimedOut, Self::NoAgent, Self::LeftByKey, Self::Moved];

    /// The code that the database stores.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Answered => "answered",
            Self::Abandoned => "abandoned",
            Self::TimedOut => "timed-out",
            Self::NoAgent => "no-agent",
            Self::LeftByKey => "left-by-key",
            Self::Moved => "moved",
        }
    }

    /// The outcome of a code.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|outcome| outcome.code() == code)
    }
}

/// How the service level is computed; products of the field disagree, so the formula has a name.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ServiceLevelFormula {
    /// Answered in time / (answered + abandoned - short abandoned + timed out + no agent).
    #[default]
    Standard,
    /// Left the queue in time, answered or abandoned / offered (Amazon Connect).
    AmazonConnect,
    /// Answered in time / (answered + abandoned) (Genesys A).
    GenesysA,
    /// Answered in time / answered (Genesys B, VICIdial TMA).
    GenesysB,
}

read_by_name! { ServiceLevelFormula:
    Standard = "standard",
    AmazonConnect = "amazon-connect",
    GenesysA = "genesys-a",
    GenesysB = "genesys-b",
}

impl ServiceLevelFormula {
    /// Every formula.
    pub const ALL: [Self; 4] = [Self::Standard, Self::AmazonConnect, Self::GenesysA, Self::GenesysB];

    /// The code that forms send and the database stores.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Standard => "standard",
            Self::AmazonConnect => "amazon-connect",
            Self::GenesysA => "genesys-a",
            Self::GenesysB => "genesys-b",
        }
    }

    /// The formula of a code.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|formula| formula.code() == code)
    }
}

impl QueueToday {
    /// All but those whom a person moved elsewhere.
    pub const fn offered(&self) -> u32 {
        self.answered + self.abandoned + self.timed_out + self.no_agent + self.left_by_key
    }

    /// Service level in percent; `None` while nothing counts.
    pub fn service_level(&self, formula: ServiceLevelFormula) -> Option<f64> {
        let (part, whole) = match formula {
            ServiceLevelFormula::Standard => (
                self.answered_in_time,
                self.answered
                    + self.abandoned.saturating_sub(self.abandoned_short)
                    + self.timed_out
                    + self.no_agent,
            ),
            ServiceLevelFormula::AmazonConnect => {
                (self.answered_in_time + self.abandoned_in_time, self.offered())
            }
            ServiceLevelFormula::GenesysA => (self.answered_in_time, self.answered + self.abandoned),
            ServiceLevelFormula::GenesysB => (self.answered_in_time, self.answered),
        };
        percent(part, whole)
    }

    /// Abandoned in percent of offered.
    pub fn abandoned_share(&self) -> Option<f64> {
        percent(self.abandoned, self.offered())
    }

    /// Average speed of answer: mean wait of the answered, in milliseconds.
    pub fn average_speed_of_answer_ms(&self) -> Option<i64> {
        mean(self.answer_wait_ms, self.answered)
    }

    /// Average handle time: mean of talk and wrap-up of the handled, in milliseconds.
    pub fn average_handle_time_ms(&self) -> Option<i64> {
        mean(self.handle_ms, self.handled)
    }

    /// The sums of two queues.
    #[must_use]
    pub fn plus(&self, other: &Self) -> Self {
        Self {
            answered: self.answered + other.answered,
            answered_in_time: self.answered_in_time + other.answered_in_time,
            abandoned: self.abandoned + other.abandoned,
            abandoned_short: self.abandoned_short + other.abandoned_short,
            abandoned_in_time: self.abandoned_in_time + other.abandoned_in_time,
            timed_out: self.timed_out + other.timed_out,
            no_agent: self.no_agent + other.no_agent,
            left_by_key: self.left_by_key + other.left_by_key,
            moved: self.moved + other.moved,
            answer_wait_ms: self.answer_wait_ms + other.answer_wait_ms,
            handled: self.handled + other.handled,
            handle_ms: self.handle_ms + other.handle_ms,
        }
    }
}

fn percent(part: u32, whole: u32) -> Option<f64> {
    (whole > 0).then(|| f64::from(part) * 100.0 / f64::from(whole))
}

fn mean(sum_ms: i64, count: u32) -> Option<i64> {
    (count > 0).then(|| sum_ms / i64::from(count))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn service_level_by_each_formula() {
        let today = QueueToday {
            answered: 80,
            answered_in_time: 60,
            abandoned: 15,
            abandoned_short: 5,
            abandoned_in_time: 10,
            timed_out: 5,
            no_agent: 5,
            ..QueueToday::default()
        };
        for (formula, percent) in [
            (ServiceLevelFormula::Standard, 60.0),
            (ServiceLevelFormula::AmazonConnect, 70.0 * 100.0 / 105.0),
            (ServiceLevelFormula::GenesysA, 60.0 * 100.0 / 95.0),
            (ServiceLevelFormula::GenesysB, 75.0),
        ] {
            assert_eq!(today.service_level(formula), Some(percent), "{formula:?}");
        }
    }

    #[test]
    fn nothing_yet_is_none_and_not_zero() {
        let today = QueueToday::default();
        assert_eq!(today.service_level(ServiceLevelFormula::Standard), None);
        assert_eq!(today.abandoned_share(), None);
        assert_eq!(today.average_speed_of_answer_ms(), None);
    }

    #[test]
    fn callers_moved_by_a_person_are_not_offered() {
        assert_eq!(QueueToday { answered: 1, moved: 3, ..QueueToday::default() }.offered(), 1);
    }
}
