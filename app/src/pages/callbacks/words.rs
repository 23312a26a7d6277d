//! States, origins and outcomes of callbacks in the words of a language.

use crate::components::chip::Tone;
use crate::components::words::fill;
use crate::i18n::*;
use crate::model::callback::{CallbackOrigin, CallbackOutcome, CallbackRow, CallbackState};
use crate::model::time::UnixMs;

/// Where a callback stands.
pub(in crate::pages) fn state(locale: Locale, state: CallbackState) -> &'static str {
    match state {
        CallbackState::Open => td_string!(locale, callbacks.states.open),
        CallbackState::Reached => td_string!(locale, callbacks.states.reached),
        CallbackState::CalledBack => td_string!(locale, callbacks.states.called_back),
        CallbackState::WrongNumber => td_string!(locale, callbacks.states.wrong_number),
        CallbackState::DoNotCall => td_string!(locale, callbacks.states.do_not_call),
        CallbackState::GivenUp => td_string!(locale, callbacks.states.given_up),
    }
}

/// Where it stands at a moment, with colour and sign: an open one is due, or it rests until the next attempt.
pub(in crate::pages) fn standing(locale: Locale, row: &CallbackRow, at: UnixMs) -> (Tone, &'static str) {
    match row.state {
        CallbackState::Open if row.awaits_outcome() => (Tone::Talking, td_string!(locale, callbacks.called)),
        CallbackState::Open if row.due_at <= at => (Tone::Warning, td_string!(locale, callbacks.due_now)),
        CallbackState::Open => (Tone::Neutral, td_string!(locale, callbacks.resting)),
        closed => (tone(closed), state(locale, closed)),
    }
}

/// Colour and sign of a state.
pub(in crate::pages) const fn tone(state: CallbackState) -> Tone {
    match state {
        CallbackState::Open => Tone::Warning,
        CallbackState::Reached | CallbackState::CalledBack => Tone::Good,
        CallbackState::WrongNumber | CallbackState::DoNotCall => Tone::Out,
        CallbackState::GivenUp => Tone::Critical,
    }
}

/// How it came about, and how often it was asked for.
pub(in crate::pages) fn origin(locale: Locale, row: &CallbackRow) -> String {
    let words = match row.origin {
        CallbackOrigin::Asked => td_string!(locale, callbacks.origins.asked),
        CallbackOrigin::Abandoned => td_string!(locale, callbacks.origins.abandoned),
    };
    if row.requests < 2 {
        return words.to_owned();
    }
    let count = row.requests.to_string();
    fill(td_string!(locale, callbacks.times), &[("what", words), ("count", &count)])
}

/// What came of calling.
pub(in crate::pages) fn outcome(locale: Locale, outcome: CallbackOutcome) -> &'static str {
    match outcome {
        CallbackOutcome::Reached => td_string!(locale, callbacks.outcomes.reached),
        CallbackOutcome::NoAnswer => td_string!(locale, callbacks.outcomes.no_answer),
        CallbackOutcome::Busy => td_string!(locale, callbacks.outcomes.busy),
        CallbackOutcome::WrongNumber => td_string!(locale, callbacks.outcomes.wrong_number),
        CallbackOutcome::DoNotCall => td_string!(locale, callbacks.outcomes.do_not_call),
    }
}
