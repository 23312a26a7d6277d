//! What the switch has no event for: what was done at a desk, and whether there is one.

use app::model::ids::AgentKey;
use app::model::time::UnixMs;

use super::board::{Board, Touched};
use crate::switch::event::CallMark;

impl Board {
    pub(super) fn wrap_up_until(
        &mut self,
        key: &AgentKey,
        until: Option<UnixMs>,
        at: UnixMs,
        touched: &mut Touched,
    ) {
        self.agent(key, at).wrap_up_until = until;
        self.refresh_presence(key, at, touched);
    }

    pub(super) fn call_marked(
        &mut self,
        key: &AgentKey,
        member_uuid: &str,
        mark: CallMark,
        at: UnixMs,
        touched: &mut Touched,
    ) {
        let Some(call) = self.agents.get_mut(key).and_then(|agent| agent.call.as_mut()) else { return };
        if call.member.uuid != member_uuid {
            return;
        }
        match mark {
            CallMark::Held(is_held) => {
                let since = is_held.then(|| call.held_since.unwrap_or(at));
                if call.held_since == since {
                    return;
                }
                call.held_since = since;
            }
            CallMark::Third(name) => call.third = name,
        }
        touched.agents.insert(key.clone());
    }

    pub(super) fn desk_changed(&mut self, key: &AgentKey, is_open: bool, at: UnixMs, touched: &mut Touched) {
        // An agent that the switch does not have is not made known by a desk.
        let Some(agent) = self.agents.get_mut(key) else { return };
        agent.desk_lost_at = (!is_open).then_some(at);
        touched.agents.insert(key.clone());
    }
}
