//! One line of the table of calls. Names and numbers are what a stranger's telephone said: they are only ever text.

use leptos::prelude::*;
use leptos_i18n::td_string;

use super::order::agent_name;
use crate::components::agent::{caller_words, queue_name};
use crate::components::link::call_href;
use crate::components::live::use_stale_since;
use crate::components::supervise::{SuperviseButton, Target, call_state, direction};
use crate::components::words::use_locale;
use crate::components::{Chip, Elapsed};
use crate::live::store::use_live_board;
use crate::model::call::{CallRow, LegRole, LegRow};

fn part<T: PartialEq + Send + Sync + 'static>(
    row: &ArcRwSignal<CallRow>,
    read: impl Fn(&CallRow) -> T + Send + Sync + 'static,
) -> Memo<T> {
    let row = row.clone();
    Memo::new(move |_| row.with(|row| read(row)))
}

#[component]
pub(super) fn CallLine(row: ArcRwSignal<CallRow>) -> impl IntoView {
    let locale = use_locale();
    let board = use_live_board();
    let id = row.with_untracked(|row| row.id.clone());
    let stale_since = use_stale_since(id.node.clone());
    let none = td_string!(locale, common.none);
    let named = move |leg: Option<&LegRow>| {
        leg.map_or_else(|| none.to_owned(), |leg| caller_words(locale, &leg.name, &leg.number))
    };
    let from = part(&row, move |row| named(row.first()));
    let to = part(&row, move |row| named(row.second()));
    let way = part(&row, |row| row.direction);
    let queue = part(&row, |row| row.queue.clone());
    let agent = {
        let board = board.clone();
        part(&row, move |row| agent_name(row, &board))
    };
    let state = part(&row, |row| row.state);
    let since = part(&row, |row| Some(row.talking_since.unwrap_or(row.created_at)));
    let codecs = part(&row, |row| {
        let mut codecs: Vec<&str> = row
            .legs
            .iter()
            .filter(|leg| leg.role != LegRole::Listener && !leg.codecs.is_empty())
            .map(|leg| leg.codecs.as_str())
            .collect();
        codecs.dedup();
        codecs.join(" · ")
    });
    let marks = part(&row, |row| {
        (row.recording().is_some(), row.legs.iter().any(|leg| leg.role == LegRole::Listener))
    });
    let href = call_href(&id);
    let uuid = id.uuid.clone();
    view! {
        <tr class:is-stale=move || stale_since.get().is_some() data-call=uuid>
            <td class="way" title=move || direction(locale, way.get()).1>
                <span aria-hidden="true">{move || direction(locale, way.get()).0}</span>
                <span class="sr-only">{move || direction(locale, way.get()).1}</span>
            </td>
            <th scope="row">
                <a href=href title=move || from.get()>
                    {move || from.get()}
                </a>
            </th>
            <td class="to" title=move || to.get()>
                {move || to.get()}
            </td>
            <td class="queue">
                {move || queue.get().map_or_else(|| none.to_owned(), |key| queue_name(&board, &key))}
            </td>
            <td class="agent">
                {move || {
                    let name = agent.get();
                    if name.is_empty() { none.to_owned() } else { name }
                }}
            </td>
            <td class="state">
                <Chip
                    tone=Signal::derive(move || call_state(locale, state.get()).0)
                    text=Signal::derive(move || call_state(locale, state.get()).1.to_owned())
                />
                {move || {
                    marks
                        .get()
                        .0
                        .then(|| {
                            view! {
                                <span class="mark" title=td_string!(locale, calls.recorded)>
                                    <span aria-hidden="true">"●"</span>
                                    <span class="sr-only">{td_string!(locale, calls.recorded)}</span>
                                </span>
                            }
                        })
                }}
                {move || {
                    marks
                        .get()
                        .1
                        .then(|| {
                            view! {
                                <span class="mark" title=td_string!(locale, calls.listened)>
                                    <span aria-hidden="true">"◉"</span>
                                    <span class="sr-only">{td_string!(locale, calls.listened)}</span>
                                </span>
                            }
                        })
                }}
            </td>
            <td class="n time">
                <Elapsed since=since />
            </td>
            <td class="codecs">{move || codecs.get()}</td>
            <td class="act">
                <SuperviseButton target=Target::Call(id) name=Signal::derive(move || from.get()) />
            </td>
        </tr>
    }
}
