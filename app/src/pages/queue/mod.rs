//! A queue's own page.
//!
//! - [`figures`]: its numbers.
//! - [`callers`]: who waits, in the order in which they will be served, and who talks.
//! - [`agents`]: its agents by tier.
//! - [`targets`]: the dialog that sets what the numbers are measured against.

#![allow(unreachable_pub, reason = "the macro of components writes `pub`, whatever their own visibility")]

mod agents;
mod callers;
mod figures;
mod targets;

use leptos::prelude::*;
use leptos_i18n::td_string;
use leptos_router::hooks::use_params_map;

use super::layout::may;
use crate::components::live::{AsOf, BoardBar, use_stale_since};
use crate::components::supervise::{SuperviseDialog, provide_supervision};
use crate::components::words::{fill, use_locale};
use crate::components::{
    Definitions, EmptyState, MessageButton, MessageDialog, Metric, RepairDialog, provide_messaging,
    provide_repairs,
};
use crate::live::store::use_live_board;
use crate::model::account::Permission;
use crate::model::board::QueueRow;
use crate::model::ids::{NodeName, QueueKey, short_name};
use crate::model::message::MessageTarget;

/// The page of a queue.
#[derive(Debug)]
pub struct QueuePage;

impl QueuePage {
    /// The page itself.
    pub(crate) fn view() -> AnyView {
        view! { <Queue /> }.into_any()
    }
}

#[component]
fn Queue() -> impl IntoView {
    let locale = use_locale();
    let board = use_live_board();
    let params = use_params_map();
    let key = Memo::new(move |_| {
        params.with(|params| {
            let node = NodeName::new(params.get("node").unwrap_or_default());
            QueueKey::new(&node, params.get("name").unwrap_or_default())
        })
    });
    let keys = board.queues.keys();
    // Follows the address, and whether the switch has the queue: it may come and go while the page is open.
    let found = Memo::new(move |_| {
        let key = key.get();
        let is_there = keys.with(|keys| keys.contains(&key));
        (key, is_there)
    });
    move || {
        let (key, _) = found.get();
        match board.queues.get(&key) {
            Some(row) => view! { <KnownQueue queue=key row=row /> }.into_any(),
            None => view! {
                <BoardBar title=short_name(&key.name).to_owned() />
                <section class="card">
                    <EmptyState
                        title=td_string!(locale, queue.gone).to_owned()
                        hint=td_string!(locale, queue.gone_hint).to_owned()
                    >
                        <a class="button" href="/">
                            {td_string!(locale, queue.to_wallboard)}
                        </a>
                    </EmptyState>
                </section>
            }
            .into_any(),
        }
    }
}

#[component]
fn KnownQueue(queue: QueueKey, row: ArcRwSignal<QueueRow>) -> impl IntoView {
    let locale = use_locale();
    let stale_since = use_stale_since(queue.node.clone());
    let is_editing = RwSignal::new(false);
    let target = MessageTarget::Queue(queue.clone());
    provide_repairs();
    provide_messaging(may(Permission::SendMessages));
    provide_supervision();
    let name = {
        let row = row.clone();
        Signal::derive(move || row.with(|row| row.display_name.clone()))
    };
    let about = {
        let row = row.clone();
        move || {
            row.with(|row| {
                let gaps = [("name", &*row.key.name), ("node", &row.key.node.0), ("strategy", &row.strategy)];
                fill(td_string!(locale, queue.about), &gaps)
            })
        }
    };
    view! {
        <BoardBar title=name>
            <MessageButton to=target name />
            <button type="button" class="primary" aria-haspopup="dialog" on:click=move |_| is_editing.set(true)>
                {td_string!(locale, queue.targets)}
            </button>
        </BoardBar>
        <p class="muted">{about} " " <AsOf since=stale_since /></p>
        <div class="queue-page" class:is-stale=move || stale_since.get().is_some()>
            <figures::QueueFigures row=row.clone() />
            <div class="halves">
                <callers::WaitingCard row=row.clone() />
                <callers::TalkingCard queue=queue.clone() />
            </div>
            <agents::TierCard queue=queue />
        </div>
        <targets::TargetsDialog open=is_editing row=row />
        <RepairDialog />
        <MessageDialog />
        <SuperviseDialog />
        <Definitions metrics=&[
            Metric::Waiting,
            Metric::LongestWait,
            Metric::Available,
            Metric::ServiceLevel,
            Metric::Abandoned,
            Metric::SpeedOfAnswer,
            Metric::HandleTime,
        ] />
    }
}
