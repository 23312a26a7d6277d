//! The agent's desk.

use app::api::desk::{DeskApi, DeskView};
use app::api::permit::{Permit, WorkAtDesk};
use app::api::{ApiError, RefusedBy};
use app::model::agent::{AgentStatus, BreakReason, SetBy};
use app::model::ids::AgentKey;
use app::model::problem::{FieldProblem, ProblemKind};
use app::model::wall::Scope;
use async_trait::async_trait;
use serde::Serialize;

use crate::clock;
use crate::storage::agent_status_notes::{self, NewStatusNote};
use crate::storage::audit::{self, NewAudit, Outcome};
use crate::storage::{Database, StorageError};
use crate::switch::event::SwitchEvent;
use crate::switch::{SwitchError, Switches};
use crate::wallboard::hub::Hub;

/// [`DeskApi`] over the switch.
pub struct Desk {
    /// The live board.
    pub hub: Hub,
    /// The switches.
    pub switches: Switches,
    /// For the audit and the reasons.
    pub database: Database,
}

/// What the audit keeps of a status.
#[derive(Serialize)]
struct ChosenStatus {
    status: AgentStatus,
    reason: Option<BreakReason>,
}

#[async_trait]
impl DeskApi for Desk {
    async fn read_desk(&self, permit: Permit<WorkAtDesk>) -> Result<DeskView, ApiError> {
        let agent = own_agent(&permit)?;
        let snapshot = self.hub.snapshot(&Scope::Agent(agent.clone()));
        Ok(DeskView { agent, snapshot })
    }

    async fn set_own_status(
        &self,
        permit: Permit<WorkAtDesk>,
        status: &str,
        reason: Option<&str>,
    ) -> Result<(), ApiError> {
        let agent = own_agent(&permit)?;
        let chosen = chosen(status, reason)?;
        let before = self.hub.agent(&agent).map(|row| ChosenStatus { status: row.status, reason: row.reason });
        let row = NewAudit::by(&permit, "agent.set-status", &agent).before(&before).after(&chosen);
        let records = self.ask(&row, &agent, &chosen, permit.user().id).await?;

        // The note goes first: the switch's event may overtake its answer.
        let noted = SwitchEvent::StatusNoted {
            agent: agent.name.clone(),
            status: chosen.status,
            reason: chosen.reason,
            set_by: SetBy::Agent,
            noted_at: clock::now(),
        };
        self.hub.send(&agent.node, noted).await;
        let outcome = self.switches.set_agent_status(&agent, chosen.status).await;
        if matches!(outcome, Err(SwitchError::Refused { .. } | SwitchError::Unavailable)) {
            self.hub.send(&agent.node, SwitchEvent::StatusRefused { agent: agent.name.clone() }).await;
        }
        self.complete(records, &outcome).await;
        outcome.map_err(ApiError::from)
    }
}

/// What was written before the switch was asked.
struct Records {
    audit_id: u64,
    note_id: u64,
}

impl Desk {
    /// Writes down what will be asked. `None` while the database is away: to take a break or to come back from one
    /// is not refused for want of a record, so the log has to keep it.
    async fn ask(
        &self,
        row: &NewAudit,
        agent: &AgentKey,
        chosen: &ChosenStatus,
        user_id: u64,
    ) -> Result<Option<Records>, ApiError> {
        let note = NewStatusNote { agent: agent.clone(), status: chosen.status, reason: chosen.reason, user_id };
        let written: Result<Records, StorageError> = async {
            let now = clock::now();
            let mut transaction = self.database.begin().await?;
            let audit_id = audit::record_asked(&mut *transaction, row, now).await?;
            let note_id = agent_status_notes::create_status_note(&mut *transaction, &note, now).await?;
            transaction.commit().await.map_err(StorageError::of("write down what is asked"))?;
            Ok(Records { audit_id, note_id })
        }
        .await;
        match written {
            Ok(records) => Ok(Some(records)),
            Err(error) if error.is_unavailable() => {
                tracing::warn!(agent.name = %agent, status = chosen.status.as_switch(), user.id = user_id,
                    "a status is asked for without an audit row, because the database is away");
                Ok(None)
            }
            Err(error) => Err(error.into()),
        }
    }

    async fn complete(&self, records: Option<Records>, outcome: &Result<(), SwitchError>) {
        let Some(Records { audit_id, note_id }) = records else { return };
        let (code, words) = match outcome {
            Ok(()) => (Outcome::Done, None),
            Err(SwitchError::Unknown) => (Outcome::Unknown, None),
            Err(error) => (Outcome::Refused, Some(error.to_string())),
        };
        let now = clock::now();
        let written: Result<(), StorageError> = async {
            let mut transaction = self.database.begin().await?;
            audit::complete(&mut *transaction, audit_id, code, words.as_deref(), now).await?;
            if code == Outcome::Refused {
                agent_status_notes::refuse_status_note(&mut *transaction, note_id, now).await?;
            }
            transaction.commit().await.map_err(StorageError::of("write down what became of it"))
        }
        .await;
        if let Err(error) = written {
            // The switch has done it (or not) already; the row stays as asked.
            tracing::error!(%error, audit.id = audit_id, "cannot complete the audit row");
        }
    }
}

fn own_agent(permit: &Permit<WorkAtDesk>) -> Result<AgentKey, ApiError> {
    let reason = || "no switch agent is tied to this user".to_owned();
    permit
        .user()
        .agent
        .clone()
        .ok_or_else(|| ApiError::Refused { by: RefusedBy::SwitchDesk, reason: reason() })
}

fn chosen(status: &str, reason: Option<&str>) -> Result<ChosenStatus, ApiError> {
    let problem = |field: &str, kind| ApiError::Invalid(vec![FieldProblem { field: field.to_owned(), kind }]);
    let (status, reason) = match status {
        "available" => (AgentStatus::Available, None),
        "logged-out" => (AgentStatus::LoggedOut, None),
        "on-break" => {
            let code = reason.filter(|code| !code.is_empty());
            let code = code.ok_or_else(|| problem("reason", ProblemKind::Required))?;
            let reason = BreakReason::from_code(code).ok_or_else(|| problem("reason", ProblemKind::Unknown))?;
            (AgentStatus::OnBreak, Some(reason))
        }
        _ => return Err(problem("status", ProblemKind::Unknown)),
    };
    Ok(ChosenStatus { status, reason })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that fails says so")]
    use super::*;

    #[test]
    fn a_break_wants_a_reason_and_the_others_none() {
        assert_eq!(chosen("available", Some("meal")).unwrap().reason, None);
        assert_eq!(chosen("on-break", Some("meal")).unwrap().reason, Some(BreakReason::Meal));
        for (status, reason, field) in
            [("on-break", None, "reason"), ("on-break", Some("fishing"), "reason"), ("gone", None, "status")]
        {
            let Err(ApiError::Invalid(problems)) = chosen(status, reason) else {
                panic!("{status} {reason:?} was taken");
            };
            assert_eq!(problems[0].field, field);
        }
    }
}
