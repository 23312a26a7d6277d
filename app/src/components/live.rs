//! What a page of live numbers says of itself: how fresh it is, which nodes it sees, what is lost.

use leptos::prelude::*;
use leptos_i18n::td_string;

use super::chip::{Chip, Tone};
use super::each::Each;
use super::page::PageTitle;
use super::time::clock_text;
use super::words::{self, use_locale};
use crate::live::Freshness;
use crate::live::store::use_live_board;
use crate::model::board::LinkState;
use crate::model::ids::NodeName;
use crate::model::time::UnixMs;

/// How old the numbers of a node are, if they cannot be believed: since when the stream or the node is lost.
pub fn use_stale_since(node: impl Into<Signal<NodeName>>) -> Memo<Option<UnixMs>> {
    let node = node.into();
    let board = use_live_board();
    let (nodes, freshness) = (board.nodes, board.freshness);
    Memo::new(move |_| {
        let stream = match freshness.get() {
            Freshness::Lost { since } => Some(since),
            _ => None,
        };
        let node = node.with(|node| nodes.get(node)).and_then(|row| {
            row.with(|row| match row.link {
                LinkState::Lost { since, .. } => Some(since),
                _ => None,
            })
        });
        // The older of the two: what is shown is as old as that.
        stream.into_iter().chain(node).min()
    })
}

/// When the numbers of a greyed row are from; empty while they are live.
#[component]
pub fn AsOf(
    /// Since when they cannot be believed.
    since: Memo<Option<UnixMs>>,
) -> impl IntoView {
    let locale = use_locale();
    let time = clock_text(Signal::derive(move || since.get().unwrap_or_default()), true);
    move || {
        since.get().map(|_| {
            let words = words::fill(td_string!(locale, common.stale.as_of), &[("time", &time.get())]);
            view! { <span class="as-of">{words}</span> }.into_any()
        })
    }
}

/// The top of a page of live numbers: its title, how fresh it is, the nodes, and what is lost.
#[component]
pub fn BoardBar(
    /// The title of the page.
    #[prop(into)]
    title: Signal<String>,
    /// What belongs to the page: a remark, its one primary action.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    view! {
        <div class="bar">
            <PageTitle title=title />
            <span class="push"></span>
            <FreshnessBadge />
            <NodeChips />
            {children.map(|children| children())}
        </div>
        <StaleBanner />
        <NewBuildBanner />
    }
}

/// How fresh the page is, in words and milliseconds.
#[component]
pub fn FreshnessBadge() -> impl IntoView {
    let locale = use_locale();
    let freshness = use_live_board().freshness;
    let state = {
        let freshness = freshness.clone();
        move || match freshness.get() {
            Freshness::Connecting => "connecting",
            Freshness::Live { .. } => "live",
            Freshness::Lost { .. } => "lost",
        }
    };
    let text = Memo::new(move |_| match freshness.get() {
        Freshness::Connecting => td_string!(locale, common.fresh.connecting).to_owned(),
        Freshness::Live { latency_ms: None } => td_string!(locale, common.fresh.live).to_owned(),
        Freshness::Live { latency_ms: Some(ms) } => {
            words::fill(td_string!(locale, common.fresh.live_ms), &[("ms", &ms.to_string())])
        }
        Freshness::Lost { .. } => td_string!(locale, common.fresh.lost).to_owned(),
    });
    view! {
        <span class="fresh" data-state=state title=td_string!(locale, common.fresh.explain)>
            <span class="sign" aria-hidden="true"></span>
            {move || text.get()}
        </span>
    }
}

/// The nodes of the switch, each with its state in words.
#[component]
pub fn NodeChips() -> impl IntoView {
    let board = use_live_board();
    let keys = board.nodes.keys();
    view! {
        <ul class="nodes">
            <Each
                keys=move || keys.get()
                children=move |node| {
                    let row = board.nodes.get(&node);
                    view! { <NodeChip node=node row=row /> }
                }
            />
        </ul>
    }
}

