//! A first password, shown once.

use leptos::html;
use leptos::prelude::*;

use crate::components::{use_locale, words};
use crate::i18n::*;
use crate::model::people::FirstPassword;

/// The password to hand over, or that there is none to show because it was chosen.
#[component]
pub(super) fn FirstPasswordNote(
    /// What the server answered.
    made: FirstPassword,
) -> impl IntoView {
    let locale = use_locale();
    let FirstPassword { name, password, .. } = made;
    let Some(password) = password else {
        return view! { <p>{words::fill(td_string!(locale, people.chosen_about), &[("name", &name)])}</p> }
            .into_any();
    };
    let field = NodeRef::<html::Input>::new();
    let select = move |_| {
        if let Some(field) = field.get_untracked() {
            field.select();
        }
    };
    view! {
        <p>{words::fill(td_string!(locale, people.made_about), &[("name", &name)])}</p>
        <div class="field">
            <label for="first-password">{td_string!(locale, people.reset_title)}</label>
            <input
                id="first-password"
                class="people-password"
                node_ref=field
                type="text"
                readonly
                value=password
                on:focus=select
            />
        </div>
    }
    .into_any()
}
