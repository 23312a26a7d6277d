//! A call: its legs, and what happened to it, line by line as it happens.

#![allow(unreachable_pub, reason = "the macro of components writes `pub`, whatever their own visibility")]

mod timeline;

use leptos::prelude::*;
use leptos_i18n::td_string;
use leptos_router::hooks::use_params_map;

use super::calls::{StreamState, follow};
use crate::api::ApiError;
use crate::api::calls::{CallView, read_call};
use crate::components::agent::{caller_words, queue_name};
use crate::components::asked::{Asked, ask_first};
use crate::components::link::queue_href;
use crate::components::live::BoardBar;
use crate::components::supervise::{
    SuperviseButton, SuperviseDialog, Target, call_state, direction, listen_mode, provide_supervision,
};
use crate::components::words::{fill, use_locale};
use crate::components::{Card, Chip, ClockTime, Elapsed, EmptyState, Problem, Tone};
use crate::live::store::use_live_board;
use crate::model::call::{CallDetail, CallsFrame, LegRole, LegRow};
use crate::model::ids::{CallId, NodeName};

use timeline::{Timeline, agent_name};

/// The page of a call.
#[derive(Debug)]
pub struct CallPage;

impl CallPage {
    /// The page itself.
    pub(crate) fn view() -> AnyView {
        let params = use_params_map();
        let id = Memo::new(move |_| {
            params.with(|params| {
                let node = NodeName::new(params.get("node").unwrap_or_default());
                CallId::new(&node, params.get("uuid").unwrap_or_default())
            })
        });
        let call = ask_first(move || id.get(), read_call);
        view! { <Call call id /> }.into_any()
    }
}

#[component]
fn Call(call: Asked<Result<CallView, ApiError>>, id: Memo<CallId>) -> impl IntoView {
    provide_supervision();
    view! {
        <Suspense>
            {move || Suspend::new(async move {
                match call.await {
                    Ok(view) => view! { <Known view id=id.get_untracked() /> }.into_any(),
                    Err(error) => view! { <Failed error /> }.into_any(),
                }
            })}
        </Suspense>
        <SuperviseDialog />
    }
}

#[component]
fn Failed(error: ApiError) -> impl IntoView {
    let locale = use_locale();
    view! {
        <BoardBar title=td_string!(locale, calls.call_title).to_owned() />
        <Problem error />
    }
}

#[component]
fn Known(view: CallView, id: CallId) -> impl IntoView {
    let locale = use_locale();
    let detail = RwSignal::new(view.detail);
    let stream = ArcRwSignal::new(StreamState::Connecting);
    let path = crate::components::link::call_href(&id);
    let followed = stream.clone();
    Effect::new(move |_| {
        let take = move |frame| {
            match frame {
                CallsFrame::Detail(now) => detail.set(Some(*now)),
                CallsFrame::NoSuchCall => {
                    // Who ended while the page was away is not known any more: what was shown last stays.
                }
                _ => {}
            }
            true
        };
        follow(format!("/live{path}"), followed.clone(), take);
    });
    let is_known = Memo::new(move |_| detail.with(Option::is_some));
    move || {
        if is_known.get() {
            view! { <Shown detail stream=stream.clone() /> }.into_any()
        } else {
            view! {
                <BoardBar title=td_string!(locale, calls.call_title).to_owned() />
                <section class="card">
                    <EmptyState
                        title=td_string!(locale, calls.gone).to_owned()
                        hint=td_string!(locale, calls.gone_hint).to_owned()
                    >
                        <a class="button" href="/calls">
                            {td_string!(locale, calls.to_calls)}
                        </a>
                    </EmptyState>
                </section>
            }
            .into_any()
        }
    }
}

