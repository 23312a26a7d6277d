//! Ending a team: says who sees more from then on before it does.

use leptos::form::ActionForm;
use leptos::prelude::*;

use crate::api::teams::DeleteTeam;
use crate::components::subject::{Asking, Confirm, DialogButtons, SubjectDialog};
use crate::components::{use_locale, words};
use crate::i18n::*;
use crate::model::people::Team;

/// Asks before the team in `doomed` is deleted.
#[component]
pub(super) fn DeleteDialog(
    doomed: RwSignal<Option<Team>>,
    delete: ServerAction<DeleteTeam>,
) -> impl IntoView {
    let locale = use_locale();
    let asking = Asking::of(*delete);
    let content = move |team: Team, open| {
        let about = words::fill(td_string!(locale, teams.delete_about), &[("name", &team.form.name)]);
        view! {
            <Confirm about asking>
                <ActionForm action=delete>
                    <input type="hidden" name="id" value=team.id.to_string() />
                    <DialogButtons
                        open
                        is_pending=asking.is_pending
                        class="danger"
                        cancel=td_string!(locale, teams.keep)
                        submit=td_string!(locale, teams.delete_confirm)
                        submitting=td_string!(locale, teams.deleting)
                    />
                </ActionForm>
            </Confirm>
        }
        .into_any()
    };
    view! {
        <SubjectDialog
            subject=doomed
            title=td_string!(locale, teams.delete_title).to_owned()
            id="teams-delete"
            asking
            done=td_string!(locale, teams.deleted)
            content=Box::new(content)
        />
    }
}
