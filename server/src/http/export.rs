//! Downloads, as CSV. They are streamed: the rows of a year go through a page's worth of memory.

use app::api::{ApiError, Caller};
use app::model::audit::AuditFilter;
use app::model::time::UnixMs;
use axum::body::{Body, Bytes};
use axum::extract::{Query, State};
use axum::http::header;
use axum::response::{IntoResponse as _, Json, Response};
use axum::routing::get;
use axum::{Extension, Router};
use futures::Stream;
use jiff::tz::TimeZone;

use crate::api::audit::{diff, export_permit, query_of, sees_numbers};
use crate::clock;
use crate::state::AppState;
use crate::storage::audit::{self, NewAudit};
use crate::storage::audit_log::{self, AuditQuery, AuditRecord};
use crate::storage::{Database, StorageError};

/// Rows that are read and sent at once.
const CHUNK: u32 = 500;
/// What tells spreadsheets that the text is UTF-8.
const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";
/// The columns of the audit. They are for programs as well, so they have the same names in every language.
const COLUMNS: [&str; 12] = [
    "id",
    "asked_at",
    "completed_at",
    "user",
    "address",
    "action",
    "subject",
    "before",
    "after",
    "outcome",
    "result",
    "undoes",
];

/// The routes of downloads.
pub fn routes() -> Router<AppState> {
    Router::new().route("/export/audit.csv", get(audit))
}

/// `GET /export/audit.csv?user=&action=&subject=&outcome=&from=&to=&text=`: the rows of a filter, newest first.
async fn audit(
    State(state): State<AppState>,
    Extension(caller): Extension<Caller>,
    Query(filter): Query<AuditFilter>,
) -> Response {
    match begin_audit(&state, &caller, &filter).await {
        Ok(response) => response,
        Err(error) => (error.status(), Json(error)).into_response(),
    }
}

async fn begin_audit(state: &AppState, caller: &Caller, filter: &AuditFilter) -> Result<Response, ApiError> {
    let permit = export_permit(caller)?;
    let zone = state.config.time_zone.clone();
    let query = query_of(&permit, &state.hub, &zone, filter)?;
    let now = clock::now();
    // Who took what out of the house is on record like everything else.
    let row = NewAudit::by(&permit, "audit.export", "audit").after(filter);
    audit::record_done(state.database.pool()?, &row, now).await?;
    let rows = AuditRows {
        database: state.database.clone(),
        query,
        zone: zone.clone(),
        sees_numbers: sees_numbers(&permit),
        before: None,
        is_begun: false,
    };
    let name = format!("attachment; filename=\"audit-{}.csv\"", day_of(&zone, now));
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
        (header::CONTENT_DISPOSITION, name),
        (header::CACHE_CONTROL, "no-store".to_owned()),
    ];
    Ok((headers, Body::from_stream(rows.stream())).into_response())
}

