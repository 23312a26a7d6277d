//! Table `desk_messages`.

use app::model::ids::{AgentKey, NodeName, short_name};
use app::model::message::{DeskMessage, SentMessage};
use app::model::time::UnixMs;
use sqlx::{MySql, MySqlConnection, MySqlExecutor, QueryBuilder};

use super::StorageError;
use super::exact::Exact;

/// A message to be stored.
#[derive(Clone, Debug)]
pub struct NewMessage<'a> {
    /// The same for all recipients.
    pub batch: &'a str,
    /// The queue whose agents are written to.
    pub queue: Option<&'a str>,
    /// Who writes.
    pub sender_id: u64,
    /// What.
    pub text: &'a str,
}

/// Stores a message for each recipient.
///
/// # Errors
/// `Database`.
pub async fn create_messages(
    executor: &mut MySqlConnection,
    new: &NewMessage<'_>,
    recipients: &[AgentKey],
    now: UnixMs,
) -> Result<(), StorageError> {
    for recipients in recipients.chunks(500) {
        QueryBuilder::<MySql>::new(
            "INSERT INTO desk_messages (batch, node, agent, queue, sender_id, text, sent_at_ms) ",
        )
        .push_values(recipients, |mut row, agent| {
            row.push_bind(new.batch)
                .push_bind(&agent.node.0)
                .push_bind(&agent.name)
                .push_bind(new.queue)
                .push_bind(new.sender_id)
                .push_bind(new.text)
                .push_bind(now.0);
        })
        .build()
        .execute(&mut *executor)
        .await
        .map_err(StorageError::of("store the message"))?;
    }
    Ok(())
}

/// Messages to an agent since a moment, newest first; older ones too while they are not read.
///
/// # Errors
/// `Database`.
pub async fn list_received_messages(
    executor: impl MySqlExecutor<'_>,
    agent: &AgentKey,
    since: UnixMs,
) -> Result<Vec<DeskMessage>, StorageError> {
    let rows: Vec<(u64, String, String, i64, Option<i64>)> = sqlx::query_as(
        "SELECT desk_messages.id, users.display_name, desk_messages.text, desk_messages.sent_at_ms,
             desk_messages.read_at_ms
         FROM desk_messages JOIN users ON users.id = desk_messages.sender_id
         WHERE node = ? AND agent = ? AND (sent_at_ms >= ? OR read_at_ms IS NULL)
         ORDER BY desk_messages.id DESC LIMIT 100",
    )
    .bind(&agent.node.0)
    .bind(&agent.name)
    .bind(since.0)
    .fetch_all(executor)
    .await
    .map_err(StorageError::of("list the messages to the desk"))?;
    Ok(rows
        .into_iter()
        .map(|(id, sender, text, sent_at_ms, read_at_ms)| DeskMessage {
            id,
            sender,
            text,
            sent_at: UnixMs(sent_at_ms),
            read_at: read_at_ms.map(UnixMs),
        })
        .collect())
}

/// Notes that an agent has read a message; one that was read before stays as it is.
///
/// # Errors
/// `NotFound` for a message to somebody else.
pub async fn read_message(
    executor: impl MySqlExecutor<'_>,
    agent: &AgentKey,
    id: u64,
    now: UnixMs,
) -> Result<(), StorageError> {
    let done = sqlx::query(
        "UPDATE desk_messages SET read_at_ms = COALESCE(read_at_ms, ?) WHERE id = ? AND node = ? AND agent = ?",
    )
    .bind(now.0)
    .bind(id)
    .bind(&agent.node.0)
    .bind(&agent.name)
    .execute(executor)
    .await
    .map_err(StorageError::of("note that the message was read"))?;
    // The driver counts the rows that were found, not those that changed.
    if done.rows_affected() == 0 { Err(StorageError::NotFound) } else { Ok(()) }
}

/// What a user wrote since a moment, newest first, with who has read it.
///
/// # Errors
/// `Database`.
pub async fn list_sent_messages(
    executor: impl MySqlExecutor<'_>,
    sender_id: u64,
    since: UnixMs,
) -> Result<Vec<SentMessage>, StorageError> {
    #[derive(sqlx::FromRow)]
    struct Row {
        batch: Exact,
        node: Exact,
        agent: Exact,
        display_name: Option<String>,
        queue: Option<Exact>,
        text: String,
        sent_at_ms: i64,
        read_at_ms: Option<i64>,
    }
    let rows: Vec<Row> = sqlx::query_as(
        "SELECT messages.batch, messages.node, messages.agent, agents.display_name, messages.queue, messages.text,
             messages.sent_at_ms, messages.read_at_ms
         FROM desk_messages AS messages
         LEFT JOIN switch_agents AS agents ON agents.node = messages.node AND agents.name = messages.agent
         WHERE messages.sender_id = ? AND messages.sent_at_ms >= ?
         ORDER BY messages.sent_at_ms DESC, messages.batch, messages.id LIMIT 1000",
    )
    .bind(sender_id)
    .bind(since.0)
    .fetch_all(executor)
    .await
    .map_err(StorageError::of("list the messages that were sent"))?;
    let mut sent: Vec<(String, SentMessage)> = Vec::new();
    for row in rows {
        let agent = AgentKey::new(&NodeName(row.node.0), row.agent.0);
        let name = row.display_name.unwrap_or_else(|| short_name(&agent.name).to_owned());
        let recipient = (name, row.read_at_ms.map(UnixMs));
        match sent.last_mut() {
            Some((batch, message)) if *batch == row.batch.0 => message.recipients.push(recipient),
            _ => {
                let message = SentMessage {
                    text: row.text,
                    sent_at: UnixMs(row.sent_at_ms),
                    queue: row.queue.map(|queue| queue.0),
                    recipients: vec![recipient],
                };
                sent.push((row.batch.0, message));
            }
        }
    }
    Ok(sent.into_iter().map(|(_, message)| message).collect())
}
