//! What people see: compiled into the server, which renders it first, and into WASM, which keeps it alive.
//!
//! - [`model`]: plain values that both sides share.
//! - [`api`]: what the pages ask of the server.
//! - [`live`]: the stream and the store that it feeds.
//! - [`components`]: parts that pages are made of.
//! - [`pages`]: one screen each, loaded lazily but for the wallboard.
//! - [`language`]: which language a page is rendered in.
//! - `document`: what stands around every page; the server's alone.
//! - [`i18n`]: the words of `locales/`, checked by the compiler.
//!
//! [`App`] is the table of routes and nothing else.

pub mod api;
pub mod components;
#[cfg(feature = "ssr")]
mod document;
pub mod language;
pub mod live;
pub mod model;
pub mod pages;

use leptos::prelude::*;
use leptos_meta::provide_meta_context;
use leptos_router::components::{ParentRoute, Route, Router, Routes};
use leptos_router::{Lazy, SsrMode, path};

use components::page::provide_navigation;
#[cfg(feature = "ssr")]
pub use document::shell;
use pages::account::AccountPage;
use pages::agents::AgentsPage;
use pages::audit::{AuditEntryPage, AuditPage};
use pages::call::CallPage;
use pages::callbacks::{CallbackPage, CallbackRulesPage, CallbacksPage};
use pages::calls::CallsPage;
use pages::center::{BreaksPage, OutcomesPage};
use pages::desk::DeskPage;
use pages::layout::Layout;
use pages::login::LoginPage;
use pages::not_found::NotFoundPage;
use pages::people::{PeoplePage, PersonPage};
use pages::queue::QueuePage;
use pages::teams::TeamsPage;
use pages::wall::WallPage;
use pages::wallboard::WallboardPage;
use pages::walls::WallsPage;
pub use words::i18n;

mod words {
    #![allow(missing_docs, unreachable_pub, reason = "written by the macro")]
    #![allow(
        deprecated,
        reason = "the build script that replaces the macro drags in the whole of ICU's data"
    )]

    leptos_i18n::load_locales!();
}

/// The table of routes. Every page is rendered whole before it is sent: it works without WASM, and its status and its
/// title are known at the first byte.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    provide_navigation();
    provide_context(language::preferred());
    view! {
        <Router>
            <Routes fallback=NotFoundPage>
                <Route path=path!("/login") view={Lazy::<LoginPage>::new()} ssr=SsrMode::Async />
                <Route path=path!("/desk") view={Lazy::<DeskPage>::new()} ssr=SsrMode::Async />
                <Route path=path!("/wall/:token") view={Lazy::<WallPage>::new()} ssr=SsrMode::Async />
                <ParentRoute path=path!("") view=Layout ssr=SsrMode::Async>
                    <Route path=path!("/") view=WallboardPage />
                    <Route path=path!("/queues/:node/:name") view={Lazy::<QueuePage>::new()} />
                    <Route path=path!("/agents") view={Lazy::<AgentsPage>::new()} />
                    <Route path=path!("/calls") view={Lazy::<CallsPage>::new()} />
                    <Route path=path!("/calls/:node/:uuid") view={Lazy::<CallPage>::new()} />
                    <Route path=path!("/walls") view={Lazy::<WallsPage>::new()} />
                    <Route path=path!("/people") view={Lazy::<PeoplePage>::new()} />
                    <Route path=path!("/people/:id") view={Lazy::<PersonPage>::new()} />
                    <Route path=path!("/teams") view={Lazy::<TeamsPage>::new()} />
                    <Route path=path!("/center/breaks") view={Lazy::<BreaksPage>::new()} />
                    <Route path=path!("/center/outcomes") view={Lazy::<OutcomesPage>::new()} />
                    <Route path=path!("/audit") view={Lazy::<AuditPage>::new()} />
                    <Route path=path!("/audit/:id") view={Lazy::<AuditEntryPage>::new()} />
                    <Route path=path!("/callbacks") view={Lazy::<CallbacksPage>::new()} />
                    <Route path=path!("/callbacks/rules") view={Lazy::<CallbackRulesPage>::new()} />
                    <Route path=path!("/callbacks/:id") view={Lazy::<CallbackPage>::new()} />
                    <Route path=path!("/account") view={Lazy::<AccountPage>::new()} />
                </ParentRoute>
            </Routes>
        </Router>
    }
}
