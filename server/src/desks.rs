//! Desks that are open: a desk is a live stream to one agent's row. An agent who was at a desk and lost it shows on the
//! board, so that a supervisor sees whose screen is dark while calls go on coming.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use app::model::ids::AgentKey;

use crate::switch::event::SwitchEvent;
use crate::wallboard::hub::Hub;

/// Counts the open desks of each agent; cheap to clone.
#[derive(Clone, Debug)]
pub struct Desks {
    hub: Hub,
    open: Arc<Mutex<HashMap<AgentKey, usize>>>,
}

impl Desks {
    /// None is open yet.
    pub fn new(hub: Hub) -> Self {
        Self { hub, open: Arc::default() }
    }

    /// A desk of the agent is open for as long as the value lives.
    pub fn open(&self, agent: AgentKey) -> OpenDesk {
        let is_first = {
            let mut open = self.lock();
            let count = open.entry(agent.clone()).or_default();
            *count += 1;
            *count == 1
        };
        if is_first {
            self.tell(&agent, true);
        }
        OpenDesk { desks: self.clone(), agent }
    }

    fn tell(&self, agent: &AgentKey, is_open: bool) {
        self.hub.send_now(&agent.node, SwitchEvent::DeskChanged { agent: agent.name.clone(), is_open });
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<AgentKey, usize>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A desk that is open.
#[derive(Debug)]
pub struct OpenDesk {
    desks: Desks,
    agent: AgentKey,
}

impl Drop for OpenDesk {
    fn drop(&mut self) {
        let is_last = {
            let mut open = self.desks.lock();
            let left = open.get_mut(&self.agent).map_or(0, |count| {
                *count -= 1;
                *count
            });
            if left == 0 {
                open.remove(&self.agent);
            }
            left == 0
        };
        if is_last {
            self.desks.tell(&self.agent, false);
        }
    }
}
