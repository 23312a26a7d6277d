//! What an address shows that leads nowhere.

use leptos::prelude::*;
use leptos_i18n::td_string;

use crate::components::{LanguageToggle, PageTitle, use_locale};

/// The "not found" page, with that status.
#[component]
pub fn NotFoundPage() -> impl IntoView {
    set_status();
    let locale = use_locale();
    view! {
        <main class="alone">
            <PageTitle title=td_string!(locale, common.not_found.title) />
            <p>{td_string!(locale, common.not_found.hint)}</p>
            <p>
                <a href="/">{td_string!(locale, common.not_found.back)}</a>
            </p>
            <LanguageToggle />
        </main>
    }
}

/// The status of the response; the browser has none to set.
#[cfg(feature = "ssr")]
fn set_status() {
    if let Some(response) = use_context::<leptos_axum::ResponseOptions>() {
        response.set_status(axum::http::StatusCode::NOT_FOUND);
    }
}

#[cfg(not(feature = "ssr"))]
const fn set_status() {}
