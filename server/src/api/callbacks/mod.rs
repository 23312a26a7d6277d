//! Callbacks.
//!
//! - [`reading`]: lists and pages of those whom the user may see.
//! - [`editing`]: giving, taking, outcomes, reopening: each one transaction with its audit row.
//! - [`calling`]: the call itself, an action on the switch.
//! - [`rules`]: how callbacks of a queue are made and tried.

mod calling;
mod editing;
mod reading;
pub(super) mod rules;

use app::api::ApiError;
use app::api::callbacks::CallbacksApi;
use app::api::permit::{Capability, ManageCallbacks, Permit, ReopenCallbacks, WorkAtDesk};
use app::model::account::Permission;
use app::model::agent::AgentRow;
use app::model::callback::{
    CallbackDetail, CallbackFilter, CallbackList, CallbackRow, CallbackRule, OwnCallbacks, QueueRule,
};
use app::model::ids::{AgentKey, NodeName, QueueKey};

use super::action::Actions;
use crate::storage::Database;
use crate::switch::Switches;
use crate::wallboard::hub::Hub;

/// Implements [`CallbacksApi`].
pub struct Callbacks {
    pub(super) database: Database,
    pub(super) hub: Hub,
    pub(super) switches: Switches,
    pub(super) actions: Actions,
}

#[async_trait::async_trait]
impl CallbacksApi for Callbacks {
    async fn list_callbacks(
        &self,
        permit: Permit<ManageCallbacks>,
        filter: CallbackFilter,
    ) -> Result<CallbackList, ApiError> {
        self.list(&permit, &filter).await
    }

    async fn read_callback(
        &self,
        permit: Permit<ManageCallbacks>,
        id: u64,
    ) -> Result<CallbackDetail, ApiError> {
        self.detail(&permit, id).await
    }

    async fn assign_callback(
        &self,
        permit: Permit<ManageCallbacks>,
        id: u64,
        agent: &str,
    ) -> Result<(), ApiError> {
        self.assign(&permit, id, agent).await
    }

    async fn settle_callback(
        &self,
        permit: Permit<ManageCallbacks>,
        id: u64,
        outcome: &str,
        note: &str,
    ) -> Result<(), ApiError> {
        self.settle(&permit, id, outcome, note, |row| permit.touch_queue(&row.queue)).await
    }

    async fn reopen_callback(&self, permit: Permit<ReopenCallbacks>, id: u64) -> Result<(), ApiError> {
        self.reopen(&permit, id).await
    }

    async fn list_callback_rules(&self, permit: Permit<ManageCallbacks>) -> Result<Vec<QueueRule>, ApiError> {
        self.rules(&permit).await
    }

    async fn save_callback_rule(
        &self,
        permit: Permit<ManageCallbacks>,
        queue: QueueKey,
        rule: CallbackRule,
    ) -> Result<(), ApiError> {
        self.save_rule(&permit, &queue, &rule).await
    }

    async fn list_own_callbacks(&self, permit: Permit<WorkAtDesk>) -> Result<OwnCallbacks, ApiError> {
        self.list_own(&permit).await
    }

    async fn take_callback(&self, permit: Permit<WorkAtDesk>, id: u64) -> Result<(), ApiError> {
        self.take(&permit, id).await
    }

    async fn call_callback(&self, permit: Permit<WorkAtDesk>, id: u64, press: &str) -> Result<(), ApiError> {
        self.call(&permit, id, press).await
    }

    async fn settle_own_callback(
        &self,
        permit: Permit<WorkAtDesk>,
        id: u64,
        outcome: &str,
        note: &str,
    ) -> Result<(), ApiError> {
        let own = self.own_agent(&permit)?;
        self.settle(&permit, id, outcome, note, |row| own.touch(row)).await
    }
}

/// The agent that a user works as.
struct OwnAgent {
    key: AgentKey,
    /// As the board has it; none while the switch has not told of the agent.
    row: Option<AgentRow>,
}

impl OwnAgent {
    /// Whether the callback is the agent's to call.
    fn has(&self, callback: &CallbackRow) -> bool {
        callback.agent.as_ref() == Some(&self.key)
    }

    /// Whether the agent may take the callback: nobody has it, and the agent serves its queue. One name is one queue, on
    /// however many nodes it is.
    fn may_take(&self, callback: &CallbackRow) -> bool {
        let serves = |row: &AgentRow| row.tiers.iter().any(|tier| tier.queue.name == callback.queue.name);
        callback.agent.is_none() && self.row.as_ref().is_some_and(serves)
    }

    /// Lets through what is done to an own callback, or to one that may be taken.
    fn touch(&self, callback: &CallbackRow) -> Result<(), ApiError> {
        if self.has(callback) || self.may_take(callback) { Ok(()) } else { Err(ApiError::NotFound) }
    }
}

impl Callbacks {
    fn own_agent(&self, permit: &Permit<WorkAtDesk>) -> Result<OwnAgent, ApiError> {
        let key = permit.user().agent.clone().ok_or(ApiError::Forbidden)?;
        let row = self.hub.agent(&key);
        if let Some(row) = &row {
            permit.touch_agent(row)?;
        }
        Ok(OwnAgent { key, row })
    }
}

/// What of a callback a user sees: the number masked for who does not see numbers.
fn shown<C: Capability>(permit: &Permit<C>, mut row: CallbackRow) -> CallbackRow {
    if !sees_numbers(permit) {
        row.phone = app::model::mask::mask_number(&row.phone);
    }
    row
}

fn sees_numbers<C: Capability>(permit: &Permit<C>) -> bool {
    permit.user().may(Permission::SeeNumbers)
}

/// Node and name of `node/name`.
fn split_key(text: &str) -> Option<(NodeName, &str)> {
    let (node, name) = text.split_once('/')?;
    Some((NodeName::new(node), name))
}
