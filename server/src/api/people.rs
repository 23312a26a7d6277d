//! Users: who may sign in, what they may do, how they are let in again.

use std::collections::HashMap;

use app::api::ApiError;
use app::api::people::PeopleApi;
use app::api::permit::{ManagePeople, Permit};
use app::model::account::{CurrentUser, Language, Permission, Role, SessionRow};
use app::model::ids::AgentKey;
use app::model::people::{
    FirstPassword, NewPerson, PermissionExceptions, PersonDetail, PersonForm, PersonRow, Team, TeamName,
};
use app::model::problem::{FieldProblem, ProblemKind};
use app::model::time::UnixMs;
use serde::Serialize;
use sqlx::MySqlConnection;

use super::error::internal;
use crate::auth::{Admission, Auth, password};
use crate::clock;
use crate::storage::audit::{self, NewAudit};
use crate::storage::user_sessions::{self, UserSession};
use crate::storage::users::{self, LockedUser, NewUser, UserUpdate};
use crate::storage::{Database, StorageError, second_factors, teams, user_extensions};

/// Implements [`PeopleApi`].
pub struct People {
    pub(super) database: Database,
    pub(super) auth: Auth,
}

#[async_trait::async_trait]
impl PeopleApi for People {
    async fn list_people(&self, _permit: Permit<ManagePeople>) -> Result<Vec<PersonRow>, ApiError> {
        let mut connection = self.database.begin().await?;
        let people = users::list_users(&mut *connection).await?;
        let seen = user_sessions::list_last_seen(&mut *connection).await?;
        let teams = teams::list_teams(&mut connection).await?;
        Ok(people.into_iter().map(|row| person_row(row.user, row.deactivated_at, &seen, &teams)).collect())
    }

    async fn find_person(&self, _permit: Permit<ManagePeople>, id: u64) -> Result<PersonDetail, ApiError> {
        let mut transaction = self.database.begin().await?;
        let LockedUser { user, must_change_password, deactivated_at, .. } =
            users::lock_user(&mut *transaction, id).await?;
        let seen = user_sessions::list_last_seen(&mut *transaction).await?;
        let teams = teams::list_teams(&mut transaction).await?;
        let sessions = user_sessions::list_user_sessions(&mut *transaction, id).await?;
        let form = form_of(&mut transaction, &user, &teams).await?;
        Ok(PersonDetail {
            row: person_row(user, deactivated_at, &seen, &teams),
            form,
            must_change_password,
            sessions: sessions.into_iter().map(session_row).collect(),
            teams: teams.into_iter().map(|team| TeamName { id: team.id, name: team.form.name }).collect(),
        })
    }

    async fn create_person(
        &self,
        permit: Permit<ManagePeople>,
        new: NewPerson,
    ) -> Result<FirstPassword, ApiError> {
        let name = password::normalized_name(&new.name);
        let mut problems = new.problems();
        let is_drawn = new.password.is_empty();
        let word = if is_drawn { password::drawn() } else { new.password };
        if let Some(kind) = password::weakness(&word, &name) {
            problems.push(FieldProblem { field: "password".into(), kind });
        }
        if !problems.is_empty() {
            return Err(ApiError::Invalid(problems));
        }
        must_be_ours(&permit, new.role, &[])?;
        let display_name = new.display_name.trim();
        let user = NewUser {
            password_hash: password::hash(word.clone()).await.map_err(|error| internal(&error))?,
            display_name: if display_name.is_empty() { name.clone() } else { display_name.to_owned() },
            agent: new.agent.filter(|_| new.role == Role::Agent),
            role: new.role,
            // The browser says its own until the user has chosen.
            language: Language::default(),
            name: name.clone(),
        };
        let now = clock::now();
        let mut transaction = self.database.begin().await?;
        let id = match users::create_user(&mut *transaction, &user, now).await {
            Err(StorageError::Conflict { .. }) => return Err(field("name", ProblemKind::Taken)),
            created => created?,
        };
        users::update_password(&mut *transaction, id, &user.password_hash, true).await?;
        let made = Made { role: user.role, agent: user.agent.as_ref(), display_name: &user.display_name };
        let row = NewAudit::by(&permit, "user.create", &name).after(&made);
        audit::record_done(&mut *transaction, &row, now).await?;
        transaction.commit().await.map_err(StorageError::of("store the user"))?;
        Ok(FirstPassword { id, name, password: is_drawn.then_some(word) })
    }

