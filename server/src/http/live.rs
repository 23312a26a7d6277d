//! The live streams: server-sent events for signed-in browsers (`/live`), for wall screens (`/live/wall/{token}`), and for
//! whoever looks at calls (`/live/calls`, and `/live/calls/{node}/{uuid}` for one of them).
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
use app::model::ids::{CallId, NodeName};
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
use crate::calls::reader as calls;
use crate::desks::OpenDesk;
use crate::state::AppState;
use crate::wallboard::reader::{Reader, ReaderFrame};

/// How soon a browser tries again after a stream broke.
const RETRY: Duration = Duration::from_millis(500);

#[derive(Deserialize)]
struct Asked {
    /// `boot:seq` of the snapshot that the page was rendered from.
    after: Option<String>,
}

/// The routes of the live stream.
pub fn routes() -> Router<AppState> {
    Router::new()
        .route("/live", get(with_session))
        .route("/live/wall/{token}", get(with_link))
        .route("/live/calls", get(of_calls))
        .route("/live/calls/{node}/{uuid}", get(of_call))
}

async fn of_calls(State(state): State<AppState>, Extension(caller): Extension<Caller>) -> Response {
    match watcher(&caller) {
        Ok((sight, admission)) => {
            let reader = state.calls.subscribe(sight);
            respond(&state, Source::Calls(reader), admission, None)
        }
        Err(error) => refuse(error),
    }
}

async fn of_call(
    State(state): State<AppState>,
    Extension(caller): Extension<Caller>,
    Path((node, uuid)): Path<(String, String)>,
) -> Response {
    match watcher(&caller) {
        Ok((sight, admission)) => {
            let reader = state.calls.subscribe_to(CallId::new(&NodeName(node), uuid), sight);
            respond(&state, Source::Call(reader), admission, None)
        }
        Err(error) => refuse(error),
    }
}

/// What the caller may see of calls.
fn watcher(caller: &Caller) -> Result<(Sight, Admission), ApiError> {
    let permit = Permit::<WatchBoard>::ask(caller.clone())?;
    let session = caller.session_id.ok_or(ApiError::Unauthenticated)?;
    Ok((permit.sight(), Admission::Session(session)))
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
    respond(state, Source::Board(reader), admission, desk)
}

/// Where the frames of a stream come from.
enum Source {
    Board(Reader),
    Calls(calls::Reader),
    Call(calls::DetailReader),
}

impl Source {
    async fn next(&mut self) -> Option<ReaderFrame> {
        match self {
            Self::Board(reader) => reader.next().await,
            Self::Calls(reader) => reader.next().await,
            Self::Call(reader) => reader.next().await,
        }
    }
}

fn respond(state: &AppState, source: Source, admission: Admission, desk: Option<OpenDesk>) -> Response {
    let ended = state.auth.watch.ended(admission);
    let open = (state.metrics.open_stream(), desk);
    let frames = frames(source, ended, state.shutdown.clone(), open);
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
    source: Source,
    ended: impl Future<Output = ByeReason> + Send + 'static,
    shutdown: CancellationToken,
    open: (OpenStream, Option<OpenDesk>),
) -> impl Stream<Item = Result<Event, Infallible>> + Send + 'static {
    let state = Some((source, Box::pin(ended), shutdown, open));
    futures::stream::unfold(state, |state| async move {
        let (mut source, mut ended, shutdown, open) = state?;
        tokio::select! {
            biased;
            () = shutdown.cancelled() => Some((Ok(bye(ByeReason::Stopping)), None)),
            reason = &mut ended => Some((Ok(bye(reason)), None)),
            frame = source.next() => {
                let frame = frame?;
                let mut event = Event::default().retry(RETRY).data(frame.json);
                if let Some(position) = frame.position {
                    event = event.id(position.to_string());
                }
                Some((Ok(event), Some((source, ended, shutdown, open))))
            }
        }
    })
}

fn bye(reason: ByeReason) -> Event {
    // A unit enum always serialises.
    Event::default().data(serde_json::to_string(&Frame::Bye(reason)).unwrap_or_default())
}
