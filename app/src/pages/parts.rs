//! What a browser fetches when it is first wanted: pages that are used together come together.
//!
//! Two parts share the code that both need in pieces of their own, one for each set of parts that wants it. With a part for each
//! page a page would come in two hundred small files, and the script that knows them all would weigh on the first load.

use leptos::prelude::*;
use leptos_router::hooks::use_location;
use leptos_router::{LazyRoute, lazy_route};

use super::account::AccountPage;
use super::agents::AgentsPage;
use super::audit::{AuditEntryPage, AuditPage};
use super::call::CallPage;
use super::callbacks::{CallbackPage, CallbackRulesPage, CallbacksPage};
use super::calls::CallsPage;
use super::center::{BreaksPage, OutcomesPage};
use super::not_found::NotFoundPage;
use super::people::{PeoplePage, PersonPage};
use super::queue::QueuePage;
use super::sheet::link_sheet;
use super::teams::TeamsPage;
use super::walls::WallsPage;

/// What supervisors watch: queues, agents, calls.
#[derive(Debug)]
pub struct FloorPart {
    path: String,
}

#[lazy_route]
impl LazyRoute for FloorPart {
    fn data() -> Self {
        link_sheet("floor");
        Self { path: here() }
    }

    fn view(this: Self) -> AnyView {
        match segments(&this.path).as_slice() {
            ["queues", ..] => QueuePage::view(),
            ["agents"] => AgentsPage::view(),
            ["calls"] => CallsPage::view(),
            ["calls", ..] => CallPage::view(),
            _ => view! { <NotFoundPage /> }.into_any(),
        }
    }
}

/// What is kept in order: people, lists, the own account.
#[derive(Debug)]
pub struct OfficePart {
    path: String,
}

#[lazy_route]
impl LazyRoute for OfficePart {
    fn data() -> Self {
        link_sheet("office");
        Self { path: here() }
    }

    fn view(this: Self) -> AnyView {
        match segments(&this.path).as_slice() {
            ["account"] => AccountPage::view(),
            ["audit"] => AuditPage::view(),
            ["audit", _] => AuditEntryPage::view(),
            ["callbacks"] => CallbacksPage::view(),
            ["callbacks", "rules"] => CallbackRulesPage::view(),
            ["callbacks", _] => CallbackPage::view(),
            ["center", "breaks"] => BreaksPage::view(),
            ["center", "outcomes"] => OutcomesPage::view(),
            ["people"] => PeoplePage::view(),
            ["people", _] => PersonPage::view(),
            ["teams"] => TeamsPage::view(),
            ["walls"] => WallsPage::view(),
            _ => view! { <NotFoundPage /> }.into_any(),
        }
    }
}

/// The path of the page that is opened. The table of routes has found it already; here it says which page of the part it is. Taken when
/// the route is chosen: until the part is there, the user may have gone on.
fn here() -> String {
    use_location().pathname.try_get_untracked().unwrap_or_default()
}

pub(super) fn segments(path: &str) -> Vec<&str> {
    path.split('/').filter(|segment| !segment.is_empty()).collect()
}
