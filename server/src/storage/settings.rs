//! Table `settings`: small values of the whole center and of single users.

use serde::Serialize;
use serde::de::DeserializeOwned;
use sqlx::types::Json;
use sqlx::{MySqlConnection, MySqlExecutor};

use super::StorageError;
use super::exact::Exact;

/// Whose setting it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Owner {
    /// The whole center's.
    Center,
    /// One user's.
    User(u64),
}

impl Owner {
    /// Keys of users begin at 1.
    const fn user_id(self) -> u64 {
        match self {
            Self::Center => 0,
            Self::User(id) => id,
        }
    }
}

/// A setting; `None` where it was never set, or holds what this version cannot read.
///
/// # Errors
/// `Database`.
pub async fn find_setting<T: DeserializeOwned>(
    executor: impl MySqlExecutor<'_>,
    owner: Owner,
    name: &str,
) -> Result<Option<T>, StorageError> {
    read(executor, SELECT, owner, name).await
}

/// As [`find_setting`], held for the edit of this transaction.
///
/// # Errors
/// `Database`.
pub async fn lock_setting<T: DeserializeOwned>(
    connection: &mut MySqlConnection,
    owner: Owner,
    name: &str,
) -> Result<Option<T>, StorageError> {
    read(connection, &format!("{SELECT} FOR UPDATE"), owner, name).await
}

const SELECT: &str = "SELECT value_json FROM settings WHERE user_id = ? AND name = ?";

async fn read<T: DeserializeOwned>(
    executor: impl MySqlExecutor<'_>,
    statement: &str,
    owner: Owner,
    name: &str,
) -> Result<Option<T>, StorageError> {
    let value: Option<(Exact,)> = sqlx::query_as(statement)
        .bind(owner.user_id())
        .bind(name)
        .fetch_optional(executor)
        .await
        .map_err(StorageError::of("read a setting"))?;
    Ok(value.and_then(|(value,)| serde_json::from_str(&value.0).ok()))
}

/// Stores a setting.
///
/// # Errors
/// `Database`.
pub async fn save_setting<T: Serialize + Sync>(
    executor: impl MySqlExecutor<'_>,
    owner: Owner,
    name: &str,
    value: &T,
) -> Result<(), StorageError> {
    sqlx::query(
        "INSERT INTO settings (user_id, name, value_json) VALUES (?, ?, ?)
         ON DUPLICATE KEY UPDATE value_json = VALUES(value_json)",
    )
    .bind(owner.user_id())
    .bind(name)
    .bind(Json(value))
    .execute(executor)
    .await
    .map_err(StorageError::of("store a setting"))?;
    Ok(())
}