    async fn update_person(
        &self,
        permit: Permit<ManagePeople>,
        id: u64,
        form: PersonForm,
    ) -> Result<(), ApiError> {
        let form = form.tidied();
        let problems = form.problems();
        if !problems.is_empty() {
            return Err(ApiError::Invalid(problems));
        }
        let now = clock::now();
        let mut transaction = self.database.begin().await?;
        let StoredPerson { user_name, before, ended_sessions } =
            store_person(&mut transaction, &permit, id, &form, now).await?;
        let after = lock_person(&mut transaction, id).await?.form;
        let row = NewAudit::by(&permit, "user.update", user_name).before(&before).after(&after);
        audit::record_done(&mut *transaction, &row, now).await?;
        transaction.commit().await.map_err(StorageError::of("store the user"))?;
        end(&self.auth, id, ended_sessions);
        tell_change(&self.auth, &self.database, [id]).await;
        Ok(())
    }

    async fn deactivate_person(&self, permit: Permit<ManagePeople>, id: u64) -> Result<(), ApiError> {
        let now = clock::now();
        let mut transaction = self.database.begin().await?;
        let admins = users::lock_admins(&mut *transaction).await?;
        let LockedUser { user, .. } = users::lock_user(&mut *transaction, id).await?;
        must_be_ours(&permit, user.role, &[])?;
        if admins == [id] {
            return Err(field("person", ProblemKind::LastAdmin));
        }
        must_be_other(&permit, id)?;
        users::deactivate_user(&mut *transaction, &user.name, now).await?;
        let ended = user_sessions::revoke_user_sessions(&mut transaction, id, None, now).await?;
        audit::record_done(&mut *transaction, &NewAudit::by(&permit, "user.deactivate", &user.name), now)
            .await?;
        transaction.commit().await.map_err(StorageError::of("deactivate the user"))?;
        end(&self.auth, id, ended);
        Ok(())
    }

    async fn reactivate_person(&self, permit: Permit<ManagePeople>, id: u64) -> Result<(), ApiError> {
        let mut transaction = self.database.begin().await?;
        let LockedUser { user, .. } = users::lock_user(&mut *transaction, id).await?;
        must_be_ours(&permit, user.role, &[])?;
        let now = clock::now();
        // Deactivated from the command line, the user has sessions that would come to life again.
        let ended = user_sessions::revoke_user_sessions(&mut transaction, id, None, now).await?;
        users::reactivate_user(&mut *transaction, id).await?;
        let row = NewAudit::by(&permit, "user.reactivate", &user.name);
        audit::record_done(&mut *transaction, &row, now).await?;
        transaction.commit().await.map_err(StorageError::of("reactivate the user"))?;
        end(&self.auth, id, ended);
        Ok(())
    }

    async fn reset_password(&self, permit: Permit<ManagePeople>, id: u64) -> Result<FirstPassword, ApiError> {
        // The own one is changed on the account page, where the old one is asked for.
        must_be_other(&permit, id)?;
        let word = password::drawn();
        let hash = password::hash(word.clone()).await.map_err(|error| internal(&error))?;
        let now = clock::now();
        let mut transaction = self.database.begin().await?;
        let LockedUser { user, .. } = users::lock_user(&mut *transaction, id).await?;
        must_be_ours(&permit, user.role, &[])?;
        users::update_password(&mut *transaction, id, &hash, true).await?;
        let ended = user_sessions::revoke_user_sessions(&mut transaction, id, None, now).await?;
        let row = NewAudit::by(&permit, "user.reset-password", &user.name);
        audit::record_done(&mut *transaction, &row, now).await?;
        transaction.commit().await.map_err(StorageError::of("store the password"))?;
        end(&self.auth, id, ended);
        Ok(FirstPassword { id, name: user.name, password: Some(word) })
    }

