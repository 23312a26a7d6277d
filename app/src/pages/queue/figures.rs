//! The numbers of one queue.

use leptos::prelude::*;
use leptos_i18n::td_string;

use crate::components::words::{fill, percent, use_locale};
use crate::components::{Figure, Metric};
use crate::live::store::use_live_board;
use crate::model::board::QueueRow;
use crate::model::thresholds::Level;
use crate::model::time::DurationMs;

/// A sentence with its gaps filled by numbers.
fn fill_numbers(sentence: &str, gaps: &[(&str, u32)]) -> String {
    let words: Vec<(&str, String)> = gaps.iter().map(|(gap, number)| (*gap, number.to_string())).collect();
    fill(sentence, &words.iter().map(|(gap, words)| (*gap, words.as_str())).collect::<Vec<_>>())
}

#[component]
pub(super) fn QueueFigures(row: ArcRwSignal<QueueRow>) -> impl IntoView {
    let locale = use_locale();
    let now = use_live_board().now;
    let row: Signal<QueueRow> = row.into();
    let none = td_string!(locale, common.none);
    let clock = move |ms: Option<i64>| ms.map_or_else(|| none.to_owned(), |ms| DurationMs(ms).clock());
    let clock_s = |seconds: u32| DurationMs::from_s(i64::from(seconds)).clock();
    let longest = Memo::new(move |_| {
        row.with(|row| {
            let wait = row.longest_since.map(|since| now.get().since(since));
            let level = wait.map_or(Level::Fine, |wait| row.targets.longest_wait_level(wait));
            (level, wait.map_or_else(|| none.to_owned(), DurationMs::clock))
        })
    });
    let service_level = Memo::new(move |_| {
        row.with(|row| {
            let share = row.today.service_level(row.targets.formula);
            (share.map_or(Level::Fine, |share| row.targets.service_level_level(share)), share)
        })
    });
    view! {
        <section class="figures" aria-label=td_string!(locale, queue.figures)>
            <Figure
                metric=Metric::Waiting
                label=Metric::Waiting.name(locale).to_owned()
                value=Signal::derive(move || row.with(|row| row.waiting.to_string()))
                level=Signal::derive(move || row.with(|row| row.targets.waiting_level(row.waiting)))
                note=Signal::derive(move || {
                    let (warning, critical) = row
                        .with(|row| (row.targets.waiting_warning, row.targets.waiting_critical));
                    let gaps = [("warning", warning), ("critical", critical)];
                    fill_numbers(td_string!(locale, queue.waiting_from), &gaps)
                })
            />
            <Figure
                metric=Metric::LongestWait
                label=Metric::LongestWait.name(locale).to_owned()
                value=Signal::derive(move || longest.with(|(_, text)| text.clone()))
                level=Signal::derive(move || longest.with(|(level, _)| *level))
                note=Signal::derive(move || {
                    let (warning, critical) = row
                        .with(|row| (row.targets.longest_wait_warning_s, row.targets.longest_wait_critical_s));
                    let gaps = [("warning", &*clock_s(warning)), ("critical", &*clock_s(critical))];
                    fill(td_string!(locale, queue.longest_from), &gaps)
                })
            />
            <Figure
                metric=Metric::Available
                label=Metric::Available.name(locale).to_owned()
                value=Signal::derive(move || row.with(|row| row.agents.available.to_string()))
                note=Signal::derive(move || {
                    let signed_in = row.with(|row| row.agents.signed_in());
                    fill_numbers(td_string!(locale, queue.available_note), &[("count", signed_in)])
                })
            />
            <Figure
                metric=Metric::ServiceLevel
                label=Metric::ServiceLevel.name(locale).to_owned()
                value=Signal::derive(move || percent(locale, service_level.get().1))
                level=Signal::derive(move || service_level.get().0)
                note=Signal::derive(move || {
                    let (seconds, goal) = row
                        .with(|row| (row.targets.service_level_s, row.targets.service_level_warning_percent));
                    fill_numbers(td_string!(locale, queue.goal), &[("seconds", seconds), ("goal", goal)])
                })
            />
            <Figure
                metric=Metric::Abandoned
                label=Metric::Abandoned.name(locale).to_owned()
                value=Signal::derive(move || percent(locale, row.with(|row| row.today.abandoned_share())))
                note=Signal::derive(move || {
                    let (count, offered) = row.with(|row| (row.today.abandoned, row.today.offered()));
                    let gaps = [("count", count), ("offered", offered)];
                    fill_numbers(td_string!(locale, queue.abandoned_note), &gaps)
                })
            />
            <Figure
                metric=Metric::SpeedOfAnswer
                label=Metric::SpeedOfAnswer.name(locale).to_owned()
                value=Signal::derive(move || clock(row.with(|row| row.today.average_speed_of_answer_ms())))
                note=Signal::derive(move || {
                    let answered = row.with(|row| row.today.answered);
                    fill_numbers(td_string!(locale, queue.handle_note), &[("count", answered)])
                })
            />
        </section>
    }
}
