//! Table `queue_calls`.

use app::model::ids::{AgentKey, MemberKey, NodeName, QueueKey};
use app::model::metrics::{CallOutcome, QueueToday};
use app::model::time::{DurationMs, UnixMs};
use sqlx::{MySql, MySqlConnection, MySqlExecutor, QueryBuilder};

use super::StorageError;
use super::exact::Exact;
use crate::history::record::{Answer, End, QueueCall, Talk};
use crate::switch::event::AgentToday;
use crate::wallboard::facts::CallKey;

/// Rows of one statement.
const CHUNK: usize = 200;
/// No stay is older than this and still open.
const LONGEST_STAY: DurationMs = DurationMs::from_s(86_400);

#[derive(sqlx::FromRow)]
struct Row {
    node: Exact,
    member_uuid: Exact,
    joined_at_ms: i64,
    queue: Exact,
    session_uuid: Exact,
    caller_name: String,
    caller_number: Exact,
    agent: Option<Exact>,
    answered_at_ms: Option<i64>,
    wait_ms: Option<i64>,
    is_answered_in_time: bool,
    talked_until_ms: Option<i64>,
    talk_ms: Option<i64>,
    wrap_up_ms: Option<i64>,
    ended_at_ms: Option<i64>,
    outcome: Option<Exact>,
    is_short_abandon: bool,
    is_abandoned_in_time: bool,
    is_incomplete: bool,
}

impl From<Row> for QueueCall {
    fn from(row: Row) -> Self {
        let answer = row.agent.zip(row.answered_at_ms).map(|(agent, at)| Answer {
            agent: agent.0,
            at: UnixMs(at),
            wait: DurationMs(row.wait_ms.unwrap_or_default()),
            is_in_time: row.is_answered_in_time,
        });
        let talk = row.talked_until_ms.map(|until| Talk {
            until: UnixMs(until),
            length: DurationMs(row.talk_ms.unwrap_or_default()),
            wrap_up: DurationMs(row.wrap_up_ms.unwrap_or_default()),
        });
        let outcome = row.outcome.and_then(|code| CallOutcome::from_code(&code.0));
        let end = row.ended_at_ms.zip(outcome).map(|(at, outcome)| End {
            at: UnixMs(at),
            outcome,
            is_short: row.is_short_abandon,
            is_in_time: row.is_abandoned_in_time,
        });
        Self {
            call: CallKey {
                member: MemberKey::new(&NodeName(row.node.0), row.member_uuid.0),
                joined_at: UnixMs(row.joined_at_ms),
            },
            queue: row.queue.0,
            session_uuid: row.session_uuid.0,
            caller_name: row.caller_name,
            caller_number: row.caller_number.0,
            answer,
            talk,
            end,
            is_incomplete: row.is_incomplete,
        }
    }
}

const COLUMNS: &str =
    "node, member_uuid, joined_at_ms, queue, session_uuid, caller_name, caller_number, agent,
    answered_at_ms, wait_ms, is_answered_in_time, talked_until_ms, talk_ms, wrap_up_ms, ended_at_ms, outcome,
    is_short_abandon, is_abandoned_in_time, is_incomplete";

/// Stores stays as they are now.
///
/// # Errors
/// `Database`.
pub async fn store_queue_calls(
    executor: &mut MySqlConnection,
    calls: &[QueueCall],
) -> Result<(), StorageError> {
    for calls in calls.chunks(CHUNK) {
        QueryBuilder::<MySql>::new(format!("INSERT INTO queue_calls ({COLUMNS}) "))
            .push_values(calls, |mut row, call| {
                let CallKey { member, joined_at } = &call.call;
                let (answer, talk, end) = (call.answer.as_ref(), call.talk, call.end);
                row.push_bind(&member.node.0)
                    .push_bind(&member.uuid)
                    .push_bind(joined_at.0)
                    .push_bind(&call.queue)
                    .push_bind(&call.session_uuid)
                    .push_bind(first(&call.caller_name))
                    .push_bind(first(&call.caller_number))
                    .push_bind(answer.map(|answer| answer.agent.as_str()))
                    .push_bind(answer.map(|answer| answer.at.0))
                    .push_bind(answer.map(|answer| answer.wait.0))
                    .push_bind(answer.is_some_and(|answer| answer.is_in_time))
                    .push_bind(talk.map(|talk| talk.until.0))
                    .push_bind(talk.map(|talk| talk.length.0))
                    .push_bind(talk.map(|talk| talk.wrap_up.0))
                    .push_bind(end.map(|end| end.at.0))
                    .push_bind(end.map(|end| end.outcome.code()))
                    .push_bind(end.is_some_and(|end| end.is_short))
                    .push_bind(end.is_some_and(|end| end.is_in_time))
                    .push_bind(call.is_incomplete);
            })
            .push(
                " ON DUPLICATE KEY UPDATE queue = VALUES(queue), session_uuid = VALUES(session_uuid),
                 caller_name = VALUES(caller_name), caller_number = VALUES(caller_number), agent = VALUES(agent),
                 answered_at_ms = VALUES(answered_at_ms), wait_ms = VALUES(wait_ms),
                 is_answered_in_time = VALUES(is_answered_in_time), talked_until_ms = VALUES(talked_until_ms),
                 talk_ms = VALUES(talk_ms), wrap_up_ms = VALUES(wrap_up_ms), ended_at_ms = VALUES(ended_at_ms),
                 outcome = VALUES(outcome), is_short_abandon = VALUES(is_short_abandon),
                 is_abandoned_in_time = VALUES(is_abandoned_in_time), is_incomplete = VALUES(is_incomplete)",
            )
            .build()
            .execute(&mut *executor)
            .await
            .map_err(StorageError::of("store the calls of queues"))?;
    }
    Ok(())
}

