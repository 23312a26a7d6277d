//! One polite status line a page: what was done, for those who look and for those who listen.

use leptos::prelude::*;

/// Says things on the status line of the page.
#[derive(Clone, Copy, Debug)]
pub struct Announcer(RwSignal<String>);

impl Announcer {
    /// Says it.
    pub fn say(self, words: impl Into<String>) {
        // The page may be gone when an answer of the server arrives.
        self.0.try_set(words.into());
    }
}

/// Makes the status line's words; a page shows them by [`StatusLine`].
pub fn provide_announcer() {
    provide_context(Announcer(RwSignal::new(String::new())));
}

/// The status line of the page. Where none was provided, what is said is lost.
pub fn use_announcer() -> Announcer {
    use_context().unwrap_or_else(|| Announcer(RwSignal::new(String::new())))
}

/// The status line itself; empty while nothing was said.
#[component]
pub fn StatusLine() -> impl IntoView {
    let Announcer(words) = use_announcer();
    view! {
        <p class="status-line" class:is-silent=move || words.with(String::is_empty) role="status">
            {move || words.get()}
        </p>
    }
}
