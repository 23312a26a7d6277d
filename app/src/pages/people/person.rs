//! The page of a user.

use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos_router::hooks::use_params_map;

use super::form::PersonFields;
use super::sessions::SessionsCard;
use super::sign_in::{Asking, SignInCard, StepDialog};
use crate::api::ApiError;
use crate::api::people::{
    DeactivatePerson, ReactivatePerson, ResetPassword, RevokePersonSession, TakeSecondFactor, UpdatePerson,
    find_person,
};
use crate::components::asked::ask_first;
use crate::components::{EmptyState, PageTitle, Problem, use_locale};
use crate::i18n::*;
use crate::model::people::PersonDetail;

/// The page of a user.
#[derive(Debug)]
pub struct PersonPage;

/// What can be asked about a user.
#[derive(Clone, Copy)]
pub(super) struct Actions {
    pub(super) update: ServerAction<UpdatePerson>,
    pub(super) deactivate: ServerAction<DeactivatePerson>,
    pub(super) reactivate: ServerAction<ReactivatePerson>,
    pub(super) reset: ServerAction<ResetPassword>,
    pub(super) take: ServerAction<TakeSecondFactor>,
    pub(super) revoke: ServerAction<RevokePersonSession>,
    /// What is about to be done, to be confirmed.
    pub(super) asked: RwSignal<Option<Asking>>,
    /// Counts what was done.
    pub(super) done: RwSignal<u32>,
}

impl Actions {
    fn new() -> Self {
        Self {
            update: ServerAction::new(),
            deactivate: ServerAction::new(),
            reactivate: ServerAction::new(),
            reset: ServerAction::new(),
            take: ServerAction::new(),
            revoke: ServerAction::new(),
            asked: RwSignal::new(None),
            done: RwSignal::new(0),
        }
    }

    /// Counts what was done, so that the page is asked for again. What was refused leaves the page as it is, with what was typed.
    fn count(self) {
        fn counted<T, A>(action: ServerAction<A>, done: RwSignal<u32>)
        where
            T: Clone + Send + Sync + 'static,
            A: ServerFn<Output = T, Error = ApiError> + Clone + Send + Sync + 'static,
        {
            Effect::new(move |_| {
                if matches!(action.value().get(), Some(Ok(_))) {
                    done.update(|done| *done += 1);
                }
            });
        }
        counted(self.update, self.done);
        counted(self.deactivate, self.done);
        counted(self.reactivate, self.done);
        counted(self.reset, self.done);
        counted(self.take, self.done);
        counted(self.revoke, self.done);
    }
}

impl PersonPage {
    /// The page itself.
    pub(crate) fn view() -> AnyView {
        let actions = Actions::new();
        actions.count();
        let params = use_params_map();
        let id = move || {
            // On the server a request that was given up may end its page while this is still asked.
            let id = params.try_with(|params| params.get("id")).flatten();
            id.and_then(|id| id.parse::<u64>().ok()).unwrap_or_default()
        };
        let person = ask_first(move || (id(), actions.done.get()), |(id, _)| find_person(id));
        view! {
            <div class="people">
                // The old page stays while the new one is asked for.
                <Transition>
                    {move || Suspend::new(async move {
                        match person.await {
                            Ok(person) => view! { <Person person actions /> }.into_any(),
                            Err(ApiError::NotFound) => view! { <Gone /> }.into_any(),
                            Err(error) => view! { <Failed error /> }.into_any(),
                        }
                    })}
                </Transition>
                // Outside: the page is made anew after each step, and a new password must not go with the old one.
                <StepDialog actions />
            </div>
        }
        .into_any()
    }
}

#[component]
fn Person(person: PersonDetail, actions: Actions) -> impl IntoView {
    let locale = use_locale();
    let PersonDetail { row, form, must_change_password, sessions, teams } = person;
    let id = row.id;
    let title = row.display_name.clone();
    let name = row.name.clone();
    view! {
        <div class="bar">
            <PageTitle title=title />
            <span class="muted">{name}</span>
            <a class="push" href="/people">
                {td_string!(locale, people.back)}
            </a>
        </div>
        <div class="two">
            <PersonFields id form teams update=actions.update />
            <div class="people-side">
                <SignInCard row must_change_password actions />
                <SessionsCard id sessions revoke=actions.revoke />
            </div>
        </div>
    }
}

#[component]
fn Gone() -> impl IntoView {
    let locale = use_locale();
    view! {
        <PageTitle title=td_string!(locale, people.gone).to_owned() />
        <section class="card">
            <EmptyState
                title=td_string!(locale, people.gone).to_owned()
                hint=td_string!(locale, people.gone_hint).to_owned()
            >
                <a class="button" href="/people">
                    {td_string!(locale, people.back)}
                </a>
            </EmptyState>
        </section>
    }
}

#[component]
fn Failed(error: ApiError) -> impl IntoView {
    let locale = use_locale();
    view! {
        <PageTitle title=td_string!(locale, people.title).to_owned() />
        <Problem error />
    }
}
