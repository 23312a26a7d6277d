//! Permits: proof that the caller may do what a method does. Without one the method cannot be called.

use std::marker::PhantomData;

use super::{ApiError, Caller};
use crate::model::account::{CurrentUser, Permission, Role};
use crate::model::agent::AgentRow;
use crate::model::board::MemberRow;
use crate::model::ids::QueueKey;
use crate::model::mask::Numbers;
use crate::model::wall::{Scope, Sight};

/// Something that a user may or may not do.
pub trait Capability: Send + Sync + 'static {
    /// Whether it is the user's own account alone, which stays open to those who must first make it safe.
    const IS_OWN_ACCOUNT: bool = false;

    /// Whether the user has it.
    fn allows(user: &CurrentUser) -> bool;
}

/// A capability of whole roles (`Name: Role | Role`), or one that users are given and denied (`Name: given Permission`).
macro_rules! capability {
    ($(#[$doc:meta])* $name:ident: given $permission:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug)]
        pub struct $name;

        impl Capability for $name {
            fn allows(user: &CurrentUser) -> bool {
                user.may(Permission::$permission)
            }
        }
    };
    ($(#[$doc:meta])* $name:ident: $($role:ident)|+) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug)]
        pub struct $name;

        impl Capability for $name {
            fn allows(user: &CurrentUser) -> bool {
                matches!(user.role, $(Role::$role)|+)
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
/// Change the own language, theme, password, second factor and sessions.
#[derive(Clone, Copy, Debug)]
pub struct OwnAccount;

impl Capability for OwnAccount {
    const IS_OWN_ACCOUNT: bool = true;

    fn allows(_user: &CurrentUser) -> bool {
        true
    }
}

capability!(
    /// Set the status of other agents.
    ForceStatus: given ForceStatus
);
capability!(
    /// Listen to a call without being heard.
    Listen: given Listen
);
capability!(
    /// Speak to the agent of a call alone.
    Whisper: given Whisper
);
capability!(
    /// Speak to both parties of a call.
    Barge: given Barge
);
capability!(
    /// Steer calls and waiting callers.
    SteerCalls: given SteerCalls
);
capability!(
    /// Start and stop the recording of a call.
    Record: given Record
);
capability!(
    /// Write to desks.
    SendMessages: given SendMessages
);
capability!(
    /// Assign, call and close callbacks of other agents.
    ManageCallbacks: given ManageCallbacks
);
capability!(
    /// Open a callback again that was closed.
    ReopenCallbacks: Admin
);
capability!(
    /// Download lists.
    Export: given Export
);
capability!(
    /// Read the audit.
    ReadAudit: given ReadAudit
);
capability!(
    /// Edit users, teams and permissions.
    ManagePeople: given ManagePeople
);
capability!(
    /// Edit break reasons and outcome codes.
    ManageCenter: given ManageCenter
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
    /// `DatabaseUnavailable` while nobody can tell who it is, `Unauthenticated` without a user, `Forbidden` where the role lacks it or
    /// the user must first make the account safe.
    pub fn ask(caller: Caller) -> Result<Self, ApiError> {
        if caller.is_unknown {
            return Err(ApiError::DatabaseUnavailable);
        }
        let user = caller.user.clone().ok_or(ApiError::Unauthenticated)?;
        let is_open = !user.is_confined || C::IS_OWN_ACCOUNT;
        if is_open && C::allows(&user) {
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

impl<C: Capability> Permit<C> {
    /// What of the board the user may see and touch.
    pub const fn scope(&self) -> &Scope {
        &self.caller.scope
    }

    /// What of the board the user sees, and whether with the numbers of callers.
    pub fn sight(&self) -> Sight {
        Sight { scope: self.scope().clone(), numbers: self.numbers() }
    }

    /// Whether the user sees the numbers of callers.
    pub fn numbers(&self) -> Numbers {
        if self.user.may(Permission::SeeNumbers) { Numbers::Plain } else { Numbers::Masked }
    }

    /// Lets an action on an agent through.
    ///
    /// # Errors
    /// `NotFound` for one outside of what the user may see: who may not see it is not told that it exists.
    pub fn touch_agent(&self, agent: &AgentRow) -> Result<(), ApiError> {
        if self.scope().has_agent(agent) { Ok(()) } else { Err(ApiError::NotFound) }
    }

    /// Lets an action on a queue through.
    ///
    /// # Errors
    /// As [`Permit::touch_agent`].
    pub fn touch_queue(&self, queue: &QueueKey) -> Result<(), ApiError> {
        if self.scope().has_queue(queue) { Ok(()) } else { Err(ApiError::NotFound) }
    }

    /// Lets an action on a caller of a queue through.
    ///
    /// # Errors
    /// As [`Permit::touch_agent`].
    pub fn touch_member(&self, member: &MemberRow) -> Result<(), ApiError> {
        self.touch_queue(&member.queue)
    }
}
