//! Queues: what their numbers are measured against.

use app::api::ApiError;
use app::api::permit::{EditQueueTargets, Permit};
use app::api::queues::QueuesApi;
use app::model::ids::QueueKey;
use app::model::thresholds::QueueTargets;
use app::model::time::UnixMs;
use app::model::wall::Scope;
use sqlx::MySqlConnection;

use crate::clock;
use crate::storage::audit::{self, NewAudit};
use crate::storage::{Database, StorageError, queues};
use crate::switch::event::SwitchEvent;
use crate::wallboard::hub::Hub;

/// Implements [`QueuesApi`].
pub struct Queues {
    pub(super) database: Database,
    pub(super) hub: Hub,
}

#[async_trait::async_trait]
impl QueuesApi for Queues {
    async fn save_queue_targets(
        &self,
        permit: Permit<EditQueueTargets>,
        queue: QueueKey,
        targets: QueueTargets,
    ) -> Result<(), ApiError> {
        permit.touch_queue(&queue)?;
        let problems = targets.problems();
        if !problems.is_empty() {
            return Err(ApiError::Invalid(problems));
        }
        let now = clock::now();
        let mut transaction = self.database.begin().await?;
        let before =
            store_targets(&mut transaction, &self.hub, permit.scope(), &queue, &targets, now).await?;
        let row = NewAudit::by(&permit, "queue.set-targets", &queue).before(&before).after(&targets);
        audit::record_done(&mut *transaction, &row, now).await?;
        transaction.commit().await.map_err(StorageError::of("store the targets of the queue"))?;
        announce_targets(&self.hub, permit.scope(), &queue, &targets).await;
        Ok(())
    }
}

/// Stores the targets of a queue and returns those before. One name is one queue to people, on however many nodes it is.
pub(super) async fn store_targets(
    connection: &mut MySqlConnection,
    hub: &Hub,
    scope: &Scope,
    queue: &QueueKey,
    targets: &QueueTargets,
    now: UnixMs,
) -> Result<QueueTargets, StorageError> {
    let mut on_board = hub.queues_named(&queue.name);
    on_board.retain(|part| scope.has_queue(part));
    for part in &on_board {
        // A queue may be on the board before its discovery has been stored.
        queues::discover_queues(&mut *connection, &part.node, std::slice::from_ref(&part.name), now).await?;
    }
    let before = queues::lock_queue_targets(&mut *connection, queue).await?;
    for part in &named_like(hub, scope, queue) {
        queues::update_queue_targets(&mut *connection, part, targets).await?;
    }
    Ok(before)
}

/// Shows the targets of a queue on every board.
pub(super) async fn announce_targets(hub: &Hub, scope: &Scope, queue: &QueueKey, targets: &QueueTargets) {
    for queue in named_like(hub, scope, queue) {
        let node = queue.node.clone();
        hub.send(&node, SwitchEvent::TargetsSet { queue, targets: targets.clone() }).await;
    }
}

/// The queue on every node that has one of its name and is in the scope, itself included.
pub(super) fn named_like(hub: &Hub, scope: &Scope, queue: &QueueKey) -> Vec<QueueKey> {
    let mut named = hub.queues_named(&queue.name);
    named.retain(|part| scope.has_queue(part));
    if !named.contains(queue) {
        named.push(queue.clone());
    }
    named
}
