//! Ending a team: says who sees more from then on before it does.

use leptos::form::ActionForm;
use leptos::prelude::*;

use crate::api::teams::DeleteTeam;
use crate::components::{Dialog, Problem, use_announcer, use_locale, words};
use crate::i18n::*;
use crate::model::people::Team;

/// Asks before the team in `doomed` is deleted.
#[component]
pub(super) fn DeleteDialog(
    doomed: RwSignal<Option<Team>>,
    delete: ServerAction<DeleteTeam>,
) -> impl IntoView {
    let locale = use_locale();
    let announcer = use_announcer();
    let open = RwSignal::new(false);
    Effect::new(move |_| {
        if doomed.with(Option::is_some) {
            delete.clear();
            open.set(true);
        }
    });
    Effect::new(move |_| {
        if !open.get() {
            doomed.set(None);
        }
    });
    Effect::new(move |_| {
        if matches!(delete.value().get(), Some(Ok(()))) {
            open.set(false);
            announcer.say(td_string!(locale, teams.deleted));
        }
    });
    view! {
        <Dialog open title=td_string!(locale, teams.delete_title).to_owned() id="teams-delete">
            {move || doomed.get().map(|team| view! { <Question team open delete /> })}
        </Dialog>
    }
}

#[component]
fn Question(team: Team, open: RwSignal<bool>, delete: ServerAction<DeleteTeam>) -> impl IntoView {
    let locale = use_locale();
    view! {
        <div class="body">
            <p>{words::fill(td_string!(locale, teams.delete_about), &[("name", &team.form.name)])}</p>
            {move || match delete.value().get() {
                Some(Err(error)) => Some(view! { <Problem error /> }),
                _ => None,
            }}
            <ActionForm action=delete>
                <input type="hidden" name="id" value=team.id.to_string() />
                <div class="buttons">
                    <button type="button" on:click=move |_| open.set(false)>
                        {td_string!(locale, teams.keep)}
                    </button>
                    <button type="submit" class="danger" disabled=move || delete.pending().get()>
                        {move || {
                            if delete.pending().get() {
                                td_string!(locale, teams.deleting)
                            } else {
                                td_string!(locale, teams.delete_confirm)
                            }
                        }}
                    </button>
                </div>
            </ActionForm>
        </div>
    }
}
