//! Ghosts: what the switch has left behind, and what removes it.

use leptos::prelude::*;

use super::ApiError;
#[cfg(feature = "ssr")]
use super::{
    apis, permit,
    permit::{Permit, RepairGhosts},
    respond,
};
use crate::model::ghost::{GhostKey, Repair};

/// What the server does about ghosts.
#[cfg(feature = "ssr")]
#[async_trait::async_trait]
pub trait GhostsApi: Send + Sync {
    /// Runs the repair that the person has confirmed. The switch is asked once more before: `Healed` where the row is
    /// none, or another repair would be right by now; then nothing is done.
    async fn repair_ghost(
        &self,
        permit: Permit<RepairGhosts>,
        ghost: GhostKey,
        repair: Repair,
    ) -> Result<(), ApiError>;
}

/// Runs the repair that the person has confirmed.
#[server(endpoint = "ghosts/repair", input = leptos::server_fn::codec::Json)]
pub async fn repair_ghost(ghost: GhostKey, repair: Repair) -> Result<(), ApiError> {
    respond(async { apis()?.ghosts.repair_ghost(permit()?, ghost, repair).await }).await
}
