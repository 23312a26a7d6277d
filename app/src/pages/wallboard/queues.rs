//! The table of queues.

use leptos::prelude::*;
use leptos_i18n::td_string;

use super::chooser::Chooser;
use super::incomplete::IncompleteNote;
use super::order::{
    choose_sort, sorted_by, use_change_preferences, use_lines, use_preferences, use_shown_queues,
};
use super::row::QueueLine;
use crate::components::time::clock_text;
use crate::components::words::{fill, use_locale};
use crate::components::{Card, Definition, Each, EmptyState, Metric, SortHeader};
use crate::live::store::use_live_board;
use crate::model::account::QueueSort;

#[component]
pub(super) fn QueuesCard() -> impl IntoView {
    let locale = use_locale();
    let board = use_live_board();
    let shown = use_shown_queues();
    let open = RwSignal::new(Vec::new());
    let lines = use_lines(shown, open);
    let is_choosing = RwSignal::new(false);
    let all = board.queues.keys();
    let counted_since = clock_text(board.counted_since.into(), false);

    let all_of_tools = all.clone();
    let tools = move || {
        let all = all_of_tools.clone();
        view! {
            {move || {
                let hidden = all.with(Vec::len).saturating_sub(shown.with(Vec::len));
                (hidden > 0)
                    .then(|| {
                        view! {
                            <span>
                                {fill(
                                    td_string!(locale, wallboard.hidden_count),
                                    &[("count", &hidden.to_string())],
                                )}
                            </span>
                        }
                        .into_any()
                    })
            }}
            <button type="button" aria-haspopup="dialog" on:click=move |_| is_choosing.set(true)>
                {td_string!(locale, wallboard.choose)}
            </button>
        }
    };

    view! {
        <Card id="queues-title" class="queues" title=td_string!(locale, wallboard.queues).to_owned() tools=tools>
            <div class="scroll">
                <table class="cards queues-table">
                    <caption class="sr-only">{td_string!(locale, wallboard.caption)}</caption>
                    <Head />
                    <tbody>
                        <Each
                            keys=move || lines.get()
                            children=move |line| view! { <QueueLine line=line shown=shown open=open /> }
                        />
                    </tbody>
                </table>
            </div>
            {move || match (all.with(Vec::is_empty), shown.with(Vec::is_empty)) {
                (true, _) => {
                    Some(
                        view! {
                            <EmptyState
                                title=td_string!(locale, wallboard.no_queues).to_owned()
                                hint=td_string!(locale, wallboard.no_queues_hint).to_owned()
                            />
                        }
                            .into_any(),
                    )
                }
                (false, true) => {
                    Some(
                        view! {
                            <EmptyState
                                title=td_string!(locale, wallboard.all_hidden).to_owned()
                                hint=td_string!(locale, wallboard.all_hidden_hint).to_owned()
                            />
                        }
                            .into_any(),
                    )
                }
                (false, false) => None,
            }}
            <footer>
                <IncompleteNote />
                {move || fill(td_string!(locale, wallboard.counted_since), &[("time", &counted_since.get())])}
            </footer>
        </Card>
        <Chooser open=is_choosing />
    }
}

#[component]
fn Head() -> impl IntoView {
    let locale = use_locale();
    let preferences = use_preferences();
    let change = use_change_preferences();
    let column = move |sort: QueueSort, metric: Metric, numeric: bool| {
        view! {
            <SortHeader
                label=metric.short_name(locale).to_owned()
                metric=metric
                numeric=numeric
                sorted=Signal::derive(move || preferences.with(|preferences| sorted_by(preferences, sort)))
                on_sort=Callback::new(move |()| change(&|preferences| choose_sort(preferences, sort)))
            />
        }
    };
    view! {
        <thead>
            <tr>
                <SortHeader
                    label=td_string!(locale, wallboard.queue).to_owned()
                    sorted=Signal::derive(move || {
                        preferences.with(|preferences| sorted_by(preferences, QueueSort::Name))
                    })
                    on_sort=Callback::new(move |()| {
                        change(&|preferences| choose_sort(preferences, QueueSort::Name));
                    })
                />
                {column(QueueSort::Waiting, Metric::Waiting, true)}
                {column(QueueSort::LongestWait, Metric::LongestWait, true)}
                <th scope="col" class="spark">
                    <span class="heading">
                        {Metric::Arrivals.name(locale)} <Definition metric=Metric::Arrivals />
                    </span>
                </th>
                {column(QueueSort::Available, Metric::Agents, false)}
                {column(QueueSort::Offered, Metric::Offered, true)}
                {column(QueueSort::Answered, Metric::Answered, true)}
                {column(QueueSort::Abandoned, Metric::Abandoned, true)}
                {column(QueueSort::ServiceLevel, Metric::ServiceLevel, true)}
                {column(QueueSort::SpeedOfAnswer, Metric::SpeedOfAnswer, true)}
                {column(QueueSort::HandleTime, Metric::HandleTime, true)}
            </tr>
        </thead>
    }
}
