//! Table `agent_activity`.

use app::model::agent::ReasonCode;
use app::model::ids::{AgentKey, NodeName};
use app::model::time::{DurationMs, UnixMs};
use sqlx::types::Json;
use sqlx::{MySql, MySqlConnection, MySqlExecutor, QueryBuilder};

use super::StorageError;
use super::exact::Exact;
use crate::history::record::ActivityInterval;
use crate::wallboard::facts::Activity;

/// Rows of one statement.
const CHUNK: usize = 500;

/// Stores intervals as they are now.
///
/// # Errors
/// `Database`.
pub async fn store_activity(
    executor: &mut MySqlConnection,
    intervals: &[ActivityInterval],
) -> Result<(), StorageError> {
    for intervals in intervals.chunks(CHUNK) {
        QueryBuilder::<MySql>::new(
            "INSERT INTO agent_activity (node, agent, started_at_ms, ended_at_ms, activity_json) ",
        )
        .push_values(intervals, |mut row, interval| {
            row.push_bind(&interval.agent.node.0)
                .push_bind(&interval.agent.name)
                .push_bind(interval.started_at.0)
                .push_bind(interval.ended_at.map(|at| at.0))
                .push_bind(Json(&interval.activity));
        })
        .push(
            " ON DUPLICATE KEY UPDATE ended_at_ms = VALUES(ended_at_ms), activity_json = VALUES(activity_json)",
        )
        .build()
        .execute(&mut *executor)
        .await
        .map_err(StorageError::of("store what agents did"))?;
    }
    Ok(())
}

/// What each agent did last, as far as it has no end.
///
/// # Errors
/// `Database`.
pub async fn list_open_activity(
    executor: impl MySqlExecutor<'_>,
) -> Result<Vec<ActivityInterval>, StorageError> {
    let rows: Vec<(Exact, Exact, i64, Exact)> = sqlx::query_as(
        "SELECT node, agent, started_at_ms, activity_json FROM agent_activity WHERE ended_at_ms IS NULL ORDER BY id",
    )
    .fetch_all(executor)
    .await
    .map_err(StorageError::of("list what agents do"))?;
    Ok(rows
        .into_iter()
        .filter_map(|(node, agent, started_at_ms, activity)| {
            Some(ActivityInterval {
                agent: AgentKey::new(&NodeName(node.0), agent.0),
                started_at: UnixMs(started_at_ms),
                ended_at: None,
                // What another version wrote and this one cannot read goes on record anew.
                activity: serde_json::from_str::<Activity>(&activity.0).ok()?,
            })
        })
        .collect())
}

/// Breaks that have ended since a moment, by agent and reason; what of a break lies before the moment does not count.
///
/// # Errors
/// `Database`.
pub async fn sum_breaks_since(
    executor: impl MySqlExecutor<'_>,
    since: UnixMs,
) -> Result<Vec<(AgentKey, ReasonCode, DurationMs)>, StorageError> {
    let rows: Vec<(Exact, Exact, Exact, i64)> = sqlx::query_as(
        "SELECT node, agent, JSON_VALUE(activity_json, '$.reason') AS reason,
             CAST(SUM(ended_at_ms - GREATEST(started_at_ms, ?)) AS SIGNED)
         FROM agent_activity
         WHERE presence = 'OnBreak' AND ended_at_ms > ? AND JSON_VALUE(activity_json, '$.reason') IS NOT NULL
         GROUP BY node, agent, reason ORDER BY node, agent, reason",
    )
    .bind(since.0)
    .bind(since.0)
    .fetch_all(executor)
    .await
    .map_err(StorageError::of("sum up the breaks"))?;
    Ok(rows
        .into_iter()
        .map(|(node, agent, reason, spent_ms)| {
            (AgentKey::new(&NodeName(node.0), agent.0), ReasonCode(reason.0), DurationMs(spent_ms))
        })
        .collect())
}

/// What an agent did since a moment, in order; the first interval may have begun before it.
///
/// # Errors
/// `Database`.
pub async fn list_activity_since(
    executor: impl MySqlExecutor<'_>,
    agent: &AgentKey,
    since: UnixMs,
) -> Result<Vec<ActivityInterval>, StorageError> {
    let rows: Vec<(i64, Option<i64>, Exact)> = sqlx::query_as(
        "SELECT started_at_ms, ended_at_ms, activity_json FROM agent_activity
         WHERE node = ? AND agent = ? AND (ended_at_ms > ? OR ended_at_ms IS NULL) ORDER BY started_at_ms",
    )
    .bind(&agent.node.0)
    .bind(&agent.name)
    .bind(since.0)
    .fetch_all(executor)
    .await
    .map_err(StorageError::of("list what an agent did"))?;
    Ok(rows
        .into_iter()
        .filter_map(|(started_at_ms, ended_at_ms, activity)| {
            Some(ActivityInterval {
                agent: agent.clone(),
                started_at: UnixMs(started_at_ms),
                ended_at: ended_at_ms.map(UnixMs),
                activity: serde_json::from_str::<Activity>(&activity.0).ok()?,
            })
        })
        .collect())
}
