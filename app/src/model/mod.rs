//! Plain values that the server and the browser share: names, time, states, the board, its metrics.
//!
//! No views and no I/O live here. Everything that both sides must compute alike (totals, service level, levels of
//! thresholds, the order of callers) is a pure function in one of these files, so that the first paint of the server
//! and the later ones of the browser cannot differ.

pub mod account;
pub mod agent;
pub mod audit;
pub mod board;
pub mod call;
pub mod callback;
pub mod center;
pub mod day;
pub mod destination;
pub mod frame;
pub mod ghost;
pub mod ids;
pub mod mask;
pub mod message;
pub mod metrics;
pub(crate) mod named;
pub mod note;
pub mod own_call;
pub mod people;
pub mod press;
pub mod problem;
pub mod security;
pub mod supervise;
pub mod thresholds;
pub mod time;
pub mod wall;
