//! Queues: what their numbers are measured against.

use app::api::ApiError;
use app::api::permit::{EditQueueTargets, Permit};
use app::api::queues::QueuesApi;
use app::model::ids::QueueKey;
use app::model::thresholds::QueueTargets;

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
        // A queue may be on the board before its discovery has been stored. One name is one queue to people, on
        // however many nodes it is.
        let mut named = self.hub.queues_named(&queue.name);
        named.retain(|part| permit.touch_queue(part).is_ok());
        for part in &named {
            queues::discover_queues(&mut *transaction, &part.node, std::slice::from_ref(&part.name), now)
                .await?;
        }
        if !named.contains(&queue) {
            named.push(queue.clone());
        }
        let before = queues::lock_queue_targets(&mut *transaction, &queue).await?;
        for part in &named {
            queues::update_queue_targets(&mut *transaction, part, &targets).await?;
        }
        let row = NewAudit::by(&permit, "queue.set-targets", &queue).before(&before).after(&targets);
        audit::record_done(&mut *transaction, &row, now).await?;
        transaction.commit().await.map_err(StorageError::of("store the targets of the queue"))?;
        for queue in named {
            let node = queue.node.clone();
            self.hub.send(&node, SwitchEvent::TargetsSet { queue, targets: targets.clone() }).await;
        }
        Ok(())
    }
}
