//! The dialog that sets what the numbers of a queue are measured against.

use leptos::prelude::*;
use leptos_i18n::td_string;

use crate::api::ApiError;
use crate::api::queues::save_queue_targets;
use crate::components::words::{self, fill, use_locale};
use crate::components::{Dialog, Problem, SelectField, TextField, use_announcer};
use crate::model::board::QueueRow;
use crate::model::metrics::ServiceLevelFormula;
use crate::model::problem::{FieldProblem, ProblemKind};
use crate::model::thresholds::QueueTargets;

/// The numbers of the form, by the names of their fields.
const FIELDS: [&str; 8] = [
    "waiting_warning",
    "waiting_critical",
    "longest_wait_warning_s",
    "longest_wait_critical_s",
    "service_level_warning_percent",
    "service_level_critical_percent",
    "service_level_s",
    "short_abandon_s",
];

/// What was typed, in the order of [`FIELDS`].
type Typed = [RwSignal<String>; 8];

const fn numbers(targets: &QueueTargets) -> [u32; 8] {
    [
        targets.waiting_warning,
        targets.waiting_critical,
        targets.longest_wait_warning_s,
        targets.longest_wait_critical_s,
        targets.service_level_warning_percent,
        targets.service_level_critical_percent,
        targets.service_level_s,
        targets.short_abandon_s,
    ]
}

/// The targets that were typed, or what is wrong with them, field by field.
fn read(typed: &[String; 8], formula: &str) -> Result<QueueTargets, Vec<FieldProblem>> {
    let problem = |field: &str, kind| FieldProblem { field: field.to_owned(), kind };
    let mut problems = Vec::new();
    let mut read = [0; 8];
    for ((text, field), number) in typed.iter().zip(FIELDS).zip(&mut read) {
        match text.trim().parse() {
            Ok(parsed) => *number = parsed,
            Err(_) if text.trim().is_empty() => problems.push(problem(field, ProblemKind::Required)),
            Err(_) => problems.push(problem(field, ProblemKind::AtLeast(0))),
        }
    }
    let formula = ServiceLevelFormula::from_code(formula);
    if formula.is_none() {
        problems.push(problem("formula", ProblemKind::Unknown));
    }
    if !problems.is_empty() {
        return Err(problems);
    }
    let targets = QueueTargets {
        waiting_warning: read[0],
        waiting_critical: read[1],
        longest_wait_warning_s: read[2],
        longest_wait_critical_s: read[3],
        service_level_warning_percent: read[4],
        service_level_critical_percent: read[5],
        service_level_s: read[6],
        short_abandon_s: read[7],
        formula: formula.unwrap_or_default(),
    };
    let problems = targets.problems();
    if problems.is_empty() { Ok(targets) } else { Err(problems) }
}

#[component]
pub(super) fn TargetsDialog(open: RwSignal<bool>, row: ArcRwSignal<QueueRow>) -> impl IntoView {
    let locale = use_locale();
    let title = {
        let row = row.clone();
        Signal::derive(move || {
            row.with(|row| fill(td_string!(locale, queue.targets_title), &[("queue", &row.display_name)]))
        })
    };
    view! {
        <Dialog open=open id="targets-title" title=title>
            <TargetsForm open=open row=row.clone() />
        </Dialog>
    }
}

