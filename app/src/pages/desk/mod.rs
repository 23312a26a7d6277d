//! The agent's desk: the own status to set, the caller of the moment, the own numbers and queues.
//!
//! - `status`: the toggles and the reasons of a break, as forms that work without the program.
//! - `facts`: what the switch says of it.
//! - `call`: the caller, or the wrap-up after one; `tools` what can be done with the call, `target` where it can go, and
//!   `answer` what became of it.
//! - `callbacks`: whom to call back.
//! - `caller`: what is known of the caller, and notes.
//! - `day`, `own`, `timeline`: the own day in numbers and as a line; queues.
//! - `messages`: what supervisors wrote to this desk.
//! - `signals`: how it calls for attention.
//! - `sign_out`: the way out, which asks whether to log out as well.
//! - `notice`: what stands there when there is no desk to show.

#![allow(unreachable_pub, reason = "the macro of components writes `pub`, whatever their own visibility")]

mod answer;
mod call;
mod callbacks;
mod caller;
mod day;
mod facts;
mod messages;
mod notice;
mod own;
mod refusal;
mod sign_out;
mod signals;
mod status;
mod target;
mod timeline;
mod tools;

use leptos::either::Either;
use leptos::prelude::*;
use leptos_router::components::Redirect;
use leptos_router::{LazyRoute, lazy_route};

use crate::api::ApiError;
use crate::api::account::read_current_user;
use crate::api::desk::{DeskSignals, DeskView, read_desk};
use crate::components::asked::ask_first;
use crate::components::live::use_stale_since;
use crate::components::{
    Elapsed, FreshnessBadge, LanguageToggle, NewBuildBanner, PageTitle, SignOut, StaleBanner, StatusChip,
    use_locale,
};
use crate::i18n::*;
use crate::live::LiveProvider;
use crate::live::store::use_live_board;
use crate::model::account::{CurrentUser, Role, Theme};
use crate::model::agent::AgentRow;
use crate::model::board::LinkState;
use crate::model::center::BreakReason;
use crate::model::ids::{AgentKey, short_name};

use super::account::ThemeButton;
use super::sheet::link_sheet;
use call::CallCard;
use callbacks::MyCallbacks;
use caller::CallerCard;
use day::use_own_day;
use messages::Messages;
use notice::{Notice, NoticeKind};
use own::{QueuesCard, Today};
use sign_out::{DeskSignOut, SignOutFailed};
use signals::Signals;
use status::StatusForms;
use timeline::Timeline;

/// The agent's own row as it is now.
type DeskRow = Signal<AgentRow>;

/// The agent's desk.
#[derive(Debug)]
pub struct DeskPage;

#[lazy_route]
impl LazyRoute for DeskPage {
    fn data() -> Self {
        link_sheet("desk");
        Self
    }

    fn view(_this: Self) -> AnyView {
        let answers = ask_first(|| (), |()| async { (read_current_user().await, read_desk().await) });
        view! {
            <Suspense>
                {move || Suspend::new(async move {
                    let (user, desk) = answers.await;
                    let user = user.ok().flatten();
                    match desk {
                        Ok(desk) => view! { <Desk desk theme=theme_of(user.as_ref()) /> }.into_any(),
                        Err(error) => view! { <NoDesk error user /> }.into_any(),
                    }
                })}
            </Suspense>
        }
        .into_any()
    }
}

fn theme_of(user: Option<&CurrentUser>) -> Theme {
    user.map_or(Theme::System, |user| user.theme)
}

/// Why there is no desk, and whom to ask.
#[component]
fn NoDesk(error: ApiError, user: Option<CurrentUser>) -> impl IntoView {
    let kind = match (error, user.as_ref().map(|user| user.role)) {
        (ApiError::Unauthenticated, _) => {
            return view! { <Redirect path="/login?next=/desk" /> }.into_any();
        }
        (ApiError::Forbidden, Some(Role::Supervisor | Role::Admin)) => NoticeKind::NotAnAgent,
        (ApiError::Forbidden, _) => NoticeKind::NoAgent,
        (error, _) => NoticeKind::Failed(error),
    };
    view! {
        <main class="desk" id="main">
            <Notice kind />
        </main>
    }
    .into_any()
}

/// What the center offers its agents, and how this one likes to be called.
#[derive(Clone, Debug)]
struct Terms {
    reasons: Vec<BreakReason>,
    is_on_demand_offered: bool,
    signals: DeskSignals,
}

