//! What is looked for: a form that puts it into the address.

use leptos::prelude::*;
use leptos_router::params::ParamsMap;
use serde::{Deserialize, Serialize};

use super::words;
use crate::components::link::encode_segment;
use crate::components::{TextField, use_locale};
use crate::i18n::*;
use crate::model::audit::{AuditFilter, Outcome};
use crate::model::problem::{FieldProblem, ProblemKind};

/// A filter, and the row before which the page begins.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Place {
    pub(super) filter: AuditFilter,
    pub(super) before: Option<u64>,
}

impl Place {
    /// The place of an address.
    pub(super) fn of(query: &ParamsMap) -> Self {
        let text = |name: &str| query.get(name).unwrap_or_default();
        Self {
            filter: AuditFilter {
                user: text("user"),
                action: text("action"),
                subject: text("subject"),
                outcome: text("outcome"),
                from: text("from"),
                to: text("to"),
                text: text("text"),
            },
            before: query.get("before").and_then(|before| before.parse().ok()),
        }
    }

    /// The address of the place.
    pub(super) fn href(&self) -> String {
        let before = self.before.map(|before| before.to_string());
        let mut pairs = pairs_of(&self.filter);
        pairs.extend(before.map(|before| format!("before={before}")));
        address("/audit", &pairs)
    }
}

/// The address of a download.
pub(super) fn export_href(filter: &AuditFilter) -> String {
    address("/export/audit.csv", &pairs_of(filter))
}

fn pairs_of(filter: &AuditFilter) -> Vec<String> {
    let given = filter.fields().into_iter().filter(|(_, value)| !value.is_empty());
    given.map(|(name, value)| format!("{name}={}", encode_segment(value))).collect()
}

fn address(path: &str, pairs: &[String]) -> String {
    if pairs.is_empty() { path.to_owned() } else { format!("{path}?{}", pairs.join("&")) }
}

#[component]
pub(super) fn FilterForm(
    filter: AuditFilter,
    actions: Vec<String>,
    problems: Vec<FieldProblem>,
) -> impl IntoView {
    let locale = use_locale();
    let problem = |field: &str| -> Option<ProblemKind> {
        problems.iter().find(|problem| problem.field == field).map(|problem| problem.kind)
    };
    let (from_problem, to_problem, text_problem) = (problem("from"), problem("to"), problem("text"));
    let is_filtered = !filter.is_empty();
    let AuditFilter { user, action, subject, outcome, from, to, text } = filter;
    // An action that is looked for stands in the list even if nobody did it yet.
    let is_listed = action.is_empty() || actions.contains(&action);
    let listed = actions.into_iter().chain((!is_listed).then(|| action.clone()));
    let choices: Vec<(String, String)> =
        listed.map(|code| (words::action(locale, &code), code)).map(|(words, code)| (code, words)).collect();
    let outcomes = Outcome::ALL
        .into_iter()
        .map(|each| (each.code().to_owned(), words::outcome(locale, each).to_owned()))
        .collect();
    let everything = td_string!(locale, audit.any);
    view! {
        <form class="card audit-filter" method="get" action="/audit" role="search">
            <div class="fields">
                <TextField name="user" label=td_string!(locale, audit.user).to_owned() initial=user />
                <Choice
                    name="action"
                    label=td_string!(locale, audit.action)
                    chosen=action
                    everything
                    choices
                />
                <TextField
                    name="subject"
                    label=td_string!(locale, audit.subject).to_owned()
                    initial=subject
                />
                <Choice
                    name="outcome"
                    label=td_string!(locale, audit.outcome)
                    chosen=outcome
                    everything
                    choices=outcomes
                />
                <TextField
                    name="from"
                    kind="date"
                    label=td_string!(locale, audit.from).to_owned()
                    initial=from
                    problem=Signal::stored(from_problem)
                />
                <TextField
                    name="to"
                    kind="date"
                    label=td_string!(locale, audit.to).to_owned()
                    initial=to
                    problem=Signal::stored(to_problem)
                />
                <TextField
                    name="text"
                    label=td_string!(locale, audit.text).to_owned()
                    initial=text
                    problem=Signal::stored(text_problem)
                />
            </div>
            <div class="buttons">
                {is_filtered
                    .then(|| {
                        view! {
                            <a class="button" href="/audit" rel="external">
                                {td_string!(locale, audit.clear)}
                            </a>
                        }
                    })}
                <button type="submit" class="primary">
                    {td_string!(locale, audit.search)}
                </button>
            </div>
        </form>
    }
}

/// A choice of codes; the empty one is everything.
#[component]
fn Choice(
    name: &'static str,
    label: &'static str,
    chosen: String,
    everything: &'static str,
    choices: Vec<(String, String)>,
) -> impl IntoView {
    let options = choices
        .into_iter()
        .map(|(code, words)| {
            let is_chosen = code == chosen;
            view! {
                <option value=code selected=is_chosen>
                    {words}
                </option>
            }
        })
        .collect_view();
    view! {
        <div class="field">
            <label for=name>{label}</label>
            <select id=name name=name>
                <option value="">{everything}</option>
                {options}
            </select>
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_its_address() {
        let mut query = ParamsMap::new();
        query.insert("subject", "fs-1/support@default".to_owned());
        query.insert("text", "a&b=c".to_owned());
        query.insert("before", "7".to_owned());
        let place = Place::of(&query);
        assert_eq!(place.href(), "/audit?subject=fs-1%2Fsupport@default&text=a%26b%3Dc&before=7");
        assert_eq!(Place::default().href(), "/audit");
        assert_eq!(
            export_href(&place.filter),
            "/export/audit.csv?subject=fs-1%2Fsupport@default&text=a%26b%3Dc"
        );
    }
}
