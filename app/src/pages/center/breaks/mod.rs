//! Break reasons: what agents may be on break for, how long a day, and what desks offer beside.
//!
//! - `edit`: making and changing one.

mod edit;

use leptos::form::ActionForm;
use leptos::prelude::*;

use super::code::{Editing, Offered};
use crate::api::ApiError;
use crate::api::center::{OfferOnDemand, SaveBreakReason, read_center};
use crate::components::asked::{Asked, ask_first};
use crate::components::words::{self, fill};
use crate::components::{Card, PageTitle, Problem, use_locale};
use crate::i18n::*;
use crate::model::center::{BreakReason, CenterView};
use edit::EditDialog;

/// Break reasons.
#[derive(Debug)]
pub struct BreaksPage;

impl BreaksPage {
    /// The page itself.
    pub(crate) fn view() -> AnyView {
        let save = ServerAction::<SaveBreakReason>::new();
        let offer = ServerAction::<OfferOnDemand>::new();
        let changes = move || (save.version().get(), offer.version().get());
        let center = ask_first(changes, |_| read_center());
        view! { <Breaks center save offer /> }.into_any()
    }
}

#[component]
fn Breaks(
    center: Asked<Result<CenterView, ApiError>>,
    save: ServerAction<SaveBreakReason>,
    offer: ServerAction<OfferOnDemand>,
) -> impl IntoView {
    let locale = use_locale();
    let editing = RwSignal::new(None::<Editing<BreakReason>>);
    view! {
        <div class="center-page">
            <div class="bar">
                <PageTitle title=td_string!(locale, center.breaks_title).to_owned() />
                <span class="push"></span>
                <button type="button" class="primary" on:click=move |_| editing.set(Some(Editing::New))>
                    {td_string!(locale, center.break_new)}
                </button>
            </div>
            <p class="muted center-about">{td_string!(locale, center.breaks_about)}</p>
            // What was there stays while it is asked for again.
            <Transition>
                {move || Suspend::new(async move {
                    match center.await {
                        Ok(CenterView { reasons, is_on_demand_offered, .. }) => {
                            view! {
                                <Card id="center-breaks" title=td_string!(locale, center.breaks_list).to_owned()>
                                    <ReasonTable reasons editing />
                                </Card>
                                <OnDemandCard is_offered=is_on_demand_offered offer />
                            }
                            .into_any()
                        }
                        Err(error) => view! { <Problem error /> }.into_any(),
                    }
                })}
            </Transition>
            <EditDialog editing save />
        </div>
    }
}

#[component]
fn ReasonTable(reasons: Vec<BreakReason>, editing: RwSignal<Option<Editing<BreakReason>>>) -> impl IntoView {
    let locale = use_locale();
    let rows = reasons.into_iter().map(|reason| view! { <ReasonLine reason editing /> }).collect_view();
    view! {
        <div class="scroll">
            <table class="cards center-table">
                <caption class="sr-only">{td_string!(locale, center.breaks_list)}</caption>
                <thead>
                    <tr>
                        <th scope="col">{td_string!(locale, center.name_en)}</th>
                        <th scope="col">{td_string!(locale, center.name_zh)}</th>
                        <th scope="col">{td_string!(locale, center.code)}</th>
                        <th scope="col">{td_string!(locale, center.paid)}</th>
                        <th scope="col" class="n">
                            {td_string!(locale, center.budget)}
                        </th>
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
fn ReasonLine(reason: BreakReason, editing: RwSignal<Option<Editing<BreakReason>>>) -> impl IntoView {
    let locale = use_locale();
    let BreakReason { name, is_paid, budget_min, is_retired, .. } = reason.clone();
    let paid = if is_paid { td_string!(locale, center.paid_yes) } else { td_string!(locale, center.paid_no) };
    let budget = match budget_min {
        0 => td_string!(locale, center.budget_none).to_owned(),
        minutes => fill(td_string!(locale, center.minutes), &[("count", &minutes.to_string())]),
    };
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
            <td data-label=td_string!(locale, center.paid)>{paid}</td>
            <td class="n" data-label=td_string!(locale, center.budget)>
                {budget}
            </td>
            <td data-label=td_string!(locale, center.state)>
                <Offered is_retired />
            </td>
            <td class="center-actions">
                <button
                    type="button"
                    class="quiet"
                    aria-label=label
                    on:click=move |_| editing.set(Some(Editing::Of(reason.clone())))
                >
                    {td_string!(locale, center.edit)}
                </button>
            </td>
        </tr>
    }
}

/// Whether desks offer to take one call at a time.
#[component]
fn OnDemandCard(is_offered: bool, offer: ServerAction<OfferOnDemand>) -> impl IntoView {
    let locale = use_locale();
    view! {
        <Card id="center-desks" title=td_string!(locale, center.desks).to_owned()>
            <ActionForm action=offer attr:class="center-desks">
                <div class="checks">
                    <label>
                        <input type="checkbox" name="is_offered" value="true" checked=is_offered />
                        {td_string!(locale, center.on_demand)}
                    </label>
                </div>
                <p class="muted">{td_string!(locale, center.on_demand_about)}</p>
                {move || match offer.value().get() {
                    Some(Err(error)) => Some(view! { <Problem error /> }),
                    _ => None,
                }}
                <div class="buttons">
                    <span role="status" class="muted">
                        {move || {
                            matches!(offer.value().get(), Some(Ok(()))).then_some(td_string!(locale, common.saved))
                        }}
                    </span>
                    <button type="submit" disabled=move || offer.pending().get()>
                        {td_string!(locale, common.save)}
                    </button>
                </div>
            </ActionForm>
        </Card>
    }
}
