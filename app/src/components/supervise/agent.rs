//! Statuses of an agent: now, and at the end of the call.

use leptos::prelude::*;
use leptos_i18n::td_string;

use super::doing::{ActionLine, Doing, answer};
use super::may;
use crate::api::calls::{log_out_later, set_agent_status};
use crate::components::agent::agent_part;
use crate::components::words::{self, fill, use_locale};
use crate::live::store::use_live_board;
use crate::model::account::Permission;
use crate::model::agent::{AgentStatus, Presence};
use crate::model::ids::AgentKey;

#[component]
pub(super) fn AgentActions(agent: AgentKey, doing: Doing) -> impl IntoView {
    let locale = use_locale();
    let row = use_live_board().agents.get(&agent).filter(|_| may(Permission::ForceStatus));
    row.map(|row| {
        let status = agent_part(&row, |row| row.status);
        let is_busy = agent_part(&row, |row| matches!(row.presence, Presence::OnCall | Presence::Ringing));
        let wanted_by = agent_part(&row, |row| row.log_out_wanted_by.clone());
        let offered: Vec<_> = use_live_board()
            .reasons
            .with_untracked(|names| names.iter().filter(|name| !name.is_retired).cloned().collect());
        let reason = RwSignal::new(offered.first().map(|name| name.code.clone()).unwrap_or_default());
        let set = {
            let agent = agent.clone();
            move |code: &'static str, reason: Option<RwSignal<String>>| {
                let agent = agent.clone();
                Callback::new(move |press| {
                    let reason = reason.map(|reason| reason.get_untracked());
                    let seen = status.get_untracked();
                    answer(set_agent_status(agent.clone(), code.to_owned(), reason, seen, press))
                })
            }
        };
        let later = move |is_wanted: bool| {
            let agent = agent.clone();
            Callback::new(move |press| answer(log_out_later(agent.clone(), is_wanted, press)))
        };
        let language = words::language(locale);
        let options = offered
            .into_iter()
            .map(|name| {
                let shown = name.name(language).to_owned();
                view! { <option value=name.code>{shown}</option> }
            })
            .collect_view();
        let is = move |wanted: AgentStatus| Signal::derive(move || status.get() == wanted);
        let log_out_means = move || {
            if is_busy.get() {
                td_string!(locale, supervise.log_out_in_call_means)
            } else {
                td_string!(locale, supervise.log_out_means)
            }
        };
        view! {
            <section aria-labelledby="supervise-status">
                <h3 id="supervise-status">{td_string!(locale, supervise.status)}</h3>
                <ul class="actions">
                    <ActionLine
                        doing
                        name=td_string!(locale, supervise.set_available)
                        means=td_string!(locale, supervise.set_available_means).to_owned()
                        is_present=is(AgentStatus::Available)
                        act=set("available", None)
                    />
                    <ActionLine
                        doing
                        name=td_string!(locale, supervise.set_break)
                        means=td_string!(locale, supervise.set_break_means).to_owned()
                        act=set("on-break", Some(reason))
                    >
                        <select
                            class="compact"
                            aria-label=td_string!(locale, supervise.reason)
                            on:change=move |event| reason.set(event_target_value(&event))
                        >
                            {options}
                        </select>
                    </ActionLine>
                    <ActionLine
                        doing
                        name=td_string!(locale, supervise.log_out)
                        means=Signal::derive(move || log_out_means().to_owned())
                        is_present=is(AgentStatus::LoggedOut)
                        act=set("logged-out", None)
                    />
                    {move || {
                        wanted_by
                            .get()
                            .map(|name| {
                                let means = fill(
                                    td_string!(locale, supervise.keep_means),
                                    &[("name", &name)],
                                );
                                view! {
                                    <ActionLine
                                        doing
                                        name=td_string!(locale, supervise.keep)
                                        means
                                        act=later(false)
                                    />
                                }
                                    .into_any()
                            })
                            .or_else(|| {
                                (is_busy.get() && status.get() != AgentStatus::LoggedOut)
                                    .then(|| {
                                        view! {
                                            <ActionLine
                                                doing
                                                name=td_string!(locale, supervise.log_out_later)
                                                means=td_string!(locale, supervise.log_out_later_means).to_owned()
                                                act=later(true)
                                            />
                                        }
                                            .into_any()
                                    })
                            })
                    }}
                </ul>
            </section>
        }
    })
}
