//! Wall-clock time as the switch prints it.
//!
//! Instants are microseconds since 1970 (`Event-Date-Timestamp`), tables hold whole seconds. The demo switch lives in
//! UTC, so local and GMT stamps agree.

use std::time::{SystemTime, UNIX_EPOCH};

/// Microseconds since 1970-01-01T00:00:00Z.
pub type Micros = i64;

/// One second.
pub const SECOND_US: Micros = 1_000_000;

/// The time of day now.
pub fn now_us() -> Micros {
    // A clock before 1970 would be a broken machine; zero is as good as any answer there.
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_micros() as Micros)
}

/// Where a switch takes its time from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Clock {
    /// The time of day.
    Running,
    /// An instant that moves only when a test steps it, so that minutes replay in milliseconds and nothing races.
    Stepped(Micros),
}

impl Clock {
    /// The instant now.
    pub fn now(self) -> Micros {
        match self {
            Self::Running => now_us(),
            Self::Stepped(at) => at,
        }
    }
}

/// The whole seconds of an instant, as `*_epoch` columns hold them.
pub fn epoch(at: Micros) -> i64 {
    at.div_euclid(SECOND_US)
}

/// Seconds as a fraction to microseconds.
pub fn seconds_us(seconds: f64) -> Micros {
    (seconds * SECOND_US as f64) as Micros
}

struct Civil {
    year: i64,
    month: usize,
    day: i64,
    weekday: usize,
    seconds: i64,
}

/// Days to calendar, by Howard Hinnant's `civil_from_days`.
fn civil(at: Micros) -> Civil {
    let secs = epoch(at);
    let days = secs.div_euclid(86_400);
    let z = days + 719_468;
    let era = z.div_euclid(146_097);
    let doe = z.rem_euclid(146_097);
    let yoe = (doe - doe / 1460 + doe / 36_524 - doe / 146_096) / 365;
    let doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    let mp = (5 * doy + 2) / 153;
    let month = if mp < 10 { mp + 3 } else { mp - 9 };
    Civil {
        year: yoe + era * 400 + i64::from(month <= 2),
        month: month as usize,
        day: doy - (153 * mp + 2) / 5 + 1,
        weekday: (days + 4).rem_euclid(7) as usize,
        seconds: secs.rem_euclid(86_400),
    }
}

/// `2026-11-22 20:16:45`, the form of `Event-Date-Local`, `*_stamp` variables and `show channels`.
pub fn local_stamp(at: Micros) -> String {
    let c = civil(at);
    let (h, m, s) = (c.seconds / 3600, c.seconds / 60 % 60, c.seconds % 60);
    format!("{:04}-{:02}-{:02} {h:02}:{m:02}:{s:02}", c.year, c.month, c.day)
}

/// `2026-11-22 20:06:51.985728`, the form of log lines.
pub fn log_stamp(at: Micros) -> String {
    format!("{}.{:06}", local_stamp(at), at.rem_euclid(SECOND_US))
}

/// `Sun, 22 Nov 2026 20:16:45 GMT`, the form of `Event-Date-GMT`.
pub fn gmt_stamp(at: Micros) -> String {
    const DAYS: [&str; 7] = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
    const MONTHS: [&str; 13] =
        ["", "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let c = civil(at);
    let (h, m, s) = (c.seconds / 3600, c.seconds / 60 % 60, c.seconds % 60);
    format!("{}, {:02} {} {:04} {h:02}:{m:02}:{s:02} GMT", DAYS[c.weekday], c.day, MONTHS[c.month], c.year)
}

/// `0 years, 0 days, 0 hours, 6 minutes, 46 seconds, 137 milliseconds, 818 microseconds`, with `1 minute` in the
/// singular: the form of `status` and of `Up-Time`.
pub fn uptime_text(elapsed: Micros) -> String {
    uptime_parts(elapsed)
        .iter()
        .map(|(n, unit)| format!("{n} {unit}{}", if *n == 1 { "" } else { "s" }))
        .collect::<Vec<_>>()
        .join(", ")
}

/// The parts of an uptime, largest first, each with its unit in the singular.
pub fn uptime_parts(elapsed: Micros) -> [(i64, &'static str); 7] {
    let seconds = elapsed / SECOND_US;
    let days = seconds / 86_400;
    [
        (days / 365, "year"),
        (days % 365, "day"),
        (seconds / 3600 % 24, "hour"),
        (seconds / 60 % 60, "minute"),
        (seconds % 60, "second"),
        (elapsed / 1000 % 1000, "millisecond"),
        (elapsed % 1000, "microsecond"),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stamps_read_as_recorded() {
        assert_eq!(local_stamp(1_795_378_605_425_711), "2026-11-22 20:16:45");
        assert_eq!(gmt_stamp(1_795_378_605_425_711), "Sun, 22 Nov 2026 20:16:45 GMT");
        assert_eq!(local_stamp(951_782_400_000_000), "2000-02-29 00:00:00");
    }

    #[test]
    fn uptime_has_a_singular() {
        let text = uptime_text(25 * 60 * SECOND_US + 56_001_674);
        assert_eq!(text, "0 years, 0 days, 0 hours, 25 minutes, 56 seconds, 1 millisecond, 674 microseconds");
    }
}
