//! The heading of a page: its title in the tab, its `h1`, and the focus after a navigation.

use leptos::html;
use leptos::prelude::*;
use leptos_i18n::td_string;

use super::words::use_locale;

/// Whether a page was shown before this one, without a load in between.
#[derive(Clone, Copy, Debug)]
struct Navigation {
    has_begun: StoredValue<bool>,
}

/// Makes the memory that [`PageTitle`] needs; once, around all pages.
pub fn provide_navigation() {
    provide_context(Navigation { has_begun: StoredValue::new(false) });
}

/// The one `h1` of a page. The focus goes to it when the page was reached by a link, so that a screen reader says
/// where it is; not at the first load, where the browser has its own way.
#[component]
pub fn PageTitle(
    /// The words.
    #[prop(into)]
    title: Signal<String>,
) -> impl IntoView {
    let locale = use_locale();
    let heading: NodeRef<html::H1> = NodeRef::new();
    let navigation = use_context::<Navigation>();
    Effect::new(move |is_done: Option<bool>| {
        if is_done == Some(true) {
            return true;
        }
        let Some(heading) = heading.get() else { return false };
        if let Some(Navigation { has_begun }) = navigation {
            if has_begun.get_value() {
                // A heading that cannot be focused is not worth a word.
                let _ = heading.focus();
            }
            has_begun.set_value(true);
        }
        true
    });
    let in_tab = move || format!("{} · {}", title.get(), td_string!(locale, common.product));
    let heading = view! {
        <h1 node_ref=heading tabindex="-1">
            {move || title.get()}
        </h1>
    };
    with_title(in_tab, heading)
}

/// The title in the tab. In the browser it is no part of what is hydrated.
#[cfg(not(feature = "ssr"))]
fn with_title(in_tab: impl Fn() -> String + 'static, heading: impl IntoView) -> impl IntoView {
    Effect::new(move |_| document().set_title(&in_tab()));
    heading
}

/// The title in the tab. It counts once it is made, and has no place among what is rendered: the browser has nothing there.
#[cfg(feature = "ssr")]
fn with_title(in_tab: impl Fn() -> String, heading: impl IntoView) -> impl IntoView {
    drop(view! { <leptos_meta::Title text=tab_title(&untrack(in_tab)) /> });
    heading
}

/// The title as the server writes it, taken at once: the framework tries a page before it renders it, disposes of what the
/// try made, and may yet ask the title of the try. What it is given it writes as it is, so markup is escaped here.
#[cfg(feature = "ssr")]
fn tab_title(words: &str) -> String {
    words.replace('&', "&amp;").replace('<', "&lt;")
}
