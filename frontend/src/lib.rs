//! The program that the browser loads: makes the page that the server rendered come alive.

use app::App;
use leptos::mount::hydrate_lazy;
use wasm_bindgen::prelude::wasm_bindgen;

/// Called by the script of the page once the module is loaded.
#[wasm_bindgen]
pub fn hydrate() {
    hydrate_lazy(App);
}
