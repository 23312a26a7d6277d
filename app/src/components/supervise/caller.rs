//! A caller who waits: answered by oneself or by a certain agent, moved, made first, hung up.

use leptos::prelude::*;
use leptos_i18n::td_string;

use super::doing::{ActionLine, Doing, answer};
use super::may;
use crate::api::ApiError;
use crate::api::calls::{CallView, serve_caller};
use crate::components::agent::queue_name;
use crate::components::words::{self, fill, use_locale};
use crate::live::store::use_live_board;
use crate::model::account::Permission;
use crate::model::agent::Presence;
use crate::model::ids::{AgentKey, MemberKey, QueueKey};
use crate::model::supervise::Serve;

#[component]
pub(super) fn CallerActions(
    member: MemberKey,
    known: RwSignal<Option<Result<CallView, ApiError>>>,
    doing: Doing,
) -> impl IntoView {
    let locale = use_locale();
    let board = use_live_board();
    let row = board.members.get(&member).filter(|_| may(Permission::SteerCalls));
    row.map(|row| {
        let node = member.node.clone();
        let queue = row.with_untracked(|row| row.queue.clone());
        let extension = Memo::new(move |_| {
            known.with(|known| {
                let view = known.as_ref()?.as_ref().ok()?;
                view.extensions.iter().find(|own| own.node == node)?.extension.clone()
            })
        });
        let serve = move |serve: Serve| {
            let member = member.clone();
            Callback::new(move |press| answer(serve_caller(member.clone(), serve.clone(), press)))
        };
        let agents: Vec<(AgentKey, String)> = untrack(|| {
            let free =
                |presence| !matches!(presence, Presence::Ringing | Presence::OnCall | Presence::LoggedOut);
            let rows = board.agents.all().into_iter();
            let rows = rows.filter(|row| row.key.node == queue.node && free(row.presence));
            rows.map(|row| {
                let words = format!("{} · {}", row.display_name, words::presence(locale, row.presence));
                (row.key, words)
            })
            .collect()
        });
        let queues: Vec<(QueueKey, String)> = untrack(|| {
            let rows = board.queues.all().into_iter();
            let others = rows.filter(|row| row.key.node == queue.node && row.key != queue);
            others.map(|row| (row.key.clone(), queue_name(&board, &row.key))).collect()
        });
        let agent = RwSignal::new(String::new());
        let other = RwSignal::new(String::new());
        let chosen_agent = {
            let keys: Vec<AgentKey> = agents.iter().map(|(key, _)| key.clone()).collect();
            move || keys.get(agent.get().parse::<usize>().ok()?).cloned()
        };
        let chosen_queue = {
            let keys: Vec<QueueKey> = queues.iter().map(|(key, _)| key.clone()).collect();
            move || keys.get(other.get().parse::<usize>().ok()?).cloned()
        };
        let give = {
            let (serve, chosen) = (serve.clone(), chosen_agent.clone());
            Callback::new(move |press| match untrack(&chosen) {
                Some(agent) => serve(Serve::GiveTo(agent)).run(press),
                None => answer(async { Err(ApiError::Invalid(Vec::new())) }),
            })
        };
        let move_to = {
            let (serve, chosen) = (serve.clone(), chosen_queue.clone());
            Callback::new(move |press| match untrack(&chosen) {
                Some(queue) => serve(Serve::MoveTo(queue)).run(press),
                None => answer(async { Err(ApiError::Invalid(Vec::new())) }),
            })
        };
        let answer_means = move || {
            extension.get().map_or_else(
                || td_string!(locale, supervise.unable.no_extension).to_owned(),
                |extension| fill(td_string!(locale, supervise.answer_means), &[("extension", &extension)]),
            )
        };
        view! {
            <section aria-labelledby="supervise-caller">
                <h3 id="supervise-caller">{td_string!(locale, supervise.caller)}</h3>
                <ul class="actions">
                    <ActionLine
                        doing
                        name=td_string!(locale, supervise.answer)
                        means=Signal::derive(answer_means)
                        is_incomplete=Signal::derive(move || extension.with(Option::is_none))
                        act=serve(Serve::AnswerMyself)
                    />
                    <ActionLine
                        doing
                        name=td_string!(locale, supervise.give)
                        means=td_string!(locale, supervise.give_means).to_owned()
                        is_incomplete=Signal::derive(move || chosen_agent().is_none())
                        act=give
                    >
                        <Choice
                            label=td_string!(locale, supervise.give_to)
                            options=agents.into_iter().map(|(_, words)| words).collect()
                            value=agent
                        />
                    </ActionLine>
                    <ActionLine
                        doing
                        name=td_string!(locale, supervise.first)
                        means=td_string!(locale, supervise.first_means).to_owned()
                        act=serve(Serve::MakeFirst)
                    />
                    <ActionLine
                        doing
                        name=td_string!(locale, supervise.move_it)
                        means=td_string!(locale, supervise.move_means).to_owned()
                        is_incomplete=Signal::derive(move || chosen_queue().is_none())
                        act=move_to
                    >
                        <Choice
                            label=td_string!(locale, supervise.move_to)
                            options=queues.into_iter().map(|(_, words)| words).collect()
                            value=other
                        />
                    </ActionLine>
                    <ActionLine
                        doing
                        name=td_string!(locale, supervise.hang_up_caller)
                        means=td_string!(locale, supervise.hang_up_caller_means).to_owned()
                        is_dangerous=true
                        act=serve(Serve::HangUp)
                    />
                </ul>
            </section>
        }
    })
}

/// One of a list, by its place; nothing is chosen at first.
#[component]
fn Choice(label: &'static str, options: Vec<String>, value: RwSignal<String>) -> impl IntoView {
    view! {
        <select class="compact" aria-label=label on:change=move |event| value.set(event_target_value(&event))>
            <option value="">{label}</option>
            {options
                .into_iter()
                .enumerate()
                .map(|(place, words)| view! { <option value=place.to_string()>{words}</option> })
                .collect_view()}
        </select>
    }
}
