//! A moment with its date, in the reader's own zone.

use leptos::prelude::*;

use crate::model::time::UnixMs;

const DAY_S: i64 = 86_400;

/// `2026-11-22 14:07`. The server does not know the reader's zone: until the page is alive it stands there in UTC, and
/// says so.
#[component]
pub(in crate::pages) fn Moment(
    /// The moment.
    at: UnixMs,
) -> impl IntoView {
    let is_alive = RwSignal::new(false);
    Effect::new(move |_| is_alive.set(true));
    let text = move || match minutes_east_of_utc(at).filter(|_| is_alive.get()) {
        Some(minutes_east) => date_and_time(at, minutes_east),
        None => format!("{} UTC", date_and_time(at, 0)),
    };
    view! { <time datetime=format!("{}Z", date_and_time(at, 0).replace(' ', "T"))>{text}</time> }
}

/// The date and the time of the day so many minutes east of UTC.
fn date_and_time(at: UnixMs, minutes_east: i64) -> String {
    let s = at.0.div_euclid(1000) + minutes_east * 60;
    let (year, month, day) = civil_date(s.div_euclid(DAY_S));
    let of_day = s.rem_euclid(DAY_S);
    format!("{year:04}-{month:02}-{day:02} {:02}:{:02}", of_day / 3600, of_day / 60 % 60)
}

/// Year, month and day of a day counted from 1970-01-01, in the Gregorian calendar.
///
/// Counts in eras of 400 years that begin on the first of March, so that the leap day is the last day of its year.
const fn civil_date(days: i64) -> (i64, i64, i64) {
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    let year = year_of_era + era * 400 + if month <= 2 { 1 } else { 0 };
    (year, month, day)
}

/// How far the browser's zone is east of UTC at a moment; none on the server.
#[cfg(feature = "hydrate")]
fn minutes_east_of_utc(at: UnixMs) -> Option<i64> {
    #[expect(clippy::cast_precision_loss, reason = "milliseconds since 1970 fit a double exactly")]
    let date = js_sys::Date::new(&(at.0 as f64).into());
    #[expect(clippy::cast_possible_truncation, reason = "a day has 1440 minutes")]
    let minutes = -date.get_timezone_offset() as i64;
    Some(minutes)
}

#[cfg(not(feature = "hydrate"))]
const fn minutes_east_of_utc(_at: UnixMs) -> Option<i64> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_of_the_calendar() {
        for (s, minutes_east, text) in [
            (0, 0, "1970-01-01 00:00"),
            (1_709_164_800, 0, "2024-02-29 00:00"),
            (1_795_356_451, 0, "2026-11-22 14:07"),
            (1_795_356_451, 600, "2026-11-23 00:07"),
            (-1, 0, "1969-12-31 23:59"),
        ] {
            assert_eq!(date_and_time(UnixMs(s * 1000), minutes_east), text);
        }
    }
}
