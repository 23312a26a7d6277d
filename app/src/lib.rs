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
use leptos_router::components::{ParentRoute, Route, Router, Routes};
use leptos_router::{Lazy, SsrMode, path};

use components::page::provide_navigation;
#[cfg(feature = "ssr")]
pub use document::shell;
use pages::desk::DeskPage;
use pages::layout::Layout;
use pages::login::LoginPage;
use pages::not_found::NotFoundPage;
use pages::parts::{FloorPart, OfficePart};
use pages::wall::WallPage;
use pages::wallboard::WallboardPage;
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
    #[cfg(feature = "ssr")]
    leptos_meta::provide_meta_context();
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
                    <Route path=path!("/queues/:node/:name") view={Lazy::<FloorPart>::new()} />
                    <Route path=path!("/agents") view={Lazy::<FloorPart>::new()} />
                    <Route path=path!("/calls") view={Lazy::<FloorPart>::new()} />
                    <Route path=path!("/calls/:node/:uuid") view={Lazy::<FloorPart>::new()} />
                    <Route path=path!("/walls") view={Lazy::<OfficePart>::new()} />
                    <Route path=path!("/people") view={Lazy::<OfficePart>::new()} />
                    <Route path=path!("/people/:id") view={Lazy::<OfficePart>::new()} />
                    <Route path=path!("/teams") view={Lazy::<OfficePart>::new()} />
                    <Route path=path!("/center/breaks") view={Lazy::<OfficePart>::new()} />
                    <Route path=path!("/center/outcomes") view={Lazy::<OfficePart>::new()} />
                    <Route path=path!("/audit") view={Lazy::<OfficePart>::new()} />
                    <Route path=path!("/audit/:id") view={Lazy::<OfficePart>::new()} />
                    <Route path=path!("/callbacks") view={Lazy::<OfficePart>::new()} />
                    <Route path=path!("/callbacks/rules") view={Lazy::<OfficePart>::new()} />
                    <Route path=path!("/callbacks/:id") view={Lazy::<OfficePart>::new()} />
                    <Route path=path!("/account") view={Lazy::<OfficePart>::new()} />
                </ParentRoute>
            </Routes>
        </Router>
    }
}
