//! The large toggles and the reasons of a break: what the agent asks of the switch.
//!
//! Both forms work without the program. What is pressed is what the switch says, never what was asked.

use std::time::Duration;

use leptos::form::ActionForm;
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use leptos::{ev, html, web_sys};

use super::DeskRow;
use super::day::Day;
use super::facts::Facts;
use super::refusal::Refusal;
use crate::api::desk::SetOwnStatus;
use crate::components::words::fill;
use crate::components::{use_locale, words};
use crate::i18n::*;
use crate::live::store::use_live_board;
use crate::model::agent::{AgentStatus, ReasonCode};
use crate::model::center::BreakReason;
use crate::model::time::DurationMs;

/// How long the page waits for the event of a change that the switch took.
const PATIENCE: Duration = Duration::from_secs(10);

/// Within these a key writes or chooses something and is no command.
const FIELDS: &str = "input, textarea, select, [contenteditable], dialog[open]";

/// What was asked and has not come back as an event.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Asked {
    status: AgentStatus,
    reason: Option<ReasonCode>,
}

impl Asked {
    fn of(input: &SetOwnStatus) -> Option<Self> {
        let status = Choice::ALL.into_iter().find(|choice| choice.code() == input.status)?.status();
        Some(Self { status, reason: input.reason.clone().map(ReasonCode) })
    }
}

/// One of the toggles.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Choice {
    Available,
    OnBreak,
    LoggedOut,
    /// Where the center offers it.
    OnDemand,
}

impl Choice {
    const ALL: [Self; 4] = [Self::Available, Self::OnBreak, Self::LoggedOut, Self::OnDemand];

    /// Those that a desk has.
    fn offered(is_on_demand_offered: bool) -> Vec<Self> {
        let usual = [Self::Available, Self::OnBreak, Self::LoggedOut];
        if !is_on_demand_offered {
            return usual.into();
        }
        vec![Self::Available, Self::OnDemand, Self::OnBreak, Self::LoggedOut]
    }

    /// What the form sends.
    const fn code(self) -> &'static str {
        match self {
            Self::Available => "available",
            Self::OnBreak => "on-break",
            Self::LoggedOut => "logged-out",
            Self::OnDemand => "on-demand",
        }
    }

    const fn status(self) -> AgentStatus {
        match self {
            Self::Available => AgentStatus::Available,
            Self::OnBreak => AgentStatus::OnBreak,
            Self::LoggedOut => AgentStatus::LoggedOut,
            Self::OnDemand => AgentStatus::AvailableOnDemand,
        }
    }

    /// The key that presses it.
    const fn key(self) -> &'static str {
        match self {
            Self::Available => "1",
            Self::OnBreak => "2",
            Self::LoggedOut => "3",
            Self::OnDemand => "4",
        }
    }

    /// Colour and sign of the state that it leads to.
    const fn look(self) -> (&'static str, &'static str) {
        match self {
            Self::Available => ("available", "✓"),
            Self::OnBreak => ("break", "‖"),
            Self::LoggedOut => ("out", "○"),
            Self::OnDemand => ("available", "◇"),
        }
    }

    fn words(self, locale: Locale) -> (&'static str, &'static str) {
        match self {
            Self::Available => (td_string!(locale, desk.available), td_string!(locale, desk.available_hint)),
            Self::OnBreak => (td_string!(locale, desk.on_break), td_string!(locale, desk.on_break_hint)),
            Self::LoggedOut => {
                (td_string!(locale, desk.logged_out), td_string!(locale, desk.logged_out_hint))
            }
            Self::OnDemand => (td_string!(locale, desk.on_demand), td_string!(locale, desk.on_demand_hint)),
        }
    }

    /// Whether the switch says so. One who takes calls on demand is available, too, where there is no toggle for it.
    fn is_pressed(self, status: AgentStatus, is_on_demand_offered: bool) -> bool {
        let is_on_demand = status == AgentStatus::AvailableOnDemand;
        self.status() == status || self == Self::Available && is_on_demand && !is_on_demand_offered
    }
}

