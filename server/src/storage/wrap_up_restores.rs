//! Table `wrap_up_restores`.

use app::model::ids::{AgentKey, NodeName};
use app::model::time::{DurationMs, UnixMs};
use sqlx::MySqlExecutor;

use super::StorageError;
use super::exact::Exact;

/// A wrap-up that the switch must get back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WrapUpRestore {
    /// Whose.
    pub agent: AgentKey,
    /// How long it is.
    pub wrap_up: DurationMs,
    /// By then the one that was cut short would be over by itself.
    pub until: UnixMs,
}

/// Stores one. What is stored already stays: the switch has nothing by then, which is not what it goes back to.
///
/// # Errors
/// `Database`.
pub async fn create_wrap_up_restore(
    executor: impl MySqlExecutor<'_>,
    new: &WrapUpRestore,
) -> Result<(), StorageError> {
    sqlx::query(
        "INSERT INTO wrap_up_restores (node, agent, wrap_up_s, until_ms) VALUES (?, ?, ?, ?)
         ON DUPLICATE KEY UPDATE agent = agent",
    )
    .bind(&new.agent.node.0)
    .bind(&new.agent.name)
    .bind(new.wrap_up.whole_s())
    .bind(new.until.0)
    .execute(executor)
    .await
    .map_err(StorageError::of("store the wrap-up to go back to"))?;
    Ok(())
}

/// All of them.
///
/// # Errors
/// `Database`.
pub async fn list_wrap_up_restores(
    executor: impl MySqlExecutor<'_>,
) -> Result<Vec<WrapUpRestore>, StorageError> {
    let rows: Vec<(Exact, Exact, u32, i64)> =
        sqlx::query_as("SELECT node, agent, wrap_up_s, until_ms FROM wrap_up_restores ORDER BY node, agent")
            .fetch_all(executor)
            .await
            .map_err(StorageError::of("list the wrap-ups to go back to"))?;
    Ok(rows
        .into_iter()
        .map(|(node, agent, wrap_up_s, until_ms)| WrapUpRestore {
            agent: AgentKey::new(&NodeName(node.0), agent.0),
            wrap_up: DurationMs::from_s(wrap_up_s.into()),
            until: UnixMs(until_ms),
        })
        .collect())
}

/// Deletes one that is done.
///
/// # Errors
/// `Database`.
pub async fn delete_wrap_up_restore(
    executor: impl MySqlExecutor<'_>,
    agent: &AgentKey,
) -> Result<(), StorageError> {
    sqlx::query("DELETE FROM wrap_up_restores WHERE node = ? AND agent = ?")
        .bind(&agent.node.0)
        .bind(&agent.name)
        .execute(executor)
        .await
        .map_err(StorageError::of("forget the wrap-up to go back to"))?;
    Ok(())
}
