//! What a number means, on demand. Buttons open popovers of the browser itself: by keyboard, without WASM, and never
//! cut off by the card they stand in. One popover serves every button of its metric on a page.

use leptos::prelude::*;

use super::words::{fill, use_locale};
use crate::i18n::*;

/// A number that has a definition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Metric {
    /// Callers waiting.
    Waiting,
    /// Longest wait.
    LongestWait,
    /// Callers joined in the last half hour.
    Arrivals,
    /// Agents by what they do.
    Agents,
    /// Agents free for a call.
    Available,
    /// Agents talking.
    OnCall,
    /// Busy in percent.
    Occupancy,
    /// Offered today.
    Offered,
    /// Answered today.
    Answered,
    /// Abandoned today.
    Abandoned,
    /// Service level today.
    ServiceLevel,
    /// Average speed of answer.
    SpeedOfAnswer,
    /// Average handle time.
    HandleTime,
}

impl Metric {
    /// Every metric.
    pub const ALL: [Self; 13] = [
        Self::Waiting,
        Self::LongestWait,
        Self::Arrivals,
        Self::Agents,
        Self::Available,
        Self::OnCall,
        Self::Occupancy,
        Self::Offered,
        Self::Answered,
        Self::Abandoned,
        Self::ServiceLevel,
        Self::SpeedOfAnswer,
        Self::HandleTime,
    ];

    /// The name in attributes.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::LongestWait => "longest-wait",
            Self::Arrivals => "arrivals",
            Self::Agents => "agents",
            Self::Available => "available",
            Self::OnCall => "on-call",
            Self::Occupancy => "occupancy",
            Self::Offered => "offered",
            Self::Answered => "answered",
            Self::Abandoned => "abandoned",
            Self::ServiceLevel => "service-level",
            Self::SpeedOfAnswer => "speed-of-answer",
            Self::HandleTime => "handle-time",
        }
    }

    /// The name for people.
    pub fn name(self, locale: Locale) -> &'static str {
        match self {
            Self::Waiting => td_string!(locale, metrics.waiting.name),
            Self::LongestWait => td_string!(locale, metrics.longest_wait.name),
            Self::Arrivals => td_string!(locale, metrics.arrivals.name),
            Self::Agents => td_string!(locale, metrics.agents.name),
            Self::Available => td_string!(locale, metrics.available.name),
            Self::OnCall => td_string!(locale, metrics.on_call.name),
            Self::Occupancy => td_string!(locale, metrics.occupancy.name),
            Self::Offered => td_string!(locale, metrics.offered.name),
            Self::Answered => td_string!(locale, metrics.answered.name),
            Self::Abandoned => td_string!(locale, metrics.abandoned.name),
            Self::ServiceLevel => td_string!(locale, metrics.service_level.name),
            Self::SpeedOfAnswer => td_string!(locale, metrics.speed_of_answer.name),
            Self::HandleTime => td_string!(locale, metrics.handle_time.name),
        }
    }

    /// The name where there is little room.
    pub fn short_name(self, locale: Locale) -> &'static str {
        match self {
            Self::LongestWait => td_string!(locale, metrics.longest_wait.short),
            Self::Abandoned => td_string!(locale, metrics.abandoned.short),
            Self::ServiceLevel => td_string!(locale, metrics.service_level.short),
            Self::SpeedOfAnswer => td_string!(locale, metrics.speed_of_answer.short),
            Self::HandleTime => td_string!(locale, metrics.handle_time.short),
            _ => self.name(locale),
        }
    }

    fn definition(self, locale: Locale) -> &'static str {
        match self {
            Self::Waiting => td_string!(locale, metrics.waiting.definition),
            Self::LongestWait => td_string!(locale, metrics.longest_wait.definition),
            Self::Arrivals => td_string!(locale, metrics.arrivals.definition),
            Self::Agents => td_string!(locale, metrics.agents.definition),
            Self::Available => td_string!(locale, metrics.available.definition),
            Self::OnCall => td_string!(locale, metrics.on_call.definition),
            Self::Occupancy => td_string!(locale, metrics.occupancy.definition),
            Self::Offered => td_string!(locale, metrics.offered.definition),
            Self::Answered => td_string!(locale, metrics.answered.definition),
            Self::Abandoned => td_string!(locale, metrics.abandoned.definition),
            Self::ServiceLevel => td_string!(locale, metrics.service_level.definition),
            Self::SpeedOfAnswer => td_string!(locale, metrics.speed_of_answer.definition),
            Self::HandleTime => td_string!(locale, metrics.handle_time.definition),
        }
    }

    fn popover_id(self) -> String {
        format!("definition-{}", self.code())
    }
}

/// A small button beside a number's name that shows what the number means.
#[component]
pub fn Definition(
    /// Which number.
    metric: Metric,
) -> impl IntoView {
    let locale = use_locale();
    view! {
        <button
            type="button"
            class="what"
            popovertarget=metric.popover_id()
            aria-label=fill(td_string!(locale, metrics.what_is), &[("name", metric.name(locale))])
        >
            <span aria-hidden="true">"?"</span>
        </button>
    }
}

/// The definitions that the buttons of a page open; once a page, at its end.
#[component]
pub fn Definitions(
    /// Those that the page has buttons for.
    metrics: &'static [Metric],
) -> impl IntoView {
    let locale = use_locale();
    metrics
        .iter()
        .map(|metric| {
            let formulas = (*metric == Metric::ServiceLevel).then(|| view! { <Formulas /> });
            view! {
                <div class="definition" id=metric.popover_id() popover="auto">
                    <strong>{metric.name(locale)}</strong>
                    <p>{metric.definition(locale)}</p>
                    {formulas}
                </div>
            }
        })
        .collect_view()
}

/// What the named formulas of the service level are.
#[component]
fn Formulas() -> impl IntoView {
    use super::words::{formula, formula_definition};
    use crate::model::metrics::ServiceLevelFormula;

    let locale = use_locale();
    let rows = ServiceLevelFormula::ALL
        .map(|each| view! { <dt>{formula(locale, each)}</dt> <dd>{formula_definition(locale, each)}</dd> })
        .collect_view();
    view! { <dl>{rows}</dl> }
}
