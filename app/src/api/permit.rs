//! Permits: proof that the caller may do what a method does. Without one the method cannot be called.

use std::marker::PhantomData;

use super::{ApiError, Caller};
use crate::model::account::{CurrentUser, Role};
use crate::model::wall::Scope;

/// Something that a role may or may not do.
pub trait Capability: Send + Sync + 'static {
    /// Whether the role has it.
    fn allows(role: Role) -> bool;
}

macro_rules! capability {
    ($(#[$doc:meta])* $name:ident: $($role:ident)|+) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug)]
        pub struct $name;

        impl Capability for $name {
            fn allows(role: Role) -> bool {
                matches!(role, $(Role::$role)|+)
            }
        }
    };
}

capability!(
    /// See the live board of queues, agents and callers.
    WatchBoard: Supervisor | Admin
);
capability!(
    /// Set what the numbers of a queue are measured against.
    EditQueueTargets: Supervisor | Admin
);
capability!(
    /// Run the repair of a row that the switch has left behind.
    RepairGhosts: Supervisor | Admin
);
capability!(
    /// Make and revoke wall links.
    ManageWalls: Supervisor | Admin
);
capability!(
    /// Work at the own desk. The user must be tied to an agent as well.
    WorkAtDesk: Agent
);
capability!(
    /// Change the own language, theme and sessions.
    OwnAccount: Agent | Supervisor | Admin
);

/// Proof that `user` has the capability `C`. Made only by [`Permit::ask`].
#[derive(Clone, Debug)]
pub struct Permit<C: Capability> {
    caller: Caller,
    user: CurrentUser,
    capability: PhantomData<C>,
}

impl<C: Capability> Permit<C> {
    /// The permit, if the caller's role has the capability.
    ///
    /// # Errors
    /// `DatabaseUnavailable` while nobody can tell who it is, `Unauthenticated` without a user, `Forbidden` where the role lacks it.
    pub fn ask(caller: Caller) -> Result<Self, ApiError> {
        if caller.is_unknown {
            return Err(ApiError::DatabaseUnavailable);
        }
        let user = caller.user.clone().ok_or(ApiError::Unauthenticated)?;
        if C::allows(user.role) {
            Ok(Self { caller, user, capability: PhantomData })
        } else {
            Err(ApiError::Forbidden)
        }
    }

    /// The user who has it.
    pub const fn user(&self) -> &CurrentUser {
        &self.user
    }

    /// The request it was asked for.
    pub const fn caller(&self) -> &Caller {
        &self.caller
    }
}

impl Permit<WatchBoard> {
    /// What of the board the user may see. Everything, until teams exist.
    pub const fn scope(&self) -> Scope {
        Scope::All
    }
}
