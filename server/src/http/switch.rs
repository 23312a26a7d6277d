//! What the switch calls: the posts of mod_json_cdr, and requests for callbacks by mod_curl. It has credentials of its own and
//! gets short plain answers, never a page: its log is where they are read.

use axum::Router;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::routing::post;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde::Deserialize;
use sha2::{Digest as _, Sha256};

use crate::callbacks::NoRequest;
use crate::clock::now;
use crate::history::cdr::{self, ReceivedCdr};
use crate::state::AppState;
use app::model::ids::NodeName;

/// Routes below `/switch`.
pub fn routes() -> Router<AppState> {
    Router::new()
        .route("/cdr", post(take_cdr_of_the_node))
        .route("/cdr/{node}", post(take_cdr))
        .route("/callback", post(take_callback))
}

type Answer = (StatusCode, &'static str);

/// `POST /switch/cdr`: of the only node.
async fn take_cdr_of_the_node(State(state): State<AppState>, headers: HeaderMap, body: String) -> Answer {
    let Ok([node]) = <[_; 1]>::try_from(state.switches.nodes().collect::<Vec<_>>()) else {
        return (StatusCode::BAD_REQUEST, "several nodes are configured: post to /switch/cdr/NODE\n");
    };
    take(&state, node.clone(), &headers, body).await
}

/// `POST /switch/cdr/NODE`.
async fn take_cdr(
    State(state): State<AppState>,
    Path(node): Path<String>,
    headers: HeaderMap,
    body: String,
) -> Answer {
    let node = NodeName(node);
    if !state.switches.nodes().any(|known| *known == node) {
        return (StatusCode::NOT_FOUND, "no node of that name is configured\n");
    }
    take(&state, node, &headers, body).await
}

/// Anything but 200 makes mod_json_cdr try again and then keep the record in its error directory.
async fn take(state: &AppState, node: NodeName, headers: &HeaderMap, body: String) -> Answer {
    if !is_the_switch(state, headers) {
        return (StatusCode::UNAUTHORIZED, "wrong user or password\n");
    }
    let read = match cdr::parse(&body) {
        Ok(read) => read,
        Err(error) => {
            tracing::warn!(%error, %node, bytes = body.len(), "a call record cannot be read");
            return (StatusCode::BAD_REQUEST, "this is no record of mod_json_cdr\n");
        }
    };
    let received = ReceivedCdr {
        node,
        uuid: read.uuid,
        leg: read.leg,
        received_at: now(),
        ended_at: read.ended_at,
        member_uuid: read.member_uuid,
        body,
    };
    match state.cdrs.store(received).await {
        Ok(()) => (StatusCode::OK, "stored\n"),
        Err(_) => (StatusCode::SERVICE_UNAVAILABLE, "cannot store it at the moment, post it again\n"),
    }
}

/// What a request for a callback says.
#[derive(Debug, Deserialize)]
struct CallbackPost {
    /// Whom to call.
    #[serde(default)]
    phone: String,
    /// For which queue, with its domain or without.
    #[serde(default)]
    queue: String,
}

/// `POST /switch/callback` with `phone` and `queue`, as a form or as JSON. To post it again is safe: a number has one open
/// callback a queue. mod_curl shows nothing but the body, so its first word says how it went.
async fn take_callback(State(state): State<AppState>, headers: HeaderMap, body: String) -> Answer {
    if !is_the_switch(&state, &headers) {
        return (StatusCode::UNAUTHORIZED, "refused: wrong user or password\n");
    }
    let Some(post) = callback_of(&body) else {
        return (StatusCode::BAD_REQUEST, "refused: neither a form nor JSON with phone and queue\n");
    };
    match state.callbacks.ask(&post.phone, &post.queue, now()).await {
        Ok(Ok(())) => (StatusCode::OK, "taken\n"),
        Ok(Err(NoRequest::Number)) => {
            (StatusCode::UNPROCESSABLE_ENTITY, "refused: phone is no number that can be called\n")
        }
        Ok(Err(NoRequest::Queue)) => (StatusCode::UNPROCESSABLE_ENTITY, "refused: queue is missing\n"),
        Err(error) => {
            tracing::warn!(%error, "a request for a callback cannot be stored");
            (StatusCode::SERVICE_UNAVAILABLE, "later: cannot store it at the moment, post it again\n")
        }
    }
}

/// Reads a body by its look: mod_curl says that JSON is a form unless it is told otherwise.
fn callback_of(body: &str) -> Option<CallbackPost> {
    let body = body.trim();
    if body.starts_with('{') {
        return serde_json::from_str(body).ok();
    }
    let mut post = CallbackPost { phone: String::new(), queue: String::new() };
    for pair in body.split('&') {
        let (name, value) = pair.split_once('=')?;
        // mod_curl decodes the escapes of its argument before it sends them, so a plus sign is one, and no space.
        let value = percent_encoding::percent_decode_str(value).decode_utf8().ok()?.into_owned();
        match name {
            "phone" => post.phone = value,
            "queue" => post.queue = value,
            _ => {}
        }
    }
    Some(post)
}

/// Whether the credentials are those that were configured. Without any nobody is let in.
fn is_the_switch(state: &AppState, headers: &HeaderMap) -> bool {
    let Some(password) = &state.config.switch_web_password else { return false };
    let expected = format!("{}:{}", state.config.switch_web_user, password.reveal());
    let given = headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.strip_prefix("Basic "))
        .and_then(|value| BASE64_STANDARD.decode(value.trim()).ok());
    // Digests are compared, so that the time it takes tells nothing of the password.
    given.is_some_and(|given| Sha256::digest(given) == Sha256::digest(expected.as_bytes()))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that fails says so")]
    use super::callback_of;

    #[test]
    fn forms_and_json_are_read_as_mod_curl_sends_them() {
        for (body, phone, queue) in [
            ("phone=13800138000&queue=support", "13800138000", "support"),
            ("phone=+8613800138000&queue=support@default", "+8613800138000", "support@default"),
            ("phone=%2B8613800138000&queue=support%40default&x=1", "+8613800138000", "support@default"),
            (r#"{"phone":"13800138000","queue":"售后"}"#, "13800138000", "售后"),
            (r#" {"phone":"13800138000"} "#, "13800138000", ""),
        ] {
            let post = callback_of(body).unwrap();
            assert_eq!((post.phone.as_str(), post.queue.as_str()), (phone, queue), "{body}");
        }
        for body in ["", "phone", "{", "[1]", "<xml/>"] {
            assert!(callback_of(body).is_none(), "{body}");
        }
    }
}
