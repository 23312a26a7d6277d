//! Table `outcome_codes`.

use app::model::center::{CodeName, OutcomeCode};
use sqlx::MySqlExecutor;

use super::StorageError;
use super::exact::Exact;

#[derive(sqlx::FromRow)]
struct Row {
    code: Exact,
    name_en: String,
    name_zh: String,
    queue: Option<Exact>,
    position: u32,
    is_retired: bool,
}

impl From<Row> for OutcomeCode {
    fn from(row: Row) -> Self {
        Self {
            name: CodeName { code: row.code.0, en: row.name_en, zh: row.name_zh, ..CodeName::default() },
            queue: row.queue.map(|queue| queue.0),
            position: row.position,
            is_retired: row.is_retired,
        }
    }
}

const SELECT: &str = "SELECT code, name_en, name_zh, queue, position, is_retired FROM outcome_codes";

/// Every code in the order in which they are offered, the retired ones too.
///
/// # Errors
/// `Database`.
pub async fn list_outcome_codes(executor: impl MySqlExecutor<'_>) -> Result<Vec<OutcomeCode>, StorageError> {
    let rows: Vec<Row> = sqlx::query_as(&format!("{SELECT} ORDER BY position, code"))
        .fetch_all(executor)
        .await
        .map_err(StorageError::of("list the outcome codes"))?;
    Ok(rows.into_iter().map(OutcomeCode::from).collect())
}

/// A code, held for the edit of this transaction.
///
/// # Errors
/// `NotFound`.
pub async fn lock_outcome_code(
    executor: impl MySqlExecutor<'_>,
    code: &str,
) -> Result<OutcomeCode, StorageError> {
    let row: Row = sqlx::query_as(&format!("{SELECT} WHERE code = ? FOR UPDATE"))
        .bind(code)
        .fetch_one(executor)
        .await
        .map_err(StorageError::of("read the outcome code"))?;
    Ok(row.into())
}

/// Stores a new code.
///
/// # Errors
/// `Conflict` where the code is taken.
pub async fn create_outcome_code(
    executor: impl MySqlExecutor<'_>,
    new: &OutcomeCode,
) -> Result<(), StorageError> {
    sqlx::query(
        "INSERT INTO outcome_codes (name_en, name_zh, queue, position, is_retired, code) VALUES (?, ?, ?, ?, ?, ?)",
    )
    .bind(&new.name.en)
    .bind(&new.name.zh)
    .bind(&new.queue)
    .bind(new.position)
    .bind(new.is_retired)
    .bind(&new.name.code)
    .execute(executor)
    .await
    .map_err(StorageError::of("store the outcome code"))?;
    Ok(())
}

/// Stores what a code is from now on; the code itself stays.
///
/// # Errors
/// `Database`.
pub async fn update_outcome_code(
    executor: impl MySqlExecutor<'_>,
    outcome: &OutcomeCode,
) -> Result<(), StorageError> {
    sqlx::query(
        "UPDATE outcome_codes SET name_en = ?, name_zh = ?, queue = ?, position = ?, is_retired = ? WHERE code = ?",
    )
    .bind(&outcome.name.en)
    .bind(&outcome.name.zh)
    .bind(&outcome.queue)
    .bind(outcome.position)
    .bind(outcome.is_retired)
    .bind(&outcome.name.code)
    .execute(executor)
    .await
    .map_err(StorageError::of("store the outcome code"))?;
    Ok(())
}
