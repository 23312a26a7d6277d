//! Table `number_notes`.

use app::model::note::NumberNote;
use app::model::time::UnixMs;
use sqlx::MySqlExecutor;

use super::StorageError;

/// The note that stays with a number.
///
/// # Errors
/// `Database`.
pub async fn find_number_note(
    executor: impl MySqlExecutor<'_>,
    number: &str,
) -> Result<Option<NumberNote>, StorageError> {
    let row: Option<(String, u32, String, i64)> = sqlx::query_as(
        "SELECT number_notes.note, number_notes.version, users.display_name, number_notes.written_at_ms
         FROM number_notes JOIN users ON users.id = number_notes.written_by WHERE number_notes.number = ?",
    )
    .bind(number)
    .fetch_optional(executor)
    .await
    .map_err(StorageError::of("read the note of the number"))?;
    Ok(row.map(|(text, version, writer, written_at_ms)| NumberNote {
        text,
        version,
        written: Some((writer, UnixMs(written_at_ms))),
    }))
}

/// Stores the note over the version that its writer has read; 0 is that of no note at all.
///
/// # Errors
/// `Conflict` where somebody else has written meanwhile.
pub async fn save_number_note(
    executor: impl MySqlExecutor<'_>,
    number: &str,
    text: &str,
    read_version: u32,
    user_id: u64,
    now: UnixMs,
) -> Result<(), StorageError> {
    const OPERATION: &str = "store the note of the number";
    let statement = if read_version == 0 {
        "INSERT INTO number_notes (note, written_by, written_at_ms, number, version) VALUES (?, ?, ?, ?, ? + 1)"
    } else {
        "UPDATE number_notes SET note = ?, written_by = ?, written_at_ms = ?, version = version + 1
         WHERE number = ? AND version = ?"
    };
    let done = sqlx::query(statement)
        .bind(text)
        .bind(user_id)
        .bind(now.0)
        .bind(number)
        .bind(read_version)
        .execute(executor)
        .await
        .map_err(StorageError::of(OPERATION))?;
    if done.rows_affected() == 0 {
        return Err(StorageError::Conflict { key: "number_notes.version".to_owned() });
    }
    Ok(())
}
