//! The dialog: who or what it is about, what may be done, and what became of it.

use std::time::Duration;

use leptos::prelude::*;
use leptos_i18n::td_string;

use super::agent::AgentActions;
use super::call::CallActions;
use super::caller::CallerActions;
use super::doing::{Doing, Outcome};
use super::{Asked, Question, Target};
use crate::api::ApiError;
use crate::api::calls::{CallView, find_call, read_call};
use crate::components::words::{fill, use_locale};
use crate::components::{Dialog, Problem};
use crate::live::store::use_live_board;
use crate::model::call::CallState;
use crate::model::ids::CallId;

/// While the dialog is open what it shows of the call is read that often.
const REFRESH: Duration = Duration::from_secs(2);

/// The dialog of the page.
#[component]
pub fn SuperviseDialog() -> impl IntoView {
    let locale = use_locale();
    let Question(question) = expect_context();
    let open = RwSignal::new(false);
    let doing = Doing::new();
    Effect::new(move |_| {
        if question.with(Option::is_some) {
            doing.clear();
            open.set(true);
        }
    });
    Effect::new(move |_| {
        if !open.get() {
            question.set(None);
        }
    });
    let title = move || {
        question.with(|asked| {
            asked.as_ref().map_or_else(String::new, |asked| {
                fill(td_string!(locale, supervise.title), &[("name", &asked.name)])
            })
        })
    };
    view! {
        <Dialog open title=Signal::derive(title) id="supervise">
            {move || question.get().map(|asked| view! { <Body asked doing /> })}
        </Dialog>
    }
}

/// The leg that the call of a target is found by.
fn leg_of(target: &Target) -> Option<CallId> {
    match target {
        Target::Agent(_) => None,
        Target::Call(id) => Some(id.clone()),
        Target::Caller(member) => {
            let row = use_live_board().members.get(member)?;
            Some(row.with_untracked(|row| CallId::new(&row.key.node, row.session_uuid.clone())))
        }
    }
}

#[component]
fn Body(asked: Asked, doing: Doing) -> impl IntoView {
    let Asked { target, .. } = asked;
    let ticks = RwSignal::new(0_u32);
    Effect::new(move |_| {
        if let Ok(interval) = set_interval_with_handle(move || ticks.update(|ticks| *ticks += 1), REFRESH) {
            on_cleanup(move || interval.clear());
        }
    });
    let leg = leg_of(&target);
    let of_agent = match &target {
        Target::Agent(key) => Some(key.clone()),
        _ => None,
    };
    // What was read last stays while it is read again, so that nothing under the pointer moves.
    let known = RwSignal::new(None::<Result<CallView, ApiError>>);
    Effect::new(move |_| {
        ticks.track();
        doing.answers.track();
        let (leg, of_agent) = (leg.clone(), of_agent.clone());
        leptos::task::spawn_local(async move {
            let read = match (leg, of_agent) {
                (Some(leg), _) => read_call(leg).await,
                (None, Some(agent)) => find_call(agent).await,
                (None, None) => return,
            };
            // The dialog may be closed by now.
            if known.try_with_untracked(|known| known.as_ref() != Some(&read)) == Some(true) {
                known.set(Some(read));
            }
        });
    });
    let agent = match &target {
        Target::Agent(key) => Some(key.clone()),
        _ => None,
    };
    let caller = match &target {
        Target::Caller(key) => Some(key.clone()),
        _ => None,
    };
    // A waiting call on the page of calls is a waiting caller.
    let member = Memo::new(move |_| {
        caller.clone().or_else(|| {
            known.with(|known| {
                let row = &known.as_ref()?.as_ref().ok()?.detail.as_ref()?.row;
                let waits = matches!(row.state, CallState::Waiting | CallState::Offered);
                row.member.clone().filter(|_| waits)
            })
        })
    });
    view! {
        <div class="body supervise">
            <Outcome doing />
            {move || match known.get() {
                Some(Err(error)) => Some(view! { <Problem error /> }),
                _ => None,
            }}
            {agent.map(|agent| view! { <AgentActions agent doing /> })}
            <CallActions known doing />
            {move || member.get().map(|member| view! { <CallerActions member known doing /> })}
        </div>
    }
}
