//! The frame around the pages of supervisors: the rail, and the live board that all of them share.
//!
//! The board's snapshot is asked for once; the store made of it outlives a navigation from one page to another.

use leptos::html;
use leptos::prelude::*;
use leptos_i18n::td_string;
use leptos_router::components::{Outlet, Redirect};
use leptos_router::hooks::use_location;

use crate::api::ApiError;
use crate::api::account::read_current_user;
use crate::api::board::read_board;
use crate::components::asked::ask;
use crate::components::link::encode_segment;
use crate::components::words::{self, use_locale};
use crate::components::{LanguageToggle, PageTitle, Problem, SignOut, StatusLine, provide_announcer};
use crate::live::LiveProvider;
use crate::model::account::{BoardPreferences, CurrentUser, Permission, Role};
use crate::model::frame::Snapshot;

/// How the user likes the board, for as long as the frame lives.
#[derive(Clone, Copy, Debug)]
pub struct Preferences(pub RwSignal<BoardPreferences>);

/// What the signed-in user may do beside what every user of the role may, for as long as the frame lives.
#[derive(Clone, Debug)]
struct Granted(Vec<Permission>);

/// Whether the signed-in user has a permission: what they lack is not offered. The server asks again.
pub fn may(permission: Permission) -> bool {
    use_context::<Granted>().is_some_and(|granted| granted.0.contains(&permission))
}

/// Who is signed in, and the board for those who may see it.
async fn read_frame() -> Result<Option<(CurrentUser, Option<Snapshot>)>, ApiError> {
    match read_current_user().await? {
        // Asking for the board would refuse them, and with it the whole page.
        Some(user) if user.role == Role::Agent || user.is_confined => Ok(Some((user, None))),
        Some(user) => Ok(Some((user, Some(read_board().await?)))),
        None => Ok(None),
    }
}

/// Pages that an agent may have been given: all that they need they ask for themselves.
fn needs_no_board(here: &str) -> bool {
    let path = here.split('?').next().unwrap_or(here);
    ["/account", "/audit", "/callbacks"].into_iter().any(|page| is_at_or_below(path, page))
}

/// The frame. Who is not signed in is sent to sign in; an agent has the pages without a board here and else the desk.
#[component]
pub fn Layout() -> impl IntoView {
    provide_announcer();
    let frame = ask(|| (), |()| read_frame());
    let location = use_location();
    let here = move || {
        // On the server a request that was given up may end its page while this is still asked.
        let (path, search) = (location.pathname.try_get_untracked(), location.search.try_get_untracked());
        let (path, search) = (path.unwrap_or_default(), search.unwrap_or_default());
        if search.is_empty() { path } else { format!("{path}?{search}") }
    };
    view! {
        <Suspense>
            {move || Suspend::new(async move {
                match frame.await {
                    Ok(Some((user, Some(snapshot)))) => {
                        view! {
                            <LiveProvider snapshot=snapshot stream="/live">
                                <Frame user=user />
                            </LiveProvider>
                        }
                            .into_any()
                    }
                    Ok(Some((user, None))) if needs_no_board(&here()) => {
                        view! { <Frame user=user /> }.into_any()
                    }
                    Ok(Some((user, None))) => view! { <Redirect path=home_of(&user) /> }.into_any(),
                    Ok(None) | Err(ApiError::Unauthenticated) => {
                        view! { <Redirect path=format!("/login?next={}", encode_segment(&here())) /> }.into_any()
                    }
                    Err(error) => view! { <Failed error=error /> }.into_any(),
                }
            })}
        </Suspense>
    }
}

#[component]
fn Failed(error: ApiError) -> impl IntoView {
    let locale = use_locale();
    view! {
        <main class="alone">
            <PageTitle title=td_string!(locale, problems.title).to_owned() />
            <Problem error=error />
            <a class="button" href="" rel="external">
                {td_string!(locale, common.retry)}
            </a>
            <SignOut />
        </main>
    }
}

#[component]
fn Frame(user: CurrentUser) -> impl IntoView {
    let locale = use_locale();
    provide_context(Preferences(RwSignal::new(user.board.clone())));
    provide_context(Granted(user.permissions.clone()));
    view! {
        // Not for the router: the browser itself moves the focus along.
        <a class="skip" href="#content" rel="external">
            {td_string!(locale, common.skip)}
        </a>
        <div class="shell">
            <Rail user=user />
            <main class="content" id="content" tabindex="-1">
                <Outlet />
            </main>
        </div>
        <StatusLine />
    }
}

