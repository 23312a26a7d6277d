//! The own call of an agent: every step looks the call up anew, so that nothing is done to a call that came meanwhile.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use app::api::ApiError;
use app::api::own_call::OwnCallApi;
use app::api::permit::{Permit, WorkAtDesk};
use app::model::agent::{AgentCall, AgentRow, Presence};
use app::model::destination::Destination;
use app::model::ids::{AgentKey, MemberKey, short_name};
use app::model::own_call::{CallTarget, TargetRow, TargetState, WrapUpStep};
use app::model::press::Press;
use app::model::problem::{FieldProblem, ProblemKind};
use app::model::time::{DurationMs, UnixMs};
use app::model::wall::Scope;

use super::action::{Actions, Failure};
use super::desk::own_agent;
use crate::clock;
use crate::spool::{Spool, SpooledAction};
use crate::storage::audit::{NewAudit, Outcome};
use crate::switch::calls::{Moved, NewCall};
use crate::switch::event::{CallMark, SwitchEvent};
use crate::switch::{SwitchError, Switches};
use crate::wallboard::hub::Hub;
use crate::wrap_up::{CutShortError, WrapUps};

/// What one press adds to the wrap-up.
const MORE: DurationMs = DurationMs::from_s(60);

/// Implements [`OwnCallApi`].
pub struct OwnCalls {
    pub(super) hub: Hub,
    pub(super) switches: Switches,
    pub(super) actions: Actions,
    pub(super) wrap_ups: WrapUps,
    pub(super) spool: Spool<SpooledAction>,
    /// Who was added to the call of an agent.
    pub(super) thirds: Arc<Mutex<HashMap<AgentKey, Third>>>,
}

/// Somebody who was added to a call.
#[derive(Clone, Debug)]
pub(super) struct Third {
    member: MemberKey,
    channel_uuid: String,
}

/// The own call with its two channels.
struct Own {
    call: AgentCall,
    /// The agent's telephone.
    channel_uuid: String,
    /// The caller.
    caller_uuid: String,
}

#[async_trait::async_trait]
impl OwnCallApi for OwnCalls {
    async fn hold_own_call(&self, permit: Permit<WorkAtDesk>, is_held: bool) -> Result<(), ApiError> {
        let (agent, _) = self.own_row(&permit)?;
        let action = if is_held { "call.hold" } else { "call.take-back" };
        let row = NewAudit::by(&permit, action, &agent);
        self.actions
            .run(row, async {
                let own = self.own_call(&agent).await?;
                self.switches.hold(&agent.node, &own.channel_uuid, is_held).await?;
                self.mark(&agent, &own.call.member, CallMark::Held(is_held)).await;
                Ok::<_, ApiError>(())
            })
            .await
    }

    async fn hang_up_own_call(&self, permit: Permit<WorkAtDesk>, press: Press) -> Result<(), ApiError> {
        let (agent, _) = self.own_row(&permit)?;
        let row = NewAudit::by(&permit, "call.hang-up", &agent).pressed(&press);
        let act = async {
            let own = self.own_call(&agent).await?;
            Ok::<_, ApiError>(self.switches.hang_up(&agent.node, &own.channel_uuid).await?)
        };
        self.actions.run_even_unrecorded(row, &self.spool, act).await
    }

    async fn transfer_own_call(
        &self,
        permit: Permit<WorkAtDesk>,
        to: CallTarget,
        press: Press,
    ) -> Result<(), ApiError> {
        let (agent, _) = self.own_row(&permit)?;
        let route = Route::to(&agent, &to)?;
        let row = NewAudit::by(&permit, "call.transfer", &agent).after(&to).pressed(&press);
        self.actions
            .run(row, async {
                let Own { caller_uuid, .. } = self.own_call(&agent).await?;
                let (node, switches) = (&agent.node, &self.switches);
                match &route {
                    Route::Dialplan(number) => {
                        switches.transfer(node, &caller_uuid, Moved::Itself, number).await
                    }
                    Route::Telephone(extension) => {
                        switches.send_to_extension(node, &caller_uuid, extension).await
                    }
                    Route::Queue(queue) => switches.send_to_queue(node, &caller_uuid, queue).await,
                }
                .map_err(ApiError::from)
            })
            .await
    }

