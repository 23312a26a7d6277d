//! The one place where an error of the inside becomes one that a browser sees, and is logged.
//!
//! Return `StorageError` from whatever touches the database and let `?` do the rest. Return an `ApiError` directly for
//! what a person did: those are answers, not faults, and are not logged.

use app::api::{ApiError, RefusedBy};

use crate::http::problem;
use crate::storage::StorageError;
use crate::switch::SwitchError;

impl From<StorageError> for ApiError {
    fn from(error: StorageError) -> Self {
        match error {
            StorageError::NotFound => Self::NotFound,
            StorageError::Conflict { .. } => Self::Conflict,
            error if error.is_unavailable() => {
                tracing::error!(%error, "the database is unavailable");
                Self::DatabaseUnavailable
            }
            error => internal(&error),
        }
    }
}

impl From<SwitchError> for ApiError {
    fn from(error: SwitchError) -> Self {
        match error {
            SwitchError::Unavailable | SwitchError::UnknownNode => Self::SwitchUnavailable,
            SwitchError::Unknown => Self::Unknown,
            SwitchError::Refused { reason } => Self::Refused { by: RefusedBy::Switch, reason },
            error @ SwitchError::Unspeakable => {
                Self::Refused { by: RefusedBy::SwitchDesk, reason: error.to_string() }
            }
        }
    }
}

/// A mistake of ours: the cause goes to the log, its reference to the browser.
pub fn internal(cause: &dyn std::fmt::Display) -> ApiError {
    let reference = problem::reference();
    tracing::error!(%reference, %cause, "internal error");
    ApiError::Internal { reference }
}
