//! How the account is guarded: the password, and the second factor with its recovery codes.
//!
//! - `password`: changing the own password.
//! - `factor`: setting the second factor up, turning it off, drawing other recovery codes.

mod factor;
mod password;

use leptos::prelude::*;

use crate::api::ApiError;
use crate::components::asked::Asked;
use crate::components::{Problem, use_locale};
use crate::i18n::*;
use crate::model::problem::ProblemKind;
use crate::model::security::AccountSecurity;

use factor::FactorCard;
use password::PasswordCard;

/// Both cards, and what must be done before anything else opens.
#[component]
pub(super) fn SecurityCards(
    /// As the server has it.
    security: Asked<Result<AccountSecurity, ApiError>>,
) -> impl IntoView {
    view! {
        // The old cards stay while the new ones are asked for.
        <Transition>
            {move || Suspend::new(async move {
                match security.await {
                    Ok(state) => {
                        view! {
                            <Duties state />
                            <div class="account-cards">
                                <PasswordCard />
                                <FactorCard state security />
                            </div>
                        }
                        .into_any()
                    }
                    Err(error) => view! { <Problem error /> }.into_any(),
                }
            })}
        </Transition>
    }
}

/// What must be done before anything else opens.
#[component]
fn Duties(state: AccountSecurity) -> impl IntoView {
    let locale = use_locale();
    let lacks_factor = state.is_second_factor_demanded && !state.has_second_factor;
    (state.must_change_password || lacks_factor).then(|| {
        view! {
            <div class="problem" role="alert">
                <strong>
                    <span aria-hidden="true">"▲ "</span>
                    {td_string!(locale, account.confined)}
                </strong>
                {state
                    .must_change_password
                    .then(|| view! { <p>{td_string!(locale, account.must_change)}</p> })}
                {lacks_factor.then(|| view! { <p>{td_string!(locale, account.must_set_factor)}</p> })}
            </div>
        }
    })
}

/// What is wrong with a field, as the server has answered.
fn problem_of<T>(outcome: Option<Result<T, ApiError>>, field: &str) -> Option<ProblemKind> {
    match outcome {
        Some(Err(ApiError::Invalid(problems))) => {
            problems.iter().find(|problem| problem.field == field).map(|problem| problem.kind)
        }
        _ => None,
    }
}

/// What went wrong beside the fields.
fn trouble_of<T>(outcome: Option<Result<T, ApiError>>) -> Option<AnyView> {
    match outcome {
        Some(Err(ApiError::Invalid(_)) | Ok(_)) | None => None,
        Some(Err(error)) => Some(view! { <Problem error /> }.into_any()),
    }
}
