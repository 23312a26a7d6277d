//! How a user comes in, and what changes it: a new password, the end of a second factor, deactivation. Each says what follows
//! before it does.

use leptos::prelude::*;

use super::super::account::Moment;
use super::password::FirstPasswordNote;
use super::person::Actions;
use crate::api::ApiError;
use crate::api::people::{DeactivatePerson, ReactivatePerson, ResetPassword, TakeSecondFactor};
use crate::components::chip::Tone;
use crate::components::{Card, Chip, Dialog, Problem, use_announcer, use_locale, words};
use crate::i18n::*;
use crate::model::people::{FirstPassword, PersonRow};

/// What is about to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    Reset,
    Take,
    Deactivate,
    Reactivate,
}

/// A step and whom it concerns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Asking {
    step: Step,
    id: u64,
    name: String,
}

impl Step {
    /// Title, consequence and button.
    fn words(self, locale: Locale) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::Reset => (
                td_string!(locale, people.reset),
                td_string!(locale, people.reset_about),
                td_string!(locale, people.reset_confirm),
            ),
            Self::Take => (
                td_string!(locale, people.take),
                td_string!(locale, people.take_about),
                td_string!(locale, people.take_confirm),
            ),
            Self::Deactivate => (
                td_string!(locale, people.deactivate),
                td_string!(locale, people.deactivate_about),
                td_string!(locale, people.deactivate_confirm),
            ),
            Self::Reactivate => (
                td_string!(locale, people.reactivate),
                td_string!(locale, people.reactivate_about),
                td_string!(locale, people.reactivate_confirm),
            ),
        }
    }
}

/// The state of the sign-in and its buttons.
#[component]
pub(super) fn SignInCard(row: PersonRow, must_change_password: bool, actions: Actions) -> impl IntoView {
    let locale = use_locale();
    let PersonRow { id, display_name, deactivated_at, has_second_factor, .. } = row;
    let state = match deactivated_at {
        Some(at) => view! {
            <dt>{td_string!(locale, people.deactivated_since)}</dt>
            <dd>
                <Moment at />
            </dd>
        }
        .into_any(),
        None => view! {
            <dt>{td_string!(locale, people.state)}</dt>
            <dd>
                <Chip tone=Tone::Good text=td_string!(locale, people.active).to_owned() />
            </dd>
        }
        .into_any(),
    };
    let factor = if has_second_factor {
        td_string!(locale, people.factor_on)
    } else {
        td_string!(locale, people.factor_off)
    };
    let button = move |step: Step, class: &'static str| {
        let asking = Asking { step, id, name: display_name.clone() };
        view! {
            <button
                type="button"
                class=class
                aria-haspopup="dialog"
                on:click=move |_| actions.asked.set(Some(asking.clone()))
            >
                {step.words(locale).0}
            </button>
        }
        .into_any()
    };
    view! {
        <Card id="people-sign-in" title=td_string!(locale, people.sign_in).to_owned()>
            <div class="body">
                <dl class="account-facts">
                    {state}
                    <dt>{td_string!(locale, people.second_factor)}</dt>
                    <dd>{factor}</dd>
                </dl>
                {must_change_password
                    .then(|| view! { <p class="muted">{td_string!(locale, people.must_change)}</p> })}
                <div class="people-buttons">
                    {button(Step::Reset, "")}
                    {has_second_factor.then(|| button(Step::Take, ""))}
                    {if deactivated_at.is_some() {
                        button(Step::Reactivate, "")
                    } else {
                        button(Step::Deactivate, "danger")
                    }}
                </div>
            </div>
        </Card>
    }
}

