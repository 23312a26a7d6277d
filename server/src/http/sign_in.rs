//! `POST /sign-in`, `POST /sign-in/code` and `POST /sign-out`: plain forms, so that they work without scripts.

use app::api::Caller;
use app::api::permit::{Permit, WorkAtDesk};
use app::model::account::{CurrentUser, Role};
use axum::Form;
use axum::extract::rejection::FormRejection;
use axum::extract::{Extension, State};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse as _, Redirect, Response};
use serde::Deserialize;
use tower_sessions::Session;

use super::look::look_cookies;
use super::redirect::{encoded, own_path};
use super::{problem, security};
use crate::auth::sign_in::{self, Admitted, Attempt, CodeAttempt, SignInProblem};
use crate::state::AppState;

/// The sign-in form.
#[derive(Deserialize)]
pub struct SignInForm {
    name: String,
    password: String,
    #[serde(default)]
    next: String,
}

/// Lets the user in and goes on with `next`, or back to `/login?problem=wrong|throttled|unavailable`.
pub async fn sign_in(
    State(state): State<AppState>,
    Extension(caller): Extension<Caller>,
    session: Session,
    headers: HeaderMap,
    form: Result<Form<SignInForm>, FormRejection>,
) -> Response {
    let Ok(Form(form)) = form else { return Redirect::to("/login?problem=wrong").into_response() };
    let user_agent = headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok());
    let attempt = Attempt {
        name: form.name.clone(),
        password: form.password,
        address: caller.address.clone(),
        user_agent: user_agent.unwrap_or_default().to_owned(),
        earlier: caller,
    };
    let next = own_path(&form.next);
    let outcome = sign_in::sign_in(&state.auth, &state.database, &session, attempt).await;
    state.metrics.count_sign_in(match &outcome {
        Ok(Admitted::In(_)) => "done",
        Ok(Admitted::AtSecondFactor) => "half-way",
        Err(problem) => problem.code(),
    });
    match outcome {
        Ok(Admitted::In(user)) => go_in(&user, next),
        Ok(Admitted::AtSecondFactor) => {
            Redirect::to(&with_next("/login?step=code".into(), next)).into_response()
        }
        Err(problem) => Redirect::to(&back_to_form(problem, &form.name, next)).into_response(),
    }
}

/// The form of the second factor.
#[derive(Deserialize)]
pub struct CodeForm {
    code: String,
    #[serde(default)]
    next: String,
}

/// Lets in who has given the password a moment ago, or back to `/login?step=code&problem=wrong-code|throttled|unavailable`, or
/// to the beginning.
pub async fn sign_in_with_code(
    State(state): State<AppState>,
    Extension(caller): Extension<Caller>,
    session: Session,
    headers: HeaderMap,
    form: Result<Form<CodeForm>, FormRejection>,
) -> Response {
    let Ok(Form(form)) = form else {
        return Redirect::to("/login?step=code&problem=wrong-code").into_response();
    };
    let user_agent = headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok());
    let attempt = CodeAttempt {
        code: form.code,
        address: caller.address,
        user_agent: user_agent.unwrap_or_default().to_owned(),
    };
    let next = own_path(&form.next);
    let outcome = sign_in::sign_in_with_code(&state.auth, &state.database, &session, attempt).await;
    state.metrics.count_sign_in(outcome.as_ref().err().map_or("done", |problem| problem.code()));
    match outcome {
        Ok(user) => go_in(&user, next),
        Err(problem @ (SignInProblem::Expired | SignInProblem::Wrong)) => {
            Redirect::to(&with_next(format!("/login?problem={}", problem.code()), next)).into_response()
        }
        Err(problem) => {
            Redirect::to(&with_next(format!("/login?step=code&problem={}", problem.code()), next))
                .into_response()
        }
    }
}

fn go_in(user: &CurrentUser, next: Option<&str>) -> Response {
    let target = next.unwrap_or_else(|| home_of(user));
    (look_cookies(user.language, user.theme), Redirect::to(target)).into_response()
}

/// How to sign out.
#[derive(Default, Deserialize)]
pub struct SignOutForm {
    /// Log out of the queues first.
    #[serde(default)]
    log_out: bool,
}

/// Ends the session with its live streams, and goes to the sign-in page. An agent who asks for it is logged out of the
/// queues first; where the switch does not do that, the session stays and the desk says so.
pub async fn sign_out(
    State(state): State<AppState>,
    Extension(caller): Extension<Caller>,
    session: Session,
    form: Result<Form<SignOutForm>, FormRejection>,
) -> Response {
    let Form(SignOutForm { log_out }) = form.unwrap_or_default();
    if log_out && let Ok(permit) = Permit::<WorkAtDesk>::ask(caller.clone()) {
        let logged_out = state.apis.desk.set_own_status(permit, "logged-out", None).await;
        if logged_out.is_err() {
            return Redirect::to("/desk?sign-out=failed").into_response();
        }
    }
    match sign_in::sign_out(&state.auth, &state.database, &session, &caller).await {
        Ok(()) => ([security::forget_stored()], Redirect::to("/login")).into_response(),
        Err(error) if error.is_unavailable() => {
            // Saying that the session has ended would be a lie: its cookie is good once the database is back.
            tracing::error!(%error, "cannot sign out");
            problem::database_unavailable()
        }
        Err(error) => problem::internal(&error),
    }
}

/// Where a user begins.
fn home_of(user: &CurrentUser) -> &'static str {
    match user.role {
        Role::Agent => "/desk",
        Role::Supervisor | Role::Admin => "/",
    }
}

fn back_to_form(problem: SignInProblem, name: &str, next: Option<&str>) -> String {
    let name: String = name.chars().take(64).collect();
    with_next(format!("/login?problem={}&name={}", problem.code(), encoded(&name)), next)
}

fn with_next(mut path: String, next: Option<&str>) -> String {
    if let Some(next) = next {
        path.push_str("&next=");
        path.push_str(&encoded(next));
    }
    path
}
