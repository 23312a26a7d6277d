//! Which language a page is rendered in: the cookie that `POST /language` and the sign-in write, else what the browser
//! asks for. In the browser the answer is the `lang` of the document that came.

use leptos_i18n::context::UseLocalesOptions;

/// The cookie that holds the language before somebody is signed in, and on walls.
pub const LANGUAGE_COOKIE: &str = "switchdesk_language";

/// The options of the i18n provider.
pub fn preferred_languages() -> UseLocalesOptions {
    UseLocalesOptions::default().ssr_lang_header_getter(asked_for)
}

/// A list of languages as `Accept-Language` has it, the chosen one first.
#[cfg(feature = "ssr")]
fn asked_for() -> Option<String> {
    use axum::http::header::{ACCEPT_LANGUAGE, COOKIE};
    use axum::http::request::Parts;

    let headers = leptos::prelude::use_context::<Parts>()?.headers;
    let chosen = headers
        .get_all(COOKIE)
        .iter()
        .filter_map(|header| header.to_str().ok())
        .flat_map(|cookies| cookies.split(';'))
        .filter_map(|cookie| cookie.trim().split_once('='))
        .find(|(name, _)| *name == LANGUAGE_COOKIE)
        .map(|(_, language)| language.to_owned());
    let accepted = headers.get(ACCEPT_LANGUAGE).and_then(|header| header.to_str().ok()).map(str::to_owned);
    let languages: Vec<String> = chosen.into_iter().chain(accepted).collect();
    (!languages.is_empty()).then(|| languages.join(","))
}

#[cfg(not(feature = "ssr"))]
fn asked_for() -> Option<String> {
    None
}
