//! Live calls, and what supervisors do.
//!
//! - [`listening`]: listen, whisper, barge, stop.
//! - [`steering`]: take over, transfer, hold, hang up, record.
//! - [`serving`]: callers who wait.
//! - [`agents`]: statuses of agents, now and at the end of a call.
//! - [`extensions`]: the supervisor's own telephones.
//!
//! Each looks at what it rests on inside of [`Actions::run`], when nobody else acts on the same thing any more.

mod agents;
mod extensions;
mod listening;
mod serving;
mod steering;

use app::api::calls::{CallView, CallsApi, CallsView};
use app::api::permit::{
    Barge, Capability, ForceStatus, Listen, Permit, Record, SteerCalls, WatchBoard, Whisper,
};
use app::api::{ApiError, RefusedBy};
use app::model::agent::AgentStatus;
use app::model::call::{CallRow, ListenMode};
use app::model::destination::Destination;
use app::model::ids::{AgentKey, CallId, LegId, MemberKey, NodeName};
use app::model::press::Press;
use app::model::supervise::{OwnExtension, Serve, Steer, Unable};
use async_trait::async_trait;

use super::action::Actions;
use super::statuses::Statuses;
use crate::calls::hub::CallsHub;
use crate::center::Center;
use crate::log_outs::LogOuts;
use crate::storage::Database;
use crate::switch::Switches;
use crate::wallboard::hub::Hub;

/// Calls that a page shows before its stream brings all of them.
const FIRST: usize = 60;

/// [`CallsApi`] over the live calls and the switches.
pub struct Calls {
    /// The live board.
    pub hub: Hub,
    /// The live calls.
    pub calls: CallsHub,
    /// The switches.
    pub switches: Switches,
    /// For the own telephones.
    pub database: Database,
    /// Runs what is done to a switch.
    pub actions: Actions,
    /// Which break reasons are offered.
    pub center: Center,
    /// How a status is set.
    pub statuses: Statuses,
    /// Agents who are to be logged out at the end of their call.
    pub log_outs: LogOuts,
}

/// A refusal of ours, with its reason.
pub(super) fn unable(reason: Unable) -> ApiError {
    ApiError::Refused { by: RefusedBy::SwitchDesk, reason: reason.code().to_owned() }
}

impl Calls {
    /// The live call that the user may see, by any of its legs.
    fn call<C: Capability>(&self, permit: &Permit<C>, id: &CallId) -> Result<CallRow, ApiError> {
        let leg = LegId::new(&id.node, id.uuid.clone());
        self.calls.find(&leg, permit.scope()).ok_or(ApiError::NotFound)
    }

    /// The telephone that rings for the user on a node.
    async fn own_extension<C: Capability>(
        &self,
        permit: &Permit<C>,
        node: &NodeName,
    ) -> Result<Destination, ApiError> {
        let extension = extensions::find(&self.database, permit.user().id, node).await?;
        extension.ok_or_else(|| unable(Unable::NoExtension))
    }
}

#[async_trait]
impl CallsApi for Calls {
    async fn read_calls(&self, permit: Permit<WatchBoard>) -> Result<CallsView, ApiError> {
        let (_, mut calls) = self.calls.rows(&permit.sight());
        let count = u32::try_from(calls.len()).unwrap_or(u32::MAX);
        calls.sort_by(|a, b| b.created_at.cmp(&a.created_at).then_with(|| a.id.cmp(&b.id)));
        calls.truncate(FIRST);
        Ok(CallsView { calls, count, extensions: self.extensions(permit.user().id).await? })
    }

    async fn read_call(&self, permit: Permit<WatchBoard>, id: CallId) -> Result<CallView, ApiError> {
        let detail = self.calls.detail(&id, &permit.sight());
        Ok(CallView { detail, extensions: self.extensions(permit.user().id).await? })
    }

    async fn find_call(&self, permit: Permit<WatchBoard>, agent: AgentKey) -> Result<CallView, ApiError> {
        permit.touch_agent(&self.hub.agent(&agent).ok_or(ApiError::NotFound)?)?;
        let call = self.calls.of_agent(&agent);
        let detail = call.and_then(|call| self.calls.detail(&call.id, &permit.sight()));
        Ok(CallView { detail, extensions: self.extensions(permit.user().id).await? })
    }

    async fn listen(&self, permit: Permit<Listen>, call: CallId, press: Press) -> Result<(), ApiError> {
        self.listen_as(&permit, call, ListenMode::Listen, &press).await
    }

    async fn whisper(&self, permit: Permit<Whisper>, call: CallId, press: Press) -> Result<(), ApiError> {
        self.listen_as(&permit, call, ListenMode::Whisper, &press).await
    }

    async fn barge(&self, permit: Permit<Barge>, call: CallId, press: Press) -> Result<(), ApiError> {
        self.listen_as(&permit, call, ListenMode::Barge, &press).await
    }

    async fn stop_listening(
        &self,
        permit: Permit<WatchBoard>,
        listener: LegId,
        press: Press,
    ) -> Result<(), ApiError> {
        self.stop(&permit, listener, &press).await
    }

    async fn steer_call(
        &self,
        permit: Permit<SteerCalls>,
        call: CallId,
        steer: Steer,
        press: Press,
    ) -> Result<(), ApiError> {
        self.steer(&permit, call, steer, &press).await
    }

    async fn record_call(
        &self,
        permit: Permit<Record>,
        call: CallId,
        is_on: bool,
        press: Press,
    ) -> Result<(), ApiError> {
        self.record(&permit, call, is_on, &press).await
    }

    async fn serve_caller(
        &self,
        permit: Permit<SteerCalls>,
        caller: MemberKey,
        serve: Serve,
        press: Press,
    ) -> Result<(), ApiError> {
        self.serve(&permit, caller, serve, &press).await
    }

    async fn force_status(
        &self,
        permit: Permit<ForceStatus>,
        agent: AgentKey,
        status: String,
        reason: Option<String>,
        seen: AgentStatus,
        press: Press,
    ) -> Result<(), ApiError> {
        self.force(&permit, agent, (&status, reason.as_deref()), seen, &press).await
    }

    async fn log_out_later(
        &self,
        permit: Permit<ForceStatus>,
        agent: AgentKey,
        is_wanted: bool,
        press: Press,
    ) -> Result<(), ApiError> {
        self.log_out_at_end(&permit, agent, is_wanted, &press).await
    }

    async fn read_extensions(&self, permit: Permit<WatchBoard>) -> Result<Vec<OwnExtension>, ApiError> {
        self.extensions(permit.user().id).await
    }

    async fn save_extension(
        &self,
        permit: Permit<WatchBoard>,
        node: String,
        extension: String,
    ) -> Result<(), ApiError> {
        self.set_extension(&permit, NodeName(node), &extension).await
    }
}
