//! The agent's own numbers of today and own queues.

use leptos::prelude::*;

use super::DeskRow;
use crate::components::{Card, ClockTime, EmptyState, Figure, use_locale};
use crate::i18n::*;
use crate::live::store::use_live_board;
use crate::model::ids::short_name;
use crate::model::time::DurationMs;

/// Answered, missed, talked.
#[component]
pub(super) fn Today(row: DeskRow) -> impl IntoView {
    let locale = use_locale();
    let counted_since = use_live_board().counted_since;
    let answered = Signal::derive(move || row.with(|row| row.answered_today.to_string()));
    let missed = Signal::derive(move || row.with(|row| row.missed_today.to_string()));
    let talk = Signal::derive(move || row.with(|row| DurationMs::from_s(row.talk_s_today.into()).clock()));
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
                    note=td_string!(locale, desk.answered_hint).to_owned()
                />
                <Figure
                    label=td_string!(locale, desk.missed).to_owned()
                    value=missed
                    note=td_string!(locale, desk.missed_hint).to_owned()
                />
                <Figure
                    label=td_string!(locale, desk.talk).to_owned()
                    value=talk
                    note=td_string!(locale, desk.talk_hint).to_owned()
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
