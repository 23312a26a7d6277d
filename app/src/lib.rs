//! What people see: compiled into the server, which renders it first, and into WASM, which keeps it alive.
//!
//! - [`model`]: plain values that both sides share.
//! - [`api`]: what the pages ask of the server.
//! - [`live`]: the stream and the store that it feeds.
//! - [`i18n`]: the words of `locales/`, checked by the compiler.

pub mod api;
pub mod live;
pub mod model;

pub use words::i18n;

mod words {
    #![allow(missing_docs, unreachable_pub, reason = "written by the macro")]
    #![allow(deprecated, reason = "the build script that replaces the macro drags in the whole of ICU's data")]

    leptos_i18n::load_locales!();
}
