//! Making and changing a team: its name, queues, further agents, supervisors.

use std::collections::BTreeSet;

use leptos::ev::SubmitEvent;
use leptos::prelude::*;

use super::{Editing, agent_name};
use crate::api::ApiError;
use crate::api::teams::SaveTeam;
use crate::components::agent::queue_name_now;
use crate::components::subject::{Asking, DialogButtons, SubjectDialog};
use crate::components::words::{fill, lower_case};
use crate::components::{Problem, TextField, use_locale};
use crate::i18n::*;
use crate::live::LiveBoard;
use crate::model::board::merged_by_name;
use crate::model::ids::{AgentKey, QueueKey};
use crate::model::people::{SupervisorName, TeamForm};

/// What is being filled in.
#[derive(Clone, Copy, Debug)]
struct Draft {
    id: Option<u64>,
    name: RwSignal<String>,
    queues: RwSignal<BTreeSet<QueueKey>>,
    agents: RwSignal<BTreeSet<AgentKey>>,
    supervisors: RwSignal<BTreeSet<u64>>,
    error: RwSignal<Option<ApiError>>,
}

impl Draft {
    fn of(editing: &Editing) -> Self {
        let TeamForm { name, queues, agents, supervisors } = editing.team.clone();
        Self {
            id: editing.id,
            name: RwSignal::new(name),
            queues: RwSignal::new(queues.into_iter().collect()),
            agents: RwSignal::new(agents.into_iter().collect()),
            supervisors: RwSignal::new(supervisors.into_iter().collect()),
            error: RwSignal::new(None),
        }
    }

    /// What to ask of the server; none when something is wrong, which is then said beside its field.
    fn check(self) -> Option<SaveTeam> {
        let form = TeamForm {
            name: self.name.get_untracked(),
            queues: self.queues.get_untracked().into_iter().collect(),
            agents: self.agents.get_untracked().into_iter().collect(),
            supervisors: self.supervisors.get_untracked().into_iter().collect(),
        };
        let problems = form.problems();
        let is_right = problems.is_empty();
        self.error.set((!is_right).then_some(ApiError::Invalid(problems)));
        is_right.then_some(SaveTeam { id: self.id, form })
    }
}

/// The form in a dialog.
#[component]
pub(super) fn EditDialog(editing: RwSignal<Option<Editing>>, save: ServerAction<SaveTeam>) -> impl IntoView {
    let locale = use_locale();
    let title = Signal::derive(move || {
        let is_new = editing.with(|editing| editing.as_ref().is_some_and(|editing| editing.id.is_none()));
        if is_new { td_string!(locale, teams.new) } else { td_string!(locale, teams.edit_title) }.to_owned()
    });
    view! {
        <SubjectDialog
            subject=editing
            title
            id="teams-edit"
            asking=Asking::of(*save)
            done=td_string!(locale, teams.saved)
            content=Box::new(move |editing, open| view! { <Form editing open save /> }.into_any())
        />
    }
}

#[component]
fn Form(editing: Editing, open: RwSignal<bool>, save: ServerAction<SaveTeam>) -> impl IntoView {
    let locale = use_locale();
    let draft = Draft::of(&editing);
    Effect::new(move |_| {
        if let Some(Err(error)) = save.value().get() {
            draft.error.set(Some(error));
        }
    });
    let on_submit = move |event: SubmitEvent| {
        event.prevent_default();
        if !save.pending().get_untracked()
            && let Some(wanted) = draft.check()
        {
            save.dispatch(wanted);
        }
    };
    let name_problem = Signal::derive(move || {
        draft.error.with(|error| match error {
            Some(ApiError::Invalid(problems)) => problems.first().map(|problem| problem.kind),
            _ => None,
        })
    });
    view! {
        <form class="body" novalidate on:submit=on_submit>
            {move || match draft.error.get() {
                Some(ApiError::Invalid(_)) | None => None,
                Some(error) => Some(view! { <Problem error /> }),
            }}
            <TextField
                name="team-name"
                label=td_string!(locale, teams.name).to_owned()
                value=draft.name
                required=true
                problem=name_problem
            />
            <QueueChecks draft />
            <AgentChecks draft />
            <SupervisorChecks draft supervisors=editing.supervisors />
            <DialogButtons
                open
                is_pending=save.pending()
                cancel=td_string!(locale, common.cancel)
                submit=td_string!(locale, teams.save)
                submitting=td_string!(locale, teams.saving)
            />
        </form>
    }
}

