//! The agents at the side of the board, the most urgent first.

use leptos::prelude::*;
use leptos_i18n::td_string;

use crate::components::agent::AgentItem;
use crate::components::sort::in_order;
use crate::components::words::{self, fill, use_locale};
use crate::components::{Card, Each, EmptyState, Tone};
use crate::live::store::use_live_board;
use crate::model::agent::Presence;
use crate::model::ids::AgentKey;

/// Which agents the card shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Filter {
    SignedIn,
    All,
    Only(Presence),
}

impl Filter {
    /// The choices, in the order in which they are offered. Their place is their value in the form.
    fn choices() -> impl Iterator<Item = Self> {
        [Self::SignedIn, Self::All].into_iter().chain(Presence::ALL.map(Self::Only))
    }

    fn shows(self, presence: Presence) -> bool {
        match self {
            Self::SignedIn => presence != Presence::LoggedOut,
            Self::All => true,
            Self::Only(only) => presence == only,
        }
    }
}

/// The most urgent first: who ends a call, who is in one, who is not there; the longest of each first.
const fn urgency(presence: Presence) -> u8 {
    match presence {
        Presence::WrapUp => 0,
        Presence::OnCall => 1,
        Presence::Ringing => 2,
        Presence::Idle => 3,
        Presence::OnBreak => 4,
        Presence::Available => 5,
        Presence::LoggedOut => 6,
    }
}

#[component]
pub(super) fn AgentsCard() -> impl IntoView {
    let locale = use_locale();
    let board = use_live_board();
    let filter = RwSignal::new(Filter::SignedIn);

    let (agents, all) = (board.agents.clone(), board.agents.keys());
    let (members, callers) = (board.members.clone(), board.members.keys());
    let ghosts = Memo::new(move |_| {
        let agents = all.get().into_iter().filter_map(|key| agents.get(&key)?.with(|row| row.ghost));
        let callers = callers.get().into_iter().filter_map(|key| members.get(&key)?.with(|row| row.ghost));
        agents.count() + callers.count()
    });
    let (agents, all) = (board.agents.clone(), board.agents.keys());
    let places = Memo::new(move |_| {
        let places = all.get().into_iter().filter_map(|key| {
            let (presence, since) = agents.get(&key)?.with(|agent| (agent.presence, agent.presence_since));
            Some((urgency(presence), since.is_none(), since, key, presence))
        });
        let places = in_order(places.collect(), |a, b| (a.0, a.1, &a.2, &a.3).cmp(&(b.0, b.1, &b.2, &b.3)));
        places.into_iter().map(|(.., key, presence)| (key, presence)).collect::<Vec<(AgentKey, Presence)>>()
    });
    let keys = Memo::new(move |_| {
        let filter = filter.get();
        places.with(|places| {
            places
                .iter()
                .filter(|(_, presence)| filter.shows(*presence))
                .map(|(key, _)| key.clone())
                .collect::<Vec<_>>()
        })
    });
    let signed_in = move || {
        places.with(|places| places.iter().filter(|(_, presence)| *presence != Presence::LoggedOut).count())
    };

    let tools = move || {
        let options = Filter::choices()
            .enumerate()
            .map(|(place, choice)| {
                let words = match choice {
                    Filter::SignedIn => td_string!(locale, wallboard.filter_signed_in),
                    Filter::All => td_string!(locale, wallboard.filter_all),
                    Filter::Only(presence) => words::presence(locale, presence),
                };
                view! { <option value=place.to_string()>{words}</option> }
            })
            .collect_view();
        view! {
            <span>
                {move || {
                    fill(
                        td_string!(locale, wallboard.agents_signed_in),
                        &[("count", &signed_in().to_string())],
                    )
                }}
            </span>
            <select
                class="compact"
                aria-label=td_string!(locale, wallboard.filter)
                on:change=move |event| {
                    let chosen = event_target_value(&event).parse().ok().and_then(|place| Filter::choices().nth(place));
                    filter.set(chosen.unwrap_or(Filter::SignedIn));
                }
            >
                {options}
            </select>
        }
    };

    view! {
        <Card id="agents-title" class="agents" title=td_string!(locale, wallboard.agents).to_owned() tools=tools>
            // It scrolls, so the keyboard must reach it.
            <ul class="agent-list" tabindex="0" aria-label=td_string!(locale, wallboard.agents_list)>
                <Each
                    keys=move || keys.get()
                    children=move |key| {
                        board.agents.get(&key).map(|row| view! { <AgentItem row=row /> }.into_any())
                    }
                />
            </ul>
            {move || {
                keys.with(Vec::is_empty)
                    .then(|| {
                        view! {
                            <EmptyState
                                title=td_string!(locale, wallboard.no_agents).to_owned()
                                hint=td_string!(locale, wallboard.no_agents_hint).to_owned()
                            />
                        }
                        .into_any()
                    })
            }}
            <footer>
                <a href="/agents">{td_string!(locale, wallboard.all_agents)}</a>
                {move || {
                    let count = ghosts.get();
                    (count > 0)
                        .then(|| {
                            let gaps = [("count", &*count.to_string())];
                            let words = fill(td_string!(locale, wallboard.ghosts), &gaps);
                            view! {
                                " "
                                <a href="/agents" class="chip warning">
                                    <span class="sign" aria-hidden="true">
                                        {Tone::Warning.sign()}
                                    </span>
                                    {words}
                                </a>
                            }
                        })
                }}
            </footer>
        </Card>
    }
}
