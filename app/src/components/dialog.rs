//! A dialog of the browser itself: it holds the focus while it is open and gives it back to what opened it.

use leptos::html;
use leptos::prelude::*;

use super::words::use_locale;
use crate::i18n::*;

/// A modal dialog with a heading and a button that closes it. Its children exist while it is open.
#[component]
pub fn Dialog(
    /// Whether it is open. Escape and the button close it.
    open: RwSignal<bool>,
    /// Its heading.
    #[prop(into)]
    title: Signal<String>,
    /// The id of the heading.
    id: &'static str,
    /// What it holds.
    children: ChildrenFn,
) -> impl IntoView {
    let locale = use_locale();
    let node: NodeRef<html::Dialog> = NodeRef::new();
    Effect::new(move |_| {
        let Some(dialog) = node.get() else { return };
        if open.get() && !dialog.open() {
            // It fails only for a dialog that is open or out of the page, and then there is nothing to show.
            let _ = dialog.show_modal();
        } else if !open.get() && dialog.open() {
            dialog.close();
        }
    });
    view! {
        <dialog node_ref=node aria-labelledby=id on:close=move |_| open.set(false)>
            <header>
                <h2 id=id>{move || title.get()}</h2>
                <button
                    type="button"
                    class="quiet"
                    aria-label=td_string!(locale, common.close)
                    on:click=move |_| open.set(false)
                >
                    <span aria-hidden="true">"✕"</span>
                </button>
            </header>
            {move || open.get().then(|| children().into_any())}
        </dialog>
    }
}
