//! One line of the table of agents.

use leptos::prelude::*;
use leptos_i18n::td_string;

use crate::components::agent::{AgentName, PresenceTime, agent_part, caller_words, queue_name};
use crate::components::live::{AsOf, use_stale_since};
use crate::components::supervise::{SuperviseButton, Target};
use crate::components::time::clock_text;
use crate::components::words::{self, fill, use_locale};
use crate::components::{Chip, Elapsed, GhostNote, MessageButton, StatusChip, Tone};
use crate::live::store::use_live_board;
use crate::model::agent::{AgentRow, AgentStatus};
use crate::model::ghost::GhostKey;
use crate::model::message::MessageTarget;
use crate::model::time::DurationMs;

#[component]
pub(super) fn AgentLine(row: ArcRwSignal<AgentRow>) -> impl IntoView {
    let locale = use_locale();
    let board = use_live_board();
    let key = row.with_untracked(|row| row.key.clone());
    let target = Target::Agent(key.clone());
    let stale_since = use_stale_since(key.node.clone());
    let none = td_string!(locale, common.none);
    let presence = agent_part(&row, |row| row.presence);
    let mark = agent_part(&row, |row| row.ghost);
    let name = agent_part(&row, |row| row.display_name.clone());
    let ghost = GhostKey::Agent(key.clone());
    let names = board.reasons.clone();
    let status = agent_part(&row, move |row| {
        let reason = row.reason.as_ref();
        let reason = reason.map(|reason| names.with(|names| words::reason(locale, names, reason)));
        let set_by = row.set_by.as_ref().map(|set_by| words::set_by(locale, set_by));
        (words::status(locale, row.status), reason, set_by)
    });
    let leaving = agent_part(&row, |row| row.log_out_wanted_by.clone());
    let status_since = agent_part(&row, |row| row.status_since);
    let call = agent_part(&row, |row| {
        row.call
            .as_ref()
            .map(|call| (call.queue.clone(), call.caller_name.clone(), call.caller_number.clone()))
    });
    let tiers = agent_part(&row, |row| row.tiers.iter().map(|tier| tier.queue.clone()).collect::<Vec<_>>());
    let today = agent_part(&row, |row| (row.answered_today, row.missed_today, row.talk_s_today));

    let caller = {
        let board = board.clone();
        move || {
            call.get().map_or_else(
                || none.to_owned(),
                |(queue, name, number)| {
                    format!("{} ({})", caller_words(locale, &name, &number), queue_name(&board, &queue))
                },
            )
        }
    };
    let queues = move || {
        let names: Vec<_> = tiers.get().iter().map(|key| queue_name(&board, key)).collect();
        if names.is_empty() { none.to_owned() } else { names.join(", ") }
    };
    view! {
        <tr class:is-stale=move || stale_since.get().is_some() data-agent=key.name>
            <th scope="row">
                <span>
                    <AgentName row=row.clone() />
                    <MessageButton to=MessageTarget::Agent(key.clone()) name=name />
                    <AsOf since=stale_since />
                </span>
            </th>
            <td data-label=td_string!(locale, agents.state)>
                <StatusChip presence=presence />
                <GhostNote mark=mark ghost=ghost name=name />
                <LostDesk row=row.clone() />
            </td>
            <td class="n" data-label=td_string!(locale, agents.for_time)>
                <PresenceTime row=row.clone() />
            </td>
            <td class="wide" data-label=td_string!(locale, agents.status)>
                <span class="status-cell">
                    <span>
                        {move || status.with(|(status, ..)| *status)}
                        {move || {
                            status.with(|(_, reason, _)| reason.as_ref().map(|reason| format!(" · {reason}")))
                        }} " " <Elapsed since=status_since />
                    </span>
                    <small class="muted">{move || status.with(|(.., set_by)| set_by.clone())}</small>
                    <BreakOver row=row.clone() />
                    <small class="muted">
                        {move || {
                            leaving
                                .get()
                                .map(|name| {
                                    fill(td_string!(locale, agents.log_out_wanted), &[("name", &name)])
                                })
                        }}
                    </small>
                </span>
            </td>
            <td class="wide caller-cell" data-label=td_string!(locale, agents.caller)>
                <span>{caller}</span>
            </td>
            <td class="wide queues-cell" data-label=td_string!(locale, agents.queues)>
                <span>{queues}</span>
            </td>
            <td class="n" data-metric="answered" data-label=td_string!(locale, agents.answered)>
                {move || today.get().0}
            </td>
            <td class="n" data-metric="missed" data-label=td_string!(locale, agents.missed)>
                {move || today.get().1}
            </td>
            <td class="n" data-metric="talk" data-label=td_string!(locale, agents.talk)>
                {move || DurationMs::from_s(i64::from(today.get().2)).clock()}
            </td>
            <td class="act">
                <SuperviseButton target=target name=name />
            </td>
        </tr>
    }
}

/// A desk that was lost for less than this is most likely a page that was loaded again.
const DESK_PATIENCE: DurationMs = DurationMs::from_s(120);

/// Says that the agent takes calls without the desk that was open before.
#[component]
fn LostDesk(row: ArcRwSignal<AgentRow>) -> impl IntoView {
    let locale = use_locale();
    let now = use_live_board().now;
    let lost_at = agent_part(&row, |row| row.desk_lost_at.filter(|_| row.status != AgentStatus::LoggedOut));
    let is_lost =
        Memo::new(move |_| lost_at.get().is_some_and(|at| now.get().since(at).0 >= DESK_PATIENCE.0));
    let since = clock_text(Signal::derive(move || lost_at.get().unwrap_or_default()), false);
    let text =
        Signal::derive(move || words::fill(td_string!(locale, agents.desk_lost), &[("time", &since.get())]));
    move || is_lost.get().then(|| view! { <Chip tone=Signal::stored(Tone::Warning) text /> }.into_any())
}

/// Says by how much a break is over its budget.
#[component]
fn BreakOver(row: ArcRwSignal<AgentRow>) -> impl IntoView {
    let locale = use_locale();
    let now = use_live_board().now;
    let until = agent_part(&row, |row| row.break_until);
    let over = Memo::new(move |_| {
        let over = DurationMs(now.get().0 - until.get()?.0);
        (over.0 > 0).then(|| over.clock())
    });
    let text = Signal::derive(move || {
        words::fill(td_string!(locale, agents.break_over), &[("time", &over.get().unwrap_or_default())])
    });
    let is_over = Memo::new(move |_| over.with(Option::is_some));
    move || is_over.get().then(|| view! { <Chip tone=Signal::stored(Tone::Warning) text /> }.into_any())
}
