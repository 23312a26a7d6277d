//! Table `callbacks`. A row that a script of the switch inserted is `new` until it is taken in ([`open_new`]); then it is open
//! until it is closed. There is one open row a number and queue: the key `callbacks_open` sees to it.

use app::model::callback::{CallbackOrigin, CallbackRow, CallbackState};
use app::model::ids::{AgentKey, NodeName, QueueKey};
use app::model::time::{DurationMs, UnixMs};
use sqlx::{MySql, MySqlConnection, MySqlExecutor, QueryBuilder};

use super::StorageError;
use super::exact::Exact;

/// Closed callbacks are listed for so long.
const LISTED: DurationMs = DurationMs::from_s(30 * 86_400);

/// A row that a script inserted.
#[derive(Debug, sqlx::FromRow)]
pub struct NewRow {
    /// Key.
    pub id: u64,
    phone: Exact,
    queue: Exact,
    timestamp: Option<String>,
    asked_at_ms: i64,
}

impl NewRow {
    /// Whom to call, as it was written.
    pub fn phone(&self) -> &str {
        &self.phone.0
    }

    /// For which queue, as it was written.
    pub fn queue(&self) -> &str {
        &self.queue.0
    }

    /// When it was asked: what the script says in seconds since 1970, else when it was inserted. Texts of a time name no zone.
    pub fn asked_at(&self) -> UnixMs {
        let inserted_at = UnixMs(self.asked_at_ms);
        let said = self.timestamp.as_deref().and_then(|text| text.trim().parse().ok());
        said.and_then(UnixMs::from_epoch_s).filter(|at| *at <= inserted_at).unwrap_or(inserted_at)
    }
}

/// A request for a callback.
#[derive(Clone, Debug)]
pub struct Request {
    /// Whom to call; a number.
    pub phone: String,
    /// For which queue.
    pub queue: QueueKey,
    /// How it came about.
    pub origin: CallbackOrigin,
    /// The stay in the queue that was abandoned.
    pub member_uuid: Option<String>,
    /// When.
    pub asked_at: UnixMs,
}

/// Which callbacks are looked for.
#[derive(Clone, Debug, Default)]
pub struct CallbackQuery {
    /// In these queues alone; `None` for all of them.
    pub queues: Option<Vec<QueueKey>>,
    /// In these states alone; empty for all of them.
    pub states: Vec<CallbackState>,
    /// Given to this agent, or (`Some(None)`) to nobody.
    pub agent: Option<Option<AgentKey>>,
    /// The number holds these digits.
    pub phone: Option<String>,
    /// Given to the agent, or to nobody and in a queue of one of these names.
    pub reach: Option<(AgentKey, Vec<String>)>,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: u64,
    phone: Exact,
    node: Exact,
    queue: Exact,
    origin: Exact,
    asked_at_ms: i64,
    requests: u32,
    due_at_ms: i64,
    state: Exact,
    attempts: u32,
    agent_node: Option<Exact>,
    agent: Option<Exact>,
    note: String,
    closed_at_ms: Option<i64>,
}

impl Row {
    fn into_callback(self, operation: &'static str) -> Result<CallbackRow, StorageError> {
        let state = CallbackState::from_code(&self.state.0);
        let origin = CallbackOrigin::from_code(&self.origin.0);
        Ok(CallbackRow {
            id: self.id,
            phone: self.phone.0,
            queue: QueueKey::new(&NodeName(self.node.0), self.queue.0),
            origin: origin.ok_or_else(|| StorageError::unreadable(operation, "callbacks.origin"))?,
            asked_at: UnixMs(self.asked_at_ms),
            requests: self.requests,
            due_at: UnixMs(self.due_at_ms),
            state: state.ok_or_else(|| StorageError::unreadable(operation, "callbacks.state"))?,
            agent: self
                .agent_node
                .zip(self.agent)
                .map(|(node, name)| AgentKey::new(&NodeName(node.0), name.0)),
            note: self.note,
            tried: self.attempts,
            attempts: Vec::new(),
            closed_at: self.closed_at_ms.map(UnixMs),
        })
    }
}

