//! How callbacks of a queue are made and tried.

use app::api::ApiError;
use app::api::permit::{ManageCallbacks, Permit};
use app::model::board::merged_by_name;
use app::model::callback::{CallbackQueue, CallbackRule, QueueRule};
use app::model::ids::QueueKey;
use sqlx::MySqlConnection;

use super::Callbacks;
use crate::clock;
use crate::storage::audit::{self, NewAudit};
use crate::storage::{StorageError, callback_rules};
use crate::wallboard::hub::Hub;

impl Callbacks {
    pub(super) async fn rules(&self, permit: &Permit<ManageCallbacks>) -> Result<Vec<QueueRule>, ApiError> {
        let stored = callback_rules::list_rules(self.database.pool()?).await?;
        let queues = merged_by_name(self.hub.snapshot(permit.scope()).board.queues, &[]);
        Ok(queues
            .into_iter()
            .map(|row| QueueRule {
                rule: stored
                    .iter()
                    .find(|(queue, _)| *queue == row.key)
                    .map(|(_, rule)| rule.clone())
                    .unwrap_or_default(),
                queue: CallbackQueue { key: row.key, name: row.display_name },
            })
            .collect())
    }

    pub(super) async fn save_rule(
        &self,
        permit: &Permit<ManageCallbacks>,
        queue: &QueueKey,
        rule: &CallbackRule,
    ) -> Result<(), ApiError> {
        permit.touch_queue(queue)?;
        let problems = rule.problems();
        if !problems.is_empty() {
            return Err(ApiError::Invalid(problems));
        }
        let named = self.hub.queues_named(&queue.name);
        if named.is_empty() {
            return Err(ApiError::NotFound);
        }
        let now = clock::now();
        let mut transaction = self.database.begin().await?;
        let before = callback_rules::lock_rule(&mut *transaction, queue).await?;
        store_rule(&mut transaction, &self.hub, queue, rule).await?;
        let row = NewAudit::by(permit, "callback.set-rule", queue).before(&before).after(rule);
        audit::record_done(&mut *transaction, &row, now).await?;
        Ok(transaction.commit().await.map_err(StorageError::of("store the rule for callbacks"))?)
    }
}

/// Stores the rule of a queue. One name is one queue to people, on however many nodes it is.
pub(in crate::api) async fn store_rule(
    connection: &mut MySqlConnection,
    hub: &Hub,
    queue: &QueueKey,
    rule: &CallbackRule,
) -> Result<(), StorageError> {
    let mut named = hub.queues_named(&queue.name);
    if !named.contains(queue) {
        named.push(queue.clone());
    }
    for part in &named {
        callback_rules::store_rule(&mut *connection, part, rule).await?;
    }
    Ok(())
}
