//! Owns the board, applies events to it and fans the changes out to readers.

use app::model::frame::Snapshot;
use app::model::ids::{NodeName, QueueKey};
use app::model::wall::Scope;

use crate::switch::event::SwitchEvent;

/// A handle to the hub; cheap to clone.
#[derive(Clone, Debug)]
pub struct Hub;

impl Hub {
    /// The board as it is now, in a scope.
    pub fn snapshot(&self, _scope: &Scope) -> Snapshot {
        Snapshot::default()
    }

    /// Whether the board has that queue.
    pub fn has_queue(&self, _queue: &QueueKey) -> bool {
        false
    }

    /// Applies what SwitchDesk itself knows (names, targets, notes of statuses).
    pub async fn send(&self, _node: &NodeName, _event: SwitchEvent) {}
}
