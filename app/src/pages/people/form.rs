//! What of a user is edited: name, role, agent, telephones, teams, permissions.

use leptos::ev::SubmitEvent;
use leptos::prelude::*;

use super::permissions::PermissionChecks;
use super::{AgentField, problem_of};
use crate::api::ApiError;
use crate::api::people::UpdatePerson;
use crate::components::{Card, Problem, SelectField, TextField, use_announcer, use_locale, words};
use crate::i18n::*;
use crate::live::LiveBoard;
use crate::model::account::{Permission, Role};
use crate::model::ids::{AgentKey, NodeName};
use crate::model::people::{Extension, PersonForm, TeamName, extension_field};

/// What is being filled in.
#[derive(Clone, Copy, Debug)]
struct Draft {
    id: u64,
    display_name: RwSignal<String>,
    role: RwSignal<String>,
    agent: RwSignal<Option<AgentKey>>,
    permissions: RwSignal<Vec<Permission>>,
    teams: RwSignal<Vec<u64>>,
    extensions: RwSignal<Vec<Extension>>,
    error: RwSignal<Option<ApiError>>,
}

impl Draft {
    fn new(id: u64, form: PersonForm) -> Self {
        Self {
            id,
            display_name: RwSignal::new(form.display_name),
            role: RwSignal::new(form.role.code().to_owned()),
            agent: RwSignal::new(form.agent),
            permissions: RwSignal::new(form.permissions),
            teams: RwSignal::new(form.teams),
            extensions: RwSignal::new(with_every_node(form.extensions)),
            error: RwSignal::new(None),
        }
    }

    fn role(self) -> Role {
        Role::from_code(&self.role.get()).unwrap_or(Role::Agent)
    }

    /// What to ask of the server; none when something is wrong, which is then said beside its field.
    fn check(self) -> Option<UpdatePerson> {
        let form = PersonForm {
            display_name: self.display_name.get_untracked(),
            role: untrack(|| self.role()),
            agent: self.agent.get_untracked(),
            permissions: self.permissions.get_untracked(),
            teams: self.teams.get_untracked(),
            extensions: self.extensions.get_untracked(),
        };
        let problems = form.problems();
        let is_right = problems.is_empty();
        self.error.set((!is_right).then_some(ApiError::Invalid(problems)));
        is_right.then_some(UpdatePerson { id: self.id, form })
    }
}

/// A line for each node that is known now, filled in or not.
fn with_every_node(mut extensions: Vec<Extension>) -> Vec<Extension> {
    let nodes = use_context::<LiveBoard>().map_or_else(Vec::new, |board| untrack(|| board.nodes.all()));
    for row in nodes {
        if !extensions.iter().any(|own| own.node == row.node) {
            extensions.push(Extension { node: row.node, extension: String::new() });
        }
    }
    extensions
}

/// The form, in cards.
#[component]
pub(super) fn PersonFields(
    id: u64,
    form: PersonForm,
    teams: Vec<TeamName>,
    update: ServerAction<UpdatePerson>,
) -> impl IntoView {
    let locale = use_locale();
    let announcer = use_announcer();
    let draft = Draft::new(id, form);
    let teams = StoredValue::new(teams);
    Effect::new(move |_| match update.value().get() {
        Some(Ok(())) => announcer.say(td_string!(locale, people.saved)),
        Some(Err(error)) => draft.error.set(Some(error)),
        None => {}
    });
    // Another role brings what is usual for it.
    Effect::new(move |before: Option<Role>| {
        let role = draft.role();
        if before.is_some_and(|before| before != role) {
            draft.permissions.set(Permission::usual_for(role));
        }
        role
    });
    let on_submit = move |event: SubmitEvent| {
        event.prevent_default();
        if !update.pending().get_untracked()
            && let Some(wanted) = draft.check()
        {
            update.dispatch(wanted);
        }
    };
    let wrong = move |field: &'static str| {
        Signal::derive(move || draft.error.with(|error| problem_of(error.as_ref(), field)))
    };
    let roles =
        Role::ALL.iter().map(|role| (role.code(), words::role(locale, *role).to_owned())).collect::<Vec<_>>();
    let role_problem = wrong("role");
    view! {
        <form class="people-form" novalidate on:submit=on_submit>
            <Card id="people-who" title=td_string!(locale, people.who).to_owned()>
                <div class="body">
                    <div class="fields">
                        <TextField
                            name="display_name"
                            label=td_string!(locale, people.display_name).to_owned()
                            value=draft.display_name
                            required=true
                            hint=td_string!(locale, people.display_name_hint).to_owned()
                            problem=wrong("display_name")
                        />
                        <SelectField
                            name="role"
                            label=td_string!(locale, people.role).to_owned()
                            options=roles
                            value=draft.role
                            hint=td_string!(locale, people.role_hint).to_owned()
                        />
                        {move || {
                            (draft.role() == Role::Agent)
                                .then(|| view! { <AgentField value=draft.agent problem=wrong("agent") /> })
                        }}
                    </div>
                    <p class="people-wrong" role="alert">
                        {move || {
                            role_problem.get().map(|kind| format!("■ {}", words::field_problem(locale, kind)))
                        }}
                    </p>
                </div>
            </Card>
            {move || (draft.role() == Role::Supervisor).then(|| view! { <TeamChecks teams draft /> })}
            <Telephones draft />
            <Card id="people-permissions" title=td_string!(locale, people.permissions).to_owned()>
                <div class="body">
                    <PermissionChecks
                        role=Signal::derive(move || draft.role())
                        value=draft.permissions
                        problem=wrong("permissions")
                    />
                </div>
            </Card>
            {move || match draft.error.get() {
                Some(ApiError::Invalid(_)) | None => None,
                Some(error) => Some(view! { <Problem error /> }),
            }}
            <div class="buttons people-save">
                <button type="submit" class="primary" disabled=move || update.pending().get()>
                    {move || {
                        if update.pending().get() {
                            td_string!(locale, people.saving)
                        } else {
                            td_string!(locale, people.save)
                        }
                    }}
                </button>
            </div>
        </form>
    }
}

