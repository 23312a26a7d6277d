//! All agents: what they do, since when, why, and what they did today.
//!
//! - [`left_behind`]: callers of all queues that the switch has left behind.
//! - [`order`]: which are shown, and in which order.
//! - [`row`]: one line of the table.

#![allow(unreachable_pub, reason = "the macro of components writes `pub`, whatever their own visibility")]

mod left_behind;
mod order;
mod row;

use leptos::prelude::*;
use leptos_i18n::td_string;

use super::layout::may;
use crate::components::live::BoardBar;
use crate::components::supervise::{SuperviseDialog, provide_supervision};
use crate::components::words::{self, fill, lower_case, use_locale};
use crate::components::{
    Card, Each, EmptyState, MessageDialog, RepairDialog, SortHeader, provide_messaging, provide_repairs,
};
use crate::live::store::use_live_board;
use crate::model::account::Permission;
use crate::model::agent::Presence;

use order::{Column, Wanted, use_sorted_agents};
use row::AgentLine;

/// The page of all agents.
#[derive(Debug)]
pub struct AgentsPage;

impl AgentsPage {
    /// The page itself.
    pub(crate) fn view() -> AnyView {
        view! { <Agents /> }.into_any()
    }
}

#[component]
fn Agents() -> impl IntoView {
    let locale = use_locale();
    let board = use_live_board();
    provide_repairs();
    provide_messaging(may(Permission::SendMessages));
    provide_supervision();
    let wanted = RwSignal::new(Wanted::default());
    let keys = use_sorted_agents(wanted);
    let all = board.agents.keys();
    let all_count = Memo::new(move |_| all.with(Vec::len));
    let count = move || {
        let gaps = [("shown", keys.with(Vec::len).to_string()), ("all", all_count.get().to_string())];
        fill(td_string!(locale, agents.count), &gaps.each_ref().map(|(gap, words)| (*gap, words.as_str())))
    };
    let tools = move || view! { <Search wanted=wanted /> };
    view! {
        <BoardBar title=td_string!(locale, agents.title).to_owned() />
        <left_behind::CallersLeftBehind />
        <Card id="agents-title" title=Signal::derive(count) tools=tools>
            <div class="scroll">
                <table class="cards agents-table">
                    <caption class="sr-only">{td_string!(locale, agents.caption)}</caption>
                    <Head wanted=wanted />
                    <tbody>
                        <Each
                            keys=move || keys.get()
                            children=move |key| {
                                board.agents.get(&key).map(|row| view! { <AgentLine row=row /> })
                            }
                        />
                    </tbody>
                </table>
            </div>
            {move || {
                let (title, hint) = match (all_count.get(), keys.with(Vec::is_empty)) {
                    (0, _) => {
                        (td_string!(locale, agents.no_agents), td_string!(locale, agents.no_agents_hint))
                    }
                    (_, true) => {
                        (td_string!(locale, agents.none_match), td_string!(locale, agents.none_match_hint))
                    }
                    (_, false) => return None,
                };
                Some(view! { <EmptyState title=title.to_owned() hint=hint.to_owned() /> })
            }}
        </Card>
        <RepairDialog />
        <MessageDialog />
        <SuperviseDialog />
    }
}

#[component]
fn Search(wanted: RwSignal<Wanted>) -> impl IntoView {
    let locale = use_locale();
    let options = Presence::ALL
        .into_iter()
        .zip(0u8..)
        .map(|(presence, place)| {
            view! { <option value=place.to_string()>{words::presence(locale, presence)}</option> }
        })
        .collect_view();
    view! {
        <input
            type="search"
            class="compact"
            aria-label=td_string!(locale, agents.search)
            placeholder=td_string!(locale, agents.search)
            on:input=move |event| {
                let words = lower_case(event_target_value(&event).trim());
                wanted.update(|wanted| wanted.words = words);
            }
        />
        <select
            class="compact"
            aria-label=td_string!(locale, agents.filter)
            on:change=move |event| {
                let place = event_target_value(&event).parse::<usize>().ok();
                let presence = place.and_then(|place| Presence::ALL.get(place)).copied();
                wanted.update(|wanted| wanted.presence = presence);
            }
        >
            <option value="">{td_string!(locale, agents.filter_all)}</option>
            {options}
        </select>
    }
}

#[component]
fn Head(wanted: RwSignal<Wanted>) -> impl IntoView {
    let locale = use_locale();
    let column = move |column: Column, label: &'static str, numeric: bool| {
        view! {
            <SortHeader
                label=label.to_owned()
                numeric=numeric
                sorted=Signal::derive(move || wanted.with(|wanted| wanted.sorted_by(column)))
                on_sort=Callback::new(move |()| wanted.update(|wanted| wanted.sort_by(column)))
            />
        }
    };
    view! {
        <thead>
            <tr>
                {column(Column::Name, td_string!(locale, agents.agent), false)}
                {column(Column::Presence, td_string!(locale, agents.state), false)}
                {column(Column::Since, td_string!(locale, agents.for_time), true)}
                {column(Column::Status, td_string!(locale, agents.status), false)}
                <th scope="col">{td_string!(locale, agents.caller)}</th>
                <th scope="col">{td_string!(locale, agents.queues)}</th>
                {column(Column::Answered, td_string!(locale, agents.answered), true)}
                {column(Column::Missed, td_string!(locale, agents.missed), true)}
                {column(Column::Talk, td_string!(locale, agents.talk), true)}
                <th scope="col">
                    <span class="sr-only">{td_string!(locale, agents.actions)}</span>
                </th>
            </tr>
        </thead>
    }
}
