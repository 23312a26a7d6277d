//! The table of calls. Only the lines in view, and a few around them, exist; two empty lines hold the room of the others.

use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use leptos::{html, web_sys};
use leptos_i18n::td_string;

use super::list::CallList;
use super::order::{Column, Wanted};
use super::row::CallLine;
use crate::components::{Each, SortHeader, use_locale};
use crate::model::ids::CallId;

/// The height of a line as the style sheet has it, until it is measured.
const LINE_PX: f64 = 40.0;
/// Lines above and below those in view.
const AROUND: usize = 8;
/// Lines of the first paint.
const FIRST: usize = 60;

/// Which lines exist.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Window {
    from: usize,
    count: usize,
    line_px: f64,
}

impl Window {
    /// Of a list that is scrolled so far.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "both are small and not negative"
    )]
    fn at(scrolled_px: f64, height_px: f64, line_px: f64) -> Self {
        let first = (scrolled_px.max(0.0) / line_px) as usize;
        let in_view = (height_px.max(0.0) / line_px) as usize + 1;
        // In steps, so that not each line that is scrolled by makes and drops one.
        let from = first.saturating_sub(AROUND) / 4 * 4;
        Self { from, count: in_view + 2 * AROUND + 4, line_px }
    }
}

#[component]
pub(super) fn CallTable(calls: CallList, keys: Memo<Vec<CallId>>, wanted: RwSignal<Wanted>) -> impl IntoView {
    let locale = use_locale();
    let room: NodeRef<html::Div> = NodeRef::new();
    let (above, below): (NodeRef<html::Tr>, NodeRef<html::Tr>) = (NodeRef::new(), NodeRef::new());
    let window = RwSignal::new(Window { from: 0, count: FIRST, line_px: LINE_PX });
    let look = move || {
        if let Some(room) = room.get_untracked() {
            let line_px = measured(&room).unwrap_or(LINE_PX);
            let seen = Window::at(f64::from(room.scroll_top()), f64::from(room.client_height()), line_px);
            if window.get_untracked() != seen {
                window.set(seen);
            }
        }
    };
    // The first look, once the table is there and whenever the number of lines has changed.
    let length = Memo::new(move |_| keys.with(Vec::len));
    Effect::new(move |_| {
        length.track();
        room.track();
        look();
    });
    let resized = window_event_listener(leptos::ev::resize, move |_| look());
    on_cleanup(move || resized.remove());
    Effect::new(move |_| {
        let Window { from, count, line_px } = window.get();
        let length = length.get();
        let from = from.min(length);
        #[expect(clippy::cast_precision_loss, reason = "a list has no billion lines")]
        let px = |lines: usize| format!("{}px", lines as f64 * line_px);
        for (spacer, lines) in [(above, from), (below, length.saturating_sub(from + count))] {
            if let Some(spacer) = spacer.get() {
                // Not by an attribute, which the content security policy forbids. Where it fails the bar is too short.
                let _ = web_sys::HtmlElement::style(&spacer).set_property("height", &px(lines));
            }
        }
    });
    let shown = move || {
        let Window { from, count, .. } = window.get();
        keys.with(|keys| keys.iter().skip(from.min(keys.len())).take(count).cloned().collect::<Vec<_>>())
    };
    view! {
        <div class="calls-room" node_ref=room tabindex="0" role="group" aria-labelledby="calls-title" on:scroll=move |_| look()>
            <table class="calls-table" aria-rowcount=move || (length.get() + 1).to_string()>
                <caption class="sr-only">{td_string!(locale, calls.caption)}</caption>
                <Head wanted />
                <tbody>
                    <tr class="spacer" node_ref=above aria-hidden="true">
                        <td colspan="9"></td>
                    </tr>
                    <Each
                        keys=shown
                        children=move |id| calls.get(&id).map(|row| view! { <CallLine row /> })
                    />
                    <tr class="spacer" node_ref=below aria-hidden="true">
                        <td colspan="9"></td>
                    </tr>
                </tbody>
            </table>
        </div>
    }
}

/// The height of the lines, which depends on the width of the page.
fn measured(room: &web_sys::Element) -> Option<f64> {
    let line = room.query_selector("tbody tr[data-call]").ok()??;
    let height = line.dyn_into::<web_sys::HtmlElement>().ok()?.offset_height();
    (height > 0).then(|| f64::from(height))
}

#[component]
fn Head(wanted: RwSignal<Wanted>) -> impl IntoView {
    let locale = use_locale();
    let column = move |column: Column, label: &'static str, numeric: bool| {
        view! {
            <SortHeader
                label=label.to_owned()
                numeric=numeric
                sorted=Signal::derive(move || wanted.with(|wanted| wanted.sorted_by(column)))
                on_sort=Callback::new(move |()| wanted.update(|wanted| wanted.sort_by(column)))
            />
        }
    };
    view! {
        <thead>
            <tr>
                {column(Column::Direction, td_string!(locale, calls.direction), false)}
                {column(Column::Caller, td_string!(locale, calls.from), false)}
                <th scope="col">{td_string!(locale, calls.to)}</th>
                {column(Column::Queue, td_string!(locale, calls.queue), false)}
                {column(Column::Agent, td_string!(locale, calls.agent), false)}
                {column(Column::State, td_string!(locale, calls.state), false)}
                {column(Column::Time, td_string!(locale, calls.time), true)}
                <th scope="col">{td_string!(locale, calls.codecs)}</th>
                <th scope="col">
                    <span class="sr-only">{td_string!(locale, calls.actions)}</span>
                </th>
            </tr>
        </thead>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lines_in_view_are_among_those_that_exist() {
        for scrolled in [0, 39, 40, 399, 1_000, 79_600] {
            let window = Window::at(f64::from(scrolled), 400.0, 40.0);
            let (first, last) = (scrolled as usize / 40, scrolled as usize / 40 + 10);
            assert!(window.from <= first && last < window.from + window.count, "{scrolled}: {window:?}");
            assert!(window.count < 50);
        }
    }
}
