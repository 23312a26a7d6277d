//! Why the status was not changed, beside the buttons.

use leptos::prelude::*;

use crate::api::ApiError;
use crate::components::{use_locale, words};
use crate::i18n::*;

/// A refusal with its reason and the next step. It is read out at once.
#[component]
pub(super) fn Refusal(error: ApiError) -> impl IntoView {
    let locale = use_locale();
    // Without the program "On Break" is sent alone, and the answer asks for the reason.
    if matches!(error, ApiError::Invalid(_)) {
        return view! {
            <div class="desk-refusal" role="alert" data-level="warning">
                <p>
                    <span aria-hidden="true">"▲ "</span>
                    <strong>{td_string!(locale, desk.break_choose)}</strong>
                </p>
            </div>
        }
        .into_any();
    }
    let next = match &error {
        ApiError::Refused { .. } => Some(td_string!(locale, desk.refused_next)),
        ApiError::Unknown => Some(td_string!(locale, desk.unknown_outcome_next)),
        ApiError::SwitchUnavailable => Some(td_string!(locale, desk.switch_next)),
        _ => None,
    };
    let words = match &error {
        ApiError::NotFound => td_string!(locale, desk.agent_gone).to_owned(),
        ApiError::Forbidden => td_string!(locale, desk.untied_next).to_owned(),
        error => words::api_error(locale, error),
    };
    view! {
        <div class="desk-refusal" role="alert" data-level="critical">
            <p>
                <span aria-hidden="true">"■ "</span>
                <strong>{td_string!(locale, desk.not_set)}</strong>
            </p>
            <p>{words}</p>
            {next.map(|next| view! { <p>{next}</p> })}
        </div>
    }
    .into_any()
}
