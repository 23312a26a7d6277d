//! Channels: the legs of calls, their headers in events, and the rows of `show`.

pub mod channel;
pub mod events;
pub mod headers;
pub mod rows;

use std::collections::HashMap;

pub use channel::{Channel, Leg};

/// All live channels in the order of their creation.
#[derive(Debug, Default)]
pub struct Channels {
    by_uuid: HashMap<String, Channel>,
    order: Vec<String>,
    /// Number of the next `session_id`.
    pub next_session: u64,
    /// Most channels at a time.
    pub peak: usize,
}

impl Channels {
    /// Adds a channel.
    pub fn insert(&mut self, mut channel: Channel) {
        self.next_session += 1;
        channel.session_id = self.next_session;
        self.order.push(channel.uuid.clone());
        self.by_uuid.insert(channel.uuid.clone(), channel);
        self.peak = self.peak.max(self.order.len());
    }

    /// The channel with that uuid.
    pub fn get(&self, uuid: &str) -> Option<&Channel> {
        self.by_uuid.get(uuid)
    }

    /// The channel with that uuid, to change.
    pub fn get_mut(&mut self, uuid: &str) -> Option<&mut Channel> {
        self.by_uuid.get_mut(uuid)
    }

    /// Takes a channel out.
    pub fn remove(&mut self, uuid: &str) -> Option<Channel> {
        self.order.retain(|known| known != uuid);
        self.by_uuid.remove(uuid)
    }

    /// Channels, the oldest first.
    pub fn iter(&self) -> impl Iterator<Item = &Channel> {
        self.order.iter().filter_map(|uuid| self.by_uuid.get(uuid))
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.order.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.order.is_empty()
    }

    /// Forgets all of them.
    pub fn clear(&mut self) {
        self.by_uuid.clear();
        self.order.clear();
    }
}
