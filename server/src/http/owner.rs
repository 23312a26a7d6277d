//! The reactive owner of a request, kept apart from those of other requests.
//!
//! The framework keeps the owner of what it renders in a variable of the thread, and leaves it there while the page waits for the
//! database. Whatever the thread polled next would be a child of that page: a file would take the headers that the page has set,
//! and a server function would lose its context when the page is done. So the owner goes with the request.

use std::future::{Future, poll_fn};
use std::pin::pin;

use axum::extract::Request;
use axum::middleware::Next;
use axum::response::Response;
use leptos::prelude::Owner;

/// Makes the owner a matter of the request.
pub async fn keep_apart(request: Request, next: Next) -> Response {
    with_own_owner(next.run(request)).await
}

/// Runs a future with an owner that nobody else meets: at first none, then whichever it has made.
async fn with_own_owner<T>(future: impl Future<Output = T>) -> T {
    let mut future = pin!(future);
    let mut own: Option<Owner> = None;
    poll_fn(|context| {
        let found = exchange(own.take());
        let polled = future.as_mut().poll(context);
        own = exchange(found);
        polled
    })
    .await
}

/// Makes `owner` the one of this thread, and returns the one before.
fn exchange(owner: Option<Owner>) -> Option<Owner> {
    let before = Owner::current();
    match owner {
        Some(owner) => owner.set(),
        None => {
            if let Some(before) = before.clone() {
                before.unset();
            }
        }
    }
    before
}

#[cfg(test)]
mod tests {
    use super::*;

    use leptos::prelude::{provide_context, use_context};
    use tokio::sync::Notify;

    #[tokio::test]
    async fn two_that_wait_on_one_thread_do_not_meet() {
        let (has_begun, may_end) = (Notify::new(), Notify::new());
        let page = with_own_owner(async {
            let owner = Owner::new_root(None);
            owner.with(|| provide_context("the page's"));
            has_begun.notify_one();
            may_end.notified().await;
            let found = use_context::<&str>();
            drop(owner);
            found
        });
        let file = with_own_owner(async {
            has_begun.notified().await;
            let found = Owner::new().with(use_context::<&str>);
            may_end.notify_one();
            found
        });
        assert_eq!(tokio::join!(page, file), (Some("the page's"), None));
        assert!(Owner::current().is_none());
    }
}
