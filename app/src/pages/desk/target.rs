//! Whom to send the caller to, or to let into the call: an agent, a queue, or what is typed.

use leptos::ev::SubmitEvent;
use leptos::prelude::*;

use crate::api::own_call::{AddToOwnCall, ListCallTargets, TransferOwnCall};
use crate::components::words::{self, fill, lower_case};
use crate::components::{Dialog, EmptyState, Problem, TextField, use_locale};
use crate::i18n::*;
use crate::model::destination::Destination;
use crate::model::own_call::{CallTarget, TargetRow, TargetState};
use crate::model::press::Press;
use crate::model::problem::ProblemKind;

/// What the target is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Purpose {
    /// The caller goes there, and the own telephone is free.
    Transfer,
    /// Whoever answers there is let into the conversation.
    Add,
}

/// The dialog, open while `choosing` says what for.
#[component]
pub(super) fn TargetDialog(
    choosing: RwSignal<Option<Purpose>>,
    transfer: ServerAction<TransferOwnCall>,
    add: ServerAction<AddToOwnCall>,
) -> impl IntoView {
    let locale = use_locale();
    let open = RwSignal::new(false);
    Effect::new(move |_| {
        if choosing.get().is_some() {
            transfer.clear();
            add.clear();
            open.set(true);
        }
    });
    Effect::new(move |_| {
        if !open.get() {
            choosing.set(None);
        }
    });
    let title = Signal::derive(move || {
        match choosing.get() {
            Some(Purpose::Add) => td_string!(locale, desk.add_title),
            _ => td_string!(locale, desk.transfer_title),
        }
        .to_owned()
    });
    view! {
        <Dialog open title id="desk-target">
            {move || choosing.get().map(|purpose| view! { <Choice purpose open transfer add /> })}
        </Dialog>
    }
}

#[component]
fn Choice(
    purpose: Purpose,
    open: RwSignal<bool>,
    transfer: ServerAction<TransferOwnCall>,
    add: ServerAction<AddToOwnCall>,
) -> impl IntoView {
    let locale = use_locale();
    let typed = RwSignal::new(String::new());
    let problem = RwSignal::new(None::<ProblemKind>);
    // One dialog is one press: a second click while it closes is none.
    let press = Press::new();
    let send = move |to: CallTarget| {
        let press = press.clone();
        match purpose {
            Purpose::Transfer => drop(transfer.dispatch(TransferOwnCall { to, press })),
            Purpose::Add => drop(add.dispatch(AddToOwnCall { to, press })),
        }
        open.set(false);
    };
    let on_submit = {
        let send = send.clone();
        move |event: SubmitEvent| {
            event.prevent_default();
            match Destination::parse(&typed.get_untracked()) {
                Ok(number) => send(CallTarget::Number(number.into())),
                Err(kind) => problem.set(Some(kind)),
            }
        }
    };
    let (about, label, button) = match purpose {
        Purpose::Transfer => (
            td_string!(locale, desk.transfer_about),
            td_string!(locale, desk.transfer_to),
            td_string!(locale, desk.transfer),
        ),
        Purpose::Add => (
            td_string!(locale, desk.add_about),
            td_string!(locale, desk.add_to),
            td_string!(locale, desk.add),
        ),
    };
    view! {
        <div class="body">
            <p>{about}</p>
            <form class="desk-number" novalidate on:submit=on_submit>
                <TextField
                    name="to"
                    label=label.to_owned()
                    value=typed
                    hint=td_string!(locale, desk.number_hint).to_owned()
                    problem=problem
                    autofocus=true
                />
                <button type="submit" class="primary">
                    {button}
                </button>
            </form>
            <Targets purpose typed send />
        </div>
    }
}

/// Agents who are signed in and, for a transfer, queues; those that hold what is typed.
#[component]
fn Targets(
    purpose: Purpose,
    typed: RwSignal<String>,
    send: impl Fn(CallTarget) + Clone + Send + Sync + 'static,
) -> impl IntoView {
    let locale = use_locale();
    // No resource: the suspense around the page would take the page away while it is asked, and the dialog with it.
    let targets = ServerAction::<ListCallTargets>::new();
    targets.dispatch(ListCallTargets {});
    let is_fitting = move |row: &TargetRow| {
        let wanted = lower_case(typed.get().trim());
        let is_wanted = wanted.is_empty() || lower_case(&row.name).contains(&wanted);
        is_wanted && (purpose == Purpose::Transfer || !matches!(row.target, CallTarget::Queue(_)))
    };
    let list = move |rows: &[TargetRow]| {
        let rows: Vec<TargetRow> = rows.iter().filter(|row| is_fitting(row)).cloned().collect();
        if rows.is_empty() {
            return view! {
                <EmptyState
                    title=td_string!(locale, desk.no_targets).to_owned()
                    hint=td_string!(locale, desk.no_targets_next).to_owned()
                />
            }
            .into_any();
        }
        let rows = rows
            .into_iter()
            .map(|TargetRow { target, name, state }| {
                let send = send.clone();
                view! {
                    <li>
                        <button type="button" class="desk-target" on:click=move |_| send(target.clone())>
                            <strong>{name}</strong>
                            <small class="muted">{state_words(locale, state)}</small>
                        </button>
                    </li>
                }
            })
            .collect_view();
        view! { <ul class="desk-targets">{rows}</ul> }.into_any()
    };
    move || match targets.value().get() {
        None => view! { <p class="muted">{td_string!(locale, common.loading)}</p> }.into_any(),
        Some(Ok(rows)) => list(&rows),
        Some(Err(error)) => view! { <Problem error /> }.into_any(),
    }
}

fn state_words(locale: Locale, state: TargetState) -> String {
    match state {
        TargetState::Agent(presence) => words::presence(locale, presence).to_owned(),
        TargetState::Queue { waiting, available } => fill(
            td_string!(locale, desk.queue_state),
            &[("waiting", &waiting.to_string()), ("available", &available.to_string())],
        ),
    }
}
