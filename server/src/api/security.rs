//! How the signed-in user's own account is guarded: password and second factor.

use std::sync::Arc;

use app::api::ApiError;
use app::api::permit::{OwnAccount, Permit};
use app::api::security::SecurityApi;
use app::model::account::Role;
use app::model::problem::{FieldProblem, ProblemKind};
use app::model::security::{AccountSecurity, SecondFactorSetup};

use super::error::internal;
use super::people::{end, field};
use crate::auth::throttle::Ticket;
use crate::auth::{Auth, password, second_factor};
use crate::clock;
use crate::config::Config;
use crate::storage::audit::{self, NewAudit};
use crate::storage::{Database, StorageError, second_factors, user_sessions, users};

/// Implements [`SecurityApi`].
pub struct Security {
    pub(super) database: Database,
    pub(super) auth: Auth,
    pub(super) config: Arc<Config>,
}

#[async_trait::async_trait]
impl SecurityApi for Security {
    async fn read_security(&self, permit: Permit<OwnAccount>) -> Result<AccountSecurity, ApiError> {
        let id = permit.user().id;
        let mut transaction = self.database.begin().await?;
        let user = users::lock_user(&mut *transaction, id).await?;
        let left = second_factors::count_recovery_codes(&mut *transaction, id).await?;
        Ok(AccountSecurity {
            must_change_password: user.must_change_password,
            has_second_factor: left.is_some(),
            is_second_factor_demanded: self.is_demanded(permit.user().role),
            recovery_codes_left: left.unwrap_or_default(),
        })
    }

    async fn change_password(
        &self,
        permit: Permit<OwnAccount>,
        password: String,
        new: String,
        again: String,
    ) -> Result<(), ApiError> {
        let (id, name) = (permit.user().id, permit.user().name.clone());
        let mut problems = Vec::new();
        let mut check = |field: &str, kind: Option<ProblemKind>| {
            problems.extend(kind.map(|kind| FieldProblem { field: field.to_owned(), kind }));
        };
        check("new", password::weakness(&new, &name));
        check("again", (new != again).then_some(ProblemKind::Mismatch));
        if !problems.is_empty() {
            return Err(ApiError::Invalid(problems));
        }
        self.ask_again(&permit, password).await?;
        let hash = password::hash(new).await.map_err(|error| internal(&error))?;
        let now = clock::now();
        let mut transaction = self.database.begin().await?;
        users::update_password(&mut *transaction, id, &hash, false).await?;
        let kept = permit.caller().session_id;
        let ended = user_sessions::revoke_user_sessions(&mut transaction, id, kept, now).await?;
        let row = NewAudit::by(&permit, "user.change-password", &name);
        audit::record_done(&mut *transaction, &row, now).await?;
        transaction.commit().await.map_err(StorageError::of("store the password"))?;
        end(&self.auth, id, ended);
        Ok(())
    }

    async fn begin_second_factor(
        &self,
        permit: Permit<OwnAccount>,
        password: String,
    ) -> Result<SecondFactorSetup, ApiError> {
        let user = permit.user();
        if user.has_second_factor {
            return Err(ApiError::Conflict);
        }
        self.ask_again(&permit, password).await?;
        let secret = second_factor::new_secret();
        let setup = second_factor::setup(&secret, &user.name);
        let setup = setup.ok_or_else(|| internal(&"a QR code cannot hold the name of a user"))?;
        let pool = self.database.pool()?;
        // Nothing asks for it before it is confirmed: that is what the audit keeps.
        second_factors::begin_second_factor(pool, user.id, &secret, clock::now()).await?;
        Ok(setup)
    }

