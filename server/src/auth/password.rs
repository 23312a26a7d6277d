//! Passwords: argon2id with the parameters that OWASP recommends (19 MiB, two passes), away from the async threads.

use std::sync::LazyLock;

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _};
use tokio::sync::Semaphore;

const SHORTEST: usize = 8;
/// Longer ones are nobody's password; they would only cost time.
pub const LONGEST: usize = 256;

/// Each takes 19 MiB and a core for some 20 ms: more at once would take both from the live board.
static HASHING: Semaphore = Semaphore::const_new(2);

/// What is compared when nobody has the name, so that an unknown name takes as long as a wrong password.
static NOBODY: LazyLock<String> = LazyLock::new(|| hash_now("the password of nobody").unwrap_or_default());

/// Hashing failed, for want of memory or randomness.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the password could not be hashed")]
pub struct HashError;

/// The form in which sign-in names are stored and compared.
pub fn normalized_name(name: &str) -> String {
    name.trim().to_lowercase()
}

/// What is wrong with a new password, in words.
pub fn problem(password: &str) -> Option<&'static str> {
    let length = password.chars().count();
    if length < SHORTEST {
        Some("the password must have at least 8 characters")
    } else if password.len() > LONGEST {
        Some("the password must have at most 256 bytes")
    } else if password.contains(char::is_control) {
        Some("the password must not hold control characters")
    } else {
        None
    }
}

/// The PHC string of a new password.
///
/// # Errors
/// When memory or randomness is wanting.
pub async fn hash(password: String) -> Result<String, HashError> {
    let _turn = HASHING.acquire().await.map_err(|_| HashError)?;
    tokio::task::spawn_blocking(move || hash_now(&password)).await.map_err(|_| HashError)?
}

/// Whether a password is the one of a PHC string. Without one the answer is no, and takes as long.
///
/// # Errors
/// When hashing failed.
pub async fn verify(password: String, phc: Option<String>) -> Result<bool, HashError> {
    let _turn = HASHING.acquire().await.map_err(|_| HashError)?;
    let compare = move || {
        // Made by the first attempt, whichever name it was for.
        let nobody = &*NOBODY;
        let is_known = phc.is_some();
        let phc = phc.unwrap_or_else(|| nobody.clone());
        is_known & verify_now(&password, &phc)
    };
    tokio::task::spawn_blocking(compare).await.map_err(|_| HashError)
}

fn hash_now(password: &str) -> Result<String, HashError> {
    let hash: PasswordHash = Argon2::default().hash_password(password.as_bytes()).map_err(|_| HashError)?;
    Ok(hash.to_string())
}

fn verify_now(password: &str, phc: &str) -> bool {
    PasswordHash::new(phc)
        .is_ok_and(|hash| Argon2::default().verify_password(password.as_bytes(), &hash).is_ok())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[tokio::test]
    async fn only_the_right_password_of_a_known_user_fits() {
        let phc = hash("correct horse".into()).await.unwrap();
        assert!(phc.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{phc}");
        assert!(verify("correct horse".into(), Some(phc.clone())).await.unwrap());
        assert!(!verify("wrong horse".into(), Some(phc)).await.unwrap());
        assert!(!verify("the password of nobody".into(), None).await.unwrap());
    }

    #[test]
    fn passwords_have_a_length() {
        assert!(problem("demo-admin").is_none());
        for password in ["short", "a\u{0}bcdefgh", &"x".repeat(257)] {
            assert!(problem(password).is_some(), "{password}");
        }
    }
}
