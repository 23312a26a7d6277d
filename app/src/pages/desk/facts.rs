//! What the switch says of the agent's status, in a line under the buttons.

use leptos::prelude::*;

use super::DeskRow;
use crate::components::{ClockTime, Elapsed, use_locale, words};
use crate::i18n::*;
use crate::live::store::use_live_board;
use crate::model::agent::{AgentStatus, SetBy};

/// What the switch says: the status, since when, for how long, and who chose it.
#[component]
pub(super) fn Facts(row: DeskRow) -> impl IntoView {
    let locale = use_locale();
    let names = use_live_board().reasons;
    let what = Memo::new(move |_| {
        row.with(|row| {
            let status = words::status(locale, row.status);
            match row.reason.as_ref().filter(|_| row.status == AgentStatus::OnBreak) {
                Some(reason) => {
                    let reason = names.with(|names| words::reason(locale, names, reason));
                    format!("{status} · {reason}")
                }
                None => status.to_owned(),
            }
        })
    });
    let is_on_break = Memo::new(move |_| row.with(|row| row.status == AgentStatus::OnBreak));
    let since = Memo::new(move |_| row.with(|row| row.status_since));
    let set_by = Memo::new(move |_| {
        row.with(|row| {
            row.set_by.as_ref().map(|set_by| match set_by {
                SetBy::Agent => td_string!(locale, desk.set_by_you).to_owned(),
                SetBy::User { display_name } => display_name.clone(),
                SetBy::Elsewhere => td_string!(locale, desk.set_by_phone).to_owned(),
            })
        })
    });
    view! {
        <dl class="desk-facts">
            <div>
                <dt>{td_string!(locale, desk.now)}</dt>
                <dd>{move || what.get()}</dd>
            </div>
            <div>
                <dt>
                    {move || {
                        if is_on_break.get() {
                            td_string!(locale, desk.break_so_far)
                        } else {
                            td_string!(locale, desk.so_far)
                        }
                    }}
                </dt>
                <dd>
                    <Elapsed since />
                </dd>
            </div>
            {move || {
                since
                    .get()
                    .map(|since| {
                        view! {
                            <div>
                                <dt>{td_string!(locale, desk.since)}</dt>
                                <dd>
                                    <ClockTime at=Signal::stored(since) />
                                </dd>
                            </div>
                        }
                    })
            }}
            {move || {
                set_by
                    .get()
                    .map(|set_by| {
                        view! {
                            <div>
                                <dt>{td_string!(locale, desk.set_by)}</dt>
                                <dd>{set_by}</dd>
                            </div>
                        }
                    })
            }}
        </dl>
    }
}
