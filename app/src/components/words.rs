//! Values of the model in the words of a language.

use leptos::prelude::expect_context;
use leptos_i18n::td_string;

use crate::api::{ApiError, RefusedBy};
use crate::i18n::Locale;
use crate::model::account::{Language, Role};
use crate::model::agent::{AgentStatus, Presence, ReasonCode, SetBy};
use crate::model::board::{LinkProblem, MemberState};
use crate::model::center::CodeName;
use crate::model::ghost::GhostReason;
use crate::model::metrics::ServiceLevelFormula;
use crate::model::problem::ProblemKind;
use crate::model::thresholds::Level;

/// The language of the page. It never changes while the page is open.
///
/// # Panics
/// Outside of [`crate::App`], which is a mistake of the program.
pub fn use_locale() -> Locale {
    expect_context()
}

/// Small letters in any alphabet, for comparing what people wrote. The browser's own: its program need not hold the
/// tables of Unicode.
pub fn lower_case(words: &str) -> String {
    #[cfg(feature = "hydrate")]
    return js_sys::JsString::from(words).to_lower_case().into();
    #[cfg(not(feature = "hydrate"))]
    words.to_lowercase()
}

/// A sentence of a locale file with its `{gaps}` filled. What is filled in is not looked at again, whatever it holds.
pub fn fill(sentence: &str, gaps: &[(&str, &str)]) -> String {
    let mut filled = String::with_capacity(sentence.len() + 16);
    let mut rest = sentence;
    while let Some((before, after)) = rest.split_once('{') {
        filled.push_str(before);
        let Some((name, after)) = after.split_once('}') else {
            rest = after;
            break;
        };
        filled.push_str(gaps.iter().find(|(gap, _)| *gap == name).map_or("", |(_, words)| words));
        rest = after;
    }
    filled.push_str(rest);
    filled
}

/// What an agent is doing.
pub fn presence(locale: Locale, presence: Presence) -> &'static str {
    match presence {
        Presence::Available => td_string!(locale, common.presence.available),
        Presence::Ringing => td_string!(locale, common.presence.ringing),
        Presence::OnCall => td_string!(locale, common.presence.on_call),
        Presence::WrapUp => td_string!(locale, common.presence.wrap_up),
        Presence::Idle => td_string!(locale, common.presence.idle),
        Presence::OnBreak => td_string!(locale, common.presence.on_break),
        Presence::LoggedOut => td_string!(locale, common.presence.logged_out),
    }
}

/// What was chosen for an agent.
pub fn status(locale: Locale, status: AgentStatus) -> &'static str {
    match status {
        AgentStatus::LoggedOut => td_string!(locale, common.status.logged_out),
        AgentStatus::Available => td_string!(locale, common.status.available),
        AgentStatus::AvailableOnDemand => td_string!(locale, common.status.available_on_demand),
        AgentStatus::OnBreak => td_string!(locale, common.status.on_break),
    }
}

/// Why an agent is on break; the code itself where nobody named it.
pub fn reason(locale: Locale, names: &[CodeName], code: &ReasonCode) -> String {
    let name = names.iter().find(|name| name.code == code.0);
    name.map_or(code.0.as_str(), |name| name.name(language(locale))).to_owned()
}

/// The language of the page, as the model has it.
pub fn language(locale: Locale) -> Language {
    match locale {
        Locale::en => Language::En,
        Locale::zh_CN => Language::ZhCn,
    }
}

/// Who chose a status.
pub fn set_by(locale: Locale, set_by: &SetBy) -> String {
    match set_by {
        SetBy::Agent => td_string!(locale, common.set_by.agent).to_owned(),
        SetBy::User { display_name } => {
            fill(td_string!(locale, common.set_by.user), &[("name", display_name)])
        }
        SetBy::Elsewhere => td_string!(locale, common.set_by.elsewhere).to_owned(),
    }
}

/// What a user is.
pub fn role(locale: Locale, role: Role) -> &'static str {
    match role {
        Role::Agent => td_string!(locale, common.role.agent),
        Role::Supervisor => td_string!(locale, common.role.supervisor),
        Role::Admin => td_string!(locale, common.role.admin),
    }
}

