//! Live calls: every leg of every call of every node, joined to calls, with what happened to each.
//!
//! - [`state`]: the state, and [`state::LiveCalls::apply`], by which alone it changes. Pure: no I/O, no clock.
//!   What it does with an event is in `channels` (legs that come and go), `lists` (what the switch lists) and `stays` (queues).
//! - [`legs`]: one leg, and what an event or a list says of it.
//! - [`rows`]: the state as the rows that people see.
//! - [`hub`]: owns the state and fans its changes out to readers ([`reader`]).
//!
//! It is fed by the same enum of events as the wallboard, beside it: a busy switch makes ten times as many events of channels
//! as of its call center, and nobody who looks at the board has to wait for them or to read them.

mod channels;
pub mod hub;
pub mod legs;
mod lists;
pub mod reader;
pub mod rows;
pub mod state;
mod stays;

#[cfg(test)]
mod tests;
