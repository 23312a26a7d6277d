//! The live stream: server-sent events for signed-in browsers (`/live`) and for wall screens (`/live/wall/{token}`).
//!
//! The first frame says which program and which start of it speaks; then a snapshot, or the changes after `?after=`
//! (or after the `Last-Event-ID` of a browser that comes back); then changes, and a beat when there are none. The
//! stream ends by a frame that says why: the server stops, the session or link was revoked, or what it may show is another
//! part of the board by now.

use std::convert::Infallible;
use std::time::Duration;

use app::api::permit::{OwnAccount, Permit, WatchBoard, WorkAtDesk};
use app::api::{ApiError, Caller};
use app::model::frame::{ByeReason, Frame, Position};
use app::model::wall::{Scope, Sight};
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::response::sse::{Event, Sse};
use axum::response::{IntoResponse, Json, Response};
use axum::routing::get;
use axum::{Extension, Router};
use futures::Stream;
use serde::Deserialize;
use tokio_util::sync::CancellationToken;

use super::metrics::OpenStream;
use crate::auth::Admission;
use crate::desks::OpenDesk;
use crate::state::AppState;
use crate::wallboard::reader::Reader;

/// How soon a browser tries again after a stream broke.
const RETRY: Duration = Duration::from_millis(500);

#[derive(Deserialize)]
struct Asked {
    /// `boot:seq` of the snapshot that the page was rendered from.
    after: Option<String>,
}

/// The routes of the live stream.
pub fn routes() -> Router<AppState> {
    Router::new().route("/live", get(with_session)).route("/live/wall/{token}", get(with_link))
}

async fn with_session(
    State(state): State<AppState>,
    Extension(caller): Extension<Caller>,
    Query(asked): Query<Asked>,
    headers: HeaderMap,
) -> Response {
    let admitted = sight_of(&caller).and_then(|sight| {
        let session = caller.session_id.ok_or(ApiError::Unauthenticated)?;
        Ok((sight, Admission::Session(session)))
    });
    match admitted {
        Ok((sight, admission)) => stream(&state, sight, admission, &asked, &headers),
        Err(error) => refuse(error),
    }
}

async fn with_link(
    State(state): State<AppState>,
    Path(token): Path<String>,
    Query(asked): Query<Asked>,
    headers: HeaderMap,
) -> Response {
    match state.auth.walls.resolve(&token).await {
        Ok(Some(link)) => {
            stream(&state, Sight::of_wall(link.queues), Admission::Wall(link.id), &asked, &headers)
        }
        Ok(None) => refuse(ApiError::NotFound),
        Err(error) => refuse(error.into()),
    }
}

/// What the caller may see: the board, or at a desk the own agent alone.
fn sight_of(caller: &Caller) -> Result<Sight, ApiError> {
    if let Ok(permit) = Permit::<WatchBoard>::ask(caller.clone()) {
        return Ok(permit.sight());
    }
    let permit = Permit::<WorkAtDesk>::ask(caller.clone())
        .map_err(|error| Permit::<OwnAccount>::ask(caller.clone()).err().unwrap_or(error))?;
    let agent = permit.user().agent.clone().ok_or(ApiError::Forbidden)?;
    Ok(Sight { scope: Scope::Agent(agent), numbers: permit.numbers() })
}

fn refuse(error: ApiError) -> Response {
    (error.status(), Json(error)).into_response()
}

fn stream(
    state: &AppState,
    sight: Sight,
    admission: Admission,
    asked: &Asked,
    headers: &HeaderMap,
) -> Response {
    let came_back = headers.get("last-event-id").and_then(|id| id.to_str().ok());
    let after = came_back.or(asked.after.as_deref()).and_then(Position::parse);
    let desk = match &sight.scope {
        Scope::Agent(agent) => Some(state.desks.open(agent.clone())),
        _ => None,
    };
    let reader = state.hub.subscribe(sight, after);
    let ended = state.auth.watch.ended(admission);
    let open = (state.metrics.open_stream(), desk);
    let frames = frames(reader, ended, state.shutdown.clone(), open);
    let headers = [
        // A proxy that gathers the stream would make the board late by whole seconds.
        (HeaderName::from_static("x-accel-buffering"), HeaderValue::from_static("no")),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    (headers, Sse::new(frames)).into_response()
}

/// Polled only when the socket takes more: a slow reader holds nothing back but its own place, and gets a snapshot
/// when it has fallen too far behind.
fn frames(
    reader: Reader,
    ended: impl Future<Output = ByeReason> + Send + 'static,
    shutdown: CancellationToken,
    open: (OpenStream, Option<OpenDesk>),
) -> impl Stream<Item = Result<Event, Infallible>> + Send + 'static {
    let state = Some((reader, Box::pin(ended), shutdown, open));
    futures::stream::unfold(state, |state| async move {
        let (mut reader, mut ended, shutdown, open) = state?;
        tokio::select! {
            biased;
            () = shutdown.cancelled() => Some((Ok(bye(ByeReason::Stopping)), None)),
            reason = &mut ended => Some((Ok(bye(reason)), None)),
            frame = reader.next() => {
                let frame = frame?;
                let mut event = Event::default().retry(RETRY).data(frame.json);
                if let Some(position) = frame.position {
                    event = event.id(position.to_string());
                }
                Some((Ok(event), Some((reader, ended, shutdown, open))))
            }
        }
    })
}

fn bye(reason: ByeReason) -> Event {
    // A unit enum always serialises.
    Event::default().data(serde_json::to_string(&Frame::Bye(reason)).unwrap_or_default())
}
