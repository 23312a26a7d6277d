//! The audit: reading it, and taking edits back.
//!
//! - [`diff`]: before and after, field by field. Pure.

pub mod diff;

use app::api::ApiError;
use app::api::audit::AuditApi;
use app::api::permit::{Export, OwnAccount, Permit, ReadAudit};
use app::model::account::Permission;
use app::model::audit::{AuditDetail, AuditEntry, AuditFilter, AuditPage, Outcome};
use app::model::problem::{FieldProblem, ProblemKind};
use app::model::time::UnixMs;
use app::model::wall::Scope;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::undo::Undos;
use crate::storage::Database;
use crate::storage::audit_log::{self, AuditQuery, AuditRecord, Visible};
use crate::wallboard::hub::Hub;

/// Rows of a page.
const PAGE: u32 = 50;
/// The longest text that is looked for.
const LONGEST_TEXT: u32 = 100;

/// Implements [`AuditApi`].
pub struct Audit {
    pub(super) database: Database,
    pub(super) hub: Hub,
    pub(super) zone: TimeZone,
    pub(super) undos: Undos,
}

#[async_trait::async_trait]
impl AuditApi for Audit {
    async fn list_audit(
        &self,
        permit: Permit<ReadAudit>,
        filter: AuditFilter,
        before: Option<u64>,
    ) -> Result<AuditPage, ApiError> {
        let query = query_of(&permit, &self.hub, &self.zone, &filter)?;
        let pool = self.database.pool()?;
        let mut records = audit_log::list_audit(pool, &query, before, PAGE + 1).await?;
        let is_cut = records.len() > PAGE as usize;
        records.truncate(PAGE as usize);
        Ok(AuditPage {
            older: records.last().filter(|_| is_cut).map(|record| record.id),
            actions: audit_log::list_actions(pool).await?,
            may_export: permit.user().may(Permission::Export),
            entries: records.into_iter().map(|record| entry_of(record, sees_numbers(&permit))).collect(),
        })
    }

    async fn read_audit(&self, permit: Permit<ReadAudit>, id: u64) -> Result<AuditDetail, ApiError> {
        let pool = self.database.pool()?;
        let record = audit_log::find_audit(pool, id, visible_to(&permit, &self.hub).as_ref()).await?;
        let undo = self.undos.offer(permit.caller(), &record).await?;
        let undone_by = audit_log::list_undoing(pool, id).await?;
        Ok(AuditDetail { undo, undone_by, entry: entry_of(record, sees_numbers(&permit)) })
    }

    async fn undo_edit(&self, permit: Permit<OwnAccount>, id: u64) -> Result<(), ApiError> {
        self.undos.undo(&permit, id).await
    }
}

/// The query of a filter, in what the reader may see. It is the same for the page and for the download.
///
/// # Errors
/// `Invalid` names the fields that cannot be read.
pub fn query_of(
    permit: &Permit<ReadAudit>,
    hub: &Hub,
    zone: &TimeZone,
    filter: &AuditFilter,
) -> Result<AuditQuery, ApiError> {
    let mut problems = Vec::new();
    let mut day = |field: &str, text: &str, after: i64| {
        if text.is_empty() {
            return None;
        }
        let start = beginning(zone, text, after);
        if start.is_none() {
            problems.push(FieldProblem { field: field.to_owned(), kind: ProblemKind::Unknown });
        }
        start
    };
    let (from, until) = (day("from", &filter.from, 0), day("to", &filter.to, 1));
    let outcome = Outcome::from_code(&filter.outcome);
    if outcome.is_none() && !filter.outcome.is_empty() {
        problems.push(FieldProblem { field: "outcome".into(), kind: ProblemKind::Unknown });
    }
    if filter.text.chars().count() > LONGEST_TEXT as usize {
        problems.push(FieldProblem { field: "text".into(), kind: ProblemKind::TooLong(LONGEST_TEXT) });
    }
    if !problems.is_empty() {
        return Err(ApiError::Invalid(problems));
    }
    let given = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
    Ok(AuditQuery {
        user: given(&filter.user),
        action: given(&filter.action),
        subject: given(&filter.subject),
        outcome,
        from,
        until,
        text: given(&filter.text),
        // Who sees numbers masked must not find them out by searching for them.
        may_search_values: sees_numbers(permit),
        visible: visible_to(permit, hub),
    })
}

/// Whether the reader sees the numbers of callers.
pub fn sees_numbers(permit: &Permit<ReadAudit>) -> bool {
    permit.user().may(Permission::SeeNumbers)
}

/// The permit for a download of the audit: for who may both read and download.
///
/// # Errors
/// As [`Permit::ask`].
pub fn export_permit(caller: &app::api::Caller) -> Result<Permit<ReadAudit>, ApiError> {
    Permit::<Export>::ask(caller.clone())?;
    Permit::ask(caller.clone())
}

/// What of the audit a reader may see: everything, or what was done to the own part of the call center.
fn visible_to(permit: &Permit<ReadAudit>, hub: &Hub) -> Option<Visible> {
    if *permit.scope() == Scope::All {
        return None;
    }
    let board = hub.snapshot(permit.scope()).board;
    let queues = board.queues.iter().map(|row| row.key.to_string());
    let agents = board.agents.iter().map(|row| row.key.to_string());
    Some(Visible { subjects: queues.chain(agents).collect(), user_id: permit.user().id })
}

/// A row for people.
pub fn entry_of(record: AuditRecord, sees_numbers: bool) -> AuditEntry {
    let read = |json: Option<String>| diff::read(json.as_deref(), sees_numbers);
    AuditEntry {
        id: record.id,
        asked_at: record.asked_at,
        completed_at: record.completed_at,
        user: record.user_name,
        address: record.address,
        action: record.action,
        subject: record.subject,
        changes: diff::changes(read(record.before_json).as_ref(), read(record.after_json).as_ref()),
        outcome: record.outcome,
        result: record.result,
        undoes: record.undoes_id,
    }
}

/// The beginning of a day in the time zone of the call center, so many days later.
fn beginning(zone: &TimeZone, day: &str, later: i64) -> Option<UnixMs> {
    let day: Date = day.trim().parse().ok()?;
    let day = day.checked_add(jiff::Span::new().try_days(later).ok()?).ok()?;
    let start = day.to_zoned(zone.clone()).ok()?.start_of_day().ok()?;
    Some(UnixMs(start.timestamp().as_millisecond()))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that fails says so")]
    use super::*;

    #[test]
    fn days_are_those_of_the_call_center() {
        let zone = TimeZone::get("Asia/Shanghai").unwrap();
        assert_eq!(beginning(&zone, "2026-11-25", 0), Some(UnixMs(1_795_536_000_000)));
        assert_eq!(beginning(&zone, "2026-11-25", 1), Some(UnixMs(1_795_622_400_000)));
        for text in ["25.11.2026", "2026-02-30", "yesterday", ""] {
            assert_eq!(beginning(&zone, text, 0), None, "{text}");
        }
    }
}
