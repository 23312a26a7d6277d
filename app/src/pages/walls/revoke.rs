//! Ending a link: says what goes dark before it does.

use leptos::form::ActionForm;
use leptos::prelude::*;

use crate::api::walls::RevokeWall;
use crate::components::subject::{Asking, Confirm, DialogButtons, SubjectDialog};
use crate::components::{use_locale, words};
use crate::i18n::*;
use crate::model::wall::WallLink;

/// Asks before the link in `doomed` is revoked.
#[component]
pub(super) fn RevokeDialog(
    doomed: RwSignal<Option<WallLink>>,
    revoke: ServerAction<RevokeWall>,
) -> impl IntoView {
    let locale = use_locale();
    let asking = Asking::of(*revoke);
    let content = move |WallLink { id, title, .. }: WallLink, open| {
        let about = words::fill(td_string!(locale, walls.revoke_about), &[("title", &title)]);
        view! {
            <Confirm about asking>
                <ActionForm action=revoke>
                    <input type="hidden" name="id" value=id.to_string() />
                    <DialogButtons
                        open
                        is_pending=asking.is_pending
                        class="danger"
                        cancel=td_string!(locale, walls.keep)
                        submit=td_string!(locale, walls.revoke_confirm)
                        submitting=td_string!(locale, walls.revoking)
                    />
                </ActionForm>
            </Confirm>
        }
        .into_any()
    };
    view! {
        <SubjectDialog
            subject=doomed
            title=td_string!(locale, walls.revoke_title).to_owned()
            id="walls-revoke"
            asking
            done=td_string!(locale, walls.revoked)
            content=Box::new(content)
        />
    }
}
