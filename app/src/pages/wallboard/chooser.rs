//! The dialog that chooses which queues are shown.

use leptos::prelude::*;
use leptos_i18n::td_string;

use super::order::{use_change_preferences, use_preferences};
use crate::components::Dialog;
use crate::components::Each;
use crate::components::words::use_locale;
use crate::live::store::use_live_board;

#[component]
pub(super) fn Chooser(open: RwSignal<bool>) -> impl IntoView {
    let locale = use_locale();
    view! {
        <Dialog open=open id="chooser-title" title=td_string!(locale, wallboard.choose).to_owned()>
            <Choices open=open />
        </Dialog>
    }
}

#[component]
fn Choices(open: RwSignal<bool>) -> impl IntoView {
    let locale = use_locale();
    let board = use_live_board();
    let preferences = use_preferences();
    let change = use_change_preferences();
    let keys = board.queues.keys();
    let all_keys = keys.clone();

    view! {
        <div class="body">
            <p class="muted">{td_string!(locale, wallboard.choose_hint)}</p>
            <div class="checks">
                <Each
                    keys=move || keys.get()
                    children=move |key| {
                        let row = board.queues.get(&key);
                        let name = move || {
                            row.as_ref().map(|row| row.with(|row| row.display_name.clone())).unwrap_or_default()
                        };
                        let node = key.node.0.clone();
                        let shown_key = key.clone();
                        let is_shown = move || {
                            preferences.with(|preferences| !preferences.hidden_queues.contains(&shown_key))
                        };
                        view! {
                            <label>
                                <input
                                    type="checkbox"
                                    prop:checked=is_shown
                                    on:change=move |event| {
                                        let is_shown = event_target_checked(&event);
                                        change(
                                            &|preferences| {
                                                preferences.hidden_queues.retain(|other| *other != key);
                                                if !is_shown {
                                                    preferences.hidden_queues.push(key.clone());
                                                }
                                            },
                                        );
                                    }
                                />
                                <span>{name} " " <small class="muted">{node}</small></span>
                            </label>
                        }
                    }
                />
            </div>
            <div class="buttons">
                <button
                    type="button"
                    on:click=move |_| {
                        change(&|preferences| preferences.hidden_queues = all_keys.get_untracked());
                    }
                >
                    {td_string!(locale, wallboard.hide_all)}
                </button>
                <button type="button" on:click=move |_| change(&|preferences| preferences.hidden_queues.clear())>
                    {td_string!(locale, wallboard.show_all)}
                </button>
                <button type="button" class="primary" on:click=move |_| open.set(false)>
                    {td_string!(locale, common.close)}
                </button>
            </div>
        </div>
    }
}
