//! The callbacks, the most urgent first.

use leptos::prelude::*;

use super::super::account::Moment;
use super::words;
use crate::components::{Chip, use_locale};
use crate::i18n::*;
use crate::model::callback::{CallbackAgent, CallbackQueue, CallbackRow, CallbackState};
use crate::model::ids::{AgentKey, QueueKey, short_name};
use crate::model::time::UnixMs;

#[component]
pub(super) fn CallbackTable(
    rows: Vec<CallbackRow>,
    queues: Vec<CallbackQueue>,
    agents: Vec<CallbackAgent>,
    at: UnixMs,
) -> impl IntoView {
    let locale = use_locale();
    let rows = rows
        .into_iter()
        .map(|row| {
            let queue = queue_name(&queues, &row.queue);
            let agent = row.agent.as_ref().map(|agent| agent_name(&agents, agent));
            view! { <Line row queue agent at /> }
        })
        .collect_view();
    view! {
        <div class="scroll">
            <table class="cards callbacks-table">
                <caption class="sr-only">{td_string!(locale, callbacks.list)}</caption>
                <thead>
                    <tr>
                        <th scope="col">{td_string!(locale, callbacks.phone)}</th>
                        <th scope="col">{td_string!(locale, callbacks.queue)}</th>
                        <th scope="col">{td_string!(locale, callbacks.state)}</th>
                        <th scope="col">{td_string!(locale, callbacks.due)}</th>
                        <th scope="col">{td_string!(locale, callbacks.asked)}</th>
                        <th scope="col" class="n">
                            {td_string!(locale, callbacks.attempts)}
                        </th>
                        <th scope="col">{td_string!(locale, callbacks.agent)}</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
}

#[component]
fn Line(row: CallbackRow, queue: String, agent: Option<String>, at: UnixMs) -> impl IntoView {
    let locale = use_locale();
    let (tone, standing) = words::standing(locale, &row, at);
    let origin = words::origin(locale, &row);
    let CallbackRow { id, phone, asked_at, due_at, state, tried, closed_at, .. } = row;
    let (label, when) = match (state, closed_at) {
        (CallbackState::Open, _) | (_, None) => (td_string!(locale, callbacks.due), due_at),
        (_, Some(closed_at)) => (td_string!(locale, callbacks.closed), closed_at),
    };
    view! {
        <tr data-callback=id.to_string()>
            <th scope="row">
                <a href=format!("/callbacks/{id}")>{phone}</a>
            </th>
            <td class="wide" data-label=td_string!(locale, callbacks.queue)>
                {queue}
            </td>
            <td class="wide" data-label=td_string!(locale, callbacks.state)>
                <Chip tone text=standing.to_owned() />
            </td>
            <td class="wide" data-label=label>
                <Moment at=when />
            </td>
            <td class="wide callbacks-asked" data-label=td_string!(locale, callbacks.asked)>
                <span>
                    <Moment at=asked_at />
                    " "
                    <small class="muted">{origin}</small>
                </span>
            </td>
            <td class="n" data-label=td_string!(locale, callbacks.attempts)>
                {tried}
            </td>
            <td data-label=td_string!(locale, callbacks.agent)>
                {match agent {
                    Some(agent) => agent.into_any(),
                    None => {
                        view! { <span class="muted">{td_string!(locale, callbacks.nobody)}</span> }.into_any()
                    }
                }}
            </td>
        </tr>
    }
}

fn queue_name(queues: &[CallbackQueue], key: &QueueKey) -> String {
    let known = queues.iter().find(|queue| queue.key == *key).map(|queue| queue.name.clone());
    known.unwrap_or_else(|| short_name(&key.name).to_owned())
}

/// An agent as people call it; the short name where the board does not know it.
pub(super) fn agent_name(agents: &[CallbackAgent], key: &AgentKey) -> String {
    let known = agents.iter().find(|agent| agent.key == *key).map(|agent| agent.name.clone());
    known.unwrap_or_else(|| short_name(&key.name).to_owned())
}
