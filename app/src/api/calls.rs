//! Live calls, and what supervisors do to them, to waiting callers and to agents.
//!
//! Each of these acts once for one [`Press`], looks once more at what it rests on before anything is sent, and stands in the
//! audit from before it is sent. What SwitchDesk itself refuses comes as `Refused` with the code of an
//! [`crate::model::supervise::Unable`].

use leptos::prelude::*;
use leptos::server_fn::codec::Json;
use serde::{Deserialize, Serialize};

use super::ApiError;
#[cfg(feature = "ssr")]
use super::{
    apis, permit,
    permit::{Barge, ForceStatus, Listen, Permit, Record, SteerCalls, WatchBoard, Whisper},
    respond,
};
use crate::model::agent::AgentStatus;
use crate::model::call::{CallDetail, CallRow};
use crate::model::ids::{AgentKey, CallId, LegId, MemberKey};
use crate::model::press::Press;
use crate::model::supervise::{OwnExtension, Serve, Steer};

/// What the page of calls shows first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CallsView {
    /// The latest calls, as many as a page shows before its stream brings all.
    pub calls: Vec<CallRow>,
    /// How many there are.
    pub count: u32,
    /// The own telephones.
    pub extensions: Vec<OwnExtension>,
}

/// What the page of a call shows first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CallView {
    /// The call; none where it is not known, or not to be seen.
    pub detail: Option<CallDetail>,
    /// The own telephones.
    pub extensions: Vec<OwnExtension>,
}

/// What the server does for calls and supervisors.
#[cfg(feature = "ssr")]
#[async_trait::async_trait]
pub trait CallsApi: Send + Sync {
    /// The live calls in the user's scope.
    async fn read_calls(&self, permit: Permit<WatchBoard>) -> Result<CallsView, ApiError>;
    /// One call, by any of its legs.
    async fn read_call(&self, permit: Permit<WatchBoard>, id: CallId) -> Result<CallView, ApiError>;
    /// The call that an agent is in.
    async fn find_call(&self, permit: Permit<WatchBoard>, agent: AgentKey) -> Result<CallView, ApiError>;
    /// Listens to a call, or goes over to listening.
    async fn listen(&self, permit: Permit<Listen>, call: CallId, press: Press) -> Result<(), ApiError>;
    /// Whispers to the agent of a call, or goes over to it.
    async fn whisper(&self, permit: Permit<Whisper>, call: CallId, press: Press) -> Result<(), ApiError>;
    /// Barges into a call, or goes over to it.
    async fn barge(&self, permit: Permit<Barge>, call: CallId, press: Press) -> Result<(), ApiError>;
    /// Hangs up the own leg that listens.
    async fn stop_listening(
        &self,
        permit: Permit<WatchBoard>,
        listener: LegId,
        press: Press,
    ) -> Result<(), ApiError>;
    /// Steers a call.
    async fn steer_call(
        &self,
        permit: Permit<SteerCalls>,
        call: CallId,
        steer: Steer,
        press: Press,
    ) -> Result<(), ApiError>;
    /// Starts or stops the recording of a call.
    async fn record_call(
        &self,
        permit: Permit<Record>,
        call: CallId,
        is_on: bool,
        press: Press,
    ) -> Result<(), ApiError>;
    /// Does something for a waiting caller.
    async fn serve_caller(
        &self,
        permit: Permit<SteerCalls>,
        caller: MemberKey,
        serve: Serve,
        press: Press,
    ) -> Result<(), ApiError>;
    /// Sets an agent's status; `seen` is the one that the supervisor was shown, so that nobody overwrites what a colleague did.
    async fn force_status(
        &self,
        permit: Permit<ForceStatus>,
        agent: AgentKey,
        status: String,
        reason: Option<String>,
        seen: AgentStatus,
        press: Press,
    ) -> Result<(), ApiError>;
    /// Has an agent logged out at the end of the present call, or takes that back.
    async fn log_out_later(
        &self,
        permit: Permit<ForceStatus>,
        agent: AgentKey,
        is_wanted: bool,
        press: Press,
    ) -> Result<(), ApiError>;
    /// The own telephones, one line a node.
    async fn read_extensions(&self, permit: Permit<WatchBoard>) -> Result<Vec<OwnExtension>, ApiError>;
    /// Says which telephone rings on a node; an empty one takes it back.
    async fn save_extension(
        &self,
        permit: Permit<WatchBoard>,
        node: String,
        extension: String,
    ) -> Result<(), ApiError>;
}

