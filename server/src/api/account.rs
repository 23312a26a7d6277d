//! The signed-in user's own things.

use app::api::ApiError;
use app::api::account::AccountApi;
use app::api::permit::{OwnAccount, Permit};
use app::model::account::{Language, SessionRow, Theme};
use app::model::problem::{FieldProblem, ProblemKind};

use crate::auth::{Auth, sign_in};
use crate::storage::{Database, user_sessions, users};

/// Implements [`AccountApi`].
pub struct Account {
    pub(super) database: Database,
    pub(super) auth: Auth,
}

#[async_trait::async_trait]
impl AccountApi for Account {
    async fn save_look(
        &self,
        permit: Permit<OwnAccount>,
        language: Option<&str>,
        theme: Option<&str>,
    ) -> Result<(), ApiError> {
        let language = chosen("language", language, Language::from_tag)?;
        let theme = chosen("theme", theme, Theme::from_code)?;
        let user_id = permit.user().id;
        // Tastes are no edits of the call center: they leave no audit row.
        users::update_look(self.database.pool()?, user_id, language, theme).await?;
        self.auth.sessions.forget_user(user_id);
        Ok(())
    }

    async fn list_sessions(&self, permit: Permit<OwnAccount>) -> Result<Vec<SessionRow>, ApiError> {
        let sessions = user_sessions::list_user_sessions(self.database.pool()?, permit.user().id).await?;
        let current = permit.caller().session_id;
        let mut rows: Vec<SessionRow> = sessions
            .into_iter()
            .map(|session| SessionRow {
                is_current: current == Some(session.id),
                id: session.id,
                created_at: session.created_at,
                last_seen_at: session.last_seen_at,
                address: session.address,
                user_agent: session.user_agent,
            })
            .collect();
        rows.sort_by_key(|row| !row.is_current);
        Ok(rows)
    }

    async fn revoke_session(&self, permit: Permit<OwnAccount>, id: u64) -> Result<(), ApiError> {
        Ok(sign_in::revoke(&self.auth, &self.database, &permit, id).await?)
    }
}

/// The value of a code; a code that nobody offered is a problem of the field.
fn chosen<T>(
    field: &str,
    code: Option<&str>,
    read: impl Fn(&str) -> Option<T>,
) -> Result<Option<T>, ApiError> {
    let Some(code) = code else { return Ok(None) };
    let problem = || FieldProblem { field: field.into(), kind: ProblemKind::Unknown };
    read(code).map(Some).ok_or_else(|| ApiError::Invalid(vec![problem()]))
}
