//! The live board.
//!
//! - [`board`]: the state, and [`board::Board::apply`], by which alone it changes. Pure: no I/O, no clock.
//! - [`agents`], [`callers`]: what each event does to agents and to callers.
//! - [`breaks`]: breaks of today against their budgets.
//! - [`desks`]: what SwitchDesk itself did to an agent or a call, and whether there is a desk.
//! - [`facts`]: what it counts, for the record.
//! - [`ghosts`]: rows that the switch itself has left behind.
//! - [`moves`]: callers whom a person takes out of a queue.
//! - [`reconcile`]: the switch's lists against the board.
//! - [`rows`]: the state as the rows that people see.
//! - [`hub`]: owns the board, feeds it time, and fans its changes out to readers ([`reader`]).

pub mod agents;
pub mod board;
pub mod breaks;
pub mod callers;
pub mod desks;
pub mod facts;
pub mod ghosts;
pub mod hub;
pub mod moves;
pub mod reader;
pub mod reconcile;
pub mod rows;

#[cfg(test)]
mod board_fuzz;
#[cfg(test)]
mod hub_tests;
#[cfg(test)]
mod tests;
