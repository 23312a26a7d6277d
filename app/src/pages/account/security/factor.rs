//! The second factor: setting it up, turning it off, other recovery codes. Each asks for the password again.

use leptos::ev::SubmitEvent;
use leptos::prelude::*;

use super::{problem_of, trouble_of};
use crate::api::ApiError;
use crate::api::security::{BeginSecondFactor, ConfirmSecondFactor, RemoveSecondFactor, RenewRecoveryCodes};
use crate::components::asked::Asked;
use crate::components::{Card, Dialog, TextField, use_announcer, use_locale, words};
use crate::i18n::*;
use crate::model::problem::ProblemKind;
use crate::model::security::{AccountSecurity, SecondFactorSetup};

/// What the dialog is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Purpose {
    Begin,
    Renew,
    Remove,
}

/// What can be asked of the server here.
#[derive(Clone, Copy)]
struct Actions {
    begin: ServerAction<BeginSecondFactor>,
    confirm: ServerAction<ConfirmSecondFactor>,
    renew: ServerAction<RenewRecoveryCodes>,
    remove: ServerAction<RemoveSecondFactor>,
}

impl Actions {
    fn clear(self) {
        self.begin.clear();
        self.confirm.clear();
        self.renew.clear();
        self.remove.clear();
    }

    fn is_pending(self) -> bool {
        self.begin.pending().get()
            || self.confirm.pending().get()
            || self.renew.pending().get()
            || self.remove.pending().get()
    }

    /// The recovery codes that were just drawn.
    fn codes(self) -> Option<Vec<String>> {
        let drawn = self.confirm.value().get().or_else(|| self.renew.value().get());
        drawn.and_then(Result::ok)
    }

    /// What the server has answered to the password.
    fn answer(self, purpose: Purpose) -> Option<Result<(), ApiError>> {
        match purpose {
            Purpose::Begin => self.begin.value().get().map(|answer| answer.map(drop)),
            Purpose::Renew => self.renew.value().get().map(|answer| answer.map(drop)),
            Purpose::Remove => self.remove.value().get(),
        }
    }
}

/// The state of the second factor and its buttons.
#[component]
pub(super) fn FactorCard(
    state: AccountSecurity,
    security: Asked<Result<AccountSecurity, ApiError>>,
) -> impl IntoView {
    let locale = use_locale();
    let purpose = RwSignal::new(None::<Purpose>);
    let button = move |wanted: Purpose, words: &'static str, class: &'static str| {
        view! {
            <button type="button" class=class aria-haspopup="dialog" on:click=move |_| purpose.set(Some(wanted))>
                {words}
            </button>
        }
        .into_any()
    };
    let about = if state.has_second_factor {
        td_string!(locale, account.factor_on)
    } else {
        td_string!(locale, account.factor_off)
    };
    let left = words::fill(
        td_string!(locale, account.codes_left),
        &[("count", &state.recovery_codes_left.to_string())],
    );
    view! {
        <Card id="account-factor" title=td_string!(locale, account.factor).to_owned()>
            <div class="body">
                <p>{about}</p>
                {state.has_second_factor.then(|| view! { <p>{left}</p> })}
                {state
                    .is_second_factor_demanded
                    .then(|| view! { <p class="muted">{td_string!(locale, account.factor_demanded)}</p> })}
                <div class="buttons">
                    {if state.has_second_factor {
                        let may_remove = !state.is_second_factor_demanded;
                        view! {
                            {button(Purpose::Renew, td_string!(locale, account.factor_renew), "")}
                            {may_remove
                                .then(|| button(Purpose::Remove, td_string!(locale, account.factor_remove), "danger"))}
                        }
                        .into_any()
                    } else {
                        button(Purpose::Begin, td_string!(locale, account.factor_begin), "primary")
                    }}
                </div>
            </div>
        </Card>
        <FactorDialog purpose security />
    }
}

/// The password, then what follows: the secret and its proof, the recovery codes, or nothing more.
#[component]
fn FactorDialog(
    purpose: RwSignal<Option<Purpose>>,
    security: Asked<Result<AccountSecurity, ApiError>>,
) -> impl IntoView {
    let locale = use_locale();
    let announcer = use_announcer();
    let open = RwSignal::new(false);
    let confined = use_context::<super::super::Confined>().is_some_and(|confined| confined.0);
    let actions = Actions {
        begin: ServerAction::new(),
        confirm: ServerAction::new(),
        renew: ServerAction::new(),
        remove: ServerAction::new(),
    };
    Effect::new(move |_| {
        if purpose.get().is_some() {
            actions.clear();
            open.set(true);
        }
    });
    // The cards are asked for again when the dialog has closed, and not under it: the codes in it are shown once.
    Effect::new(move |was_open: Option<bool>| {
        let is_open = open.get();
        if was_open == Some(true) && !is_open {
            purpose.set(None);
            if confined {
                // A page that cannot be loaded again stays as it is.
                let _ = window().location().reload();
            } else {
                security.refetch();
            }
        }
        is_open
    });
    Effect::new(move |_| {
        if matches!(actions.remove.value().get(), Some(Ok(()))) {
            open.set(false);
            announcer.say(td_string!(locale, account.factor_removed));
        }
    });
    // A refusal changes none of the three: what was typed stays.
    let stage = Memo::new(move |_| {
        (actions.codes(), actions.begin.value().get().and_then(Result::ok), purpose.get())
    });
    let title = Signal::derive(move || {
        let words = if actions.codes().is_some() {
            td_string!(locale, account.codes_title)
        } else {
            match purpose.get() {
                Some(Purpose::Renew) => td_string!(locale, account.factor_renew),
                Some(Purpose::Remove) => td_string!(locale, account.factor_remove),
                _ => td_string!(locale, account.factor),
            }
        };
        words.to_owned()
    });
    view! {
        <Dialog open title id="account-factor-dialog">
            {move || match stage.get() {
                (Some(codes), ..) => view! { <Codes codes open /> }.into_any(),
                (None, Some(setup), _) => view! { <Proof setup actions /> }.into_any(),
                (None, None, Some(purpose)) => view! { <AskPassword purpose open actions /> }.into_any(),
                (None, None, None) => ().into_any(),
            }}
        </Dialog>
    }
}

