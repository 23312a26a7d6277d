//! Where a user is signed in, each to be ended from here.

use leptos::form::ActionForm;
use leptos::prelude::*;

use super::super::account::{Moment, short_description};
use crate::api::people::RevokePersonSession;
use crate::components::{Card, Problem, use_locale};
use crate::i18n::*;
use crate::model::account::SessionRow;

/// The list, the last seen first.
#[component]
pub(super) fn SessionsCard(
    id: u64,
    sessions: Vec<SessionRow>,
    revoke: ServerAction<RevokePersonSession>,
) -> impl IntoView {
    let locale = use_locale();
    let is_nowhere = sessions.is_empty();
    let lines = sessions
        .into_iter()
        .map(|session| view! { <Line id session revoke /> }.into_any())
        .collect::<Vec<_>>();
    view! {
        <Card id="people-sessions" title=td_string!(locale, people.sessions).to_owned()>
            {move || match revoke.value().get() {
                Some(Err(error)) => Some(view! { <Problem error /> }),
                _ => None,
            }}
            {if is_nowhere {
                view! { <p class="body muted">{td_string!(locale, people.sessions_none)}</p> }.into_any()
            } else {
                view! { <ul class="people-sessions">{lines}</ul> }.into_any()
            }}
        </Card>
    }
}

#[component]
fn Line(id: u64, session: SessionRow, revoke: ServerAction<RevokePersonSession>) -> impl IntoView {
    let locale = use_locale();
    let SessionRow { id: handle, last_seen_at, address, user_agent, .. } = session;
    let browser = short_description(&user_agent)
        .unwrap_or_else(|| td_string!(locale, people.unknown_browser).to_owned());
    let label = format!("{}: {browser}, {address}", td_string!(locale, people.sign_out));
    let is_pending = move || revoke.pending().get();
    view! {
        <li>
            <div>
                <strong title=user_agent>{browser}</strong>
                <small class="muted">{address} " · " <Moment at=last_seen_at /></small>
            </div>
            <ActionForm action=revoke>
                <input type="hidden" name="id" value=id.to_string() />
                <input type="hidden" name="session" value=handle.to_string() />
                <button type="submit" aria-label=label disabled=is_pending>
                    {td_string!(locale, people.sign_out)}
                </button>
            </ActionForm>
        </li>
    }
}