/// The database keeps 255 characters of a caller's name and number; a switch may send thousands.
fn first(text: &str) -> String {
    text.chars().take(255).collect()
}

/// Stays without an end that may still be going on.
///
/// # Errors
/// `Database`.
pub async fn list_open_queue_calls(
    executor: impl MySqlExecutor<'_>,
    now: UnixMs,
) -> Result<Vec<QueueCall>, StorageError> {
    let statement =
        format!("SELECT {COLUMNS} FROM queue_calls WHERE outcome IS NULL AND joined_at_ms > ? ORDER BY id");
    let rows: Vec<Row> = sqlx::query_as(&statement)
        .bind(now.0 - LONGEST_STAY.0)
        .fetch_all(executor)
        .await
        .map_err(StorageError::of("list the open calls of queues"))?;
    Ok(rows.into_iter().map(QueueCall::from).collect())
}

/// The stay of a membership that began within a time of that moment and was not over by then.
///
/// # Errors
/// `Database`.
pub async fn find_queue_call(
    executor: impl MySqlExecutor<'_>,
    call: &CallKey,
    within: DurationMs,
    slack: DurationMs,
) -> Result<Option<QueueCall>, StorageError> {
    let statement = format!(
        "SELECT {COLUMNS} FROM queue_calls
         WHERE node = ? AND member_uuid = ? AND joined_at_ms BETWEEN ? AND ?
             AND (ended_at_ms IS NULL OR ended_at_ms >= ?)
         ORDER BY joined_at_ms DESC LIMIT 1"
    );
    let row: Option<Row> = sqlx::query_as(&statement)
        .bind(&call.member.node.0)
        .bind(&call.member.uuid)
        .bind(call.joined_at.0 - within.0)
        .bind(call.joined_at.0 + within.0)
        .bind(call.joined_at.0 - slack.0)
        .fetch_optional(executor)
        .await
        .map_err(StorageError::of("find a call of a queue"))?;
    Ok(row.map(QueueCall::from))
}

/// Whether a node has stays that began before a moment and of which events were lost.
///
/// # Errors
/// `Database`.
pub async fn has_incomplete_queue_calls(
    executor: impl MySqlExecutor<'_>,
    node: &NodeName,
    until: UnixMs,
) -> Result<bool, StorageError> {
    sqlx::query_scalar(
        "SELECT EXISTS (SELECT 1 FROM queue_calls
         WHERE node = ? AND is_incomplete AND joined_at_ms BETWEEN ? AND ?)",
    )
    .bind(&node.0)
    .bind(until.0 - LONGEST_STAY.0)
    .bind(until.0)
    .fetch_one(executor)
    .await
    .map_err(StorageError::of("look for incomplete calls of queues"))
}

