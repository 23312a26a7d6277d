//! Table `switch_queues`.

use app::model::ids::{NodeName, QueueKey};
use app::model::metrics::ServiceLevelFormula;
use app::model::thresholds::QueueTargets;
use app::model::time::UnixMs;
use sqlx::{MySql, MySqlExecutor, QueryBuilder};

use super::StorageError;
use super::exact::Exact;

/// A queue that a switch has or had.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredQueue {
    /// As the switch spells it.
    pub name: String,
    /// Name for people, where somebody gave one.
    pub display_name: Option<String>,
    /// What its numbers are measured against.
    pub targets: QueueTargets,
}

#[derive(sqlx::FromRow)]
struct TargetColumns {
    waiting_warning: u32,
    waiting_critical: u32,
    longest_wait_warning_s: u32,
    longest_wait_critical_s: u32,
    service_level_warning_percent: u32,
    service_level_critical_percent: u32,
    service_level_s: u32,
    short_abandon_s: u32,
    formula: Exact,
}

impl From<TargetColumns> for QueueTargets {
    fn from(row: TargetColumns) -> Self {
        Self {
            waiting_warning: row.waiting_warning,
            waiting_critical: row.waiting_critical,
            longest_wait_warning_s: row.longest_wait_warning_s,
            longest_wait_critical_s: row.longest_wait_critical_s,
            service_level_warning_percent: row.service_level_warning_percent,
            service_level_critical_percent: row.service_level_critical_percent,
            service_level_s: row.service_level_s,
            short_abandon_s: row.short_abandon_s,
            // A formula of a later version reads as the standard one rather than hiding the queue.
            formula: ServiceLevelFormula::from_code(&row.formula.0).unwrap_or_default(),
        }
    }
}

const TARGETS: &str = "waiting_warning, waiting_critical, longest_wait_warning_s, longest_wait_critical_s,
    service_level_warning_percent, service_level_critical_percent, service_level_s, short_abandon_s, formula";

/// Gives each queue that was found on a switch a row; those that have one keep it.
///
/// # Errors
/// `Database`.
pub async fn discover_queues(
    executor: impl MySqlExecutor<'_>,
    node: &NodeName,
    names: &[String],
    now: UnixMs,
) -> Result<(), StorageError> {
    if names.is_empty() {
        return Ok(());
    }
    QueryBuilder::<MySql>::new("INSERT INTO switch_queues (node, name, first_seen_at_ms) ")
        .push_values(names, |mut row, name| {
            row.push_bind(&node.0).push_bind(name).push_bind(now.0);
        })
        // Nothing changes, and unlike INSERT IGNORE no other error is swallowed.
        .push(" ON DUPLICATE KEY UPDATE first_seen_at_ms = first_seen_at_ms")
        .build()
        .execute(executor)
        .await
        .map_err(StorageError::of("store the discovered queues"))?;
    Ok(())
}

/// Every queue of a node, by name.
///
/// # Errors
/// `Database`.
pub async fn list_queues(
    executor: impl MySqlExecutor<'_>,
    node: &NodeName,
) -> Result<Vec<StoredQueue>, StorageError> {
    #[derive(sqlx::FromRow)]
    struct Row {
        name: Exact,
        display_name: Option<String>,
        #[sqlx(flatten)]
        targets: TargetColumns,
    }
    let statement =
        format!("SELECT name, display_name, {TARGETS} FROM switch_queues WHERE node = ? ORDER BY name");
    let rows: Vec<Row> = sqlx::query_as(&statement)
        .bind(&node.0)
        .fetch_all(executor)
        .await
        .map_err(StorageError::of("list the queues"))?;
    Ok(rows
        .into_iter()
        .map(|row| StoredQueue {
            name: row.name.0,
            display_name: row.display_name,
            targets: row.targets.into(),
        })
        .collect())
}

/// The queue that a program named, with its domain or without; where several nodes have it, on the first of them.
///
/// # Errors
/// `Database`.
pub async fn find_queue_named(
    executor: impl MySqlExecutor<'_>,
    name: &str,
) -> Result<Option<QueueKey>, StorageError> {
    let row: Option<(Exact, Exact)> = sqlx::query_as(
        "SELECT node, name FROM switch_queues WHERE name = ? OR SUBSTRING_INDEX(name, '@', 1) = ?
         ORDER BY name <> ?, node, name LIMIT 1",
    )
    .bind(name)
    .bind(name)
    .bind(name)
    .fetch_optional(executor)
    .await
    .map_err(StorageError::of("look for a queue by its name"))?;
    Ok(row.map(|(node, name)| QueueKey::new(&NodeName(node.0), name.0)))
}

/// The targets of a queue, locked until the transaction ends: what an edit replaces.
///
/// # Errors
/// `NotFound` when the queue has no row.
pub async fn lock_queue_targets(
    executor: impl MySqlExecutor<'_>,
    queue: &QueueKey,
) -> Result<QueueTargets, StorageError> {
    let statement = format!("SELECT {TARGETS} FROM switch_queues WHERE node = ? AND name = ? FOR UPDATE");
    let row: TargetColumns = sqlx::query_as(&statement)
        .bind(&queue.node.0)
        .bind(&queue.name)
        .fetch_one(executor)
        .await
        .map_err(StorageError::of("read the targets of the queue"))?;
    Ok(row.into())
}

/// Stores the targets of a queue that has a row.
///
/// # Errors
/// `Database`.
pub async fn update_queue_targets(
    executor: impl MySqlExecutor<'_>,
    queue: &QueueKey,
    targets: &QueueTargets,
) -> Result<(), StorageError> {
    sqlx::query(
        "UPDATE switch_queues SET waiting_warning = ?, waiting_critical = ?, longest_wait_warning_s = ?,
             longest_wait_critical_s = ?, service_level_warning_percent = ?, service_level_critical_percent = ?,
             service_level_s = ?, short_abandon_s = ?, formula = ?
         WHERE node = ? AND name = ?",
    )
    .bind(targets.waiting_warning)
    .bind(targets.waiting_critical)
    .bind(targets.longest_wait_warning_s)
    .bind(targets.longest_wait_critical_s)
    .bind(targets.service_level_warning_percent)
    .bind(targets.service_level_critical_percent)
    .bind(targets.service_level_s)
    .bind(targets.short_abandon_s)
    .bind(targets.formula.code())
    .bind(&queue.node.0)
    .bind(&queue.name)
    .execute(executor)
    .await
    .map_err(StorageError::of("store the targets of the queue"))?;
    Ok(())
}
