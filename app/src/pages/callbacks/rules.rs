//! How callbacks of a queue are made and tried, queue by queue.

use leptos::prelude::*;

use crate::api::ApiError;
use crate::api::callbacks::{SaveCallbackRule, list_callback_rules};
use crate::components::asked::{Asked, ask_first};
use crate::components::words::fill;
use crate::components::{Card, Dialog, EmptyState, PageTitle, Problem, TextField, use_announcer, use_locale};
use crate::i18n::*;
use crate::model::callback::{CallbackRule, QueueRule};
use crate::model::problem::{FieldProblem, ProblemKind};
use crate::model::time::DurationMs;

/// The rules of the user's queues.
#[derive(Debug)]
pub struct CallbackRulesPage;

impl CallbackRulesPage {
    /// The page itself.
    pub(crate) fn view() -> AnyView {
        let save = ServerAction::<SaveCallbackRule>::new();
        let rules = ask_first(move || save.version().get(), |_| list_callback_rules());
        view! { <Rules rules save /> }.into_any()
    }
}

#[component]
fn Rules(
    rules: Asked<Result<Vec<QueueRule>, ApiError>>,
    save: ServerAction<SaveCallbackRule>,
) -> impl IntoView {
    let locale = use_locale();
    let edited = RwSignal::new(None::<QueueRule>);
    view! {
        <div class="callbacks">
            <div class="bar">
                <PageTitle title=td_string!(locale, callbacks.rules).to_owned() />
                <div class="push">
                    <a class="button" href="/callbacks">
                        {td_string!(locale, callbacks.to_list)}
                    </a>
                </div>
            </div>
            <p class="muted callbacks-about">{td_string!(locale, callbacks.rules_about)}</p>
            <Card id="callbacks-rules" title=td_string!(locale, callbacks.rules_list).to_owned()>
                // The old list stays while the new one is asked for.
                <Transition>
                    {move || Suspend::new(async move {
                        match rules.await {
                            Ok(rules) if rules.is_empty() => {
                                view! {
                                    <EmptyState
                                        title=td_string!(locale, callbacks.no_queues).to_owned()
                                        hint=td_string!(locale, callbacks.no_queues_hint).to_owned()
                                    />
                                }
                                .into_any()
                            }
                            Ok(rules) => view! { <RuleTable rules edited /> }.into_any(),
                            Err(error) => view! { <Problem error /> }.into_any(),
                        }
                    })}
                </Transition>
            </Card>
            <RuleDialog edited save />
        </div>
    }
}

