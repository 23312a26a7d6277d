//! An agent on a page of live numbers: name, time in the state, the caller, the queues.

use leptos::prelude::*;
use leptos_i18n::td_string;

use super::chip::{Chip, StatusChip, Tone};
use super::live::{AsOf, use_stale_since};
use super::time::{Elapsed, Remaining};
use super::words::{self, use_locale};
use crate::i18n::Locale;
use crate::live::LiveBoard;
use crate::live::store::use_live_board;
use crate::model::agent::{AgentCall, AgentRow, Presence};
use crate::model::ids::{QueueKey, short_name};

/// The name of a queue for people; the switch's short name where the board does not have it.
pub fn queue_name(board: &LiveBoard, key: &QueueKey) -> String {
    board
        .queues
        .get(key)
        .map_or_else(|| short_name(&key.name).to_owned(), |row| row.with(|row| row.display_name.clone()))
}

/// The same where there may be no board, and for what does not follow it.
pub fn queue_name_now(board: Option<&LiveBoard>, key: &QueueKey) -> String {
    board.map_or_else(|| short_name(&key.name).to_owned(), |board| untrack(|| queue_name(board, key)))
}

/// The caller in one line: name and number as the switch reports them, each once.
pub fn caller_words(locale: Locale, name: &str, number: &str) -> String {
    match (name.trim(), number.trim()) {
        ("", "") => td_string!(locale, common.unknown_caller).to_owned(),
        (one, "") | ("", one) => one.to_owned(),
        (name, number) if name == number => name.to_owned(),
        (name, number) => format!("{name} {number}"),
    }
}

/// A part of an agent's row that tells its readers only when it changed.
pub fn agent_part<T: PartialEq + Send + Sync + 'static>(
    row: &ArcRwSignal<AgentRow>,
    read: impl Fn(&AgentRow) -> T + Send + Sync + 'static,
) -> Memo<T> {
    boxed_part(row.clone(), Box::new(read))
}

/// [`agent_part`], compiled once for a type of parts.
fn boxed_part<T: PartialEq + Send + Sync + 'static>(
    row: ArcRwSignal<AgentRow>,
    read: Box<dyn Fn(&AgentRow) -> T + Send + Sync>,
) -> Memo<T> {
    Memo::new(move |_| row.with(|row| read(row)))
}

/// The display name, and the name on the switch where that says more.
#[component]
pub fn AgentName(
    /// The agent.
    row: ArcRwSignal<AgentRow>,
) -> impl IntoView {
    let name = agent_part(&row, |row| row.display_name.clone());
    let short = agent_part(&row, |row| {
        let short = short_name(&row.key.name);
        if row.display_name.contains(short) { String::new() } else { format!(" {short}") }
    });
    view! {
        <b>{move || name.get()}</b>
        <span class="muted">{move || short.get()}</span>
    }
}

/// How long the agent has been in the state; how long a wrap-up still lasts.
#[component]
pub fn PresenceTime(
    /// The agent.
    row: ArcRwSignal<AgentRow>,
) -> impl IntoView {
    let until = agent_part(&row, |row| row.wrap_up_until.filter(|_| row.presence == Presence::WrapUp));
    let since = agent_part(&row, |row| row.presence_since);
    move || {
        Some(match until.get() {
            Some(until) => view! { <Remaining until=until /> }.into_any(),
            None => view! { <Elapsed since=since /> }.into_any(),
        })
    }
}

/// An agent as an item of a list: what, who, since when, and beneath it the caller, the reason or the queues.
#[component]
pub fn AgentItem(
    /// The agent.
    row: ArcRwSignal<AgentRow>,
) -> impl IntoView {
    let locale = use_locale();
    let board = use_live_board();
    let key = row.with_untracked(|row| row.key.clone());
    let stale_since = use_stale_since(key.node.clone());
    let presence = agent_part(&row, |row| row.presence);
    let ghost = agent_part(&row, move |row| {
        row.ghost.map_or_else(String::new, |ghost| words::ghost(locale, ghost.reason).to_owned())
    });
    let details = agent_part(&row, move |row| match (&row.call, &row.reason) {
        (Some(AgentCall { queue, caller_name, caller_number, .. }), _) => {
            format!("{}: {}", queue_name(&board, queue), caller_words(locale, caller_name, caller_number))
        }
        (None, Some(reason)) => board.reasons.with(|names| words::reason(locale, names, reason)),
        (None, None) => {
            let queues = row.tiers.iter().map(|tier| queue_name(&board, &tier.queue));
            queues.collect::<Vec<_>>().join(", ")
        }
    });
    view! {
        <li
            class=move || {
                let stale = if stale_since.get().is_some() { " is-stale-row" } else { "" };
                format!("agent {}{stale}", Tone::from(presence.get()).class())
            }
            data-agent=key.name
        >
            <StatusChip presence=presence />
            <span class="agent-name">
                <AgentName row=row.clone() />
            </span>
            <PresenceTime row=row />
            <small>
                {move || {
                    (!ghost.with(String::is_empty))
                        .then(|| view! { <Chip tone=Signal::stored(Tone::Warning) text=ghost /> " " })
                }} {move || details.get()} " " <AsOf since=stale_since />
            </small>
        </li>
    }
}
