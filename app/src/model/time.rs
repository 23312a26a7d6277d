//! Instants and durations with their unit in the type. UTC until the last formatter.

use std::ops::Add;

use serde::{Deserialize, Serialize};

/// An instant: milliseconds since 1970-01-01T00:00:00Z.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct UnixMs(pub i64);

/// A duration in milliseconds; negative when clocks disagree.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct DurationMs(pub i64);

impl UnixMs {
    /// The last instant whose epoch has ten digits, in the year 2286. A clock that says more is broken; up to here, sums
    /// of differences stay far from the ends of their type.
    pub const MAX: Self = Self(9_999_999_999_999);

    /// The instant of a whole-second epoch, as mod_callcenter writes its times. Zero means "never", as does what no clock
    /// shows.
    pub fn from_epoch_s(seconds: i64) -> Option<Self> {
        (1..=Self::MAX.0 / 1000).contains(&seconds).then(|| Self(seconds * 1000))
    }

    /// The instant of an epoch in microseconds, as `Event-Date-Timestamp` has it; at most [`UnixMs::MAX`].
    pub fn from_epoch_us(microseconds: i64) -> Self {
        Self(microseconds.div_euclid(1000).clamp(0, Self::MAX.0))
    }

    /// How long ago `earlier` was, never negative: clocks of two machines may disagree by a little.
    pub fn since(self, earlier: Self) -> DurationMs {
        DurationMs((self.0 - earlier.0).max(0))
    }
}

impl Add<DurationMs> for UnixMs {
    type Output = Self;
    fn add(self, duration: DurationMs) -> Self {
        Self(self.0 + duration.0)
    }
}

impl DurationMs {
    /// A duration of whole seconds.
    pub const fn from_s(seconds: i64) -> Self {
        Self(seconds * 1000)
    }

    /// Whole seconds, rounded down.
    pub const fn whole_s(self) -> i64 {
        self.0.div_euclid(1000)
    }

    /// `m:ss`, or `h:mm:ss` from an hour on: the one way in which a duration is written.
    pub fn clock(self) -> String {
        let seconds = self.whole_s().max(0);
        let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
        if hours > 0 {
            format!("{hours}:{minutes:02}:{seconds:02}")
        } else {
            format!("{minutes}:{seconds:02}")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_read_as_a_clock() {
        for (ms, text) in [(0, "0:00"), (999, "0:00"), (61_000, "1:01"), (3_600_000, "1:00:00"), (-5, "0:00")]
        {
            assert_eq!(DurationMs(ms).clock(), text);
        }
    }

    #[test]
    fn zero_epoch_of_the_switch_means_never() {
        assert_eq!(UnixMs::from_epoch_s(0), None);
        assert_eq!(UnixMs::from_epoch_s(2), Some(UnixMs(2000)));
    }
}
