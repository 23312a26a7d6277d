//! From the cookie to the user.
//!
//! tower-sessions keeps the cookie and its row in `sessions`; `user_sessions` beside it says whose it is. Each request
//! looks both up, and a supervisor's teams; while the database is away, what it said in the last five minutes counts.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use app::model::account::{CurrentUser, Role};
use app::model::time::{DurationMs, UnixMs};
use app::model::wall::Scope;
use tokio::time::Instant;
use tower_sessions::session::Id;

use crate::clock;
use crate::storage::user_sessions::{self, ValidSession};
use crate::storage::{Database, StorageError, teams};

/// How long the last answer of the database counts while it is away.
const CACHE_LIFE: Duration = Duration::from_secs(300);
/// A database that does not answer for this long is away.
const PATIENCE: Duration = Duration::from_secs(3);
/// Above this many entries the old ones are thrown out.
const MANY: usize = 4096;
/// How exact "last seen" is.
const SEEN_EVERY: DurationMs = DurationMs::from_s(60);

/// A signed-in browser.
#[derive(Clone, Debug)]
pub struct SignedIn {
    /// Public handle of the session.
    pub session_id: u64,
    /// Its user.
    pub user: CurrentUser,
    /// What of the board the user may see and touch.
    pub scope: Scope,
    /// When it ends unless it is used.
    pub expires_at: UnixMs,
}

/// The database is away, and the session was not seen of late.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CannotTell;

/// Finds sessions.
pub struct Sessions {
    database: Database,
    cache: Mutex<HashMap<Id, (Instant, SignedIn)>>,
}

impl Sessions {
    pub(super) fn new(database: Database) -> Self {
        Self { database, cache: Mutex::default() }
    }

    /// Whose cookie it is, if it is valid.
    ///
    /// # Errors
    /// While the database is away and did not know the cookie of late: nobody can tell then.
    pub async fn resolve(&self, cookie: Id, address: &str) -> Result<Option<SignedIn>, CannotTell> {
        match tokio::time::timeout(PATIENCE, self.look_up(cookie)).await {
            Ok(Ok(Some((session, scope)))) => {
                let signed_in = SignedIn {
                    session_id: session.id,
                    user: session.user,
                    scope,
                    expires_at: session.expires_at,
                };
                self.remember(cookie, signed_in.clone());
                if clock::now().since(session.last_seen_at) >= SEEN_EVERY {
                    self.touch(session.id, address);
                }
                Ok(Some(signed_in))
            }
            Ok(Ok(None)) => {
                self.cache().remove(&cookie);
                Ok(None)
            }
            Ok(Err(error)) => {
                if error.is_unavailable() {
                    self.database.note_away();
                } else {
                    tracing::error!(%error, "cannot look up a session");
                }
                self.remembered(cookie).map(Some).ok_or(CannotTell)
            }
            Err(_) => {
                self.database.note_away();
                self.remembered(cookie).map(Some).ok_or(CannotTell)
            }
        }
    }

    /// Changes what is remembered of a user, so that a choice shows at once even while the database is away.
    pub fn forget_user(&self, user_id: u64) {
        self.cache().retain(|_, (_, signed_in)| signed_in.user.id != user_id);
    }

    /// Forgets a session that was revoked.
    pub fn forget(&self, session_id: u64) {
        self.cache().retain(|_, (_, signed_in)| signed_in.session_id != session_id);
    }

    async fn look_up(&self, cookie: Id) -> Result<Option<(ValidSession, Scope)>, StorageError> {
        let found = user_sessions::find_valid_session(self.database.pool()?, &cookie.to_string()).await?;
        let Some(session) = found else { return Ok(None) };
        let scope = self.scope_of(&session.user).await?;
        Ok(Some((session, scope)))
    }

    /// What of the board a user may see and touch: an agent the own row, a supervisor what the own teams have, and who
    /// is in no team, like an admin, everything.
    async fn scope_of(&self, user: &CurrentUser) -> Result<Scope, StorageError> {
        Ok(match (user.role, &user.agent) {
            (Role::Agent, Some(agent)) => Scope::Agent(agent.clone()),
            (Role::Agent, None) => Scope::default(),
            (Role::Supervisor, _) => {
                teams::find_scope(self.database.pool()?, user.id).await?.unwrap_or(Scope::All)
            }
            (Role::Admin, _) => Scope::All,
        })
    }

    fn remember(&self, cookie: Id, signed_in: SignedIn) {
        let mut cache = self.cache();
        if cache.len() > MANY {
            cache.retain(|_, (at, _)| at.elapsed() < CACHE_LIFE);
        }
        cache.insert(cookie, (Instant::now(), signed_in));
    }

    fn remembered(&self, cookie: Id) -> Option<SignedIn> {
        let (at, signed_in) = self.cache().get(&cookie)?.clone();
        (at.elapsed() < CACHE_LIFE && clock::now() < signed_in.expires_at).then_some(signed_in)
    }

    /// Beside the request, which need not wait for it.
    fn touch(&self, session_id: u64, address: &str) {
        let (database, address) = (self.database.clone(), address.to_owned());
        tokio::spawn(async move {
            let Ok(pool) = database.pool() else { return };
            let touched = user_sessions::touch_user_session(pool, session_id, &address, clock::now()).await;
            if let Err(error) = touched {
                tracing::debug!(%error, "cannot note when a session was seen");
            }
        });
    }

    fn cache(&self) -> std::sync::MutexGuard<'_, HashMap<Id, (Instant, SignedIn)>> {
        self.cache.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
