//! What admins set for the whole center, a page each:
//!
//! - `breaks`: break reasons with their budgets, and what desks offer.
//! - `outcomes`: what calls may have come to.
//! - `code`: the fields that both have.

#![allow(unreachable_pub, reason = "the macro of components writes `pub`, whatever their own visibility")]

mod breaks;
mod code;
mod outcomes;

pub use breaks::BreaksPage;
pub use outcomes::OutcomesPage;
