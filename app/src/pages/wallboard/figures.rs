//! The figures above the board: sums over the shown queues. An agent of two queues counts once.

use leptos::prelude::*;
use leptos_i18n::td_string;

use super::order::use_shown_queues;
use crate::components::words::{fill, percent, use_locale};
use crate::components::{Figure, Metric};
use crate::live::store::use_live_board;
use crate::model::board::{QueueRow, Totals, merged_by_name};
use crate::model::ids::QueueKey;
use crate::model::thresholds::{Level, QueueTargets};
use crate::model::time::{DurationMs, UnixMs};

/// What a figure says beside its number.
#[derive(Debug, Default)]
struct Remark {
    level: Level,
    words: String,
}

#[component]
pub(super) fn Figures() -> impl IntoView {
    let locale = use_locale();
    let board = use_live_board();
    let shown = use_shown_queues();

    let uncounted = {
        let board = board.clone();
        Memo::new(move |_| board.uncounted())
    };
    let queues = board.queues.clone();
    let rows = Memo::new(move |_| -> Vec<QueueRow> {
        let uncounted = uncounted.get();
        let counted = shown.get().into_iter().filter(|key| !uncounted.contains(&key.node));
        let rows = counted.filter_map(|key| queues.get(&key)).map(|row| row.get()).collect();
        merged_by_name(rows, &uncounted)
    });
    let (agents, agent_keys) = (board.agents.clone(), board.agents.keys());
    let totals = Memo::new(move |_| {
        let (shown, uncounted) = (shown.get(), uncounted.get());
        let counted = agent_keys.get().into_iter().filter(|key| !uncounted.contains(&key.node));
        let presences = counted.filter_map(|key| {
            agents.get(&key)?.with(|agent| {
                agent
                    .tiers
                    .iter()
                    .any(|tier| shown.binary_search(&tier.queue).is_ok())
                    .then_some(agent.presence)
            })
        });
        let presences: Vec<_> = presences.collect();
        rows.with(|rows| Totals::of(rows, presences))
    });

    let waiting = move || {
        rows.with(|rows| match worst_waiting(rows) {
            Some((level, row)) => {
                let threshold = match level {
                    Level::Critical => row.targets.waiting_critical,
                    _ => row.targets.waiting_warning,
                };
                let gaps = [
                    ("queue", row.display_name.as_str()),
                    ("count", &row.waiting.to_string()),
                    ("threshold", &threshold.to_string()),
                ];
                Remark { level, words: fill(td_string!(locale, wallboard.waiting_note), &gaps) }
            }
            None => {
                let gaps = [("count", rows.len().to_string())];
                let gaps = gaps.each_ref().map(|(gap, words)| (*gap, words.as_str()));
                Remark { level: Level::Fine, words: fill(td_string!(locale, wallboard.in_queues), &gaps) }
            }
        })
    };

    let now: Signal<UnixMs> = board.now.into();
    let longest_text = Memo::new(move |_| {
        totals.with(|totals| {
            totals.longest.as_ref().map_or_else(
                || td_string!(locale, common.none).to_owned(),
                |(since, _)| now.get().since(*since).clock(),
            )
        })
    });
    let longest = move || {
        let Some((since, queue)) = totals.with(|totals| totals.longest.clone()) else {
            return Remark::default();
        };
        let wait = now.get().since(since);
        rows.with(|rows| {
            longest_remark(rows, &queue, wait, |key| match key {
                true => td_string!(locale, wallboard.longest_over),
                false => td_string!(locale, wallboard.longest_note),
            })
        })
    };

    let service_level = move || {
        let targets = rows.with(|rows| common_targets(rows));
        let formula = targets.as_ref().map(|targets| targets.formula).unwrap_or_default();
        let share = totals.with(|totals| totals.today.service_level(formula));
        let words = targets.as_ref().map_or_else(
            || td_string!(locale, wallboard.goal_mixed).to_owned(),
            |targets| {
                let gaps = [
                    ("seconds", targets.service_level_s.to_string()),
                    ("goal", targets.service_level_warning_percent.to_string()),
                ];
                let gaps = gaps.each_ref().map(|(gap, words)| (*gap, words.as_str()));
                fill(td_string!(locale, wallboard.goal), &gaps)
            },
        );
        let level =
            targets.zip(share).map(|(targets, share)| targets.service_level_level(share)).unwrap_or_default();
        Remark { level, words }
    };
    let service_level_text = Memo::new(move |_| {
        let formula =
            rows.with(|rows| common_targets(rows)).map(|targets| targets.formula).unwrap_or_default();
        percent(locale, totals.with(|totals| totals.today.service_level(formula)))
    });
    let note = move |sentence: &'static str, gap: &'static str, words: String| {
        fill(sentence, &[(gap, words.as_str())])
    };
    let count = move |read: fn(&Totals) -> u32| Signal::derive(move || totals.with(read).to_string());

    let without = move || {
        let lost = uncounted.get().iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
        let words = fill(td_string!(locale, wallboard.figures_without), &[("lost", &lost)]);
        (!lost.is_empty()).then(|| view! { <p class="figures-note">{words}</p> }.into_any())
    };

    view! {
        {without}
        <section class="figures" aria-label=td_string!(locale, wallboard.figures)>
            <Figure
                metric=Metric::Waiting
                label=td_string!(locale, wallboard.calls_waiting).to_owned()
                value=count(|totals| totals.waiting)
                note=Signal::derive(move || waiting().words)
                level=Signal::derive(move || waiting().level)
            />
            <Figure
                metric=Metric::LongestWait
                label=Metric::LongestWait.name(locale).to_owned()
                value=longest_text
                note=Signal::derive(move || longest().words)
                level=Signal::derive(move || longest().level)
            />
            <Figure
                metric=Metric::Available
                label=Metric::Available.name(locale).to_owned()
                value=count(|totals| totals.agents.available)
                note=Signal::derive(move || {
                    let signed_in = totals.with(|totals| totals.agents.signed_in());
                    note(td_string!(locale, wallboard.signed_in), "count", signed_in.to_string())
                })
            />
            <Figure
                metric=Metric::OnCall
                label=Metric::OnCall.name(locale).to_owned()
                value=count(|totals| totals.agents.on_call)
                note=Signal::derive(move || {
                    let busy = totals.with(Totals::occupancy);
                    note(td_string!(locale, wallboard.occupancy), "percent", percent(locale, busy))
                })
            />
            <Figure
                metric=Metric::ServiceLevel
                label=td_string!(locale, wallboard.service_level_today).to_owned()
                value=service_level_text
                note=Signal::derive(move || service_level().words)
                level=Signal::derive(move || service_level().level)
            />
            <Figure
                metric=Metric::Abandoned
                label=td_string!(locale, wallboard.abandoned_today).to_owned()
                value=Signal::derive(move || percent(locale, totals.with(|totals| totals.today.abandoned_share())))
                note=Signal::derive(move || {
                    let (count, offered) = totals.with(|totals| (totals.today.abandoned, totals.today.offered()));
                    let gaps = [("count", &*count.to_string()), ("offered", &*offered.to_string())];
                    fill(td_string!(locale, wallboard.abandoned_note), &gaps)
                })
            />
        </section>
    }
}

