//! A wall screen without a wall: says why, and comes back by itself.

use std::time::Duration;

use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::api::ApiError;
use crate::api::board::read_wall;
use crate::components::{PageTitle, use_locale, words};
use crate::i18n::*;

/// A revoked link may be a mistake that somebody undoes; nobody waits for it by the second.
const RETRY_GONE: Duration = Duration::from_secs(60);
/// A server or database that is away comes back, and then the screen should.
const RETRY_FAILED: Duration = Duration::from_secs(10);

/// Why there is no wall.
#[component]
pub(super) fn NoWall(error: ApiError, token: String) -> impl IntoView {
    let locale = use_locale();
    let is_gone = error == ApiError::NotFound;
    let (title, about, next) = if is_gone {
        (
            td_string!(locale, wall.gone_title),
            td_string!(locale, wall.gone_about).to_owned(),
            td_string!(locale, wall.gone_next),
        )
    } else {
        (
            td_string!(locale, wall.failed_title),
            words::api_error(locale, &error),
            td_string!(locale, wall.failed_next),
        )
    };
    try_again(error, token, if is_gone { RETRY_GONE } else { RETRY_FAILED });
    view! {
        <main class="wall wall-none" id="main" lang=locale.as_str()>
            <p class="wall-none-sign" aria-hidden="true">
                {if is_gone { "○" } else { "■" }}
            </p>
            <PageTitle title=title.to_owned() />
            <p>{about}</p>
            <p class="muted">{next}</p>
        </main>
    }
}

/// Asks again now and then. Whatever else the server answers, it is there and has another page to show: a load brings
/// that, with the program that fits it.
fn try_again(error: ApiError, token: String, every: Duration) {
    Effect::new(move |_| {
        let (error, token) = (error.clone(), token.clone());
        let ask = move || {
            let (error, token) = (error.clone(), token.clone());
            spawn_local(async move {
                let is_unchanged = match read_wall(token).await {
                    Ok(_) => false,
                    Err(again) => again == error || again == ApiError::ServerUnreachable,
                };
                if !is_unchanged {
                    // A load that fails leaves the page as it is, and the next turn tries again.
                    let _ = window().location().reload();
                }
            });
        };
        if let Ok(interval) = set_interval_with_handle(ask, every) {
            on_cleanup(move || interval.clear());
        }
    });
}
