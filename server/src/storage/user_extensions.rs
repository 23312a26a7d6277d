//! Table `user_extensions`: the telephone of a user on each node.

use app::model::destination::Destination;
use app::model::ids::NodeName;
use app::model::people::Extension;
use sqlx::{MySqlConnection, MySqlExecutor};

use super::StorageError;
use super::exact::Exact;

/// The user's telephone on a node, if one is set.
///
/// # Errors
/// `Database`.
pub async fn find_extension(
    executor: impl MySqlExecutor<'_>,
    user_id: u64,
    node: &NodeName,
) -> Result<Option<Destination>, StorageError> {
    const OPERATION: &str = "look up the user's extension";
    let extension: Option<Exact> =
        sqlx::query_scalar("SELECT extension FROM user_extensions WHERE user_id = ? AND node = ?")
            .bind(user_id)
            .bind(&node.0)
            .fetch_optional(executor)
            .await
            .map_err(StorageError::of(OPERATION))?;
    extension
        .map(|extension| {
            Destination::parse(&extension.0)
                .map_err(|_| StorageError::unreadable(OPERATION, "user_extensions.extension"))
        })
        .transpose()
}

/// The user's telephones, by node.
///
/// # Errors
/// `Database`.
pub async fn list_extensions(
    executor: impl MySqlExecutor<'_>,
    user_id: u64,
) -> Result<Vec<Extension>, StorageError> {
    let rows: Vec<(Exact, Exact)> =
        sqlx::query_as("SELECT node, extension FROM user_extensions WHERE user_id = ? ORDER BY node")
            .bind(user_id)
            .fetch_all(executor)
            .await
            .map_err(StorageError::of("list the user's extensions"))?;
    Ok(rows
        .into_iter()
        .map(|(node, extension)| Extension { node: NodeName(node.0), extension: extension.0 })
        .collect())
}

/// Makes these the user's telephones.
///
/// # Errors
/// `Database`.
pub async fn replace_extensions(
    connection: &mut MySqlConnection,
    user_id: u64,
    extensions: &[Extension],
) -> Result<(), StorageError> {
    const OPERATION: &str = "store the user's extensions";
    sqlx::query("DELETE FROM user_extensions WHERE user_id = ?")
        .bind(user_id)
        .execute(&mut *connection)
        .await
        .map_err(StorageError::of(OPERATION))?;
    for Extension { node, extension } in extensions {
        sqlx::query("INSERT INTO user_extensions (user_id, node, extension) VALUES (?, ?, ?)")
            .bind(user_id)
            .bind(&node.0)
            .bind(extension)
            .execute(&mut *connection)
            .await
            .map_err(StorageError::of(OPERATION))?;
    }
    Ok(())
}

/// Sets the user's telephone on one node; none takes it away.
///
/// # Errors
/// `Database`.
pub async fn set_extension(
    executor: impl MySqlExecutor<'_>,
    user_id: u64,
    node: &NodeName,
    extension: Option<&Destination>,
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
        .bind(extension.map(Destination::as_str))
        .execute(executor)
        .await
        .map_err(StorageError::of("set the user's extension"))?;
    Ok(())
}
