//! The agent's desk.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::ApiError;
#[cfg(feature = "ssr")]
use super::{
    apis, permit,
    permit::{Permit, WorkAtDesk},
    respond,
};
use crate::model::frame::Snapshot;
use crate::model::ids::AgentKey;

/// What a desk shows first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeskView {
    /// The agent that the user is tied to.
    pub agent: AgentKey,
    /// The agent's row alone (none when the switch does not know the agent) and the nodes.
    pub snapshot: Snapshot,
}

/// What the server does for the desk.
#[cfg(feature = "ssr")]
#[async_trait::async_trait]
pub trait DeskApi: Send + Sync {
    /// The own agent as it is now. `Forbidden` for a user who is tied to no agent.
    async fn read_desk(&self, permit: Permit<WorkAtDesk>) -> Result<DeskView, ApiError>;
    /// Asks the switch for the own agent's status. `status` is `available`, `on-break` or `logged-out`; `reason` is
    /// the code of a [`crate::model::agent::BreakReason`], wanted for `on-break` alone.
    async fn set_own_status(
        &self,
        permit: Permit<WorkAtDesk>,
        status: &str,
        reason: Option<&str>,
    ) -> Result<(), ApiError>;
}

/// The own agent as it is now.
#[server(endpoint = "desk/read")]
pub async fn read_desk() -> Result<DeskView, ApiError> {
    respond(async { apis()?.desk.read_desk(permit()?).await }).await
}

/// Asks the switch for the own agent's status. A plain form post works as well.
#[server(endpoint = "desk/status")]
pub async fn set_own_status(
    status: String,
    #[server(default)] reason: Option<String>,
) -> Result<(), ApiError> {
    respond(async { apis()?.desk.set_own_status(permit()?, &status, reason.as_deref()).await }).await
}
