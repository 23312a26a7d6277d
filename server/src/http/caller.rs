//! From the cookie to the `Caller` that pages, server functions and streams find.

use app::api::Caller;
use axum::extract::{Request, State};
use axum::http::{Method, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Redirect, Response};
use tower_sessions::cookie::SameSite;
use tower_sessions::{Expiry, Session, SessionManagerLayer};
use tower_sessions_sqlx_store::MySqlStore;

use super::client::Client;
use crate::auth::sessions::SignedIn;
use crate::clock;
use crate::state::AppState;
use crate::storage::user_sessions;

/// Name of the session's cookie.
pub const SESSION_COOKIE: &str = "switchdesk_session";
/// The button's key, so that the same press acts once.
const IDEMPOTENCY_HEADER: &str = "idempotency-key";
/// A session that is used is prolonged once a day.
const PROLONG_AFTER_MS: i64 = 24 * 3600 * 1000;

/// The cookie: not for scripts, not for other sites. `Secure` is added per request, see [`super::client`].
pub fn session_layer(state: &AppState) -> SessionManagerLayer<MySqlStore> {
    let days = time::Duration::days(i64::from(state.config.session_days));
    SessionManagerLayer::new(user_sessions::cookie_store(&state.database))
        .with_name(SESSION_COOKIE)
        .with_http_only(true)
        .with_same_site(SameSite::Lax)
        .with_secure(false)
        .with_expiry(Expiry::OnInactivity(days))
}

/// What a user is not led away from who must first make the account safe.
const OPEN_TO_CONFINED: [&str; 4] = ["/account", "/login", "/live", "/wall/"];

/// Whether a browser asks for a page that is not open to a confined user. Server functions and streams refuse by themselves.
fn leads_astray(request: &Request) -> bool {
    let accepts = request.headers().get(header::ACCEPT).and_then(|accept| accept.to_str().ok());
    let is_open = |path: &str| OPEN_TO_CONFINED.iter().any(|open| path.starts_with(open));
    request.method() == Method::GET
        && accepts.is_some_and(|accepts| accepts.contains("text/html"))
        && !is_open(request.uri().path())
}

/// Puts the `Caller` beside the request.
pub async fn resolve(State(state): State<AppState>, mut request: Request, next: Next) -> Response {
    let client = request.extensions().get::<Client>().copied();
    let address = client.map(|client| client.address.to_string()).unwrap_or_default();
    let session = request.extensions().get::<Session>().cloned();
    let signed_in = match session.as_ref().and_then(Session::id) {
        Some(cookie) => state.auth.sessions.resolve(cookie, &address).await,
        None => Ok(None),
    };
    let is_unknown = signed_in.is_err();
    let mut signed_in = signed_in.unwrap_or_default();
    if let Some(SignedIn { user, .. }) = &mut signed_in {
        let lacks_factor = !user.has_second_factor && state.config.second_factor_for.contains(&user.role);
        user.is_confined = user.is_confined || lacks_factor;
        if user.is_confined && leads_astray(&request) {
            return Redirect::to("/account").into_response();
        }
    }
    if let (Some(session), Some(signed_in)) = (session, &signed_in) {
        let life_ms = i64::from(state.config.session_days) * 24 * 3600 * 1000;
        if signed_in.expires_at.0 - clock::now().0 < life_ms - PROLONG_AFTER_MS && state.database.is_there() {
            // The layer saves what changed and sends the cookie again.
            session.insert("prolonged_at_ms", clock::now().0).await.ok();
        }
    }
    let key = request.headers().get(IDEMPOTENCY_HEADER).and_then(|value| value.to_str().ok());
    let caller = Caller {
        session_id: signed_in.as_ref().map(|signed_in| signed_in.session_id),
        is_unknown,
        scope: signed_in.as_ref().map(|signed_in| signed_in.scope.clone()).unwrap_or_default(),
        user: signed_in.map(|signed_in| signed_in.user),
        address,
        idempotency_key: key.filter(|key| (1..=64).contains(&key.len())).map(str::to_owned),
    };
    request.extensions_mut().insert(caller);
    next.run(request).await
}
