//! Breaks of today by reason, against their budgets.

use app::model::agent::{Presence, ReasonCode};
use app::model::center::{BreakReason, CodeName};
use app::model::ids::AgentKey;
use app::model::time::{DurationMs, UnixMs};

use super::board::{Board, Touched};

impl Board {
    /// Follows what an agent's presence and reason have become at a moment: a break that is over is added up.
    pub(super) fn follow_break(&mut self, key: &AgentKey, since: UnixMs) {
        let midnight = self.midnight;
        let Some(agent) = self.agents.get_mut(key) else { return };
        let is_on_break = agent.presence == Presence::OnBreak;
        let now = agent.reason.clone().filter(|_| is_on_break);
        if now.as_ref() == agent.on_break.as_ref().map(|(reason, _)| reason) {
            return;
        }
        if let Some((reason, from)) = agent.on_break.take() {
            let spent = since.since(from.max(midnight));
            let total = self.breaks_today.entry(key.clone()).or_default().entry(reason).or_default();
            *total = DurationMs(total.0 + spent.0);
        }
        agent.on_break = now.map(|reason| (reason, since));
    }

    /// When the budget of the present break is used up.
    pub(super) fn break_until(&self, key: &AgentKey) -> Option<UnixMs> {
        let (reason, from) = self.agents.get(key)?.on_break.as_ref()?;
        let budget = self.budgets.get(reason)?;
        let spent = self.breaks_today.get(key).and_then(|breaks| breaks.get(reason)).copied();
        Some(UnixMs((*from).max(self.midnight).0 + budget.0 - spent.unwrap_or_default().0))
    }

    pub(super) fn reasons_known(&mut self, reasons: Vec<BreakReason>, touched: &mut Touched) {
        let budgets = reasons
            .iter()
            .filter(|reason| reason.budget_min > 0)
            .map(|reason| (reason.code(), DurationMs::from_s(i64::from(reason.budget_min) * 60)));
        self.budgets = budgets.collect();
        let named = |reason: BreakReason| CodeName { is_retired: reason.is_retired, ..reason.name };
        self.reasons = reasons.into_iter().map(named).collect();
        touched.has_reasons = true;
        let on_break = self.agents.iter().filter(|(_, agent)| agent.on_break.is_some());
        touched.agents.extend(on_break.map(|(key, _)| key.clone()));
    }

    /// What the record knows of breaks that ended today before this start of SwitchDesk.
    pub(super) fn breaks_restored(&mut self, breaks: Vec<(AgentKey, ReasonCode, DurationMs)>) {
        for (agent, reason, spent) in breaks {
            let total = self.breaks_today.entry(agent).or_default().entry(reason).or_default();
            *total = DurationMs(total.0 + spent.0);
        }
    }
}
