//! Signing in and out.

use app::api::Caller;
use app::api::permit::{OwnAccount, Permit};
use app::model::account::CurrentUser;
use tower_sessions::Session;

use super::{Admission, Auth, password};
use crate::clock;
use crate::storage::audit::{self, NewAudit};
use crate::storage::user_sessions::{self, NewUserSession};
use crate::storage::{Database, StorageError, users};

/// What somebody typed, and from where.
pub struct Attempt {
    /// Sign-in name.
    pub name: String,
    /// Password.
    pub password: String,
    /// Address of the client.
    pub address: String,
    /// What the browser says of itself.
    pub user_agent: String,
    /// The session that the browser has already, which ends.
    pub earlier: Caller,
}

/// Why somebody was not let in. Which of name and password was wrong is nobody's business.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignInProblem {
    /// Unknown name, wrong password, or deactivated.
    Wrong,
    /// Too many attempts at once from this address.
    Throttled,
    /// The database is away.
    Unavailable,
}

impl SignInProblem {
    /// The word in the address of the sign-in page.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Wrong => "wrong",
            Self::Throttled => "throttled",
            Self::Unavailable => "unavailable",
        }
    }
}

/// Lets somebody in: checks the password, gives the browser a new session id, and remembers where it was.
///
/// # Errors
/// Why not.
pub async fn sign_in(
    auth: &Auth,
    database: &Database,
    session: &Session,
    attempt: Attempt,
) -> Result<CurrentUser, SignInProblem> {
    let name = password::normalized_name(&attempt.name);
    if name.len() > 256 || attempt.password.len() > password::LONGEST {
        return Err(SignInProblem::Wrong);
    }
    let admitted = auth.throttle.admit(&name, &attempt.address).await;
    let ticket = admitted.map_err(|_| SignInProblem::Throttled)?;
    let credentials = match find(database, &name).await {
        Ok(credentials) => credentials,
        Err(error) => {
            ticket.withdrawn();
            return Err(unavailable(error));
        }
    };
    let (user, phc) = match credentials {
        Some(found) if !found.is_deactivated => (Some(found.user), Some(found.password_hash)),
        _ => (None, None),
    };
    let fits = password::verify(attempt.password.clone(), phc).await.map_err(|error| {
        tracing::error!(%error, "a sign-in failed");
        SignInProblem::Unavailable
    })?;
    let Some(user) = user.filter(|_| fits) else {
        tracing::info!(user.name = %name, address = %attempt.address, "sign-in refused");
        return Err(SignInProblem::Wrong);
    };
    ticket.succeeded();
    end_earlier(auth, database, &attempt.earlier).await.map_err(unavailable)?;
    start(database, session, &user, &attempt).await?;
    tracing::info!(user.name = %name, address = %attempt.address, "signed in");
    Ok(user)
}

/// Ends the caller's session, with its live streams.
///
/// # Errors
/// `Database`, with the session as it was.
pub async fn sign_out(
    auth: &Auth,
    database: &Database,
    session: &Session,
    caller: &Caller,
) -> Result<(), StorageError> {
    end_earlier(auth, database, caller).await?;
    if let Err(error) = session.flush().await {
        // The session is revoked all the same; its row goes when it expires.
        tracing::warn!(%error, "cannot delete a cookie session");
    }
    Ok(())
}

/// Revokes one session of the permit's user, with its audit row.
///
/// # Errors
/// `NotFound` when the user has no such session.
pub async fn revoke(
    auth: &Auth,
    database: &Database,
    permit: &Permit<OwnAccount>,
    id: u64,
) -> Result<(), StorageError> {
    let now = clock::now();
    let mut transaction = database.begin().await?;
    user_sessions::revoke_user_session(&mut *transaction, permit.user().id, id, now).await?;
    let row = NewAudit::by(permit, "session.revoke", id);
    audit::record_done(&mut *transaction, &row, now).await?;
    transaction.commit().await.map_err(StorageError::of("revoke the session"))?;
    auth.sessions.forget(id);
    auth.revocations.announce(Admission::Session(id));
    Ok(())
}

async fn find(database: &Database, name: &str) -> Result<Option<users::Credentials>, StorageError> {
    users::find_credentials(database.pool()?, name).await
}

async fn end_earlier(auth: &Auth, database: &Database, caller: &Caller) -> Result<(), StorageError> {
    let (Some(user), Some(id)) = (&caller.user, caller.session_id) else { return Ok(()) };
    match user_sessions::revoke_user_session(database.pool()?, user.id, id, clock::now()).await {
        Ok(()) | Err(StorageError::NotFound) => {}
        Err(error) => return Err(error),
    }
    auth.sessions.forget(id);
    auth.revocations.announce(Admission::Session(id));
    Ok(())
}

/// Stores the session under a new id: one that somebody planted in the browser before is worth nothing.
async fn start(
    database: &Database,
    session: &Session,
    user: &CurrentUser,
    attempt: &Attempt,
) -> Result<(), SignInProblem> {
    let now = clock::now();
    let saved = async {
        session.cycle_id().await?;
        session.insert("signed_in_at_ms", now.0).await?;
        session.save().await
    };
    saved.await.map_err(|error| {
        tracing::error!(%error, "cannot store a session");
        SignInProblem::Unavailable
    })?;
    let session_id = session.id().map(|id| id.to_string()).unwrap_or_default();
    let user_agent: String = attempt.user_agent.chars().take(255).collect();
    let new = NewUserSession {
        user_id: user.id,
        session_id: &session_id,
        address: &attempt.address,
        user_agent: &user_agent,
    };
    let stored = async { user_sessions::create_user_session(database.pool()?, &new, now).await };
    if let Err(error) = stored.await {
        session.flush().await.ok();
        return Err(unavailable(error));
    }
    Ok(())
}

fn unavailable(error: StorageError) -> SignInProblem {
    tracing::error!(%error, "a sign-in failed");
    SignInProblem::Unavailable
}
