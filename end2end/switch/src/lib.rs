//! A stand-in for FreeSWITCH: the event socket, mod_callcenter with its queues, agents and strategies, channels, and a
//! life of its own.
//!
//! For demonstrations, tests and load runs of programs that talk to a switch. It repeats what recordings of a real
//! switch show, to the letter; what no recording shows is listed in the README.
//!
//! - [`esl`]: sockets, framing, subscriptions, encoding
//! - [`callcenter`]: the model of mod_callcenter; no clock, no I/O
//! - [`channels`], [`calls`]: legs, and how a queue call goes
//! - [`api`]: the commands; [`control`]: the ones only a demo switch has
//! - [`cdr`]: call detail records and their posts
//! - [`faults`]: what networks and operators do to a switch and its listeners
//! - [`journal`]: what truly happened, for tests to recount
//! - [`world`]: callers and agents who decide by themselves
//! - [`switch`]: all of it behind one lock; [`server`]: the handle that runs it

#![cfg_attr(test, allow(clippy::unwrap_used, reason = "a test that fails may panic"))]

pub mod api;
pub mod callcenter;
pub mod calls;
pub mod cdr;
pub mod channels;
pub mod clock;
pub mod control;
pub mod esl;
pub mod event;
pub mod faults;
pub mod ghosts;
pub mod journal;
pub mod options;
pub mod registrations;
pub mod server;
pub mod switch;
pub mod timers;
pub mod words;
pub mod world;

pub use options::Options;
pub use server::DemoSwitch;
