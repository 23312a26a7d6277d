//! The audit: reading it, and taking edits back.

use leptos::prelude::*;

use super::ApiError;
#[cfg(feature = "ssr")]
use super::{
    apis, permit,
    permit::{OwnAccount, Permit, ReadAudit},
    respond,
};
use crate::model::audit::{AuditDetail, AuditFilter, AuditPage};

/// What the server does for the audit.
#[cfg(feature = "ssr")]
#[async_trait::async_trait]
pub trait AuditApi: Send + Sync {
    /// The newest rows of a filter, or those before a key. `Invalid` names the fields that cannot be read.
    async fn list_audit(
        &self,
        permit: Permit<ReadAudit>,
        filter: AuditFilter,
        before: Option<u64>,
    ) -> Result<AuditPage, ApiError>;
    /// One row, and whether it can be undone.
    async fn read_audit(&self, permit: Permit<ReadAudit>, id: u64) -> Result<AuditDetail, ApiError>;
    /// Takes an edit back: for whoever may make such an edit. `Conflict` where what it was done to is not as the edit left it
    /// any more.
    async fn undo_edit(&self, permit: Permit<OwnAccount>, id: u64) -> Result<(), ApiError>;
}

/// The newest rows of a filter, or those before a key.
#[server(endpoint = "audit/list", input = leptos::server_fn::codec::Json)]
pub async fn list_audit(filter: AuditFilter, before: Option<u64>) -> Result<AuditPage, ApiError> {
    respond(async { apis()?.audit.list_audit(permit()?, filter, before).await }).await
}

/// One row, and whether it can be undone.
#[server(endpoint = "audit/read")]
pub async fn read_audit_entry(id: u64) -> Result<AuditDetail, ApiError> {
    respond(async { apis()?.audit.read_audit(permit()?, id).await }).await
}

/// Takes an edit back. A plain form post works as well.
#[server(endpoint = "audit/undo")]
pub async fn undo_edit(id: u64) -> Result<(), ApiError> {
    respond(async { apis()?.audit.undo_edit(permit()?, id).await }).await
}
