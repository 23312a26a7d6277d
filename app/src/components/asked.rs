//! Resources: what a page asks of the server, and takes over from it when the server rendered the page.
//!
//! The program meets JSON in three places: in answers of server functions, in what the server left for resources, and
//! in frames of the stream. Server functions read it from bytes. Whoever read it from text instead would have every
//! value's reader compiled a second time into what the browser downloads, so all three read bytes.

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use leptos::prelude::*;
use leptos::server::codee::{Decoder, Encoder};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::api::ApiError;

/// What the server answered, once it has.
pub type Asked<T> = Resource<T, Json>;

/// JSON from text, by the reader of bytes.
#[derive(Debug)]
pub struct Json;

impl<T: Serialize> Encoder<T> for Json {
    type Error = serde_json::Error;
    type Encoded = String;

    fn encode(value: &T) -> Result<String, serde_json::Error> {
        serde_json::to_string(value)
    }
}

impl<T: DeserializeOwned> Decoder<T> for Json {
    type Error = serde_json::Error;
    type Encoded = str;

    fn decode(text: &str) -> Result<T, serde_json::Error> {
        read_json(text)
    }
}

/// Reads JSON as server functions do.
///
/// # Errors
/// When it is no JSON, or not of a `T`.
pub fn read_json<T: DeserializeOwned>(text: &str) -> Result<T, serde_json::Error> {
    serde_json::from_slice(text.as_bytes())
}

/// Asks at once, and again when `source` changes.
pub fn ask<S, T, F>(
    source: impl Fn() -> S + Send + Sync + 'static,
    fetch: impl Fn(S) -> F + Send + Sync + 'static,
) -> Asked<T>
where
    S: PartialEq + Clone + Send + Sync + 'static,
    T: Serialize + DeserializeOwned + Send + Sync + 'static,
    F: Future<Output = T> + Send + 'static,
{
    Resource::new_with_options(source, boxed(fetch), false)
}

/// Asks as [`ask`] does; on the server nothing is sent before the answer is there.
pub fn ask_first<S, T, F>(
    source: impl Fn() -> S + Send + Sync + 'static,
    fetch: impl Fn(S) -> F + Send + Sync + 'static,
) -> Asked<T>
where
    S: PartialEq + Clone + Send + Sync + 'static,
    T: Serialize + DeserializeOwned + Send + Sync + 'static,
    F: Future<Output = T> + Send + 'static,
{
    Resource::new_with_options(source, boxed(fetch), true)
}

/// A value that is asked for again when `changes` does, and every ten seconds while somebody looks at the page; beside it what
/// the last question failed with, while the old value stays.
///
/// For what changes by the minute, is not on the board, and would weigh on every board if it travelled in the stream. It is a
/// signal and no resource, so that a page changes what is new and leaves what somebody writes.
pub fn keep_asking<T, F>(
    first: T,
    changes: impl Fn() -> usize + 'static,
    fetch: impl Fn() -> F + Send + Sync + 'static,
) -> (RwSignal<T>, Signal<Option<ApiError>>)
where
    T: Clone + Send + Sync + 'static,
    F: Future<Output = Result<T, ApiError>> + Send + 'static,
{
    const EVERY: Duration = Duration::from_secs(10);
    let value = RwSignal::new(first);
    let question = Action::new(move |(): &()| fetch());
    Effect::new(move |before: Option<usize>| {
        let now = changes();
        if before.is_some_and(|before| before != now) {
            question.dispatch(());
        }
        now
    });
    Effect::new(move |_| {
        let look = move || {
            if !document().hidden() && !question.pending().get_untracked() {
                question.dispatch(());
            }
        };
        if let Ok(interval) = set_interval_with_handle(look, EVERY) {
            on_cleanup(move || interval.clear());
        }
    });
    Effect::new(move |_| {
        if let Some(Ok(answer)) = question.value().get() {
            value.set(answer);
        }
    });
    let problem = Signal::derive(move || question.value().get().and_then(Result::err));
    (value, problem)
}

/// A question boxed: resources of one type of answer then share their code.
fn boxed<S, T, F>(
    fetch: impl Fn(S) -> F + Send + Sync + 'static,
) -> impl Fn(S) -> Pin<Box<dyn Future<Output = T> + Send>> + Send + Sync + 'static
where
    F: Future<Output = T> + Send + 'static,
{
    move |source| Box::pin(fetch(source))
}
