//! The browsers that are signed in, each to be signed out from here.

use leptos::form::ActionForm;
use leptos::prelude::*;

use super::browser::short_description;
use super::moment::Moment;
use crate::api::ApiError;
use crate::api::account::RevokeSession;
use crate::components::asked::Asked;
use crate::components::chip::Tone;
use crate::components::{Card, Chip, Problem, SignOut, use_locale};
use crate::i18n::*;
use crate::model::account::SessionRow;

/// The list, the present browser first.
#[component]
pub(super) fn SessionsCard(
    sessions: Asked<Result<Vec<SessionRow>, ApiError>>,
    revoke: ServerAction<RevokeSession>,
) -> impl IntoView {
    let locale = use_locale();
    view! {
        <Card id="account-sessions" title=td_string!(locale, account.sessions).to_owned()>
            {move || match revoke.value().get() {
                Some(Err(error)) => Some(view! { <Problem error /> }),
                _ => None,
            }}
            // The old list stays while the new one is asked for.
            <Transition>
                {move || Suspend::new(async move {
                    match sessions.await {
                        Ok(sessions) => view! { <Sessions sessions revoke /> }.into_any(),
                        Err(error) => view! { <Problem error /> }.into_any(),
                    }
                })}
            </Transition>
        </Card>
    }
}

#[component]
fn Sessions(sessions: Vec<SessionRow>, revoke: ServerAction<RevokeSession>) -> impl IntoView {
    let locale = use_locale();
    let rows = sessions.into_iter().map(|session| view! { <Session session revoke /> }).collect_view();
    view! {
        <table class="cards account-sessions">
            <caption>{td_string!(locale, account.sessions_about)}</caption>
            <thead>
                <tr>
                    <th scope="col">{td_string!(locale, account.browser)}</th>
                    <th scope="col">{td_string!(locale, account.address)}</th>
                    <th scope="col">{td_string!(locale, account.signed_in_at)}</th>
                    <th scope="col">{td_string!(locale, account.last_seen)}</th>
                    <th scope="col">
                        <span class="sr-only">{td_string!(locale, account.actions)}</span>
                    </th>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </table>
    }
}

#[component]
fn Session(session: SessionRow, revoke: ServerAction<RevokeSession>) -> impl IntoView {
    let locale = use_locale();
    let SessionRow { id, created_at, last_seen_at, address, user_agent, is_current } = session;
    let browser = short_description(&user_agent)
        .unwrap_or_else(|| td_string!(locale, account.unknown_browser).to_owned());
    let label = format!("{}: {browser}, {address}", td_string!(locale, account.revoke));
    let is_pending = move || revoke.input().get().is_some_and(|input| input.id == id);
    let action = if is_current {
        view! { <SignOut /> }.into_any()
    } else {
        view! {
            <ActionForm action=revoke>
                <input type="hidden" name="id" value=id.to_string() />
                <button type="submit" class="danger" aria-label=label disabled=is_pending>
                    {td_string!(locale, account.revoke)}
                </button>
            </ActionForm>
        }
        .into_any()
    };
    view! {
        <tr>
            <th scope="row" title=user_agent>
                <span>{browser}</span>
                " "
                {is_current
                    .then(|| {
                        view! {
                            <Chip
                                tone=Tone::Good
                                text=td_string!(locale, account.this_browser).to_owned()
                            />
                        }
                    })}
            </th>
            <td data-label=td_string!(locale, account.address)>{address}</td>
            <td class="wide" data-label=td_string!(locale, account.signed_in_at)>
                <Moment at=created_at />
            </td>
            <td class="wide" data-label=td_string!(locale, account.last_seen)>
                <Moment at=last_seen_at />
            </td>
            <td class="wide account-end">{action}</td>
        </tr>
    }
}
