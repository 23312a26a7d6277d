//! Callers of all queues that the switch has left behind. The card is there only while there are some.

use leptos::prelude::*;
use leptos_i18n::td_string;

use crate::components::agent::{caller_words, queue_name};
use crate::components::link::queue_href;
use crate::components::words::use_locale;
use crate::components::{Card, Each, GhostNote};
use crate::live::store::use_live_board;
use crate::model::board::MemberRow;
use crate::model::ghost::GhostKey;
use crate::model::ids::MemberKey;

#[component]
pub(super) fn CallersLeftBehind() -> impl IntoView {
    let locale = use_locale();
    let board = use_live_board();
    let (members, all) = (board.members.clone(), board.members.keys());
    let keys = Memo::new(move |_| {
        let is_ghost =
            |key: &MemberKey| members.get(key).is_some_and(|row| row.with(|row| row.ghost.is_some()));
        all.get().into_iter().filter(is_ghost).collect::<Vec<_>>()
    });
    let is_needed = Memo::new(move |_| keys.with(|keys| !keys.is_empty()));
    move || {
        let board = board.clone();
        is_needed.get().then(|| {
            view! {
                <Card id="left-behind-title" title=td_string!(locale, ghosts.callers).to_owned()>
                    <div class="scroll">
                        <table class="cards">
                            <caption class="sr-only">{td_string!(locale, ghosts.callers_caption)}</caption>
                            <thead>
                                <tr>
                                    <th scope="col">{td_string!(locale, ghosts.caller)}</th>
                                    <th scope="col">{td_string!(locale, ghosts.queue)}</th>
                                    <th scope="col">{td_string!(locale, ghosts.what)}</th>
                                </tr>
                            </thead>
                            <tbody>
                                <Each
                                    keys=move || keys.get()
                                    children=move |key| {
                                        board.members.get(&key).map(|row| view! { <CallerLine row=row /> })
                                    }
                                />
                            </tbody>
                        </table>
                    </div>
                </Card>
            }
        })
    }
}

#[component]
fn CallerLine(row: ArcRwSignal<MemberRow>) -> impl IntoView {
    let locale = use_locale();
    let board = use_live_board();
    let (ghost, queue) = row.with_untracked(|row| (GhostKey::Caller(row.key.clone()), row.queue.clone()));
    let href = queue_href(&queue);
    let mark = {
        let row = row.clone();
        Memo::new(move |_| row.with(|row| row.ghost))
    };
    let caller =
        Memo::new(move |_| row.with(|row| caller_words(locale, &row.caller_name, &row.caller_number)));
    view! {
        <tr>
            <th scope="row">{move || caller.get()}</th>
            <td data-label=td_string!(locale, ghosts.queue)>
                <a href=href>{move || queue_name(&board, &queue)}</a>
            </td>
            <td class="wide" data-label=td_string!(locale, ghosts.what)>
                <GhostNote mark=mark ghost=ghost name=caller />
            </td>
        </tr>
    }
}