    async fn take_second_factor(&self, permit: Permit<ManagePeople>, id: u64) -> Result<(), ApiError> {
        must_be_other(&permit, id)?;
        let mut transaction = self.database.begin().await?;
        let LockedUser { user, .. } = users::lock_user(&mut *transaction, id).await?;
        must_be_ours(&permit, user.role, &[])?;
        second_factors::delete_second_factor(&mut *transaction, id).await?;
        let row = NewAudit::by(&permit, "user.take-second-factor", &user.name);
        audit::record_done(&mut *transaction, &row, clock::now()).await?;
        transaction.commit().await.map_err(StorageError::of("take the second factor away"))?;
        self.auth.sessions.forget_user(id);
        Ok(())
    }

    async fn revoke_person_session(
        &self,
        permit: Permit<ManagePeople>,
        id: u64,
        session: u64,
    ) -> Result<(), ApiError> {
        let now = clock::now();
        let mut transaction = self.database.begin().await?;
        let LockedUser { user, .. } = users::lock_user(&mut *transaction, id).await?;
        must_be_ours(&permit, user.role, &[])?;
        user_sessions::revoke_user_session(&mut *transaction, id, session, now).await?;
        let row = NewAudit::by(&permit, "session.revoke", session).after(&user.name);
        audit::record_done(&mut *transaction, &row, now).await?;
        transaction.commit().await.map_err(StorageError::of("revoke the session"))?;
        end(&self.auth, id, vec![session]);
        Ok(())
    }
}

/// A user as the audit knows one, held for the edit of this transaction.
pub(super) struct LockedPerson {
    user: CurrentUser,
    pub(super) form: PersonForm,
}

/// Reads a user for an edit.
///
/// # Errors
/// `NotFound`.
pub(super) async fn lock_person(
    connection: &mut MySqlConnection,
    id: u64,
) -> Result<LockedPerson, StorageError> {
    let LockedUser { user, .. } = users::lock_user(&mut *connection, id).await?;
    let teams = teams::list_teams(connection).await?;
    let form = form_of(connection, &user, &teams).await?;
    Ok(LockedPerson { user, form })
}

/// What storing an edit of a user has changed.
pub(super) struct StoredPerson {
    user_name: String,
    before: PersonForm,
    /// They began under another role.
    pub(super) ended_sessions: Vec<u64>,
}

/// Stores an edit of a user.
///
/// # Errors
/// `Invalid` where the editor may not make it, or it would leave no administrator.
pub(super) async fn store_person(
    connection: &mut MySqlConnection,
    permit: &Permit<ManagePeople>,
    id: u64,
    form: &PersonForm,
    now: UnixMs,
) -> Result<StoredPerson, ApiError> {
    let admins = users::lock_admins(&mut *connection).await?;
    let LockedPerson { user, form: before } = lock_person(connection, id).await?;
    must_be_ours(permit, user.role, &[])?;
    must_be_ours(permit, form.role, &changed(&before, form))?;
    let is_demoted = user.role == Role::Admin && form.role != Role::Admin;
    if is_demoted && admins == [id] {
        return Err(field("role", ProblemKind::LastAdmin));
    }
    if is_demoted && permit.user().id == id {
        return Err(field("role", ProblemKind::Oneself));
    }
    let update = UserUpdate {
        display_name: &form.display_name,
        role: form.role,
        agent: form.agent.as_ref(),
        exceptions: &PermissionExceptions::of(form.role, &form.permissions),
    };
    users::update_user(&mut *connection, id, &update).await?;
    teams::replace_teams_of(connection, id, &form.teams).await?;
    user_extensions::replace_extensions(connection, id, &form.extensions).await?;
    let ended_sessions = if user.role == form.role {
        Vec::new()
    } else {
        user_sessions::revoke_user_sessions(connection, id, None, now).await?
    };
    Ok(StoredPerson { user_name: user.name, before, ended_sessions })
}

