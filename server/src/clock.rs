//! The one place where the wall clock is read.

use std::time::{SystemTime, UNIX_EPOCH};

use app::model::time::UnixMs;

/// The instant that the machine believes it is.
pub fn now() -> UnixMs {
    let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    UnixMs(i64::try_from(since_epoch.as_millis()).unwrap_or(i64::MAX))
}