/// The teams of a supervisor.
#[component]
fn TeamChecks(teams: StoredValue<Vec<TeamName>>, draft: Draft) -> impl IntoView {
    let locale = use_locale();
    let checks = teams
        .get_value()
        .into_iter()
        .map(|TeamName { id, name }| {
            let is_in = move || draft.teams.with(|teams| teams.contains(&id));
            let toggle = move |event| {
                let is_in = event_target_checked(&event);
                draft.teams.update(|teams| {
                    teams.retain(|team| *team != id);
                    if is_in {
                        teams.push(id);
                    }
                });
            };
            view! {
                <label>
                    <input type="checkbox" prop:checked=is_in checked=is_in() on:change=toggle />
                    {name}
                </label>
            }
            .into_any()
        })
        .collect::<Vec<_>>();
    let body = if checks.is_empty() {
        view! {
            <p>
                {td_string!(locale, people.no_teams)} " "
                <a href="/teams">{td_string!(locale, people.to_teams)}</a>
            </p>
        }
        .into_any()
    } else {
        view! { <div class="checks people-teams-of" role="group" aria-labelledby="people-teams">{checks}</div> }
            .into_any()
    };
    view! {
        <Card id="people-teams" title=td_string!(locale, people.teams).to_owned()>
            <div class="body">
                <p class="muted">{td_string!(locale, people.teams_about)}</p>
                {body}
            </div>
        </Card>
    }
}

/// The own extension on each node.
#[component]
fn Telephones(draft: Draft) -> impl IntoView {
    let locale = use_locale();
    let nodes: Vec<NodeName> =
        draft.extensions.with_untracked(|own| own.iter().map(|own| own.node.clone()).collect());
    let fields =
        nodes.iter().cloned().map(|node| view! { <Telephone node draft /> }.into_any()).collect::<Vec<_>>();
    view! {
        <Card id="people-telephones" title=td_string!(locale, people.telephones).to_owned()>
            <div class="body">
                <p class="muted">{td_string!(locale, people.telephones_about)}</p>
                {nodes.is_empty().then(|| view! { <p>{td_string!(locale, people.no_nodes)}</p> })}
                <div class="fields">{fields}</div>
            </div>
        </Card>
    }
}

#[component]
fn Telephone(node: NodeName, draft: Draft) -> impl IntoView {
    let locale = use_locale();
    let field = extension_field(&node);
    let problem = {
        let field = field.clone();
        Memo::new(move |_| draft.error.with(|error| problem_of(error.as_ref(), &field)))
    };
    let initial = draft.extensions.with_untracked(|own| {
        own.iter().find(|own| own.node == node).map(|own| own.extension.clone()).unwrap_or_default()
    });
    let label = words::fill(td_string!(locale, people.extension_on), &[("node", &node.0)]);
    let change = move |event| {
        let extension = event_target_value(&event);
        draft.extensions.update(|own| {
            if let Some(own) = own.iter_mut().find(|own| own.node == node) {
                own.extension = extension;
            }
        });
    };
    let problem_id = format!("{field}-problem");
    view! {
        <div class="field" class:wrong=move || problem.get().is_some()>
            <label for=field.clone()>{label}</label>
            <input
                id=field.clone()
                name=field
                type="text"
                autocomplete="off"
                value=initial
                aria-describedby=problem_id.clone()
                aria-invalid=move || problem.get().is_some().then_some("true")
                on:input=change
            />
            <small class="wrong-words" id=problem_id>
                {move || problem.get().map(|kind| words::field_problem(locale, kind))}
            </small>
        </div>
    }
}