    async fn add_to_own_call(
        &self,
        permit: Permit<WorkAtDesk>,
        to: CallTarget,
        press: Press,
    ) -> Result<(), ApiError> {
        let (agent, shown) = self.own_row(&permit)?;
        let (Route::Dialplan(extension) | Route::Telephone(extension)) = Route::to(&agent, &to)? else {
            // Nobody can talk with a queue.
            return Err(problem(ProblemKind::Unknown));
        };
        let member = shown.call.ok_or(ApiError::NotFound)?.member;
        // Of the call and not of the agent: while the third telephone rings the agent can hang up.
        let row = NewAudit::by(&permit, "call.add", &member).after(&to).pressed(&press);
        self.actions
            .run(row, async {
                let own = self.own_call(&agent).await?;
                let channel_uuid = uuid::Uuid::new_v4().to_string();
                let then = format!("&three_way({})", own.channel_uuid);
                let call = NewCall {
                    uuid: &channel_uuid,
                    extension: &extension,
                    caller_name: &shown.display_name,
                    caller_number: short_name(&agent.name),
                    variables: &[],
                    then: &then,
                };
                self.switches.originate(&agent.node, &call).await?;
                let third = Third { member: own.call.member.clone(), channel_uuid };
                self.thirds().insert(agent.clone(), third);
                let name = self.name_of(&to, &extension);
                self.mark(&agent, &own.call.member, CallMark::Third(Some(name))).await;
                Ok::<_, ApiError>(())
            })
            .await
    }

    async fn leave_own_call(&self, permit: Permit<WorkAtDesk>, press: Press) -> Result<(), ApiError> {
        let (agent, _) = self.own_row(&permit)?;
        let row = NewAudit::by(&permit, "call.leave", &agent).pressed(&press);
        self.actions
            .run(row, async {
                let own = self.own_call(&agent).await?;
                let third = self.thirds().get(&agent).cloned();
                let third = third.filter(|third| third.member == own.call.member);
                let third = third.ok_or(ApiError::NotFound)?;
                if !self.switches.has_channel(&agent.node, &third.channel_uuid).await? {
                    self.thirds().remove(&agent);
                    self.mark(&agent, &own.call.member, CallMark::Third(None)).await;
                    return Err(ApiError::NotFound);
                }
                self.switches.bridge(&agent.node, &own.caller_uuid, &third.channel_uuid).await?;
                self.thirds().remove(&agent);
                match self.switches.hang_up(&agent.node, &own.channel_uuid).await {
                    // It was let go by the bridging already.
                    Ok(()) | Err(SwitchError::Refused { .. }) => Ok(()),
                    Err(error) => Err(ApiError::from(error)),
                }
            })
            .await
    }

    async fn list_call_targets(&self, permit: Permit<WorkAtDesk>) -> Result<Vec<TargetRow>, ApiError> {
        let own = own_agent(&permit)?;
        let board = self.hub.snapshot(&Scope::All).board;
        let is_there = |row: &AgentRow| {
            row.key.node == own.node && row.key != own && row.presence != Presence::LoggedOut
        };
        let agents = board.agents.into_iter().filter(is_there).map(|row| TargetRow {
            target: CallTarget::Agent(row.key),
            name: row.display_name,
            state: TargetState::Agent(row.presence),
        });
        let queues = board.queues.into_iter().filter(|row| row.key.node == own.node).map(|row| TargetRow {
            target: CallTarget::Queue(row.key),
            name: row.display_name,
            state: TargetState::Queue { waiting: row.waiting, available: row.agents.available },
        });
        Ok(agents.chain(queues).collect())
    }

    async fn set_own_wrap_up(&self, permit: Permit<WorkAtDesk>, step: WrapUpStep) -> Result<(), ApiError> {
        let (agent, _) = self.own_row(&permit)?;
        let row = NewAudit::by(&permit, "agent.set-wrap-up", &agent).after(&step);
        self.actions
            .run(row, async {
                let until = self.hub.agent(&agent).and_then(|row| row.wrap_up_until);
                let until = until.ok_or(ApiError::NotFound)?;
                let until = match step {
                    WrapUpStep::More => {
                        let until = UnixMs(until.0.max(clock::now().0) + MORE.0);
                        self.switches.set_ready_at(&agent, until).await?;
                        Some(until)
                    }
                    WrapUpStep::Ready => {
                        let wrap_up = self.hub.wrap_up(&agent).unwrap_or_default();
                        self.wrap_ups.cut_short(&agent, wrap_up, until).await?;
                        None
                    }
                };
                let event = SwitchEvent::WrapUpUntil { agent: agent.name.clone(), until };
                self.hub.send(&agent.node, event).await;
                Ok::<_, ApiError>(())
            })
            .await
    }
}