/// Why a download broke off: the browser shows a failed download, never half a list that looks whole.
#[derive(Debug, thiserror::Error)]
enum ExportError {
    #[error(transparent)]
    Storage(#[from] StorageError),
    #[error("cannot write a row: {0}")]
    Csv(#[from] csv::Error),
}

/// The rows that are still to be sent.
struct AuditRows {
    database: Database,
    query: AuditQuery,
    zone: TimeZone,
    sees_numbers: bool,
    before: Option<u64>,
    is_begun: bool,
}

impl AuditRows {
    /// A chunk at a time, read when the browser takes it.
    fn stream(self) -> impl Stream<Item = Result<Bytes, ExportError>> + Send + 'static {
        futures::stream::unfold(Some(self), async |rows| {
            let mut rows = rows?;
            match rows.chunk().await {
                Ok((bytes, true)) => Some((Ok(bytes), Some(rows))),
                Ok((bytes, false)) => Some((Ok(bytes), None)),
                Err(error) => {
                    tracing::error!(%error, "a download of the audit broke off");
                    Some((Err(error), None))
                }
            }
        })
    }

    /// The next rows, and whether there are more.
    async fn chunk(&mut self) -> Result<(Bytes, bool), ExportError> {
        let pool = self.database.pool()?;
        let records = audit_log::list_audit(pool, &self.query, self.before, CHUNK).await?;
        let has_more = records.len() == CHUNK as usize;
        self.before = records.last().map(|record| record.id);
        let mut bytes = Vec::new();
        if !std::mem::replace(&mut self.is_begun, true) {
            bytes.extend_from_slice(BYTE_ORDER_MARK);
            write_rows(&mut bytes, std::iter::once(COLUMNS.map(str::to_owned)))?;
        }
        let rows = records.into_iter().map(|record| cells(record, &self.zone, self.sees_numbers));
        write_rows(&mut bytes, rows)?;
        Ok((bytes.into(), has_more))
    }
}

fn write_rows(
    bytes: &mut Vec<u8>,
    rows: impl Iterator<Item = [String; COLUMNS.len()]>,
) -> Result<(), csv::Error> {
    // Spreadsheets want the line ends of their own machines.
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(bytes);
    for row in rows {
        writer.write_record(row.map(disarmed))?;
    }
    writer.flush()?;
    Ok(())
}

fn cells(record: AuditRecord, zone: &TimeZone, sees_numbers: bool) -> [String; COLUMNS.len()] {
    let value = |json: Option<String>| {
        diff::read(json.as_deref(), sees_numbers).map_or_else(String::new, |value| value.to_string())
    };
    [
        record.id.to_string(),
        moment(zone, record.asked_at),
        record.completed_at.map_or_else(String::new, |at| moment(zone, at)),
        record.user_name,
        record.address,
        record.action,
        record.subject,
        value(record.before_json),
        value(record.after_json),
        record.outcome.code().to_owned(),
        record.result.unwrap_or_default(),
        record.undoes_id.map_or_else(String::new, |id| id.to_string()),
    ]
}

/// A cell that no spreadsheet takes for a formula, whatever somebody typed into it.
fn disarmed(cell: String) -> String {
    if cell.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{cell}") } else { cell }
}

/// `2026-11-25T22:14:56.120+08:00`.
fn moment(zone: &TimeZone, at: UnixMs) -> String {
    jiff::Timestamp::from_millisecond(at.0).map_or_else(
        |_| String::new(),
        |at| at.to_zoned(zone.clone()).strftime("%Y-%m-%dT%H:%M:%S%.3f%:z").to_string(),
    )
}

fn day_of(zone: &TimeZone, at: UnixMs) -> String {
    jiff::Timestamp::from_millisecond(at.0)
        .map_or_else(|_| String::new(), |at| at.to_zoned(zone.clone()).strftime("%Y-%m-%d").to_string())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that fails says so")]
    use super::*;

    #[test]
    fn no_cell_is_a_formula() {
        for (cell, written) in [
            ("=1+1", "'=1+1"),
            ("+8613800138000", "'+8613800138000"),
            ("-1", "'-1"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("\t=1", "'\t=1"),
            ("fs-1/support@default", "fs-1/support@default"),
            ("", ""),
        ] {
            assert_eq!(disarmed(cell.to_owned()), written);
        }
    }

    #[test]
    fn quotes_and_line_ends_stay_inside_of_their_cell() {
        let mut bytes = Vec::new();
        let mut row: [String; COLUMNS.len()] = std::array::from_fn(|_| String::new());
        row[0] = "a,\"b\"\r\nc".to_owned();
        write_rows(&mut bytes, std::iter::once(row.clone())).unwrap();
        let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(&*bytes);
        assert_eq!(reader.records().next().unwrap().unwrap(), row.to_vec());
    }

    #[test]
    fn moments_name_their_zone() {
        let zone = TimeZone::get("Asia/Shanghai").unwrap();
        assert_eq!(moment(&zone, UnixMs(1_795_536_000_120)), "2026-11-25T00:00:00.120+08:00");
    }
}
