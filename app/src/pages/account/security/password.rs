//! Changing the own password. A plain form: it works without the program too.

use leptos::form::ActionForm;
use leptos::prelude::*;

use super::{problem_of, trouble_of};
use crate::api::security::ChangePassword;
use crate::components::{Card, TextField, use_locale};
use crate::i18n::*;

#[component]
pub(super) fn PasswordCard() -> impl IntoView {
    let locale = use_locale();
    let change = ServerAction::<ChangePassword>::new();
    let value = change.value();
    let wrong = move |field: &'static str| Signal::derive(move || problem_of(value.get(), field));
    let (password, new, again) =
        (RwSignal::new(String::new()), RwSignal::new(String::new()), RwSignal::new(String::new()));
    Effect::new(move |_| {
        if matches!(value.get(), Some(Ok(()))) {
            for field in [password, new, again] {
                field.set(String::new());
            }
            // Whoever had to change it first finds everything open now: the frame around is made anew.
            leave_confinement();
        }
    });
    view! {
        <Card id="account-password" title=td_string!(locale, account.change_password).to_owned()>
            <ActionForm action=change>
                <div class="body">
                    <TextField
                        name="password"
                        kind="password"
                        autocomplete="current-password"
                        label=td_string!(locale, account.password).to_owned()
                        value=password
                        required=true
                        problem=wrong("password")
                    />
                    <TextField
                        name="new"
                        kind="password"
                        autocomplete="new-password"
                        label=td_string!(locale, account.new_password).to_owned()
                        value=new
                        required=true
                        hint=td_string!(locale, account.new_password_hint).to_owned()
                        problem=wrong("new")
                    />
                    <TextField
                        name="again"
                        kind="password"
                        autocomplete="new-password"
                        label=td_string!(locale, account.again).to_owned()
                        value=again
                        required=true
                        problem=wrong("again")
                    />
                    {move || trouble_of(value.get())}
                    <p role="status">
                        {move || {
                            matches!(value.get(), Some(Ok(())))
                                .then(|| format!("✓ {}", td_string!(locale, account.password_changed)))
                        }}
                    </p>
                    <div class="buttons">
                        <button type="submit" class="primary" disabled=move || change.pending().get()>
                            {move || {
                                if change.pending().get() {
                                    td_string!(locale, account.changing)
                                } else {
                                    td_string!(locale, account.change_password)
                                }
                            }}
                        </button>
                    </div>
                </div>
            </ActionForm>
        </Card>
    }
}

/// Loads the page again where nothing but it was open.
fn leave_confinement() {
    if use_context::<super::super::Confined>().is_some_and(|confined| confined.0) {
        // A page that cannot be loaded again stays as it is, and says what was done.
        let _ = window().location().reload();
    }
}
