//! The rows of the audit.

use leptos::prelude::*;

use super::super::account::Moment;
use super::changes::Summary;
use super::filter::Place;
use super::words;
use crate::components::{Chip, use_locale};
use crate::i18n::*;
use crate::model::audit::AuditEntry;

#[component]
pub(super) fn AuditTable(entries: Vec<AuditEntry>) -> impl IntoView {
    let locale = use_locale();
    let rows = entries.into_iter().map(|entry| view! { <Line entry /> }).collect_view();
    view! {
        <div class="scroll">
            <table class="cards audit-table">
                <caption class="sr-only">{td_string!(locale, audit.rows)}</caption>
                <thead>
                    <tr>
                        <th scope="col">{td_string!(locale, audit.number)}</th>
                        <th scope="col">{td_string!(locale, audit.when)}</th>
                        <th scope="col">{td_string!(locale, audit.user)}</th>
                        <th scope="col">{td_string!(locale, audit.action)}</th>
                        <th scope="col">{td_string!(locale, audit.subject)}</th>
                        <th scope="col">{td_string!(locale, audit.outcome)}</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
}

#[component]
fn Line(entry: AuditEntry) -> impl IntoView {
    let locale = use_locale();
    let AuditEntry { id, asked_at, user, address, action, subject, changes, outcome, result, undoes, .. } =
        entry;
    let undoes = undoes.map(|id| words::undo_of(locale, id));
    view! {
        <tr data-audit=id.to_string()>
            <th scope="row">
                <a href=format!("/audit/{id}")>{format!("#{id}")}</a>
            </th>
            <td class="wide" data-label=td_string!(locale, audit.when)>
                <Moment at=asked_at />
            </td>
            <td class="wide" data-label=td_string!(locale, audit.user)>
                <span>{user} " " <small class="muted">{address}</small></span>
            </td>
            <td class="wide audit-what" data-label=td_string!(locale, audit.action)>
                <span>
                    {words::action(locale, &action)}
                    {undoes.map(|words| view! { <small class="muted">" · " {words}</small> })}
                    <Summary changes />
                </span>
            </td>
            <td class="wide audit-subject" data-label=td_string!(locale, audit.subject)>
                {subject}
            </td>
            <td class="wide audit-outcome" data-label=td_string!(locale, audit.outcome)>
                <span>
                    <Chip
                        tone=words::tone(outcome)
                        text=words::outcome(locale, outcome).to_owned()
                    />
                    {result.map(|result| view! { <small class="muted">{result}</small> })}
                </span>
            </td>
        </tr>
    }
}

/// The way to older rows, and back to the newest.
#[component]
pub(super) fn Older(place: Place, older: Option<u64>) -> impl IntoView {
    let locale = use_locale();
    let is_newest = place.before.is_none();
    let newest = Place { before: None, ..place.clone() }.href();
    let older = older.map(|before| Place { before: Some(before), ..place }.href());
    view! {
        <nav class="buttons audit-pages" aria-label=td_string!(locale, audit.pages)>
            {(!is_newest)
                .then(|| {
                    view! {
                        <a class="button" href=newest>
                            {td_string!(locale, audit.newest)}
                        </a>
                    }
                })}
            {match older {
                Some(href) => {
                    view! {
                        <a class="button" href=href>
                            {td_string!(locale, audit.older)}
                        </a>
                    }
                        .into_any()
                }
                None => {
                    view! { <span class="muted">{td_string!(locale, audit.no_older)}</span> }.into_any()
                }
            }}
        </nav>
    }
}
