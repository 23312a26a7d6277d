//! The signed-in user's own page: who one is, language and theme, how the account is guarded, the
//! browsers that are signed in.

#![allow(unreachable_pub, reason = "the macro of components writes `pub`, whatever their own visibility")]

mod browser;
mod extensions;
mod look;
mod moment;
mod security;
mod sessions;

use leptos::prelude::*;
use leptos_router::components::Redirect;

use crate::api::ApiError;
use crate::api::account::{RevokeSession, list_sessions, read_current_user};
use crate::api::calls::read_extensions;
use crate::api::security::read_security;
use crate::components::asked::{Asked, ask_first};
use crate::components::{Card, PageTitle, Problem, SignOut, use_locale, words};
use crate::i18n::*;
use crate::model::account::{CurrentUser, Role, SessionRow};
use crate::model::security::AccountSecurity;
use crate::model::supervise::OwnExtension;

pub(in crate::pages) use browser::short_description;
pub(in crate::pages) use look::ThemeButton;
pub(in crate::pages) use moment::Moment;

use extensions::ExtensionsCard;
use look::LookCard;
use security::SecurityCards;
use sessions::SessionsCard;

/// The own account.
#[derive(Debug)]
pub struct AccountPage;

impl AccountPage {
    /// The page itself.
    pub(crate) fn view() -> AnyView {
        let revoke = ServerAction::<RevokeSession>::new();
        // Asked here and not taken from around the page: the theme may have changed since then.
        let user = ask_first(|| (), |()| read_current_user());
        let security = ask_first(|| (), |()| read_security());
        let sessions = ask_first(move || revoke.version().get(), |_| list_sessions());
        let extensions = ask_first(|| (), |()| read_own_extensions());
        view! {
            <Suspense>
                {move || Suspend::new(async move {
                    let extensions = extensions.await;
                    match user.await {
                        Ok(Some(user)) => {
                            view! { <Account user security sessions revoke extensions /> }.into_any()
                        }
                        Ok(None) => view! { <Redirect path="/login?next=/account" /> }.into_any(),
                        Err(error) => view! { <Failed error /> }.into_any(),
                    }
                })}
            </Suspense>
        }
        .into_any()
    }
}

/// The own telephones, for those who may have some: others are not even asked for.
async fn read_own_extensions() -> Option<Result<Vec<OwnExtension>, ApiError>> {
    match read_current_user().await {
        Ok(Some(user)) if user.role != Role::Agent && !user.is_confined => Some(read_extensions().await),
        _ => None,
    }
}

#[component]
fn Failed(error: ApiError) -> impl IntoView {
    let locale = use_locale();
    view! {
        <div class="account">
            <PageTitle title=td_string!(locale, account.title).to_owned() />
            <Problem error />
        </div>
    }
}

#[component]
fn Account(
    user: CurrentUser,
    security: Asked<Result<AccountSecurity, ApiError>>,
    sessions: Asked<Result<Vec<SessionRow>, ApiError>>,
    revoke: ServerAction<RevokeSession>,
    extensions: Option<Result<Vec<OwnExtension>, ApiError>>,
) -> impl IntoView {
    let locale = use_locale();
    let is_agent = user.role == Role::Agent;
    let (theme, is_confined) = (user.theme, user.is_confined);
    provide_context(Confined(is_confined));
    view! {
        <div class="account">
            <div class="bar">
                <PageTitle title=td_string!(locale, account.title).to_owned() />
                <div class="push account-tools">
                    {is_agent
                        .then(|| {
                            view! {
                                <a class="button" href="/desk">
                                    {td_string!(locale, account.to_desk)}
                                </a>
                            }
                        })}
                    <SignOut />
                </div>
            </div>
            {is_confined.then(|| view! { <SecurityCards security /> })}
            {is_agent
                .then(|| view! { <p class="muted">{td_string!(locale, account.sign_out_agent)}</p> })}
            <div class="account-cards">
                <Profile user />
                <LookCard theme />
            </div>
            {extensions.map(|extensions| view! { <ExtensionsCard extensions /> })}
            {(!is_confined).then(|| view! { <SecurityCards security /> })}
            <SessionsCard sessions revoke />
        </div>
    }
}

/// Whether nothing but this page is open to the user.
#[derive(Clone, Copy, Debug)]
struct Confined(bool);

#[component]
fn Profile(user: CurrentUser) -> impl IntoView {
    let locale = use_locale();
    let CurrentUser { name, display_name, role, agent, .. } = user;
    view! {
        <Card id="account-profile" title=td_string!(locale, account.profile).to_owned()>
            <div class="body">
                <dl class="account-facts">
                    <dt>{td_string!(locale, account.name)}</dt>
                    <dd>{display_name}</dd>
                    <dt>{td_string!(locale, account.sign_in_name)}</dt>
                    <dd>{name}</dd>
                    <dt>{td_string!(locale, account.role)}</dt>
                    <dd>{words::role(locale, role)}</dd>
                    {agent
                        .map(|agent| {
                            view! {
                                <dt>{td_string!(locale, account.agent)}</dt>
                                <dd>{agent.name} " · " {agent.node.0}</dd>
                            }
                        })}
                </dl>
                <p class="muted">{td_string!(locale, account.role_hint)}</p>
            </div>
        </Card>
    }
}
