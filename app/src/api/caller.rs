//! The caller of an agent: earlier calls, what was noted, what may be noted.

use leptos::prelude::*;

use super::ApiError;
#[cfg(feature = "ssr")]
use super::{
    apis, permit,
    permit::{Permit, WorkAtDesk},
    respond,
};
use crate::model::ids::MemberKey;
use crate::model::note::{CallNote, CallerView};

/// What the server does about the caller. A note names the call that its writer had before the eyes: `NotFound` where
/// that is not the agent's call, nor the last one, any more.
#[cfg(feature = "ssr")]
#[async_trait::async_trait]
pub trait CallerApi: Send + Sync {
    /// The caller of the moment, else that of the last call of today; none where there was none.
    async fn read_own_caller(&self, permit: Permit<WorkAtDesk>) -> Result<Option<CallerView>, ApiError>;
    /// Stores what the agent noted of the call.
    async fn save_call_note(
        &self,
        permit: Permit<WorkAtDesk>,
        member: MemberKey,
        note: CallNote,
    ) -> Result<(), ApiError>;
    /// Stores the note that stays with the caller's number, over the version that was read; `Conflict` where somebody
    /// else has written meanwhile.
    async fn save_number_note(
        &self,
        permit: Permit<WorkAtDesk>,
        member: MemberKey,
        text: String,
        version: u32,
    ) -> Result<(), ApiError>;
}

/// The caller of the moment, or of the last call.
#[server(endpoint = "caller/read")]
pub async fn read_own_caller() -> Result<Option<CallerView>, ApiError> {
    respond(async { apis()?.caller.read_own_caller(permit()?).await }).await
}

/// Stores what the agent noted of the call.
#[server(endpoint = "caller/call-note", input = leptos::server_fn::codec::Json)]
pub async fn save_call_note(member: MemberKey, note: CallNote) -> Result<(), ApiError> {
    respond(async { apis()?.caller.save_call_note(permit()?, member, note).await }).await
}

/// Stores the note that stays with the caller's number.
#[server(endpoint = "caller/number-note", input = leptos::server_fn::codec::Json)]
pub async fn save_number_note(member: MemberKey, text: String, version: u32) -> Result<(), ApiError> {
    respond(async { apis()?.caller.save_number_note(permit()?, member, text, version).await }).await
}
