//! People: who may sign in, and what each may do.
//!
//! - `list`: everybody, to be searched.
//! - `create`: a new user; `password`: a first password, shown once.
//! - `person`: the page of a user; `form`: what is edited there; `permissions`: what the user may.
//! - `sign_in`: how the user comes in, and the buttons that change it; `sessions`: where the user is signed in.

#![allow(unreachable_pub, reason = "the macro of components writes `pub`, whatever their own visibility")]

mod create;
mod form;
mod list;
mod password;
mod permissions;
mod person;
mod sessions;
mod sign_in;

use leptos::prelude::*;

use crate::api::ApiError;
use crate::api::people::{CreatePerson, list_people};
use crate::components::asked::{Asked, ask_first};
use crate::components::{Card, PageTitle, Problem, use_locale};
use crate::i18n::*;
use crate::live::LiveBoard;
use crate::model::ids::AgentKey;
use crate::model::people::PersonRow;
use crate::model::problem::ProblemKind;

use create::CreateDialog;
use list::PeopleList;
pub(super) use permissions::permission_words;
pub use person::PersonPage;

/// Everybody.
#[derive(Debug)]
pub struct PeoplePage;

impl PeoplePage {
    /// The page itself.
    pub(crate) fn view() -> AnyView {
        let create = ServerAction::<CreatePerson>::new();
        let people = ask_first(move || create.version().get(), |_| list_people());
        view! { <People people create /> }.into_any()
    }
}

#[component]
fn People(
    people: Asked<Result<Vec<PersonRow>, ApiError>>,
    create: ServerAction<CreatePerson>,
) -> impl IntoView {
    let locale = use_locale();
    let is_creating = RwSignal::new(false);
    view! {
        <div class="people">
            <div class="bar">
                <PageTitle title=td_string!(locale, people.title).to_owned() />
                <div class="push">
                    <button type="button" class="primary" on:click=move |_| is_creating.set(true)>
                        {td_string!(locale, people.new)}
                    </button>
                </div>
            </div>
            <p class="muted people-about">{td_string!(locale, people.about)}</p>
            // The old list stays while the new one is asked for.
            <Transition>
                {move || Suspend::new(async move {
                    match people.await {
                        Ok(people) => view! { <PeopleList people /> }.into_any(),
                        Err(error) => {
                            view! {
                                <Card id="people-list" title=td_string!(locale, people.list).to_owned()>
                                    <Problem error />
                                </Card>
                            }
                            .into_any()
                        }
                    }
                })}
            </Transition>
            <CreateDialog open=is_creating create />
        </div>
    }
}

/// The agents of the switch as the board knows them now: what a form sends, and the words. A list that moves under the
/// pointer helps nobody.
fn agent_choices() -> Vec<(AgentKey, String)> {
    use_context::<LiveBoard>().map_or_else(Vec::new, |board| {
        untrack(|| board.agents.all()).into_iter().map(|row| (row.key, row.display_name)).collect()
    })
}

/// What is wrong with a field, as the server has answered.
fn problem_of(error: Option<&ApiError>, field: &str) -> Option<ProblemKind> {
    match error {
        Some(ApiError::Invalid(problems)) => {
            problems.iter().find(|problem| problem.field == field).map(|problem| problem.kind)
        }
        _ => None,
    }
}

/// A choice of an agent of the switch.
#[component]
fn AgentField(
    /// The chosen one, kept up to date.
    value: RwSignal<Option<AgentKey>>,
    /// What is wrong with it.
    #[prop(into)]
    problem: Signal<Option<ProblemKind>>,
) -> impl IntoView {
    let locale = use_locale();
    let mut choices = agent_choices();
    // One that the switch does not have at the moment stays chosen.
    if let Some(chosen) = value.get_untracked()
        && !choices.iter().any(|(key, _)| *key == chosen)
    {
        let words = chosen.name.clone();
        choices.push((chosen, words));
    }
    let chosen = value.get_untracked();
    let options = choices
        .iter()
        .map(|(key, name)| {
            let words = format!("{name} · {key}");
            view! {
                <option value=key.to_string() selected=chosen.as_ref() == Some(key)>
                    {words}
                </option>
            }
        })
        .collect_view();
    let choose = move |event| {
        let code = event_target_value(&event);
        value.set(choices.iter().find(|(key, _)| key.to_string() == code).map(|(key, _)| key.clone()));
    };
    view! {
        <div class="field" class:wrong=move || problem.get().is_some()>
            <label for="agent">{td_string!(locale, people.agent)}</label>
            <select
                id="agent"
                name="agent"
                aria-describedby="agent-hint agent-problem"
                aria-invalid=move || problem.get().is_some().then_some("true")
                on:change=choose
            >
                <option value="">{td_string!(locale, people.agent_none)}</option>
                {options}
            </select>
            <small class="hint" id="agent-hint">
                {td_string!(locale, people.agent_hint)}
            </small>
            <small class="wrong-words" id="agent-problem">
                {move || problem.get().map(|kind| crate::components::words::field_problem(locale, kind))}
            </small>
        </div>
    }
}
