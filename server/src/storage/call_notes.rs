//! Table `call_notes`, and what is known of a number's earlier calls.

use app::model::center::CodeName;
use app::model::ids::{AgentKey, MemberKey, NodeName, QueueKey};
use app::model::metrics::CallOutcome;
use app::model::note::{CallNote, EarlierCall};
use app::model::time::{DurationMs, UnixMs};
use sqlx::MySqlExecutor;

use super::StorageError;
use super::exact::Exact;

/// Earlier calls that are shown.
const MOST_EARLIER: u32 = 20;

/// What was noted of a call.
///
/// # Errors
/// `Database`.
pub async fn find_call_note(
    executor: impl MySqlExecutor<'_>,
    member: &MemberKey,
) -> Result<Option<CallNote>, StorageError> {
    let row: Option<(Option<Exact>, String)> =
        sqlx::query_as("SELECT outcome_code, note FROM call_notes WHERE node = ? AND member_uuid = ?")
            .bind(&member.node.0)
            .bind(&member.uuid)
            .fetch_optional(executor)
            .await
            .map_err(StorageError::of("read the note of the call"))?;
    Ok(row.map(|(outcome, text)| CallNote { outcome: outcome.map(|code| code.0), text }))
}

/// Stores what an agent noted of a call.
///
/// # Errors
/// `Database`.
pub async fn save_call_note(
    executor: impl MySqlExecutor<'_>,
    member: &MemberKey,
    agent: &AgentKey,
    note: &CallNote,
    now: UnixMs,
) -> Result<(), StorageError> {
    sqlx::query(
        "INSERT INTO call_notes (node, member_uuid, agent, outcome_code, note, noted_at_ms) VALUES (?, ?, ?, ?, ?, ?)
         ON DUPLICATE KEY UPDATE agent = VALUES(agent), outcome_code = VALUES(outcome_code), note = VALUES(note),
             noted_at_ms = VALUES(noted_at_ms)",
    )
    .bind(&member.node.0)
    .bind(&member.uuid)
    .bind(&agent.name)
    .bind(&note.outcome)
    .bind(&note.text)
    .bind(now.0)
    .execute(executor)
    .await
    .map_err(StorageError::of("store the note of the call"))?;
    Ok(())
}

/// A call that an agent answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AnsweredCall {
    /// Which.
    pub member: MemberKey,
    /// Queue.
    pub queue: QueueKey,
    /// Caller's name.
    pub caller_name: String,
    /// Caller's number.
    pub caller_number: String,
}

/// The call that an agent answered last, since a moment.
///
/// # Errors
/// `Database`.
pub async fn find_last_answered_call(
    executor: impl MySqlExecutor<'_>,
    agent: &AgentKey,
    since: UnixMs,
) -> Result<Option<AnsweredCall>, StorageError> {
    let row: Option<(Exact, Exact, String, Exact)> = sqlx::query_as(
        "SELECT member_uuid, queue, caller_name, caller_number FROM queue_calls
         WHERE node = ? AND agent = ? AND answered_at_ms >= ? ORDER BY answered_at_ms DESC LIMIT 1",
    )
    .bind(&agent.node.0)
    .bind(&agent.name)
    .bind(since.0)
    .fetch_optional(executor)
    .await
    .map_err(StorageError::of("look for the last call of the agent"))?;
    Ok(row.map(|(member, queue, caller_name, caller_number)| AnsweredCall {
        member: MemberKey::new(&agent.node, member.0),
        queue: QueueKey::new(&agent.node, queue.0),
        caller_name,
        caller_number: caller_number.0,
    }))
}

/// Calls from a number since a moment, newest first, without one of them.
///
/// # Errors
/// `Database`.
pub async fn list_earlier_calls(
    executor: impl MySqlExecutor<'_>,
    number: &str,
    since: UnixMs,
    without: &MemberKey,
) -> Result<Vec<EarlierCall>, StorageError> {
    #[derive(sqlx::FromRow)]
    struct Row {
        joined_at_ms: i64,
        queue: Exact,
        outcome: Option<Exact>,
        agent: Option<Exact>,
        display_name: Option<String>,
        talk_ms: Option<i64>,
        code: Option<Exact>,
        name_en: Option<String>,
        name_zh: Option<String>,
        note: Option<String>,
    }
    let rows: Vec<Row> = sqlx::query_as(
        "SELECT calls.joined_at_ms, calls.queue, calls.outcome, calls.agent, agents.display_name, calls.talk_ms,
             codes.code, codes.name_en, codes.name_zh, notes.note
         FROM queue_calls AS calls
         LEFT JOIN switch_agents AS agents ON agents.node = calls.node AND agents.name = calls.agent
         LEFT JOIN call_notes AS notes ON notes.node = calls.node AND notes.member_uuid = calls.member_uuid
         LEFT JOIN outcome_codes AS codes ON codes.code = notes.outcome_code
         WHERE calls.caller_number = ? AND calls.joined_at_ms >= ?
             AND NOT (calls.node = ? AND calls.member_uuid = ?)
         ORDER BY calls.joined_at_ms DESC LIMIT ?",
    )
    .bind(number)
    .bind(since.0)
    .bind(&without.node.0)
    .bind(&without.uuid)
    .bind(MOST_EARLIER)
    .fetch_all(executor)
    .await
    .map_err(StorageError::of("list the earlier calls of the number"))?;
    Ok(rows
        .into_iter()
        .map(|row| EarlierCall {
            at: UnixMs(row.joined_at_ms),
            queue: row.queue.0,
            end: row.outcome.and_then(|code| CallOutcome::from_code(&code.0)),
            agent: row
                .display_name
                .or_else(|| row.agent.map(|agent| app::model::ids::short_name(&agent.0).to_owned())),
            talk: row.talk_ms.map(DurationMs),
            outcome: row.code.map(|code| CodeName {
                code: code.0,
                en: row.name_en.unwrap_or_default(),
                zh: row.name_zh.unwrap_or_default(),
                ..CodeName::default()
            }),
            note: row.note.unwrap_or_default(),
        })
        .collect())
}

/// Talk and wrap-up of each agent since a moment: how many calls, and how long together.
///
/// # Errors
/// `Database`.
pub async fn sum_handling_since(
    executor: impl MySqlExecutor<'_>,
    since: UnixMs,
) -> Result<Vec<(AgentKey, u32, DurationMs)>, StorageError> {
    let rows: Vec<(Exact, Exact, i64, i64)> = sqlx::query_as(
        "SELECT node, agent, COUNT(*), CAST(SUM(talk_ms + wrap_up_ms) AS SIGNED) FROM queue_calls
         WHERE agent IS NOT NULL AND answered_at_ms >= ? AND talk_ms IS NOT NULL
             -- For the key: a stay is a day long at most.
             AND joined_at_ms >= ?
         GROUP BY node, agent ORDER BY node, agent",
    )
    .bind(since.0)
    .bind(since.0 - 86_400_000)
    .fetch_all(executor)
    .await
    .map_err(StorageError::of("sum up what calls took"))?;
    Ok(rows
        .into_iter()
        .map(|(node, agent, count, handle_ms)| {
            let agent = AgentKey::new(&NodeName(node.0), agent.0);
            (agent, u32::try_from(count).unwrap_or_default(), DurationMs(handle_ms))
        })
        .collect())
}
