//! Every live call: who with whom, in which queue, for how long.
//!
//! - [`list`]: the calls of the page and the stream that keeps them.
//! - [`order`]: which are shown, and in which order.
//! - [`table`]: the table, of which only the lines in view exist.
//! - [`row`]: one line of it.

#![allow(unreachable_pub, reason = "the macro of components writes `pub`, whatever their own visibility")]

mod list;
mod order;
mod row;
mod table;

use leptos::prelude::*;
use leptos_i18n::td_string;

use crate::api::ApiError;
use crate::api::calls::{CallsView, read_calls};
use crate::components::asked::{Asked, ask_first};
use crate::components::live::BoardBar;
use crate::components::supervise::{SuperviseDialog, call_state, provide_supervision};
use crate::components::words::{fill, lower_case, use_locale};
use crate::components::{Card, EmptyState, Problem};
use crate::model::call::CallState;

pub(in crate::pages) use list::{StreamState, follow};

use list::CallList;
use order::{Wanted, use_sorted_calls};
use table::CallTable;

/// The page of all live calls.
#[derive(Debug)]
pub struct CallsPage;

impl CallsPage {
    /// The page itself.
    pub(crate) fn view() -> AnyView {
        let calls = ask_first(|| (), |()| read_calls());
        view! { <Calls calls /> }.into_any()
    }
}

#[component]
fn Calls(calls: Asked<Result<CallsView, ApiError>>) -> impl IntoView {
    let locale = use_locale();
    view! {
        <BoardBar title=td_string!(locale, calls.title).to_owned() />
        <Suspense>
            {move || Suspend::new(async move {
                match calls.await {
                    Ok(view) => view! { <KnownCalls view /> }.into_any(),
                    Err(error) => view! { <Problem error /> }.into_any(),
                }
            })}
        </Suspense>
    }
}

#[component]
fn KnownCalls(view: CallsView) -> impl IntoView {
    let locale = use_locale();
    provide_supervision();
    let calls = CallList::new(view);
    #[cfg(feature = "hydrate")]
    {
        let calls = calls.clone();
        Effect::new(move |_| list::open(calls.clone()));
    }
    let wanted = RwSignal::new(Wanted::default());
    let keys = use_sorted_calls(calls.clone(), wanted);
    let (count, stream) = (calls.count.clone(), calls.stream.clone());
    let shown = {
        let count = count.clone();
        move || {
            let all = count.get();
            // Before the stream has brought all of them the first few are there, and none is left out on purpose.
            let shown = if wanted.with(Wanted::is_everything) { all } else { keys.with(Vec::len) };
            let gaps = [("shown", shown.to_string()), ("all", all.to_string())];
            fill(td_string!(locale, calls.count), &gaps.each_ref().map(|(gap, words)| (*gap, words.as_str())))
        }
    };
    let tools = move || view! { <Search wanted /> };
    view! {
        <div role="alert">
            {move || {
                (stream.get() == StreamState::Lost)
                    .then(|| {
                        view! {
                            <p class="banner critical">
                                <span aria-hidden="true">"■ "</span>
                                {td_string!(locale, calls.stream_lost)}
                            </p>
                        }
                    })
            }}
        </div>
        <Card id="calls-title" title=Signal::derive(shown) tools=tools>
            <CallTable calls keys wanted />
            {move || {
                let (title, hint) = match (count.get(), keys.with(Vec::is_empty)) {
                    (0, _) => (td_string!(locale, calls.no_calls), td_string!(locale, calls.no_calls_hint)),
                    (_, true) => (td_string!(locale, calls.none_match), td_string!(locale, calls.none_match_hint)),
                    (_, false) => return None,
                };
                Some(view! { <EmptyState title=title.to_owned() hint=hint.to_owned() /> })
            }}
        </Card>
        <SuperviseDialog />
    }
}

#[component]
fn Search(wanted: RwSignal<Wanted>) -> impl IntoView {
    let locale = use_locale();
    let options = CallState::ALL
        .into_iter()
        .zip(0u8..)
        .map(|(state, place)| {
            view! { <option value=place.to_string()>{call_state(locale, state).1}</option> }
        })
        .collect_view();
    view! {
        <input
            type="search"
            class="compact"
            aria-label=td_string!(locale, calls.search)
            placeholder=td_string!(locale, calls.search)
            on:input=move |event| {
                let words = lower_case(event_target_value(&event).trim());
                wanted.update(|wanted| wanted.words = words);
            }
        />
        <select
            class="compact"
            aria-label=td_string!(locale, calls.filter)
            on:change=move |event| {
                let place = event_target_value(&event).parse::<usize>().ok();
                let state = place.and_then(|place| CallState::ALL.get(place)).copied();
                wanted.update(|wanted| wanted.state = state);
            }
        >
            <option value="">{td_string!(locale, calls.filter_all)}</option>
            {options}
        </select>
    }
}
