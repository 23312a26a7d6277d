//! Agents of a queue by what they do: a bar of shares, and the numbers with their signs and words.

use leptos::prelude::*;

use super::chart::{MixBar, MixPart};
use super::chip::Tone;
use super::words::{self, use_locale};
use crate::model::agent::Presence;
use crate::model::board::AgentCounts;

/// Those that always stand there; the others appear while there are any.
const ALWAYS: [Presence; 5] =
    [Presence::Available, Presence::OnCall, Presence::WrapUp, Presence::OnBreak, Presence::LoggedOut];

/// The bar and the numbers. The bar leaves out who is logged out: it shows how the signed-in are spread.
#[component]
pub fn AgentCountsCell(
    /// The numbers.
    #[prop(into)]
    counts: Signal<AgentCounts>,
) -> impl IntoView {
    let parts = move || {
        let counts = counts.get();
        let signed_in = Presence::ALL.into_iter().filter(|presence| *presence != Presence::LoggedOut);
        signed_in
            .map(|presence| MixPart { tone: presence.into(), count: counts.get(presence) })
            .collect::<Vec<_>>()
    };
    view! {
        <MixBar parts=parts />
        <span class="counts">
            {Presence::ALL.map(|presence| view! { <Count presence=presence counts=counts /> }).collect_view()}
        </span>
    }
}

#[component]
fn Count(presence: Presence, counts: Signal<AgentCounts>) -> impl IntoView {
    let locale = use_locale();
    let count = Memo::new(move |_| counts.get().get(presence));
    let tone = Tone::from(presence);
    let word = words::presence(locale, presence);
    view! {
        <span
            class=format!("count {}", tone.class())
            title=word
            data-presence=tone.class()
            hidden=move || count.get() == 0 && !ALWAYS.contains(&presence)
        >
            <span class="sign" aria-hidden="true">
                {tone.sign()}
            </span>
            <span class="sr-only">{word} " "</span>
            <span>{move || count.get().to_string()}</span>
        </span>
    }
}
