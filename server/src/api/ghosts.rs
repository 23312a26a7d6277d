//! Ghosts: the repairs, each after one more look at the switch.

use app::api::ApiError;
use app::api::ghosts::GhostsApi;
use app::api::permit::{Permit, RepairGhosts};
use app::model::agent::AgentState;
use app::model::board::MemberState;
use app::model::ghost::{Ghost, GhostKey, GhostReason, Repair};
use app::model::ids::{AgentKey, MemberKey, NodeName};
use app::model::time::DurationMs;

use super::action::{Actions, Failure};
use crate::storage::audit::{NewAudit, Outcome};
use crate::switch::{Calls, SwitchError, Switches};
use crate::wallboard::ghosts::{
    AgentEvidence, CallerEvidence, Channels, Phone, is_ringing, judge_agent, judge_caller,
};
use crate::wallboard::hub::Hub;

/// Implements [`GhostsApi`].
pub struct Ghosts {
    pub(super) hub: Hub,
    pub(super) switches: Switches,
    pub(super) actions: Actions,
}

/// Why nothing was repaired.
enum Unrepaired {
    /// The switch shows no such ghost any more.
    Healed,
    Switch(SwitchError),
}

impl From<SwitchError> for Unrepaired {
    fn from(error: SwitchError) -> Self {
        Self::Switch(error)
    }
}

impl From<Unrepaired> for ApiError {
    fn from(problem: Unrepaired) -> Self {
        match problem {
            Unrepaired::Healed => Self::Healed,
            Unrepaired::Switch(error) => error.into(),
        }
    }
}

impl Failure for Unrepaired {
    fn verdict(&self) -> (Outcome, Option<String>) {
        match self {
            Self::Healed => (Outcome::Refused, Some("healed before it was repaired".to_owned())),
            Self::Switch(error) => error.verdict(),
        }
    }
}

#[async_trait::async_trait]
impl GhostsApi for Ghosts {
    async fn repair_ghost(
        &self,
        permit: Permit<RepairGhosts>,
        ghost: GhostKey,
        repair: Repair,
    ) -> Result<(), ApiError> {
        let (marked, subject) = self.find(&ghost).ok_or(ApiError::NotFound)?;
        match &ghost {
            GhostKey::Agent(key) => permit.touch_agent(&self.hub.agent(key).ok_or(ApiError::NotFound)?)?,
            GhostKey::Caller(key) => permit.touch_member(&self.hub.member(key).ok_or(ApiError::NotFound)?)?,
        }
        // The board marks only what several lists have shown; a person repairs what is marked, and as it was said.
        if !repair.is_command() || marked.is_none_or(|ghost| ghost.reason.repair() != repair) {
            return Err(ApiError::Healed);
        }
        let row = NewAudit::by(&permit, "ghost.repair", subject).before(&marked).after(&repair);
        let act = async {
            match &ghost {
                GhostKey::Agent(agent) => self.repair_agent(agent, repair).await,
                GhostKey::Caller(caller) => self.repair_caller(caller, repair).await,
            }
        };
        self.actions.run(row, act).await
    }
}

impl Ghosts {
    /// The mark of a row, and its name in the audit; `None` where the board has no such row.
    fn find(&self, ghost: &GhostKey) -> Option<(Option<Ghost>, String)> {
        Some(match ghost {
            GhostKey::Agent(key) => (self.hub.agent(key)?.ghost, key.to_string()),
            GhostKey::Caller(key) => (self.hub.member(key)?.ghost, key.to_string()),
        })
    }

