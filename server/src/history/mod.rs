//! The record of what happened: stays in queues with their one outcome, offers, what agents did, and the call records of
//! the switch.
//!
//! - [`ledger`]: turns the facts that the board says into rows. Pure.
//! - [`record`]: the rows.
//! - [`recorder`]: the one task that writes them, in batches, to the database or, while it is away, to the spool; it also
//!   gives the board today's numbers back after a restart.
//! - [`cdr`]: reads the records of mod_json_cdr, and completes stays by them. Pure.
//! - [`intake`]: takes call records in, and acknowledges what is stored.
//! - [`callbacks`]: opens and closes callbacks that follow from it.
//! - [`closing`]: compares call records with what the events told, completes what these missed, and closes the gaps.

mod callbacks;
pub mod cdr;
mod closing;
pub mod intake;
pub mod ledger;
pub mod record;
pub mod recorder;

#[cfg(test)]
mod cdr_fuzz;
#[cfg(test)]
mod tests;

pub use closing::Patience;
pub use intake::CdrIntake;
pub use recorder::Recorder;
