//! Named threads for the blocking client.

use std::thread::{Builder, JoinHandle};

/// Starts a thread; `None`, and a line in the log, if the system refuses: what it would have served then reports
/// itself as unavailable.
pub(super) fn spawn(name: String, work: impl FnOnce() + Send + 'static) -> Option<JoinHandle<()>> {
    Builder::new()
        .name(name.clone())
        .spawn(work)
        .inspect_err(|error| tracing::error!(%error, thread = name, "cannot start a thread"))
        .ok()
}

/// Waits for the end of threads without holding up the runtime.
pub(super) async fn join(threads: impl IntoIterator<Item = JoinHandle<()>> + Send + 'static) {
    let joined = tokio::task::spawn_blocking(move || {
        for thread in threads {
            // A panic there has been reported by the hook.
            let _ = thread.join();
        }
    });
    let _ = joined.await;
}
