//! Which queues a wall screen shows, and what its four figures say: pure, so that both sides paint alike.

use crate::model::board::{QueueRow, Totals};
use crate::model::ids::QueueKey;
use crate::model::thresholds::{Level, QueueTargets};
use crate::model::time::{DurationMs, UnixMs};

/// As many rows as can be read from five metres.
pub(super) const MOST_ROWS: usize = 12;

/// Up to this many rows are set larger.
pub(super) const FEW_ROWS: usize = 7;

/// How long the caller who waits longest has waited.
pub(super) fn longest_wait(row: &QueueRow, now: UnixMs) -> Option<DurationMs> {
    row.longest_since.map(|since| now.since(since))
}

/// The levels of a row, and the worst of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct RowLevels {
    pub(super) waiting: Level,
    pub(super) longest: Level,
    pub(super) service: Level,
}

impl RowLevels {
    pub(super) fn of(row: &QueueRow, now: UnixMs) -> Self {
        let targets = &row.targets;
        Self {
            waiting: targets.waiting_level(row.waiting),
            longest: longest_wait(row, now).map_or(Level::Fine, |wait| targets.longest_wait_level(wait)),
            service: row
                .today
                .service_level(targets.formula)
                .map_or(Level::Fine, |percent| targets.service_level_level(percent)),
        }
    }

    /// What is urgent: callers who wait now. A service level of the morning is no reason to run.
    pub(super) fn now(self) -> Level {
        self.waiting.max(self.longest)
    }
}

/// The keys, the most urgent queue first: by level, then by the longest wait, then by callers waiting, then by name.
pub(super) fn most_urgent_first(rows: &[QueueRow], now: UnixMs) -> Vec<QueueKey> {
    let mut rows: Vec<&QueueRow> = rows.iter().collect();
    rows.sort_by(|a, b| {
        let urgency = |row: &QueueRow| {
            (RowLevels::of(row, now).now(), longest_wait(row, now).map(|wait| wait.0), row.waiting)
        };
        urgency(b)
            .cmp(&urgency(a))
            .then_with(|| a.display_name.cmp(&b.display_name))
            .then_with(|| a.key.cmp(&b.key))
    });
    rows.into_iter().map(|row| row.key.clone()).collect()
}

/// What the queues are measured against, where all of them agree.
pub(super) fn shared_targets(rows: &[QueueRow]) -> Option<&QueueTargets> {
    let (first, rest) = rows.split_first()?;
    let agrees = |row: &QueueRow| {
        let (a, b) = (&row.targets, &first.targets);
        (a.formula, a.service_level_s) == (b.formula, b.service_level_s)
    };
    rest.iter().all(agrees).then_some(&first.targets)
}

/// What the four figures say.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Figures {
    pub(super) waiting: u32,
    /// The worst of any queue: the sum has no threshold of its own.
    pub(super) waiting_level: Level,
    pub(super) longest: Option<DurationMs>,
    pub(super) longest_level: Level,
    /// The queue whose caller waits longest.
    pub(super) longest_queue: Option<String>,
    pub(super) available: u32,
    pub(super) signed_in: u32,
    /// In percent.
    pub(super) service_level: Option<f64>,
    pub(super) service_level_level: Level,
    /// The seconds of all queues, where they agree.
    pub(super) service_level_s: Option<u32>,
}

impl Figures {
    pub(super) fn of(rows: &[QueueRow], totals: &Totals, now: UnixMs) -> Self {
        let worst = |level: fn(RowLevels) -> Level| {
            rows.iter().map(|row| level(RowLevels::of(row, now))).max().unwrap_or_default()
        };
        let longest_row =
            totals.longest.as_ref().and_then(|(_, key)| rows.iter().find(|row| row.key == *key));
        let shared = shared_targets(rows);
        let fallback = QueueTargets::default();
        let targets = shared.unwrap_or(&fallback);
        let service_level = totals.today.service_level(targets.formula);
        Self {
            waiting: totals.waiting,
            waiting_level: worst(|levels| levels.waiting),
            longest: totals.longest.as_ref().map(|(since, _)| now.since(*since)),
            longest_level: worst(|levels| levels.longest),
            longest_queue: longest_row.map(|row| row.display_name.clone()),
            available: totals.agents.available,
            signed_in: totals.agents.signed_in(),
            service_level,
            service_level_level: service_level
                .map_or(Level::Fine, |percent| targets.service_level_level(percent)),
            service_level_s: shared.map(|targets| targets.service_level_s),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::board::AgentCounts;
    use crate::model::ids::NodeName;
    use crate::model::metrics::QueueToday;

    const NOW: UnixMs = UnixMs(1_000_000_000);

    fn queue(name: &str, waiting: u32, wait_s: Option<i64>) -> QueueRow {
        QueueRow {
            key: QueueKey::new(&NodeName::new("fs-1"), name),
            display_name: name.to_owned(),
            strategy: String::new(),
            waiting,
            longest_since: wait_s.map(|wait_s| UnixMs(NOW.0 - wait_s * 1000)),
            agents: AgentCounts::default(),
            today: QueueToday::default(),
            arrivals: [0; 6],
            targets: QueueTargets::default(),
        }
    }

    #[test]
    fn the_worst_level_comes_first_and_then_the_longest_wait() {
        let rows = [
            queue("idle", 0, None),
            queue("short", 1, Some(5)),
            queue("many", 8, Some(10)),
            queue("long", 1, Some(70)),
            queue("also-idle", 0, None),
        ];
        let names: Vec<String> = most_urgent_first(&rows, NOW).into_iter().map(|key| key.name).collect();
        assert_eq!(names, ["many", "long", "short", "also-idle", "idle"]);
    }

    #[test]
    fn the_longest_wait_names_its_queue() {
        let rows = [queue("a", 1, Some(20)), queue("b", 1, Some(200))];
        let figures = Figures::of(&rows, &Totals::of(&rows, []), NOW);
        assert_eq!(figures.longest_queue.as_deref(), Some("b"));
        assert_eq!(figures.longest_level, Level::Critical);
        assert_eq!(figures.waiting_level, Level::Fine);
        assert_eq!(figures.service_level, None);
    }

    #[test]
    fn seconds_are_named_where_all_queues_agree() {
        let mut rows = [queue("a", 0, None), queue("b", 0, None)];
        assert_eq!(shared_targets(&rows).map(|targets| targets.service_level_s), Some(20));
        rows[1].targets.service_level_s = 30;
        assert_eq!(shared_targets(&rows), None);
    }
}
