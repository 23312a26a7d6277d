//! Rates of life that can be changed while it goes on, so that a busy hour's calls can be run in minutes.

use std::fmt;

use super::Rates;
use crate::switch::Switch;

/// One of the rates.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rate {
    /// Callers per minute, all queues together.
    CallsPerMinute,
    /// Mean seconds of a talk; talks that go on keep their length.
    TalkSeconds,
    /// Mean seconds of patience; callers who wait keep theirs.
    PatienceSeconds,
    /// Mean seconds until an agent answers.
    RingSeconds,
    /// `wrap_up_time` of all agents, in whole seconds.
    WrapUpSeconds,
}

impl Rate {
    const WORDS: [(&'static str, Self); 5] = [
        ("calls-per-minute", Self::CallsPerMinute),
        ("talk-seconds", Self::TalkSeconds),
        ("patience-seconds", Self::PatienceSeconds),
        ("ring-seconds", Self::RingSeconds),
        ("wrap-up-seconds", Self::WrapUpSeconds),
    ];

    /// The rate of that name.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::WORDS.iter().find(|(known, _)| *known == word).map(|(_, rate)| *rate)
    }

    /// A value that a rate may have.
    pub fn value(word: &str) -> Option<f64> {
        word.parse().ok().filter(|value: &f64| value.is_finite() && *value >= 0.0)
    }
}

/// Shortest and longest time until an agent answers, around a mean: 1.5 to 7 s around 4.25.
fn spread(mean: f64) -> (f64, f64) {
    let shortest = mean * 0.353;
    (shortest, (mean * 1.647).max(shortest + 0.001))
}

impl Rates {
    fn get(&self, rate: Rate) -> f64 {
        match rate {
            Rate::CallsPerMinute => self.calls_per_second * 60.0,
            Rate::TalkSeconds => self.talk_seconds,
            Rate::PatienceSeconds => self.patience_seconds,
            Rate::RingSeconds => (self.ring_seconds.0 + self.ring_seconds.1) / 2.0,
            Rate::WrapUpSeconds => self.wrap_up_seconds as f64,
        }
    }
}

impl fmt::Display for Rates {
    /// `calls-per-minute=8.7`, a line each.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Rate::WORDS.iter().try_for_each(|(word, rate)| writeln!(f, "{word}={}", self.get(*rate)))
    }
}

impl Switch {
    /// Changes a rate. The next caller is drawn anew, since a slow rate may have put it far off.
    pub fn set_rate(&mut self, rate: Rate, value: f64) {
        let rates = &mut self.world.rates;
        match rate {
            Rate::CallsPerMinute => {
                rates.calls_per_second = value / 60.0;
                self.timers.remove_arrivals();
                if self.world.life {
                    self.plan_arrival();
                }
            }
            Rate::TalkSeconds => rates.talk_seconds = value,
            Rate::PatienceSeconds => rates.patience_seconds = value,
            Rate::RingSeconds => rates.ring_seconds = spread(value),
            Rate::WrapUpSeconds => {
                rates.wrap_up_seconds = value as i64;
                for agent in &mut self.center.agents {
                    agent.wrap_up_time = value as i64;
                }
            }
        }
    }
}