/// The live calls in the user's scope.
#[server(endpoint = "calls/list")]
pub async fn read_calls() -> Result<CallsView, ApiError> {
    respond(async { apis()?.calls.read_calls(permit()?).await }).await
}

/// One call, by any of its legs.
#[server(endpoint = "calls/read", input = Json)]
pub async fn read_call(id: CallId) -> Result<CallView, ApiError> {
    respond(async { apis()?.calls.read_call(permit()?, id).await }).await
}

/// The call that an agent is in.
#[server(endpoint = "calls/find", input = Json)]
pub async fn find_call(agent: AgentKey) -> Result<CallView, ApiError> {
    respond(async { apis()?.calls.find_call(permit()?, agent).await }).await
}

/// Listens to a call, or goes over to listening.
#[server(endpoint = "calls/listen", input = Json)]
pub async fn listen_to_call(call: CallId, press: Press) -> Result<(), ApiError> {
    respond(async { apis()?.calls.listen(permit()?, call, press).await }).await
}

/// Whispers to the agent of a call, or goes over to it.
#[server(endpoint = "calls/whisper", input = Json)]
pub async fn whisper_to_agent(call: CallId, press: Press) -> Result<(), ApiError> {
    respond(async { apis()?.calls.whisper(permit()?, call, press).await }).await
}

/// Barges into a call, or goes over to it.
#[server(endpoint = "calls/barge", input = Json)]
pub async fn barge_into_call(call: CallId, press: Press) -> Result<(), ApiError> {
    respond(async { apis()?.calls.barge(permit()?, call, press).await }).await
}

/// Hangs up the own leg that listens.
#[server(endpoint = "calls/stop-listening", input = Json)]
pub async fn stop_listening(listener: LegId, press: Press) -> Result<(), ApiError> {
    respond(async { apis()?.calls.stop_listening(permit()?, listener, press).await }).await
}

/// Steers a call.
#[server(endpoint = "calls/steer", input = Json)]
pub async fn steer_call(call: CallId, steer: Steer, press: Press) -> Result<(), ApiError> {
    respond(async { apis()?.calls.steer_call(permit()?, call, steer, press).await }).await
}

/// Starts or stops the recording of a call.
#[server(endpoint = "calls/record", input = Json)]
pub async fn record_call(call: CallId, is_on: bool, press: Press) -> Result<(), ApiError> {
    respond(async { apis()?.calls.record_call(permit()?, call, is_on, press).await }).await
}

/// Does something for a waiting caller.
#[server(endpoint = "callers/serve", input = Json)]
pub async fn serve_caller(caller: MemberKey, serve: Serve, press: Press) -> Result<(), ApiError> {
    respond(async { apis()?.calls.serve_caller(permit()?, caller, serve, press).await }).await
}

/// Sets an agent's status.
#[server(endpoint = "agents/status", input = Json)]
pub async fn set_agent_status(
    agent: AgentKey,
    status: String,
    reason: Option<String>,
    seen: AgentStatus,
    press: Press,
) -> Result<(), ApiError> {
    respond(async { apis()?.calls.force_status(permit()?, agent, status, reason, seen, press).await }).await
}

/// Has an agent logged out at the end of the present call, or takes that back.
#[server(endpoint = "agents/log-out-later", input = Json)]
pub async fn log_out_later(agent: AgentKey, is_wanted: bool, press: Press) -> Result<(), ApiError> {
    respond(async { apis()?.calls.log_out_later(permit()?, agent, is_wanted, press).await }).await
}

/// The own telephones, one line a node.
#[server(endpoint = "extensions/list")]
pub async fn read_extensions() -> Result<Vec<OwnExtension>, ApiError> {
    respond(async { apis()?.calls.read_extensions(permit()?).await }).await
}

/// Says which telephone rings on a node. A plain form post works as well.
#[server(endpoint = "extensions/save")]
pub async fn save_extension(node: String, #[server(default)] extension: String) -> Result<(), ApiError> {
    respond(async { apis()?.calls.save_extension(permit()?, node, extension).await }).await
}
