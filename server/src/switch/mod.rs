//! Typed conversation with a switch: the events it sends, the lists it keeps, the operations it offers.

pub mod callcenter;
pub mod event;
