//! Live calls: every leg of every call of every node, joined to calls, with what happened to each.
//!
//! - [`state`]: the state, and [`state::LiveCalls::apply`], by which alone it changes. Pure: no I/O, no clock.
//! - [`legs`]: one leg, and what an event or a list says of it.
//! - [`rows`]: the state as the rows that people see.
//! - [`hub`]: owns the state and fans its changes out to readers ([`reader`]).
//!
//! It is fed by the same enum of events as the wallboard, beside it: a busy switch makes ten times as many events of channels
//! as of its call center, and nobody who looks at the board has to wait for them or to read them.

pub mod hub;
pub mod legs;
pub mod reader;
pub mod rows;
pub mod state;

#[cfg(test)]
mod tests;
