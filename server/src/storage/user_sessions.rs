//! Table `user_sessions`: who is signed in where. The cookie sessions themselves (`sessions`) are kept by
//! tower-sessions; a session is valid while its cookie session lasts, nobody revoked it and its user is active.

use std::collections::HashMap;

use app::model::account::CurrentUser;
use app::model::time::UnixMs;
use sqlx::{MySqlConnection, MySqlExecutor};
use tower_sessions_sqlx_store::MySqlStore;

use super::users::{COLUMNS, UserColumns};
use super::{Database, StorageError};

/// A sign-in to be stored.
#[derive(Clone, Debug)]
pub struct NewUserSession<'a> {
    /// Who.
    pub user_id: u64,
    /// What the cookie holds.
    pub session_id: &'a str,
    /// Address of the client.
    pub address: &'a str,
    /// What the browser said of itself.
    pub user_agent: &'a str,
}

/// A valid session.
#[derive(Clone, Debug)]
pub struct ValidSession {
    /// Public handle.
    pub id: u64,
    /// Last written to the row.
    pub last_seen_at: UnixMs,
    /// When its cookie session ends.
    pub expires_at: UnixMs,
    /// Its user.
    pub user: CurrentUser,
}

/// A session as its owner sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UserSession {
    /// Public handle.
    pub id: u64,
    /// Signed in then.
    pub created_at: UnixMs,
    /// Last seen then, to the minute.
    pub last_seen_at: UnixMs,
    /// Address of the client.
    pub address: String,
    /// What the browser said of itself.
    pub user_agent: String,
}

/// What makes a session valid, for `user_sessions` joined with `users` and `sessions`.
const IS_VALID: &str = "user_sessions.revoked_at_ms IS NULL AND users.deactivated_at_ms IS NULL
    AND sessions.expiry_date > UTC_TIMESTAMP(6)";
const JOINED: &str = "user_sessions JOIN users ON users.id = user_sessions.user_id
    JOIN sessions ON sessions.id = user_sessions.session_id";

/// Stores a sign-in and returns the public handle.
///
/// # Errors
/// `Database`.
pub async fn create_user_session(
    executor: impl MySqlExecutor<'_>,
    new: &NewUserSession<'_>,
    now: UnixMs,
) -> Result<u64, StorageError> {
    let done = sqlx::query(
        "INSERT INTO user_sessions (user_id, session_id, created_at_ms, last_seen_at_ms, address, user_agent)
         VALUES (?, ?, ?, ?, ?, ?)",
    )
    .bind(new.user_id)
    .bind(new.session_id)
    .bind(now.0)
    .bind(now.0)
    .bind(new.address)
    .bind(new.user_agent)
    .execute(executor)
    .await
    .map_err(StorageError::of("store the session"))?;
    Ok(done.last_insert_id())
}

/// The valid session of a cookie, with its user as stored now.
///
/// # Errors
/// `Database`.
pub async fn find_valid_session(
    executor: impl MySqlExecutor<'_>,
    session_id: &str,
) -> Result<Option<ValidSession>, StorageError> {
    const OPERATION: &str = "look up the session";
    #[derive(sqlx::FromRow)]
    struct Row {
        id: u64,
        last_seen_at_ms: i64,
        expires_at_ms: i64,
        #[sqlx(flatten)]
        user: UserColumns,
    }
    let statement = format!(
        "SELECT user_sessions.id, user_sessions.last_seen_at_ms,
             CAST(UNIX_TIMESTAMP(sessions.expiry_date) * 1000 AS SIGNED) AS expires_at_ms, {COLUMNS} FROM {JOINED}
         WHERE user_sessions.session_id = ? AND {IS_VALID}"
    );
    let row: Option<Row> = sqlx::query_as(&statement)
        .bind(session_id)
        .fetch_optional(executor)
        .await
        .map_err(StorageError::of(OPERATION))?;
    row.map(|row| {
        Ok(ValidSession {
            id: row.id,
            last_seen_at: UnixMs(row.last_seen_at_ms),
            expires_at: UnixMs(row.expires_at_ms),
            user: row.user.into_user(OPERATION)?,
        })
    })
    .transpose()
}

/// Whether a session is still valid.
///
/// # Errors
/// `Database`.
pub async fn is_session_valid(executor: impl MySqlExecutor<'_>, id: u64) -> Result<bool, StorageError> {
    let statement = format!("SELECT COUNT(*) FROM {JOINED} WHERE user_sessions.id = ? AND {IS_VALID}");
    let count: i64 = sqlx::query_scalar(&statement)
        .bind(id)
        .fetch_one(executor)
        .await
        .map_err(StorageError::of("look up the session"))?;
    Ok(count > 0)
}

