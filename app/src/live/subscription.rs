//! One stream of this tab, over the worker that all tabs share; see `style/public/live.js`.

use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    /// One subscription of this tab.
    pub type Subscription;

    /// Opens the stream at that path after a position; the callback gets `frame` with its JSON, or `refused`.
    #[wasm_bindgen(js_namespace = switchdeskLive, js_name = open)]
    pub fn open_subscription(
        url: &str,
        after: &str,
        on_message: &Closure<dyn FnMut(String, String)>,
    ) -> Subscription;

    /// Asks for a snapshot.
    #[wasm_bindgen(method)]
    pub fn resync(this: &Subscription);

    /// Ends it.
    #[wasm_bindgen(method)]
    pub fn close(this: &Subscription);
}