#[component]
fn RuleTable(rules: Vec<QueueRule>, edited: RwSignal<Option<QueueRule>>) -> impl IntoView {
    let locale = use_locale();
    let rows = rules.into_iter().map(|rule| view! { <Line rule edited /> }).collect_view();
    view! {
        <div class="scroll">
            <table class="cards callbacks-rules">
                <caption class="sr-only">{td_string!(locale, callbacks.rules_list)}</caption>
                <thead>
                    <tr>
                        <th scope="col">{td_string!(locale, callbacks.queue)}</th>
                        <th scope="col">{td_string!(locale, callbacks.from_abandoned)}</th>
                        <th scope="col" class="n">
                            {td_string!(locale, callbacks.pause)}
                        </th>
                        <th scope="col" class="n">
                            {td_string!(locale, callbacks.most_attempts)}
                        </th>
                        <th scope="col">{td_string!(locale, callbacks.caller_id)}</th>
                        <th scope="col">{td_string!(locale, callbacks.dial_prefix)}</th>
                        <th scope="col">
                            <span class="sr-only">{td_string!(locale, callbacks.change)}</span>
                        </th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
}

#[component]
fn Line(rule: QueueRule, edited: RwSignal<Option<QueueRule>>) -> impl IntoView {
    let locale = use_locale();
    let name = rule.queue.name.clone();
    let label = format!("{}: {name}", td_string!(locale, callbacks.change));
    let CallbackRule { is_from_abandoned, abandoned_after_s, pause_s, most_attempts, caller_id, dial_prefix } =
        rule.rule.clone();
    let from_abandoned = if is_from_abandoned {
        fill(
            td_string!(locale, callbacks.after_waiting),
            &[("time", &DurationMs::from_s(abandoned_after_s.into()).clock())],
        )
    } else {
        td_string!(locale, callbacks.off).to_owned()
    };
    let or_none = |text: String| {
        if text.is_empty() { td_string!(locale, common.none).to_owned() } else { text }
    };
    view! {
        <tr>
            <th scope="row">{name}</th>
            <td class="wide" data-label=td_string!(locale, callbacks.from_abandoned)>
                {from_abandoned}
            </td>
            <td class="n" data-label=td_string!(locale, callbacks.pause)>
                {DurationMs::from_s(pause_s.into()).clock()}
            </td>
            <td class="n" data-label=td_string!(locale, callbacks.most_attempts)>
                {most_attempts}
            </td>
            <td data-label=td_string!(locale, callbacks.caller_id)>{or_none(caller_id)}</td>
            <td data-label=td_string!(locale, callbacks.dial_prefix)>{or_none(dial_prefix)}</td>
            <td class="wide callbacks-change">
                <button
                    type="button"
                    aria-haspopup="dialog"
                    aria-label=label
                    on:click=move |_| edited.set(Some(rule.clone()))
                >
                    {td_string!(locale, callbacks.change)}
                </button>
            </td>
        </tr>
    }
}

#[component]
fn RuleDialog(edited: RwSignal<Option<QueueRule>>, save: ServerAction<SaveCallbackRule>) -> impl IntoView {
    let locale = use_locale();
    let announcer = use_announcer();
    let open = RwSignal::new(false);
    Effect::new(move |_| {
        if edited.with(Option::is_some) {
            save.clear();
            open.set(true);
        }
    });
    Effect::new(move |_| {
        if !open.get() {
            edited.set(None);
        }
    });
    Effect::new(move |_| {
        if matches!(save.value().get(), Some(Ok(()))) {
            open.set(false);
            announcer.say(td_string!(locale, callbacks.rule_saved));
        }
    });
    let title = Signal::derive(move || {
        let name = edited.with(|edited| edited.as_ref().map(|rule| rule.queue.name.clone()));
        fill(td_string!(locale, callbacks.rule_of), &[("queue", &name.unwrap_or_default())])
    });
    view! {
        <Dialog open title id="callbacks-rule">
            {move || edited.get().map(|rule| view! { <RuleForm rule open save /> })}
        </Dialog>
    }
}

/// The numbers of the form, by the names of their fields.
const NUMBERS: [&str; 3] = ["abandoned_after_s", "pause_s", "most_attempts"];

/// The rule that was typed, or what is wrong with it, field by field.
fn read(
    is_from_abandoned: bool,
    numbers: &[String; 3],
    caller_id: &str,
    dial_prefix: &str,
) -> Result<CallbackRule, Vec<FieldProblem>> {
    let mut problems = Vec::new();
    let mut read = [0; 3];
    for ((text, field), number) in numbers.iter().zip(NUMBERS).zip(&mut read) {
        match text.trim().parse() {
            Ok(parsed) => *number = parsed,
            Err(_) => {
                let kind =
                    if text.trim().is_empty() { ProblemKind::Required } else { ProblemKind::AtLeast(0) };
                problems.push(FieldProblem { field: field.to_owned(), kind });
            }
        }
    }
    if !problems.is_empty() {
        return Err(problems);
    }
    let [abandoned_after_s, pause_s, most_attempts] = read;
    let rule = CallbackRule {
        is_from_abandoned,
        abandoned_after_s,
        pause_s,
        most_attempts,
        caller_id: caller_id.trim().to_owned(),
        dial_prefix: dial_prefix.trim().to_owned(),
    };
    let problems = rule.problems();
    if problems.is_empty() { Ok(rule) } else { Err(problems) }
}

#[component]
fn RuleForm(rule: QueueRule, open: RwSignal<bool>, save: ServerAction<SaveCallbackRule>) -> impl IntoView {
    let locale = use_locale();
    let QueueRule { queue, rule } = rule;
    let is_from_abandoned = RwSignal::new(rule.is_from_abandoned);
    let numbers = [rule.abandoned_after_s, rule.pause_s, rule.most_attempts]
        .map(|number| RwSignal::new(number.to_string()));
    let caller_id = RwSignal::new(rule.caller_id);
    let dial_prefix = RwSignal::new(rule.dial_prefix);
    let problems: RwSignal<Vec<FieldProblem>> = RwSignal::new(Vec::new());
    Effect::new(move |_| {
        if let Some(Err(ApiError::Invalid(found))) = save.value().get() {
            problems.set(found);
        }
    });
    let failed = move || match save.value().get() {
        Some(Err(ApiError::Invalid(_))) | Some(Ok(())) | None => None,
        Some(Err(error)) => Some(view! { <Problem error /> }),
    };
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let numbers = numbers.map(|field| field.get_untracked());
        let (caller_id, prefix) = (caller_id.get_untracked(), dial_prefix.get_untracked());
        match read(is_from_abandoned.get_untracked(), &numbers, &caller_id, &prefix) {
            Ok(rule) => {
                problems.set(Vec::new());
                if !save.pending().get_untracked() {
                    save.dispatch(SaveCallbackRule { queue: queue.key.clone(), rule });
                }
            }
            Err(found) => problems.set(found),
        }
    };
    let problem = move |name: &'static str| {
        Signal::derive(move || {
            problems.with(|problems| {
                problems.iter().find(|problem| problem.field == name).map(|problem| problem.kind)
            })
        })
    };
    let number = move |place: usize, label: &'static str, hint: &'static str| {
        let name = NUMBERS[place];
        view! {
            <TextField
                name=name
                kind="number"
                label=label.to_owned()
                hint=hint.to_owned()
                value=numbers[place]
                problem=problem(name)
            />
        }
    };
    view! {
        // Checked by the model on both sides, in the words of the page; not by the browser in its own.
        <form class="body" novalidate on:submit=submit>
            <fieldset>
                <legend>{td_string!(locale, callbacks.from_abandoned)}</legend>
                <div class="checks">
                    <label>
                        <input
                            type="checkbox"
                            prop:checked=move || is_from_abandoned.get()
                            on:change=move |event| is_from_abandoned.set(event_target_checked(&event))
                        />
                        {td_string!(locale, callbacks.from_abandoned_means)}
                    </label>
                </div>
                <div class="fields">
                    {number(
                        0,
                        td_string!(locale, callbacks.abandoned_after),
                        td_string!(locale, callbacks.abandoned_after_hint),
                    )}
                </div>
            </fieldset>
            <fieldset>
                <legend>{td_string!(locale, callbacks.trying)}</legend>
                <div class="fields">
                    {number(1, td_string!(locale, callbacks.pause_s), "")}
                    {number(2, td_string!(locale, callbacks.most_attempts), "")}
                    <TextField
                        name="caller_id"
                        label=td_string!(locale, callbacks.caller_id).to_owned()
                        hint=td_string!(locale, callbacks.caller_id_hint).to_owned()
                        value=caller_id
                        problem=problem("caller_id")
                    />
                    <TextField
                        name="dial_prefix"
                        label=td_string!(locale, callbacks.dial_prefix).to_owned()
                        hint=td_string!(locale, callbacks.dial_prefix_hint).to_owned()
                        value=dial_prefix
                        problem=problem("dial_prefix")
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

    #[test]
    fn what_is_typed_is_what_is_read_and_each_wrong_field_is_named() {
        let typed = |numbers: [&str; 3]| numbers.map(str::to_owned);
        let rule = CallbackRule { caller_id: "4001234567".into(), ..CallbackRule::default() };
        assert_eq!(read(false, &typed(["20", "900", "3"]), " 4001234567 ", ""), Ok(rule));
        let fields = |result: Result<CallbackRule, Vec<FieldProblem>>| {
            result.map_err(|found| found.into_iter().map(|problem| problem.field).collect::<Vec<_>>())
        };
        assert_eq!(
            fields(read(true, &typed(["", "x", "3"]), "", "")),
            Err(vec!["abandoned_after_s".into(), "pause_s".into()])
        );
        assert_eq!(fields(read(true, &typed(["20", "900", "0"]), "", "")), Err(vec!["most_attempts".into()]));
    }
}
