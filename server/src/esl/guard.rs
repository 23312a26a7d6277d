//! A panic of the crate is the loss of one connection, never more.
//!
//! `freeswitch-esl-rs` panics where it should return an error (`expect("fails to read pdu")` on every reset). It is
//! called only from here, on threads that own nothing else.

use std::cell::Cell;
use std::panic::{self, AssertUnwindSafe};
use std::sync::Once;

/// The crate gave up in the middle; its client must not be used again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Panicked;

thread_local! {
    static IS_GUARDED: Cell<bool> = const { Cell::new(false) };
}

static QUIET_HOOK: Once = Once::new();

/// Runs a call into the crate. State that it leaves half changed is only the client's own, which is dropped.
pub(super) fn guarded<T>(call: impl FnOnce() -> T) -> Result<T, Panicked> {
    QUIET_HOOK.call_once(install_quiet_hook);
    IS_GUARDED.set(true);
    let outcome = panic::catch_unwind(AssertUnwindSafe(call));
    IS_GUARDED.set(false);
    outcome.map_err(|_| Panicked)
}

/// Keeps guarded panics out of the error output, where they would look like a crash; every other panic is reported
/// as before.
fn install_quiet_hook() {
    let report = panic::take_hook();
    panic::set_hook(Box::new(move |info| {
        if IS_GUARDED.try_with(Cell::get).unwrap_or(false) {
            tracing::debug!(panic = %info, "the event socket client gave up");
        } else {
            report(info);
        }
    }));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn panic_is_an_error() {
        assert_eq!(guarded(|| panic!("as the crate does")), Err::<(), _>(Panicked));
        assert_eq!(guarded(|| 1), Ok(1));
    }
}
