//! The links of wall screens: who has one, whether it is watched, making and revoking.
//!
//! - `list`: the links.
//! - `create`: making one, and showing its address once.
//! - `revoke`: ending one, with what that means.

#![allow(unreachable_pub, reason = "the macro of components writes `pub`, whatever their own visibility")]

mod create;
mod list;
mod revoke;

use std::time::Duration;

use leptos::prelude::*;

use crate::api::ApiError;
use crate::api::walls::{CreateWall, RevokeWall, list_walls};
use crate::components::asked::{Asked, ask_first};
use crate::components::{Card, EmptyState, PageTitle, Problem, use_locale};
use crate::i18n::*;
use crate::model::wall::WallLink;

use create::CreateDialog;
use list::WallTable;
use revoke::RevokeDialog;

/// How often the list asks which screens are alive.
const REFRESH: Duration = Duration::from_secs(30);

/// The links of wall screens.
#[derive(Debug)]
pub struct WallsPage;

impl WallsPage {
    /// The page itself.
    pub(crate) fn view() -> AnyView {
        let create = ServerAction::<CreateWall>::new();
        let revoke = ServerAction::<RevokeWall>::new();
        let changes = move || (create.version().get(), revoke.version().get());
        let links = ask_first(changes, |_| list_walls());
        view! { <Walls links create revoke /> }.into_any()
    }
}

#[component]
fn Walls(
    links: Asked<Result<Vec<WallLink>, ApiError>>,
    create: ServerAction<CreateWall>,
    revoke: ServerAction<RevokeWall>,
) -> impl IntoView {
    let locale = use_locale();
    let is_creating = RwSignal::new(false);
    let doomed = RwSignal::new(None::<WallLink>);
    Effect::new(move |_| {
        if let Ok(interval) = set_interval_with_handle(move || links.refetch(), REFRESH) {
            on_cleanup(move || interval.clear());
        }
    });
    let new_button = move || {
        view! {
            <button type="button" class="primary" on:click=move |_| is_creating.set(true)>
                {td_string!(locale, walls.new)}
            </button>
        }
    };
    view! {
        <div class="walls">
            <div class="bar">
                <PageTitle title=td_string!(locale, walls.title).to_owned() />
                <div class="push">{new_button()}</div>
            </div>
            <p class="muted walls-about">{td_string!(locale, walls.about)}</p>
            <Card id="walls-list" title=td_string!(locale, walls.list).to_owned()>
                // The old list stays while the new one is asked for.
                <Transition>
                    {move || Suspend::new(async move {
                        match links.await {
                            Ok(links) if links.is_empty() => {
                                view! {
                                    <EmptyState
                                        title=td_string!(locale, walls.empty_title).to_owned()
                                        hint=td_string!(locale, walls.empty_next).to_owned()
                                    />
                                }
                                .into_any()
                            }
                            Ok(links) => view! { <WallTable links doomed /> }.into_any(),
                            Err(error) => view! { <Problem error /> }.into_any(),
                        }
                    })}
                </Transition>
            </Card>
            <CreateDialog open=is_creating create />
            <RevokeDialog doomed revoke />
        </div>
    }
}