/// The valid sessions of a user, the last seen first.
///
/// # Errors
/// `Database`.
pub async fn list_user_sessions(
    executor: impl MySqlExecutor<'_>,
    user_id: u64,
) -> Result<Vec<UserSession>, StorageError> {
    let statement = format!(
        "SELECT user_sessions.id, user_sessions.created_at_ms, user_sessions.last_seen_at_ms,
             user_sessions.address, user_sessions.user_agent
         FROM {JOINED} WHERE user_sessions.user_id = ? AND {IS_VALID}
         ORDER BY user_sessions.last_seen_at_ms DESC, user_sessions.id DESC"
    );
    let rows: Vec<(u64, i64, i64, String, String)> = sqlx::query_as(&statement)
        .bind(user_id)
        .fetch_all(executor)
        .await
        .map_err(StorageError::of("list the sessions"))?;
    Ok(rows
        .into_iter()
        .map(|(id, created_at_ms, last_seen_at_ms, address, user_agent)| UserSession {
            id,
            created_at: UnixMs(created_at_ms),
            last_seen_at: UnixMs(last_seen_at_ms),
            address,
            user_agent,
        })
        .collect())
}

/// Notes that a session was seen.
///
/// # Errors
/// `Database`.
pub async fn touch_user_session(
    executor: impl MySqlExecutor<'_>,
    id: u64,
    address: &str,
    now: UnixMs,
) -> Result<(), StorageError> {
    sqlx::query("UPDATE user_sessions SET last_seen_at_ms = ?, address = ? WHERE id = ?")
        .bind(now.0)
        .bind(address)
        .bind(id)
        .execute(executor)
        .await
        .map_err(StorageError::of("note when the session was seen"))?;
    Ok(())
}

/// Revokes one session of a user.
///
/// # Errors
/// `NotFound` when the user has no such session, or it was revoked before.
pub async fn revoke_user_session(
    executor: impl MySqlExecutor<'_>,
    user_id: u64,
    id: u64,
    now: UnixMs,
) -> Result<(), StorageError> {
    let done = sqlx::query(
        "UPDATE user_sessions SET revoked_at_ms = ? WHERE id = ? AND user_id = ? AND revoked_at_ms IS NULL",
    )
    .bind(now.0)
    .bind(id)
    .bind(user_id)
    .execute(executor)
    .await
    .map_err(StorageError::of("revoke the session"))?;
    if done.rows_affected() == 0 { Err(StorageError::NotFound) } else { Ok(()) }
}

/// Revokes every session of a user but `kept`, and returns their handles.
///
/// # Errors
/// `Database`.
pub async fn revoke_user_sessions(
    connection: &mut MySqlConnection,
    user_id: u64,
    kept: Option<u64>,
    now: UnixMs,
) -> Result<Vec<u64>, StorageError> {
    const OPERATION: &str = "revoke the sessions";
    let ids: Vec<u64> = sqlx::query_scalar(
        "SELECT id FROM user_sessions WHERE user_id = ? AND revoked_at_ms IS NULL AND id <> ? FOR UPDATE",
    )
    .bind(user_id)
    .bind(kept.unwrap_or_default())
    .fetch_all(&mut *connection)
    .await
    .map_err(StorageError::of(OPERATION))?;
    sqlx::query(
        "UPDATE user_sessions SET revoked_at_ms = ? WHERE user_id = ? AND revoked_at_ms IS NULL AND id <> ?",
    )
    .bind(now.0)
    .bind(user_id)
    .bind(kept.unwrap_or_default())
    .execute(connection)
    .await
    .map_err(StorageError::of(OPERATION))?;
    Ok(ids)
}

/// When each user was last seen.
///
/// # Errors
/// `Database`.
pub async fn list_last_seen(executor: impl MySqlExecutor<'_>) -> Result<HashMap<u64, UnixMs>, StorageError> {
    let rows: Vec<(u64, i64)> =
        sqlx::query_as("SELECT user_id, MAX(last_seen_at_ms) FROM user_sessions GROUP BY user_id")
            .fetch_all(executor)
            .await
            .map_err(StorageError::of("list when users were last seen"))?;
    Ok(rows.into_iter().map(|(user_id, at_ms)| (user_id, UnixMs(at_ms))).collect())
}

/// The store of the cookie sessions themselves.
pub fn cookie_store(database: &Database) -> MySqlStore {
    let store = MySqlStore::new(database.raw_pool().clone());
    // Fails only for a name that no schema of ours has.
    let store = store.clone().with_table_name("sessions").unwrap_or(store);
    store.clone().with_schema_name(database.name()).unwrap_or(store)
}

/// Deletes cookie sessions that have run out.
///
/// # Errors
/// `Database`.
pub async fn delete_expired_sessions(executor: impl MySqlExecutor<'_>) -> Result<(), StorageError> {
    sqlx::query("DELETE FROM sessions WHERE expiry_date < UTC_TIMESTAMP(6)")
        .execute(executor)
        .await
        .map_err(StorageError::of("delete sessions that have run out"))?;
    Ok(())
}
