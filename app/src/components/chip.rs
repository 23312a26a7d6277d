//! Chips: a sign, a word and a colour, always the three together.

use leptos::prelude::*;

use super::words::{self, use_locale};
use crate::model::agent::Presence;
use crate::model::thresholds::Level;

/// What a colour and its sign stand for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// Free for a call.
    Available,
    /// Rings.
    Ringing,
    /// Talks.
    Talking,
    /// Wraps up.
    WrapUp,
    /// Waits to be set ready.
    Idle,
    /// On break.
    Break,
    /// Logged out.
    Out,
    /// As it should be.
    Good,
    /// Look at it.
    Warning,
    /// Act now.
    Critical,
    /// No judgement.
    Neutral,
}

impl Tone {
    /// The class that sets the colour.
    pub const fn class(self) -> &'static str {
        match self {
            Self::Available => "available",
            Self::Ringing => "ringing",
            Self::Talking => "talking",
            Self::WrapUp => "wrapup",
            Self::Idle => "idle",
            Self::Break => "break",
            Self::Out => "out",
            Self::Good => "good",
            Self::Warning => "warning",
            Self::Critical => "critical",
            Self::Neutral => "neutral",
        }
    }

    /// The sign beside the word.
    pub const fn sign(self) -> &'static str {
        match self {
            Self::Available | Self::Good => "✓",
            Self::Ringing => "◎",
            Self::Talking => "◆",
            Self::WrapUp => "◔",
            Self::Idle => "◇",
            Self::Break => "‖",
            Self::Out => "○",
            Self::Warning => "▲",
            Self::Critical => "■",
            Self::Neutral => "·",
        }
    }
}

impl From<Presence> for Tone {
    fn from(presence: Presence) -> Self {
        match presence {
            Presence::Available => Self::Available,
            Presence::Ringing => Self::Ringing,
            Presence::OnCall => Self::Talking,
            Presence::WrapUp => Self::WrapUp,
            Presence::Idle => Self::Idle,
            Presence::OnBreak => Self::Break,
            Presence::LoggedOut => Self::Out,
        }
    }
}

impl From<Level> for Tone {
    fn from(level: Level) -> Self {
        match level {
            Level::Fine => Self::Good,
            Level::Warning => Self::Warning,
            Level::Critical => Self::Critical,
        }
    }
}

/// A sign and a word in the colour of a tone.
#[component]
pub fn Chip(
    /// Colour and sign.
    #[prop(into)]
    tone: Signal<Tone>,
    /// The word.
    #[prop(into)]
    text: Signal<String>,
) -> impl IntoView {
    view! {
        <span class=move || format!("chip {}", tone.get().class())>
            <span class="sign" aria-hidden="true">
                {move || tone.get().sign()}
            </span>
            <span>{move || text.get()}</span>
        </span>
    }
}

/// What an agent is doing.
#[component]
pub fn StatusChip(
    /// What.
    #[prop(into)]
    presence: Signal<Presence>,
) -> impl IntoView {
    let locale = use_locale();
    view! {
        <Chip
            tone=Signal::derive(move || Tone::from(presence.get()))
            text=Signal::derive(move || words::presence(locale, presence.get()).to_owned())
        />
    }
}

/// A number with its level: plain while it is fine, else with sign, colour and, for screen readers, the word.
#[component]
pub fn LevelChip(
    /// How bad it is.
    #[prop(into)]
    level: Signal<Level>,
    /// The number.
    #[prop(into)]
    text: Signal<String>,
) -> impl IntoView {
    let locale = use_locale();
    view! {
        <span class=move || match level.get() {
            Level::Fine => "level",
            Level::Warning => "level chip warning",
            Level::Critical => "level chip critical",
        }>
            <span class="sign" aria-hidden="true">
                {move || if level.get() == Level::Fine { "" } else { Tone::from(level.get()).sign() }}
            </span>
            <span>{move || text.get()}</span>
            <span class="sr-only">
                {move || {
                    if level.get() == Level::Fine {
                        String::new()
                    } else {
                        format!(" {}", words::level(locale, level.get()))
                    }
                }}
            </span>
        </span>
    }
}