const SELECT: &str =
    "SELECT id, phone, node, queue, origin, asked_at_ms, requests, due_at_ms, state, attempts,
    agent_node, agent, note, closed_at_ms FROM callbacks WHERE node IS NOT NULL";

/// Rows that scripts have inserted and nobody has taken in, oldest first.
///
/// # Errors
/// `Database`.
pub async fn list_new(executor: impl MySqlExecutor<'_>, most: u32) -> Result<Vec<NewRow>, StorageError> {
    sqlx::query_as(
        "SELECT id, phone, queue, timestamp, asked_at_ms FROM callbacks WHERE state = 'new' ORDER BY id LIMIT ?",
    )
    .bind(most)
    .fetch_all(executor)
    .await
    .map_err(StorageError::of("look for new callbacks"))
}

/// Takes an inserted row in: it is opened, or joined with the open one of its number and queue, which is refreshed.
///
/// # Errors
/// `Database`.
pub async fn open_new(
    connection: &mut MySqlConnection,
    id: u64,
    request: &Request,
) -> Result<(), StorageError> {
    let opened = sqlx::query(
        "UPDATE callbacks SET phone = ?, node = ?, queue = ?, asked_at_ms = ?, due_at_ms = ?, state = 'open'
         WHERE id = ? AND state = 'new'",
    )
    .bind(&request.phone)
    .bind(&request.queue.node.0)
    .bind(&request.queue.name)
    .bind(request.asked_at.0)
    .bind(request.asked_at.0)
    .bind(id)
    .execute(&mut *connection)
    .await
    .map_err(StorageError::of("open a new callback"));
    match opened {
        Ok(_) => Ok(()),
        Err(StorageError::Conflict { .. }) => {
            request_callback(&mut *connection, request).await?;
            settle_new(connection, id, "joined").await
        }
        Err(error) => Err(error),
    }
}

/// Leaves an inserted row that holds no number.
///
/// # Errors
/// `Database`.
pub async fn refuse_new(executor: impl MySqlExecutor<'_>, id: u64) -> Result<(), StorageError> {
    settle_new(executor, id, "refused").await
}

async fn settle_new(executor: impl MySqlExecutor<'_>, id: u64, state: &str) -> Result<(), StorageError> {
    sqlx::query("UPDATE callbacks SET state = ? WHERE id = ? AND state = 'new'")
        .bind(state)
        .bind(id)
        .execute(executor)
        .await
        .map_err(StorageError::of("note what became of a new callback"))?;
    Ok(())
}

/// Opens a callback, or refreshes the open one of its number and queue: then it is due again. To ask twice for the same moment
/// is to ask once.
///
/// # Errors
/// `Database`.
pub async fn request_callback(
    executor: impl MySqlExecutor<'_>,
    request: &Request,
) -> Result<(), StorageError> {
    // Nothing after that moment may be known: what is told late, or told again, opens nothing that was closed since.
    sqlx::query(
        "INSERT INTO callbacks (phone, node, queue, state, origin, member_uuid, asked_at_ms, due_at_ms)
         SELECT ?, ?, ?, 'open', ?, ?, ?, ? FROM DUAL
         WHERE NOT EXISTS (SELECT 1 FROM callbacks AS known WHERE known.phone = ? AND known.node = ?
             AND known.queue = ? AND known.asked_at_ms >= ? AND known.state <> 'new')
         ON DUPLICATE KEY UPDATE
             requests = requests + (asked_at_ms < VALUES(asked_at_ms)),
             due_at_ms = LEAST(due_at_ms, VALUES(due_at_ms)),
             asked_at_ms = GREATEST(asked_at_ms, VALUES(asked_at_ms))",
    )
    .bind(&request.phone)
    .bind(&request.queue.node.0)
    .bind(&request.queue.name)
    .bind(request.origin.code())
    .bind(&request.member_uuid)
    .bind(request.asked_at.0)
    .bind(request.asked_at.0)
    .bind(&request.phone)
    .bind(&request.queue.node.0)
    .bind(&request.queue.name)
    .bind(request.asked_at.0)
    .execute(executor)
    .await
    .map_err(StorageError::of("open a callback"))?;
    Ok(())
}

