//! Table `break_reasons`.

use app::model::center::{BreakReason, CodeName};
use sqlx::MySqlExecutor;

use super::StorageError;
use super::exact::Exact;

#[derive(sqlx::FromRow)]
struct Row {
    code: Exact,
    name_en: String,
    name_zh: String,
    is_paid: bool,
    budget_min: u32,
    position: u32,
    is_retired: bool,
}

impl From<Row> for BreakReason {
    fn from(row: Row) -> Self {
        Self {
            name: CodeName { code: row.code.0, en: row.name_en, zh: row.name_zh, ..CodeName::default() },
            is_paid: row.is_paid,
            budget_min: row.budget_min,
            position: row.position,
            is_retired: row.is_retired,
        }
    }
}

const SELECT: &str =
    "SELECT code, name_en, name_zh, is_paid, budget_min, position, is_retired FROM break_reasons";

/// Every reason in the order in which they are offered, the retired ones too.
///
/// # Errors
/// `Database`.
pub async fn list_break_reasons(executor: impl MySqlExecutor<'_>) -> Result<Vec<BreakReason>, StorageError> {
    let rows: Vec<Row> = sqlx::query_as(&format!("{SELECT} ORDER BY position, code"))
        .fetch_all(executor)
        .await
        .map_err(StorageError::of("list the break reasons"))?;
    Ok(rows.into_iter().map(BreakReason::from).collect())
}

/// A reason, held for the edit of this transaction.
///
/// # Errors
/// `NotFound`.
pub async fn lock_break_reason(
    executor: impl MySqlExecutor<'_>,
    code: &str,
) -> Result<BreakReason, StorageError> {
    let row: Row = sqlx::query_as(&format!("{SELECT} WHERE code = ? FOR UPDATE"))
        .bind(code)
        .fetch_one(executor)
        .await
        .map_err(StorageError::of("read the break reason"))?;
    Ok(row.into())
}

/// Stores a new reason.
///
/// # Errors
/// `Conflict` where the code is taken.
pub async fn create_break_reason(
    executor: impl MySqlExecutor<'_>,
    new: &BreakReason,
) -> Result<(), StorageError> {
    sqlx::query(
        "INSERT INTO break_reasons (name_en, name_zh, is_paid, budget_min, position, is_retired, code)
         VALUES (?, ?, ?, ?, ?, ?, ?)",
    )
    .bind(&new.name.en)
    .bind(&new.name.zh)
    .bind(new.is_paid)
    .bind(new.budget_min)
    .bind(new.position)
    .bind(new.is_retired)
    .bind(&new.name.code)
    .execute(executor)
    .await
    .map_err(StorageError::of("store the break reason"))?;
    Ok(())
}

/// Stores what a reason is from now on; the code stays.
///
/// # Errors
/// `Database`.
pub async fn update_break_reason(
    executor: impl MySqlExecutor<'_>,
    reason: &BreakReason,
) -> Result<(), StorageError> {
    sqlx::query(
        "UPDATE break_reasons SET name_en = ?, name_zh = ?, is_paid = ?, budget_min = ?, position = ?, is_retired = ?
         WHERE code = ?",
    )
    .bind(&reason.name.en)
    .bind(&reason.name.zh)
    .bind(reason.is_paid)
    .bind(reason.budget_min)
    .bind(reason.position)
    .bind(reason.is_retired)
    .bind(&reason.name.code)
    .execute(executor)
    .await
    .map_err(StorageError::of("store the break reason"))?;
    Ok(())
}
