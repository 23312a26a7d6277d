//! The browser's half of live data: rows that change one by one ([`store`]) and the stream that changes them
//! ([`stream`]).
//!
//! The server renders a page from a [`crate::model::frame::Snapshot`]; the same snapshot makes the store, and the stream
//! goes on from its position. One stream serves all tabs of a browser (`style/public/live.js`).

pub mod store;
pub mod stream;
#[cfg(feature = "hydrate")]
pub mod subscription;

pub use store::{Freshness, LiveBoard, Rows};
pub use stream::LiveProvider;
