//! Queues: what their numbers are measured against.

use leptos::prelude::*;

use super::ApiError;
#[cfg(feature = "ssr")]
use super::{
    apis, permit,
    permit::{EditQueueTargets, Permit},
    respond,
};
use crate::model::ids::QueueKey;
use crate::model::thresholds::QueueTargets;

/// What the server does for queues.
#[cfg(feature = "ssr")]
#[async_trait::async_trait]
pub trait QueuesApi: Send + Sync {
    /// Stores the targets of a queue with their audit row, and shows them on every board at once.
    async fn save_queue_targets(
        &self,
        permit: Permit<EditQueueTargets>,
        queue: QueueKey,
        targets: QueueTargets,
    ) -> Result<(), ApiError>;
}

/// Stores the targets of a queue.
#[server(endpoint = "queues/targets", input = leptos::server_fn::codec::Json)]
pub async fn save_queue_targets(queue: QueueKey, targets: QueueTargets) -> Result<(), ApiError> {
    respond(async { apis()?.queues.save_queue_targets(permit()?, queue, targets).await }).await
}