#[component]
fn Desk(desk: DeskView, theme: Theme) -> impl IntoView {
    let DeskView { agent, snapshot, reasons, is_on_demand_offered, signals } = desk;
    let terms = Terms { reasons, is_on_demand_offered, signals };
    view! {
        <LiveProvider snapshot stream="/live">
            <LiveDesk agent terms theme />
        </LiveProvider>
    }
}

/// The desk over the live row; the row may go and come back.
#[component]
fn LiveDesk(agent: AgentKey, terms: Terms, theme: Theme) -> impl IntoView {
    let agents = use_live_board().agents;
    let row = {
        let agent = agent.clone();
        Memo::new(move |_| {
            agents.keys().track();
            agents.get(&agent).map(|row| row.get())
        })
    };
    let is_known = Memo::new(move |_| row.with(Option::is_some));
    // Asked before the row is: a row that is gone must be followed too, until it comes back.
    move || match is_known.get().then(|| row.get_untracked()).flatten() {
        Some(first) => {
            // While the row is gone the memo keeps the last one: the view around it is on its way out.
            let row = Memo::new(move |last: Option<&AgentRow>| {
                row.get().or_else(|| last.cloned()).unwrap_or_else(|| first.clone())
            });
            Either::Left(
                view! { <KnownAgent agent=agent.clone() row=row.into() terms=terms.clone() theme /> },
            )
        }
        None => Either::Right(view! {
            <main class="desk" id="main">
                <DeskBar theme />
                <StaleBanner />
                <Notice kind=NoticeKind::UnknownAgent(agent.clone()) />
            </main>
        }),
    }
}

#[component]
fn KnownAgent(agent: AgentKey, row: DeskRow, terms: Terms, theme: Theme) -> impl IntoView {
    let locale = use_locale();
    let stale_since = use_stale_since(agent.node.clone());
    let node = use_live_board().nodes.get(&agent.node);
    // A switch that cannot be reached refuses everything. A lost stream does not: a press may well get through.
    let is_usable =
        Memo::new(move |_| node.as_ref().is_none_or(|node| node.with(|node| node.link == LinkState::Live)));
    let name = Memo::new(move |_| row.with(|row| row.display_name.clone()));
    let extension = short_name(&agent.name).to_owned();
    let extension =
        Memo::new(move |_| name.with(|name| (!name.contains(&extension)).then(|| extension.clone())));
    let presence = Memo::new(move |_| row.with(|row| row.presence));
    let presence_since = Memo::new(move |_| row.with(|row| row.presence_since));
    let day = use_own_day(row);
    view! {
        <main class="desk" id="main" data-stale=move || stale_since.get().map(|_| "true")>
            <DeskBar theme row=row>
                <PageTitle title=name />
                <span class="desk-extension">{move || extension.get()}</span>
                <span class="desk-presence">
                    <StatusChip presence />
                    <Elapsed since=presence_since />
                </span>
            </DeskBar>
            <NewBuildBanner />
            <StaleBanner />
            {move || {
                (!is_usable.get())
                    .then(|| view! { <p class="desk-locked">{td_string!(locale, desk.locked)}</p> })
            }}
            <SignOutFailed />
            <Messages />
            <StatusForms row is_usable day reasons=terms.reasons is_on_demand_offered=terms.is_on_demand_offered />
            <CallCard row is_usable />
            <CallerCard row />
            <MyCallbacks />
            <Today row day />
            <Timeline day />
            <QueuesCard row />
            <Signals row signals=terms.signals />
        </main>
    }
}

/// Who sits here, how fresh the page is, and the few things that every page has.
#[component]
fn DeskBar(
    theme: Theme,
    /// The agent, as far as there is one.
    #[prop(optional)]
    row: Option<DeskRow>,
    #[prop(optional)] children: Option<Children>,
) -> impl IntoView {
    let locale = use_locale();
    view! {
        <header class="desk-bar">
            <div class="desk-who">{children.map(|children| children())}</div>
            <div class="desk-tools">
                <FreshnessBadge />
                <LanguageToggle />
                <ThemeButton theme />
                <a class="button quiet" href="/account">
                    {td_string!(locale, common.nav.account)}
                </a>
                {match row {
                    Some(row) => view! { <DeskSignOut row /> }.into_any(),
                    None => view! { <SignOut /> }.into_any(),
                }}
            </div>
        </header>
    }
}
