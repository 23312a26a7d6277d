//! The audit: every row, newest first, with filters that are part of the address; works without the program.
//!
//! - `filter`: the form, and the address of a filter.
//! - `list`: the rows.
//! - `entry`: the page of one row, where an edit can be taken back.
//! - `changes`: before and after, field by field.
//! - `words`: actions, fields and values in the words of a language.

#![allow(unreachable_pub, reason = "the macro of components writes `pub`, whatever their own visibility")]

mod changes;
mod entry;
mod filter;
mod list;
mod words;

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use crate::api::ApiError;
use crate::api::audit::list_audit;
use crate::components::asked::{Asked, ask_first};
use crate::components::{Card, EmptyState, PageTitle, Problem, use_locale};
use crate::i18n::*;
use crate::model::audit::AuditPage as Rows;

pub use entry::AuditEntryPage;

use filter::{FilterForm, Place, export_href};
use list::{AuditTable, Older};

/// The list.
#[derive(Debug)]
pub struct AuditPage;

impl AuditPage {
    /// The page itself.
    pub(crate) fn view() -> AnyView {
        let query = use_query_map();
        // On the server a request that was given up may end its page while this is still asked.
        let place = Memo::new(move |_| query.try_with(Place::of).unwrap_or_default());
        let rows = ask_first(
            move || place.try_get().unwrap_or_default(),
            |place: Place| async move { (place.clone(), list_audit(place.filter, place.before).await) },
        );
        view! { <Audit rows /> }.into_any()
    }
}

#[component]
fn Audit(rows: Asked<(Place, Result<Rows, ApiError>)>) -> impl IntoView {
    let locale = use_locale();
    view! {
        <div class="audit">
            <div class="bar">
                <PageTitle title=td_string!(locale, audit.title).to_owned() />
            </div>
            <p class="muted audit-about">{td_string!(locale, audit.about)}</p>
            // The old rows stay while the new ones are asked for.
            <Transition>
                {move || Suspend::new(async move {
                    let (place, rows) = rows.await;
                    view! { <Found place rows /> }
                })}
            </Transition>
        </div>
    }
}

#[component]
fn Found(place: Place, rows: Result<Rows, ApiError>) -> impl IntoView {
    let locale = use_locale();
    let (problems, actions, may_export) = match &rows {
        Ok(rows) => (Vec::new(), rows.actions.clone(), rows.may_export),
        Err(ApiError::Invalid(problems)) => (problems.clone(), Vec::new(), false),
        Err(_) => (Vec::new(), Vec::new(), false),
    };
    let export = may_export.then(|| export_href(&place.filter));
    let form = view! { <FilterForm filter=place.filter.clone() actions problems /> };
    let tools = move || {
        export.clone().map(|href| {
            view! {
                <a class="button" href=href rel="external" download="">
                    {td_string!(locale, audit.export)}
                </a>
            }
        })
    };
    let body = match rows {
        Ok(rows) if rows.entries.is_empty() => {
            let hint = if place.filter.is_empty() {
                td_string!(locale, audit.empty_hint)
            } else {
                td_string!(locale, audit.none_hint)
            };
            view! { <EmptyState title=td_string!(locale, audit.none).to_owned() hint=hint.to_owned() /> }
                .into_any()
        }
        Ok(Rows { entries, older, .. }) => view! {
            <AuditTable entries />
            <Older place older />
        }
        .into_any(),
        Err(error) => view! { <Problem error /> }.into_any(),
    };
    view! {
        {form}
        <Card id="audit-rows" title=td_string!(locale, audit.rows).to_owned() tools=tools>
            {body}
        </Card>
    }
}
