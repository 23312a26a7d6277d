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
use crate::model::center::BreakReason;
use crate::model::day::OwnDay;
use crate::model::frame::Snapshot;
use crate::model::ids::AgentKey;

/// What a desk shows first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeskView {
    /// The agent that the user is tied to.
    pub agent: AgentKey,
    /// The agent's row alone (none when the switch does not know the agent) and the nodes.
    pub snapshot: Snapshot,
    /// Reasons of a break in their order, the retired ones too: one may be on one of them.
    #[serde(default)]
    pub reasons: Vec<BreakReason>,
    /// The desk offers to take one call at a time.
    pub is_on_demand_offered: bool,
    /// How the desk calls for attention.
    pub signals: DeskSignals,
}

/// How a desk tells of a ringing call and of messages; kept per user on the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeskSignals {
    /// In the title of the tab.
    pub has_title: bool,
    /// By a sound.
    pub has_sound: bool,
}

impl Default for DeskSignals {
    fn default() -> Self {
        Self { has_title: true, has_sound: true }
    }
}

/// What the server does for the desk.
#[cfg(feature = "ssr")]
#[async_trait::async_trait]
pub trait DeskApi: Send + Sync {
    /// The own agent as it is now. `Forbidden` for a user who is tied to no agent.
    async fn read_desk(&self, permit: Permit<WorkAtDesk>) -> Result<DeskView, ApiError>;
    /// Asks the switch for the own agent's status. `status` is `available`, `on-break`, `logged-out` or, where desks
    /// offer it, `on-demand`; `reason` is the code of a [`BreakReason`] that is offered, wanted for `on-break` alone.
    async fn set_own_status(
        &self,
        permit: Permit<WorkAtDesk>,
        status: &str,
        reason: Option<&str>,
    ) -> Result<(), ApiError>;
    /// What the own agent did today, and numbers beside those of the team.
    async fn read_own_day(&self, permit: Permit<WorkAtDesk>) -> Result<OwnDay, ApiError>;
    /// Keeps how the user's desk calls for attention.
    async fn save_desk_signals(
        &self,
        permit: Permit<WorkAtDesk>,
        signals: DeskSignals,
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

/// What the own agent did today.
#[server(endpoint = "desk/day")]
pub async fn read_own_day() -> Result<OwnDay, ApiError> {
    respond(async { apis()?.desk.read_own_day(permit()?).await }).await
}

/// Keeps how the user's desk calls for attention.
#[server(endpoint = "desk/signals", input = leptos::server_fn::codec::Json)]
pub async fn save_desk_signals(signals: DeskSignals) -> Result<(), ApiError> {
    respond(async { apis()?.desk.save_desk_signals(permit()?, signals).await }).await
}
