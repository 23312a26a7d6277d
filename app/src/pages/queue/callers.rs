//! The callers of a queue: who waits, in the order in which they will be served, and who talks.
//! Names and numbers are what a stranger's telephone said: they are only ever text.

use leptos::prelude::*;
use leptos_i18n::td_string;

use crate::components::agent::caller_words;
use crate::components::supervise::{SuperviseButton, Target};
use crate::components::words::{self, fill, use_locale};
use crate::components::{Card, Chip, Each, Elapsed, EmptyState, GhostNote, LevelChip, Tone};
use crate::live::store::use_live_board;
use crate::model::board::{MemberRow, MemberState, QueueRow};
use crate::model::ghost::GhostKey;
use crate::model::ids::{AgentKey, CallId, MemberKey, QueueKey, short_name};
use crate::model::thresholds::Level;

fn part<T: PartialEq + Send + Sync + 'static>(
    row: &ArcRwSignal<MemberRow>,
    read: impl Fn(&MemberRow) -> T + Send + Sync + 'static,
) -> Memo<T> {
    let row = row.clone();
    Memo::new(move |_| row.with(|row| read(row)))
}

/// Keys of the queue's callers who wait, or who talk, in the order in which they are served.
fn use_callers(queue: QueueKey, waiting: bool) -> Memo<Vec<MemberKey>> {
    let board = use_live_board();
    let keys = board.members.keys();
    Memo::new(move |_| {
        let keys = keys.get();
        let rows = keys.into_iter().filter_map(|key| {
            let row = board.members.get(&key)?;
            row.with(|row| {
                let order = row.serve_order();
                (row.queue == queue && row.is_waiting() == waiting)
                    .then(|| ((order.0, order.1.to_owned()), key))
            })
        });
        let mut rows: Vec<_> = rows.collect();
        rows.sort();
        rows.into_iter().map(|(_, key)| key).collect()
    })
}

#[component]
pub(super) fn WaitingCard(row: ArcRwSignal<QueueRow>) -> impl IntoView {
    let locale = use_locale();
    let board = use_live_board();
    let callers = use_callers(row.with_untracked(|row| row.key.clone()), true);
    view! {
        <Card id="waiting-title" title=td_string!(locale, queue.waiting).to_owned()>
            <div class="scroll">
                <table class="cards">
                    <caption class="sr-only">{td_string!(locale, queue.waiting_caption)}</caption>
                    <thead>
                        <tr>
                            <th scope="col" class="n">
                                {td_string!(locale, queue.position)}
                            </th>
                            <th scope="col">{td_string!(locale, queue.caller)}</th>
                            <th scope="col">{td_string!(locale, queue.number)}</th>
                            <th scope="col" class="n">
                                {td_string!(locale, queue.waited)}
                            </th>
                            <th scope="col">{td_string!(locale, queue.state)}</th>
                            <th scope="col">{td_string!(locale, queue.agent)}</th>
                            <th scope="col">
                                <span class="sr-only">{td_string!(locale, queue.actions)}</span>
                            </th>
                        </tr>
                    </thead>
                    <tbody>
                        <Each
                            keys=move || callers.get()
                            children=move |key| {
                                let queue = row.clone();
                                board
                                    .members
                                    .get(&key)
                                    .map(|row| {
                                        view! { <Waiting member=key row=row queue=queue callers=callers /> }
                                    })
                            }
                        />
                    </tbody>
                </table>
            </div>
            {move || {
                callers
                    .with(Vec::is_empty)
                    .then(|| {
                        view! {
                            <EmptyState
                                title=td_string!(locale, queue.nobody_waits).to_owned()
                                hint=td_string!(locale, queue.nobody_waits_hint).to_owned()
                            />
                        }
                    })
            }}
        </Card>
    }
}

