//! The agent's callbacks: those to call, by a click, and those that may be taken.
//!
//! Asked for again every ten seconds while somebody looks, as on the page of callbacks. All forms work without the program.

use leptos::form::ActionForm;
use leptos::prelude::*;

use super::super::account::Moment;
use super::super::callbacks::words;
use crate::api::callbacks::{CallCallback, SettleOwnCallback, TakeCallback, list_own_callbacks};
use crate::components::asked::{ask, ask_while_visible};
use crate::components::{Card, Chip, EmptyState, Problem, use_locale};
use crate::i18n::*;
use crate::model::callback::{CallbackOutcome, CallbackRow, OwnCallbacks};
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
    let actions =
        Actions { take: ServerAction::new(), call: ServerAction::new(), settle: ServerAction::new() };
    let Actions { take, call, settle } = actions;
    // While the telephone rings the list is asked for, too: it says that the customer is being called.
    let changes = move || take.version().get() + call.version().get() + settle.version().get();
    let own = ask(changes, |_| list_own_callbacks());
    ask_while_visible(move || own.refetch());
    view! {
        <Card id="desk-callbacks" title=td_string!(locale, callbacks.title).to_owned()>
            <Answer actions />
            // The old list stays while the new one is asked for.
            <Transition>
                {move || Suspend::new(async move {
                    match own.await {
                        Ok(own) => view! { <Lists own actions /> }.into_any(),
                        Err(error) => view! { <Problem error /> }.into_any(),
                    }
                })}
            </Transition>
        </Card>
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
            .map(|error| view! { <Problem error /> })
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
fn Lists(own: OwnCallbacks, actions: Actions) -> impl IntoView {
    let locale = use_locale();
    let OwnCallbacks { own, free, at } = own;
    if own.is_empty() && free.is_empty() {
        return view! {
            <EmptyState
                title=td_string!(locale, callbacks.desk_none).to_owned()
                hint=td_string!(locale, callbacks.desk_none_hint).to_owned()
            />
        }
        .into_any();
    }
    let lines = |rows: Vec<CallbackRow>, is_own: bool| {
        rows.into_iter().map(|row| view! { <Line row at is_own actions /> }).collect_view()
    };
    let has_free = !free.is_empty();
    let (own, free) = (lines(own, true), lines(free, false));
    view! {
        <ul class="callbacks-own" aria-label=td_string!(locale, callbacks.mine)>
            {own}
        </ul>
        {has_free
            .then(|| {
                view! {
                    <h3 class="callbacks-free" id="desk-callbacks-free">
                        {td_string!(locale, callbacks.free)}
                    </h3>
                    <ul class="callbacks-own" aria-labelledby="desk-callbacks-free">
                        {free}
                    </ul>
                }
            })}
    }
    .into_any()
}

#[component]
fn Line(row: CallbackRow, at: UnixMs, is_own: bool, actions: Actions) -> impl IntoView {
    let locale = use_locale();
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
