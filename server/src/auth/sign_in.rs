//! Signing in and out.

use app::api::Caller;
use app::api::permit::{OwnAccount, Permit};
use app::model::account::CurrentUser;
use app::model::time::DurationMs;
use serde::{Deserialize, Serialize};
use tower_sessions::Session;

use super::{Admission, Auth, password, second_factor};
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
    /// The second factor was wrong.
    WrongCode,
    /// The password was too long ago, or the second factor wrong too often: the sign-in begins again.
    Expired,
    /// The database is away.
    Unavailable,
}

/// How far somebody came who knows the password.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Admitted {
    /// In.
    In(Box<CurrentUser>),
    /// To the second factor, see [`sign_in_with_code`].
    AtSecondFactor,
}

/// Who has given the password and not yet the second factor; kept with the cookie's session.
#[derive(Serialize, Deserialize)]
struct Pending {
    user_id: u64,
    name: String,
    until_ms: i64,
    attempts_left: u32,
}

/// The key of [`Pending`] in the cookie's session.
const PENDING: &str = "second_factor";
/// How long the password counts.
const PENDING_LIFE: DurationMs = DurationMs::from_s(300);
/// So many codes may be tried for one password.
const CODE_ATTEMPTS: u32 = 10;

impl SignInProblem {
    /// The word in the address of the sign-in page.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Wrong => "wrong",
            Self::Throttled => "throttled",
            Self::WrongCode => "wrong-code",
            Self::Expired => "expired",
            Self::Unavailable => "unavailable",
        }
    }
}

/// Lets somebody in: checks the password, gives the browser a new session id, and remembers where it was. Who has a second
/// factor is asked for it first.
///
/// # Errors
/// Why not.
pub async fn sign_in(
    auth: &Auth,
    database: &Database,
    session: &Session,
    attempt: Attempt,
) -> Result<Admitted, SignInProblem> {
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
    if user.has_second_factor {
        let pending = Pending {
            user_id: user.id,
            name,
            until_ms: (clock::now() + PENDING_LIFE).0,
            attempts_left: CODE_ATTEMPTS,
        };
        session.cycle_id().await.map_err(no_session)?;
        keep(session, Some(&pending)).await?;
        return Ok(Admitted::AtSecondFactor);
    }
    start(database, session, &user, &attempt.address, &attempt.user_agent).await?;
    tracing::info!(user.name = %name, address = %attempt.address, "signed in");
    Ok(Admitted::In(Box::new(user)))
}

/// A second factor that somebody typed, and from where.
pub struct CodeAttempt {
    /// What the authenticator shows, or a recovery code.
    pub code: String,
    /// Address of the client.
    pub address: String,
    /// What the browser says of itself.
    pub user_agent: String,
}

/// Lets somebody in who has given the password a moment ago, in the same browser.
///
/// # Errors
/// Why not.
pub async fn sign_in_with_code(
    auth: &Auth,
    database: &Database,
    session: &Session,
    attempt: CodeAttempt,
) -> Result<CurrentUser, SignInProblem> {
    let pending: Option<Pending> = session.get(PENDING).await.map_err(no_session)?;
    let Some(mut pending) = pending.filter(|pending| clock::now().0 < pending.until_ms) else {
        return Err(SignInProblem::Expired);
    };
    // Apart from the passwords: who knows the name alone must not slow this down.
    let key = format!("{} second factor", pending.name);
    let ticket = auth.throttle.admit(&key, &attempt.address).await.map_err(|_| SignInProblem::Throttled)?;
    let fits = match second_factor::use_code(database, pending.user_id, &attempt.code).await {
        Ok(fits) => fits,
        Err(error) => {
            ticket.withdrawn();
            return Err(unavailable(error));
        }
    };
    if !fits {
        tracing::info!(user.name = %pending.name, address = %attempt.address, "second factor refused");
        pending.attempts_left = pending.attempts_left.saturating_sub(1);
        let is_over = pending.attempts_left == 0;
        keep(session, Some(&pending).filter(|_| !is_over)).await?;
        return Err(if is_over { SignInProblem::Expired } else { SignInProblem::WrongCode });
    }
    ticket.succeeded();
    let found = async { users::lock_user(database.pool()?, pending.user_id).await };
    let found = found.await.map_err(unavailable)?;
    if found.deactivated_at.is_some() {
        return Err(SignInProblem::Wrong);
    }
    session.remove_value(PENDING).await.map_err(no_session)?;
    start(database, session, &found.user, &attempt.address, &attempt.user_agent).await?;
    tracing::info!(user.name = %pending.name, address = %attempt.address, "signed in with a second factor");
    Ok(found.user)
}

/// Keeps who has given the password, or forgets it.
async fn keep(session: &Session, pending: Option<&Pending>) -> Result<(), SignInProblem> {
    let kept = async {
        match pending {
            Some(pending) => session.insert(PENDING, pending).await?,
            None => drop(session.remove_value(PENDING).await?),
        }
        session.save().await
    };
    kept.await.map_err(no_session)
}

fn no_session(error: tower_sessions::session::Error) -> SignInProblem {
    tracing::error!(%error, "cannot store a session");
    SignInProblem::Unavailable
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
    address: &str,
    user_agent: &str,
) -> Result<(), SignInProblem> {
    let now = clock::now();
    let saved = async {
        session.cycle_id().await?;
        session.insert("signed_in_at_ms", now.0).await?;
        session.save().await
    };
    saved.await.map_err(no_session)?;
    let session_id = session.id().map(|id| id.to_string()).unwrap_or_default();
    let user_agent: String = user_agent.chars().take(255).collect();
    let new = NewUserSession { user_id: user.id, session_id: &session_id, address, user_agent: &user_agent };
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
