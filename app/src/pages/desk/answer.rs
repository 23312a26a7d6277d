//! What became of a press, beside the buttons.

use leptos::prelude::*;

use crate::api::ApiError;
use crate::components::{use_locale, words};
use crate::i18n::*;

/// What the switch answered to the last press: asked, done, refused in its words, or unknown.
#[component]
pub(super) fn Answer(
    /// The answer, while there is one.
    #[prop(into)]
    value: Signal<Option<Result<(), ApiError>>>,
    /// It is being asked.
    #[prop(into)]
    is_asking: Signal<bool>,
    /// What it means that it was done.
    #[prop(into)]
    done: Signal<String>,
    /// What is waited for, where it is not the switch alone.
    #[prop(optional)]
    asking: Option<&'static str>,
) -> impl IntoView {
    let locale = use_locale();
    view! {
        <p class="desk-answer" role="status">
            {move || match value.get() {
                _ if is_asking.get() => Some(asking.unwrap_or(td_string!(locale, desk.asking)).to_owned()),
                Some(Ok(())) => Some(done.get()),
                _ => None,
            }}
        </p>
        {move || match value.get() {
            Some(Err(error)) if !is_asking.get() => {
                let words = match &error {
                    ApiError::NotFound => td_string!(locale, desk.call_over).to_owned(),
                    ApiError::Unknown => td_string!(locale, desk.call_unknown).to_owned(),
                    error => words::api_error(locale, error),
                };
                Some(
                    view! {
                        <p class="desk-answer wrong" role="alert">
                            <span aria-hidden="true">"■ "</span>
                            {words}
                        </p>
                    },
                )
            }
            _ => None,
        }}
    }
}
