//! The own day as a line: available, on a call, wrap-up, break by reason.

use leptos::prelude::*;

use super::day::Day;
use crate::components::words;
use crate::components::{Card, ClockTime, Problem, Tone, use_locale};
use crate::i18n::*;
use crate::live::store::use_live_board;
use crate::model::agent::{Presence, ReasonCode};
use crate::model::day::{DaySegment, OwnDay};
use crate::model::time::{DurationMs, UnixMs};

/// Width of the picture in its own units.
const WIDTH: i64 = 1_000;

/// The day as a picture, and in words beneath it.
#[component]
pub(super) fn Timeline(day: Day) -> impl IntoView {
    let locale = use_locale();
    view! {
        <Card id="desk-day" title=td_string!(locale, desk.day).to_owned() class="desk-day">
            <Transition>
                {move || Suspend::new(async move {
                    match day.asked.await {
                        Ok(day) => view! { <Line day /> }.into_any(),
                        Err(error) => view! { <Problem error /> }.into_any(),
                    }
                })}
            </Transition>
        </Card>
    }
}

#[component]
fn Line(day: OwnDay) -> impl IntoView {
    let locale = use_locale();
    let names = use_live_board().reasons;
    let OwnDay { since, read_at, segments, .. } = day;
    // Before the first sign-in there is nothing to see.
    let first = segments.iter().position(|segment| segment.presence != Presence::LoggedOut);
    let Some(first) = first else {
        return view! { <p class="desk-nothing muted">{td_string!(locale, desk.day_empty)}</p> }.into_any();
    };
    let segments: Vec<DaySegment> = segments.into_iter().skip(first).collect();
    let from = segments.first().map_or(since, |segment| segment.from);
    let length = read_at.since(from).0.max(1);
    let bars = segments
        .iter()
        .map(|segment| {
            let place = |at: UnixMs| at.since(from).0.min(length) * WIDTH / length;
            let (start, end) = (place(segment.from), place(segment.to.unwrap_or(read_at)));
            // What is shorter than a dot is a dot.
            let width = (end - start).max(1);
            view! { <rect class=Tone::from(segment.presence).class() x=start y="0" width=width height="24" /> }
        })
        .collect_view();
    let totals = totals(&segments, read_at);
    let legend = totals
        .into_iter()
        .map(|(presence, reason, spent)| {
            let tone = Tone::from(presence);
            let what = match &reason {
                Some(reason) => {
                    let reason = names.with_untracked(|names| words::reason(locale, names, reason));
                    format!("{} · {reason}", words::presence(locale, presence))
                }
                None => words::presence(locale, presence).to_owned(),
            };
            view! {
                <li class=tone.class()>
                    <span class="desk-day-sign" aria-hidden="true">
                        {tone.sign()}
                    </span>
                    {what}
                    " "
                    <strong class="duration">{spent.clock()}</strong>
                </li>
            }
        })
        .collect_view();
    view! {
        <div class="desk-day-line">
            // Said in words by the list beneath.
            <svg class="desk-timeline" aria-hidden="true" viewBox=format!("0 0 {WIDTH} 24") preserveAspectRatio="none">
                {bars}
            </svg>
            <p class="desk-day-ends muted">
                <ClockTime at=Signal::stored(from) />
                <ClockTime at=Signal::stored(read_at) />
            </p>
            <ul class="desk-day-totals">{legend}</ul>
        </div>
    }
    .into_any()
}

/// How long in all, by what and why, in the order in which people read presences.
fn totals(segments: &[DaySegment], now: UnixMs) -> Vec<(Presence, Option<ReasonCode>, DurationMs)> {
    let mut totals: Vec<(Presence, Option<ReasonCode>, DurationMs)> = Vec::new();
    for segment in segments {
        let spent = segment.to.unwrap_or(now).since(segment.from);
        let known = totals
            .iter_mut()
            .find(|(presence, reason, _)| *presence == segment.presence && *reason == segment.reason);
        match known {
            Some((.., total)) => *total = DurationMs(total.0 + spent.0),
            None => totals.push((segment.presence, segment.reason.clone(), spent)),
        }
    }
    totals.sort_by(|a, b| (a.0, &a.1).cmp(&(b.0, &b.1)));
    totals
}
