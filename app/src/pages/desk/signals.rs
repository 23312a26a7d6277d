//! How the desk calls for attention: a ringing call in the title of the tab and by a sound, each of which can be turned off.
//!
//! The title and the sound are made by `style/public/desk.js`.

use leptos::prelude::*;

use super::DeskRow;
use crate::api::desk::{DeskSignals, SaveDeskSignals};
use crate::components::use_locale;
use crate::components::words::fill;
use crate::i18n::*;
use crate::model::agent::Presence;

/// The two switches, and what they switch.
#[component]
pub(super) fn Signals(row: DeskRow, signals: DeskSignals) -> impl IntoView {
    let locale = use_locale();
    let save = ServerAction::<SaveDeskSignals>::new();
    let signals = RwSignal::new(signals);
    let change = move |signals_now: DeskSignals| {
        signals.set(signals_now);
        save.dispatch(SaveDeskSignals { signals: signals_now });
    };
    call_for_attention(row, signals);
    view! {
        <script src="/desk.js" defer></script>
        <fieldset class="desk-signals">
            <legend class="sr-only">{td_string!(locale, desk.signals)}</legend>
            <label title=td_string!(locale, desk.signal_sound_hint)>
                <input
                    type="checkbox"
                    prop:checked=move || signals.get().has_sound
                    on:change=move |event| {
                        let has_sound = event_target_checked(&event);
                        change(DeskSignals { has_sound, ..signals.get_untracked() });
                    }
                />
                {td_string!(locale, desk.signal_sound)}
            </label>
            <label title=td_string!(locale, desk.signal_title_hint)>
                <input
                    type="checkbox"
                    prop:checked=move || signals.get().has_title
                    on:change=move |event| {
                        let has_title = event_target_checked(&event);
                        change(DeskSignals { has_title, ..signals.get_untracked() });
                    }
                />
                {td_string!(locale, desk.signal_title)}
            </label>
        </fieldset>
    }
}

/// Rings while the telephone does.
fn call_for_attention(row: DeskRow, signals: RwSignal<DeskSignals>) {
    let locale = use_locale();
    let ringing = Memo::new(move |_| {
        row.with(|row| {
            let call = row.call.as_ref().filter(|_| row.presence == Presence::Ringing)?;
            let who =
                if call.caller_name.trim().is_empty() { &call.caller_number } else { &call.caller_name };
            Some(fill(td_string!(locale, desk.ringing_title), &[("name", who)]))
        })
    });
    Effect::new(move |_| {
        let words = ringing.get();
        let DeskSignals { has_title, has_sound } = signals.get();
        browser::signal(words.as_deref().filter(|_| has_title), words.is_some() && has_sound);
    });
    on_cleanup(|| browser::signal(None, false));
}

#[cfg(feature = "hydrate")]
mod browser {
    use wasm_bindgen::prelude::*;

    #[wasm_bindgen]
    extern "C" {
        /// Missing where the script has not been loaded; then the desk is silent.
        #[wasm_bindgen(catch, js_namespace = switchdeskDesk, js_name = signal)]
        fn signal_in_browser(title: Option<&str>, has_sound: bool) -> Result<(), JsValue>;
    }

    /// Shows `title` in the tab, or its own again, and sounds or is silent.
    pub(super) fn signal(title: Option<&str>, has_sound: bool) {
        // Attention is a courtesy: the desk works without it.
        let _ = signal_in_browser(title, has_sound);
    }
}

#[cfg(not(feature = "hydrate"))]
mod browser {
    pub(super) const fn signal(_title: Option<&str>, _has_sound: bool) {}
}
