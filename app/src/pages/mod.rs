//! The screens, one file or folder each. All but the layout and the "not found" page are loaded when they are wanted.

pub mod account;
pub mod agents;
pub mod audit;
pub mod call;
pub mod callbacks;
pub mod calls;
pub mod center;
pub mod desk;
pub mod layout;
pub mod login;
pub mod not_found;
pub mod parts;
pub mod people;
pub mod queue;
pub mod sheet;
pub mod teams;
pub mod wall;
pub mod wallboard;
pub mod walls;
