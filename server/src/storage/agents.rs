//! Table `switch_agents`.

use app::model::ids::NodeName;
use app::model::time::UnixMs;
use sqlx::{MySql, MySqlExecutor, QueryBuilder};

use super::StorageError;
use super::exact::Exact;

/// An agent that a switch has or had.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredAgent {
    /// As the switch spells it.
    pub name: String,
    /// Name for people, where somebody gave one.
    pub display_name: Option<String>,
}

/// Gives each agent that was found on a switch a row; those that have one keep it.
///
/// # Errors
/// `Database`.
pub async fn discover_agents(
    executor: impl MySqlExecutor<'_>,
    node: &NodeName,
    names: &[String],
    now: UnixMs,
) -> Result<(), StorageError> {
    if names.is_empty() {
        return Ok(());
    }
    QueryBuilder::<MySql>::new("INSERT INTO switch_agents (node, name, first_seen_at_ms) ")
        .push_values(names, |mut row, name| {
            row.push_bind(&node.0).push_bind(name).push_bind(now.0);
        })
        // Nothing changes, and unlike INSERT IGNORE no other error is swallowed.
        .push(" ON DUPLICATE KEY UPDATE first_seen_at_ms = first_seen_at_ms")
        .build()
        .execute(executor)
        .await
        .map_err(StorageError::of("store the discovered agents"))?;
    Ok(())
}

/// Every agent of a node, by name.
///
/// # Errors
/// `Database`.
pub async fn list_agents(
    executor: impl MySqlExecutor<'_>,
    node: &NodeName,
) -> Result<Vec<StoredAgent>, StorageError> {
    let rows: Vec<(Exact, Option<String>)> =
        sqlx::query_as("SELECT name, display_name FROM switch_agents WHERE node = ? ORDER BY name")
            .bind(&node.0)
            .fetch_all(executor)
            .await
            .map_err(StorageError::of("list the agents"))?;
    Ok(rows.into_iter().map(|(name, display_name)| StoredAgent { name: name.0, display_name }).collect())
}
