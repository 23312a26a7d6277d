//! Callbacks: whom somebody is to call back, by queue; for those who steer them. Agents have theirs on the desk.
//!
//! - `filter`: what is looked for, as part of the address.
//! - `list`: the callbacks, the most urgent first.
//! - `detail`: the page of one: to whom it is given, what came of it, opening it again.
//! - `rules`: how callbacks of a queue are made and tried.
//! - `words`: states, origins and outcomes in the words of a language.
//!
//! The list is asked for again every ten seconds while somebody looks at it. It does not travel in the live stream: it changes
//! by the minute, and what the stream carries weighs on every board.

#![allow(unreachable_pub, reason = "the macro of components writes `pub`, whatever their own visibility")]

mod detail;
mod filter;
mod list;
mod rules;
pub(in crate::pages) mod words;

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use crate::api::ApiError;
use crate::api::callbacks::list_callbacks;
use crate::components::asked::{Asked, ask_first, keep_asking};
use crate::components::{Card, EmptyState, PageTitle, Problem, use_locale};
use crate::i18n::*;
use crate::model::callback::{CallbackFilter, CallbackList};

pub use detail::CallbackPage;
pub use rules::CallbackRulesPage;

use filter::{FilterForm, filter_of};
use list::CallbackTable;

/// The list.
#[derive(Debug)]
pub struct CallbacksPage;

impl CallbacksPage {
    /// The page itself.
    pub(crate) fn view() -> AnyView {
        let query = use_query_map();
        // On the server a request that was given up may end its page while this is still asked.
        let filter = move || query.try_with(filter_of).unwrap_or_default();
        let list = ask_first(filter, |filter: CallbackFilter| async move {
            (filter.clone(), list_callbacks(filter).await)
        });
        view! { <Callbacks list /> }.into_any()
    }
}

#[component]
fn Callbacks(list: Asked<(CallbackFilter, Result<CallbackList, ApiError>)>) -> impl IntoView {
    let locale = use_locale();
    view! {
        <div class="callbacks">
            <div class="bar">
                <PageTitle title=td_string!(locale, callbacks.title).to_owned() />
                <div class="push">
                    <a class="button" href="/callbacks/rules">
                        {td_string!(locale, callbacks.rules)}
                    </a>
                </div>
            </div>
            <p class="muted callbacks-about">{td_string!(locale, callbacks.about)}</p>
            // The old list stays while the new one is asked for.
            <Transition>
                {move || Suspend::new(async move {
                    let (filter, list) = list.await;
                    match list {
                        Ok(list) => view! { <Found filter list /> }.into_any(),
                        Err(error) => view! { <Problem error /> }.into_any(),
                    }
                })}
            </Transition>
        </div>
    }
}

#[component]
fn Found(filter: CallbackFilter, list: CallbackList) -> impl IntoView {
    let locale = use_locale();
    let is_filtered = filter != CallbackFilter::default();
    // The form is not asked for again: somebody may be filling it in.
    let (queues, agents) = (list.queues.clone(), list.agents.clone());
    let form = view! { <FilterForm filter=filter.clone() queues agents sees_numbers=list.sees_numbers /> };
    let (list, problem) = keep_asking(list, || 0, move || list_callbacks(filter.clone()));
    let body = move || {
        let CallbackList { rows, is_cut, queues, agents, at, .. } = list.get();
        if rows.is_empty() {
            let hint = if is_filtered {
                td_string!(locale, callbacks.none_hint)
            } else {
                td_string!(locale, callbacks.empty_hint)
            };
            return view! {
                <EmptyState
                    title=td_string!(locale, callbacks.none).to_owned()
                    hint=hint.to_owned()
                />
            }
            .into_any();
        }
        view! {
            <CallbackTable rows queues agents at />
            {is_cut
                .then(|| {
                    view! { <footer>{td_string!(locale, callbacks.cut)}</footer> }
                })}
        }
        .into_any()
    };
    view! {
        {form}
        <Card id="callbacks-list" title=td_string!(locale, callbacks.list).to_owned()>
            {move || problem.get().map(|error| view! { <Problem error /> })}
            {body}
        </Card>
    }
}
