//! What every page has for its user: the language, signing out.

use leptos::prelude::*;
use leptos_i18n::td_string;
use leptos_router::hooks::use_location;

use super::words::use_locale;

/// Where a form of the server should come back to.
fn use_here() -> impl Fn() -> String + Copy + Send + Sync + 'static {
    let location = use_location();
    move || {
        // On the server a request that was given up may end its page while this is still asked.
        let (path, search) = (location.pathname.try_get(), location.search.try_get());
        let (path, search) = (path.unwrap_or_default(), search.unwrap_or_default());
        if search.is_empty() { path } else { format!("{path}?{search}") }
    }
}

/// A button with the other language, in that language. A plain form: works without WASM.
#[component]
pub fn LanguageToggle() -> impl IntoView {
    let locale = use_locale();
    let here = use_here();
    let tag = td_string!(locale, common.language_other_tag);
    view! {
        <form method="post" action="/language">
            <input type="hidden" name="language" value=tag />
            <input type="hidden" name="next" value=here />
            <button type="submit" class="quiet" lang=tag aria-label=td_string!(locale, common.language_other_label)>
                {td_string!(locale, common.language_other)}
            </button>
        </form>
    }
}

/// The button that signs out. A plain form: works without WASM.
#[component]
pub fn SignOut() -> impl IntoView {
    let locale = use_locale();
    view! {
        <form method="post" action="/sign-out">
            <button type="submit" class="quiet">{td_string!(locale, common.nav.sign_out)}</button>
        </form>
    }
}