#[component]
fn AskPassword(purpose: Purpose, open: RwSignal<bool>, actions: Actions) -> impl IntoView {
    let locale = use_locale();
    let password = RwSignal::new(String::new());
    let on_submit = move |event: SubmitEvent| {
        event.prevent_default();
        if untrack(|| actions.is_pending()) {
            return;
        }
        let password = password.get_untracked();
        match purpose {
            Purpose::Begin => drop(actions.begin.dispatch(BeginSecondFactor { password })),
            Purpose::Renew => drop(actions.renew.dispatch(RenewRecoveryCodes { password })),
            Purpose::Remove => drop(actions.remove.dispatch(RemoveSecondFactor { password })),
        }
    };
    let about = match purpose {
        Purpose::Begin => None,
        Purpose::Renew => Some(td_string!(locale, account.renew_about)),
        Purpose::Remove => Some(td_string!(locale, account.remove_about)),
    };
    let problem = Signal::derive(move || problem_of(actions.answer(purpose), "password"));
    view! {
        <form class="body" novalidate on:submit=on_submit>
            {about.map(|about| view! { <p>{about}</p> })}
            <TextField
                name="factor-password"
                kind="password"
                autocomplete="current-password"
                label=td_string!(locale, account.password).to_owned()
                value=password
                required=true
                hint=td_string!(locale, account.confirm_password).to_owned()
                problem=problem
            />
            {move || trouble_of(actions.answer(purpose))}
            <div class="buttons">
                <button type="button" on:click=move |_| open.set(false)>
                    {td_string!(locale, common.cancel)}
                </button>
                <button
                    type="submit"
                    class=if purpose == Purpose::Remove { "danger" } else { "primary" }
                    disabled=move || actions.is_pending()
                >
                    {td_string!(locale, account.go_on)}
                </button>
            </div>
        </form>
    }
}

/// The secret for the authenticator, and the proof that it has it.
#[component]
fn Proof(setup: SecondFactorSetup, actions: Actions) -> impl IntoView {
    let locale = use_locale();
    let code = RwSignal::new(String::new());
    let on_submit = move |event: SubmitEvent| {
        event.prevent_default();
        if !untrack(|| actions.is_pending()) {
            actions.confirm.dispatch(ConfirmSecondFactor { code: code.get_untracked() });
        }
    };
    let SecondFactorSetup { secret, url, qr } = setup;
    let view_box = format!("0 0 {0} {0}", qr.width);
    let problem: Signal<Option<ProblemKind>> = Signal::derive(move || {
        let answer = actions.confirm.value().get();
        problem_of(answer.clone(), "code").or_else(|| problem_of(answer, "password"))
    });
    view! {
        <form class="body" novalidate on:submit=on_submit>
            <p>{td_string!(locale, account.scan)}</p>
            <svg class="account-qr" viewBox=view_box role="img" aria-label=td_string!(locale, account.scan)>
                <path d=qr.path />
            </svg>
            <p>
                {td_string!(locale, account.key)} ": " <code class="account-key">{in_groups(&secret)}</code>
            </p>
            <p>
                <a href=url rel="external">
                    {td_string!(locale, account.on_this_phone)}
                </a>
            </p>
            <TextField
                name="factor-code"
                autocomplete="one-time-code"
                label=td_string!(locale, account.type_code).to_owned()
                value=code
                required=true
                problem=problem
            />
            {move || trouble_of(actions.confirm.value().get())}
            <div class="buttons">
                <button type="submit" class="primary" disabled=move || actions.is_pending()>
                    {td_string!(locale, account.turn_on)}
                </button>
            </div>
        </form>
    }
}

/// In groups of four, as it is easier to type.
fn in_groups(secret: &str) -> String {
    let mut groups = String::with_capacity(secret.len() * 5 / 4);
    for (place, letter) in secret.chars().enumerate() {
        if place > 0 && place % 4 == 0 {
            groups.push(' ');
        }
        groups.push(letter);
    }
    groups
}

#[component]
fn Codes(codes: Vec<String>, open: RwSignal<bool>) -> impl IntoView {
    let locale = use_locale();
    let lines = codes.into_iter().map(|code| view! { <li>{code}</li> }).collect_view();
    view! {
        <div class="body">
            <p>{td_string!(locale, account.codes_about)}</p>
            <ul class="account-codes">{lines}</ul>
            <div class="buttons">
                <button type="button" class="primary" on:click=move |_| open.set(false)>
                    {td_string!(locale, account.codes_done)}
                </button>
            </div>
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::in_groups;

    #[test]
    fn keys_are_read_in_groups() {
        assert_eq!(in_groups("GEZDGNBVGY"), "GEZD GNBV GY");
        assert_eq!(in_groups(""), "");
    }
}
