//! What went wrong, in words, with the next step.

use leptos::prelude::*;
use leptos_i18n::td_string;

use super::words::{self, use_locale};
use crate::api::ApiError;
use crate::i18n::Locale;

/// An error where it happened. It is read out at once.
#[component]
pub fn Problem(
    /// What went wrong.
    error: ApiError,
) -> impl IntoView {
    let locale: Locale = use_locale();
    view! {
        <div class="problem" role="alert">
            <strong>
                <span aria-hidden="true">"■ "</span>
                {td_string!(locale, problems.title)}
            </strong>
            <p>{words::api_error(locale, &error)}</p>
        </div>
    }
}
