//! What only the server does.

pub mod switch;
pub mod wallboard;
