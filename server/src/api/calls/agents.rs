//! Statuses of agents: now, and at the end of the present call.

use app::api::ApiError;
use app::api::permit::{ForceStatus, Permit};
use app::model::agent::{AgentRow, AgentStatus, Presence};
use app::model::ids::AgentKey;
use app::model::press::Press;
use app::model::supervise::Unable;

use super::super::statuses::chosen;
use super::{Calls, unable};
use crate::storage::audit::NewAudit;
use crate::storage::pending_log_outs::PendingLogOut;

impl Calls {
    pub(super) async fn force(
        &self,
        permit: &Permit<ForceStatus>,
        agent: AgentKey,
        (status, reason): (&str, Option<&str>),
        seen: AgentStatus,
        press: &Press,
    ) -> Result<(), ApiError> {
        self.agent(permit, &agent)?;
        let chosen = chosen(&self.center.read().await?, status, reason)?;
        let before = self.statuses.present(&agent);
        let row =
            NewAudit::by(permit, "agent.force-status", &agent).before(&before).after(&chosen).pressed(press);
        let act = async {
            if self.agent(permit, &agent)?.status != seen {
                return Err(unable(Unable::Changed));
            }
            self.statuses.force(&agent, chosen, (permit.user().id, &permit.user().display_name)).await
        };
        self.actions.run(row, act).await
    }

    pub(super) async fn log_out_at_end(
        &self,
        permit: &Permit<ForceStatus>,
        agent: AgentKey,
        is_wanted: bool,
        press: &Press,
    ) -> Result<(), ApiError> {
        self.agent(permit, &agent)?;
        let action = if is_wanted { "agent.log-out-later" } else { "agent.keep-logged-in" };
        let row = NewAudit::by(permit, action, &agent).pressed(press);
        let act = async {
            if !is_wanted {
                return if self.log_outs.take_back(&agent).await? {
                    Ok(())
                } else {
                    Err(unable(Unable::Changed))
                };
            }
            let row = self.agent(permit, &agent)?;
            if row.log_out_wanted_by.is_some() {
                return Err(unable(Unable::Changed));
            }
            if !matches!(row.presence, Presence::OnCall | Presence::Ringing) {
                return Err(unable(Unable::NotInCall));
            }
            let user = permit.user();
            self.log_outs
                .ask(PendingLogOut {
                    agent: agent.clone(),
                    user_id: user.id,
                    user_name: user.name.clone(),
                    display_name: user.display_name.clone(),
                })
                .await
        };
        self.actions.run(row, act).await
    }

    fn agent(&self, permit: &Permit<ForceStatus>, agent: &AgentKey) -> Result<AgentRow, ApiError> {
        let row = self.hub.agent(agent).ok_or(ApiError::NotFound)?;
        permit.touch_agent(&row)?;
        Ok(row)
    }
}
