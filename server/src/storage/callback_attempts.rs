//! Table `callback_attempts`.

use app::model::callback::{CallbackAttempt, CallbackOutcome};
use app::model::ids::{AgentKey, NodeName};
use app::model::time::UnixMs;
use sqlx::{MySql, MySqlExecutor, QueryBuilder};

use super::StorageError;
use super::exact::Exact;

/// An attempt that begins.
#[derive(Clone, Debug)]
pub struct NewAttempt<'a> {
    /// Of which callback.
    pub callback_id: u64,
    /// Who pressed the button.
    pub user_id: u64,
    /// Whose telephone is rung first.
    pub agent: &'a AgentKey,
    /// The agent's channel.
    pub channel_uuid: &'a str,
}

/// Stores an attempt that begins, and returns its key.
///
/// # Errors
/// `Database`.
pub async fn create_attempt(
    executor: impl MySqlExecutor<'_>,
    new: &NewAttempt<'_>,
    now: UnixMs,
) -> Result<u64, StorageError> {
    let done = sqlx::query(
        "INSERT INTO callback_attempts (callback_id, user_id, agent_node, agent, channel_uuid, started_at_ms)
         VALUES (?, ?, ?, ?, ?, ?)",
    )
    .bind(new.callback_id)
    .bind(new.user_id)
    .bind(&new.agent.node.0)
    .bind(&new.agent.name)
    .bind(new.channel_uuid)
    .bind(now.0)
    .execute(executor)
    .await
    .map_err(StorageError::of("store an attempt to call back"))?;
    Ok(done.last_insert_id())
}

/// Takes back an attempt that did not come to the customer: the agent's own telephone was not answered.
///
/// # Errors
/// `Database`.
pub async fn delete_attempt(executor: impl MySqlExecutor<'_>, id: u64) -> Result<(), StorageError> {
    sqlx::query("DELETE FROM callback_attempts WHERE id = ?")
        .bind(id)
        .execute(executor)
        .await
        .map_err(StorageError::of("take back an attempt to call back"))?;
    Ok(())
}

/// Stores what came of the attempt of a callback that nobody has said of yet.
///
/// # Errors
/// `Database`.
pub async fn settle_attempt(
    executor: impl MySqlExecutor<'_>,
    callback_id: u64,
    outcome: CallbackOutcome,
) -> Result<(), StorageError> {
    sqlx::query("UPDATE callback_attempts SET outcome = ? WHERE callback_id = ? AND outcome IS NULL")
        .bind(outcome.code())
        .bind(callback_id)
        .execute(executor)
        .await
        .map_err(StorageError::of("store what came of an attempt to call back"))?;
    Ok(())
}

/// The channels of an agent's latest attempts of which nobody has said yet what came of them.
///
/// # Errors
/// `Database`.
pub async fn list_unsettled_channels(
    executor: impl MySqlExecutor<'_>,
    agent: &AgentKey,
    since: UnixMs,
) -> Result<Vec<String>, StorageError> {
    let rows: Vec<(Exact,)> = sqlx::query_as(
        "SELECT channel_uuid FROM callback_attempts
         WHERE agent_node = ? AND agent = ? AND started_at_ms > ? AND outcome IS NULL ORDER BY id DESC LIMIT 5",
    )
    .bind(&agent.node.0)
    .bind(&agent.name)
    .bind(since.0)
    .fetch_all(executor)
    .await
    .map_err(StorageError::of("look for the calls of an agent"))?;
    Ok(rows.into_iter().map(|(uuid,)| uuid.0).collect())
}

/// The attempts of callbacks, oldest first.
///
/// # Errors
/// `Database`.
pub async fn list_attempts(
    executor: impl MySqlExecutor<'_>,
    callback_ids: &[u64],
) -> Result<Vec<(u64, CallbackAttempt)>, StorageError> {
    #[derive(sqlx::FromRow)]
    struct Row {
        callback_id: u64,
        started_at_ms: i64,
        agent_node: Exact,
        agent: Exact,
        outcome: Option<Exact>,
    }
    if callback_ids.is_empty() {
        return Ok(Vec::new());
    }
    let mut statement = QueryBuilder::<MySql>::new(
        "SELECT callback_id, started_at_ms, agent_node, agent, outcome FROM callback_attempts
         WHERE callback_id IN (",
    );
    let mut list = statement.separated(", ");
    for id in callback_ids {
        list.push_bind(id);
    }
    statement.push(") ORDER BY id");
    let rows: Vec<Row> = statement
        .build_query_as()
        .fetch_all(executor)
        .await
        .map_err(StorageError::of("list the attempts to call back"))?;
    Ok(rows
        .into_iter()
        .map(|row| {
            let attempt = CallbackAttempt {
                at: UnixMs(row.started_at_ms),
                agent: AgentKey::new(&NodeName(row.agent_node.0), row.agent.0),
                outcome: row.outcome.and_then(|code| CallbackOutcome::from_code(&code.0)),
            };
            (row.callback_id, attempt)
        })
        .collect())
}
