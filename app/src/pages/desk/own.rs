//! The agent's own numbers of today and own queues.

use leptos::prelude::*;

use super::DeskRow;
use super::day::Day;
use crate::components::words::fill;
use crate::components::{Card, ClockTime, EmptyState, Figure, use_locale};
use crate::i18n::*;
use crate::live::store::use_live_board;
use crate::model::day::DayNumbers;
use crate::model::ids::short_name;
use crate::model::time::DurationMs;

/// Answered, missed, talked, handled and rested, each beside the median of the team.
#[component]
pub(super) fn Today(row: DeskRow, day: Day) -> impl IntoView {
    let locale = use_locale();
    let counted_since = use_live_board().counted_since;
    let answered = Signal::derive(move || row.with(|row| row.answered_today.to_string()));
    let missed = Signal::derive(move || row.with(|row| row.missed_today.to_string()));
    let talk = Signal::derive(move || row.with(|row| DurationMs::from_s(row.talk_s_today.into()).clock()));
    let clock = |seconds: u32| DurationMs::from_s(seconds.into()).clock();
    let own = move |read: fn(&DayNumbers) -> u32| {
        Signal::derive(move || {
            day.last.with(|day| {
                day.as_ref()
                    .map_or_else(|| td_string!(locale, common.none).to_owned(), |day| clock(read(&day.own)))
            })
        })
    };
    let team = move |write: fn(&DayNumbers) -> String, alone: &'static str| {
        Signal::derive(move || {
            let median = day.last.with(|day| day.as_ref().and_then(|day| day.median.as_ref().map(write)));
            median.map_or_else(
                || alone.to_owned(),
                |median| fill(td_string!(locale, desk.median), &[("number", &median)]),
            )
        })
    };
    view! {
        <section class="desk-today" aria-labelledby="desk-today-title">
            <header>
                <h2 id="desk-today-title">{td_string!(locale, desk.today)}</h2>
                <p class="muted">
                    {td_string!(locale, desk.counted_since)} " "
                    <ClockTime at=Signal::derive(move || counted_since.get()) />
                </p>
            </header>
            <div class="figures desk-figures">
                <Figure
                    label=td_string!(locale, desk.answered).to_owned()
                    value=answered
                    note=team(|median| median.answered.to_string(), td_string!(locale, desk.answered_hint))
                />
                <Figure
                    label=td_string!(locale, desk.missed).to_owned()
                    value=missed
                    note=team(|median| median.missed.to_string(), td_string!(locale, desk.missed_hint))
                />
                <Figure
                    label=td_string!(locale, desk.talk).to_owned()
                    value=talk
                    note=team(
                        |median| DurationMs::from_s(median.talk_s.into()).clock(),
                        td_string!(locale, desk.talk_hint),
                    )
                />
                <Figure
                    label=td_string!(locale, desk.handle).to_owned()
                    value=own(|numbers| numbers.handle_s)
                    note=team(
                        |median| DurationMs::from_s(median.handle_s.into()).clock(),
                        td_string!(locale, desk.handle_hint),
                    )
                />
                <Figure
                    label=td_string!(locale, desk.breaks).to_owned()
                    value=own(|numbers| numbers.break_s)
                    note=team(
                        |median| DurationMs::from_s(median.break_s.into()).clock(),
                        td_string!(locale, desk.breaks_hint),
                    )
                />
            </div>
        </section>
    }
}

/// The queues whose callers may come, with level and position.
#[component]
pub(super) fn QueuesCard(row: DeskRow) -> impl IntoView {
    let locale = use_locale();
    let tiers = Memo::new(move |_| row.with(|row| row.tiers.clone()));
    view! {
        <Card id="desk-queues" title=td_string!(locale, desk.queues).to_owned()>
            {move || {
                let tiers = tiers.get();
                if tiers.is_empty() {
                    return view! {
                        <EmptyState
                            title=td_string!(locale, desk.no_queues).to_owned()
                            hint=td_string!(locale, desk.no_queues_next).to_owned()
                        />
                    }
                    .into_any();
                }
                let rows = tiers
                    .into_iter()
                    .map(|tier| {
                        view! {
                            <tr>
                                <th scope="row">{short_name(&tier.queue.name).to_owned()}</th>
                                <td class="n">{tier.level}</td>
                                <td class="n">{tier.position}</td>
                            </tr>
                        }
                    })
                    .collect_view();
                view! {
                    <table class="desk-queues">
                        <caption>{td_string!(locale, desk.level_hint)}</caption>
                        <thead>
                            <tr>
                                <th scope="col">{td_string!(locale, desk.queue)}</th>
                                <th scope="col" class="n">
                                    {td_string!(locale, desk.level)}
                                </th>
                                <th scope="col" class="n">
                                    {td_string!(locale, desk.position)}
                                </th>
                            </tr>
                        </thead>
                        <tbody>{rows}</tbody>
                    </table>
                }
                .into_any()
            }}
        </Card>
    }
}