/// The queue whose number of waiting callers is worst, if any is not fine.
fn worst_waiting(rows: &[QueueRow]) -> Option<(Level, &QueueRow)> {
    rows.iter()
        .map(|row| (row.targets.waiting_level(row.waiting), row))
        .filter(|(level, _)| *level != Level::Fine)
        .max_by_key(|(level, row)| (*level, row.waiting))
}

/// The queue of the longest wait and, once that is too long, what it is over.
fn longest_remark(
    rows: &[QueueRow],
    queue: &QueueKey,
    wait: DurationMs,
    sentence: impl Fn(bool) -> &'static str,
) -> Remark {
    let Some(row) = rows.iter().find(|row| row.key == *queue) else { return Remark::default() };
    let level = row.targets.longest_wait_level(wait);
    let over_s = match level {
        Level::Critical => row.targets.longest_wait_critical_s,
        Level::Warning | Level::Fine => row.targets.longest_wait_warning_s,
    };
    let over = DurationMs::from_s(i64::from(over_s)).clock();
    let words = fill(sentence(level != Level::Fine), &[("queue", &row.display_name), ("time", &over)]);
    Remark { level, words }
}

/// What the sum is measured against: the targets of the service level, where all queues share them.
fn common_targets(rows: &[QueueRow]) -> Option<QueueTargets> {
    let same = |a: &QueueTargets, b: &QueueTargets| {
        a.formula == b.formula
            && a.service_level_s == b.service_level_s
            && a.service_level_warning_percent == b.service_level_warning_percent
            && a.service_level_critical_percent == b.service_level_critical_percent
    };
    let first = &rows.first()?.targets;
    rows.iter().all(|row| same(&row.targets, first)).then(|| first.clone())
}
