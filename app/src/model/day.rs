//! The own day of an agent: what was done when, and numbers beside those of the team.

use serde::{Deserialize, Serialize};

use super::agent::{Presence, ReasonCode};
use super::time::{DurationMs, UnixMs};

/// Fewer colleagues have no median: it would tell what single people did.
pub const SMALLEST_TEAM: usize = 3;

/// What an agent did in an interval.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DaySegment {
    /// What.
    pub presence: Presence,
    /// Why, on a break.
    pub reason: Option<ReasonCode>,
    /// From.
    pub from: UnixMs,
    /// Until; open for what the agent does now.
    pub to: Option<UnixMs>,
}

/// Numbers of a day.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DayNumbers {
    /// Calls answered.
    pub answered: u32,
    /// Offers missed.
    pub missed: u32,
    /// Seconds talked.
    pub talk_s: u32,
    /// Average seconds of talk and wrap-up a call.
    pub handle_s: u32,
    /// Seconds on break.
    pub break_s: u32,
}

impl DayNumbers {
    /// The median of each number over the colleagues; none for fewer than [`SMALLEST_TEAM`].
    pub fn median(team: &[Self]) -> Option<Self> {
        if team.len() < SMALLEST_TEAM {
            return None;
        }
        let of = |read: fn(&Self) -> u32| {
            let mut numbers: Vec<u32> = team.iter().map(read).collect();
            numbers.sort_unstable();
            let middle = numbers.len() / 2;
            // Of an even number the lower of the two in the middle: a number that somebody really has.
            let middle = if numbers.len().is_multiple_of(2) { middle - 1 } else { middle };
            numbers.get(middle).copied().unwrap_or_default()
        };
        Some(Self {
            answered: of(|numbers| numbers.answered),
            missed: of(|numbers| numbers.missed),
            talk_s: of(|numbers| numbers.talk_s),
            handle_s: of(|numbers| numbers.handle_s),
            break_s: of(|numbers| numbers.break_s),
        })
    }
}

/// The own day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnDay {
    /// The day is on record from here.
    pub since: UnixMs,
    /// When this was read.
    pub read_at: UnixMs,
    /// What was done, in order.
    #[serde(default)]
    pub segments: Vec<DaySegment>,
    /// The own numbers.
    pub own: DayNumbers,
    /// The median of the colleagues who share a queue and worked today.
    pub median: Option<DayNumbers>,
}

impl OwnDay {
    /// How long the agent was on breaks of a reason that are over.
    pub fn spent(&self, reason: &ReasonCode) -> DurationMs {
        let is_of = |segment: &&DaySegment| {
            segment.presence == Presence::OnBreak && segment.reason.as_ref() == Some(reason)
        };
        let ended =
            self.segments.iter().filter(is_of).filter_map(|segment| Some((segment.from, segment.to?)));
        DurationMs(ended.map(|(from, to)| to.since(from).0).sum())
    }
}

/// Puts intervals of the same kind that follow one another together.
pub fn joined(segments: impl IntoIterator<Item = DaySegment>) -> Vec<DaySegment> {
    let mut joined: Vec<DaySegment> = Vec::new();
    for segment in segments {
        match joined.last_mut() {
            Some(last)
                if last.presence == segment.presence
                    && last.reason == segment.reason
                    && last.to.is_none_or(|to| to >= segment.from) =>
            {
                last.to = segment.to;
            }
            _ => joined.push(segment),
        }
    }
    joined
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbers(answered: u32) -> DayNumbers {
        DayNumbers { answered, ..DayNumbers::default() }
    }

    #[test]
    fn median_needs_a_team() {
        assert_eq!(DayNumbers::median(&[numbers(1), numbers(2)]), None);
        let median = |team: &[u32]| {
            let team: Vec<_> = team.iter().copied().map(numbers).collect();
            DayNumbers::median(&team).map(|numbers| numbers.answered)
        };
        assert_eq!(median(&[9, 1, 5]), Some(5));
        assert_eq!(median(&[9, 1, 5, 7]), Some(5));
    }

    #[test]
    fn what_follows_itself_is_one_interval() {
        let segment = |presence, from: i64, to: Option<i64>| DaySegment {
            presence,
            reason: None,
            from: UnixMs(from),
            to: to.map(UnixMs),
        };
        let day = joined([
            segment(Presence::Available, 0, Some(5)),
            segment(Presence::Available, 5, Some(9)),
            segment(Presence::OnCall, 9, Some(12)),
            segment(Presence::Available, 12, None),
        ]);
        let ends: Vec<_> = day.iter().map(|segment| segment.to).collect();
        assert_eq!(ends, [Some(UnixMs(9)), Some(UnixMs(12)), None]);
    }

    #[test]
    fn breaks_that_are_over_are_spent_by_reason() {
        let meal = ReasonCode::new("meal");
        let on_break = |reason: &ReasonCode, from: i64, to: Option<i64>| DaySegment {
            presence: Presence::OnBreak,
            reason: Some(reason.clone()),
            from: UnixMs(from),
            to: to.map(UnixMs),
        };
        let segments = vec![
            on_break(&meal, 0, Some(10)),
            on_break(&ReasonCode::new("rest"), 20, Some(25)),
            on_break(&meal, 30, Some(31)),
            on_break(&meal, 40, None),
        ];
        let day = OwnDay { since: UnixMs(0), read_at: UnixMs(50), segments, own: numbers(0), median: None };
        assert_eq!(day.spent(&meal), DurationMs(11));
    }
}
