//! Ending a link: says what goes dark before it does.

use leptos::form::ActionForm;
use leptos::prelude::*;

use crate::api::walls::RevokeWall;
use crate::components::{Dialog, Problem, use_announcer, use_locale, words};
use crate::i18n::*;
use crate::model::wall::WallLink;

/// Asks before the link in `doomed` is revoked.
#[component]
pub(super) fn RevokeDialog(
    doomed: RwSignal<Option<WallLink>>,
    revoke: ServerAction<RevokeWall>,
) -> impl IntoView {
    let locale = use_locale();
    let announcer = use_announcer();
    let open = RwSignal::new(false);
    Effect::new(move |_| {
        if doomed.with(Option::is_some) {
            revoke.clear();
            open.set(true);
        }
    });
    Effect::new(move |_| {
        if !open.get() {
            doomed.set(None);
        }
    });
    Effect::new(move |_| {
        if matches!(revoke.value().get(), Some(Ok(()))) {
            open.set(false);
            announcer.say(td_string!(locale, walls.revoked));
        }
    });
    view! {
        <Dialog open title=td_string!(locale, walls.revoke_title).to_owned() id="walls-revoke">
            {move || doomed.get().map(|link| view! { <Question link open revoke /> })}
        </Dialog>
    }
}

#[component]
fn Question(link: WallLink, open: RwSignal<bool>, revoke: ServerAction<RevokeWall>) -> impl IntoView {
    let locale = use_locale();
    let WallLink { id, title, .. } = link;
    view! {
        <div class="body">
            <p>{words::fill(td_string!(locale, walls.revoke_about), &[("title", &title)])}</p>
            {move || match revoke.value().get() {
                Some(Err(error)) => Some(view! { <Problem error /> }),
                _ => None,
            }}
            <ActionForm action=revoke>
                <input type="hidden" name="id" value=id.to_string() />
                <div class="buttons">
                    <button type="button" on:click=move |_| open.set(false)>
                        {td_string!(locale, walls.keep)}
                    </button>
                    <button type="submit" class="danger" disabled=move || revoke.pending().get()>
                        {move || {
                            if revoke.pending().get() {
                                td_string!(locale, walls.revoking)
                            } else {
                                td_string!(locale, walls.revoke_confirm)
                            }
                        }}
                    </button>
                </div>
            </ActionForm>
        </div>
    }
}
