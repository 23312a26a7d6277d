//! Passwords: argon2id with the parameters that OWASP recommends (19 MiB, two passes), away from the async threads.

use std::collections::HashSet;
use std::sync::LazyLock;

use app::model::people::SHORTEST_PASSWORD;
use app::model::problem::ProblemKind;

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _};
use tokio::sync::Semaphore;

/// Longer ones are nobody's password; they would only cost time.
pub const LONGEST: usize = 256;

/// Each takes 19 MiB and a core for some 20 ms: more at once would take both from the live board.
static HASHING: Semaphore = Semaphore::const_new(2);

/// What is compared when nobody has the name, so that an unknown name takes as long as a wrong password.
static NOBODY: LazyLock<String> = LazyLock::new(|| hash_now("the password of nobody").unwrap_or_default());

/// What many people choose, in small letters.
static COMMON: LazyLock<HashSet<&str>> =
    LazyLock::new(|| include_str!("common_passwords.txt").split_whitespace().collect());

/// Without what is easily taken for something else.
const LETTERS: &[u8] = b"abcdefghjkmnpqrstuvwxyz23456789";

/// Hashing failed, for want of memory or randomness.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the password could not be hashed")]
pub struct HashError;

/// The form in which sign-in names are stored and compared.
pub fn normalized_name(name: &str) -> String {
    name.trim().to_lowercase()
}

/// The same as [`weakness`], in the words of the command line.
pub fn problem(password: &str, name: &str) -> Option<String> {
    Some(match weakness(password, name)? {
        ProblemKind::TooShort(least) => format!("the password must have at least {least} characters"),
        ProblemKind::TooLong(most) => format!("the password must have at most {most} bytes"),
        ProblemKind::ControlCharacter => "the password must not hold control characters".to_owned(),
        _ => "the password is one of those that are tried first; choose another".to_owned(),
    })
}

/// What is wrong with a password that somebody chooses. `name` is the sign-in name. The rules are few, as NIST SP 800-63B
/// 5.1.1.2 has it: long enough, and not what an attacker tries first.
pub fn weakness(password: &str, name: &str) -> Option<ProblemKind> {
    if password.chars().count() < SHORTEST_PASSWORD as usize {
        Some(ProblemKind::TooShort(SHORTEST_PASSWORD))
    } else if password.len() > LONGEST {
        Some(ProblemKind::TooLong(LONGEST as u32))
    } else if password.contains(char::is_control) {
        Some(ProblemKind::ControlCharacter)
    } else if is_common(&password.to_lowercase(), &normalized_name(name)) {
        Some(ProblemKind::TooCommon)
    } else {
        None
    }
}

/// Whether it is a common password, the name, a repetition or a row of letters, whatever digits stand around it.
fn is_common(password: &str, name: &str) -> bool {
    let word = password.trim_matches(|letter: char| !letter.is_alphabetic());
    let without_name = if name.is_empty() { password.to_owned() } else { password.replace(name, "") };
    let is_mostly_name = without_name != password && without_name.chars().count() < 8;
    is_mostly_name
        || [password, word, unit_of(password), unit_of(word)].iter().any(|text| COMMON.contains(text))
        || unit_of(password).chars().count() <= 4
        || is_row(password)
}

/// The shortest text that the text is a repetition of.
fn unit_of(text: &str) -> &str {
    let ends = text.char_indices().map(|(place, _)| place).skip(1);
    ends.map(|end| &text[..end])
        .find(|unit| text.len().is_multiple_of(unit.len()) && unit.repeat(text.len() / unit.len()) == text)
        .unwrap_or(text)
}

/// Whether most letters follow each other in the alphabet, up or down, or stay the same.
fn is_row(text: &str) -> bool {
    let letters: Vec<u32> = text.chars().map(u32::from).collect();
    let steps = letters.windows(2).filter(|pair| matches!(pair, [one, next] if one.abs_diff(*next) <= 1));
    steps.count() * 4 >= letters.len() * 3
}

/// A password that nobody chose: 80 random bits in groups that can be read out.
pub fn drawn() -> String {
    let group = |_| (0..4).map(|_| letter()).collect::<String>();
    (0..4).map(group).collect::<Vec<_>>().join("-")
}

fn letter() -> char {
    char::from(LETTERS[rand::random_range(0..LETTERS.len())])
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
    fn passwords_that_are_tried_first_are_refused() {
        for password in [
            "short",
            "password123456",
            "Password2026!!",
            "qwertyuiop123",
            "passwordpassword",
            "abcabcabcabcabc",
            "aaaaaaaaaaaaaaaa",
            "abcdefghijklmn",
            "123456789012345",
            "ada.lovelace2026",
            "ada.lovelaceada.lovelace",
            "a\u{0}bcdefghijklmnop",
            &"x7".repeat(200),
        ] {
            assert!(weakness(password, "Ada.Lovelace").is_some(), "{password}");
        }
        for password in
            ["correct horse battery", "mops-zwölf-kanal", "长城万里长长的一条路啊走", "k7!vz0q_Lp2#"]
        {
            assert_eq!(weakness(password, "ada.lovelace"), None, "{password}");
        }
    }

    #[test]
    fn drawn_passwords_are_strong_and_differ() {
        let (one, other) = (drawn(), drawn());
        assert_ne!(one, other);
        assert_eq!(one.len(), 19);
        assert_eq!(weakness(&one, "ada"), None, "{one}");
    }

    #[test]
    fn passwords_have_a_length() {
        assert_eq!(problem("try-the-demo-admin", "admin"), None);
        for (password, words) in [
            ("eleven char", "at least 12 characters"),
            ("a\u{0}bcdefghijkl", "control characters"),
            (&"long enough ".repeat(22), "at most 256 bytes"),
            ("password1234", "tried first"),
        ] {
            let said = problem(password, "ada").unwrap_or_default();
            assert!(said.contains(words), "{password}: {said}");
        }
    }
}