impl OwnCalls {
    /// The own agent as the board has it.
    fn own_row(&self, permit: &Permit<WorkAtDesk>) -> Result<(AgentKey, AgentRow), ApiError> {
        let agent = own_agent(permit)?;
        let row = self.hub.agent(&agent).ok_or(ApiError::NotFound)?;
        permit.touch_agent(&row)?;
        Ok((agent, row))
    }

    /// The call that the agent talks in at this moment.
    async fn own_call(&self, agent: &AgentKey) -> Result<Own, ApiError> {
        let row = self.hub.agent(agent).filter(|row| row.presence == Presence::OnCall);
        let call = row.and_then(|row| row.call).ok_or(ApiError::NotFound)?;
        let caller_uuid = self.hub.member(&call.member).ok_or(ApiError::NotFound)?.session_uuid;
        let channel_uuid = self.switches.agent_channel(agent).await?.ok_or(ApiError::NotFound)?;
        Ok(Own { call, channel_uuid, caller_uuid })
    }

    /// Shows what became of the call; the switch has no event for it.
    async fn mark(&self, agent: &AgentKey, member: &MemberKey, mark: CallMark) {
        let event =
            SwitchEvent::CallMarked { agent: agent.name.clone(), member_uuid: member.uuid.clone(), mark };
        self.hub.send(&agent.node, event).await;
    }

    fn name_of(&self, to: &CallTarget, extension: &Destination) -> String {
        match to {
            CallTarget::Agent(key) => self.hub.agent(key).map(|row| row.display_name),
            CallTarget::Number(_) | CallTarget::Queue(_) => None,
        }
        .unwrap_or_else(|| extension.to_string())
    }

    fn thirds(&self) -> std::sync::MutexGuard<'_, HashMap<AgentKey, Third>> {
        self.thirds.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// How a target is reached.
#[derive(Debug, PartialEq, Eq)]
enum Route {
    /// As if its number was dialled.
    Dialplan(Destination),
    /// The telephone of an extension.
    Telephone(Destination),
    /// A queue of the node.
    Queue(String),
}

impl Route {
    /// The route from an agent to a target, which must be of the same node.
    fn to(agent: &AgentKey, target: &CallTarget) -> Result<Self, ApiError> {
        match target {
            CallTarget::Number(typed) => Destination::parse(typed).map(Self::Dialplan).map_err(problem),
            CallTarget::Agent(key) if key.node == agent.node && key != agent => {
                Destination::parse(short_name(&key.name)).map(Self::Telephone).map_err(problem)
            }
            CallTarget::Queue(key) if key.node == agent.node => Ok(Self::Queue(key.name.clone())),
            CallTarget::Agent(_) | CallTarget::Queue(_) => Err(problem(ProblemKind::Unknown)),
        }
    }
}

fn problem(kind: ProblemKind) -> ApiError {
    ApiError::Invalid(vec![FieldProblem { field: "to".to_owned(), kind }])
}

impl Failure for CutShortError {
    fn verdict(&self) -> (Outcome, Option<String>) {
        match self {
            Self::Storage(error) => (Outcome::Refused, Some(error.to_string())),
            Self::Switch(error) => error.verdict(),
        }
    }
}

impl From<CutShortError> for ApiError {
    fn from(error: CutShortError) -> Self {
        match error {
            CutShortError::Storage(error) => error.into(),
            CutShortError::Switch(error) => error.into(),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that fails says so")]
    use app::model::ids::{NodeName, QueueKey};

    use super::*;

    #[test]
    fn callers_go_where_a_telephone_can_dial_and_to_the_own_node() {
        let (node, other) = (NodeName::new("fs-1"), NodeName::new("fs-2"));
        let own = AgentKey::new(&node, "1007@default");
        let telephone = Route::to(&own, &CallTarget::Agent(AgentKey::new(&node, "1008@default"))).unwrap();
        assert_eq!(telephone, Route::Telephone(Destination::parse("1008").unwrap()));
        for target in [
            CallTarget::Number("{x}1008".into()),
            CallTarget::Number("1008|1009".into()),
            CallTarget::Number("a'b".into()),
            CallTarget::Number("1\n2".into()),
            CallTarget::Agent(own.clone()),
            CallTarget::Agent(AgentKey::new(&other, "1008@default")),
            CallTarget::Agent(AgentKey::new(&node, "o'brien|x@default")),
            CallTarget::Queue(QueueKey::new(&other, "support@default")),
        ] {
            assert!(Route::to(&own, &target).is_err(), "{target:?}");
        }
    }
}
