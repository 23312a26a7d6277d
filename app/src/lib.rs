//! What people see: compiled into the server, which renders it first, and into WASM, which keeps it alive.

pub mod api;
pub mod model;
