//! Tells which streams must end: those of sessions and wall links, at once when this process revoked them, within half a minute when
//! another one did.

use std::future::Future;
use std::time::Duration;

use app::model::frame::ByeReason;
use tokio::sync::broadcast;
use tokio::sync::broadcast::error::RecvError;

use crate::storage::{Database, StorageError, user_sessions, walls};

/// How often a watched session is looked up, for revocations by other processes.
const LOOK_UP_INTERVAL: Duration = Duration::from_secs(30);
/// A reader that fell behind by this many looks its session up instead.
const CAPACITY: usize = 256;

/// What lets a reader in, by its public key in the database.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Admission {
    /// A signed-in browser (`Caller::session_id`).
    Session(u64),
    /// A wall link (`WallLink::id`).
    Wall(u64),
}

/// What became of an admission.
#[derive(Clone, Copy, Debug)]
struct Notice {
    admission: Admission,
    reason: ByeReason,
}

/// Says what was revoked, and whose part of the board has changed.
#[derive(Clone, Debug)]
pub struct Revocations(broadcast::Sender<Notice>);

impl Default for Revocations {
    fn default() -> Self {
        Self(broadcast::Sender::new(CAPACITY))
    }
}

impl Revocations {
    /// Ends every stream of that admission.
    pub fn announce(&self, admission: Admission) {
        self.send(Notice { admission, reason: ByeReason::SignedOut });
    }

    /// Has every stream of that admission begin anew with what it may show by now.
    pub fn announce_change(&self, admission: Admission) {
        self.send(Notice { admission, reason: ByeReason::Changed });
    }

    fn send(&self, notice: Notice) {
        // Nobody listening is fine.
        self.0.send(notice).ok();
    }
}

/// For live streams: whether, and when, what let them in has ended.
#[derive(Clone, Debug)]
pub struct SessionWatch {
    database: Database,
    revocations: Revocations,
}

impl SessionWatch {
    pub(super) const fn new(database: Database, revocations: Revocations) -> Self {
        Self { database, revocations }
    }

    /// Whether it still lets in; `None` while the database cannot tell, which ends nothing.
    pub async fn is_valid(&self, admission: Admission) -> Option<bool> {
        match self.look_up(admission).await {
            Ok(is_valid) => Some(is_valid),
            Err(error) => {
                tracing::debug!(%error, ?admission, "cannot tell whether it was revoked");
                None
            }
        }
    }

    /// Resolves when it was revoked, ran out, its user was deactivated or may see something else; never because the
    /// database is away. Nothing is missed between this call and the first poll.
    pub fn ended(&self, admission: Admission) -> impl Future<Output = ByeReason> + Send + 'static {
        let mut revoked = self.revocations.0.subscribe();
        let watch = self.clone();
        async move {
            // Readers that came together, after a restart, shall not look up together for ever.
            let first = LOOK_UP_INTERVAL.mul_f64(rand::random_range(0.5..1.0));
            let mut interval =
                tokio::time::interval_at(tokio::time::Instant::now() + first, LOOK_UP_INTERVAL);
            interval.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
            loop {
                let must_look_up = tokio::select! {
                    said = revoked.recv() => match said {
                        Ok(said) if said.admission == admission => return said.reason,
                        Ok(_) => false,
                        Err(RecvError::Lagged(_)) => true,
                        // `watch` holds a sender, so this does not happen; looking up is right anyway.
                        Err(RecvError::Closed) => { interval.tick().await; true }
                    },
                    _ = interval.tick() => true,
                };
                if must_look_up && watch.is_valid(admission).await == Some(false) {
                    return ByeReason::SignedOut;
                }
            }
        }
    }

    async fn look_up(&self, admission: Admission) -> Result<bool, StorageError> {
        let pool = self.database.pool()?;
        match admission {
            Admission::Session(id) => user_sessions::is_session_valid(pool, id).await,
            Admission::Wall(id) => Ok(walls::find_wall(pool, id).await?.is_some()),
        }
    }
}