/// The toggles, the reasons, and what became of the last press.
#[component]
pub(super) fn StatusForms(
    row: DeskRow,
    #[prop(into)] is_usable: Signal<bool>,
    /// Those of the center, the retired ones too.
    reasons: Vec<BreakReason>,
    is_on_demand_offered: bool,
    day: Day,
) -> impl IntoView {
    let locale = use_locale();
    let action = ServerAction::<SetOwnStatus>::new();
    let asked = RwSignal::new(None::<Asked>);
    let is_unconfirmed = RwSignal::new(false);
    let is_choosing = RwSignal::new(false);
    let first_reason = NodeRef::<html::Button>::new();

    follow_outcome(action, row, asked, is_unconfirmed, is_choosing);
    let offer_reasons = move || {
        is_choosing.set(true);
        if let Some(button) = first_reason.get_untracked() {
            // Focus is a courtesy: without it the reasons are marked all the same.
            let _ = button.focus();
        }
    };
    listen_to_keys(action, is_usable, is_on_demand_offered, offer_reasons);

    view! {
        <section class="desk-status" aria-labelledby="desk-status-title">
            <h2 id="desk-status-title" class="sr-only">
                {td_string!(locale, desk.status)}
            </h2>
            <ActionForm action=action>
                <div class="desk-toggles" data-count=if is_on_demand_offered { "4" } else { "3" }>
                    {Choice::offered(is_on_demand_offered)
                        .into_iter()
                        .map(|choice| {
                            view! { <Toggle choice row is_usable is_on_demand_offered asked action offer_reasons /> }
                        })
                        .collect_view()}
                </div>
            </ActionForm>
            <ActionForm action=action>
                <input type="hidden" name="status" value=Choice::OnBreak.code() />
                <div
                    class="desk-reasons"
                    role="group"
                    aria-labelledby="desk-reasons-title"
                    data-choosing=move || is_choosing.get().then_some("true")
                >
                    <p id="desk-reasons-title" class="desk-reasons-title">
                        {move || {
                            if is_choosing.get() {
                                td_string!(locale, desk.break_choose)
                            } else {
                                td_string!(locale, desk.break_for)
                            }
                        }}
                    </p>
                    {reasons
                        .into_iter()
                        .filter(|reason| !reason.is_retired)
                        .zip(std::iter::once(first_reason).chain(std::iter::repeat_with(NodeRef::new)))
                        .map(|(reason, place)| view! { <Reason reason place row is_usable asked day /> })
                        .collect_view()}
                </div>
            </ActionForm>
            {move || match action.value().get() {
                Some(Err(error)) if !action.pending().get() => Some(view! { <Refusal error /> }),
                _ => None,
            }}
            <p role="status" class="desk-outcome">
                {move || is_unconfirmed.get().then_some(td_string!(locale, desk.unconfirmed))}
            </p>
            <Facts row />
        </section>
    }
}

/// One of them.
#[component]
fn Toggle(
    choice: Choice,
    row: DeskRow,
    is_usable: Signal<bool>,
    is_on_demand_offered: bool,
    asked: RwSignal<Option<Asked>>,
    action: ServerAction<SetOwnStatus>,
    offer_reasons: impl Fn() + 'static,
) -> impl IntoView {
    let locale = use_locale();
    let (class, sign) = choice.look();
    let is_pressed = Memo::new(move |_| row.with(|row| choice.is_pressed(row.status, is_on_demand_offered)));
    let is_asked = Memo::new(move |_| {
        asked.with(|asked| asked.as_ref().is_some_and(|asked| asked.status == choice.status()))
    });
    let hint = move || {
        if !is_asked.get() {
            choice.words(locale).1
        } else if action.pending().get() {
            td_string!(locale, desk.asking)
        } else {
            td_string!(locale, desk.awaiting)
        }
    };
    let on_click = move |event: ev::MouseEvent| {
        if choice == Choice::OnBreak {
            // A break has a reason. Without the program the form is sent, and the answer asks for one.
            event.prevent_default();
            offer_reasons();
        }
    };
    view! {
        <button
            type="submit"
            name="status"
            value=choice.code()
            class=format!("desk-toggle {class}")
            aria-pressed=move || is_pressed.get().to_string()
            aria-keyshortcuts=choice.key()
            aria-busy=move || is_asked.get().to_string()
            disabled=move || !is_usable.get()
            on:click=on_click
        >
            <span class="desk-toggle-name">
                <span class="desk-toggle-sign" aria-hidden="true">{sign}</span>
                {choice.words(locale).0}
            </span>
            <small>
                {hint} " " <kbd aria-hidden="true">{choice.key()}</kbd>
            </small>
        </button>
    }
}

