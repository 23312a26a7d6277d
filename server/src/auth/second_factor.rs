//! The second factor: one-time passwords of an authenticator (RFC 6238: SHA-1, six digits, thirty seconds, which is what
//! every authenticator knows), and recovery codes for who has lost it.

use app::model::security::{QrCode, SecondFactorSetup};
use app::model::time::UnixMs;
use qrcode::{Color, EcLevel};
use sha2::{Digest as _, Sha256};
use totp_rs::{Builder, Secret, Totp};

use super::password;
use crate::clock;
use crate::http::redirect::encoded;
use crate::storage::second_factors;
use crate::storage::{Database, StorageError};

/// Bytes of a secret: as long as the hash, as RFC 4226 recommends.
const SECRET_BYTES: usize = 20;
/// Recovery codes of a user.
const RECOVERY_CODES: usize = 10;
/// What authenticators show above the name.
const ISSUER: &str = "SwitchDesk";

/// A new secret.
pub fn new_secret() -> [u8; SECRET_BYTES] {
    rand::random()
}

/// What an authenticator needs to take a secret over; `None` only for a name that no QR code holds.
pub fn setup(secret: &[u8], name: &str) -> Option<SecondFactorSetup> {
    let base32 = Secret::from(secret).to_base32();
    let url = format!("otpauth://totp/{ISSUER}:{}?secret={base32}&issuer={ISSUER}", encoded(name));
    let qr = qr_code(&url)?;
    Some(SecondFactorSetup { secret: base32, url, qr })
}

/// The dark squares as a path of an SVG, with the quiet zone of four squares that readers want.
fn qr_code(text: &str) -> Option<QrCode> {
    const QUIET: usize = 4;
    let code = qrcode::QrCode::with_error_correction_level(text, EcLevel::M).ok()?;
    let width = code.width();
    let mut path = String::new();
    for (place, color) in code.to_colors().into_iter().enumerate() {
        if color == Color::Dark {
            path.push_str(&format!("M{} {}h1v1h-1z", place % width + QUIET, place / width + QUIET));
        }
    }
    Some(QrCode { width: u32::try_from(width + 2 * QUIET).ok()?, path })
}

fn totp(secret: &[u8]) -> Option<Totp> {
    Builder::new().with_secret(Secret::from(secret)).build().ok()
}

/// The step whose password it is, if that is of this half minute or a neighbour and was not used before.
pub fn step_of(secret: &[u8], code: &str, last_step: i64, now: UnixMs) -> Option<i64> {
    let digits: String = code.chars().filter(|letter| !letter.is_whitespace()).collect();
    let step = totp(secret)?.check(&digits, u64::try_from(now.0 / 1000).ok()?)?;
    i64::try_from(step).ok().filter(|step| *step > last_step)
}

/// New recovery codes, and what is stored of them.
pub fn new_recovery_codes() -> (Vec<String>, Vec<String>) {
    let codes: Vec<String> = (0..RECOVERY_CODES).map(|_| password::drawn()).collect();
    let hashes = codes.iter().map(|code| recovery_hash(code)).collect();
    (codes, hashes)
}

/// 80 random bits need no slow hash.
fn recovery_hash(code: &str) -> String {
    let plain: String = code
        .chars()
        .filter(|letter| letter.is_ascii_alphanumeric())
        .map(|letter| letter.to_ascii_lowercase())
        .collect();
    Sha256::digest(plain.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Whether a code is the one of now, or a recovery code; it is used up.
///
/// # Errors
/// `Database`.
pub async fn use_code(database: &Database, user_id: u64, code: &str) -> Result<bool, StorageError> {
    let mut transaction = database.begin().await?;
    let Some(factor) = second_factors::lock_second_factor(&mut *transaction, user_id).await? else {
        return Ok(false);
    };
    let mut left = factor.recovery_hashes;
    let mut last_step = factor.last_step;
    match step_of(&factor.secret, code, last_step, clock::now()) {
        Some(step) => last_step = step,
        None => {
            let hash = recovery_hash(code);
            let Some(place) = left.iter().position(|known| *known == hash) else { return Ok(false) };
            left.remove(place);
        }
    }
    second_factors::use_second_factor(&mut *transaction, user_id, last_step, &left).await?;
    transaction.commit().await.map_err(StorageError::of("note that the second factor was used"))?;
    Ok(true)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    /// Appendix B of RFC 6238, the last six digits.
    #[test]
    fn passwords_are_those_of_the_rfc_and_are_taken_once() {
        let secret = b"12345678901234567890";
        for (s, code) in [(59, "287082"), (1_111_111_109, "081804"), (20_000_000_000, "353130")] {
            let now = UnixMs(s * 1000);
            let step = step_of(secret, code, 0, now).unwrap();
            assert_eq!(step, s / 30);
            assert_eq!(step_of(secret, code, step, now), None, "used");
            let late = UnixMs((s + 90) * 1000);
            assert_eq!(step_of(secret, code, 0, late), None, "too late");
        }
        let now = UnixMs(59_000);
        assert!(step_of(secret, "287 082", 0, now).is_some(), "as authenticators show it");
        for wrong in ["", "28708", "2870822", "28708x", "000000", "２８７０８２"] {
            assert_eq!(step_of(secret, wrong, 0, now), None, "{wrong}");
        }
    }

    #[test]
    fn setup_holds_the_secret_for_readers_and_for_hands() {
        let setup = setup(b"12345678901234567890", "张 sample@x").unwrap();
        assert_eq!(setup.secret, "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
        assert!(setup.url.starts_with("otpauth://totp/SwitchDesk:%E5%BC%A0%20sample%40x?secret=GEZDGNBV"));
        assert!(setup.qr.path.starts_with("M4 4h1v1h-1z") && setup.qr.width > 40);
    }

    #[test]
    fn recovery_codes_are_compared_as_people_type_them() {
        let (codes, hashes) = new_recovery_codes();
        assert_eq!((codes.len(), hashes.len()), (10, 10));
        let typed = codes[0].to_uppercase().replace('-', " ");
        assert_eq!(recovery_hash(&typed), hashes[0]);
        assert_ne!(hashes[0], hashes[1]);
    }
}
