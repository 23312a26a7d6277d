//! The router, and what surrounds every request: who the client is, where it comes from, what the answer may do.
//!
//! From the outside in: panics become answers, requests are counted and logged, headers are set, the real client is
//! found, foreign origins are turned away; then, for everything but files, the cookie becomes a `Caller`.

pub mod caller;
pub mod client;
pub mod export;
pub mod health;
pub mod live;
pub mod look;
pub mod metrics;
pub mod origin;
pub mod owner;
pub mod pages;
pub mod problem;
pub mod redirect;
pub mod security;
pub mod serve;
pub mod sign_in;
pub mod site;
pub mod switch;

use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post};
use axum::{Router, middleware};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::limit::RequestBodyLimitLayer;

use crate::state::AppState;

/// The longest body that any request may have.
const BODY_LIMIT_BYTES: usize = 256 * 1024;

/// The longest call record: one of 10 kB is usual, one with thousands of variables is not unheard of.
const CDR_LIMIT_BYTES: usize = 4 * 1024 * 1024;

/// The whole router.
pub fn router(state: AppState) -> Router {
    let with_caller = Router::new()
        .route("/sign-in", post(sign_in::sign_in))
        .route("/sign-in/code", post(sign_in::sign_in_with_code))
        .route("/sign-out", post(sign_in::sign_out))
        .route("/language", post(look::set_language))
        .route("/theme", post(look::set_theme))
        .merge(export::routes())
        .merge(live::routes())
        .merge(pages::routes(&state))
        .layer(middleware::from_fn_with_state(state.clone(), caller::resolve))
        .layer(caller::session_layer(&state))
        .layer(middleware::from_fn(owner::keep_apart));

    Router::new()
        .merge(with_caller)
        .nest_service("/pkg", site::packages(&state.config.site_root))
        .route("/healthz", get(health::report))
        .route("/metrics", get(metrics::report))
        .layer(security::compression())
        .layer(DefaultBodyLimit::max(BODY_LIMIT_BYTES))
        .layer(RequestBodyLimitLayer::new(BODY_LIMIT_BYTES))
        .layer(middleware::from_fn_with_state(state.clone(), origin::check))
        // The switch is no browser: it says who it is with every request.
        .nest("/switch", switch::routes().layer(DefaultBodyLimit::max(CDR_LIMIT_BYTES)))
        .layer(middleware::from_fn(security::set_headers))
        .layer(middleware::from_fn_with_state(state.clone(), client::identify))
        .layer(CatchPanicLayer::custom(problem::of_panic))
        .layer(middleware::from_fn_with_state(state.clone(), metrics::observe))
        .with_state(state)
}