/// How bad a number is.
pub fn level(locale: Locale, level: Level) -> &'static str {
    match level {
        Level::Fine => td_string!(locale, common.level.fine),
        Level::Warning => td_string!(locale, common.level.warning),
        Level::Critical => td_string!(locale, common.level.critical),
    }
}

/// The state of a caller in a queue.
pub fn member(locale: Locale, state: MemberState) -> &'static str {
    match state {
        MemberState::Waiting => td_string!(locale, common.member.waiting),
        MemberState::Trying => td_string!(locale, common.member.trying),
        MemberState::Answered => td_string!(locale, common.member.answered),
    }
}

/// What is wrong with a row that the switch has left behind.
pub fn ghost(locale: Locale, reason: GhostReason) -> &'static str {
    match reason {
        GhostReason::RingingForNobody => td_string!(locale, common.ghost.ringing_for_nobody),
        GhostReason::PhoneLeftRinging => td_string!(locale, common.ghost.phone_left_ringing),
        GhostReason::ReservedForNobody => td_string!(locale, common.ghost.reserved_for_nobody),
        GhostReason::TalkingToNobody => td_string!(locale, common.ghost.talking_to_nobody),
        GhostReason::WaitingWithoutCall => td_string!(locale, common.ghost.waiting_without_call),
        GhostReason::RingingWithoutCall => td_string!(locale, common.ghost.ringing_without_call),
        GhostReason::TalkingWithoutCall => td_string!(locale, common.ghost.talking_without_call),
        GhostReason::LeftAlone => td_string!(locale, common.ghost.left_alone),
    }
}

/// Why a node is lost.
pub fn link_problem(locale: Locale, problem: LinkProblem) -> &'static str {
    match problem {
        LinkProblem::Unreachable => td_string!(locale, problems.link.unreachable),
        LinkProblem::WrongPassword => td_string!(locale, problems.link.wrong_password),
        LinkProblem::AddressRefused => td_string!(locale, problems.link.address_refused),
        LinkProblem::ConnectionLost => td_string!(locale, problems.link.connection_lost),
        LinkProblem::Silent => td_string!(locale, problems.link.silent),
        LinkProblem::NoCallCenter => td_string!(locale, problems.link.no_call_center),
        LinkProblem::Garbled => td_string!(locale, problems.link.garbled),
    }
}

/// The name of a formula.
pub fn formula(locale: Locale, formula: ServiceLevelFormula) -> &'static str {
    match formula {
        ServiceLevelFormula::Standard => td_string!(locale, metrics.formula.standard),
        ServiceLevelFormula::AmazonConnect => td_string!(locale, metrics.formula.amazon_connect),
        ServiceLevelFormula::GenesysA => td_string!(locale, metrics.formula.genesys_a),
        ServiceLevelFormula::GenesysB => td_string!(locale, metrics.formula.genesys_b),
    }
}

/// The formula itself.
pub fn formula_definition(locale: Locale, formula: ServiceLevelFormula) -> &'static str {
    match formula {
        ServiceLevelFormula::Standard => td_string!(locale, metrics.formula.standard_definition),
        ServiceLevelFormula::AmazonConnect => td_string!(locale, metrics.formula.amazon_connect_definition),
        ServiceLevelFormula::GenesysA => td_string!(locale, metrics.formula.genesys_a_definition),
        ServiceLevelFormula::GenesysB => td_string!(locale, metrics.formula.genesys_b_definition),
    }
}

