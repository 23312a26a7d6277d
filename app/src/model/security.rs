//! How well an account is guarded.

use serde::{Deserialize, Serialize};

/// What the account page says of password and second factor.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountSecurity {
    /// Somebody else knows the password: nothing else is open until it is changed.
    pub must_change_password: bool,
    /// Whether the sign-in asks for a second factor.
    pub has_second_factor: bool,
    /// The role must have one: nothing else is open until it is set up, and it cannot be turned off.
    pub is_second_factor_demanded: bool,
    /// Recovery codes that were not used yet.
    pub recovery_codes_left: u32,
}

/// What an authenticator takes a secret over from. Shown once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SecondFactorSetup {
    /// The secret in base32, to be typed.
    pub secret: String,
    /// The same as an `otpauth:` address, for a browser on the telephone itself.
    pub url: String,
    /// The same to be photographed.
    pub qr: QrCode,
}

/// A QR code, with its quiet zone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct QrCode {
    /// Squares from edge to edge.
    pub width: u32,
    /// The dark squares as the `d` of an SVG path, a unit a square.
    pub path: String,
}
