//! The contract between the pages and the server, one file per concern.
//!
//! Each concern is a few `#[server]` functions and, on the server, one small trait that the `server` crate implements.
//! A server function finds the implementation in the context, asks for the permit that the method wants, and puts
//! the outcome into an HTTP status by [`respond`]. Pages call the same functions while they are rendered.
//!
//! To add one: the method in the trait, the function of one line, the implementation in `server/src/api/`, and a row
//! in the table of `server/tests/it/permits.rs`, which walks every function with every role.

#![allow(
    missing_docs,
    reason = "the fields of the structs that #[server] writes; the functions are documented"
)]

pub mod account;
pub mod audit;
pub mod board;
pub mod callbacks;
pub mod caller;
pub mod calls;
pub mod center;
pub mod desk;
pub mod error;
pub mod ghosts;
pub mod messages;
pub mod own_call;
pub mod people;
pub mod queues;
pub mod security;
pub mod teams;
pub mod walls;

#[cfg(feature = "ssr")]
pub mod permit;

pub use error::{ApiError, RefusedBy};

#[cfg(feature = "ssr")]
pub use context::{Apis, Caller, apis, permit, respond, respond_in_part};

#[cfg(feature = "ssr")]
mod context {
    use std::future::Future;
    use std::sync::Arc;

    use axum::http::Method;
    use axum::http::header::ACCEPT;
    use axum::http::request::Parts;
    use leptos::prelude::{expect_context, use_context};

    use super::permit::{Capability, Permit};
    use super::{
        ApiError, account, audit, board, callbacks, caller, calls, center, desk, ghosts, messages, own_call,
        people, queues, security, teams, walls,
    };
    use crate::model::account::CurrentUser;
    use crate::model::wall::Scope;

    /// Every concern's implementation; one value in the context of pages and server functions alike.
    #[derive(Clone)]
    pub struct Apis {
        /// The signed-in user's own things.
        pub account: Arc<dyn account::AccountApi>,
        /// The audit.
        pub audit: Arc<dyn audit::AuditApi>,
        /// The live board.
        pub board: Arc<dyn board::BoardApi>,
        /// Callbacks.
        pub callbacks: Arc<dyn callbacks::CallbacksApi>,
        /// The caller of an agent.
        pub caller: Arc<dyn caller::CallerApi>,
        /// What the call center is made of.
        pub center: Arc<dyn center::CenterApi>,
        /// Live calls, and what supervisors do.
        pub calls: Arc<dyn calls::CallsApi>,
        /// The agent's desk.
        pub desk: Arc<dyn desk::DeskApi>,
        /// What the switch has left behind.
        pub ghosts: Arc<dyn ghosts::GhostsApi>,
        /// Messages to desks.
        pub messages: Arc<dyn messages::MessagesApi>,
        /// The own call of an agent.
        pub own_call: Arc<dyn own_call::OwnCallApi>,
        /// Users.
        pub people: Arc<dyn people::PeopleApi>,
        /// Queues.
        pub queues: Arc<dyn queues::QueuesApi>,
        /// How the own account is guarded.
        pub security: Arc<dyn security::SecurityApi>,
        /// Teams.
        pub teams: Arc<dyn teams::TeamsApi>,
        /// Wall links.
        pub walls: Arc<dyn walls::WallsApi>,
    }

    /// Who sent the request, as the session says. In the context of every request.
    #[derive(Clone, Debug, Default)]
    pub struct Caller {
        /// The signed-in user.
        pub user: Option<CurrentUser>,
        /// What of the board the user may see and touch.
        pub scope: Scope,
        /// There is a session, but nobody can tell whose: the database is away. That is no reason to say that it ended.
        pub is_unknown: bool,
        /// The public handle of the session.
        pub session_id: Option<u64>,
        /// Address of the client, behind trusted proxies the real one.
        pub address: String,
        /// The key of the request that the button sent, so that a repeated one acts once.
        pub idempotency_key: Option<String>,
    }

    /// The implementations in the context.
    ///
    /// # Errors
    /// When the router forgot to provide them, which is a mistake of the program.
    pub fn apis() -> Result<Apis, ApiError> {
        use_context::<Apis>().ok_or_else(|| ApiError::Internal { reference: "no-apis-in-context".into() })
    }

    /// A permit for what the method wants, if the caller may have it.
    ///
    /// # Errors
    /// `Unauthenticated` without a session, `Forbidden` where the role lacks the capability.
    pub fn permit<C: Capability>() -> Result<Permit<C>, ApiError> {
        Permit::ask(use_context::<Caller>().unwrap_or_default())
    }

    /// Runs a call and sets the HTTP status of its outcome: the one place where that happens for server functions.
    ///
    /// # Errors
    /// The call's own.
    pub async fn respond<T>(call: impl Future<Output = Result<T, ApiError>>) -> Result<T, ApiError> {
        let options = expect_context::<leptos_axum::ResponseOptions>();
        let is_plain_form = is_plain_form();
        let outcome = call.await;
        if let Err(error) = &outcome
            && !is_plain_form
        {
            options.set_status(error.status());
        }
        outcome
    }

    /// Runs a call as [`respond`] does, for what is only a part of some page: there its error stands in its place, and the page
    /// itself is there.
    ///
    /// # Errors
    /// The call's own.
    pub async fn respond_in_part<T>(call: impl Future<Output = Result<T, ApiError>>) -> Result<T, ApiError> {
        let is_page = use_context::<Parts>().is_some_and(|parts| !parts.uri.path().starts_with("/api/"));
        if is_page { call.await } else { respond(call).await }
    }

    /// A form posted by a browser without scripts is answered by a redirect that carries the error in its address: the
    /// status must stay that of the redirect, or the browser would not follow it.
    fn is_plain_form() -> bool {
        use_context::<Parts>().is_some_and(|parts| {
            let accept =
                parts.headers.get(ACCEPT).and_then(|accept| accept.to_str().ok()).unwrap_or_default();
            parts.method == Method::POST && accept.contains("text/html")
        })
    }
}
