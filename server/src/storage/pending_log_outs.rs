//! Table `pending_log_outs`: agents who are to be logged out at the end of their call.

use app::model::ids::{AgentKey, NodeName};
use app::model::time::UnixMs;
use sqlx::MySqlExecutor;

use super::StorageError;
use super::exact::Exact;

/// An agent who is to be logged out, and who wants it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PendingLogOut {
    /// The agent.
    pub agent: AgentKey,
    /// Key of the user who wants it.
    pub user_id: u64,
    /// The sign-in name of that user.
    pub user_name: String,
    /// And the name for people.
    pub display_name: String,
}

/// Stores that an agent is to be logged out.
///
/// # Errors
/// `Conflict` where somebody wants it already.
pub async fn create_pending_log_out(
    executor: impl MySqlExecutor<'_>,
    agent: &AgentKey,
    user_id: u64,
    now: UnixMs,
) -> Result<(), StorageError> {
    sqlx::query("INSERT INTO pending_log_outs (node, agent, user_id, asked_at_ms) VALUES (?, ?, ?, ?)")
        .bind(&agent.node.0)
        .bind(&agent.name)
        .bind(user_id)
        .bind(now.0)
        .execute(executor)
        .await
        .map_err(StorageError::of("store that an agent is to be logged out"))?;
    Ok(())
}

/// Takes it back, or away once it is done. `false` where nobody wants it any more.
///
/// # Errors
/// `Database`.
pub async fn delete_pending_log_out(
    executor: impl MySqlExecutor<'_>,
    agent: &AgentKey,
) -> Result<bool, StorageError> {
    let done = sqlx::query("DELETE FROM pending_log_outs WHERE node = ? AND agent = ?")
        .bind(&agent.node.0)
        .bind(&agent.name)
        .execute(executor)
        .await
        .map_err(StorageError::of("take back that an agent is to be logged out"))?;
    Ok(done.rows_affected() > 0)
}

/// All of them.
///
/// # Errors
/// `Database`.
pub async fn list_pending_log_outs(
    executor: impl MySqlExecutor<'_>,
) -> Result<Vec<PendingLogOut>, StorageError> {
    #[derive(sqlx::FromRow)]
    struct Row {
        node: Exact,
        agent: Exact,
        user_id: u64,
        name: Exact,
        display_name: String,
    }
    let rows: Vec<Row> = sqlx::query_as(
        "SELECT pending.node, pending.agent, pending.user_id, users.name, users.display_name
         FROM pending_log_outs AS pending JOIN users ON users.id = pending.user_id
         ORDER BY pending.node, pending.agent",
    )
    .fetch_all(executor)
    .await
    .map_err(StorageError::of("list the agents who are to be logged out"))?;
    Ok(rows
        .into_iter()
        .map(|row| PendingLogOut {
            agent: AgentKey::new(&NodeName(row.node.0), row.agent.0),
            user_id: row.user_id,
            user_name: row.name.0,
            display_name: row.display_name,
        })
        .collect())
}
