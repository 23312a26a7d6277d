//! How the signed-in user's own account is guarded: password and second factor.

use leptos::prelude::*;

use super::ApiError;
#[cfg(feature = "ssr")]
use super::{
    apis, permit,
    permit::{OwnAccount, Permit},
    respond,
};
use crate::model::security::{AccountSecurity, SecondFactorSetup};

/// What the server does to guard the account of the signed-in user. Passwords that are asked again are throttled like those of
/// a sign-in; a wrong one is a problem of the field `password`.
#[cfg(feature = "ssr")]
#[async_trait::async_trait]
pub trait SecurityApi: Send + Sync {
    /// How the account is guarded.
    async fn read_security(&self, permit: Permit<OwnAccount>) -> Result<AccountSecurity, ApiError>;
    /// Changes the password and ends every other session of the user.
    async fn change_password(
        &self,
        permit: Permit<OwnAccount>,
        password: String,
        new: String,
        again: String,
    ) -> Result<(), ApiError>;
    /// Draws a secret for an authenticator. Nothing asks for it until it is confirmed. `Conflict` where one is in use.
    async fn begin_second_factor(
        &self,
        permit: Permit<OwnAccount>,
        password: String,
    ) -> Result<SecondFactorSetup, ApiError>;
    /// Turns the second factor on, once the authenticator has shown that it has the secret. Returns the recovery codes.
    async fn confirm_second_factor(
        &self,
        permit: Permit<OwnAccount>,
        code: &str,
    ) -> Result<Vec<String>, ApiError>;
    /// Draws other recovery codes; the old ones are worth nothing.
    async fn renew_recovery_codes(
        &self,
        permit: Permit<OwnAccount>,
        password: String,
    ) -> Result<Vec<String>, ApiError>;
    /// Turns the second factor off. `Forbidden` where the role must have one.
    async fn remove_second_factor(
        &self,
        permit: Permit<OwnAccount>,
        password: String,
    ) -> Result<(), ApiError>;
}

/// How the account is guarded.
#[server(endpoint = "security/read")]
pub async fn read_security() -> Result<AccountSecurity, ApiError> {
    respond(async { apis()?.security.read_security(permit()?).await }).await
}

/// Changes the password. A plain form post works as well.
#[server(endpoint = "security/password")]
pub async fn change_password(password: String, new: String, again: String) -> Result<(), ApiError> {
    respond(async { apis()?.security.change_password(permit()?, password, new, again).await }).await
}

/// Draws a secret for an authenticator.
#[server(endpoint = "security/begin")]
pub async fn begin_second_factor(password: String) -> Result<SecondFactorSetup, ApiError> {
    respond(async { apis()?.security.begin_second_factor(permit()?, password).await }).await
}

/// Turns the second factor on.
#[server(endpoint = "security/confirm")]
pub async fn confirm_second_factor(code: String) -> Result<Vec<String>, ApiError> {
    respond(async { apis()?.security.confirm_second_factor(permit()?, &code).await }).await
}

/// Draws other recovery codes.
#[server(endpoint = "security/recovery-codes")]
pub async fn renew_recovery_codes(password: String) -> Result<Vec<String>, ApiError> {
    respond(async { apis()?.security.renew_recovery_codes(permit()?, password).await }).await
}

/// Turns the second factor off.
#[server(endpoint = "security/remove")]
pub async fn remove_second_factor(password: String) -> Result<(), ApiError> {
    respond(async { apis()?.security.remove_second_factor(permit()?, password).await }).await
}
