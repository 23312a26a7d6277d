//! Which language a page is rendered in: the cookie that `POST /language` and the sign-in write, else what the browser
//! asks for. In the browser the answer is the `lang` of the document that came.
//!
//! The provider of `leptos_i18n` is left out: it follows changes of the browser's settings, and that brings the
//! parsing of language tags into what every browser downloads. A page here keeps the language it came in.

use crate::i18n::Locale;

/// The cookie that holds the language before somebody is signed in, and on walls.
pub const LANGUAGE_COOKIE: &str = "switchdesk_language";

/// The language of the page that is asked for.
#[cfg(feature = "ssr")]
pub fn preferred() -> Locale {
    use leptos_i18n::Locale as _;

    Locale::find_locale(&asked_for().unwrap_or_default())
}

/// The languages of `Accept-Language` without their weights, which come in order; the chosen one first.
#[cfg(feature = "ssr")]
fn asked_for() -> Option<Vec<String>> {
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
        .map(|(_, language)| language);
    let accepted = headers.get(ACCEPT_LANGUAGE).and_then(|header| header.to_str().ok()).unwrap_or_default();
    let accepted = accepted.split(',').filter_map(|language| language.split(';').next());
    Some(chosen.into_iter().chain(accepted).map(str::to_owned).collect())
}

/// The language of the page that came.
#[cfg(not(feature = "ssr"))]
pub fn preferred() -> Locale {
    let root = leptos::prelude::document().document_element();
    root.and_then(|root| root.get_attribute("lang")?.parse().ok()).unwrap_or_default()
}
