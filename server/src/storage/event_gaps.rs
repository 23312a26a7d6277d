//! Tables `event_gaps` and `history_progress`: what of the past was seen, and what was not.

use app::model::ids::NodeName;
use app::model::time::UnixMs;
use sqlx::{MySql, MySqlConnection, MySqlExecutor, QueryBuilder};

use super::StorageError;
use super::exact::Exact;
use crate::history::record::Gap;

/// Stores gaps as they are now.
///
/// # Errors
/// `Database`.
pub async fn store_event_gaps(executor: &mut MySqlConnection, gaps: &[Gap]) -> Result<(), StorageError> {
    if gaps.is_empty() {
        return Ok(());
    }
    QueryBuilder::<MySql>::new("INSERT INTO event_gaps (node, from_ms, to_ms, is_stop, closed_at_ms) ")
        .push_values(gaps, |mut row, gap| {
            row.push_bind(&gap.node.0)
                .push_bind(gap.from.0)
                .push_bind(gap.to.map(|at| at.0))
                .push_bind(gap.is_stop)
                .push_bind(gap.closed_at.map(|at| at.0));
        })
        .push(" ON DUPLICATE KEY UPDATE to_ms = VALUES(to_ms), closed_at_ms = VALUES(closed_at_ms)")
        .build()
        .execute(&mut *executor)
        .await
        .map_err(StorageError::of("store when events were lost"))?;
    Ok(())
}

/// Gaps since a moment that no call records have closed, oldest first; and older ones that have not ended.
///
/// # Errors
/// `Database`.
pub async fn list_open_gaps(
    executor: impl MySqlExecutor<'_>,
    since: UnixMs,
) -> Result<Vec<Gap>, StorageError> {
    let rows: Vec<(Exact, i64, Option<i64>, bool)> = sqlx::query_as(
        "SELECT node, from_ms, to_ms, is_stop FROM event_gaps
         WHERE closed_at_ms IS NULL AND (to_ms IS NULL OR to_ms >= ?) ORDER BY from_ms",
    )
    .bind(since.0)
    .fetch_all(executor)
    .await
    .map_err(StorageError::of("list when events were lost"))?;
    Ok(rows
        .into_iter()
        .map(|(node, from_ms, to_ms, is_stop)| Gap {
            node: NodeName(node.0),
            from: UnixMs(from_ms),
            to: to_ms.map(UnixMs),
            is_stop,
            closed_at: None,
        })
        .collect())
}

/// Stores up to when everything of these nodes is on record.
///
/// # Errors
/// `Database`.
pub async fn store_progress(
    executor: &mut MySqlConnection,
    seen: &[(NodeName, UnixMs)],
) -> Result<(), StorageError> {
    if seen.is_empty() {
        return Ok(());
    }
    QueryBuilder::<MySql>::new("INSERT INTO history_progress (node, since_ms, seen_until_ms) ")
        .push_values(seen, |mut row, (node, until)| {
            row.push_bind(&node.0).push_bind(until.0).push_bind(until.0);
        })
        .push(" ON DUPLICATE KEY UPDATE seen_until_ms = VALUES(seen_until_ms)")
        .build()
        .execute(&mut *executor)
        .await
        .map_err(StorageError::of("store how far the record goes"))?;
    Ok(())
}

/// How far the record of a node goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Progress {
    /// Node.
    pub node: NodeName,
    /// Since when there is a record.
    pub since: UnixMs,
    /// Up to when everything was seen.
    pub seen_until: UnixMs,
}

/// How far the record of each node goes.
///
/// # Errors
/// `Database`.
pub async fn list_progress(executor: impl MySqlExecutor<'_>) -> Result<Vec<Progress>, StorageError> {
    let rows: Vec<(Exact, i64, i64)> =
        sqlx::query_as("SELECT node, since_ms, seen_until_ms FROM history_progress ORDER BY node")
            .fetch_all(executor)
            .await
            .map_err(StorageError::of("read how far the record goes"))?;
    Ok(rows
        .into_iter()
        .map(|(node, since_ms, seen_until_ms)| Progress {
            node: NodeName(node.0),
            since: UnixMs(since_ms),
            seen_until: UnixMs(seen_until_ms),
        })
        .collect())
}
