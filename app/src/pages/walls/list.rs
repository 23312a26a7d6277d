//! The links, newest first.

use leptos::prelude::*;

use super::super::account::Moment;
use crate::components::agent::queue_name_now;
use crate::components::chip::Tone;
use crate::components::{Chip, use_locale, words};
use crate::i18n::*;
use crate::live::LiveBoard;
use crate::model::account::Language;
use crate::model::time::{DurationMs, UnixMs};
use crate::model::wall::WallLink;

/// A screen that was seen within this time is on.
const LIVE_WITHIN: DurationMs = DurationMs::from_s(90);

const MINUTE_S: i64 = 60;
const HOUR_S: i64 = 60 * MINUTE_S;
const DAY_S: i64 = 24 * HOUR_S;

#[component]
pub(super) fn WallTable(links: Vec<WallLink>, doomed: RwSignal<Option<WallLink>>) -> impl IntoView {
    let locale = use_locale();
    let rows = links.into_iter().map(|link| view! { <WallLine link doomed /> }).collect_view();
    view! {
        <table class="cards walls-table">
            <caption class="sr-only">{td_string!(locale, walls.list)}</caption>
            <thead>
                <tr>
                    <th scope="col">{td_string!(locale, walls.name)}</th>
                    <th scope="col">{td_string!(locale, walls.queues)}</th>
                    <th scope="col">{td_string!(locale, walls.language)}</th>
                    <th scope="col">{td_string!(locale, walls.made_by)}</th>
                    <th scope="col">{td_string!(locale, walls.made_at)}</th>
                    <th scope="col">{td_string!(locale, walls.last_seen)}</th>
                    <th scope="col">
                        <span class="sr-only">{td_string!(locale, walls.actions)}</span>
                    </th>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </table>
    }
}

#[component]
fn WallLine(link: WallLink, doomed: RwSignal<Option<WallLink>>) -> impl IntoView {
    let locale = use_locale();
    let board = use_context::<LiveBoard>();
    let queues = if link.queues.is_empty() {
        td_string!(locale, walls.queues_all).to_owned()
    } else {
        let mut names: Vec<String> =
            link.queues.iter().map(|key| queue_name_now(board.as_ref(), key)).collect();
        // The same queue on several nodes.
        names.dedup();
        names.join(", ")
    };
    let language = match link.language {
        Language::En => td_string!(locale, walls.english),
        Language::ZhCn => td_string!(locale, walls.chinese),
    };
    let label = format!("{}: {}", td_string!(locale, walls.revoke), link.title);
    let WallLink { title, created_by, created_at, last_seen_at, .. } = link.clone();
    view! {
        <tr>
            <th scope="row">{title}</th>
            <td class="wide walls-queues" data-label=td_string!(locale, walls.queues)>
                {queues}
            </td>
            <td data-label=td_string!(locale, walls.language)>{language}</td>
            <td data-label=td_string!(locale, walls.made_by)>{created_by}</td>
            <td class="wide" data-label=td_string!(locale, walls.made_at)>
                <Moment at=created_at />
            </td>
            <td data-label=td_string!(locale, walls.last_seen)>
                <LastSeen at=last_seen_at />
            </td>
            <td class="wide walls-actions">
                <button
                    type="button"
                    class="danger"
                    aria-label=label
                    on:click=move |_| doomed.set(Some(link.clone()))
                >
                    {td_string!(locale, walls.revoke)}
                </button>
            </td>
        </tr>
    }
}

/// Whether the screen is on, or how long ago it was.
#[component]
fn LastSeen(at: Option<UnixMs>) -> impl IntoView {
    let locale = use_locale();
    let now = use_context::<LiveBoard>().map(|board| board.now);
    let Some(at) = at else {
        return view! { <span class="muted">{td_string!(locale, walls.never)}</span> }.into_any();
    };
    let Some(now) = now else {
        return view! { <Moment at /> }.into_any();
    };
    let ago = Memo::new(move |_| {
        let ago = now.get().since(at);
        (ago > LIVE_WITHIN).then(|| ago_words(locale, ago))
    });
    (move || match ago.get() {
        Some(words) => words.into_any(),
        None => {
            view! { <Chip tone=Tone::Good text=td_string!(locale, walls.live_now).to_owned() /> }.into_any()
        }
    })
    .into_any()
}

fn ago_words(locale: Locale, ago: DurationMs) -> String {
    let s = ago.whole_s();
    let (sentence, count) = if s < HOUR_S {
        (td_string!(locale, walls.minutes_ago), s / MINUTE_S)
    } else if s < DAY_S {
        (td_string!(locale, walls.hours_ago), s / HOUR_S)
    } else {
        (td_string!(locale, walls.days_ago), s / DAY_S)
    };
    words::fill(sentence, &[("count", &count.to_string())])
}