/// The rail; on a narrow page a drawer that a details element opens, so that it works without the program.
#[component]
fn Rail(user: CurrentUser) -> impl IntoView {
    let locale = use_locale();
    let drawer: NodeRef<html::Details> = NodeRef::new();
    let close = move |_| {
        if let Some(drawer) = drawer.get_untracked() {
            // Without the attribute it is closed; taking it away cannot fail.
            let _ = drawer.remove_attribute("open");
        }
    };
    let is_editor = user.may(Permission::ManageCenter);
    let home = home_of(&user);
    let audit = user
        .may(Permission::ReadAudit)
        .then(|| view! { <RailLink href="/audit">{td_string!(locale, common.nav.audit)}</RailLink> });
    let callbacks = user
        .may(Permission::ManageCallbacks)
        .then(|| view! { <RailLink href="/callbacks">{td_string!(locale, common.nav.callbacks)}</RailLink> });
    let links = if user.is_confined {
        ().into_any()
    } else if user.role == Role::Agent {
        view! {
            <RailLink href="/desk">{td_string!(locale, common.nav.desk)}</RailLink>
            {callbacks}
            {audit}
        }
        .into_any()
    } else {
        view! {
            <span class="group" aria-hidden="true">
                {td_string!(locale, common.nav.live)}
            </span>
            <RailLink href="/">
                {td_string!(locale, common.nav.wallboard)}
            </RailLink>
            <RailLink href="/agents">{td_string!(locale, common.nav.agents)}</RailLink>
            <RailLink href="/calls">{td_string!(locale, common.nav.calls)}</RailLink>
            {callbacks}
            <span class="group" aria-hidden="true">
                {td_string!(locale, common.nav.center)}
            </span>
            <RailLink href="/walls">{td_string!(locale, common.nav.walls)}</RailLink>
            {user
                .may(Permission::ManagePeople)
                .then(|| {
                    view! {
                        <RailLink href="/people">{td_string!(locale, common.nav.people)}</RailLink>
                        <RailLink href="/teams">{td_string!(locale, common.nav.teams)}</RailLink>
                    }
                    .into_any()
                })}
            {is_editor
                .then(|| {
                    view! {
                        <RailLink href="/center/breaks">{td_string!(locale, common.nav.breaks)}</RailLink>
                        <RailLink href="/center/outcomes">{td_string!(locale, common.nav.outcomes)}</RailLink>
                    }
                    .into_any()
                })}
            {audit}
        }
        .into_any()
    };
    view! {
        // A landmark of its own: all of the page is in one.
        <header class="rail">
            <a class="brand" href=home>
                {td_string!(locale, common.product)}
            </a>
            <details node_ref=drawer>
                <summary>
                    <span aria-hidden="true">"☰ "</span>
                    {td_string!(locale, common.nav.menu)}
                </summary>
            </details>
            <div class="drawer" on:click=close>
                <nav aria-label=td_string!(locale, common.nav.main)>{links}</nav>
                <div class="me">
                    <span class="who">
                        <RailLink href="/account">{user.display_name.clone()}</RailLink>
                        <small>{words::role(locale, user.role)}</small>
                    </span>
                    <div class="row">
                        <LanguageToggle />
                        <SignOut />
                    </div>
                </div>
            </div>
        </header>
    }
}

/// Where the pages of a user begin: for who must first make the account safe, there.
fn home_of(user: &CurrentUser) -> &'static str {
    match user.role {
        _ if user.is_confined => "/account",
        Role::Agent => "/desk",
        Role::Supervisor | Role::Admin => "/",
    }
}

/// A link that says when it leads to the page that is open, or to one above it.
#[component]
fn RailLink(href: &'static str, children: Children) -> impl IntoView {
    let open = use_location().pathname;
    // On the server a request that was given up may end its page while this is still asked.
    let is_here = move || open.try_with(|open| is_at_or_below(open, href)).unwrap_or_default();
    view! {
        <a href=href aria-current=move || is_here().then_some("page")>
            {children()}
        </a>
    }
}

/// Whether `path` is `page` or lies below it; everything lies below `/`, so that one must be met exactly.
fn is_at_or_below(path: &str, page: &str) -> bool {
    let below = path.strip_prefix(page);
    below.is_some_and(|below| below.is_empty() || page != "/" && below.starts_with('/'))
}

#[cfg(test)]
mod tests {
    use super::is_at_or_below;

    #[test]
    fn link_of_the_open_page_is_current() {
        for (path, page, is_current) in [
            ("/", "/", true),
            ("/agents", "/", false),
            ("/agents", "/agents", true),
            ("/agents/", "/agents", true),
            ("/agents/1007", "/agents", true),
            ("/agents-of-old", "/agents", false),
            ("/walls", "/agents", false),
        ] {
            assert_eq!(is_at_or_below(path, page), is_current, "{path} {page}");
        }
    }
}
