//! The screens, one file or folder each. All but the layout and the "not found" page are loaded when they are wanted.

pub mod account;
pub mod agents;
pub mod call;
pub mod calls;
pub mod desk;
pub mod layout;
pub mod login;
pub mod not_found;
pub mod queue;
pub mod wall;
pub mod wallboard;
pub mod walls;
