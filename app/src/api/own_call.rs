//! The own call of an agent, and the wrap-up after it. The browser names no channel: the server looks the call up.
//!
//! Where there is no call any more, or another one by now, the answer is `NotFound` and nothing was done.

use leptos::prelude::*;

use super::ApiError;
#[cfg(feature = "ssr")]
use super::{
    apis, permit,
    permit::{Permit, WorkAtDesk},
    respond,
};
use crate::model::own_call::{CallTarget, TargetRow, WrapUpStep};
use crate::model::press::Press;

/// What the server does for the own call.
#[cfg(feature = "ssr")]
#[async_trait::async_trait]
pub trait OwnCallApi: Send + Sync {
    /// Puts the caller on hold, or takes the caller back.
    async fn hold_own_call(&self, permit: Permit<WorkAtDesk>, is_held: bool) -> Result<(), ApiError>;
    /// Hangs up. Works while the database is away.
    async fn hang_up_own_call(&self, permit: Permit<WorkAtDesk>, press: Press) -> Result<(), ApiError>;
    /// Sends the caller elsewhere; the own telephone is free.
    async fn transfer_own_call(
        &self,
        permit: Permit<WorkAtDesk>,
        to: CallTarget,
        press: Press,
    ) -> Result<(), ApiError>;
    /// Rings a telephone and lets it into the conversation: answers once it was answered.
    async fn add_to_own_call(
        &self,
        permit: Permit<WorkAtDesk>,
        to: CallTarget,
        press: Press,
    ) -> Result<(), ApiError>;
    /// Connects the caller with the one who was added, and leaves.
    async fn leave_own_call(&self, permit: Permit<WorkAtDesk>, press: Press) -> Result<(), ApiError>;
    /// Agents who are signed in, and queues, of the own node.
    async fn list_call_targets(&self, permit: Permit<WorkAtDesk>) -> Result<Vec<TargetRow>, ApiError>;
    /// More wrap-up, or none.
    async fn set_own_wrap_up(&self, permit: Permit<WorkAtDesk>, step: WrapUpStep) -> Result<(), ApiError>;
}

/// Puts the caller on hold, or takes the caller back.
#[server(endpoint = "own-call/hold")]
pub async fn hold_own_call(#[server(default)] is_held: bool) -> Result<(), ApiError> {
    respond(async { apis()?.own_call.hold_own_call(permit()?, is_held).await }).await
}

/// Hangs up.
#[server(endpoint = "own-call/hang-up")]
pub async fn hang_up_own_call(press: Press) -> Result<(), ApiError> {
    respond(async { apis()?.own_call.hang_up_own_call(permit()?, press).await }).await
}

/// Sends the caller elsewhere.
#[server(endpoint = "own-call/transfer", input = leptos::server_fn::codec::Json)]
pub async fn transfer_own_call(to: CallTarget, press: Press) -> Result<(), ApiError> {
    respond(async { apis()?.own_call.transfer_own_call(permit()?, to, press).await }).await
}

/// Rings a telephone and lets it into the conversation.
#[server(endpoint = "own-call/add", input = leptos::server_fn::codec::Json)]
pub async fn add_to_own_call(to: CallTarget, press: Press) -> Result<(), ApiError> {
    respond(async { apis()?.own_call.add_to_own_call(permit()?, to, press).await }).await
}

/// Connects the caller with the one who was added, and leaves.
#[server(endpoint = "own-call/leave")]
pub async fn leave_own_call(press: Press) -> Result<(), ApiError> {
    respond(async { apis()?.own_call.leave_own_call(permit()?, press).await }).await
}

/// Agents and queues to choose from.
#[server(endpoint = "own-call/targets")]
pub async fn list_call_targets() -> Result<Vec<TargetRow>, ApiError> {
    respond(async { apis()?.own_call.list_call_targets(permit()?).await }).await
}

/// More wrap-up, or none. A plain form works as well.
#[server(endpoint = "own-call/wrap-up")]
pub async fn set_own_wrap_up(step: WrapUpStep) -> Result<(), ApiError> {
    respond(async { apis()?.own_call.set_own_wrap_up(permit()?, step).await }).await
}
