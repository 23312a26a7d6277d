//! Outcome codes: what agents may note that a call came to.
//!
//! - `edit`: making and changing one.

mod edit;

use leptos::prelude::*;

use super::code::{Editing, Offered};
use crate::api::ApiError;
use crate::api::center::{SaveOutcomeCode, read_center};
use crate::components::asked::{Asked, ask_first};
use crate::components::words::{self, fill};
use crate::components::{Card, EmptyState, PageTitle, Problem, use_locale};
use crate::i18n::*;
use crate::model::center::OutcomeCode;
use crate::model::ids::short_name;
use edit::EditDialog;

/// Outcome codes.
#[derive(Debug)]
pub struct OutcomesPage;

impl OutcomesPage {
    /// The page itself.
    pub(crate) fn view() -> AnyView {
        let save = ServerAction::<SaveOutcomeCode>::new();
        let outcomes = ask_first(
            move || save.version().get(),
            |_| async { read_center().await.map(|center| center.outcomes) },
        );
        view! { <Outcomes outcomes save /> }.into_any()
    }
}

#[component]
fn Outcomes(
    outcomes: Asked<Result<Vec<OutcomeCode>, ApiError>>,
    save: ServerAction<SaveOutcomeCode>,
) -> impl IntoView {
    let locale = use_locale();
    let editing = RwSignal::new(None::<Editing<OutcomeCode>>);
    view! {
        <div class="center-page">
            <div class="bar">
                <PageTitle title=td_string!(locale, center.outcomes_title).to_owned() />
                <span class="push"></span>
                <button type="button" class="primary" on:click=move |_| editing.set(Some(Editing::New))>
                    {td_string!(locale, center.outcome_new)}
                </button>
            </div>
            <p class="muted center-about">{td_string!(locale, center.outcomes_about)}</p>
            <Card id="center-outcomes" title=td_string!(locale, center.outcomes_list).to_owned()>
                // What was there stays while it is asked for again.
                <Transition>
                    {move || Suspend::new(async move {
                        match outcomes.await {
                            Ok(outcomes) if outcomes.is_empty() => {
                                view! {
                                    <EmptyState
                                        title=td_string!(locale, center.outcomes_empty).to_owned()
                                        hint=td_string!(locale, center.outcomes_empty_next).to_owned()
                                    />
                                }
                                .into_any()
                            }
                            Ok(outcomes) => view! { <OutcomeTable outcomes editing /> }.into_any(),
                            Err(error) => view! { <Problem error /> }.into_any(),
                        }
                    })}
                </Transition>
            </Card>
            <EditDialog editing save />
        </div>
    }
}

#[component]
fn OutcomeTable(
    outcomes: Vec<OutcomeCode>,
    editing: RwSignal<Option<Editing<OutcomeCode>>>,
) -> impl IntoView {
    let locale = use_locale();
    let rows = outcomes.into_iter().map(|outcome| view! { <OutcomeLine outcome editing /> }).collect_view();
    view! {
        <div class="scroll">
            <table class="cards center-table">
                <caption class="sr-only">{td_string!(locale, center.outcomes_list)}</caption>
                <thead>
                    <tr>
                        <th scope="col">{td_string!(locale, center.name_en)}</th>
                        <th scope="col">{td_string!(locale, center.name_zh)}</th>
                        <th scope="col">{td_string!(locale, center.code)}</th>
                        <th scope="col">{td_string!(locale, center.queue)}</th>
                        <th scope="col">{td_string!(locale, center.state)}</th>
                        <th scope="col">
                            <span class="sr-only">{td_string!(locale, center.actions)}</span>
                        </th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
}

#[component]
fn OutcomeLine(outcome: OutcomeCode, editing: RwSignal<Option<Editing<OutcomeCode>>>) -> impl IntoView {
    let locale = use_locale();
    let OutcomeCode { name, queue, is_retired, .. } = outcome.clone();
    let queue = queue.map_or_else(
        || td_string!(locale, center.queue_all).to_owned(),
        |queue| short_name(&queue).to_owned(),
    );
    let label = fill(td_string!(locale, center.edit_label), &[("name", name.name(words::language(locale)))]);
    view! {
        <tr>
            <th scope="row">{name.en}</th>
            <td data-label=td_string!(locale, center.name_zh) lang="zh-CN">
                {name.zh}
            </td>
            <td data-label=td_string!(locale, center.code)>
                <code>{name.code}</code>
            </td>
            <td data-label=td_string!(locale, center.queue)>{queue}</td>
            <td data-label=td_string!(locale, center.state)>
                <Offered is_retired />
            </td>
            <td class="center-actions">
                <button
                    type="button"
                    class="quiet"
                    aria-label=label
                    on:click=move |_| editing.set(Some(Editing::Of(outcome.clone())))
                >
                    {td_string!(locale, center.edit)}
                </button>
            </td>
        </tr>
    }
}
