//! `POST /language` and `POST /theme`: plain forms that set a cookie, for the pages before the sign-in too, and the
//! user's row.

use app::api::Caller;
use app::language::LANGUAGE_COOKIE;
use app::model::account::{Language, Theme};
use axum::Form;
use axum::extract::{Extension, State};
use axum::http::{HeaderMap, HeaderName, header};
use axum::response::{AppendHeaders, IntoResponse as _, Redirect, Response};
use serde::Deserialize;

use super::problem;
use super::redirect::{own_path, referring_path};
use crate::state::AppState;
use crate::storage::{Database, StorageError, users};

/// The theme's cookie.
pub const THEME_COOKIE: &str = "switchdesk_theme";

/// The language form.
#[derive(Deserialize)]
pub struct LanguageForm {
    language: String,
    #[serde(default)]
    next: String,
}

/// The theme form.
#[derive(Deserialize)]
pub struct ThemeForm {
    theme: String,
    #[serde(default)]
    next: String,
}

/// Sets the language and goes back to the page.
pub async fn set_language(
    State(state): State<AppState>,
    Extension(caller): Extension<Caller>,
    headers: HeaderMap,
    Form(form): Form<LanguageForm>,
) -> Response {
    let Some(language) = Language::from_tag(&form.language) else { return back(&headers, &form.next) };
    if let Err(refused) = keep(&state, &caller, Some(language), None).await {
        return refused;
    }
    (AppendHeaders([cookie(LANGUAGE_COOKIE, language.tag())]), back(&headers, &form.next)).into_response()
}

/// Sets the theme and goes back to the page.
pub async fn set_theme(
    State(state): State<AppState>,
    Extension(caller): Extension<Caller>,
    headers: HeaderMap,
    Form(form): Form<ThemeForm>,
) -> Response {
    let Some(theme) = Theme::from_code(&form.theme) else { return back(&headers, &form.next) };
    if let Err(refused) = keep(&state, &caller, None, Some(theme)).await {
        return refused;
    }
    (AppendHeaders([cookie(THEME_COOKIE, theme.code())]), back(&headers, &form.next)).into_response()
}

/// The cookies of a user's language and theme, for the moment of the sign-in.
pub fn look_cookies(language: Language, theme: Theme) -> AppendHeaders<[(HeaderName, String); 2]> {
    AppendHeaders([cookie(LANGUAGE_COOKIE, language.tag()), cookie(THEME_COOKIE, theme.code())])
}

async fn keep(
    state: &AppState,
    caller: &Caller,
    language: Option<Language>,
    theme: Option<Theme>,
) -> Result<(), Response> {
    let Some(user) = &caller.user else { return Ok(()) };
    match store(&state.database, user.id, language, theme).await {
        Ok(()) => {
            state.auth.sessions.forget_user(user.id);
            Ok(())
        }
        Err(error) if error.is_unavailable() => {
            tracing::error!(%error, "cannot store language or theme");
            Err(problem::database_unavailable())
        }
        Err(error) => Err(problem::internal(&error)),
    }
}

async fn store(
    database: &Database,
    user_id: u64,
    language: Option<Language>,
    theme: Option<Theme>,
) -> Result<(), StorageError> {
    users::update_look(database.pool()?, user_id, language, theme).await
}

/// `value` is one of a few codes, so it needs no encoding.
fn cookie(name: &str, value: &str) -> (HeaderName, String) {
    (header::SET_COOKIE, format!("{name}={value}; Path=/; Max-Age=31536000; SameSite=Lax"))
}

fn back(headers: &HeaderMap, next: &str) -> Response {
    let target = own_path(next).map(str::to_owned).or_else(|| referring_path(headers));
    Redirect::to(target.as_deref().unwrap_or("/")).into_response()
}
