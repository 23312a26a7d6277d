//! When a number of a queue becomes a warning or critical.

use serde::{Deserialize, Serialize};

use super::metrics::ServiceLevelFormula;
use super::named::read_by_name;
use super::problem::{FieldProblem, ProblemKind};
use super::time::DurationMs;

/// How bad a number is. Shown by sign, word and colour together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub enum Level {
    /// As it should be.
    #[default]
    Fine,
    /// Look at it.
    Warning,
    /// Act now.
    Critical,
}

read_by_name! { Level:
    Fine = "Fine",
    Warning = "Warning",
    Critical = "Critical",
}

/// What a queue's numbers are measured against.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct QueueTargets {
    /// Callers waiting from which on it is a warning.
    pub waiting_warning: u32,
    /// Callers waiting from which on it is critical.
    pub waiting_critical: u32,
    /// Longest wait, in seconds, from which on it is a warning.
    pub longest_wait_warning_s: u32,
    /// Longest wait, in seconds, from which on it is critical.
    pub longest_wait_critical_s: u32,
    /// Service level, in percent, below which it is a warning (the goal).
    pub service_level_warning_percent: u32,
    /// Service level, in percent, below which it is critical.
    pub service_level_critical_percent: u32,
    /// A call answered within these seconds is in time.
    pub service_level_s: u32,
    /// Who hangs up within these seconds is a short abandon.
    pub short_abandon_s: u32,
    /// How the service level is computed.
    pub formula: ServiceLevelFormula,
}

impl Default for QueueTargets {
    fn default() -> Self {
        Self {
            waiting_warning: 4,
            waiting_critical: 7,
            longest_wait_warning_s: 60,
            longest_wait_critical_s: 180,
            service_level_warning_percent: 80,
            service_level_critical_percent: 60,
            service_level_s: 20,
            short_abandon_s: 5,
            formula: ServiceLevelFormula::Standard,
        }
    }
}

impl QueueTargets {
    /// Level of a number of waiting callers.
    pub fn waiting_level(&self, waiting: u32) -> Level {
        rising(i64::from(waiting), i64::from(self.waiting_warning), i64::from(self.waiting_critical))
    }

    /// Level of the longest wait.
    pub fn longest_wait_level(&self, wait: DurationMs) -> Level {
        rising(
            wait.whole_s(),
            i64::from(self.longest_wait_warning_s),
            i64::from(self.longest_wait_critical_s),
        )
    }

    /// Level of a service level in percent.
    pub fn service_level_level(&self, percent: f64) -> Level {
        if percent < f64::from(self.service_level_critical_percent) {
            Level::Critical
        } else if percent < f64::from(self.service_level_warning_percent) {
            Level::Warning
        } else {
            Level::Fine
        }
    }

    /// What is wrong with these targets, field by field; empty when they can be stored.
    pub fn problems(&self) -> Vec<FieldProblem> {
        let mut problems = Vec::new();
        let mut check = |field: &'static str, holds: bool, kind: ProblemKind| {
            if !holds {
                problems.push(FieldProblem { field: field.to_owned(), kind });
            }
        };
        check("waiting_warning", self.waiting_warning >= 1, ProblemKind::AtLeast(1));
        check("waiting_critical", self.waiting_critical > self.waiting_warning, ProblemKind::AboveWarning);
        check(
            "longest_wait_warning_s",
            (1..=86_400).contains(&self.longest_wait_warning_s),
            ProblemKind::Between(1, 86_400),
        );
        check(
            "longest_wait_critical_s",
            self.longest_wait_critical_s > self.longest_wait_warning_s,
            ProblemKind::AboveWarning,
        );
        check(
            "service_level_warning_percent",
            self.service_level_warning_percent <= 100,
            ProblemKind::Between(0, 100),
        );
        check(
            "service_level_critical_percent",
            self.service_level_critical_percent < self.service_level_warning_percent,
            ProblemKind::BelowWarning,
        );
        check("service_level_s", (1..=3600).contains(&self.service_level_s), ProblemKind::Between(1, 3600));
        check("short_abandon_s", self.short_abandon_s <= 3600, ProblemKind::Between(0, 3600));
        problems
    }
}

fn rising(value: i64, warning: i64, critical: i64) -> Level {
    if value >= critical {
        Level::Critical
    } else if value >= warning {
        Level::Warning
    } else {
        Level::Fine
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_level_begins_at_its_threshold() {
        let targets = QueueTargets::default();
        for (waiting, level) in [(3, Level::Fine), (4, Level::Warning), (7, Level::Critical)] {
            assert_eq!(targets.waiting_level(waiting), level);
        }
        for (percent, level) in [(80.0, Level::Fine), (79.9, Level::Warning), (59.9, Level::Critical)] {
            assert_eq!(targets.service_level_level(percent), level);
        }
    }

    #[test]
    fn critical_must_be_worse_than_warning() {
        let targets = QueueTargets { waiting_critical: 4, ..QueueTargets::default() };
        assert_eq!(
            targets.problems(),
            [FieldProblem { field: "waiting_critical".into(), kind: ProblemKind::AboveWarning }]
        );
        assert_eq!(QueueTargets::default().problems(), []);
    }
}
