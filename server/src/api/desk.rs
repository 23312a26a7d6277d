//! The agent's desk.

use app::api::ApiError;
use app::api::desk::{DeskApi, DeskSignals, DeskView};
use app::api::permit::{Permit, WorkAtDesk};
use app::model::agent::{AgentStatus, ReasonCode, SetBy};
use app::model::center::CenterView;
use app::model::day::OwnDay;
use app::model::ids::AgentKey;
use app::model::problem::{FieldProblem, ProblemKind};
use app::model::time::UnixMs;
use app::model::wall::{Scope, Sight};
use async_trait::async_trait;
use serde::Serialize;

use super::day;
use crate::center::Center;
use crate::clock;
use crate::spool::{Spool, SpooledAction};
use crate::storage::agent_status_notes::{self, NewStatusNote};
use crate::storage::audit::{self, NewAudit, Outcome};
use crate::storage::settings::{self, Owner};
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
    /// What admins have set.
    pub center: Center,
    /// For both while the database is away.
    pub spool: Spool<SpooledAction>,
}

/// What the audit keeps of a status.
#[derive(Serialize)]
struct ChosenStatus {
    status: AgentStatus,
    reason: Option<ReasonCode>,
}

#[async_trait]
impl DeskApi for Desk {
    async fn read_desk(&self, permit: Permit<WorkAtDesk>) -> Result<DeskView, ApiError> {
        let agent = own_agent(&permit)?;
        let snapshot =
            self.hub.snapshot(Sight { scope: Scope::Agent(agent.clone()), numbers: permit.numbers() });
        let CenterView { reasons, is_on_demand_offered, .. } = self.center.read().await?;
        let signals = self.signals(permit.user().id).await;
        Ok(DeskView { agent, snapshot, reasons, is_on_demand_offered, signals })
    }

    async fn set_own_status(
        &self,
        permit: Permit<WorkAtDesk>,
        status: &str,
        reason: Option<&str>,
    ) -> Result<(), ApiError> {
        let agent = own_agent(&permit)?;
        let chosen = chosen(&self.center.read().await?, status, reason)?;
        let before =
            self.hub.agent(&agent).map(|row| ChosenStatus { status: row.status, reason: row.reason });
        let row = NewAudit::by(&permit, "agent.set-status", &agent).before(&before).after(&chosen);
        let asked = Asked { row, agent: agent.clone(), user_id: permit.user().id, at: clock::now() };
        let records = self.ask(&asked, &chosen).await?;

        // The note goes first: the switch's event may overtake its answer.
        let noted = SwitchEvent::StatusNoted {
            agent: agent.name.clone(),
            status: chosen.status,
            reason: chosen.reason.clone(),
            set_by: SetBy::Agent,
            noted_at: asked.at,
        };
        self.hub.send(&agent.node, noted).await;
        let outcome = self.switches.set_agent_status(&agent, chosen.status).await;
        if matches!(outcome, Err(ref error) if !matches!(error, SwitchError::Unknown)) {
            self.hub.send(&agent.node, SwitchEvent::StatusRefused { agent: agent.name.clone() }).await;
        }
        self.record(records, asked, &chosen, &outcome).await;
        outcome.map_err(ApiError::from)
    }

    async fn read_own_day(&self, permit: Permit<WorkAtDesk>) -> Result<OwnDay, ApiError> {
        day::own_day(&self.hub, &self.database, &own_agent(&permit)?).await
    }

    async fn save_desk_signals(
        &self,
        permit: Permit<WorkAtDesk>,
        signals: DeskSignals,
    ) -> Result<(), ApiError> {
        // Tastes are no edits of the call center: they leave no audit row.
        let owner = Owner::User(permit.user().id);
        Ok(settings::save_setting(self.database.pool()?, owner, SIGNALS, &signals).await?)
    }
}

/// Name of the setting how a desk calls for attention.
const SIGNALS: &str = "desk.signals";

/// What is asked of the switch.
struct Asked {
    row: NewAudit,
    agent: AgentKey,
    user_id: u64,
    at: UnixMs,
}

/// What was written before the switch was asked.
struct Records {
    audit_id: u64,
    note_id: u64,
}

impl Desk {
    /// How the user's desk calls for attention; as usual while nobody can tell.
    async fn signals(&self, user_id: u64) -> DeskSignals {
        let Ok(pool) = self.database.pool() else { return DeskSignals::default() };
        let stored = settings::find_setting(pool, Owner::User(user_id), SIGNALS).await;
        stored.ok().flatten().unwrap_or_default()
    }

