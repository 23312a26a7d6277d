//! mod_callcenter as plain data: queues, agents, tiers, members, and the rules between them.
//!
//! Nothing here reads a clock, draws a channel or touches a socket: time comes in as an argument, events leave as
//! [`Draft`]s in [`Center::drafts`]. The call flow around it (who rings, who hangs up) is `crate::calls`.

pub mod agents;
pub mod api;
pub mod center;
pub mod dispatch;
pub mod events;
pub mod json;
pub mod members;
pub mod queues;
pub mod strategy;
pub mod table;
pub mod tiers;

pub use agents::Agent;
pub use center::Center;
pub use events::Draft;
pub use members::Member;
pub use queues::{Queue, QueueSettings};
pub use strategy::Strategy;
pub use tiers::Tier;

/// `cc-instance-id`, also what the agents table always holds.
pub const INSTANCE: &str = "single_box";