#[component]
fn NodeChip(node: NodeName, row: Option<ArcRwSignal<crate::model::board::NodeRow>>) -> impl IntoView {
    let locale = use_locale();
    let state = move || {
        row.as_ref().map_or((Tone::Warning, ""), |row| {
            row.with(|row| match row.link {
                LinkState::Live => (Tone::Good, td_string!(locale, common.node.live)),
                LinkState::Connecting => (Tone::Warning, td_string!(locale, common.node.connecting)),
                LinkState::Lost { .. } => (Tone::Critical, td_string!(locale, common.node.lost)),
            })
        })
    };
    let tone = {
        let state = state.clone();
        Signal::derive(move || state().0)
    };
    view! {
        <li>
            <Chip
                tone=tone
                text=Signal::derive(move || format!("{node} {}", state().1))
            />
        </li>
    }
}

/// Says what is lost and since when; empty while nothing is. Read out once when it appears.
#[component]
pub fn StaleBanner() -> impl IntoView {
    let locale = use_locale();
    let board = use_live_board();
    let freshness = board.freshness.clone();
    let stream = Memo::new(move |_| match freshness.get() {
        Freshness::Lost { since } => Some(since),
        _ => None,
    });
    let stream_since = clock_text(Signal::derive(move || stream.get().unwrap_or_default()), true);
    let keys = board.nodes.keys();
    view! {
        <div class="banners" role="alert">
            {move || {
                stream
                    .get()
                    .map(|_| {
                        view! {
                            <p class="banner critical">
                                <span aria-hidden="true">"■ "</span>
                                {move || {
                                    words::fill(td_string!(locale, common.stale.stream), &[("time", &stream_since.get())])
                                }}
                            </p>
                        }
                        .into_any()
                    })
            }}
            <Each
                keys=move || keys.get()
                children=move |node| {
                    let row = board.nodes.get(&node);
                    view! { <NodeBanner node=node row=row /> }
                }
            />
        </div>
    }
}

#[component]
fn NodeBanner(node: NodeName, row: Option<ArcRwSignal<crate::model::board::NodeRow>>) -> impl IntoView {
    let locale = use_locale();
    let link = Memo::new(move |_| row.as_ref().map(|row| row.with(|row| row.link.clone())));
    let since = clock_text(
        Signal::derive(move || match link.get() {
            Some(LinkState::Lost { since, .. }) => since,
            _ => UnixMs::default(),
        }),
        true,
    );
    let words = move || match link.get() {
        Some(LinkState::Lost { problem, .. }) => {
            let problem = words::link_problem(locale, problem);
            let gaps = [("node", node.0.as_str()), ("time", &since.get()), ("problem", problem)];
            Some(("banner critical", "■ ", words::fill(td_string!(locale, common.stale.node), &gaps)))
        }
        Some(LinkState::Connecting) => {
            let sentence = td_string!(locale, common.stale.node_connecting);
            Some(("banner warning", "▲ ", words::fill(sentence, &[("node", &node.0)])))
        }
        Some(LinkState::Live) | None => None,
    };
    move || {
        words().map(|(class, sign, words)| {
            view! {
                <p class=class>
                    <span aria-hidden="true">{sign}</span>
                    {words}
                </p>
            }
            .into_any()
        })
    }
}

/// Offers to load the page again when the server runs a newer program.
#[component]
pub fn NewBuildBanner() -> impl IntoView {
    let locale = use_locale();
    let new_build = use_live_board().new_build;
    view! {
        <div role="status">
            {move || {
                new_build
                    .get()
                    .then(|| {
                        view! {
                            <p class="banner news">
                                {td_string!(locale, common.new_build)} " "
                                // Not for the router: the page must come from the server.
                                <a href="" rel="external">
                                    {td_string!(locale, common.reload)}
                                </a>
                            </p>
                        }
                        .into_any()
                    })
            }}
        </div>
    }
}
