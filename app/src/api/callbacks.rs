//! Callbacks: customers whom somebody is to call back.
//!
//! Agents work on those that are given to them, and take those of their queues that nobody has; supervisors see and steer all
//! those of their queues.

use leptos::prelude::*;

use super::ApiError;
#[cfg(feature = "ssr")]
use super::{
    apis, permit,
    permit::{ManageCallbacks, Permit, ReopenCallbacks, WorkAtDesk},
    respond, respond_in_part,
};
use crate::model::callback::{
    CallbackDetail, CallbackFilter, CallbackList, CallbackRule, OwnCallbacks, QueueRule,
};
use crate::model::ids::QueueKey;

/// What the server does for callbacks.
#[cfg(feature = "ssr")]
#[async_trait::async_trait]
pub trait CallbacksApi: Send + Sync {
    /// The callbacks of the user's queues, the most urgent first.
    async fn list_callbacks(
        &self,
        permit: Permit<ManageCallbacks>,
        filter: CallbackFilter,
    ) -> Result<CallbackList, ApiError>;
    /// One callback.
    async fn read_callback(
        &self,
        permit: Permit<ManageCallbacks>,
        id: u64,
    ) -> Result<CallbackDetail, ApiError>;
    /// Gives a callback to an agent (`node/name`), or (empty) to nobody.
    async fn assign_callback(
        &self,
        permit: Permit<ManageCallbacks>,
        id: u64,
        agent: &str,
    ) -> Result<(), ApiError>;
    /// Enters what came of calling, for whoever called. `outcome` is a code of
    /// [`crate::model::callback::CallbackOutcome`].
    async fn settle_callback(
        &self,
        permit: Permit<ManageCallbacks>,
        id: u64,
        outcome: &str,
        note: &str,
    ) -> Result<(), ApiError>;
    /// Opens a closed callback again.
    async fn reopen_callback(&self, permit: Permit<ReopenCallbacks>, id: u64) -> Result<(), ApiError>;
    /// The rules of the user's queues.
    async fn list_callback_rules(&self, permit: Permit<ManageCallbacks>) -> Result<Vec<QueueRule>, ApiError>;
    /// Stores the rule of a queue, on every node that has one of its name.
    async fn save_callback_rule(
        &self,
        permit: Permit<ManageCallbacks>,
        queue: QueueKey,
        rule: CallbackRule,
    ) -> Result<(), ApiError>;
    /// The callbacks of the own agent, and those that the agent may take.
    async fn list_own_callbacks(&self, permit: Permit<WorkAtDesk>) -> Result<OwnCallbacks, ApiError>;
    /// Takes a callback of an own queue that nobody has. `Conflict` where somebody was quicker.
    async fn take_callback(&self, permit: Permit<WorkAtDesk>, id: u64) -> Result<(), ApiError>;
    /// Rings the own telephone, and then the customer. The same press calls once.
    async fn call_callback(&self, permit: Permit<WorkAtDesk>, id: u64, press: &str) -> Result<(), ApiError>;
    /// Enters what came of calling, for an own callback.
    async fn settle_own_callback(
        &self,
        permit: Permit<WorkAtDesk>,
        id: u64,
        outcome: &str,
        note: &str,
    ) -> Result<(), ApiError>;
}

/// The callbacks of the user's queues.
#[server(endpoint = "callbacks/list", input = leptos::server_fn::codec::Json)]
pub async fn list_callbacks(filter: CallbackFilter) -> Result<CallbackList, ApiError> {
    respond(async { apis()?.callbacks.list_callbacks(permit()?, filter).await }).await
}

/// One callback.
#[server(endpoint = "callbacks/read")]
pub async fn read_callback(id: u64) -> Result<CallbackDetail, ApiError> {
    respond(async { apis()?.callbacks.read_callback(permit()?, id).await }).await
}

/// Gives a callback to an agent, or to nobody. A plain form post works as well.
#[server(endpoint = "callbacks/assign")]
pub async fn assign_callback(id: u64, #[server(default)] agent: String) -> Result<(), ApiError> {
    respond(async { apis()?.callbacks.assign_callback(permit()?, id, &agent).await }).await
}

/// Enters what came of calling. A plain form post works as well.
#[server(endpoint = "callbacks/outcome")]
pub async fn settle_callback(
    id: u64,
    outcome: String,
    #[server(default)] note: String,
) -> Result<(), ApiError> {
    respond(async { apis()?.callbacks.settle_callback(permit()?, id, &outcome, &note).await }).await
}

/// Opens a closed callback again. A plain form post works as well.
#[server(endpoint = "callbacks/reopen")]
pub async fn reopen_callback(id: u64) -> Result<(), ApiError> {
    respond(async { apis()?.callbacks.reopen_callback(permit()?, id).await }).await
}

/// The rules of the user's queues.
#[server(endpoint = "callbacks/rules")]
pub async fn list_callback_rules() -> Result<Vec<QueueRule>, ApiError> {
    respond(async { apis()?.callbacks.list_callback_rules(permit()?).await }).await
}

/// Stores the rule of a queue.
#[server(endpoint = "callbacks/rule", input = leptos::server_fn::codec::Json)]
pub async fn save_callback_rule(queue: QueueKey, rule: CallbackRule) -> Result<(), ApiError> {
    respond(async { apis()?.callbacks.save_callback_rule(permit()?, queue, rule).await }).await
}

/// The callbacks of the own agent.
#[server(endpoint = "callbacks/own")]
pub async fn list_own_callbacks() -> Result<OwnCallbacks, ApiError> {
    respond_in_part(async { apis()?.callbacks.list_own_callbacks(permit()?).await }).await
}

/// Takes a callback of an own queue. A plain form post works as well.
#[server(endpoint = "callbacks/take")]
pub async fn take_callback(id: u64) -> Result<(), ApiError> {
    respond(async { apis()?.callbacks.take_callback(permit()?, id).await }).await
}

/// Rings the own telephone, and then the customer. A plain form post works as well.
#[server(endpoint = "callbacks/call")]
pub async fn call_callback(id: u64, #[server(default)] press: String) -> Result<(), ApiError> {
    respond(async { apis()?.callbacks.call_callback(permit()?, id, &press).await }).await
}

/// Enters what came of calling an own callback. A plain form post works as well.
#[server(endpoint = "callbacks/own-outcome")]
pub async fn settle_own_callback(
    id: u64,
    outcome: String,
    #[server(default)] note: String,
) -> Result<(), ApiError> {
    respond(async { apis()?.callbacks.settle_own_callback(permit()?, id, &outcome, &note).await }).await
}
