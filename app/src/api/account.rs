//! The signed-in user's own things. Signing in and out are plain forms of the server (`POST /sign-in`,
//! `POST /sign-out`), because they change the session that everything else rests on.

use leptos::prelude::*;

use super::ApiError;
#[cfg(feature = "ssr")]
use super::{
    Caller, apis, permit,
    permit::{OwnAccount, Permit},
    respond,
};
use crate::model::account::{CurrentUser, SessionRow};

/// What the server does for the signed-in user.
#[cfg(feature = "ssr")]
#[async_trait::async_trait]
pub trait AccountApi: Send + Sync {
    /// Keeps language (`en`, `zh-CN`) and theme (`system`, `light`, `dark`); what is absent stays as it is.
    async fn save_look(
        &self,
        permit: Permit<OwnAccount>,
        language: Option<&str>,
        theme: Option<&str>,
    ) -> Result<(), ApiError>;
    /// The user's signed-in browsers, the present one first.
    async fn list_sessions(&self, permit: Permit<OwnAccount>) -> Result<Vec<SessionRow>, ApiError>;
    /// Ends one of them, with its live streams.
    async fn revoke_session(&self, permit: Permit<OwnAccount>, id: u64) -> Result<(), ApiError>;
}

/// The signed-in user, or none. Asks nothing of the database: the session knows.
#[server(endpoint = "account/user")]
pub async fn read_current_user() -> Result<Option<CurrentUser>, ApiError> {
    respond(async {
        let caller = use_context::<Caller>().unwrap_or_default();
        if caller.is_unknown { Err(ApiError::DatabaseUnavailable) } else { Ok(caller.user) }
    })
    .await
}

/// Keeps language and theme. The language also travels in a cookie, for pages before the sign-in.
#[server(endpoint = "account/look")]
pub async fn save_look(
    #[server(default)] language: Option<String>,
    #[server(default)] theme: Option<String>,
) -> Result<(), ApiError> {
    respond(async { apis()?.account.save_look(permit()?, language.as_deref(), theme.as_deref()).await }).await
}

/// The user's signed-in browsers.
#[server(endpoint = "account/sessions")]
pub async fn list_sessions() -> Result<Vec<SessionRow>, ApiError> {
    respond(async { apis()?.account.list_sessions(permit()?).await }).await
}

/// Ends one of the user's sessions.
#[server(endpoint = "account/revoke-session")]
pub async fn revoke_session(id: u64) -> Result<(), ApiError> {
    respond(async { apis()?.account.revoke_session(permit()?, id).await }).await
}
