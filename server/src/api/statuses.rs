//! How a person sets an agent's status, at the own desk or for somebody else: there is one way.

use app::api::ApiError;
use app::model::agent::{AgentStatus, ReasonCode, SetBy};
use app::model::center::CenterView;
use app::model::ids::AgentKey;
use app::model::problem::{FieldProblem, ProblemKind};
use app::model::time::UnixMs;
use serde::Serialize;

use crate::clock;
use crate::storage::Database;
use crate::storage::agent_status_notes::{self, NewStatusNote};
use crate::switch::event::SwitchEvent;
use crate::switch::{SwitchError, Switches};
use crate::wallboard::hub::Hub;

/// Sets statuses; cheap to clone.
#[derive(Clone)]
pub struct Statuses {
    /// The live board.
    pub hub: Hub,
    /// The switches.
    pub switches: Switches,
    /// For the notes of who chose what.
    pub database: Database,
}

/// A status with its reason, as the audit keeps it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ChosenStatus {
    /// Status.
    pub status: AgentStatus,
    /// Why, on a break.
    pub reason: Option<ReasonCode>,
}

impl Statuses {
    /// What the board says of an agent at the moment.
    pub fn present(&self, agent: &AgentKey) -> Option<ChosenStatus> {
        self.hub.agent(agent).map(|row| ChosenStatus { status: row.status, reason: row.reason })
    }

    /// Asks the switch for a status. The board is told before who asks and why: the switch's event may overtake its answer.
    pub async fn ask(
        &self,
        agent: &AgentKey,
        chosen: ChosenStatus,
        set_by: SetBy,
        noted_at: UnixMs,
    ) -> Result<(), SwitchError> {
        let noted = SwitchEvent::StatusNoted {
            agent: agent.name.clone(),
            status: chosen.status,
            reason: chosen.reason.clone(),
            set_by,
            noted_at,
        };
        self.hub.send(&agent.node, noted).await;
        let outcome = self.switches.set_agent_status(agent, chosen.status).await;
        if matches!(outcome, Err(ref error) if !matches!(error, SwitchError::Unknown)) {
            self.hub.send(&agent.node, SwitchEvent::StatusRefused { agent: agent.name.clone() }).await;
        }
        outcome
    }

    /// Sets a status for somebody else, with a stored note of who did. The audit is the caller's.
    ///
    /// # Errors
    /// The switch's; `DatabaseUnavailable` where the note cannot be stored, and then nothing was sent.
    pub async fn force(
        &self,
        agent: &AgentKey,
        chosen: ChosenStatus,
        (user_id, display_name): (u64, &str),
    ) -> Result<(), ApiError> {
        let now = clock::now();
        let note = NewStatusNote {
            agent: agent.clone(),
            status: chosen.status,
            reason: chosen.reason.clone(),
            user_id,
        };
        let note_id = agent_status_notes::create_status_note(self.database.pool()?, &note, now).await?;
        let set_by = SetBy::User { display_name: display_name.to_owned() };
        let outcome = self.ask(agent, chosen, set_by, now).await;
        if matches!(outcome, Err(ref error) if !matches!(error, SwitchError::Unknown)) {
            agent_status_notes::refuse_status_note(self.database.pool()?, note_id, clock::now()).await?;
        }
        Ok(outcome?)
    }
}

/// The status that a form asks for: `available`, `on-demand` where it is offered, `on-break` or `logged-out`; a break wants the
/// code of a reason that is offered.
///
/// # Errors
/// `Invalid`, with the field.
pub fn chosen(center: &CenterView, status: &str, reason: Option<&str>) -> Result<ChosenStatus, ApiError> {
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
