//! The program that the browser loads: makes the page that the server rendered come alive.

use app::App;
use leptos::mount::hydrate_lazy;
use wasm_bindgen::prelude::wasm_bindgen;

/// Called by the script of the page once the module is loaded.
#[wasm_bindgen]
pub fn hydrate() {
    // A panic ends the page; without this the console would say no more than "unreachable".
    std::panic::set_hook(Box::new(|panic| leptos::logging::error!("{panic}")));
    hydrate_lazy(App);
}