/// What the audit keeps of a new user.
#[derive(Serialize)]
struct Made<'a> {
    role: Role,
    agent: Option<&'a AgentKey>,
    display_name: &'a str,
}

/// One problem of one field.
pub(super) fn field(name: &str, kind: ProblemKind) -> ApiError {
    ApiError::Invalid(vec![FieldProblem { field: name.to_owned(), kind }])
}

/// Only administrators touch administrators, and a permission is given or taken by whoever has it.
fn must_be_ours(
    permit: &Permit<ManagePeople>,
    role: Role,
    permissions: &[Permission],
) -> Result<(), ApiError> {
    let user = permit.user();
    if role == Role::Admin && user.role != Role::Admin {
        return Err(field("role", ProblemKind::NotYours));
    }
    if permissions.iter().any(|permission| !user.may(*permission)) {
        return Err(field("permissions", ProblemKind::NotYours));
    }
    Ok(())
}

/// The permissions that an edit gives or takes, beside what the role brings.
fn changed(before: &PersonForm, after: &PersonForm) -> Vec<Permission> {
    let had = |permission: &Permission| {
        if before.role == after.role {
            before.permissions.contains(permission)
        } else {
            permission.is_usual_for(after.role)
        }
    };
    let has = |permission: &Permission| after.permissions.contains(permission);
    Permission::ALL.into_iter().filter(|permission| had(permission) != has(permission)).collect()
}

fn must_be_other(permit: &Permit<ManagePeople>, id: u64) -> Result<(), ApiError> {
    if permit.user().id == id { Err(field("person", ProblemKind::Oneself)) } else { Ok(()) }
}

/// Ends sessions that were revoked, with their live streams.
pub(super) fn end(auth: &Auth, user_id: u64, sessions: Vec<u64>) {
    auth.sessions.forget_user(user_id);
    for session in sessions {
        auth.revocations.announce(Admission::Session(session));
    }
}

/// Has the open boards of users show what they may see by now. The edit is stored already: where the database goes away in
/// between, the boards follow when they come back to it.
pub(super) async fn tell_change(auth: &Auth, database: &Database, users: impl IntoIterator<Item = u64>) {
    for user_id in users {
        auth.sessions.forget_user(user_id);
        let sessions = async { user_sessions::list_user_sessions(database.pool()?, user_id).await };
        match sessions.await {
            Ok(sessions) => {
                for session in sessions {
                    auth.revocations.announce_change(Admission::Session(session.id));
                }
            }
            Err(error) => {
                tracing::error!(%error, user.id = user_id, "an open board may show what it showed before");
            }
        }
    }
}

fn person_row(
    user: CurrentUser,
    deactivated_at: Option<UnixMs>,
    seen: &HashMap<u64, UnixMs>,
    teams: &[Team],
) -> PersonRow {
    let own = teams.iter().filter(|team| team.form.supervisors.contains(&user.id));
    PersonRow {
        teams: own.map(|team| team.form.name.clone()).collect(),
        last_seen_at: seen.get(&user.id).copied(),
        deactivated_at,
        id: user.id,
        name: user.name,
        display_name: user.display_name,
        role: user.role,
        agent: user.agent,
        has_second_factor: user.has_second_factor,
    }
}

async fn form_of(
    connection: &mut MySqlConnection,
    user: &CurrentUser,
    teams: &[Team],
) -> Result<PersonForm, StorageError> {
    let own = teams.iter().filter(|team| team.form.supervisors.contains(&user.id));
    Ok(PersonForm {
        display_name: user.display_name.clone(),
        role: user.role,
        agent: user.agent.clone(),
        permissions: user.permissions.clone(),
        teams: own.map(|team| team.id).collect(),
        extensions: user_extensions::list_extensions(connection, user.id).await?,
    })
}

fn session_row(session: UserSession) -> SessionRow {
    SessionRow {
        is_current: false,
        id: session.id,
        created_at: session.created_at,
        last_seen_at: session.last_seen_at,
        address: session.address,
        user_agent: session.user_agent,
    }
}
