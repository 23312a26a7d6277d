//! Table `agent_activity`.

use app::model::ids::{AgentKey, NodeName};
use app::model::time::UnixMs;
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