/// A line with a check that puts keys into a set, all or none of them.
fn check<K: Ord + Clone + Send + Sync + 'static>(
    keys: Vec<K>,
    words: String,
    chosen: RwSignal<BTreeSet<K>>,
) -> AnyView {
    let is_chosen = {
        let keys = keys.clone();
        move || chosen.with(|chosen| keys.iter().all(|key| chosen.contains(key)))
    };
    let toggle = move |event| {
        let is_chosen = event_target_checked(&event);
        chosen.update(|chosen| {
            if is_chosen {
                chosen.extend(keys.iter().cloned());
            } else {
                chosen.retain(|key| !keys.contains(key));
            }
        });
    };
    view! {
        <label>
            <input type="checkbox" prop:checked=is_chosen on:change=toggle />
            {words}
        </label>
    }
    .into_any()
}

/// The queues of the moment; what several nodes have under one name is one queue. Chosen ones that the switch does not have
/// now stand there as well.
#[component]
fn QueueChecks(draft: Draft) -> impl IntoView {
    let locale = use_locale();
    let board = use_context::<LiveBoard>();
    let rows = board.as_ref().map_or_else(Vec::new, |board| untrack(|| board.queues.all()));
    let mut queues: Vec<(Vec<QueueKey>, String)> = merged_by_name(rows.clone(), &[])
        .into_iter()
        .map(|sum| {
            let parts = rows.iter().map(|row| &row.key).filter(|key| key.name == sum.key.name);
            (parts.cloned().collect(), sum.display_name)
        })
        .collect();
    for key in draft.queues.get_untracked() {
        if !queues.iter().any(|(parts, _)| parts.contains(&key)) {
            let name = queue_name_now(board.as_ref(), &key);
            queues.push((vec![key], name));
        }
    }
    let is_empty = queues.is_empty();
    let checks = queues.into_iter().map(|(parts, name)| check(parts, name, draft.queues)).collect::<Vec<_>>();
    view! {
        <fieldset>
            <legend>{td_string!(locale, teams.queues)}</legend>
            {is_empty.then(|| view! { <p class="muted">{td_string!(locale, teams.no_queues)}</p> })}
            <div class="checks teams-checks">{checks}</div>
        </fieldset>
    }
}

/// Agents beside those of the queues, found by a part of the name: there may be a thousand.
#[component]
fn AgentChecks(draft: Draft) -> impl IntoView {
    let locale = use_locale();
    let board = use_context::<LiveBoard>();
    let mut agents: Vec<(AgentKey, String)> = board.as_ref().map_or_else(Vec::new, |board| {
        untrack(|| board.agents.all()).into_iter().map(|row| (row.key, row.display_name)).collect()
    });
    for key in draft.agents.get_untracked() {
        if !agents.iter().any(|(other, _)| *other == key) {
            let name = agent_name(board.as_ref(), &key);
            agents.push((key, name));
        }
    }
    let search = RwSignal::new(String::new());
    let checks = move || {
        let search = lower_case(search.get().trim());
        let found = agents.iter().filter(|(key, name)| {
            if search.is_empty() {
                // Without a search those that are chosen.
                draft.agents.with_untracked(|chosen| chosen.contains(key))
            } else {
                lower_case(&format!("{name} {}", key.name)).contains(&search)
            }
        });
        found
            .take(50)
            .map(|(key, name)| check(vec![key.clone()], name.clone(), draft.agents))
            .collect::<Vec<_>>()
    };
    let count = move || {
        let count = draft.agents.with(BTreeSet::len);
        fill(td_string!(locale, teams.chosen), &[("count", &count.to_string())])
    };
    view! {
        <fieldset>
            <legend>{td_string!(locale, teams.agents)}</legend>
            <p class="muted">{td_string!(locale, teams.agents_about)} " " {count}</p>
            <input
                type="search"
                aria-label=td_string!(locale, teams.agents_search)
                placeholder=td_string!(locale, teams.agents_search)
                on:input=move |event| search.set(event_target_value(&event))
            />
            <div class="checks teams-checks">{checks}</div>
        </fieldset>
    }
}

#[component]
fn SupervisorChecks(draft: Draft, supervisors: Vec<SupervisorName>) -> impl IntoView {
    let locale = use_locale();
    let is_empty = supervisors.is_empty();
    let checks = supervisors
        .into_iter()
        .map(|one| check(vec![one.id], one.display_name, draft.supervisors))
        .collect::<Vec<_>>();
    view! {
        <fieldset>
            <legend>{td_string!(locale, teams.supervisors)}</legend>
            {is_empty.then(|| view! { <p class="muted">{td_string!(locale, teams.no_supervisors)}</p> })}
            <div class="checks teams-checks">{checks}</div>
        </fieldset>
    }
}