/// The numbers of each queue since a moment, from the record alone.
///
/// # Errors
/// `Database`.
pub async fn sum_queues_since(
    executor: impl MySqlExecutor<'_>,
    since: UnixMs,
) -> Result<Vec<(QueueKey, QueueToday)>, StorageError> {
    #[derive(sqlx::FromRow)]
    struct Sums {
        node: Exact,
        queue: Exact,
        answered: i64,
        answered_in_time: i64,
        abandoned: i64,
        abandoned_short: i64,
        abandoned_in_time: i64,
        timed_out: i64,
        no_agent: i64,
        left_by_key: i64,
        moved: i64,
        answer_wait_ms: i64,
        handled: i64,
        handle_ms: i64,
    }
    let rows: Vec<Sums> = sqlx::query_as(
        "SELECT node, queue,
             CAST(SUM(COALESCE(answered_at_ms >= ?, 0)) AS SIGNED) AS answered,
             CAST(SUM(COALESCE(answered_at_ms >= ? AND is_answered_in_time, 0)) AS SIGNED) AS answered_in_time,
             CAST(SUM(is_ended AND outcome = 'abandoned') AS SIGNED) AS abandoned,
             CAST(SUM(is_ended AND outcome = 'abandoned' AND is_short_abandon) AS SIGNED) AS abandoned_short,
             CAST(SUM(is_ended AND outcome = 'abandoned' AND is_abandoned_in_time) AS SIGNED) AS abandoned_in_time,
             CAST(SUM(is_ended AND outcome = 'timed-out') AS SIGNED) AS timed_out,
             CAST(SUM(is_ended AND outcome = 'no-agent') AS SIGNED) AS no_agent,
             CAST(SUM(is_ended AND outcome = 'left-by-key') AS SIGNED) AS left_by_key,
             CAST(SUM(is_ended AND outcome = 'moved') AS SIGNED) AS moved,
             CAST(SUM(IF(COALESCE(answered_at_ms >= ?, 0), wait_ms, 0)) AS SIGNED) AS answer_wait_ms,
             CAST(SUM(COALESCE(talked_until_ms >= ?, 0)) AS SIGNED) AS handled,
             CAST(SUM(IF(COALESCE(talked_until_ms >= ?, 0), talk_ms + wrap_up_ms, 0)) AS SIGNED) AS handle_ms
         FROM (SELECT queue_calls.*, COALESCE(ended_at_ms >= ?, FALSE) AND outcome IS NOT NULL AS is_ended
               FROM queue_calls WHERE joined_at_ms >= ?) AS calls
         GROUP BY node, queue ORDER BY node, queue",
    )
    .bind(since.0)
    .bind(since.0)
    .bind(since.0)
    .bind(since.0)
    .bind(since.0)
    .bind(since.0)
    // A stay may have begun the day before.
    .bind(since.0 - LONGEST_STAY.0)
    .fetch_all(executor)
    .await
    .map_err(StorageError::of("sum up the calls of queues"))?;
    let count = |count: i64| u32::try_from(count).unwrap_or_default();
    Ok(rows
        .into_iter()
        .map(|sums| {
            let today = QueueToday {
                answered: count(sums.answered),
                answered_in_time: count(sums.answered_in_time),
                abandoned: count(sums.abandoned),
                abandoned_short: count(sums.abandoned_short),
                abandoned_in_time: count(sums.abandoned_in_time),
                timed_out: count(sums.timed_out),
                no_agent: count(sums.no_agent),
                left_by_key: count(sums.left_by_key),
                moved: count(sums.moved),
                answer_wait_ms: sums.answer_wait_ms,
                handled: count(sums.handled),
                handle_ms: sums.handle_ms,
            };
            (QueueKey::new(&NodeName(sums.node.0), sums.queue.0), today)
        })
        .collect())
}

/// Answers and talks of each agent since a moment; offers that were missed are another table's.
///
/// # Errors
/// `Database`.
pub async fn sum_agents_since(
    executor: impl MySqlExecutor<'_>,
    since: UnixMs,
) -> Result<Vec<(AgentKey, AgentToday)>, StorageError> {
    #[derive(sqlx::FromRow)]
    struct Sums {
        node: Exact,
        agent: Exact,
        answered: i64,
        talk_ms: i64,
    }
    let rows: Vec<Sums> = sqlx::query_as(
        "SELECT node, agent, CAST(SUM(answered_at_ms >= ?) AS SIGNED) AS answered,
             CAST(SUM(IF(COALESCE(talked_until_ms >= ?, 0), talk_ms, 0)) AS SIGNED) AS talk_ms
         FROM queue_calls WHERE joined_at_ms >= ? AND agent IS NOT NULL GROUP BY node, agent ORDER BY node, agent",
    )
    .bind(since.0)
    .bind(since.0)
    .bind(since.0 - LONGEST_STAY.0)
    .fetch_all(executor)
    .await
    .map_err(StorageError::of("sum up the calls of agents"))?;
    Ok(rows
        .into_iter()
        .map(|sums| {
            let today = AgentToday {
                answered: u32::try_from(sums.answered).unwrap_or_default(),
                missed: 0,
                talk: DurationMs(sums.talk_ms),
            };
            (AgentKey::new(&NodeName(sums.node.0), sums.agent.0), today)
        })
        .collect())
}

/// Who joined which queue since a moment.
///
/// # Errors
/// `Database`.
pub async fn list_arrivals_since(
    executor: impl MySqlExecutor<'_>,
    since: UnixMs,
) -> Result<Vec<(QueueKey, UnixMs)>, StorageError> {
    let rows: Vec<(Exact, Exact, i64)> =
        sqlx::query_as("SELECT node, queue, joined_at_ms FROM queue_calls WHERE joined_at_ms >= ?")
            .bind(since.0)
            .fetch_all(executor)
            .await
            .map_err(StorageError::of("list who joined lately"))?;
    Ok(rows
        .into_iter()
        .map(|(node, queue, joined_at_ms)| (QueueKey::new(&NodeName(node.0), queue.0), UnixMs(joined_at_ms)))
        .collect())
}
