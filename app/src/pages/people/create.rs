//! A new user: what must be known, and the first password.

use leptos::ev::SubmitEvent;
use leptos::prelude::*;

use super::password::FirstPasswordNote;
use super::{AgentField, problem_of};
use crate::api::ApiError;
use crate::api::people::CreatePerson;
use crate::components::{Dialog, Problem, SelectField, TextField, use_locale, words};
use crate::i18n::*;
use crate::model::account::Role;
use crate::model::ids::AgentKey;
use crate::model::people::{FirstPassword, NewPerson};

/// What is being filled in.
#[derive(Clone, Copy, Debug)]
struct Draft {
    name: RwSignal<String>,
    display_name: RwSignal<String>,
    role: RwSignal<String>,
    agent: RwSignal<Option<AgentKey>>,
    password: RwSignal<String>,
    /// What is wrong, found here or by the server.
    error: RwSignal<Option<ApiError>>,
}

impl Draft {
    fn new() -> Self {
        Self {
            name: RwSignal::new(String::new()),
            display_name: RwSignal::new(String::new()),
            role: RwSignal::new(Role::Agent.code().to_owned()),
            agent: RwSignal::new(None),
            password: RwSignal::new(String::new()),
            error: RwSignal::new(None),
        }
    }

    fn clear(self) {
        self.name.set(String::new());
        self.display_name.set(String::new());
        self.role.set(Role::Agent.code().to_owned());
        self.agent.set(None);
        self.password.set(String::new());
        self.error.set(None);
    }

    fn role(self) -> Role {
        Role::from_code(&self.role.get()).unwrap_or(Role::Agent)
    }

    /// What to ask of the server; none when something is wrong, which is then said beside its field.
    fn check(self) -> Option<CreatePerson> {
        let new = NewPerson {
            name: self.name.get_untracked(),
            display_name: self.display_name.get_untracked(),
            role: untrack(|| self.role()),
            agent: self.agent.get_untracked(),
            password: self.password.get_untracked(),
        };
        let problems = new.problems();
        let is_right = problems.is_empty();
        self.error.set((!is_right).then_some(ApiError::Invalid(problems)));
        is_right.then_some(CreatePerson { new })
    }
}

/// The dialog: first the form, then the password.
#[component]
pub(super) fn CreateDialog(open: RwSignal<bool>, create: ServerAction<CreatePerson>) -> impl IntoView {
    let locale = use_locale();
    let draft = Draft::new();
    Effect::new(move |_| {
        if open.get() {
            draft.clear();
            create.clear();
        }
    });
    Effect::new(move |_| {
        if let Some(Err(error)) = create.value().get() {
            draft.error.set(Some(error));
        }
    });
    let made = move || create.value().get().and_then(Result::ok);
    let title = Signal::derive(move || {
        if made().is_some() { td_string!(locale, people.made_title) } else { td_string!(locale, people.new) }
            .to_owned()
    });
    view! {
        <Dialog open title id="people-create">
            {move || match made() {
                Some(made) => view! { <Made made open /> }.into_any(),
                None => view! { <CreateForm draft open create /> }.into_any(),
            }}
        </Dialog>
    }
}

#[component]
fn CreateForm(draft: Draft, open: RwSignal<bool>, create: ServerAction<CreatePerson>) -> impl IntoView {
    let locale = use_locale();
    let on_submit = move |event: SubmitEvent| {
        event.prevent_default();
        if !create.pending().get_untracked()
            && let Some(wanted) = draft.check()
        {
            create.dispatch(wanted);
        }
    };
    let wrong = move |field: &'static str| {
        Signal::derive(move || draft.error.with(|error| problem_of(error.as_ref(), field)))
    };
    let roles =
        Role::ALL.iter().map(|role| (role.code(), words::role(locale, *role).to_owned())).collect::<Vec<_>>();
    let role_problem = wrong("role");
    view! {
        <form class="body" novalidate on:submit=on_submit>
            {move || match draft.error.get() {
                Some(ApiError::Invalid(_)) | None => None,
                Some(error) => Some(view! { <Problem error /> }),
            }}
            <TextField
                name="name"
                label=td_string!(locale, people.name).to_owned()
                value=draft.name
                required=true
                hint=td_string!(locale, people.name_hint).to_owned()
                problem=wrong("name")
            />
            <TextField
                name="display_name"
                label=td_string!(locale, people.display_name).to_owned()
                value=draft.display_name
                hint=td_string!(locale, people.display_name_hint).to_owned()
                problem=wrong("display_name")
            />
            <SelectField
                name="role"
                label=td_string!(locale, people.role).to_owned()
                options=roles
                value=draft.role
                hint=Signal::derive(move || {
                    role_problem.get().map(|kind| words::field_problem(locale, kind)).unwrap_or_default()
                })
            />
            {move || {
                (draft.role() == Role::Agent)
                    .then(|| view! { <AgentField value=draft.agent problem=wrong("agent") /> })
            }}
            <TextField
                name="password"
                kind="password"
                autocomplete="new-password"
                label=td_string!(locale, people.password).to_owned()
                value=draft.password
                hint=td_string!(locale, people.password_hint).to_owned()
                problem=wrong("password")
            />
            <div class="buttons">
                <button type="button" on:click=move |_| open.set(false)>
                    {td_string!(locale, common.cancel)}
                </button>
                <button type="submit" class="primary" disabled=move || create.pending().get()>
                    {move || {
                        if create.pending().get() {
                            td_string!(locale, people.creating)
                        } else {
                            td_string!(locale, people.create)
                        }
                    }}
                </button>
            </div>
        </form>
    }
}

#[component]
fn Made(made: FirstPassword, open: RwSignal<bool>) -> impl IntoView {
    let locale = use_locale();
    let href = format!("/people/{}", made.id);
    view! {
        <div class="body">
            <FirstPasswordNote made />
            <div class="buttons">
                <a class="button" href=href>
                    {td_string!(locale, people.open)}
                </a>
                <button type="button" class="primary" on:click=move |_| open.set(false)>
                    {td_string!(locale, people.done)}
                </button>
            </div>
        </div>
    }
}