    async fn confirm_second_factor(
        &self,
        permit: Permit<OwnAccount>,
        code: &str,
    ) -> Result<Vec<String>, ApiError> {
        let user = permit.user();
        let now = clock::now();
        let ticket = self.admit(&permit).await?;
        let mut transaction = self.database.begin().await?;
        let factor = second_factors::lock_second_factor(&mut *transaction, user.id).await?;
        let factor = factor.ok_or(ApiError::NotFound)?;
        if factor.is_confirmed {
            return Err(ApiError::Conflict);
        }
        let Some(step) = second_factor::step_of(&factor.secret, code, factor.last_step, now) else {
            return Err(field("code", ProblemKind::Mismatch));
        };
        ticket.succeeded();
        let (codes, hashes) = second_factor::new_recovery_codes();
        second_factors::confirm_second_factor(&mut *transaction, user.id, step, &hashes, now).await?;
        let row = NewAudit::by(&permit, "user.set-second-factor", &user.name);
        audit::record_done(&mut *transaction, &row, now).await?;
        transaction.commit().await.map_err(StorageError::of("confirm the second factor"))?;
        self.auth.sessions.forget_user(user.id);
        Ok(codes)
    }

    async fn renew_recovery_codes(
        &self,
        permit: Permit<OwnAccount>,
        password: String,
    ) -> Result<Vec<String>, ApiError> {
        let user = permit.user();
        self.ask_again(&permit, password).await?;
        let mut transaction = self.database.begin().await?;
        let factor = second_factors::lock_second_factor(&mut *transaction, user.id).await?;
        let factor = factor.filter(|factor| factor.is_confirmed).ok_or(ApiError::NotFound)?;
        let (codes, hashes) = second_factor::new_recovery_codes();
        second_factors::use_second_factor(&mut *transaction, user.id, factor.last_step, &hashes).await?;
        let row = NewAudit::by(&permit, "user.renew-recovery-codes", &user.name);
        audit::record_done(&mut *transaction, &row, clock::now()).await?;
        transaction.commit().await.map_err(StorageError::of("store the recovery codes"))?;
        Ok(codes)
    }

    async fn remove_second_factor(
        &self,
        permit: Permit<OwnAccount>,
        password: String,
    ) -> Result<(), ApiError> {
        let user = permit.user();
        if self.is_demanded(user.role) {
            return Err(ApiError::Forbidden);
        }
        self.ask_again(&permit, password).await?;
        let mut transaction = self.database.begin().await?;
        second_factors::delete_second_factor(&mut *transaction, user.id).await?;
        let row = NewAudit::by(&permit, "user.remove-second-factor", &user.name);
        audit::record_done(&mut *transaction, &row, clock::now()).await?;
        transaction.commit().await.map_err(StorageError::of("take the second factor away"))?;
        self.auth.sessions.forget_user(user.id);
        Ok(())
    }
}

impl Security {
    fn is_demanded(&self, role: Role) -> bool {
        self.config.second_factor_for.contains(&role)
    }

    /// Asks for the password again, as slowly as a sign-in does: who finds an open browser shall not guess it there.
    async fn ask_again(&self, permit: &Permit<OwnAccount>, password: String) -> Result<(), ApiError> {
        let ticket = self.admit(permit).await?;
        if password.len() > password::LONGEST {
            return Err(field("password", ProblemKind::Mismatch));
        }
        let found = match self.database.pool() {
            Ok(pool) => users::find_credentials(pool, &permit.user().name).await,
            Err(error) => Err(error),
        };
        let found = match found {
            Ok(found) => found,
            Err(error) => {
                ticket.withdrawn();
                return Err(error.into());
            }
        };
        let phc = found.map(|found| found.password_hash);
        if password::verify(password, phc).await.map_err(|error| internal(&error))? {
            ticket.succeeded();
            Ok(())
        } else {
            Err(field("password", ProblemKind::Mismatch))
        }
    }

    async fn admit(&self, permit: &Permit<OwnAccount>) -> Result<Ticket, ApiError> {
        let admitted = self.auth.throttle.admit(&permit.user().name, &permit.caller().address).await;
        admitted.map_err(|_| field("password", ProblemKind::TooOften))
    }
}
