//! What happened to a call, in words.

use leptos::prelude::*;
use leptos_i18n::td_string;

use crate::components::ClockTime;
use crate::components::agent::{caller_words, queue_name};
use crate::components::supervise::listen_mode;
use crate::components::words::{fill, use_locale};
use crate::i18n::Locale;
use crate::live::LiveBoard;
use crate::live::store::use_live_board;
use crate::model::call::{CallDetail, CallMoment, Party};
use crate::model::ids::{AgentKey, short_name};

/// The display name of an agent; the switch's short name where the board does not have it.
pub(super) fn agent_name(board: &LiveBoard, key: &AgentKey) -> String {
    board.agents.get(key).map_or_else(
        || short_name(&key.name).to_owned(),
        |row| row.with_untracked(|row| row.display_name.clone()),
    )
}

#[component]
pub(super) fn Timeline(detail: RwSignal<Option<CallDetail>>) -> impl IntoView {
    let locale = use_locale();
    let board = use_live_board();
    let entries = Memo::new(move |_| {
        detail.with(|detail| detail.as_ref().map(|detail| detail.timeline.clone()).unwrap_or_default())
    });
    view! {
        <ol class="timeline" aria-live="polite">
            {move || {
                entries
                    .get()
                    .into_iter()
                    .map(|entry| {
                        view! {
                            <li>
                                <ClockTime at=Signal::stored(entry.at) seconds=true />
                                <span>{words(locale, &board, &entry.what)}</span>
                            </li>
                        }
                    })
                    .collect_view()
            }}
        </ol>
    }
}

fn words(locale: Locale, board: &LiveBoard, what: &CallMoment) -> String {
    let named = |party: &Party| {
        let number = caller_words(locale, &party.name, &party.number);
        party
            .agent
            .as_ref()
            .map_or(number.clone(), |agent| format!("{} ({number})", agent_name(board, agent)))
    };
    let told = |words: &str, party: &Party| fill(words, &[("who", &named(party))]);
    match what {
        CallMoment::Began(party) => told(td_string!(locale, calls.moment.began), party),
        CallMoment::Rang(party) => told(td_string!(locale, calls.moment.rang), party),
        CallMoment::Answered(party) => told(td_string!(locale, calls.moment.answered), party),
        CallMoment::Joined(queue) => {
            fill(td_string!(locale, calls.moment.joined), &[("queue", &queue_name(board, queue))])
        }
        CallMoment::Offered(agent) => {
            fill(td_string!(locale, calls.moment.offered), &[("who", &agent_name(board, agent))])
        }
        CallMoment::NotReached(agent, cause) => fill(
            td_string!(locale, calls.moment.not_reached),
            &[("who", &agent_name(board, agent)), ("cause", cause)],
        ),
        CallMoment::LeftQueue(queue) => {
            fill(td_string!(locale, calls.moment.left_queue), &[("queue", &queue_name(board, queue))])
        }
        CallMoment::Connected(one, other) => {
            fill(td_string!(locale, calls.moment.connected), &[("who", &named(one)), ("whom", &named(other))])
        }
        CallMoment::Disconnected => td_string!(locale, calls.moment.disconnected).to_owned(),
        CallMoment::Transferred(to) => fill(td_string!(locale, calls.moment.transferred), &[("to", to)]),
        CallMoment::Held(party) => told(td_string!(locale, calls.moment.held), party),
        CallMoment::Resumed(party) => told(td_string!(locale, calls.moment.resumed), party),
        CallMoment::RecordingBegan => td_string!(locale, calls.moment.recording_began).to_owned(),
        CallMoment::RecordingEnded => td_string!(locale, calls.moment.recording_ended).to_owned(),
        CallMoment::ListenerCame(party, mode) => {
            let mode = listen_mode(locale, *mode);
            fill(td_string!(locale, calls.moment.listener), &[("who", &named(party)), ("mode", mode)])
        }
        CallMoment::ListenerIs(party, mode) => {
            let mode = listen_mode(locale, Some(*mode));
            fill(td_string!(locale, calls.moment.listener), &[("who", &named(party)), ("mode", mode)])
        }
        CallMoment::ListenerLeft(party) => told(td_string!(locale, calls.moment.listener_left), party),
        CallMoment::Left(party, cause) if cause.is_empty() => {
            told(td_string!(locale, calls.moment.left), party)
        }
        CallMoment::Left(party, cause) => {
            fill(td_string!(locale, calls.moment.left_for), &[("who", &named(party)), ("cause", cause)])
        }
        CallMoment::Ended => td_string!(locale, calls.moment.ended).to_owned(),
    }
}
