//! What the call center is made of: break reasons, outcome codes, what desks offer.

use leptos::prelude::*;

use super::ApiError;
#[cfg(feature = "ssr")]
use super::{
    apis, permit,
    permit::{ManageCenter, Permit},
    respond,
};
use crate::model::center::{BreakReason, CenterView, OutcomeCode};

/// What the server does for the center. An edit of a code that is not there is `NotFound`, a new one that is, `Conflict`.
#[cfg(feature = "ssr")]
#[async_trait::async_trait]
pub trait CenterApi: Send + Sync {
    /// All of it.
    async fn read_center(&self, permit: Permit<ManageCenter>) -> Result<CenterView, ApiError>;
    /// Stores a break reason, a new one or an edit, and shows its name on every board at once.
    async fn save_break_reason(
        &self,
        permit: Permit<ManageCenter>,
        reason: BreakReason,
        is_new: bool,
    ) -> Result<(), ApiError>;
    /// Stores an outcome code, a new one or an edit.
    async fn save_outcome_code(
        &self,
        permit: Permit<ManageCenter>,
        outcome: OutcomeCode,
        is_new: bool,
    ) -> Result<(), ApiError>;
    /// Whether desks offer to take one call at a time.
    async fn offer_on_demand(&self, permit: Permit<ManageCenter>, is_offered: bool) -> Result<(), ApiError>;
}

/// All of it.
#[server(endpoint = "center/read")]
pub async fn read_center() -> Result<CenterView, ApiError> {
    respond(async { apis()?.center.read_center(permit()?).await }).await
}

/// Stores a break reason.
#[server(endpoint = "center/break-reason", input = leptos::server_fn::codec::Json)]
pub async fn save_break_reason(reason: BreakReason, is_new: bool) -> Result<(), ApiError> {
    respond(async { apis()?.center.save_break_reason(permit()?, reason, is_new).await }).await
}

/// Stores an outcome code.
#[server(endpoint = "center/outcome-code", input = leptos::server_fn::codec::Json)]
pub async fn save_outcome_code(outcome: OutcomeCode, is_new: bool) -> Result<(), ApiError> {
    respond(async { apis()?.center.save_outcome_code(permit()?, outcome, is_new).await }).await
}

/// Whether desks offer to take one call at a time. A plain form works as well: without the field they do not.
#[server(endpoint = "center/on-demand")]
pub async fn offer_on_demand(#[server(default)] is_offered: bool) -> Result<(), ApiError> {
    respond(async { apis()?.center.offer_on_demand(permit()?, is_offered).await }).await
}
