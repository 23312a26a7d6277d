//! The agent's desk.

use app::api::ApiError;
use app::api::desk::{DeskApi, DeskSignals, DeskView};
use app::api::permit::{Permit, WorkAtDesk};
use app::model::agent::SetBy;
use app::model::center::CenterView;
use app::model::day::OwnDay;
use app::model::ids::AgentKey;
use app::model::time::UnixMs;
use app::model::wall::{Scope, Sight};
use async_trait::async_trait;

use super::day;
use super::statuses::{ChosenStatus, Statuses, chosen};
use crate::center::Center;
use crate::clock;
use crate::spool::{Spool, SpooledAction};
use crate::storage::agent_status_notes::{self, NewStatusNote};
use crate::storage::audit::{self, NewAudit, Outcome};
use crate::storage::settings::{self, Owner};
use crate::storage::{Database, StorageError};
use crate::switch::SwitchError;
use crate::wallboard::hub::Hub;

/// [`DeskApi`] over the switch.
pub struct Desk {
    /// The live board.
    pub hub: Hub,
    /// How a status is set.
    pub statuses: Statuses,
    /// For the audit and the reasons.
    pub database: Database,
    /// What admins have set.
    pub center: Center,
    /// For both while the database is away.
    pub spool: Spool<SpooledAction>,
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
        let before = self.statuses.present(&agent);
        let row = NewAudit::by(&permit, "agent.set-status", &agent).before(&before).after(&chosen);
        let asked = Asked { row, agent: agent.clone(), user_id: permit.user().id, at: clock::now() };
        let records = self.ask(&asked, &chosen).await?;

        let outcome = self.statuses.ask(&agent, chosen.clone(), SetBy::Agent, asked.at).await;
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
