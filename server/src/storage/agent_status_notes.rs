//! Table `agent_status_notes`: who chose an agent's status in SwitchDesk, and why.

use app::model::agent::{AgentStatus, ReasonCode, SetBy};
use app::model::ids::{AgentKey, NodeName};
use app::model::time::UnixMs;
use serde::{Deserialize, Serialize};
use sqlx::MySqlExecutor;

use super::StorageError;
use super::exact::Exact;

/// A status that a person chose.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct NewStatusNote {
    /// For which agent.
    pub agent: AgentKey,
    /// Which.
    pub status: AgentStatus,
    /// Why, on a break.
    pub reason: Option<ReasonCode>,
    /// Who.
    pub user_id: u64,
}

/// The last status that a person chose for an agent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatusNote {
    /// Agent.
    pub agent: AgentKey,
    /// Status.
    pub status: AgentStatus,
    /// Why.
    pub reason: Option<ReasonCode>,
    /// Who.
    pub set_by: SetBy,
    /// When.
    pub noted_at: UnixMs,
}

/// Stores a note and returns its key.
///
/// # Errors
/// `Database`.
pub async fn create_status_note(
    executor: impl MySqlExecutor<'_>,
    new: &NewStatusNote,
    now: UnixMs,
) -> Result<u64, StorageError> {
    let done = sqlx::query(
        "INSERT INTO agent_status_notes (node, agent, status, reason, user_id, noted_at_ms) VALUES (?, ?, ?, ?, ?, ?)",
    )
    .bind(&new.agent.node.0)
    .bind(&new.agent.name)
    .bind(new.status.as_switch())
    .bind(new.reason.as_ref().map(|reason| reason.0.as_str()))
    .bind(new.user_id)
    .bind(now.0)
    .execute(executor)
    .await
    .map_err(StorageError::of("store who chose the status"))?;
    Ok(done.last_insert_id())
}

/// Takes a note back, because the switch refused the status.
///
/// # Errors
/// `Database`.
pub async fn refuse_status_note(
    executor: impl MySqlExecutor<'_>,
    id: u64,
    now: UnixMs,
) -> Result<(), StorageError> {
    sqlx::query("UPDATE agent_status_notes SET refused_at_ms = ? WHERE id = ?")
        .bind(now.0)
        .bind(id)
        .execute(executor)
        .await
        .map_err(StorageError::of("store that the status was refused"))?;
    Ok(())
}

/// The last note of each agent of a node that was not refused, by agent.
///
/// # Errors
/// `Database`.
pub async fn list_latest_status_notes(
    executor: impl MySqlExecutor<'_>,
    node: &NodeName,
) -> Result<Vec<StatusNote>, StorageError> {
    #[derive(sqlx::FromRow)]
    struct Row {
        agent: Exact,
        status: Exact,
        reason: Option<Exact>,
        noted_at_ms: i64,
        display_name: String,
        is_own: bool,
    }
    let rows: Vec<Row> = sqlx::query_as(
        "SELECT note.agent, note.status, note.reason, note.noted_at_ms, users.display_name,
             COALESCE(users.agent_node = note.node AND users.agent_name = note.agent, FALSE) AS is_own
         FROM agent_status_notes AS note
         JOIN (SELECT MAX(id) AS id FROM agent_status_notes
               WHERE node = ? AND refused_at_ms IS NULL GROUP BY agent) AS latest ON latest.id = note.id
         JOIN users ON users.id = note.user_id
         ORDER BY note.agent",
    )
    .bind(&node.0)
    .fetch_all(executor)
    .await
    .map_err(StorageError::of("list who chose the statuses"))?;
    Ok(rows
        .into_iter()
        .filter_map(|row| {
            Some(StatusNote {
                agent: AgentKey::new(node, row.agent.0),
                // A status that this version does not know explains nothing.
                status: AgentStatus::from_switch(&row.status.0)?,
                reason: row.reason.map(|code| ReasonCode(code.0)),
                set_by: if row.is_own {
                    SetBy::Agent
                } else {
                    SetBy::User { display_name: row.display_name }
                },
                noted_at: UnixMs(row.noted_at_ms),
            })
        })
        .collect())
}
