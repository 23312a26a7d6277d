//! What a queue's numbers are measured against.

use app::api::permit::{EditQueueTargets, Permit};
use app::api::{ApiError, Caller};
use app::model::thresholds::QueueTargets;
use app::model::time::UnixMs;
use app::model::wall::Scope;
use sqlx::MySqlConnection;

use super::{Left, State, Undoable, queue_of, state_from, value_of};
use crate::api::queues::{announce_targets, named_like, store_targets};
use crate::storage::queues;
use crate::wallboard::hub::Hub;

/// Edits of targets.
pub(super) struct QueueTargetsEdit {
    pub(super) hub: Hub,
}

#[async_trait::async_trait]
impl Undoable for QueueTargetsEdit {
    fn actions(&self) -> &'static [&'static str] {
        &["queue.set-targets"]
    }

    fn admit(&self, caller: &Caller, subject: &str) -> Result<(), ApiError> {
        let permit = Permit::<EditQueueTargets>::ask(caller.clone())?;
        // What stands on other nodes under the same name goes back as well.
        let parts = named_like(&self.hub, &Scope::All, &queue_of(subject)?);
        parts.iter().try_for_each(|part| permit.touch_queue(part))
    }

    async fn present(&self, connection: &mut MySqlConnection, subject: &str) -> Result<State, ApiError> {
        state_from(&queues::lock_queue_targets(connection, &queue_of(subject)?).await?)
    }

    async fn write_back(
        &self,
        connection: &mut MySqlConnection,
        _caller: &Caller,
        subject: &str,
        state: State,
        now: UnixMs,
    ) -> Result<Left, ApiError> {
        let targets: QueueTargets = value_of(&state)?;
        store_targets(connection, &self.hub, &Scope::All, &queue_of(subject)?, &targets, now).await?;
        Ok(state.into())
    }

    async fn announce(&self, subject: &str, _taken_back: &State, left: &Left) {
        if let (Ok(queue), Ok(targets)) = (queue_of(subject), value_of::<QueueTargets>(&left.state)) {
            announce_targets(&self.hub, &Scope::All, &queue, &targets).await;
        }
    }
}
