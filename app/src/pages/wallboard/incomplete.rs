//! Says which part of the day the numbers may lack calls of, because events were lost then.

use leptos::prelude::*;
use leptos_i18n::td_string;

use crate::components::Each;
use crate::components::time::clock_text;
use crate::components::words::{fill, use_locale};
use crate::live::store::use_live_board;
use crate::model::ids::NodeName;
use crate::model::time::UnixMs;

#[component]
pub(super) fn IncompleteNote() -> impl IntoView {
    let board = use_live_board();
    let nodes = Memo::new(move |_| {
        let nodes = board.nodes.all().into_iter().filter(|row| !row.incomplete.is_empty());
        nodes.map(|row| row.node).collect::<Vec<_>>()
    });
    view! {
        <Each
            keys=move || nodes.get()
            children=|node| view! { <NodeNote node=node /> }
        />
    }
}

/// From the beginning of the first interval to the end of the last one: people look at a span, not at a list.
#[component]
fn NodeNote(node: NodeName) -> impl IntoView {
    let locale = use_locale();
    let board = use_live_board();
    let row = board.nodes.get(&node);
    let span = Memo::new(move |_| {
        let intervals = row.as_ref().map(|row| row.with(|row| row.incomplete.clone())).unwrap_or_default();
        let from = intervals.iter().map(|interval| interval.from).min().unwrap_or_default();
        // While the node is lost the interval goes on.
        let to = intervals.iter().map(|interval| interval.to.unwrap_or_else(|| board.now.get())).max();
        (from, to.unwrap_or_default())
    });
    let time = move |which: fn(&(UnixMs, UnixMs)) -> UnixMs| {
        clock_text(Signal::derive(move || span.with(which)), false)
    };
    let (from, to) = (time(|span| span.0), time(|span| span.1));
    let words = move || {
        let gaps = [("node", &*node.0), ("from", &*from.get()), ("to", &*to.get())];
        fill(td_string!(locale, wallboard.incomplete), &gaps)
    };
    view! {
        <p class="incomplete">
            <span aria-hidden="true">"▲ "</span>
            {words}
        </p>
    }
}
