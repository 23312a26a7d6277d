//! Sends what was chosen, once, and shows what became of it.

use std::future::Future;
use std::pin::Pin;

use leptos::prelude::*;
use leptos_i18n::td_string;

use crate::api::{ApiError, RefusedBy};
use crate::components::words::{self, fill, use_locale};
use crate::components::{Announcer, use_announcer};
use crate::i18n::Locale;
use crate::model::press::Press;
use crate::model::supervise::Unable;

/// What is going on in the dialog.
#[derive(Clone, Debug, PartialEq)]
enum State {
    /// Nothing was sent.
    Still,
    /// It was sent, and no answer is there.
    Sent(&'static str),
    /// The answer: what was done, or why not.
    Answered(&'static str, Result<(), ApiError>),
}

/// An answer of the server, on its way.
pub(super) type Answer = Pin<Box<dyn Future<Output = Result<(), ApiError>>>>;

/// The one thing that the dialog does at a time.
#[derive(Clone, Copy)]
pub(super) struct Doing {
    state: RwSignal<State>,
    /// The present press: a new one after each answer.
    press: RwSignal<Press>,
    /// Rises with each answer: what the dialog shows of the switch is read again.
    pub(super) answers: RwSignal<u32>,
    /// The action whose confirmation is shown.
    asking: RwSignal<Option<&'static str>>,
    locale: Locale,
    announcer: Announcer,
}

impl Doing {
    pub(super) fn new() -> Self {
        Self {
            state: RwSignal::new(State::Still),
            press: RwSignal::new(Press::default()),
            answers: RwSignal::new(0),
            asking: RwSignal::new(None),
            locale: use_locale(),
            announcer: use_announcer(),
        }
    }

    /// Forgets what was done before: the dialog is open for something else.
    pub(super) fn clear(self) {
        self.state.set(State::Still);
        self.press.set(Press::new());
        self.asking.set(None);
    }

    fn is_busy(self) -> bool {
        self.state.with(|state| matches!(state, State::Sent(_)))
    }

    /// Sends it. While there is no answer nothing else is sent, and it is never sent again by itself.
    fn send(self, name: &'static str, act: impl FnOnce(Press) -> Answer + 'static) {
        if self.is_busy() {
            return;
        }
        self.asking.set(None);
        self.state.set(State::Sent(name));
        let announcer = self.announcer;
        let answer = act(self.press.get_untracked());
        leptos::task::spawn_local(async move {
            let answer = answer.await;
            // The page may be gone by now.
            if self.state.is_disposed() {
                return;
            }
            if answer.is_ok() {
                announcer.say(fill(td_string!(self.locale, supervise.done), &[("action", name)]));
            }
            self.state.set(State::Answered(name, answer));
            self.press.set(Press::new());
            self.answers.update(|answers| *answers += 1);
        });
    }
}

/// The answer to what was sent last, in words.
#[component]
pub(super) fn Outcome(doing: Doing) -> impl IntoView {
    let locale = use_locale();
    view! {
        <div class="outcome" role="status">
            {move || match doing.state.get() {
                State::Still => ().into_any(),
                State::Sent(name) => {
                    let words = fill(td_string!(locale, supervise.sending), &[("action", name)]);
                    view! { <p class="muted">{words}</p> }.into_any()
                }
                State::Answered(name, Ok(())) => {
                    let words = fill(td_string!(locale, supervise.done), &[("action", name)]);
                    view! {
                        <p class="done">
                            <span aria-hidden="true">"✓ "</span>
                            {words}
                        </p>
                    }
                        .into_any()
                }
                State::Answered(name, Err(error)) => {
                    let words = fill(
                        td_string!(locale, supervise.not_done),
                        &[("action", name), ("why", &why(locale, &error))],
                    );
                    view! {
                        <p class="not-done">
                            <span aria-hidden="true">"■ "</span>
                            {words}
                        </p>
                    }
                        .into_any()
                }
            }}
        </div>
    }
}

/// What kept it from being done.
fn why(locale: Locale, error: &ApiError) -> String {
    let ours = match error {
        ApiError::Refused { by: RefusedBy::SwitchDesk, reason } => Unable::from_code(reason),
        ApiError::Unknown => return td_string!(locale, supervise.unknown).to_owned(),
        ApiError::Conflict => return td_string!(locale, supervise.conflict).to_owned(),
        ApiError::NotFound => return td_string!(locale, supervise.gone).to_owned(),
        _ => None,
    };
    let words = match ours {
        None => return words::api_error(locale, error),
        Some(Unable::NoExtension) => td_string!(locale, supervise.unable.no_extension),
        Some(Unable::NotConnected) => td_string!(locale, supervise.unable.not_connected),
        Some(Unable::NoAgentInCall) => td_string!(locale, supervise.unable.no_agent_in_call),
        Some(Unable::NotWaiting) => td_string!(locale, supervise.unable.not_waiting),
        Some(Unable::AgentBusy) => td_string!(locale, supervise.unable.agent_busy),
        Some(Unable::NoContact) => td_string!(locale, supervise.unable.no_contact),
        Some(Unable::AbandonedResume) => td_string!(locale, supervise.unable.abandoned_resume),
        Some(Unable::AlreadyFirst) => td_string!(locale, supervise.unable.already_first),
        Some(Unable::SameQueue) => td_string!(locale, supervise.unable.same_queue),
        Some(Unable::NotInCall) => td_string!(locale, supervise.unable.not_in_call),
        Some(Unable::Changed) => td_string!(locale, supervise.unable.changed),
    };
    words.to_owned()
}

/// An action: its button, and beside it what it brings about. A dangerous one asks once more in its place.
#[component]
pub(super) fn ActionLine(
    doing: Doing,
    /// What it is called.
    name: &'static str,
    /// What it brings about.
    #[prop(into)]
    means: Signal<String>,
    /// Somebody loses a call by it.
    #[prop(optional)]
    is_dangerous: bool,
    /// It is what holds at the moment.
    #[prop(optional, into)]
    is_present: Signal<bool>,
    /// It cannot be sent as it is.
    #[prop(optional, into)]
    is_incomplete: Signal<bool>,
    /// Sends it.
    act: Callback<Press, Answer>,
    /// What it wants to know: a queue, a number.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    let locale = use_locale();
    let send = move || doing.send(name, move |press| act.run(press));
    let is_asking = move || doing.asking.get() == Some(name);
    let press = move |_| if is_dangerous { doing.asking.set(Some(name)) } else { send() };
    view! {
        <li class="action" class:is-dangerous=is_dangerous>
            <span class="action-head">
                <button
                    type="button"
                    class="compact"
                    class:danger=is_dangerous
                    aria-pressed=move || is_present.get().then_some("true")
                    disabled=move || doing.is_busy() || is_present.get() || is_incomplete.get()
                    on:click=press
                >
                    {name}
                </button>
                {children.map(|children| children())}
            </span>
            <small class="muted">{move || means.get()}</small>
            {move || {
                is_asking()
                    .then(|| {
                        view! {
                            <span class="confirm" role="group" aria-label=name>
                                <button type="button" class="compact danger" on:click=move |_| send()>
                                    {fill(td_string!(locale, supervise.confirm), &[("action", name)])}
                                </button>
                                <button type="button" class="compact" on:click=move |_| doing.asking.set(None)>
                                    {td_string!(locale, common.cancel)}
                                </button>
                            </span>
                        }
                    })
            }}
        </li>
    }
}

/// Boxes the answer of a server function.
pub(super) fn answer(future: impl Future<Output = Result<(), ApiError>> + 'static) -> Answer {
    Box::pin(future)
}
