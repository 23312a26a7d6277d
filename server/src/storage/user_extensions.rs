//! Table `user_extensions`: which telephone rings for a user on a node.

use app::model::ids::NodeName;
use sqlx::MySqlExecutor;

use super::StorageError;
use super::exact::Exact;

/// The telephone of a user on a node.
///
/// # Errors
/// `Database`.
pub async fn find_extension(
    executor: impl MySqlExecutor<'_>,
    user_id: u64,
    node: &NodeName,
) -> Result<Option<String>, StorageError> {
    let row: Option<(Exact,)> =
        sqlx::query_as("SELECT extension FROM user_extensions WHERE user_id = ? AND node = ?")
            .bind(user_id)
            .bind(&node.0)
            .fetch_optional(executor)
            .await
            .map_err(StorageError::of("find the telephone of a user"))?;
    Ok(row.map(|(extension,)| extension.0))
}

/// The telephones of a user, by node.
///
/// # Errors
/// `Database`.
pub async fn list_extensions(
    executor: impl MySqlExecutor<'_>,
    user_id: u64,
) -> Result<Vec<(NodeName, String)>, StorageError> {
    let rows: Vec<(Exact, Exact)> =
        sqlx::query_as("SELECT node, extension FROM user_extensions WHERE user_id = ? ORDER BY node")
            .bind(user_id)
            .fetch_all(executor)
            .await
            .map_err(StorageError::of("list the telephones of a user"))?;
    Ok(rows.into_iter().map(|(node, extension)| (NodeName(node.0), extension.0)).collect())
}

/// Sets the telephone of a user on a node; none takes it away.
///
/// # Errors
/// `Database`.
pub async fn set_extension(
    executor: impl MySqlExecutor<'_>,
    user_id: u64,
    node: &NodeName,
    extension: Option<&str>,
) -> Result<(), StorageError> {
    let statement = match extension {
        Some(_) => {
            "INSERT INTO user_extensions (user_id, node, extension) VALUES (?, ?, ?)
             ON DUPLICATE KEY UPDATE extension = VALUES(extension)"
        }
        None => "DELETE FROM user_extensions WHERE user_id = ? AND node = ? AND ? IS NULL",
    };
    sqlx::query(statement)
        .bind(user_id)
        .bind(&node.0)
        .bind(extension)
        .execute(executor)
        .await
        .map_err(StorageError::of("set the telephone of a user"))?;
    Ok(())
}
