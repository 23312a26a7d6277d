//! Everybody, to be searched.

use leptos::prelude::*;

use super::super::account::Moment;
use crate::components::chip::Tone;
use crate::components::words::{fill, lower_case};
use crate::components::{Card, Chip, EmptyState, use_locale, words};
use crate::i18n::*;
use crate::model::account::Role;
use crate::model::people::PersonRow;

/// The list with its search. Both are of the browser: a call center has hundreds of people, not millions.
#[component]
pub(super) fn PeopleList(people: Vec<PersonRow>) -> impl IntoView {
    let locale = use_locale();
    let search = RwSignal::new(String::new());
    let role = RwSignal::new(String::new());
    let people = StoredValue::new(people);
    let found = Memo::new(move |_| {
        let (search, role) = (lower_case(search.get().trim()), Role::from_code(&role.get()));
        people.with_value(|people| {
            let fits = |person: &&PersonRow| {
                role.is_none_or(|role| person.role == role)
                    && (search.is_empty() || lower_case(&searched(person)).contains(&search))
            };
            people.iter().filter(fits).cloned().collect::<Vec<_>>()
        })
    });
    let count = move || {
        let (shown, all) = (found.with(Vec::len), people.with_value(Vec::len));
        fill(td_string!(locale, people.count), &[("shown", &shown.to_string()), ("all", &all.to_string())])
    };
    let options =
        Role::ALL.map(|role| view! { <option value=role.code()>{words::role(locale, role)}</option> });
    view! {
        <Card
            id="people-list"
            title=td_string!(locale, people.list).to_owned()
            tools=move || view! { <span role="status">{count}</span> }
        >
            <div class="people-search">
                <input
                    type="search"
                    aria-label=td_string!(locale, people.search)
                    placeholder=td_string!(locale, people.search)
                    on:input=move |event| search.set(event_target_value(&event))
                />
                <select
                    aria-label=td_string!(locale, people.role_filter)
                    on:change=move |event| role.set(event_target_value(&event))
                >
                    <option value="">{td_string!(locale, people.any_role)}</option>
                    {options}
                </select>
            </div>
            {move || {
                let found = found.get();
                if found.is_empty() {
                    view! {
                        <EmptyState
                            title=td_string!(locale, people.nobody_title).to_owned()
                            hint=td_string!(locale, people.nobody_next).to_owned()
                        />
                    }
                    .into_any()
                } else {
                    view! { <Table people=found /> }.into_any()
                }
            }}
        </Card>
    }
}

/// What the search looks at.
fn searched(person: &PersonRow) -> String {
    let agent = person.agent.as_ref().map(ToString::to_string).unwrap_or_default();
    format!("{} {} {agent} {}", person.name, person.display_name, person.teams.join(" "))
}

#[component]
fn Table(people: Vec<PersonRow>) -> impl IntoView {
    let locale = use_locale();
    let rows = people.into_iter().map(|person| view! { <Line person /> }.into_any()).collect_view();
    view! {
        <div class="scroll">
            <table class="cards people-table">
                <caption class="sr-only">{td_string!(locale, people.list)}</caption>
                <thead>
                    <tr>
                        <th scope="col">{td_string!(locale, people.display_name)}</th>
                        <th scope="col">{td_string!(locale, people.role)}</th>
                        <th scope="col">{td_string!(locale, people.agent)}</th>
                        <th scope="col">{td_string!(locale, people.teams)}</th>
                        <th scope="col">{td_string!(locale, people.state)}</th>
                        <th scope="col">{td_string!(locale, people.last_seen)}</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
}

#[component]
fn Line(person: PersonRow) -> impl IntoView {
    let locale = use_locale();
    let none = || td_string!(locale, common.none).to_owned();
    let teams = match person.role {
        Role::Agent => td_string!(locale, people.own_row).to_owned(),
        Role::Supervisor if !person.teams.is_empty() => person.teams.join(", "),
        Role::Supervisor | Role::Admin => td_string!(locale, people.all_queues).to_owned(),
    };
    let is_wide = person.role == Role::Supervisor && !person.teams.is_empty();
    let (tone, state) = if person.deactivated_at.is_some() {
        (Tone::Out, td_string!(locale, people.deactivated))
    } else {
        (Tone::Good, td_string!(locale, people.active))
    };
    let factor = person.has_second_factor.then(|| {
        view! { <small class="muted">{td_string!(locale, people.second_factor_on)}</small> }
    });
    let seen = match person.last_seen_at {
        Some(at) => view! { <Moment at /> }.into_any(),
        None => view! { <span class="muted">{td_string!(locale, people.never)}</span> }.into_any(),
    };
    view! {
        <tr>
            <th scope="row">
                <a href=format!("/people/{}", person.id)>{person.display_name}</a>
                <small class="muted">{person.name}</small>
            </th>
            <td data-label=td_string!(locale, people.role)>{words::role(locale, person.role)}</td>
            <td data-label=td_string!(locale, people.agent)>
                {person.agent.map_or_else(none, |agent| agent.name)}
            </td>
            <td class=if is_wide { "people-teams" } else { "people-teams muted" } data-label=td_string!(locale, people.teams)>
                {teams}
            </td>
            <td class="people-state" data-label=td_string!(locale, people.state)>
                <Chip tone=tone text=state.to_owned() />
                {factor}
            </td>
            <td class="wide" data-label=td_string!(locale, people.last_seen)>{seen}</td>
        </tr>
    }
}
