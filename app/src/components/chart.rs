//! Small pictures of numbers, drawn as SVG geometry: the content security policy allows no inline style.

use leptos::prelude::*;

use super::chip::Tone;

const HEIGHT: u32 = 20;
const BAR: u32 = 5;
const STEP: u32 = 7;

/// A row of bars, the latest at the right, scaled to the highest of them.
#[component]
pub fn Sparkline(
    /// The numbers.
    #[prop(into)]
    values: Signal<Vec<u32>>,
    /// What it says, for those who do not see it.
    #[prop(into)]
    label: Signal<String>,
) -> impl IntoView {
    let bars = move || {
        let values = values.get();
        let highest = values.iter().copied().max().unwrap_or_default().max(4);
        values
            .into_iter()
            .zip(0u32..)
            .map(|(value, place)| {
                // A bar of one pixel for zero, so that the time axis stays in sight.
                let height = (value * HEIGHT).div_ceil(highest).max(1);
                view! { <rect x=place * STEP y=HEIGHT - height width=BAR height=height rx="1" /> }
            })
            .collect_view()
    };
    view! {
        <svg
            class="sparkline"
            role="img"
            aria-label=move || label.get()
            viewBox=format!("0 0 {} {HEIGHT}", 6 * STEP - STEP + BAR)
            width=6 * STEP - STEP + BAR
            height=HEIGHT
        >
            {bars}
        </svg>
    }
}

/// A part of a [`MixBar`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MixPart {
    /// Its colour.
    pub tone: Tone,
    /// Its size.
    pub count: u32,
}

/// A bar whose parts show shares. The numbers stand beside it in words, so it is hidden from screen readers.
#[component]
pub fn MixBar(
    /// The parts, left to right.
    parts: impl Fn() -> Vec<MixPart> + Send + 'static,
) -> impl IntoView {
    let rects = move || {
        let parts = parts();
        let total: u32 = parts.iter().map(|part| part.count).sum();
        let mut x = 0;
        parts
            .into_iter()
            .filter(|part| part.count > 0)
            .map(|part| {
                // In thousandths of the width; the last one ends at the edge.
                let from = x * 1000 / total;
                x += part.count;
                let width = x * 1000 / total - from;
                view! { <rect class=part.tone.class() x=from y="0" width=width height="10" /> }
            })
            .collect_view()
    };
    view! {
        <svg class="mix" aria-hidden="true" viewBox="0 0 1000 10" preserveAspectRatio="none">
            {rects}
        </svg>
    }
}