/// Whether a customer of a queue wants no calls.
///
/// # Errors
/// `Database`.
pub async fn wants_no_call(
    executor: impl MySqlExecutor<'_>,
    phone: &str,
    queue: &str,
) -> Result<bool, StorageError> {
    sqlx::query_scalar(
        "SELECT EXISTS (SELECT 1 FROM callbacks WHERE phone = ? AND queue = ? AND state = 'do-not-call')",
    )
    .bind(phone)
    .bind(queue)
    .fetch_one(executor)
    .await
    .map_err(StorageError::of("look whether a customer wants no calls"))
}

/// Which of these numbers somebody is to call.
///
/// # Errors
/// `Database`.
pub async fn list_open_phones(
    executor: impl MySqlExecutor<'_>,
    phones: &[String],
) -> Result<Vec<String>, StorageError> {
    if phones.is_empty() {
        return Ok(Vec::new());
    }
    let mut statement = QueryBuilder::<MySql>::new(
        "SELECT DISTINCT phone FROM callbacks WHERE state = 'open' AND phone IN (",
    );
    let mut list = statement.separated(", ");
    for phone in phones {
        list.push_bind(phone);
    }
    statement.push(")");
    let rows: Vec<(Exact,)> = statement
        .build_query_as()
        .fetch_all(executor)
        .await
        .map_err(StorageError::of("look for the callbacks of numbers"))?;
    Ok(rows.into_iter().map(|(phone,)| phone.0).collect())
}

/// Closes the callback of a customer who called by himself and was answered. One who calls before asking closes nothing.
///
/// # Errors
/// `Database`.
pub async fn close_called_back(
    executor: impl MySqlExecutor<'_>,
    phone: &str,
    queue: &str,
    answered_at: UnixMs,
) -> Result<(), StorageError> {
    sqlx::query(
        "UPDATE callbacks SET state = 'called-back', closed_at_ms = ?
         WHERE state = 'open' AND phone = ? AND queue = ? AND asked_at_ms <= ?",
    )
    .bind(answered_at.0)
    .bind(phone)
    .bind(queue)
    .bind(answered_at.0)
    .execute(executor)
    .await
    .map_err(StorageError::of("close the callback of a customer who called"))?;
    Ok(())
}

/// The queues of open and of lately closed callbacks.
///
/// # Errors
/// `Database`.
pub async fn list_callback_queues(
    executor: impl MySqlExecutor<'_>,
    now: UnixMs,
) -> Result<Vec<QueueKey>, StorageError> {
    let rows: Vec<(Exact, Exact)> = sqlx::query_as(
        "SELECT DISTINCT node, queue FROM callbacks
         WHERE node IS NOT NULL AND (state = 'open' OR closed_at_ms > ?) ORDER BY queue, node",
    )
    .bind(now.0 - LISTED.0)
    .fetch_all(executor)
    .await
    .map_err(StorageError::of("list the queues of callbacks"))?;
    Ok(rows.into_iter().map(|(node, queue)| QueueKey::new(&NodeName(node.0), queue.0)).collect())
}

