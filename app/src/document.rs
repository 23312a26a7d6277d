//! The document around every page. The browser never renders it, so what it says of the user's look costs no program.

use axum::http::request::Parts;
use leptos::nonce::use_nonce;
use leptos::prelude::*;
use leptos_meta::MetaTags;

use crate::App;
use crate::api::Caller;
use crate::i18n::I18nLocaleTrait as _;
use crate::language;
use crate::model::account::Theme;
use crate::pages::sheet::sheet_of;

/// The document around every page. Scripts carry the nonce of the content security policy.
pub fn shell(options: LeptosOptions) -> impl IntoView {
    let locale = language::preferred();
    let theme = theme_of_caller();
    let href = |name: &str| format!("/{}/{name}.css", options.site_pkg_dir);
    let style = href(&options.output_name);
    let part_style = sheet_of_page().map(|name| view! { <link rel="stylesheet" href=href(name) /> });
    view! {
        <!DOCTYPE html>
        <html lang=locale.as_str() dir=locale.direction().as_str() data-theme=theme.code()>
            <head>
                <meta charset="utf-8" />
                <meta name="viewport" content="width=device-width, initial-scale=1" />
                <meta name="color-scheme" content="light dark" />
                <link rel="icon" type="image/svg+xml" href="/favicon.svg" />
                <link rel="stylesheet" href=style />
                {part_style}
                // Before the program, which opens the stream through it.
                <script defer src="/live.js" nonce=use_nonce()></script>
                <HydrationScripts options=options />
                <MetaTags />
            </head>
            <body>
                <App />
            </body>
        </html>
    }
}

/// The sheet of the page that is asked for, beside the one of all pages.
fn sheet_of_page() -> Option<&'static str> {
    use_context::<Parts>().and_then(|parts| sheet_of(parts.uri.path()))
}

/// The theme of the signed-in user; of the machine for everybody else.
fn theme_of_caller() -> Theme {
    use_context::<Caller>().and_then(|caller| caller.user).map(|user| user.theme).unwrap_or_default()
}
