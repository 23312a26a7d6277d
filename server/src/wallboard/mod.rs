//! The live board: a pure state that events change ([`board`]), and the hub that fans its changes out ([`hub`]).

pub mod hub;