    /// Writes down what will be asked. `None` while the database is away: to take a break or to come back from one
    /// is not refused for want of a record, which the spool keeps once it is known what became of it.
    async fn ask(&self, asked: &Asked, chosen: &ChosenStatus) -> Result<Option<Records>, ApiError> {
        let note = NewStatusNote {
            agent: asked.agent.clone(),
            status: chosen.status,
            reason: chosen.reason.clone(),
            user_id: asked.user_id,
        };
        let written: Result<Records, StorageError> = async {
            let mut transaction = self.database.begin().await?;
            let audit_id = audit::record_asked(&mut *transaction, &asked.row, asked.at).await?;
            let note_id = agent_status_notes::create_status_note(&mut *transaction, &note, asked.at).await?;
            transaction.commit().await.map_err(StorageError::of("write down what is asked"))?;
            Ok(Records { audit_id, note_id })
        }
        .await;
        match written {
            Ok(records) => Ok(Some(records)),
            Err(error) if error.is_unavailable() => {
                self.database.note_away();
                Ok(None)
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Writes down what became of it: in the database where the asking is, else in the spool.
    async fn record(
        &self,
        records: Option<Records>,
        asked: Asked,
        chosen: &ChosenStatus,
        outcome: &Result<(), SwitchError>,
    ) {
        let (code, words) = match outcome {
            Ok(()) => (Outcome::Done, None),
            Err(SwitchError::Unknown) => (Outcome::Unknown, None),
            Err(error) => (Outcome::Refused, Some(error.to_string())),
        };
        let written = match records {
            Some(records) => {
                self.complete(&records, code, words.as_deref()).await.map_err(|error| error.to_string())
            }
            None => {
                let spooled = SpooledAction {
                    row: asked.row.keyed(),
                    chosen: Some(NewStatusNote {
                        agent: asked.agent,
                        status: chosen.status,
                        reason: chosen.reason.clone(),
                        user_id: asked.user_id,
                    }),
                    asked_at: asked.at,
                    outcome: code,
                    result: words,
                };
                self.spool.append(vec![spooled]).await.map_err(|error| error.to_string())
            }
        };
        if let Err(error) = written {
            // The switch has done it, or not, already.
            tracing::error!(error, outcome = code.code(), "cannot write down what became of a status");
        }
    }

    async fn complete(
        &self,
        records: &Records,
        code: Outcome,
        words: Option<&str>,
    ) -> Result<(), StorageError> {
        let now = clock::now();
        let mut transaction = self.database.begin().await?;
        audit::complete(&mut *transaction, records.audit_id, code, words, now).await?;
        if code == Outcome::Refused {
            agent_status_notes::refuse_status_note(&mut *transaction, records.note_id, now).await?;
        }
        transaction.commit().await.map_err(StorageError::of("write down what became of it"))
    }
}

pub(super) fn own_agent(permit: &Permit<WorkAtDesk>) -> Result<AgentKey, ApiError> {
    permit.user().agent.clone().ok_or(ApiError::Forbidden)
}

fn chosen(center: &CenterView, status: &str, reason: Option<&str>) -> Result<ChosenStatus, ApiError> {
    let problem = |field: &str, kind| ApiError::Invalid(vec![FieldProblem { field: field.to_owned(), kind }]);
    let (status, reason) = match status {
        "available" => (AgentStatus::Available, None),
        "on-demand" if center.is_on_demand_offered => (AgentStatus::AvailableOnDemand, None),
        "logged-out" => (AgentStatus::LoggedOut, None),
        "on-break" => {
            let code = reason.filter(|code| !code.is_empty());
            let code = code.ok_or_else(|| problem("reason", ProblemKind::Required))?;
            let offered = center.reasons.iter().find(|reason| reason.name.code == code && !reason.is_retired);
            let reason = offered.ok_or_else(|| problem("reason", ProblemKind::Unknown))?;
            (AgentStatus::OnBreak, Some(reason.code()))
        }
        _ => return Err(problem("status", ProblemKind::Unknown)),
    };
    Ok(ChosenStatus { status, reason })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that fails says so")]
    use app::model::center::{BreakReason, CodeName};

    use super::*;

    #[test]
    fn a_break_wants_a_reason_that_is_offered_and_the_others_none() {
        let reason = |code: &str, is_retired| BreakReason {
            name: CodeName { code: code.into(), ..CodeName::default() },
            is_retired,
            ..BreakReason::default()
        };
        let mut center = CenterView {
            reasons: vec![reason("meal", false), reason("smoke", true)],
            ..CenterView::default()
        };
        assert_eq!(chosen(&center, "available", Some("meal")).unwrap().reason, None);
        let on_break = chosen(&center, "on-break", Some("meal")).unwrap();
        assert_eq!(on_break.reason, Some(ReasonCode::new("meal")));
        for (status, reason, field) in [
            ("on-break", None, "reason"),
            ("on-break", Some("fishing"), "reason"),
            ("on-break", Some("smoke"), "reason"),
            ("on-demand", None, "status"),
            ("gone", None, "status"),
        ] {
            let Err(ApiError::Invalid(problems)) = chosen(&center, status, reason) else {
                panic!("{status} {reason:?} was taken");
            };
            assert_eq!(problems[0].field, field);
        }
        center.is_on_demand_offered = true;
        assert_eq!(chosen(&center, "on-demand", None).unwrap().status, AgentStatus::AvailableOnDemand);
    }
}