#[component]
fn TargetsForm(open: RwSignal<bool>, row: ArcRwSignal<QueueRow>) -> impl IntoView {
    let locale = use_locale();
    let announcer = use_announcer();
    let (key, name, targets) =
        row.with_untracked(|row| (row.key.clone(), row.display_name.clone(), row.targets.clone()));
    let typed: Typed = numbers(&targets).map(|number| RwSignal::new(number.to_string()));
    let formula = RwSignal::new(targets.formula.code().to_owned());
    let problems: RwSignal<Vec<FieldProblem>> = RwSignal::new(Vec::new());

    let save = Action::new(move |targets: &QueueTargets| save_queue_targets(key.clone(), targets.clone()));
    Effect::new(move |_| match save.value().get() {
        Some(Ok(())) => {
            announcer.say(fill(td_string!(locale, queue.saved), &[("queue", &name)]));
            open.set(false);
        }
        Some(Err(ApiError::Invalid(found))) => problems.set(found),
        Some(Err(_)) | None => {}
    });
    let failed =
        move || save.value().get().and_then(Result::err).map(|error| view! { <Problem error=error /> });
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        match read(&typed.map(|field| field.get_untracked()), &formula.get_untracked()) {
            Ok(targets) => {
                problems.set(Vec::new());
                save.dispatch(targets);
            }
            Err(found) => problems.set(found),
        }
    };

    let field = move |place: usize, label: &'static str, hint: &'static str| {
        let name = FIELDS[place];
        let problem = Signal::derive(move || {
            problems.with(|problems| {
                problems.iter().find(|problem| problem.field == name).map(|problem| problem.kind)
            })
        });
        view! {
            <TextField
                name=name
                kind="number"
                label=label.to_owned()
                hint=hint.to_owned()
                value=typed[place]
                problem=problem
            />
        }
    };
    let formulas =
        ServiceLevelFormula::ALL.map(|each| (each.code(), words::formula(locale, each).to_owned()));
    let formula_hint = Signal::derive(move || {
        ServiceLevelFormula::from_code(&formula.get())
            .map(|formula| words::formula_definition(locale, formula).to_owned())
            .unwrap_or_default()
    });

    view! {
        // Checked by the model on both sides, in the words of the page; not by the browser in its own.
        <form class="body" novalidate on:submit=submit>
            <p class="muted">{td_string!(locale, queue.targets_hint)}</p>
            <fieldset>
                <legend>{td_string!(locale, queue.waiting_group)}</legend>
                <div class="fields">
                    {field(0, td_string!(locale, queue.warning_from), "")}
                    {field(1, td_string!(locale, queue.critical_from), "")}
                </div>
            </fieldset>
            <fieldset>
                <legend>{td_string!(locale, queue.longest_group)}</legend>
                <div class="fields">
                    {field(2, td_string!(locale, queue.warning_from_s), "")}
                    {field(3, td_string!(locale, queue.critical_from_s), "")}
                </div>
            </fieldset>
            <fieldset>
                <legend>{td_string!(locale, queue.level_group)}</legend>
                <div class="fields">
                    {field(4, td_string!(locale, queue.warning_below), "")}
                    {field(5, td_string!(locale, queue.critical_below), "")}
                    {field(6, td_string!(locale, queue.in_time_s), "")}
                    {field(
                        7,
                        td_string!(locale, queue.short_abandon_s),
                        td_string!(locale, queue.short_abandon_hint),
                    )}
                    <SelectField
                        name="formula"
                        label=td_string!(locale, queue.formula).to_owned()
                        options=formulas.to_vec()
                        value=formula
                        hint=formula_hint
                    />
                </div>
            </fieldset>
            {failed}
            <div class="buttons">
                <button type="button" on:click=move |_| open.set(false)>
                    {td_string!(locale, common.cancel)}
                </button>
                <button type="submit" class="primary" disabled=move || save.pending().get()>
                    {move || {
                        if save.pending().get() {
                            td_string!(locale, common.saving)
                        } else {
                            td_string!(locale, common.save)
                        }
                    }}
                </button>
            </div>
        </form>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(targets: &QueueTargets) -> [String; 8] {
        numbers(targets).map(|number| number.to_string())
    }

    #[test]
    fn what_is_typed_is_what_is_read() {
        let targets = QueueTargets { waiting_warning: 9, waiting_critical: 11, ..QueueTargets::default() };
        assert_eq!(read(&typed(&targets), "standard"), Ok(targets));
    }

    #[test]
    fn each_wrong_field_is_named() {
        let mut texts = typed(&QueueTargets::default());
        texts[0] = String::new();
        texts[7] = "-1".into();
        let found = read(&texts, "best").map_err(|problems| {
            problems.into_iter().map(|problem| (problem.field, problem.kind)).collect::<Vec<_>>()
        });
        assert_eq!(
            found,
            Err(vec![
                ("waiting_warning".into(), ProblemKind::Required),
                ("short_abandon_s".into(), ProblemKind::AtLeast(0)),
                ("formula".into(), ProblemKind::Unknown),
            ])
        );
    }
}
