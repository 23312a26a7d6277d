//! Table `second_factors`. What it holds leaves this room for comparing alone.

use app::model::time::UnixMs;
use sqlx::MySqlExecutor;
use sqlx::types::Json;

use super::StorageError;

/// A second factor. Neither printed nor serialised.
pub struct SecondFactor {
    /// The secret that the authenticator shares.
    pub secret: Vec<u8>,
    /// Whether the user has shown that the authenticator works.
    pub is_confirmed: bool,
    /// The latest step whose password was used.
    pub last_step: i64,
    /// SHA-256 in hex of the recovery codes that were not used yet.
    pub recovery_hashes: Vec<String>,
}

/// The second factor of a user, confirmed or not. The row is locked until the transaction ends: a password is used once.
///
/// # Errors
/// `Database`.
pub async fn lock_second_factor(
    executor: impl MySqlExecutor<'_>,
    user_id: u64,
) -> Result<Option<SecondFactor>, StorageError> {
    #[derive(sqlx::FromRow)]
    struct Row {
        secret: Vec<u8>,
        confirmed_at_ms: Option<i64>,
        last_step: i64,
        recovery_hashes_json: Json<Vec<String>>,
    }
    let row: Option<Row> = sqlx::query_as(
        "SELECT secret, confirmed_at_ms, last_step, recovery_hashes_json FROM second_factors
         WHERE user_id = ? FOR UPDATE",
    )
    .bind(user_id)
    .fetch_optional(executor)
    .await
    .map_err(StorageError::of("look up the second factor"))?;
    Ok(row.map(|row| SecondFactor {
        secret: row.secret,
        is_confirmed: row.confirmed_at_ms.is_some(),
        last_step: row.last_step,
        recovery_hashes: row.recovery_hashes_json.0,
    }))
}

/// How many recovery codes a user has left; `None` without a confirmed second factor.
///
/// # Errors
/// `Database`.
pub async fn count_recovery_codes(
    executor: impl MySqlExecutor<'_>,
    user_id: u64,
) -> Result<Option<u32>, StorageError> {
    let hashes: Option<Json<Vec<String>>> = sqlx::query_scalar(
        "SELECT recovery_hashes_json FROM second_factors WHERE user_id = ? AND confirmed_at_ms IS NOT NULL",
    )
    .bind(user_id)
    .fetch_optional(executor)
    .await
    .map_err(StorageError::of("count the recovery codes"))?;
    Ok(hashes.map(|Json(hashes)| u32::try_from(hashes.len()).unwrap_or(u32::MAX)))
}

/// Keeps a secret that is not confirmed yet, in the place of one that was not confirmed either. A confirmed one stays.
///
/// # Errors
/// `Database`.
pub async fn begin_second_factor(
    executor: impl MySqlExecutor<'_>,
    user_id: u64,
    secret: &[u8],
    now: UnixMs,
) -> Result<(), StorageError> {
    sqlx::query(
        "INSERT INTO second_factors (user_id, secret, recovery_hashes_json, created_at_ms) VALUES (?, ?, '[]', ?)
         ON DUPLICATE KEY UPDATE secret = IF(confirmed_at_ms IS NULL, VALUES(secret), secret)",
    )
    .bind(user_id)
    .bind(secret)
    .bind(now.0)
    .execute(executor)
    .await
    .map_err(StorageError::of("store the second factor"))?;
    Ok(())
}

/// Confirms the second factor, with its recovery codes.
///
/// # Errors
/// `Database`.
pub async fn confirm_second_factor(
    executor: impl MySqlExecutor<'_>,
    user_id: u64,
    step: i64,
    recovery_hashes: &[String],
    now: UnixMs,
) -> Result<(), StorageError> {
    sqlx::query(
        "UPDATE second_factors SET confirmed_at_ms = ?, last_step = ?, recovery_hashes_json = ? WHERE user_id = ?",
    )
    .bind(now.0)
    .bind(step)
    .bind(Json(recovery_hashes))
    .bind(user_id)
    .execute(executor)
    .await
    .map_err(StorageError::of("confirm the second factor"))?;
    Ok(())
}

/// Notes what was used: the step of a password, or the recovery codes that are left.
///
/// # Errors
/// `Database`.
pub async fn use_second_factor(
    executor: impl MySqlExecutor<'_>,
    user_id: u64,
    last_step: i64,
    recovery_hashes: &[String],
) -> Result<(), StorageError> {
    sqlx::query("UPDATE second_factors SET last_step = ?, recovery_hashes_json = ? WHERE user_id = ?")
        .bind(last_step)
        .bind(Json(recovery_hashes))
        .bind(user_id)
        .execute(executor)
        .await
        .map_err(StorageError::of("note that the second factor was used"))?;
    Ok(())
}

/// Takes a second factor away.
///
/// # Errors
/// `NotFound` when the user has none.
pub async fn delete_second_factor(
    executor: impl MySqlExecutor<'_>,
    user_id: u64,
) -> Result<(), StorageError> {
    let done = sqlx::query("DELETE FROM second_factors WHERE user_id = ?")
        .bind(user_id)
        .execute(executor)
        .await
        .map_err(StorageError::of("take the second factor away"))?;
    if done.rows_affected() == 0 { Err(StorageError::NotFound) } else { Ok(()) }
}
