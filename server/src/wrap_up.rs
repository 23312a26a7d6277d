//! Wrap-ups that were cut short ("ready now").
//!
//! mod_callcenter has no command that ends a wrap-up: an agent is offered calls again once `last_bridge_end +
//! wrap_up_time` has passed. To end one, `wrap_up_time` is set to 0; it goes back to what it was with the next offer, or as
//! soon as the wrap-up would have been over by itself, so that the next call has its wrap-up. What it goes back to is in the
//! database before the switch is told, so that a restart of SwitchDesk forgets nothing.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use app::model::agent::{AgentRow, Presence};
use app::model::ids::AgentKey;
use app::model::time::{DurationMs, UnixMs};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use crate::clock;
use crate::storage::wrap_up_restores::{self, WrapUpRestore};
use crate::storage::{Database, StorageError};
use crate::switch::event::SwitchEvent;
use crate::switch::{SwitchError, Switches};
use crate::wallboard::hub::Hub;

/// How soon after an offer the switch gets the wrap-up back; far sooner than a talk is over.
const LOOK_EVERY: Duration = Duration::from_millis(250);

/// Cuts wrap-ups short and restores them; cheap to clone.
#[derive(Clone, Debug)]
pub struct WrapUps {
    database: Database,
    switches: Switches,
    hub: Hub,
    pending: Arc<Mutex<HashMap<AgentKey, WrapUpRestore>>>,
    is_new: Arc<Notify>,
}

impl WrapUps {
    /// None is cut short until [`WrapUps::run`] has read what an earlier start left.
    pub fn new(database: Database, switches: Switches, hub: Hub) -> Self {
        Self { database, switches, hub, pending: Arc::default(), is_new: Arc::default() }
    }

    /// Ends a wrap-up that lasts until `until` and is `wrap_up` long as the switch has it.
    ///
    /// # Errors
    /// The database's before anything is sent; then the switch's.
    pub async fn cut_short(
        &self,
        agent: &AgentKey,
        wrap_up: DurationMs,
        until: UnixMs,
    ) -> Result<(), CutShortError> {
        let restore = WrapUpRestore { agent: agent.clone(), wrap_up, until };
        if wrap_up.0 > 0 {
            wrap_up_restores::create_wrap_up_restore(self.database.pool()?, &restore).await?;
            self.lock().entry(agent.clone()).or_insert(restore);
            self.is_new.notify_one();
            self.switches.set_wrap_up(agent, DurationMs(0)).await?;
        }
        // More time may have been asked for before.
        self.switches.set_ready_at(agent, clock::now()).await?;
        Ok(())
    }

    /// Runs until the shutdown: restores what is due.
    pub async fn run(self, shutdown: CancellationToken) {
        shutdown
            .run_until_cancelled(async {
                self.read_earlier().await;
                loop {
                    let due: Vec<WrapUpRestore> =
                        self.lock().values().filter(|restore| self.is_due(restore)).cloned().collect();
                    for restore in due {
                        self.restore(&restore).await;
                    }
                    if self.lock().is_empty() {
                        self.is_new.notified().await;
                    } else {
                        tokio::time::sleep(LOOK_EVERY).await;
                    }
                }
            })
            .await;
    }

    async fn read_earlier(&self) {
        loop {
            self.database.wait_until_there().await;
            let read: Result<_, StorageError> =
                async { wrap_up_restores::list_wrap_up_restores(self.database.pool()?).await }.await;
            match read {
                Ok(earlier) => {
                    let mut pending = self.lock();
                    for restore in earlier {
                        pending.entry(restore.agent.clone()).or_insert(restore);
                    }
                    return;
                }
                Err(error) => {
                    tracing::warn!(%error, "wrap-ups to go back to cannot be read yet");
                    tokio::time::sleep(Duration::from_secs(1)).await;
                }
            }
        }
    }

    fn is_due(&self, restore: &WrapUpRestore) -> bool {
        self.hub.agent(&restore.agent).is_some_and(|row| is_due(&row, restore.until, clock::now()))
    }

    async fn restore(&self, restore: &WrapUpRestore) {
        match self.switches.set_wrap_up(&restore.agent, restore.wrap_up).await {
            Ok(()) => {
                let agent = restore.agent.name.clone();
                let event = SwitchEvent::WrapUpSet { agent, wrap_up: restore.wrap_up };
                self.hub.send(&restore.agent.node, event).await;
            }
            // Asked again with the next look: to set it twice does no harm.
            Err(SwitchError::Unavailable | SwitchError::Unknown) => return,
            Err(error) => tracing::warn!(%error, agent = %restore.agent, "the wrap-up stays cut short"),
        }
        let deleted: Result<(), StorageError> =
            async { wrap_up_restores::delete_wrap_up_restore(self.database.pool()?, &restore.agent).await }
                .await;
        match deleted {
            Ok(()) => drop(self.lock().remove(&restore.agent)),
            Err(error) => tracing::debug!(%error, "a wrap-up that was restored will be restored again"),
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<AgentKey, WrapUpRestore>> {
        self.pending.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether the switch may have the wrap-up back: the agent is in the next call or takes none, or the one that was cut short
/// would be over by itself.
fn is_due(row: &AgentRow, until: UnixMs, now: UnixMs) -> bool {
    let is_free = matches!(row.presence, Presence::Available | Presence::WrapUp | Presence::Idle);
    !is_free || now > until
}

/// Why a wrap-up was not cut short.
#[derive(Debug, thiserror::Error)]
pub enum CutShortError {
    /// What it goes back to cannot be stored; nothing was sent.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// The switch.
    #[error(transparent)]
    Switch(#[from] SwitchError),
}