    async fn repair_agent(&self, key: &AgentKey, repair: Repair) -> Result<(), Unrepaired> {
        let calls = self.switches.read_calls(&key.node).await?;
        let offered = self.hub.agent(key).and_then(|row| row.call).map(|call| call.member.uuid);
        let contact = calls.agents.iter().find(|agent| agent.name == key.name).map(|agent| &agent.contact);
        let (Some(contact), Some(reason)) = (contact, judged_agent(&calls, &key.name, offered.as_deref()))
        else {
            return Err(Unrepaired::Healed);
        };
        match reason.repair() {
            now if now != repair => Err(Unrepaired::Healed),
            Repair::HangUpPhone => {
                let leg = self.phone_leg(&calls, &key.node, &key.name, contact).await?;
                Ok(self.switches.hang_up(&key.node, &leg.ok_or(Unrepaired::Healed)?).await?)
            }
            _ => Ok(self.switches.free_agent(key).await?),
        }
    }

    /// The channel that rings for a queue: the switch itself says of it whose it is.
    async fn phone_leg(
        &self,
        calls: &Calls,
        node: &NodeName,
        name: &str,
        contact: &str,
    ) -> Result<Option<String>, SwitchError> {
        for channel in Channels::new(&calls.channels).of_phone(name, contact) {
            if is_ringing(channel)
                && self.switches.channel_variable(node, &channel.uuid, "cc_agent").await?.as_deref()
                    == Some(name)
            {
                return Ok(Some(channel.uuid.clone()));
            }
        }
        Ok(None)
    }

    async fn repair_caller(&self, key: &MemberKey, repair: Repair) -> Result<(), Unrepaired> {
        let calls = self.switches.read_calls(&key.node).await?;
        let session = judged_caller(&calls, &key.uuid)
            .filter(|(reason, _)| reason.repair() == repair)
            .map(|(_, session)| session)
            .ok_or(Unrepaired::Healed)?;
        Ok(self.switches.hang_up(&key.node, &session).await?)
    }
}

/// What fresh lists say of an agent. `offered` is the caller that the board knows to have been offered last: while many are
/// rung, the list names none of them.
fn judged_agent(calls: &Calls, name: &str, offered: Option<&str>) -> Option<GhostReason> {
    let agent = calls.agents.iter().find(|agent| agent.name == name)?;
    let channels = Channels::new(&calls.channels);
    let serves = |serving: &Option<String>| serving.as_deref() == Some(name);
    let is_offered = calls
        .members
        .iter()
        .any(|row| row.state == MemberState::Trying && Some(row.uuid.as_str()) == offered);
    let has_caller = match agent.state {
        Some(AgentState::InQueueCall) => calls.members.iter().any(|row| {
            row.state == MemberState::Answered
                && serves(&row.serving_agent)
                && channels.get(&row.session_uuid).is_some()
        }),
        _ => {
            is_offered
                || calls
                    .members
                    .iter()
                    .any(|row| row.state == MemberState::Trying && serves(&row.serving_agent))
        }
    };
    let offered_ago = agent.last_offered_call.map_or(DurationMs(0), |at| calls.read_at.since(at));
    judge_agent(&AgentEvidence {
        state: agent.state,
        has_caller,
        is_caller_gone: offered.is_some() && !is_offered,
        phone: channels.phone(name, &agent.contact, &agent.channel_uuid),
        offered_ago,
    })
}

/// What fresh lists say of a caller, with the caller's channel.
fn judged_caller(calls: &Calls, uuid: &str) -> Option<(GhostReason, String)> {
    let member = calls.members.iter().find(|row| row.uuid == uuid)?;
    let channels = Channels::new(&calls.channels);
    let agent =
        member.serving_agent.as_ref().and_then(|name| calls.agents.iter().find(|agent| agent.name == *name));
    let reason = judge_caller(&CallerEvidence {
        state: member.state,
        call: channels.get(&member.session_uuid),
        is_agent_talking: agent.is_some_and(|agent| agent.state == Some(AgentState::InQueueCall)),
        has_agent_call: agent.is_some_and(|agent| {
            channels.phone(&agent.name, &agent.contact, &agent.channel_uuid) != Phone::Silent
        }),
    })?;
    Some((reason, member.session_uuid.clone()))
}
