//! The agents of a queue in the order in which the switch asks them: by level, then by position.

use leptos::prelude::*;
use leptos_i18n::td_string;

use crate::components::agent::{AgentName, PresenceTime, agent_part, caller_words};
use crate::components::words::use_locale;
use crate::components::{Card, Each, EmptyState, GhostNote, StatusChip};
use crate::live::store::use_live_board;
use crate::model::agent::AgentRow;
use crate::model::ghost::GhostKey;
use crate::model::ids::{AgentKey, QueueKey};

#[component]
pub(super) fn TierCard(queue: QueueKey) -> impl IntoView {
    let locale = use_locale();
    let board = use_live_board();
    let (agents, all) = (board.agents.clone(), board.agents.keys());
    let of_queue = queue.clone();
    let keys = Memo::new(move |_| {
        let places = all.get().into_iter().filter_map(|key| {
            agents.get(&key)?.with(|agent| {
                let tier = agent.tiers.iter().find(|tier| tier.queue == of_queue)?;
                Some((tier.level, tier.position, agent.display_name.clone(), key))
            })
        });
        let mut places: Vec<(u32, u32, String, AgentKey)> = places.collect();
        places.sort();
        places.into_iter().map(|(.., key)| key).collect::<Vec<_>>()
    });
    view! {
        <Card id="tiers-title" title=td_string!(locale, queue.agents).to_owned()>
            <div class="scroll">
                <table class="cards">
                    <caption class="sr-only">{td_string!(locale, queue.agents_caption)}</caption>
                    <thead>
                        <tr>
                            <th scope="col" class="n">
                                {td_string!(locale, queue.level)}
                            </th>
                            <th scope="col" class="n">
                                {td_string!(locale, queue.tier_position)}
                            </th>
                            <th scope="col">{td_string!(locale, queue.agent)}</th>
                            <th scope="col">{td_string!(locale, queue.presence)}</th>
                            <th scope="col" class="n">
                                {td_string!(locale, queue.since)}
                            </th>
                            <th scope="col">{td_string!(locale, queue.with)}</th>
                        </tr>
                    </thead>
                    <tbody>
                        <Each
                            keys=move || keys.get()
                            children=move |key| {
                                let queue = queue.clone();
                                board.agents.get(&key).map(|row| view! { <TierLine queue=queue row=row /> })
                            }
                        />
                    </tbody>
                </table>
            </div>
            {move || {
                keys.with(Vec::is_empty)
                    .then(|| {
                        view! {
                            <EmptyState
                                title=td_string!(locale, queue.no_agents).to_owned()
                                hint=td_string!(locale, queue.no_agents_hint).to_owned()
                            />
                        }
                    })
            }}
        </Card>
    }
}

#[component]
fn TierLine(queue: QueueKey, row: ArcRwSignal<AgentRow>) -> impl IntoView {
    let locale = use_locale();
    let tier = agent_part(&row, move |row| {
        row.tiers.iter().find(|tier| tier.queue == queue).map(|tier| (tier.level, tier.position))
    });
    let presence = agent_part(&row, |row| row.presence);
    let mark = agent_part(&row, |row| row.ghost);
    let name = agent_part(&row, |row| row.display_name.clone());
    let ghost = GhostKey::Agent(row.with_untracked(|row| row.key.clone()));
    let caller = agent_part(&row, |row| {
        row.call.as_ref().map(|call| (call.caller_name.clone(), call.caller_number.clone()))
    });
    view! {
        <tr>
            <td class="n" data-label=td_string!(locale, queue.level)>
                {move || tier.get().map(|(level, _)| level)}
            </td>
            <td class="n" data-label=td_string!(locale, queue.tier_position)>
                {move || tier.get().map(|(_, position)| position)}
            </td>
            <th scope="row">
                <span>
                    <AgentName row=row.clone() />
                </span>
            </th>
            <td data-label=td_string!(locale, queue.presence)>
                <StatusChip presence=presence />
                <GhostNote mark=mark ghost=ghost name=name />
            </td>
            <td class="n" data-label=td_string!(locale, queue.since)>
                <PresenceTime row=row />
            </td>
            <td data-label=td_string!(locale, queue.with)>
                {move || {
                    caller
                        .get()
                        .map_or_else(
                            || td_string!(locale, common.none).to_owned(),
                            |(name, number)| caller_words(locale, &name, &number),
                        )
                }}
            </td>
        </tr>
    }
}