/// One reason: pressing it asks for the break.
#[component]
fn Reason(
    reason: BreakReason,
    place: NodeRef<html::Button>,
    row: DeskRow,
    is_usable: Signal<bool>,
    asked: RwSignal<Option<Asked>>,
    day: Day,
) -> impl IntoView {
    let locale = use_locale();
    let left = use_budget(&reason, row, day);
    let code = Some(reason.code());
    let is_pressed = {
        let code = code.clone();
        Memo::new(move |_| row.with(|row| row.status == AgentStatus::OnBreak && row.reason == code))
    };
    let wanted = Some(Asked { status: AgentStatus::OnBreak, reason: code });
    let is_asked = Memo::new(move |_| asked.with(|asked| *asked == wanted));
    let name = reason.name.name(words::language(locale)).to_owned();
    view! {
        <button
            node_ref=place
            type="submit"
            name="reason"
            value=reason.name.code
            class="desk-reason break"
            aria-pressed=move || is_pressed.get().to_string()
            aria-busy=move || is_asked.get().to_string()
            disabled=move || !is_usable.get()
        >
            {name}
            {move || {
                left.get()
                    .map(|left| {
                        let is_over = left.0 <= 0;
                        let words = if is_over {
                            fill(td_string!(locale, desk.budget_over), &[("time", &DurationMs(-left.0).clock())])
                        } else {
                            fill(td_string!(locale, common.left), &[("time", &left.clock())])
                        };
                        view! {
                            <small class="desk-budget" data-level=is_over.then_some("warning")>
                                {is_over.then(|| view! { <span aria-hidden="true">"▲ "</span> })}
                                {words}
                            </small>
                        }
                    })
            }}
        </button>
    }
}

/// What is left today of a reason's budget, ticking while the agent is on that break; none where it has no budget.
fn use_budget(reason: &BreakReason, row: DeskRow, day: Day) -> Memo<Option<DurationMs>> {
    let (code, budget) = (reason.code(), DurationMs::from_s(i64::from(reason.budget_min) * 60));
    let now = use_live_board().now;
    Memo::new(move |_| {
        if budget.0 == 0 {
            return None;
        }
        // The board counts the break of the moment; the day knows those that are over.
        let is_on_it = row.with(|row| row.reason.as_ref() == Some(&code));
        let until = row.with(|row| row.break_until).filter(|_| is_on_it);
        if let Some(until) = until {
            return Some(DurationMs(until.0 - now.get().0));
        }
        let spent = day.last.with(|day| day.as_ref().map(|day| day.spent(&code)))?;
        Some(DurationMs(budget.0 - spent.0))
    })
}

/// Keeps what was asked until the switch's event shows it, or patience ends.
fn follow_outcome(
    action: ServerAction<SetOwnStatus>,
    row: DeskRow,
    asked: RwSignal<Option<Asked>>,
    is_unconfirmed: RwSignal<bool>,
    is_choosing: RwSignal<bool>,
) {
    Effect::new(move |_| {
        if let Some(input) = action.input().get() {
            asked.set(Asked::of(&input));
            is_unconfirmed.set(false);
            is_choosing.set(false);
        }
    });
    Effect::new(move |_| match action.value().get() {
        Some(Err(_)) => asked.set(None),
        Some(Ok(())) => {
            let version = action.version().get_untracked();
            set_timeout(
                move || {
                    // The page may be gone by now.
                    let is_same = action.version().try_get_untracked() == Some(version);
                    if is_same && asked.try_get_untracked().flatten().is_some() {
                        asked.set(None);
                        is_unconfirmed.set(true);
                    }
                },
                PATIENCE,
            );
        }
        None => {}
    });
    Effect::new(move |_| {
        let is_shown = |asked: &Asked| {
            row.with(|row| {
                row.status == asked.status && (asked.reason.is_none() || row.reason == asked.reason)
            })
        };
        if !action.pending().get() && asked.with(|asked| asked.as_ref().is_some_and(is_shown)) {
            asked.set(None);
        }
    });
    Effect::new(move |_| {
        row.with(|row| row.status);
        is_unconfirmed.set(false);
    });
}

/// Keys 1 to 4 press the toggles, unless somebody is writing.
fn listen_to_keys(
    action: ServerAction<SetOwnStatus>,
    is_usable: Signal<bool>,
    is_on_demand_offered: bool,
    offer_reasons: impl Fn() + Clone + 'static,
) {
    Effect::new(move |_| {
        let offer_reasons = offer_reasons.clone();
        let listener = window_event_listener(ev::keydown, move |event| {
            let is_command = !(event.repeat() || event.ctrl_key() || event.alt_key() || event.meta_key());
            let choices = Choice::offered(is_on_demand_offered);
            let choice = choices.into_iter().find(|choice| choice.key() == event.key());
            let Some(choice) = choice.filter(|_| is_command && !is_writing(&event)) else { return };
            if !is_usable.get_untracked() || action.pending().get_untracked() {
                return;
            }
            event.prevent_default();
            if choice == Choice::OnBreak {
                offer_reasons();
            } else {
                action.dispatch(SetOwnStatus { status: choice.code().to_owned(), reason: None });
            }
        });
        on_cleanup(move || listener.remove());
    });
}

fn is_writing(event: &ev::KeyboardEvent) -> bool {
    event
        .target()
        .and_then(|target| target.dyn_into::<web_sys::Element>().ok())
        .is_some_and(|element| element.closest(FIELDS).is_ok_and(|field| field.is_some()))
}
