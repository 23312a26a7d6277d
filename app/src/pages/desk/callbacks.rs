//! The agent's callbacks: those to call, by a click, and those that may be taken.
//!
//! Asked for again every ten seconds while somebody looks, as on the page of callbacks. All forms work without the program.

use std::fmt::{self, Display, Formatter};

use leptos::form::ActionForm;
use leptos::prelude::*;

use super::super::account::Moment;
use super::super::callbacks::words;
use crate::api::callbacks::{CallCallback, SettleOwnCallback, TakeCallback, list_own_callbacks};
use crate::api::{ApiError, RefusedBy};
use crate::components::asked::{ask, keep_asking};
use crate::components::{Card, Chip, Each, EmptyState, Problem, use_locale};
use crate::i18n::*;
use crate::model::callback::{CallbackOutcome, CallbackRow, OwnCallbacks, TELEPHONE_IN_USE};
use crate::model::ids::short_name;
use crate::model::press::Press;
use crate::model::time::UnixMs;

/// What an agent does with callbacks.
#[derive(Clone, Copy)]
struct Actions {
    take: ServerAction<TakeCallback>,
    call: ServerAction<CallCallback>,
    settle: ServerAction<SettleOwnCallback>,
}

/// The card of the own callbacks.
#[component]
pub(super) fn MyCallbacks() -> impl IntoView {
    let locale = use_locale();
    let first = ask(|| (), |()| list_own_callbacks());
    view! {
        <Card id="desk-callbacks" title=td_string!(locale, callbacks.title).to_owned()>
            <Suspense>
                {move || Suspend::new(async move {
                    match first.await {
                        Ok(first) => view! { <Own first /> }.into_any(),
                        Err(error) => view! { <Problem error /> }.into_any(),
                    }
                })}
            </Suspense>
        </Card>
    }
}

#[component]
fn Own(first: OwnCallbacks) -> impl IntoView {
    let locale = use_locale();
    let actions =
        Actions { take: ServerAction::new(), call: ServerAction::new(), settle: ServerAction::new() };
    let Actions { take, call, settle } = actions;
    let changes = move || take.version().get() + call.version().get() + settle.version().get();
    let (own, problem) = keep_asking(first, changes, list_own_callbacks);
    let is_empty = Memo::new(move |_| own.with(|own| own.own.is_empty() && own.free.is_empty()));
    let has_free = Memo::new(move |_| own.with(|own| !own.free.is_empty()));
    let shown = move |rows: &[CallbackRow], is_own: bool, at: UnixMs| {
        rows.iter().map(|row| Shown { row: row.clone(), is_own, at }).collect::<Vec<_>>()
    };
    let mine = move || own.with(|own| shown(&own.own, true, own.at));
    let free = move || own.with(|own| shown(&own.free, false, own.at));
    view! {
        <Answer actions />
        {move || problem.get().map(|error| view! { <Problem error /> })}
        {move || {
            is_empty
                .get()
                .then(|| {
                    view! {
                        <EmptyState
                            title=td_string!(locale, callbacks.desk_none).to_owned()
                            hint=td_string!(locale, callbacks.desk_none_hint).to_owned()
                        />
                    }
                })
        }}
        <ul class="callbacks-own" aria-label=td_string!(locale, callbacks.mine)>
            <Each keys=mine children=move |shown| view! { <Line shown actions /> } />
        </ul>
        <h3 class="callbacks-free" id="desk-callbacks-free" hidden=move || !has_free.get()>
            {td_string!(locale, callbacks.free)}
        </h3>
        <ul class="callbacks-own" aria-labelledby="desk-callbacks-free">
            <Each keys=free children=move |shown| view! { <Line shown actions /> } />
        </ul>
    }
}

/// A callback at a moment. It reads the same as long as its line would look the same, so that a line is made anew only when it
/// changes, and what somebody writes into another one stays.
struct Shown {
    row: CallbackRow,
    is_own: bool,
    at: UnixMs,
}

impl Display for Shown {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let Self { row, is_own, at } = self;
        let (is_due, awaits) = (row.due_at <= *at, row.awaits_outcome());
        let (id, asked_at, due_at, tried) = (row.id, row.asked_at.0, row.due_at.0, row.tried);
        write!(f, "{id} {is_own} {asked_at} {due_at} {is_due} {tried} {awaits} {}", row.note)
    }
}

