//! The caller of the moment: ringing, talking, or the wrap-up after the call.

use leptos::form::ActionForm;
use leptos::prelude::*;

use super::DeskRow;
use super::answer::Answer;
use super::tools::CallTools;
use crate::api::own_call::SetOwnWrapUp;
use crate::components::{Card, Elapsed, Remaining, use_locale};
use crate::i18n::*;
use crate::model::agent::{AgentCall, AgentStatus, Presence};
use crate::model::ids::short_name;
use crate::model::time::UnixMs;

/// The caller, or what to expect while there is none. Names and numbers are the caller's own words: only ever text.
#[component]
pub(super) fn CallCard(row: DeskRow, #[prop(into)] is_usable: Signal<bool>) -> impl IntoView {
    let locale = use_locale();
    let call = Memo::new(move |_| row.with(|row| row.call.clone()));
    let wrap_up_until = Memo::new(move |_| row.with(|row| row.wrap_up_until));
    let is_wrapping_up = Memo::new(move |_| row.with(|row| row.presence == Presence::WrapUp));
    // Those of the call outlive it for a moment: what became of a press is said after the call is gone.
    view! {
        <Card
            id="desk-caller"
            title=td_string!(locale, desk.caller).to_owned()
            class="desk-caller"
            tools=move || view! { <span class="muted">{move || state_words(locale, row)}</span> }
        >
            {move || match (call.get(), wrap_up_until.get()) {
                (Some(call), _) => view! { <Caller row call /> }.into_any(),
                (None, Some(until)) if is_wrapping_up.get() => view! { <WrapUp until is_usable /> }.into_any(),
                (None, _) => view! { <Nobody row /> }.into_any(),
            }}
            <CallTools row is_usable />
        </Card>
    }
}

/// Where the desk stands, in words.
fn state_words(locale: Locale, row: DeskRow) -> &'static str {
    row.with(|row| {
        let is_held = row.call.as_ref().is_some_and(|call| call.held_since.is_some());
        match row.presence {
            Presence::Available => td_string!(locale, desk.state.waiting),
            Presence::Ringing => td_string!(locale, desk.state.ringing),
            Presence::OnCall if is_held => td_string!(locale, desk.state.held),
            Presence::OnCall => td_string!(locale, desk.state.talking),
            Presence::WrapUp => td_string!(locale, desk.state.wrap_up),
            Presence::Idle => td_string!(locale, desk.state.idle),
            Presence::OnBreak => td_string!(locale, desk.state.on_break),
            Presence::LoggedOut => td_string!(locale, desk.state.logged_out),
        }
    })
}

#[component]
fn Caller(row: DeskRow, call: AgentCall) -> impl IntoView {
    let locale = use_locale();
    let AgentCall { queue, caller_name, caller_number, joined_at, held_since, .. } = call;
    let name = or_words(caller_name, td_string!(locale, common.unknown_caller));
    let number = or_words(caller_number, td_string!(locale, desk.hidden_number));
    let is_talking = Memo::new(move |_| row.with(|row| row.presence == Presence::OnCall));
    let since = Memo::new(move |_| row.with(|row| row.presence_since));
    // Once they talk, the wait is over and stands still.
    let waited = Memo::new(move |_| {
        let (answered_at, joined_at) = (since.get().filter(|_| is_talking.get())?, joined_at?);
        Some(answered_at.since(joined_at).clock())
    });
    view! {
        <div class="desk-call">
            <p class="desk-call-who">
                <strong>{name}</strong>
                <span class="desk-call-number">{number}</span>
            </p>
            <dl class="desk-facts">
                <div>
                    <dt>{td_string!(locale, desk.queue)}</dt>
                    <dd>{short_name(&queue.name).to_owned()}</dd>
                </div>
                <div>
                    <dt>{td_string!(locale, desk.waited)}</dt>
                    <dd>
                        {move || match waited.get() {
                            Some(waited) => view! { <span class="duration">{waited}</span> }.into_any(),
                            None => view! { <Elapsed since=Signal::stored(joined_at) /> }.into_any(),
                        }}
                    </dd>
                </div>
                <div>
                    <dt>
                        {move || {
                            if is_talking.get() {
                                td_string!(locale, desk.talk_time)
                            } else {
                                td_string!(locale, desk.ringing_for)
                            }
                        }}
                    </dt>
                    <dd>
                        <Elapsed since />
                    </dd>
                </div>
                {held_since
                    .map(|since| {
                        view! {
                            <div class="desk-held">
                                <dt>{td_string!(locale, desk.held_for)}</dt>
                                <dd>
                                    <Elapsed since=Signal::stored(Some(since)) />
                                </dd>
                            </div>
                        }
                    })}
            </dl>
        </div>
    }
}

fn or_words(text: String, words: &str) -> String {
    if text.trim().is_empty() { words.to_owned() } else { text }
}

/// How long it still lasts, and the two ways to change that.
#[component]
fn WrapUp(until: UnixMs, is_usable: Signal<bool>) -> impl IntoView {
    let locale = use_locale();
    let action = ServerAction::<SetOwnWrapUp>::new();
    let is_off = move || !is_usable.get() || action.pending().get();
    view! {
        <div class="desk-call desk-wrapup">
            <p class="desk-call-who">
                <strong>
                    <Remaining until=Signal::stored(until) />
                </strong>
            </p>
            <p class="muted">{td_string!(locale, desk.wrap_up_left)}</p>
            <ActionForm action=action>
                <div class="desk-buttons">
                    <button type="submit" name="step" value="more" disabled=is_off>
                        {td_string!(locale, desk.wrap_up_more)}
                    </button>
                    <button type="submit" name="step" value="ready" class="primary" disabled=is_off>
                        {td_string!(locale, desk.wrap_up_ready)}
                    </button>
                </div>
            </ActionForm>
            <Answer
                value=Signal::derive(move || action.value().get())
                is_asking=action.pending()
                done=String::new()
            />
        </div>
    }
}

/// No caller: what to expect, by the status.
#[component]
fn Nobody(row: DeskRow) -> impl IntoView {
    let locale = use_locale();
    let takes_calls = Memo::new(move |_| {
        row.with(|row| matches!(row.status, AgentStatus::Available | AgentStatus::AvailableOnDemand))
    });
    view! {
        <div class="empty">
            <p class="empty-title">{td_string!(locale, desk.no_caller)}</p>
            <p>
                {move || {
                    if takes_calls.get() {
                        td_string!(locale, desk.no_caller_available)
                    } else {
                        td_string!(locale, desk.no_caller_away)
                    }
                }}
            </p>
        </div>
    }
}