/// What went wrong, with the next step.
pub fn api_error(locale: Locale, error: &ApiError) -> String {
    match error {
        ApiError::Unauthenticated => td_string!(locale, problems.unauthenticated).to_owned(),
        ApiError::Forbidden => td_string!(locale, problems.forbidden).to_owned(),
        ApiError::NotFound => td_string!(locale, problems.not_found).to_owned(),
        ApiError::Invalid(_) => td_string!(locale, problems.invalid).to_owned(),
        ApiError::Conflict => td_string!(locale, problems.conflict).to_owned(),
        ApiError::Healed => td_string!(locale, problems.healed).to_owned(),
        ApiError::SwitchUnavailable => td_string!(locale, problems.switch_unavailable).to_owned(),
        ApiError::Unknown => td_string!(locale, problems.unknown).to_owned(),
        ApiError::DatabaseUnavailable => td_string!(locale, problems.database_unavailable).to_owned(),
        ApiError::Refused { by: RefusedBy::Switch, reason } => {
            fill(td_string!(locale, problems.refused_switch), &[("reason", reason)])
        }
        ApiError::Refused { by: RefusedBy::SwitchDesk, reason } => {
            fill(td_string!(locale, problems.refused_switchdesk), &[("reason", reason)])
        }
        ApiError::ServerUnreachable => td_string!(locale, problems.server_unreachable).to_owned(),
        ApiError::Internal { reference } => {
            fill(td_string!(locale, problems.internal), &[("reference", reference)])
        }
    }
}

/// What is wrong with a field.
pub fn field_problem(locale: Locale, kind: ProblemKind) -> String {
    match kind {
        ProblemKind::Required => td_string!(locale, problems.field.required).to_owned(),
        ProblemKind::Unknown => td_string!(locale, problems.field.unknown).to_owned(),
        ProblemKind::AtLeast(least) => {
            fill(td_string!(locale, problems.field.at_least), &[("least", &least.to_string())])
        }
        ProblemKind::Between(least, most) => fill(
            td_string!(locale, problems.field.between),
            &[("least", &least.to_string()), ("most", &most.to_string())],
        ),
        ProblemKind::AboveWarning => td_string!(locale, problems.field.above_warning).to_owned(),
        ProblemKind::BelowWarning => td_string!(locale, problems.field.below_warning).to_owned(),
        ProblemKind::TooLong(most) => {
            fill(td_string!(locale, problems.field.too_long), &[("most", &most.to_string())])
        }
        ProblemKind::TooShort(least) => {
            fill(td_string!(locale, problems.field.too_short), &[("least", &least.to_string())])
        }
        ProblemKind::ControlCharacter => td_string!(locale, problems.field.control_character).to_owned(),
        ProblemKind::NotDialable => td_string!(locale, problems.field.not_dialable).to_owned(),
        ProblemKind::Taken => td_string!(locale, problems.field.taken).to_owned(),
        ProblemKind::NoCode => td_string!(locale, problems.field.no_code).to_owned(),
        ProblemKind::Mismatch => td_string!(locale, problems.field.mismatch).to_owned(),
        ProblemKind::TooCommon => td_string!(locale, problems.field.too_common).to_owned(),
        ProblemKind::LastAdmin => td_string!(locale, problems.field.last_admin).to_owned(),
        ProblemKind::Oneself => td_string!(locale, problems.field.oneself).to_owned(),
        ProblemKind::TooOften => td_string!(locale, problems.field.too_often).to_owned(),
        ProblemKind::NotYours => td_string!(locale, problems.field.not_yours).to_owned(),
    }
}

/// A share with one decimal and its sign; a dash while there is none.
pub fn percent(locale: Locale, share: Option<f64>) -> String {
    share.map_or_else(
        || td_string!(locale, common.none).to_owned(),
        |share| fill(td_string!(locale, common.percent), &[("value", &one_decimal(share))]),
    )
}

/// A number that is not negative with one decimal. Half up, as people round; the formatting of the language would make 0.2 of 0.25.
fn one_decimal(value: f64) -> String {
    let tenths = (value * 10.0).round() as u64;
    format!("{}.{}", tenths / 10, tenths % 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_have_one_decimal() {
        for (share, words) in
            [(0.0, "0.0"), (0.04, "0.0"), (0.25, "0.3"), (66.666, "66.7"), (99.95, "100.0"), (100.0, "100.0")]
        {
            assert_eq!(one_decimal(share), words);
        }
    }

    #[test]
    fn gaps_are_filled_once_with_whatever_a_caller_is_called() {
        assert_eq!(fill("{name}: {what}!", &[("name", "{what}"), ("what", "<b>")]), "{what}: <b>!");
        assert_eq!(fill("no gap", &[]), "no gap");
    }
}
