//! What the switch calls: the posts of mod_json_cdr. It has credentials of its own and gets short plain answers, never a
//! page: its log is where they are read.

use axum::Router;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::routing::post;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use sha2::{Digest as _, Sha256};

use crate::clock::now;
use crate::history::cdr::{self, ReceivedCdr};
use crate::state::AppState;
use app::model::ids::NodeName;

/// Routes below `/switch`.
pub fn routes() -> Router<AppState> {
    Router::new().route("/cdr", post(take_cdr_of_the_node)).route("/cdr/{node}", post(take_cdr))
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
