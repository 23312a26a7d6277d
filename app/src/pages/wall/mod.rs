//! The wall screen: chosen queues, read from five metres, opened by a link and by nobody.
//!
//! - `order`: which queues, in which order, and what the figures say; pure.
//! - `screen`: the live screen.
//! - `gone`: what stands there when the link leads nowhere, or nothing answers.

#![allow(unreachable_pub, reason = "the macro of components writes `pub`, whatever their own visibility")]

mod gone;
mod order;
mod screen;

use leptos::context::Provider;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::hooks::use_params_map;
use leptos_router::{LazyRoute, lazy_route};

use crate::api::ApiError;
use crate::api::board::{WallView, read_wall};
use crate::components::asked::ask_first;
use crate::components::link::encode_segment;
use crate::i18n::Locale;
use crate::live::LiveProvider;
use crate::model::account::Language;

use super::sheet::link_sheet;
use gone::NoWall;
use screen::LiveWall;

/// A wall screen.
#[derive(Debug)]
pub struct WallPage;

#[lazy_route]
impl LazyRoute for WallPage {
    fn data() -> Self {
        link_sheet("wall");
        Self
    }

    fn view(_this: Self) -> AnyView {
        let params = use_params_map();
        let token = Memo::new(move |_| params.with(|params| params.get("token").unwrap_or_default()));
        let wall = ask_first(move || token.get(), read_wall);
        view! {
            <Suspense>
                {move || Suspend::new(async move {
                    let wall = wall.await;
                    let token = token.get_untracked();
                    match wall {
                        Ok(wall) => view! { <Wall wall token /> }.into_any(),
                        Err(error) => view! { <NoWall error token /> }.into_any(),
                    }
                })}
            </Suspense>
        }
        .into_any()
    }
}

/// The screen in its own language, whatever the browser prefers.
#[component]
fn Wall(wall: WallView, token: String) -> impl IntoView {
    let WallView { title, language, snapshot } = wall;
    let locale = match language {
        Language::En => Locale::en,
        Language::ZhCn => Locale::zh_CN,
    };
    let stream = format!("/live/wall/{}", encode_segment(&token));
    let on_refused = Callback::new(move |()| reload_if_gone(token.clone()));
    view! {
        <Provider value=locale>
            <LiveProvider snapshot stream on_refused>
                <LiveWall title />
            </LiveProvider>
        </Provider>
    }
}

/// Only a link that is gone for certain: the page that is loaded again says so. While the server is away the wall stays
/// as it is, greyed.
fn reload_if_gone(token: String) {
    spawn_local(async move {
        if matches!(read_wall(token).await, Err(ApiError::NotFound)) {
            // A page that cannot be loaded again stays as it is.
            let _ = window().location().reload();
        }
    });
}
