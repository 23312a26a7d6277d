//! What a call center is made of beside its switch: break reasons, outcome codes, what is offered to agents.

use serde::{Deserialize, Serialize};

use super::account::Language;
use super::agent::ReasonCode;
use super::problem::{FieldProblem, ProblemKind};

/// The longest code.
pub const LONGEST_CODE: usize = 32;
/// The longest name.
pub const LONGEST_NAME: usize = 60;
/// A budget is at most a day.
pub const LONGEST_BUDGET_MIN: u32 = 1_440;

/// A code and what people call it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CodeName {
    /// The code that is stored.
    pub code: String,
    /// Its English name.
    pub en: String,
    /// Its Chinese name.
    pub zh: String,
    /// Offered no more. Said where names stand alone, as on the board; elsewhere what has the name says it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_retired: bool,
}

impl CodeName {
    /// The name in a language.
    pub fn name(&self, language: Language) -> &str {
        match language {
            Language::En => &self.en,
            Language::ZhCn => &self.zh,
        }
    }

    fn problems(&self) -> Vec<FieldProblem> {
        let code = |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '-';
        let code = match self.code.as_str() {
            "" => Some(ProblemKind::Required),
            text if text.len() > LONGEST_CODE => Some(ProblemKind::TooLong(LONGEST_CODE as u32)),
            text => (!text.chars().all(code)).then_some(ProblemKind::NoCode),
        };
        [("code", code), ("en", name_problem(&self.en)), ("zh", name_problem(&self.zh))]
            .into_iter()
            .filter_map(|(field, kind)| Some(FieldProblem { field: field.to_owned(), kind: kind? }))
            .collect()
    }
}

fn name_problem(name: &str) -> Option<ProblemKind> {
    if name.trim().is_empty() {
        Some(ProblemKind::Required)
    } else if name.chars().count() > LONGEST_NAME {
        Some(ProblemKind::TooLong(LONGEST_NAME as u32))
    } else {
        name.contains(char::is_control).then_some(ProblemKind::ControlCharacter)
    }
}

/// Why an agent may be on break.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct BreakReason {
    /// Code and names.
    pub name: CodeName,
    /// Counts as paid time.
    pub is_paid: bool,
    /// Minutes that an agent may spend on it a day; 0 sets no limit.
    pub budget_min: u32,
    /// Place in the order in which reasons are offered.
    pub position: u32,
    /// Offered no more; its name stays for what is on record.
    pub is_retired: bool,
}

impl BreakReason {
    /// The code as rows carry it.
    pub fn code(&self) -> ReasonCode {
        ReasonCode(self.name.code.clone())
    }

    /// What is wrong with it, by field.
    pub fn problems(&self) -> Vec<FieldProblem> {
        let mut problems = self.name.problems();
        if self.budget_min > LONGEST_BUDGET_MIN {
            let kind = ProblemKind::Between(0, LONGEST_BUDGET_MIN);
            problems.push(FieldProblem { field: "budget".to_owned(), kind });
        }
        problems
    }
}

/// What a call may have come to, as the agent sees it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OutcomeCode {
    /// Code and names.
    pub name: CodeName,
    /// The one queue, by its name on the switch, whose calls it is offered for; none for all.
    pub queue: Option<String>,
    /// Place in the order in which codes are offered.
    pub position: u32,
    /// Offered no more; its name stays for what is on record.
    pub is_retired: bool,
}

impl OutcomeCode {
    /// What is wrong with it, by field.
    pub fn problems(&self) -> Vec<FieldProblem> {
        self.name.problems()
    }

    /// Whether it is offered for calls of a queue.
    pub fn is_offered_for(&self, queue: &str) -> bool {
        !self.is_retired && self.queue.as_deref().is_none_or(|only| only == queue)
    }
}

/// All of it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CenterView {
    /// Break reasons in their order, the retired ones too.
    #[serde(default)]
    pub reasons: Vec<BreakReason>,
    /// Outcome codes in their order, the retired ones too.
    #[serde(default)]
    pub outcomes: Vec<OutcomeCode>,
    /// Desks offer to take one call at a time (the switch's Available (On Demand)).
    pub is_on_demand_offered: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reason(code: &str, en: &str, budget_min: u32) -> BreakReason {
        let name = CodeName { code: code.into(), en: en.into(), zh: "用餐".into(), ..CodeName::default() };
        BreakReason { name, budget_min, ..BreakReason::default() }
    }

    #[test]
    fn codes_are_plain_and_names_are_there() {
        for (reason, field) in [
            (reason("meal-2", "Meal", 0), None),
            (reason("", "Meal", 0), Some("code")),
            (reason("Meal", "Meal", 0), Some("code")),
            (reason("a'b", "Meal", 0), Some("code")),
            (reason("meal", " ", 0), Some("en")),
            (reason("meal", "a\nb", 0), Some("en")),
            (reason("meal", "Meal", 1_441), Some("budget")),
        ] {
            let problems = reason.problems();
            assert_eq!(problems.first().map(|problem| problem.field.as_str()), field, "{reason:?}");
        }
    }

    #[test]
    fn a_code_of_one_queue_is_offered_for_no_other() {
        let sold = OutcomeCode { queue: Some("sales@default".into()), ..OutcomeCode::default() };
        assert!(sold.is_offered_for("sales@default") && !sold.is_offered_for("support@default"));
        assert!(OutcomeCode::default().is_offered_for("support@default"));
        assert!(!OutcomeCode { is_retired: true, ..OutcomeCode::default() }.is_offered_for("x"));
    }
}
