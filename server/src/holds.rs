//! Holds, told to the board: of one that was done at the telephone only the channel says so.

use std::collections::{BTreeSet, HashMap};
use std::time::Duration;

use app::model::call::{CallRow, LegRole};
use app::model::ids::{AgentKey, CallId, LegId, MemberKey};
use app::model::wall::Scope;
use tokio::sync::broadcast::error::RecvError;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use crate::calls::hub::CallsHub;
use crate::switch::event::{CallMark, SwitchEvent};
use crate::wallboard::hub::Hub;

/// A board that was built anew from the lists has forgotten the holds: they are told again that often.
const TELL_EVERY: Duration = Duration::from_secs(2);

/// An agent who holds a caller.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Hold {
    agent: AgentKey,
    member: MemberKey,
}

impl Hold {
    fn of(call: &CallRow) -> Option<Self> {
        let is_held = call.legs.iter().any(|leg| leg.role == LegRole::Agent && leg.is_held);
        is_held.then_some(())?;
        Some(Self { agent: call.agent.clone()?, member: call.member.clone()? })
    }

    async fn tell(&self, board: &Hub, is_held: bool) {
        let event = SwitchEvent::CallMarked {
            agent: self.agent.name.clone(),
            member_uuid: self.member.uuid.clone(),
            mark: CallMark::Held(is_held),
        };
        board.send(&self.agent.node, event).await;
    }
}

/// Follows the live calls until the shutdown.
pub async fn follow(calls: CallsHub, board: Hub, shutdown: CancellationToken) {
    let work = async {
        let mut flushes = calls.flushes();
        let mut holds: HashMap<CallId, Hold> = HashMap::new();
        let mut changed = all(&calls);
        loop {
            for id in std::mem::take(&mut changed) {
                let leg = LegId::new(&id.node, id.uuid.clone());
                let now = calls.find(&leg, &Scope::All).as_ref().and_then(Hold::of);
                let before = match &now {
                    Some(hold) => holds.insert(id, hold.clone()),
                    None => holds.remove(&id),
                };
                if let Some(before) = before.filter(|before| now.as_ref() != Some(before)) {
                    before.tell(&board, false).await;
                }
                if let Some(hold) = now {
                    hold.tell(&board, true).await;
                }
            }
            changed = match timeout(TELL_EVERY, flushes.recv()).await {
                Ok(Ok(flush)) => flush.pieces.iter().map(|piece| piece.id.clone()).collect(),
                Ok(Err(RecvError::Lagged(_))) => {
                    all(&calls).into_iter().chain(holds.keys().cloned()).collect()
                }
                Ok(Err(RecvError::Closed)) => return,
                Err(_) => holds.keys().cloned().collect(),
            };
        }
    };
    shutdown.run_until_cancelled(work).await;
}

fn all(calls: &CallsHub) -> BTreeSet<CallId> {
    calls.rows(&Scope::All.into()).1.into_iter().map(|call| call.id).collect()
}