#[component]
fn Waiting(
    member: MemberKey,
    row: ArcRwSignal<MemberRow>,
    queue: ArcRwSignal<QueueRow>,
    callers: Memo<Vec<MemberKey>>,
) -> impl IntoView {
    let locale = use_locale();
    let now = use_live_board().now;
    let uuid = member.uuid.clone();
    let target = member.clone();
    let mark = part(&row, |row| row.ghost);
    let ghost = GhostKey::Caller(member.clone());
    let place = Memo::new(move |_| {
        callers.with(|callers| {
            callers.iter().position(|key| *key == member).map(|place| (place + 1).to_string())
        })
    });
    let caller = part(&row, |row| (row.caller_name.clone(), row.caller_number.clone()));
    let joined_at = part(&row, |row| row.joined_at);
    let waited = Memo::new(move |_| {
        let wait = now.get().since(joined_at.get());
        (queue.with(|queue| queue.targets.longest_wait_level(wait)), wait.clock())
    });
    let points = part(&row, |row| row.extra_score);
    let state = part(&row, |row| row.state);
    let agent = part(&row, |row| row.agent.clone());
    view! {
        <tr data-member=uuid>
            <td class="n" data-label=td_string!(locale, queue.position)>
                {move || place.get()}
            </td>
            <th scope="row">
                <span>{move || caller.with(|(name, _)| named(locale, name))}</span>
                {move || {
                    (points.get() > 0)
                        .then(|| {
                            let points = fill(
                                td_string!(locale, queue.points),
                                &[("points", &points.get().to_string())],
                            );
                            view! { <small class="muted">" " {points}</small> }
                        })
                }}
            </th>
            <td data-label=td_string!(locale, queue.number)>{move || caller.with(|(_, number)| number.clone())}</td>
            <td class="n" data-label=td_string!(locale, queue.waited)>
                <LevelChip
                    level=Signal::derive(move || waited.with(|(level, _): &(Level, String)| *level))
                    text=Signal::derive(move || waited.with(|(_, text)| text.clone()))
                />
            </td>
            <td class="wide" data-label=td_string!(locale, queue.state)>
                <Chip
                    tone=Signal::derive(move || match state.get() {
                        MemberState::Waiting => Tone::Neutral,
                        MemberState::Trying => Tone::Ringing,
                        MemberState::Answered => Tone::Talking,
                    })
                    text=Signal::derive(move || words::member(locale, state.get()).to_owned())
                />
                <GhostNote
                    mark=mark
                    ghost=ghost
                    name=Signal::derive(move || caller.with(|(name, number)| caller_words(locale, name, number)))
                />
            </td>
            <td class="wide" data-label=td_string!(locale, queue.agent)>
                <AgentOf agent=agent />
            </td>
            <td class="act">
                {move || {
                    // Whom the switch has left behind nobody can be connected to.
                    mark.with(Option::is_none)
                        .then(|| {
                            view! {
                                <SuperviseButton
                                    target=Target::Caller(target.clone())
                                    name=Signal::derive(move || {
                                        caller.with(|(name, number)| caller_words(locale, name, number))
                                    })
                                />
                            }
                        })
                }}
            </td>
        </tr>
    }
}

fn named(locale: crate::i18n::Locale, name: &str) -> String {
    if name.trim().is_empty() {
        td_string!(locale, common.unknown_caller).to_owned()
    } else {
        name.to_owned()
    }
}

/// The display name of an agent; the switch's short name where the board does not have it.
#[component]
fn AgentOf(agent: Memo<Option<AgentKey>>) -> impl IntoView {
    let locale = use_locale();
    let board = use_live_board();
    move || {
        agent.get().map_or_else(
            || td_string!(locale, common.none).to_owned(),
            |key| {
                board.agents.get(&key).map_or_else(
                    || short_name(&key.name).to_owned(),
                    |row| row.with(|row| row.display_name.clone()),
                )
            },
        )
    }
}

#[component]
pub(super) fn TalkingCard(queue: QueueKey) -> impl IntoView {
    let locale = use_locale();
    let board = use_live_board();
    let callers = use_callers(queue, false);
    view! {
        <Card id="talking-title" title=td_string!(locale, queue.talking).to_owned()>
            <div class="scroll">
                <table class="cards">
                    <caption class="sr-only">{td_string!(locale, queue.talking_caption)}</caption>
                    <thead>
                        <tr>
                            <th scope="col">{td_string!(locale, queue.caller)}</th>
                            <th scope="col">{td_string!(locale, queue.number)}</th>
                            <th scope="col">{td_string!(locale, queue.agent)}</th>
                            <th scope="col" class="n">
                                {td_string!(locale, queue.talk_time)}
                            </th>
                            <th scope="col">
                                <span class="sr-only">{td_string!(locale, queue.actions)}</span>
                            </th>
                        </tr>
                    </thead>
                    <tbody>
                        <Each
                            keys=move || callers.get()
                            children=move |key| {
                                board.members.get(&key).map(|row| view! { <Talking row=row /> })
                            }
                        />
                    </tbody>
                </table>
            </div>
            {move || {
                callers
                    .with(Vec::is_empty)
                    .then(|| view! { <EmptyState title=td_string!(locale, queue.nobody_talks).to_owned() /> })
            }}
        </Card>
    }
}

#[component]
fn Talking(row: ArcRwSignal<MemberRow>) -> impl IntoView {
    let locale = use_locale();
    let caller = part(&row, |row| (row.caller_name.clone(), row.caller_number.clone()));
    let agent = part(&row, |row| row.agent.clone());
    let since = part(&row, |row| row.state_since);
    let mark = part(&row, |row| row.ghost);
    let ghost = GhostKey::Caller(row.with_untracked(|row| row.key.clone()));
    let call = row.with_untracked(|row| CallId::new(&row.key.node, row.session_uuid.clone()));
    view! {
        <tr>
            <th scope="row">
                <span>{move || caller.with(|(name, _)| named(locale, name))}</span>
                <GhostNote
                    mark=mark
                    ghost=ghost
                    name=Signal::derive(move || caller.with(|(name, number)| caller_words(locale, name, number)))
                />
            </th>
            <td data-label=td_string!(locale, queue.number)>{move || caller.with(|(_, number)| number.clone())}</td>
            <td class="wide" data-label=td_string!(locale, queue.agent)>
                <AgentOf agent=agent />
            </td>
            <td class="n" data-label=td_string!(locale, queue.talk_time)>
                <Elapsed since=since />
            </td>
            <td class="act">
                {move || {
                    mark.with(Option::is_none)
                        .then(|| {
                            view! {
                                <SuperviseButton
                                    target=Target::Call(call.clone())
                                    name=Signal::derive(move || {
                                        caller.with(|(name, number)| caller_words(locale, name, number))
                                    })
                                />
                            }
                        })
                }}
            </td>
        </tr>
    }
}
