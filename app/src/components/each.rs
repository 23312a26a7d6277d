//! Lists: a view for each key.

use std::fmt::Display;
use std::sync::Arc;

use leptos::prelude::*;

/// A line of a list: what it is known by, and how to make its view.
struct Line {
    key: String,
    view: Box<dyn FnOnce() -> AnyView + Send>,
}

/// A view for each of `keys`, in their order. A view lives as long as its key is among them.
///
/// It is the framework's `For`, compiled once for all lists: each further type of key would cost the browser the code
/// that hydrates, compares and moves them.
#[component]
pub fn Each<K, V>(
    /// What the views are of. No two of them read the same.
    keys: impl Fn() -> Vec<K> + Send + 'static,
    /// The view of a key.
    children: impl Fn(K) -> V + Send + Sync + 'static,
) -> impl IntoView
where
    K: Display + Send + 'static,
    V: IntoAny + 'static,
{
    let children = Arc::new(children);
    let line = move |key: K| {
        let children = Arc::clone(&children);
        Line { key: key.to_string(), view: Box::new(move || children(key).into_any()) }
    };
    list(Box::new(move || keys().into_iter().map(&line).collect()))
}

fn list(lines: Box<dyn Fn() -> Vec<Line> + Send>) -> AnyView {
    view! { <For each=lines key=|line| line.key.clone() children=|line: Line| (line.view)() /> }.into_any()
}
