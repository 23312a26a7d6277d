//! Who may come in: passwords, second factors, throttled attempts, sessions, wall links, and their revocation.
//!
//! What a signed-in user may then do is decided by permits (`app::api::permit`). Two rules run through this room:
//! attempts are delayed and never locked out, so that nobody can lock out somebody else; and only a definite answer
//! of the database ends a session or a wall link, never the database's absence.

pub mod password;
pub mod revocations;
pub mod second_factor;
pub mod sessions;
pub mod sign_in;
pub mod throttle;
pub mod walls;

use std::sync::Arc;

pub use revocations::{Admission, Revocations, SessionWatch};
pub use sessions::Sessions;
pub use throttle::Throttle;
pub use walls::Walls;

use crate::storage::Database;

/// Everything in this room, sharing one database and one set of revocations.
#[derive(Clone)]
pub struct Auth {
    /// Signed-in browsers.
    pub sessions: Arc<Sessions>,
    /// Wall screens.
    pub walls: Arc<Walls>,
    /// Sign-in attempts.
    pub throttle: Arc<Throttle>,
    /// Tells live streams when they must end.
    pub watch: SessionWatch,
    /// Says so.
    pub revocations: Revocations,
}

impl Auth {
    /// A room with its own revocations.
    pub fn new(database: Database, throttle: Throttle) -> Self {
        let revocations = Revocations::default();
        Self {
            sessions: Arc::new(Sessions::new(database.clone())),
            walls: Arc::new(Walls::new(database.clone())),
            throttle: Arc::new(throttle),
            watch: SessionWatch::new(database, revocations.clone()),
            revocations,
        }
    }
}
