//! From the token of a wall link to the link.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use app::model::time::DurationMs;
use app::model::wall::WallLink;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest as _, Sha256};

use crate::clock;
use crate::storage::walls::{self, TokenHash};
use crate::storage::{Database, StorageError};

/// How exact "last seen" is.
const SEEN_EVERY: DurationMs = DurationMs::from_s(60);
/// Length of a token of 32 bytes.
const TOKEN_LENGTH: usize = 43;

/// The token of a link, which only its owner and its screens know.
pub struct WallToken(String);

impl WallToken {
    /// 256 random bits.
    pub fn random() -> Self {
        Self(URL_SAFE_NO_PAD.encode(rand::random::<[u8; 32]>()))
    }

    /// The text in the link's path.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// What is stored.
    pub fn hash(&self) -> TokenHash {
        hash_of(&self.0)
    }
}

/// Finds wall links.
pub struct Walls {
    database: Database,
    /// What the database said last, for as long as it is away: nobody can revoke a link meanwhile.
    cache: Mutex<HashMap<TokenHash, WallLink>>,
}

impl Walls {
    pub(super) fn new(database: Database) -> Self {
        Self { database, cache: Mutex::default() }
    }

    /// The link of a token; `None` when there is none, or it was revoked.
    ///
    /// # Errors
    /// `Database`, when it is away and did not know the token before.
    pub async fn resolve(&self, token: &str) -> Result<Option<WallLink>, StorageError> {
        if token.len() != TOKEN_LENGTH {
            return Ok(None);
        }
        let hash = hash_of(token);
        let look_up = async { walls::find_wall_by_token(self.database.pool()?, &hash).await };
        match look_up.await {
            Ok(Some(link)) => {
                self.cache().insert(hash, link.clone());
                self.touch(&link);
                Ok(Some(link))
            }
            Ok(None) => {
                self.cache().remove(&hash);
                Ok(None)
            }
            Err(error) if error.is_unavailable() => {
                self.database.note_away();
                let remembered = self.cache().get(&hash).cloned();
                remembered.map(Some).ok_or(error)
            }
            Err(error) => Err(error),
        }
    }

    /// Forgets a link that was revoked.
    pub fn forget(&self, id: u64) {
        self.cache().retain(|_, link| link.id != id);
    }

    /// Beside the request, which need not wait for it.
    fn touch(&self, link: &WallLink) {
        let now = clock::now();
        if link.last_seen_at.is_some_and(|seen| now.since(seen) < SEEN_EVERY) {
            return;
        }
        let (database, id) = (self.database.clone(), link.id);
        tokio::spawn(async move {
            let Ok(pool) = database.pool() else { return };
            if let Err(error) = walls::touch_wall(pool, id, now).await {
                tracing::debug!(%error, "cannot note when a wall link was opened");
            }
        });
    }

    fn cache(&self) -> std::sync::MutexGuard<'_, HashMap<TokenHash, WallLink>> {
        self.cache.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn hash_of(token: &str) -> TokenHash {
    Sha256::digest(token.as_bytes()).into()
}
