//! Table `audit`, read. It is written by [`super::audit`].

use app::model::audit::Outcome;
use app::model::time::UnixMs;
use sqlx::{MySql, MySqlExecutor, QueryBuilder};

use super::StorageError;
use super::exact::Exact;

/// What is looked for.
#[derive(Clone, Debug, Default)]
pub struct AuditQuery {
    /// Sign-in name of who did it.
    pub user: Option<String>,
    /// Code of the action.
    pub action: Option<String>,
    /// The beginning of the subject.
    pub subject: Option<String>,
    /// Outcome.
    pub outcome: Option<Outcome>,
    /// Asked then or later.
    pub from: Option<UnixMs>,
    /// Asked before then.
    pub until: Option<UnixMs>,
    /// Stands in the subject, the words of the switch, or (see `may_search_values`) the values.
    pub text: Option<String>,
    /// Whether the values before and after may be searched.
    pub may_search_values: bool,
    /// What the reader may see; `None` for everything.
    pub visible: Option<Visible>,
}

/// What a reader of a part of the call center may see: what was done to that part, and what the reader did.
#[derive(Clone, Debug)]
pub struct Visible {
    /// Queues and agents as the audit names them.
    pub subjects: Vec<String>,
    /// The reader.
    pub user_id: u64,
}

/// A row as it is stored.
#[derive(Clone, Debug)]
pub struct AuditRecord {
    /// Key.
    pub id: u64,
    /// When it was asked.
    pub asked_at: UnixMs,
    /// When it ended.
    pub completed_at: Option<UnixMs>,
    /// Sign-in name at that time.
    pub user_name: String,
    /// From where.
    pub address: String,
    /// Noun and verb.
    pub action: String,
    /// What it was done to.
    pub subject: String,
    /// Before, as JSON.
    pub before_json: Option<String>,
    /// After, as JSON.
    pub after_json: Option<String>,
    /// What became of it.
    pub outcome: Outcome,
    /// The words of a refusal.
    pub result: Option<String>,
    /// The edit that this one took back.
    pub undoes_id: Option<u64>,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: u64,
    asked_at_ms: i64,
    completed_at_ms: Option<i64>,
    user_name: String,
    address: String,
    action: Exact,
    subject: Exact,
    before_json: Option<String>,
    after_json: Option<String>,
    outcome: Exact,
    result: Option<String>,
    undoes_id: Option<u64>,
}

impl Row {
    fn into_record(self, operation: &'static str) -> Result<AuditRecord, StorageError> {
        let outcome = Outcome::from_code(&self.outcome.0);
        Ok(AuditRecord {
            id: self.id,
            asked_at: UnixMs(self.asked_at_ms),
            completed_at: self.completed_at_ms.map(UnixMs),
            user_name: self.user_name,
            address: self.address,
            action: self.action.0,
            subject: self.subject.0,
            before_json: self.before_json,
            after_json: self.after_json,
            outcome: outcome.ok_or_else(|| StorageError::unreadable(operation, "audit.outcome"))?,
            result: self.result,
            undoes_id: self.undoes_id,
        })
    }
}

const SELECT: &str =
    "SELECT id, asked_at_ms, completed_at_ms, user_name, address, action, subject, before_json,
    after_json, outcome, result, undoes_id FROM audit WHERE TRUE";

/// The newest rows, or those before a key: a page begins where the one before ended, however many were written meanwhile.
///
/// # Errors
/// `Database`.
pub async fn list_audit(
    executor: impl MySqlExecutor<'_>,
    query: &AuditQuery,
    before: Option<u64>,
    most: u32,
) -> Result<Vec<AuditRecord>, StorageError> {
    const OPERATION: &str = "read the audit";
    let mut statement = QueryBuilder::<MySql>::new(SELECT);
    if let Some(before) = before {
        statement.push(" AND id < ").push_bind(before);
    }
    if let Some(user) = &query.user {
        statement.push(" AND user_name = ").push_bind(user);
    }
    if let Some(action) = &query.action {
        statement.push(" AND action = ").push_bind(action);
    }
    if let Some(subject) = &query.subject {
        statement.push(" AND subject LIKE ").push_bind(format!("{}%", literal(subject)));
    }
    if let Some(outcome) = query.outcome {
        statement.push(" AND outcome = ").push_bind(outcome.code());
    }
    if let Some(from) = query.from {
        statement.push(" AND asked_at_ms >= ").push_bind(from.0);
    }
    if let Some(until) = query.until {
        statement.push(" AND asked_at_ms < ").push_bind(until.0);
    }
    if let Some(text) = &query.text {
        let like = format!("%{}%", literal(text));
        statement.push(" AND (subject LIKE ").push_bind(like.clone());
        statement.push(" OR result LIKE ").push_bind(like.clone());
        if query.may_search_values {
            statement.push(" OR before_json LIKE ").push_bind(like.clone());
            statement.push(" OR after_json LIKE ").push_bind(like);
        }
        statement.push(")");
    }
    push_visible(&mut statement, query.visible.as_ref());
    statement.push(" ORDER BY id DESC LIMIT ").push_bind(most);
    let rows: Vec<Row> =
        statement.build_query_as().fetch_all(executor).await.map_err(StorageError::of(OPERATION))?;
    rows.into_iter().map(|row| row.into_record(OPERATION)).collect()
}

/// One row, if the reader may see it.
///
/// # Errors
/// `NotFound`.
pub async fn find_audit(
    executor: impl MySqlExecutor<'_>,
    id: u64,
    visible: Option<&Visible>,
) -> Result<AuditRecord, StorageError> {
    const OPERATION: &str = "read a row of the audit";
    let mut statement = QueryBuilder::<MySql>::new(SELECT);
    statement.push(" AND id = ").push_bind(id);
    push_visible(&mut statement, visible);
    let row: Row =
        statement.build_query_as().fetch_one(executor).await.map_err(StorageError::of(OPERATION))?;
    row.into_record(OPERATION)
}

/// The edits that took a row back, oldest first.
///
/// # Errors
/// `Database`.
pub async fn list_undoing(executor: impl MySqlExecutor<'_>, id: u64) -> Result<Vec<u64>, StorageError> {
    sqlx::query_scalar("SELECT id FROM audit WHERE undoes_id = ? ORDER BY id")
        .bind(id)
        .fetch_all(executor)
        .await
        .map_err(StorageError::of("look for what took an edit back"))
}

/// Every action that is on record.
///
/// # Errors
/// `Database`.
pub async fn list_actions(executor: impl MySqlExecutor<'_>) -> Result<Vec<String>, StorageError> {
    let rows: Vec<(Exact,)> = sqlx::query_as("SELECT DISTINCT action FROM audit ORDER BY action")
        .fetch_all(executor)
        .await
        .map_err(StorageError::of("list the actions of the audit"))?;
    Ok(rows.into_iter().map(|(action,)| action.0).collect())
}

fn push_visible(statement: &mut QueryBuilder<'_, MySql>, visible: Option<&Visible>) {
    let Some(Visible { subjects, user_id }) = visible else { return };
    statement.push(" AND (user_id = ").push_bind(*user_id);
    if !subjects.is_empty() {
        statement.push(" OR subject IN (");
        let mut list = statement.separated(", ");
        for subject in subjects {
            list.push_bind(subject.clone());
        }
        statement.push(")");
    }
    statement.push(")");
}

/// A text that LIKE takes as it stands.
fn literal(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        if matches!(letter, '%' | '_' | '\\') {
            escaped.push('\\');
        }
        escaped.push(letter);
    }
    escaped
}