/// Callbacks, open ones first and by when they are due; then those that were closed in the last 30 days, newest first.
///
/// # Errors
/// `Database`.
pub async fn list_callbacks(
    executor: impl MySqlExecutor<'_>,
    query: &CallbackQuery,
    now: UnixMs,
    most: u32,
) -> Result<Vec<CallbackRow>, StorageError> {
    const OPERATION: &str = "list the callbacks";
    let mut statement = QueryBuilder::<MySql>::new(SELECT);
    statement.push(" AND (state = 'open' OR closed_at_ms > ").push_bind(now.0 - LISTED.0).push(")");
    if !query.states.is_empty() {
        statement.push(" AND state IN (");
        let mut list = statement.separated(", ");
        for state in &query.states {
            list.push_bind(state.code());
        }
        statement.push(")");
    }
    if let Some(queues) = &query.queues {
        statement.push(" AND (FALSE");
        for queue in queues {
            statement.push(" OR node = ").push_bind(&queue.node.0);
            statement.push(" AND queue = ").push_bind(&queue.name);
        }
        statement.push(")");
    }
    match &query.agent {
        None => {}
        Some(None) => {
            statement.push(" AND agent IS NULL");
        }
        Some(Some(agent)) => {
            statement.push(" AND agent_node = ").push_bind(&agent.node.0);
            statement.push(" AND agent = ").push_bind(&agent.name);
        }
    }
    if let Some((agent, queues)) = &query.reach {
        statement.push(" AND (agent_node = ").push_bind(&agent.node.0);
        statement.push(" AND agent = ").push_bind(&agent.name);
        statement.push(" OR agent IS NULL AND (FALSE");
        for queue in queues {
            statement.push(" OR queue = ").push_bind(queue);
        }
        statement.push("))");
    }
    if let Some(phone) = &query.phone {
        // Digits alone: nothing in them means anything to LIKE.
        let digits: String = phone.chars().filter(char::is_ascii_digit).collect();
        statement.push(" AND phone LIKE ").push_bind(format!("%{digits}%"));
    }
    statement.push(" ORDER BY state <> 'open', IF(state = 'open', due_at_ms, -closed_at_ms), id LIMIT ");
    statement.push_bind(most);
    let rows: Vec<Row> =
        statement.build_query_as().fetch_all(executor).await.map_err(StorageError::of(OPERATION))?;
    rows.into_iter().map(|row| row.into_callback(OPERATION)).collect()
}

/// One callback.
///
/// # Errors
/// `NotFound`.
pub async fn find_callback(executor: impl MySqlExecutor<'_>, id: u64) -> Result<CallbackRow, StorageError> {
    find(executor, id, "").await
}

/// One callback, locked until the transaction ends.
///
/// # Errors
/// `NotFound`.
pub async fn lock_callback(executor: impl MySqlExecutor<'_>, id: u64) -> Result<CallbackRow, StorageError> {
    find(executor, id, " FOR UPDATE").await
}

async fn find(executor: impl MySqlExecutor<'_>, id: u64, lock: &str) -> Result<CallbackRow, StorageError> {
    const OPERATION: &str = "read a callback";
    let row: Row =
        sqlx::query_as(&format!("{SELECT} AND state NOT IN ('joined', 'refused') AND id = ?{lock}"))
            .bind(id)
            .fetch_one(executor)
            .await
            .map_err(StorageError::of(OPERATION))?;
    row.into_callback(OPERATION)
}

/// Stores where a callback stands: agent, state, due, attempts, note, closing.
///
/// # Errors
/// `Conflict` where it is opened while another one of its number and queue is open.
pub async fn update_callback(
    executor: impl MySqlExecutor<'_>,
    row: &CallbackRow,
) -> Result<(), StorageError> {
    sqlx::query(
        "UPDATE callbacks SET agent_node = ?, agent = ?, state = ?, due_at_ms = ?, attempts = ?, note = ?,
             closed_at_ms = ? WHERE id = ?",
    )
    .bind(row.agent.as_ref().map(|agent| &agent.node.0))
    .bind(row.agent.as_ref().map(|agent| &agent.name))
    .bind(row.state.code())
    .bind(row.due_at.0)
    .bind(row.tried)
    .bind(&row.note)
    .bind(row.closed_at.map(|at| at.0))
    .bind(row.id)
    .execute(executor)
    .await
    .map_err(StorageError::of("store a callback"))?;
    Ok(())
}
