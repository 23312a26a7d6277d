//! Table `wall_links`.

use app::model::account::Language;
use app::model::ids::QueueKey;
use app::model::time::UnixMs;
use app::model::wall::WallLink;
use sqlx::MySqlExecutor;

use super::StorageError;
use super::exact::Exact;

/// SHA-256 of a wall token: what is stored and looked up.
pub type TokenHash = [u8; 32];

/// A link to be stored.
#[derive(Clone, Debug)]
pub struct NewWall<'a> {
    /// Hash of its token.
    pub token_hash: &'a TokenHash,
    /// What the screen is called.
    pub title: &'a str,
    /// Chosen queues; empty means all.
    pub queues: &'a [QueueKey],
    /// Language of the screen.
    pub language: Language,
    /// Key of the user who makes it.
    pub created_by: u64,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: u64,
    title: String,
    queues_json: String,
    language: Exact,
    created_at_ms: i64,
    created_by: String,
    last_seen_at_ms: Option<i64>,
}

impl Row {
    fn into_link(self, operation: &'static str) -> Result<WallLink, StorageError> {
        // An unreadable choice must not become "every queue".
        let queues = serde_json::from_str(&self.queues_json)
            .map_err(|_| StorageError::unreadable(operation, "wall_links.queues_json"))?;
        Ok(WallLink {
            id: self.id,
            title: self.title,
            queues,
            language: Language::from_tag(&self.language.0).unwrap_or_default(),
            created_at: UnixMs(self.created_at_ms),
            created_by: self.created_by,
            last_seen_at: self.last_seen_at_ms.map(UnixMs),
        })
    }
}

const SELECT: &str = "SELECT wall_links.id, wall_links.title, wall_links.queues_json, wall_links.language,
        wall_links.created_at_ms, users.display_name AS created_by, wall_links.last_seen_at_ms
    FROM wall_links JOIN users ON users.id = wall_links.created_by WHERE wall_links.revoked_at_ms IS NULL";

/// Stores a link and returns its key.
///
/// # Errors
/// `Database`.
pub async fn create_wall(
    executor: impl MySqlExecutor<'_>,
    new: &NewWall<'_>,
    now: UnixMs,
) -> Result<u64, StorageError> {
    let done = sqlx::query(
        "INSERT INTO wall_links (token_hash, title, queues_json, language, created_at_ms, created_by)
         VALUES (?, ?, ?, ?, ?, ?)",
    )
    .bind(new.token_hash.as_slice())
    .bind(new.title)
    .bind(sqlx::types::Json(new.queues))
    .bind(new.language.tag())
    .bind(now.0)
    .bind(new.created_by)
    .execute(executor)
    .await
    .map_err(StorageError::of("store the wall link"))?;
    Ok(done.last_insert_id())
}

/// Every link that was not revoked, newest first.
///
/// # Errors
/// `Database`.
pub async fn list_walls(executor: impl MySqlExecutor<'_>) -> Result<Vec<WallLink>, StorageError> {
    const OPERATION: &str = "list the wall links";
    let rows: Vec<Row> = sqlx::query_as(&format!("{SELECT} ORDER BY wall_links.id DESC"))
        .fetch_all(executor)
        .await
        .map_err(StorageError::of(OPERATION))?;
    rows.into_iter().map(|row| row.into_link(OPERATION)).collect()
}

/// The link of a token, unless it was revoked.
///
/// # Errors
/// `Database`.
pub async fn find_wall_by_token(
    executor: impl MySqlExecutor<'_>,
    token_hash: &TokenHash,
) -> Result<Option<WallLink>, StorageError> {
    const OPERATION: &str = "look up the wall link";
    let row: Option<Row> = sqlx::query_as(&format!("{SELECT} AND wall_links.token_hash = ?"))
        .bind(token_hash.as_slice())
        .fetch_optional(executor)
        .await
        .map_err(StorageError::of(OPERATION))?;
    row.map(|row| row.into_link(OPERATION)).transpose()
}

/// The link of a key, unless it was revoked.
///
/// # Errors
/// `Database`.
pub async fn find_wall(executor: impl MySqlExecutor<'_>, id: u64) -> Result<Option<WallLink>, StorageError> {
    const OPERATION: &str = "look up the wall link";
    let row: Option<Row> = sqlx::query_as(&format!("{SELECT} AND wall_links.id = ?"))
        .bind(id)
        .fetch_optional(executor)
        .await
        .map_err(StorageError::of(OPERATION))?;
    row.map(|row| row.into_link(OPERATION)).transpose()
}

/// Notes that a screen opened the link.
///
/// # Errors
/// `Database`.
pub async fn touch_wall(executor: impl MySqlExecutor<'_>, id: u64, now: UnixMs) -> Result<(), StorageError> {
    sqlx::query("UPDATE wall_links SET last_seen_at_ms = ? WHERE id = ?")
        .bind(now.0)
        .bind(id)
        .execute(executor)
        .await
        .map_err(StorageError::of("note that the wall link was opened"))?;
    Ok(())
}

/// Revokes a link.
///
/// # Errors
/// `NotFound` when there is none, or it was revoked before.
pub async fn revoke_wall(executor: impl MySqlExecutor<'_>, id: u64, now: UnixMs) -> Result<(), StorageError> {
    let done = sqlx::query("UPDATE wall_links SET revoked_at_ms = ? WHERE id = ? AND revoked_at_ms IS NULL")
        .bind(now.0)
        .bind(id)
        .execute(executor)
        .await
        .map_err(StorageError::of("revoke the wall link"))?;
    if done.rows_affected() == 0 { Err(StorageError::NotFound) } else { Ok(()) }
}
