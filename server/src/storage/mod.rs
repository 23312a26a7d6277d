//! All SQL of SwitchDesk: one file per table, one function per statement, each taking an executor, so that a caller
//! decides what belongs into one transaction.
//!
//! Rows are private; what leaves this room are values of `app::model` or the small structs beside the functions.
//! The schema is in `migrations/`, its conventions in the README there.

pub mod agent_activity;
pub mod agent_status_notes;
pub mod agents;
pub mod audit;
pub mod audit_log;
pub mod break_reasons;
pub mod call_notes;
pub mod callback_attempts;
pub mod callback_rules;
pub mod callbacks;
pub mod cdrs;
pub mod database;
pub mod desk_messages;
pub mod error;
pub mod event_gaps;
mod exact;
pub mod number_notes;
pub mod outcome_codes;
pub mod pending_log_outs;
pub mod queue_calls;
pub mod queue_offers;
pub mod queues;
pub mod schema;
pub mod second_factors;
pub mod settings;
pub mod teams;
pub mod user_extensions;
pub mod user_sessions;
pub mod users;
pub mod walls;
pub mod wrap_up_restores;

pub use database::Database;
pub use error::StorageError;
