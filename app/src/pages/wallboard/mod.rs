//! The wallboard: all queues on one screen.
//!
//! - [`figures`]: the sums above.
//! - [`queues`], [`row`]: the table, and one line of it.
//! - [`order`]: which queues are shown, and in which order.
//! - [`chooser`]: the dialog that hides and shows queues.
//! - [`incomplete`]: which part of the day the numbers may lack calls of.
//! - [`agents`]: the card of agents at the side.

#![allow(unreachable_pub, reason = "the macro of components writes `pub`, whatever their own visibility")]

mod agents;
mod chooser;
mod figures;
mod incomplete;
mod order;
mod queues;
mod row;

use leptos::prelude::*;
use leptos_i18n::td_string;

use crate::components::live::BoardBar;
use crate::components::words::use_locale;
use crate::components::{Definitions, Metric};

/// The wallboard.
#[component]
pub fn WallboardPage() -> impl IntoView {
    let locale = use_locale();
    view! {
        <BoardBar title=td_string!(locale, wallboard.title).to_owned() />
        <figures::Figures />
        <div class="two">
            <queues::QueuesCard />
            <agents::AgentsCard />
        </div>
        <Definitions metrics=&Metric::ALL />
    }
}
