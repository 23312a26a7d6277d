//! Agents who are to be logged out at the end of their call. The wish is in the database, so that it outlives a start of
//! SwitchDesk; it is carried out when the board shows that the call is over, or taken back before.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use app::api::ApiError;
use app::model::agent::{AgentStatus, Presence};
use app::model::board::LinkState;
use app::model::ids::AgentKey;
use app::model::wall::Scope;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use crate::api::action::{Actions, Failure};
use crate::api::statuses::{ChosenStatus, Statuses};
use crate::clock;
use crate::storage::audit::{NewAudit, Outcome};
use crate::storage::pending_log_outs::{self, PendingLogOut};
use crate::storage::{Database, StorageError};
use crate::switch::event::SwitchEvent;
use crate::wallboard::hub::Hub;

/// While somebody is to be logged out the board is looked at that often when nothing changes on it.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// A handle; cheap to clone.
#[derive(Clone, Debug)]
pub struct LogOuts(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    hub: Hub,
    database: Database,
    pending: Mutex<BTreeMap<AgentKey, PendingLogOut>>,
    has_news: Notify,
}

impl LogOuts {
    /// Nobody yet: [`LogOuts::run`] reads who was left by an earlier start.
    pub fn new(hub: Hub, database: Database) -> Self {
        Self(Arc::new(Shared { hub, database, pending: Mutex::default(), has_news: Notify::new() }))
    }

    /// Wants an agent logged out at the end of the call.
    ///
    /// # Errors
    /// `Conflict` where somebody wants it already; `DatabaseUnavailable`.
    pub async fn ask(&self, wish: PendingLogOut) -> Result<(), ApiError> {
        let pool = self.0.database.pool()?;
        pending_log_outs::create_pending_log_out(pool, &wish.agent, wish.user_id, clock::now()).await?;
        self.know(wish).await;
        self.0.has_news.notify_one();
        Ok(())
    }

    /// Takes it back; `false` where nobody wants it any more.
    ///
    /// # Errors
    /// `DatabaseUnavailable`.
    pub async fn take_back(&self, agent: &AgentKey) -> Result<bool, ApiError> {
        let was_wanted = pending_log_outs::delete_pending_log_out(self.0.database.pool()?, agent).await?;
        self.forget(agent).await;
        Ok(was_wanted)
    }

    /// Carries the wishes out, until the shutdown.
    pub async fn run(self, statuses: Statuses, actions: Actions, shutdown: CancellationToken) {
        let work = async {
            self.restore().await;
            let mut changes = self.0.hub.flushes();
            loop {
                if self.pending().is_empty() {
                    self.0.has_news.notified().await;
                    // What happened meanwhile is of no interest.
                    changes = self.0.hub.flushes();
                } else {
                    // Any change may be the end of the call; a reader who lags behind looks as well.
                    let _ = tokio::time::timeout(LOOK_EVERY, changes.recv()).await;
                }
                for wish in self.due() {
                    self.carry_out(&statuses, &actions, wish).await;
                }
            }
        };
        shutdown.run_until_cancelled(work).await;
    }

    /// Reads who was left by an earlier start, once the database is there.
    async fn restore(&self) {
        loop {
            self.0.database.wait_until_there().await;
            let read: Result<_, StorageError> =
                async { pending_log_outs::list_pending_log_outs(self.0.database.pool()?).await }.await;
            match read {
                Ok(wishes) => {
                    for wish in wishes {
                        self.know(wish).await;
                    }
                    return;
                }
                Err(error) => {
                    tracing::warn!(%error, "who is to be logged out cannot be read yet");
                    tokio::time::sleep(LOOK_EVERY).await;
                }
            }
        }
    }

    /// Those whose call is over, as far as the node can be believed.
    fn due(&self) -> Vec<PendingLogOut> {
        let pending: Vec<PendingLogOut> = self.pending().values().cloned().collect();
        let nodes = self.0.hub.snapshot(Scope::default()).board.nodes;
        let is_live = |wish: &PendingLogOut| {
            nodes.iter().any(|node| node.node == wish.agent.node && node.link == LinkState::Live)
        };
        let is_over = |wish: &PendingLogOut| {
            let row = self.0.hub.agent(&wish.agent);
            row.is_some_and(|row| !matches!(row.presence, Presence::OnCall | Presence::Ringing))
        };
        pending.into_iter().filter(|wish| is_live(wish) && is_over(wish)).collect()
    }

    /// Does it once: what the switch refuses, or does not answer, is on record and not tried again.
    async fn carry_out(&self, statuses: &Statuses, actions: &Actions, wish: PendingLogOut) {
        match self.take_back(&wish.agent).await {
            Ok(true) => {}
            Ok(false) => return,
            Err(error) => {
                tracing::warn!(%error, agent.name = %wish.agent, "cannot log an agent out while the database is away");
                return;
            }
        }
        let chosen = ChosenStatus { status: AgentStatus::LoggedOut, reason: None };
        let row =
            NewAudit::on_behalf_of((wish.user_id, &wish.user_name), "agent.log-out-at-end", &wish.agent)
                .before(&statuses.present(&wish.agent))
                .after(&chosen);
        let act = statuses.force(&wish.agent, chosen, (wish.user_id, &wish.display_name));
        if let Err(error) = actions.run(row, act).await
            && error.verdict().0 != Outcome::Done
        {
            tracing::warn!(%error, agent.name = %wish.agent, "an agent could not be logged out at the end of the call");
        }
    }

    async fn know(&self, wish: PendingLogOut) {
        let agent = wish.agent.clone();
        let wanted_by = Some(wish.display_name.clone());
        self.pending().insert(agent.clone(), wish);
        self.tell(&agent, wanted_by).await;
    }

    async fn forget(&self, agent: &AgentKey) {
        self.pending().remove(agent);
        self.tell(agent, None).await;
    }

    async fn tell(&self, agent: &AgentKey, wanted_by: Option<String>) {
        let event = SwitchEvent::LogOutPending { agent: agent.name.clone(), wanted_by };
        self.0.hub.send(&agent.node, event).await;
    }

    fn pending(&self) -> MutexGuard<'_, BTreeMap<AgentKey, PendingLogOut>> {
        self.0.pending.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