#[component]
fn Shown(detail: RwSignal<Option<CallDetail>>, stream: ArcRwSignal<StreamState>) -> impl IntoView {
    let locale = use_locale();
    let board = use_live_board();
    let part = move |read: fn(&CallDetail) -> String| {
        Memo::new(move |_| detail.with(|detail| detail.as_ref().map(read).unwrap_or_default()))
    };
    let number = Memo::new(move |_| {
        detail.with(|detail| {
            let leg = detail.as_ref().and_then(|detail| detail.row.first());
            leg.map_or_else(String::new, |leg| caller_words(locale, &leg.name, &leg.number))
        })
    });
    let uuid = part(|detail| detail.row.id.uuid.clone());
    let node = part(|detail| detail.row.id.node.0.clone());
    let ended_at =
        Memo::new(move |_| detail.with(|detail| detail.as_ref().and_then(|detail| detail.ended_at)));
    let facts = move || {
        detail.with(|detail| {
            detail.as_ref().map(|detail| {
                let row = &detail.row;
                (
                    row.state,
                    row.direction,
                    row.queue.clone(),
                    row.agent.clone(),
                    row.created_at,
                    row.talking_since,
                )
            })
        })
    };
    let facts = Memo::new(move |_| facts());
    let title = Signal::derive(move || fill(td_string!(locale, calls.call_of), &[("name", &number.get())]));
    view! {
        <BoardBar title>
            {move || {
                ended_at
                    .get()
                    .is_none()
                    .then(|| {
                        let id = CallId::new(&NodeName(node.get()), uuid.get());
                        view! { <SuperviseButton target=Target::Call(id) name=number /> }
                    })
            }}
        </BoardBar>
        <p class="muted">
            <a href="/calls">{td_string!(locale, calls.title)}</a> " · " {move || node.get()} " · "
            <span class="uuid">{move || uuid.get()}</span>
        </p>
        <div role="alert">
            {move || {
                (stream.get() == StreamState::Lost && ended_at.get().is_none())
                    .then(|| {
                        view! {
                            <p class="banner critical">
                                <span aria-hidden="true">"■ "</span>
                                {td_string!(locale, calls.stream_lost)}
                            </p>
                        }
                    })
            }}
        </div>
        <div class="halves">
            <Card id="call-facts" title=td_string!(locale, calls.facts).to_owned()>
                <div class="body">
                    {move || {
                        facts
                            .get()
                            .map(|(state, way, queue, agent, created_at, talking_since)| {
                                let (tone, words) = match ended_at.get() {
                                    Some(_) => (Tone::Out, td_string!(locale, calls.ended)),
                                    None => call_state(locale, state),
                                };
                                let (sign, way) = direction(locale, way);
                                view! {
                                    <dl class="call-facts">
                                        <dt>{td_string!(locale, calls.state)}</dt>
                                        <dd>
                                            <Chip tone=Signal::stored(tone) text=words.to_owned() />
                                        </dd>
                                        <dt>{td_string!(locale, calls.direction)}</dt>
                                        <dd>
                                            <span aria-hidden="true">{sign} " "</span>
                                            {way}
                                        </dd>
                                        <dt>{td_string!(locale, calls.began)}</dt>
                                        <dd>
                                            <ClockTime at=Signal::stored(created_at) seconds=true />
                                            {ended_at
                                                .get()
                                                .is_none()
                                                .then(|| {
                                                    view! {
                                                        " · "
                                                        <Elapsed since=Signal::stored(Some(created_at)) />
                                                    }
                                                })}
                                        </dd>
                                        {talking_since
                                            .filter(|_| ended_at.get().is_none())
                                            .map(|since| {
                                                view! {
                                                    <dt>{td_string!(locale, calls.talking)}</dt>
                                                    <dd>
                                                        <Elapsed since=Signal::stored(Some(since)) />
                                                    </dd>
                                                }
                                            })}
                                        {queue
                                            .map(|key| {
                                                view! {
                                                    <dt>{td_string!(locale, calls.queue)}</dt>
                                                    <dd>
                                                        <a href=queue_href(&key)>{queue_name(&board, &key)}</a>
                                                    </dd>
                                                }
                                            })}
                                        {agent
                                            .map(|key| {
                                                view! {
                                                    <dt>{td_string!(locale, calls.agent)}</dt>
                                                    <dd>{agent_name(&board, &key)}</dd>
                                                }
                                            })}
                                    </dl>
                                }
                            })
                    }}
                    <Legs detail />
                </div>
            </Card>
            <Card id="call-timeline" title=td_string!(locale, calls.timeline).to_owned()>
                <Timeline detail />
            </Card>
        </div>
    }
}

#[component]
fn Legs(detail: RwSignal<Option<CallDetail>>) -> impl IntoView {
    let locale = use_locale();
    let legs = Memo::new(move |_| {
        detail.with(|detail| detail.as_ref().map(|detail| detail.row.legs.clone()).unwrap_or_default())
    });
    view! {
        <h3>{td_string!(locale, calls.legs)}</h3>
        <ul class="legs">
            {move || {
                legs.get()
                    .into_iter()
                    .map(|leg| {
                        view! {
                            <li>
                                <b>{caller_words(locale, &leg.name, &leg.number)}</b>
                                <span class="muted">{about(locale, &leg)}</span>
                            </li>
                        }
                    })
                    .collect_view()
            }}
        </ul>
    }
}

/// What a leg is, and its codec.
fn about(locale: crate::i18n::Locale, leg: &LegRow) -> String {
    let mut words = vec![match leg.role {
        LegRole::Party => td_string!(locale, calls.party).to_owned(),
        LegRole::Agent => td_string!(locale, calls.agent_phone).to_owned(),
        LegRole::Listener => listen_mode(locale, leg.mode).to_owned(),
    }];
    if leg.answered_at.is_none() {
        words.push(td_string!(locale, calls.not_answered).to_owned());
    }
    if !leg.codecs.is_empty() {
        words.push(leg.codecs.clone());
    }
    if leg.is_held {
        words.push(td_string!(locale, calls.holds).to_owned());
    }
    if leg.recording.is_some() {
        words.push(td_string!(locale, calls.recorded).to_owned());
    }
    words.join(" · ")
}
