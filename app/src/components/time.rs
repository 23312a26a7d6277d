//! Durations that tick in place, and times of the day in the reader's own zone.

use leptos::prelude::*;

use super::words::{fill, use_locale};
use crate::i18n::*;
use crate::live::store::use_live_board;
use crate::model::time::{DurationMs, UnixMs};

/// How long ago something began, ticking as `m:ss`; a dash when it is not known.
#[component]
pub fn Elapsed(
    /// When it began.
    #[prop(into)]
    since: Signal<Option<UnixMs>>,
) -> impl IntoView {
    let locale = use_locale();
    let now = use_live_board().now;
    let text = Memo::new(move |_| {
        since.get().map_or_else(
            || td_string!(locale, common.none).to_owned(),
            |since| now.get().since(since).clock(),
        )
    });
    view! { <span class="duration">{move || text.get()}</span> }
}

/// How long something still lasts, ticking down to `0:00`.
#[component]
pub fn Remaining(
    /// When it ends.
    #[prop(into)]
    until: Signal<UnixMs>,
) -> impl IntoView {
    let locale = use_locale();
    let now = use_live_board().now;
    let text = Memo::new(move |_| {
        // Rounded up, so that "0:01" is the last second and not the one after it.
        let left = DurationMs(until.get().since(now.get()).0 + 999);
        fill(td_string!(locale, common.left), &[("time", &left.clock())])
    });
    view! { <span class="duration">{move || text.get()}</span> }
}

/// A moment as a time of the day. The server does not know the reader's zone: until the page is alive it stands there
/// in UTC, and says so.
#[component]
pub fn ClockTime(
    /// The moment.
    #[prop(into)]
    at: Signal<UnixMs>,
    /// With seconds.
    #[prop(optional)]
    seconds: bool,
) -> impl IntoView {
    let text = clock_text(at, seconds);
    view! { <time>{move || text.get()}</time> }
}

/// The words of [`ClockTime`], for the inside of a sentence.
pub fn clock_text(at: Signal<UnixMs>, seconds: bool) -> Signal<String> {
    let is_alive = RwSignal::new(false);
    Effect::new(move |_| is_alive.set(true));
    Signal::derive(move || {
        let at = at.get();
        let local = if is_alive.get() { minutes_east_of_utc(at) } else { None };
        let text = clock_of_day(at, local.unwrap_or_default(), seconds);
        if local.is_some() { text } else { format!("{text} UTC") }
    })
}

/// `HH:MM` or `HH:MM:SS` so many minutes east of UTC.
fn clock_of_day(at: UnixMs, minutes_east: i64, seconds: bool) -> String {
    let s = (at.0.div_euclid(1000) + minutes_east * 60).rem_euclid(86_400);
    let (hour, minute, second) = (s / 3600, s / 60 % 60, s % 60);
    if seconds { format!("{hour:02}:{minute:02}:{second:02}") } else { format!("{hour:02}:{minute:02}") }
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
fn minutes_east_of_utc(_at: UnixMs) -> Option<i64> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_of_the_day_are_of_the_zone() {
        let at = UnixMs(1_795_356_451_000);
        for (minutes_east, seconds, text) in
            [(0, true, "14:07:31"), (480, false, "22:07"), (-900, false, "23:07")]
        {
            assert_eq!(clock_of_day(at, minutes_east, seconds), text);
        }
    }
}
