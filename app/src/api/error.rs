//! What can go wrong between a page and the server, as a closed set that each language puts into words.

use leptos::server_fn::codec::JsonEncoding;
use leptos::server_fn::error::{FromServerFnError, ServerFnErrorErr};
use serde::{Deserialize, Serialize};

use crate::model::named::read_by_name;
use crate::model::problem::FieldProblem;

/// The only error that a browser sees.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
pub enum ApiError {
    /// No session, or one that ended.
    #[error("not signed in")]
    Unauthenticated,
    /// The role does not allow it.
    #[error("not allowed")]
    Forbidden,
    /// It does not exist (any more).
    #[error("not found")]
    NotFound,
    /// The form has problems, field by field.
    #[error("invalid input")]
    Invalid(Vec<FieldProblem>),
    /// Somebody else changed it meanwhile, or the name is taken.
    #[error("conflict")]
    Conflict,
    /// There is nothing to repair any more; nothing was done.
    #[error("nothing to repair")]
    Healed,
    /// The switch cannot be reached; nothing was done.
    #[error("the switch cannot be reached")]
    SwitchUnavailable,
    /// The connection broke while the switch was asked: it may or may not have been done.
    #[error("the outcome is unknown")]
    Unknown,
    /// The database cannot be reached; nothing was stored.
    #[error("the database cannot be reached")]
    DatabaseUnavailable,
    /// Somebody said no, with a reason in their own words.
    #[error("refused: {reason}")]
    Refused {
        /// Who.
        by: RefusedBy,
        /// In the switch's words.
        reason: String,
    },
    /// The browser could not reach the server.
    #[error("the server cannot be reached")]
    ServerUnreachable,
    /// A mistake of ours; the reference finds it in the log.
    #[error("internal error {reference}")]
    Internal {
        /// Written to the log beside the cause.
        reference: String,
    },
}

/// Who refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum RefusedBy {
    /// The switch.
    Switch,
    /// SwitchDesk itself.
    SwitchDesk,
}

read_by_name! { RefusedBy:
    Switch = "Switch",
    SwitchDesk = "SwitchDesk",
}

impl FromServerFnError for ApiError {
    type Encoder = JsonEncoding;

    fn from_server_fn_error(error: ServerFnErrorErr) -> Self {
        match error {
            ServerFnErrorErr::Request(_) => Self::ServerUnreachable,
            ServerFnErrorErr::Args(_) | ServerFnErrorErr::MissingArg(_) => Self::Invalid(Vec::new()),
            // On the server it is what came that cannot be read, in the browser what was answered.
            #[cfg(feature = "ssr")]
            ServerFnErrorErr::Deserialization(_) => Self::Invalid(Vec::new()),
            // The text of the framework's error is for the log of the server, never for the browser.
            _ => Self::Internal { reference: "transport".into() },
        }
    }
}

#[cfg(feature = "ssr")]
impl ApiError {
    /// The HTTP status of each error.
    pub const fn status(&self) -> axum::http::StatusCode {
        use axum::http::StatusCode;
        match self {
            Self::Unauthenticated => StatusCode::UNAUTHORIZED,
            Self::Forbidden => StatusCode::FORBIDDEN,
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::Invalid(_) => StatusCode::UNPROCESSABLE_ENTITY,
            Self::Conflict | Self::Healed | Self::Refused { .. } => StatusCode::CONFLICT,
            Self::SwitchUnavailable | Self::DatabaseUnavailable | Self::ServerUnreachable => {
                StatusCode::SERVICE_UNAVAILABLE
            }
            Self::Unknown => StatusCode::GATEWAY_TIMEOUT,
            Self::Internal { .. } => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }
}
