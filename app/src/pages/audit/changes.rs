//! Before and after, field by field.

use leptos::prelude::*;

use super::super::account::Moment;
use super::words;
use crate::components::use_locale;
use crate::i18n::*;
use crate::model::audit::{FieldChange, FieldValue};

/// Changed fields that a row of the list shows; the rest is on the row's own page.
const SUMMARY: usize = 3;

/// What was changed, in a line or two.
#[component]
pub(super) fn Summary(changes: Vec<FieldChange>) -> impl IntoView {
    let locale = use_locale();
    let changed: Vec<FieldChange> = changes.into_iter().filter(FieldChange::is_changed).collect();
    let more = changed.len().saturating_sub(SUMMARY);
    if changed.is_empty() {
        return ().into_any();
    }
    let lines = changed
        .into_iter()
        .take(SUMMARY)
        .map(|change| {
            let FieldChange { field, before, after } = change;
            let is_new = before == FieldValue::None;
            view! {
                <span class="audit-change">
                    {words::field(locale, &field)} ": "
                    {(!is_new)
                        .then(|| {
                            view! {
                                <Value field=field.clone() value=before />
                                <span aria-hidden="true">" → "</span>
                                <span class="sr-only">{td_string!(locale, audit.becomes)}</span>
                            }
                        })} <Value field value=after />
                </span>
            }
        })
        .collect_view();
    let more = (more > 0).then(|| words::more(locale, more));
    view! {
        <small class="muted audit-changes">
            {lines} {more.map(|more| view! { <span class="audit-change">{more}</span> })}
        </small>
    }
    .into_any()
}

/// Every field, side by side.
#[component]
pub(super) fn ChangeTable(changes: Vec<FieldChange>) -> impl IntoView {
    let locale = use_locale();
    let rows = changes
        .into_iter()
        .map(|change| {
            let is_changed = change.is_changed();
            let FieldChange { field, before, after } = change;
            view! {
                <tr class:is-changed=is_changed>
                    <th scope="row">
                        {words::field(locale, &field)}
                        {is_changed.then(|| view! { <span class="sr-only">{td_string!(locale, audit.changed)}</span> })}
                    </th>
                    <td data-label=td_string!(locale, audit.before)>
                        <Value field=field.clone() value=before />
                    </td>
                    <td data-label=td_string!(locale, audit.after)>
                        <Value field value=after />
                    </td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <div class="scroll">
            <table class="cards audit-diff">
                <caption class="sr-only">{td_string!(locale, audit.diff)}</caption>
                <thead>
                    <tr>
                        <th scope="col">{td_string!(locale, audit.field_column)}</th>
                        <th scope="col">{td_string!(locale, audit.before)}</th>
                        <th scope="col">{td_string!(locale, audit.after)}</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
}

#[component]
fn Value(field: String, value: FieldValue) -> impl IntoView {
    let locale = use_locale();
    match value {
        FieldValue::Moment(at) => view! { <Moment at /> }.into_any(),
        value => words::value(locale, &field, &value).into_any(),
    }
}