/// What became of the last press.
#[component]
fn Answer(actions: Actions) -> impl IntoView {
    let locale = use_locale();
    let Actions { take, call, settle } = actions;
    let failed = move || {
        let outcomes = [take.value().get(), call.value().get(), settle.value().get()];
        let is_pending = take.pending().get() || call.pending().get() || settle.pending().get();
        outcomes
            .into_iter()
            .find_map(|outcome| match outcome {
                Some(Err(error)) if !is_pending => Some(error),
                _ => None,
            })
            .map(|error| match error {
                ApiError::Refused { by: RefusedBy::SwitchDesk, reason } if reason == TELEPHONE_IN_USE => {
                    view! { <p class="problem" role="alert">{td_string!(locale, callbacks.in_use)}</p> }
                        .into_any()
                }
                error => view! { <Problem error /> }.into_any(),
            })
    };
    let words = move || {
        if call.pending().get() {
            Some(td_string!(locale, callbacks.your_phone_rings))
        } else if matches!(call.value().get(), Some(Ok(()))) {
            Some(td_string!(locale, callbacks.customer_called))
        } else {
            None
        }
    };
    // Nothing said of an earlier press stands beside a later one.
    Effect::new(move |_| {
        if take.input().get().is_some() {
            call.clear();
            settle.clear();
        }
    });
    Effect::new(move |_| {
        if settle.input().get().is_some() {
            call.clear();
            take.clear();
        }
    });
    view! {
        {failed}
        <p role="status" class="callbacks-said">{words}</p>
    }
}

#[component]
fn Line(shown: Shown, actions: Actions) -> impl IntoView {
    let locale = use_locale();
    let Shown { row, is_own, at } = shown;
    let (tone, standing) = words::standing(locale, &row, at);
    let origin = words::origin(locale, &row);
    let awaits_outcome = row.awaits_outcome();
    let CallbackRow { id, phone, queue, asked_at, due_at, note, .. } = row;
    let is_resting = is_own && due_at > at && !awaits_outcome;
    let buttons = if is_own {
        view! { <CallForm id phone=phone.clone() call=actions.call /> }.into_any()
    } else {
        view! { <TakeForm id phone=phone.clone() take=actions.take /> }.into_any()
    };
    view! {
        <li data-callback=id.to_string()>
            <div class="callbacks-line">
                <strong>{phone}</strong>
                <span>{short_name(&queue.name).to_owned()}</span>
                <Chip tone text=standing.to_owned() />
                {is_resting.then(|| view! { <small class="muted"><Moment at=due_at /></small> })}
                <small class="muted callbacks-origin">{origin} " · " <Moment at=asked_at /></small>
                {buttons}
            </div>
            {is_own.then(|| view! { <Outcome id note is_open=awaits_outcome settle=actions.settle /> })}
        </li>
    }
}

/// The button that rings the own telephone and then the customer.
#[component]
fn CallForm(id: u64, phone: String, call: ServerAction<CallCallback>) -> impl IntoView {
    let locale = use_locale();
    let label = format!("{} {phone}", td_string!(locale, callbacks.call));
    // The browser draws it, and a new one after each answer: two clicks are one press.
    let press = RwSignal::new(String::new());
    Effect::new(move |_| {
        call.version().track();
        press.set(Press::new().as_str().to_owned());
    });
    let is_ringing =
        move || call.pending().get() && call.input().get().is_some_and(|input: CallCallback| input.id == id);
    view! {
        <ActionForm action=call>
            <input type="hidden" name="id" value=id.to_string() />
            <input type="hidden" name="press" prop:value=move || press.get() />
            <button
                type="submit"
                class="primary"
                aria-label=label
                disabled=move || call.pending().get()
            >
                {move || {
                    if is_ringing() {
                        td_string!(locale, callbacks.calling)
                    } else {
                        td_string!(locale, callbacks.call)
                    }
                }}
            </button>
        </ActionForm>
    }
}

#[component]
fn TakeForm(id: u64, phone: String, take: ServerAction<TakeCallback>) -> impl IntoView {
    let locale = use_locale();
    let label = format!("{} {phone}", td_string!(locale, callbacks.take));
    view! {
        <ActionForm action=take>
            <input type="hidden" name="id" value=id.to_string() />
            <button type="submit" aria-label=label disabled=move || take.pending().get()>
                {td_string!(locale, callbacks.take)}
            </button>
        </ActionForm>
    }
}

/// What came of calling: open where the customer was just called, else folded.
#[component]
fn Outcome(id: u64, note: String, is_open: bool, settle: ServerAction<SettleOwnCallback>) -> impl IntoView {
    let locale = use_locale();
    let field = format!("callback-note-{id}");
    let buttons = CallbackOutcome::ALL
        .into_iter()
        .map(|outcome| {
            view! {
                <button
                    type="submit"
                    name="outcome"
                    value=outcome.code()
                    disabled=move || settle.pending().get()
                >
                    {words::outcome(locale, outcome)}
                </button>
            }
        })
        .collect_view();
    view! {
        <details class="callbacks-outcome" open=is_open>
            <summary>{td_string!(locale, callbacks.outcome)}</summary>
            <ActionForm action=settle>
                <input type="hidden" name="id" value=id.to_string() />
                <div class="callbacks-settle">
                    <div class="field">
                        <label for=field.clone()>{td_string!(locale, callbacks.note)}</label>
                        <textarea id=field name="note" rows="2" maxlength="1000">
                            {note}
                        </textarea>
                    </div>
                    <div
                        class="callbacks-outcomes"
                        role="group"
                        aria-label=td_string!(locale, callbacks.outcome)
                    >
                        {buttons}
                    </div>
                </div>
            </ActionForm>
        </details>
    }
}
