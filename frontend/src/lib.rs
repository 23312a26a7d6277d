//! The program that the browser loads: makes the page that the server rendered come alive.

use app::App;
use leptos::ev;
use leptos::mount::hydrate_from_async;
use leptos::prelude::{WindowListenerHandle, window, window_event_listener};
use leptos::tachys::dom::body;
use wasm_bindgen::prelude::wasm_bindgen;

/// Called by the script of the page once the module is loaded.
#[wasm_bindgen]
pub fn hydrate() {
    // A panic ends the page; without this the console would say no more than "unreachable".
    std::panic::set_hook(Box::new(|panic| leptos::logging::error!("{panic}")));
    let guard = NavigationGuard::new();
    wasm_bindgen_futures::spawn_local(async {
        hydrate_from_async(body(), App).await.forget();
        guard.lift();
    });
}

/// Keeps navigation with the browser for as long as the program takes the page over.
///
/// The router hears clicks from its first moment, but the page waits for its lazy part. A link that the router followed in between
/// would change the address under the page, which then were made for the new address on the markup of the old one.
struct NavigationGuard {
    click: WindowListenerHandle,
    popstate: WindowListenerHandle,
}

impl NavigationGuard {
    /// Must come before the router: listeners of one target are called in the order in which they came.
    fn new() -> Self {
        Self {
            // The browser loads the page of the link, as it does where there is no program.
            click: window_event_listener(ev::click, |event| event.stop_immediate_propagation()),
            popstate: window_event_listener(ev::popstate, |event| {
                event.stop_immediate_propagation();
                // The address is already another; where the page cannot be loaded, the browser says so.
                let _ = window().location().reload();
            }),
        }
    }

    fn lift(self) {
        self.click.remove();
        self.popstate.remove();
    }
}
