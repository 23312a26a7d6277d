//! Teams: which queues and agents a supervisor sees and touches.
//!
//! - `edit`: making and changing one.
//! - `delete`: ending one, with what that means.

#![allow(unreachable_pub, reason = "the macro of components writes `pub`, whatever their own visibility")]

mod delete;
mod edit;

use leptos::prelude::*;

use crate::api::ApiError;
use crate::api::teams::{DeleteTeam, SaveTeam, list_teams};
use crate::components::agent::queue_name_now;
use crate::components::asked::{Asked, ask_first};
use crate::components::{Card, EmptyState, PageTitle, Problem, use_locale};
use crate::i18n::*;
use crate::live::LiveBoard;
use crate::model::ids::{AgentKey, short_name};
use crate::model::people::{SupervisorName, Team, TeamsView};

use delete::DeleteDialog;
use edit::EditDialog;

/// The teams.
#[derive(Debug)]
pub struct TeamsPage;

impl TeamsPage {
    /// The page itself.
    pub(crate) fn view() -> AnyView {
        let save = ServerAction::<SaveTeam>::new();
        let delete = ServerAction::<DeleteTeam>::new();
        let changes = move || (save.version().get(), delete.version().get());
        let teams = ask_first(changes, |_| list_teams());
        view! { <Teams teams save delete /> }.into_any()
    }
}

/// What is being edited: a team as it is stored, or a new one.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Editing {
    id: Option<u64>,
    team: crate::model::people::TeamForm,
    supervisors: Vec<SupervisorName>,
}

/// An agent as people call it.
fn agent_name(board: Option<&LiveBoard>, key: &AgentKey) -> String {
    board.and_then(|board| board.agents.get(key)).map_or_else(
        || short_name(&key.name).to_owned(),
        |row| row.with_untracked(|row| row.display_name.clone()),
    )
}

#[component]
fn Teams(
    teams: Asked<Result<TeamsView, ApiError>>,
    save: ServerAction<SaveTeam>,
    delete: ServerAction<DeleteTeam>,
) -> impl IntoView {
    let locale = use_locale();
    let editing = RwSignal::new(None::<Editing>);
    let doomed = RwSignal::new(None::<Team>);
    // Known once the list has come; a button without them would offer half a form.
    let supervisors = RwSignal::new(None::<Vec<SupervisorName>>);
    Effect::new(move |_| {
        if let Some(Ok(view)) = teams.get() {
            supervisors.set(Some(view.supervisors));
        }
    });
    let new = move |_| {
        let supervisors = supervisors.get_untracked().unwrap_or_default();
        editing.set(Some(Editing { id: None, team: Default::default(), supervisors }));
    };
    view! {
        <div class="people">
            <div class="bar">
                <PageTitle title=td_string!(locale, teams.title).to_owned() />
                <div class="push">
                    <button
                        type="button"
                        class="primary"
                        disabled=move || supervisors.with(Option::is_none)
                        on:click=new
                    >
                        {td_string!(locale, teams.new)}
                    </button>
                </div>
            </div>
            <p class="muted people-about">{td_string!(locale, teams.about)}</p>
            <Card id="teams-list" title=td_string!(locale, teams.list).to_owned()>
                // The old list stays while the new one is asked for.
                <Transition>
                    {move || Suspend::new(async move {
                        match teams.await {
                            Ok(view) if view.teams.is_empty() => {
                                view! {
                                    <EmptyState
                                        title=td_string!(locale, teams.empty_title).to_owned()
                                        hint=td_string!(locale, teams.empty_next).to_owned()
                                    />
                                }
                                .into_any()
                            }
                            Ok(view) => view! { <Table view editing doomed /> }.into_any(),
                            Err(error) => view! { <Problem error /> }.into_any(),
                        }
                    })}
                </Transition>
            </Card>
            <EditDialog editing save />
            <DeleteDialog doomed delete />
        </div>
    }
}

#[component]
fn Table(
    view: TeamsView,
    editing: RwSignal<Option<Editing>>,
    doomed: RwSignal<Option<Team>>,
) -> impl IntoView {
    let locale = use_locale();
    let TeamsView { teams, supervisors } = view;
    let rows = teams
        .into_iter()
        .map(|team| {
            let supervisors = supervisors.clone();
            view! { <Line team supervisors editing doomed /> }.into_any()
        })
        .collect::<Vec<_>>();
    view! {
        <table class="cards teams-table">
            <caption class="sr-only">{td_string!(locale, teams.list)}</caption>
            <thead>
                <tr>
                    <th scope="col">{td_string!(locale, teams.name)}</th>
                    <th scope="col">{td_string!(locale, teams.queues)}</th>
                    <th scope="col">{td_string!(locale, teams.agents)}</th>
                    <th scope="col">{td_string!(locale, teams.supervisors)}</th>
                    <th scope="col">
                        <span class="sr-only">{td_string!(locale, teams.actions)}</span>
                    </th>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </table>
    }
}

#[component]
fn Line(
    team: Team,
    supervisors: Vec<SupervisorName>,
    editing: RwSignal<Option<Editing>>,
    doomed: RwSignal<Option<Team>>,
) -> impl IntoView {
    let locale = use_locale();
    let board = use_context::<LiveBoard>();
    let joined = |mut names: Vec<String>| {
        // The same queue on several nodes.
        names.dedup();
        if names.is_empty() { td_string!(locale, teams.none).to_owned() } else { names.join(", ") }
    };
    let queues = joined(team.form.queues.iter().map(|key| queue_name_now(board.as_ref(), key)).collect());
    let agents = joined(team.form.agents.iter().map(|key| agent_name(board.as_ref(), key)).collect());
    let names = supervisors.iter().filter(|one| team.form.supervisors.contains(&one.id));
    let names = joined(names.map(|one| one.display_name.clone()).collect());
    let name = team.form.name.clone();
    let (edit_label, delete_label) = (
        format!("{}: {name}", td_string!(locale, teams.edit)),
        format!("{}: {name}", td_string!(locale, teams.delete)),
    );
    let edit = {
        let team = team.clone();
        move |_| {
            let Team { id, form } = team.clone();
            editing.set(Some(Editing { id: Some(id), team: form, supervisors: supervisors.clone() }));
        }
    };
    view! {
        <tr>
            <th scope="row">{name}</th>
            <td class="wide teams-names" data-label=td_string!(locale, teams.queues)>
                {queues}
            </td>
            <td class="wide teams-names" data-label=td_string!(locale, teams.agents)>
                {agents}
            </td>
            <td class="wide teams-names" data-label=td_string!(locale, teams.supervisors)>
                {names}
            </td>
            <td class="wide teams-actions">
                <button type="button" aria-label=edit_label aria-haspopup="dialog" on:click=edit>
                    {td_string!(locale, teams.edit)}
                </button>
                <button
                    type="button"
                    class="danger"
                    aria-label=delete_label
                    aria-haspopup="dialog"
                    on:click=move |_| doomed.set(Some(team.clone()))
                >
                    {td_string!(locale, teams.delete)}
                </button>
            </td>
        </tr>
    }
}
