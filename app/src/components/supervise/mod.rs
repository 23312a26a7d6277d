//! What a supervisor may do to an agent, a call or a waiting caller, wherever one of them stands on a page: a button, and one
//! dialog a page that says of each action what it brings about. For lazily loaded pages only: it is heavy.
//!
//! - [`dialog`]: the dialog.
//! - [`agent`]: statuses of an agent.
//! - [`call`]: a call that is going on.
//! - [`caller`]: a caller who waits.
//! - [`doing`]: sends what was chosen, once, and shows what became of it.

#![allow(unreachable_pub, reason = "the macro of components writes `pub`, whatever their own visibility")]

mod agent;
mod call;
mod caller;
mod dialog;
mod doing;

use leptos::prelude::*;
use leptos_i18n::td_string;

pub use dialog::SuperviseDialog;

use super::chip::Tone;
use super::words::{fill, use_locale};
use crate::i18n::Locale;
use crate::model::account::Permission;
use crate::model::call::{CallState, Direction, ListenMode};
use crate::model::ids::{AgentKey, CallId, MemberKey};

/// What is acted on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// An agent, and the call that the agent is in.
    Agent(AgentKey),
    /// A call.
    Call(CallId),
    /// A caller who waits.
    Caller(MemberKey),
}

/// What the dialog is open for.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Asked {
    target: Target,
    /// Of the agent, or of the caller.
    name: String,
}

#[derive(Clone, Copy)]
struct Question(RwSignal<Option<Asked>>);

/// Lets [`SuperviseButton`]s on this page ask; the page holds one [`SuperviseDialog`].
pub fn provide_supervision() {
    provide_context(Question(RwSignal::new(None)));
}

/// Whether the user may do something. The server asks again.
fn may(permission: Permission) -> bool {
    crate::pages::layout::may(permission)
}

/// The button that opens the dialog. It is not there for those who may do nothing.
#[component]
pub fn SuperviseButton(
    /// What it is about.
    target: Target,
    /// Of the agent, or of the caller.
    #[prop(into)]
    name: Signal<String>,
) -> impl IntoView {
    let locale = use_locale();
    let Question(question) = expect_context();
    let may_act = [
        Permission::ForceStatus,
        Permission::Listen,
        Permission::Whisper,
        Permission::Barge,
        Permission::SteerCalls,
        Permission::Record,
    ]
    .into_iter()
    .any(may);
    may_act.then(|| {
        let ask = move |_| {
            question.set(Some(Asked { target: target.clone(), name: name.get_untracked() }));
        };
        let label = move || fill(td_string!(locale, supervise.act_on), &[("name", &name.get())]);
        view! {
            <button type="button" class="compact act" aria-haspopup="dialog" aria-label=label on:click=ask>
                {td_string!(locale, supervise.act)}
            </button>
        }
    })
}

/// What a call is doing: colour with sign, and word.
pub fn call_state(locale: Locale, state: CallState) -> (Tone, &'static str) {
    match state {
        CallState::Ringing => (Tone::Ringing, td_string!(locale, supervise.state.ringing)),
        CallState::Waiting => (Tone::Neutral, td_string!(locale, supervise.state.waiting)),
        CallState::Offered => (Tone::Ringing, td_string!(locale, supervise.state.offered)),
        CallState::Talking => (Tone::Talking, td_string!(locale, supervise.state.talking)),
        CallState::Held => (Tone::WrapUp, td_string!(locale, supervise.state.held)),
        CallState::Alone => (Tone::Idle, td_string!(locale, supervise.state.alone)),
    }
}

/// From where to where: sign and word.
pub fn direction(locale: Locale, direction: Direction) -> (&'static str, &'static str) {
    match direction {
        Direction::Inbound => ("↘", td_string!(locale, supervise.inbound)),
        Direction::Outbound => ("↗", td_string!(locale, supervise.outbound)),
        Direction::Internal => ("↔", td_string!(locale, supervise.internal)),
    }
}

/// How a supervisor is in a call.
pub fn listen_mode(locale: Locale, mode: Option<ListenMode>) -> &'static str {
    match mode {
        Some(ListenMode::Whisper) => td_string!(locale, supervise.whispers),
        Some(ListenMode::Barge) => td_string!(locale, supervise.barges),
        Some(ListenMode::Listen) | None => td_string!(locale, supervise.listens),
    }
}
