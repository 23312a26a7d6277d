//! Table `callback_rules`. A queue without a row has the default rule.

use app::model::callback::CallbackRule;
use app::model::ids::{NodeName, QueueKey};
use sqlx::MySqlExecutor;

use super::StorageError;
use super::exact::Exact;

#[derive(sqlx::FromRow)]
struct Row {
    node: Exact,
    queue: Exact,
    is_from_abandoned: bool,
    abandoned_after_s: u32,
    pause_s: u32,
    most_attempts: u32,
    caller_id: Exact,
    dial_prefix: Exact,
}

impl From<Row> for (QueueKey, CallbackRule) {
    fn from(row: Row) -> Self {
        let rule = CallbackRule {
            is_from_abandoned: row.is_from_abandoned,
            abandoned_after_s: row.abandoned_after_s,
            pause_s: row.pause_s,
            most_attempts: row.most_attempts,
            caller_id: row.caller_id.0,
            dial_prefix: row.dial_prefix.0,
        };
        (QueueKey::new(&NodeName(row.node.0), row.queue.0), rule)
    }
}

const SELECT: &str =
    "SELECT node, queue, is_from_abandoned, abandoned_after_s, pause_s, most_attempts, caller_id,
    dial_prefix FROM callback_rules";

/// Every rule that somebody has set.
///
/// # Errors
/// `Database`.
pub async fn list_rules(
    executor: impl MySqlExecutor<'_>,
) -> Result<Vec<(QueueKey, CallbackRule)>, StorageError> {
    let rows: Vec<Row> = sqlx::query_as(&format!("{SELECT} ORDER BY node, queue"))
        .fetch_all(executor)
        .await
        .map_err(StorageError::of("list the rules for callbacks"))?;
    Ok(rows.into_iter().map(Into::into).collect())
}

/// The rule of a queue.
///
/// # Errors
/// `Database`.
pub async fn find_rule(
    executor: impl MySqlExecutor<'_>,
    queue: &QueueKey,
) -> Result<CallbackRule, StorageError> {
    find(executor, queue, "").await
}

/// The rule of a queue, locked until the transaction ends.
///
/// # Errors
/// `Database`.
pub async fn lock_rule(
    executor: impl MySqlExecutor<'_>,
    queue: &QueueKey,
) -> Result<CallbackRule, StorageError> {
    find(executor, queue, " FOR UPDATE").await
}

async fn find(
    executor: impl MySqlExecutor<'_>,
    queue: &QueueKey,
    lock: &str,
) -> Result<CallbackRule, StorageError> {
    let row: Option<Row> = sqlx::query_as(&format!("{SELECT} WHERE node = ? AND queue = ?{lock}"))
        .bind(&queue.node.0)
        .bind(&queue.name)
        .fetch_optional(executor)
        .await
        .map_err(StorageError::of("read the rule for callbacks"))?;
    Ok(row.map_or_else(CallbackRule::default, |row| <(QueueKey, CallbackRule)>::from(row).1))
}

/// Stores the rule of a queue.
///
/// # Errors
/// `Database`.
pub async fn store_rule(
    executor: impl MySqlExecutor<'_>,
    queue: &QueueKey,
    rule: &CallbackRule,
) -> Result<(), StorageError> {
    sqlx::query(
        "INSERT INTO callback_rules (node, queue, is_from_abandoned, abandoned_after_s, pause_s, most_attempts,
             caller_id, dial_prefix) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
         ON DUPLICATE KEY UPDATE is_from_abandoned = VALUES(is_from_abandoned),
             abandoned_after_s = VALUES(abandoned_after_s), pause_s = VALUES(pause_s),
             most_attempts = VALUES(most_attempts), caller_id = VALUES(caller_id),
             dial_prefix = VALUES(dial_prefix)",
    )
    .bind(&queue.node.0)
    .bind(&queue.name)
    .bind(rule.is_from_abandoned)
    .bind(rule.abandoned_after_s)
    .bind(rule.pause_s)
    .bind(rule.most_attempts)
    .bind(&rule.caller_id)
    .bind(&rule.dial_prefix)
    .execute(executor)
    .await
    .map_err(StorageError::of("store the rule for callbacks"))?;
    Ok(())
}