/// Asks before the step is taken; after a reset it shows the password.
#[component]
pub(super) fn StepDialog(actions: Actions) -> impl IntoView {
    let locale = use_locale();
    let announcer = use_announcer();
    let asked = actions.asked;
    let open = RwSignal::new(false);
    let error = RwSignal::new(None::<ApiError>);
    let drawn = RwSignal::new(None::<FirstPassword>);
    Effect::new(move |_| {
        if asked.with(Option::is_some) {
            error.set(None);
            drawn.set(None);
            open.set(true);
        }
    });
    Effect::new(move |_| {
        if !open.get() {
            asked.set(None);
        }
    });
    let finish = move |outcome: Option<Result<(), ApiError>>, said: &'static str| match outcome {
        Some(Ok(())) => {
            open.set(false);
            announcer.say(said);
        }
        Some(Err(problem)) => error.set(Some(problem)),
        None => {}
    };
    Effect::new(move |_| match actions.reset.value().get() {
        Some(Ok(made)) => drawn.set(Some(made)),
        Some(Err(problem)) => error.set(Some(problem)),
        None => {}
    });
    Effect::new(move |_| finish(actions.take.value().get(), td_string!(locale, people.taken)));
    Effect::new(move |_| {
        finish(actions.deactivate.value().get(), td_string!(locale, people.deactivated_said));
    });
    Effect::new(move |_| {
        finish(actions.reactivate.value().get(), td_string!(locale, people.reactivated_said));
    });
    let title = Signal::derive(move || {
        if drawn.with(Option::is_some) {
            return td_string!(locale, people.reset_title).to_owned();
        }
        asked.with(|asked| {
            asked.as_ref().map(|asking| asking.step.words(locale).0.to_owned()).unwrap_or_default()
        })
    });
    let go = move |_| {
        let Some(Asking { step, id, .. }) = asked.get_untracked() else { return };
        match step {
            Step::Reset => drop(actions.reset.dispatch(ResetPassword { id })),
            Step::Take => drop(actions.take.dispatch(TakeSecondFactor { id })),
            Step::Deactivate => drop(actions.deactivate.dispatch(DeactivatePerson { id })),
            Step::Reactivate => drop(actions.reactivate.dispatch(ReactivatePerson { id })),
        }
    };
    let is_pending = move || {
        actions.reset.pending().get()
            || actions.take.pending().get()
            || actions.deactivate.pending().get()
            || actions.reactivate.pending().get()
    };
    view! {
        <Dialog open title id="people-step">
            {move || match (drawn.get(), asked.get()) {
                (Some(made), _) => {
                    view! {
                        <div class="body">
                            <FirstPasswordNote made />
                            <div class="buttons">
                                <button
                                    type="button"
                                    class="primary"
                                    on:click=move |_| open.set(false)
                                >
                                    {td_string!(locale, people.done)}
                                </button>
                            </div>
                        </div>
                    }
                    .into_any()
                }
                (None, Some(Asking { step, name, .. })) => {
                    let (_, about, confirm) = step.words(locale);
                    view! {
                        <div class="body">
                            <p>{words::fill(about, &[("name", &name)])}</p>
                            {move || error.get().map(|error| view! { <Refusal error /> })}
                            <div class="buttons">
                                <button type="button" on:click=move |_| open.set(false)>
                                    {td_string!(locale, people.keep)}
                                </button>
                                <button type="button" class="danger" disabled=is_pending on:click=go>
                                    {move || {
                                        if is_pending() { td_string!(locale, people.working) } else { confirm }
                                    }}
                                </button>
                            </div>
                        </div>
                    }
                    .into_any()
                }
                (None, None) => ().into_any(),
            }}
        </Dialog>
    }
}

/// What went wrong: where a rule forbids it, the rule.
#[component]
fn Refusal(error: ApiError) -> impl IntoView {
    let locale = use_locale();
    match &error {
        ApiError::Invalid(problems) if !problems.is_empty() => {
            let said = problems.iter().map(|problem| words::field_problem(locale, problem.kind));
            let said = said.collect::<Vec<_>>().join(" · ");
            view! { <p class="people-wrong" role="alert">{format!("■ {said}")}</p> }.into_any()
        }
        _ => view! { <Problem error /> }.into_any(),
    }
}
