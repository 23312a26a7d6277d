//! What is looked for: a form that puts it into the address.

use leptos::prelude::*;
use leptos_router::params::ParamsMap;

use super::words;
use crate::components::{TextField, use_locale};
use crate::i18n::*;
use crate::model::callback::{CallbackAgent, CallbackFilter, CallbackQueue, CallbackState};

/// The filter of an address.
pub(super) fn filter_of(query: &ParamsMap) -> CallbackFilter {
    let text = |name: &str| query.get(name).unwrap_or_default();
    CallbackFilter { queue: text("queue"), state: text("state"), agent: text("agent"), phone: text("phone") }
}

#[component]
pub(super) fn FilterForm(
    filter: CallbackFilter,
    queues: Vec<CallbackQueue>,
    agents: Vec<CallbackAgent>,
    sees_numbers: bool,
) -> impl IntoView {
    let locale = use_locale();
    let is_filtered = filter != CallbackFilter::default();
    let CallbackFilter { queue, state, agent, phone } = filter;
    let queues = queues.into_iter().map(|queue| (queue.key.to_string(), queue.name)).collect();
    let every = std::iter::once(("all".to_owned(), td_string!(locale, callbacks.every_state).to_owned()));
    let states = CallbackState::ALL
        .into_iter()
        .filter(|each| *each != CallbackState::Open)
        .map(|each| (each.code().to_owned(), words::state(locale, each).to_owned()));
    let states = every.chain(states).collect();
    let nobody = std::iter::once(("nobody".to_owned(), td_string!(locale, callbacks.nobody).to_owned()));
    let agents = nobody.chain(agents.into_iter().map(|agent| (agent.key.to_string(), agent.name))).collect();
    view! {
        <form
            class="card callbacks-filter"
            method="get"
            action="/callbacks"
            role="search"
        >
            <div class="fields">
                <Choice
                    name="queue"
                    label=td_string!(locale, callbacks.queue)
                    first=td_string!(locale, callbacks.every_queue)
                    chosen=queue
                    choices=queues
                />
                <Choice
                    name="state"
                    label=td_string!(locale, callbacks.state)
                    first=td_string!(locale, callbacks.states.open)
                    chosen=state
                    choices=states
                />
                <Choice
                    name="agent"
                    label=td_string!(locale, callbacks.agent)
                    first=td_string!(locale, callbacks.every_agent)
                    chosen=agent
                    choices=agents
                />
                {sees_numbers
                    .then(|| {
                        view! {
                            <TextField
                                name="phone"
                                label=td_string!(locale, callbacks.phone).to_owned()
                                initial=phone
                            />
                        }
                    })}
            </div>
            <div class="buttons">
                {is_filtered
                    .then(|| {
                        view! {
                            <a class="button" href="/callbacks" rel="external">
                                {td_string!(locale, callbacks.clear)}
                            </a>
                        }
                    })}
                <button type="submit" class="primary">
                    {td_string!(locale, callbacks.search)}
                </button>
            </div>
        </form>
    }
}

/// A choice of codes, of which the first is the empty one.
#[component]
fn Choice(
    name: &'static str,
    label: &'static str,
    first: &'static str,
    chosen: String,
    choices: Vec<(String, String)>,
) -> impl IntoView {
    let options = choices
        .into_iter()
        .map(|(code, words)| {
            let is_chosen = code == chosen;
            view! {
                <option value=code selected=is_chosen>
                    {words}
                </option>
            }
        })
        .collect_view();
    view! {
        <div class="field">
            <label for=name>{label}</label>
            <select id=name name=name>
                <option value="">{first}</option>
                {options}
            </select>
        </div>
    }
}
