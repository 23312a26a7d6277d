//! Table `users`.

use app::model::account::{BoardPreferences, CurrentUser, Language, Permission, Role, Theme};
use app::model::ids::{AgentKey, NodeName};
use app::model::people::PermissionExceptions;
use app::model::time::UnixMs;
use serde::Deserialize;
use sqlx::MySqlExecutor;

use super::StorageError;
use super::exact::Exact;
pub use super::user_extensions::find_extension;

/// A user to be stored. Without the password itself.
#[derive(Clone, Debug)]
pub struct NewUser {
    /// Sign-in name, in lower case.
    pub name: String,
    /// argon2id as a PHC string.
    pub password_hash: String,
    /// Role.
    pub role: Role,
    /// The switch agent that an agent user is tied to.
    pub agent: Option<AgentKey>,
    /// Name for people.
    pub display_name: String,
    /// Language of the pages.
    pub language: Language,
}

/// What signing in needs. Neither printed nor serialised.
pub struct Credentials {
    /// The user.
    pub user: CurrentUser,
    /// argon2id as a PHC string.
    pub password_hash: String,
    /// Whether the user may no longer sign in.
    pub is_deactivated: bool,
}

/// A user in the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UserRow {
    /// The user.
    pub user: CurrentUser,
    /// Since when the user may no longer sign in.
    pub deactivated_at: Option<UnixMs>,
}

/// A user whose row is locked. Neither printed nor serialised.
pub struct LockedUser {
    /// The user.
    pub user: CurrentUser,
    /// argon2id as a PHC string.
    pub password_hash: String,
    /// Whether the next sign-in asks for a new password.
    pub must_change_password: bool,
    /// Since when the user may no longer sign in.
    pub deactivated_at: Option<UnixMs>,
}

/// The columns of a user wherever one is read, prefixed for joins.
pub(super) const COLUMNS: &str = "users.id AS user_id, users.name, users.display_name, users.role,
    users.permissions_json, users.must_change_password,
    EXISTS (SELECT 1 FROM second_factors WHERE second_factors.user_id = users.id
        AND second_factors.confirmed_at_ms IS NOT NULL) AS has_second_factor,
    users.agent_node, users.agent_name, users.language, users.theme, users.board_preferences_json";

/// The values of [`COLUMNS`].
#[derive(sqlx::FromRow)]
pub(super) struct UserColumns {
    user_id: u64,
    name: Exact,
    display_name: String,
    role: Exact,
    permissions_json: Option<String>,
    must_change_password: bool,
    has_second_factor: bool,
    agent_node: Option<Exact>,
    agent_name: Option<Exact>,
    language: Exact,
    theme: Exact,
    board_preferences_json: Option<String>,
}

impl UserColumns {
    pub(super) fn into_user(self, operation: &'static str) -> Result<CurrentUser, StorageError> {
        let role =
            Role::from_code(&self.role.0).ok_or_else(|| StorageError::unreadable(operation, "users.role"))?;
        let exceptions = match &self.permissions_json {
            Some(json) => exceptions_of(json)
                .ok_or_else(|| StorageError::unreadable(operation, "users.permissions_json"))?,
            None => PermissionExceptions::default(),
        };
        let agent = self.agent_node.zip(self.agent_name);
        Ok(CurrentUser {
            id: self.user_id,
            name: self.name.0,
            display_name: self.display_name,
            role,
            agent: agent.map(|(node, name)| AgentKey::new(&NodeName(node.0), name.0)),
            permissions: exceptions.permissions(role),
            has_second_factor: self.has_second_factor,
            is_confined: self.must_change_password,
            // Tastes that another version stored are no reason to turn anybody away.
            language: Language::from_tag(&self.language.0).unwrap_or_default(),
            theme: Theme::from_code(&self.theme.0).unwrap_or_default(),
            board: self
                .board_preferences_json
                .and_then(|json| serde_json::from_str(&json).ok())
                .unwrap_or_default(),
        })
    }
}

/// What was stored of exceptions; `None` when it cannot be read, which must not become "as usual". Permissions that another
/// version of the program knows mean nothing to this one.
fn exceptions_of(json: &str) -> Option<PermissionExceptions> {
    #[derive(Deserialize)]
    struct Codes {
        given: Vec<String>,
        denied: Vec<String>,
    }
    let known = |codes: Vec<String>| codes.iter().filter_map(|code| Permission::from_code(code)).collect();
    let Codes { given, denied } = serde_json::from_str(json).ok()?;
    Some(PermissionExceptions { given: known(given), denied: known(denied) })
}

/// What of a user can be edited, but for the things in tables of their own.
#[derive(Clone, Copy, Debug)]
pub struct UserUpdate<'a> {
    /// Name for people.
    pub display_name: &'a str,
    /// Role.
    pub role: Role,
    /// The switch agent that an agent user is tied to.
    pub agent: Option<&'a AgentKey>,
    /// What the user may and may not beside what is usual for the role.
    pub exceptions: &'a PermissionExceptions,
}

/// Stores a user and returns the key.
///
/// # Errors
/// `Conflict` with the key `users_name` when the name is taken.
pub async fn create_user(
    executor: impl MySqlExecutor<'_>,
    new: &NewUser,
    now: UnixMs,
) -> Result<u64, StorageError> {
    let done = sqlx::query(
        "INSERT INTO users (name, password_hash, role, agent_node, agent_name, display_name, language, created_at_ms)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
    )
    .bind(&new.name)
    .bind(&new.password_hash)
    .bind(new.role.code())
    .bind(new.agent.as_ref().map(|agent| &agent.node.0))
    .bind(new.agent.as_ref().map(|agent| &agent.name))
    .bind(&new.display_name)
    .bind(new.language.tag())
    .bind(now.0)
    .execute(executor)
    .await
    .map_err(StorageError::of("store the user"))?;
    Ok(done.last_insert_id())
}

/// What is needed to sign in under that name.
///
/// # Errors
/// `Database`.
pub async fn find_credentials(
    executor: impl MySqlExecutor<'_>,
    name: &str,
) -> Result<Option<Credentials>, StorageError> {
    const OPERATION: &str = "look up the user";
    #[derive(sqlx::FromRow)]
    struct Row {
        #[sqlx(flatten)]
        user: UserColumns,
        password_hash: Exact,
        is_deactivated: bool,
    }
    let statement = format!(
        "SELECT {COLUMNS}, users.password_hash, users.deactivated_at_ms IS NOT NULL AS is_deactivated
         FROM users WHERE users.name = ?"
    );
    let row: Option<Row> = sqlx::query_as(&statement)
        .bind(name)
        .fetch_optional(executor)
        .await
        .map_err(StorageError::of(OPERATION))?;
    row.map(|row| {
        Ok(Credentials {
            user: row.user.into_user(OPERATION)?,
            password_hash: row.password_hash.0,
            is_deactivated: row.is_deactivated,
        })
    })
    .transpose()
}

/// Every user, by name.
///
/// # Errors
/// `Database`.
pub async fn list_users(executor: impl MySqlExecutor<'_>) -> Result<Vec<UserRow>, StorageError> {
    const OPERATION: &str = "list the users";
    #[derive(sqlx::FromRow)]
    struct Row {
        #[sqlx(flatten)]
        user: UserColumns,
        deactivated_at_ms: Option<i64>,
    }
    let statement = format!("SELECT {COLUMNS}, users.deactivated_at_ms FROM users ORDER BY users.name");
    let rows: Vec<Row> =
        sqlx::query_as(&statement).fetch_all(executor).await.map_err(StorageError::of(OPERATION))?;
    rows.into_iter()
        .map(|row| {
            Ok(UserRow {
                user: row.user.into_user(OPERATION)?,
                deactivated_at: row.deactivated_at_ms.map(UnixMs),
            })
        })
        .collect()
}

/// One user. The row is locked until the transaction ends, so that what is decided by it still holds when it is changed.
///
/// # Errors
/// `NotFound`.
pub async fn lock_user(executor: impl MySqlExecutor<'_>, id: u64) -> Result<LockedUser, StorageError> {
    const OPERATION: &str = "look up the user";
    #[derive(sqlx::FromRow)]
    struct Row {
        #[sqlx(flatten)]
        user: UserColumns,
        password_hash: Exact,
        deactivated_at_ms: Option<i64>,
    }
    let statement = format!(
        "SELECT {COLUMNS}, users.password_hash, users.deactivated_at_ms FROM users WHERE users.id = ? FOR UPDATE"
    );
    let row: Row =
        sqlx::query_as(&statement).bind(id).fetch_one(executor).await.map_err(StorageError::of(OPERATION))?;
    let must_change_password = row.user.must_change_password;
    Ok(LockedUser {
        user: row.user.into_user(OPERATION)?,
        password_hash: row.password_hash.0,
        must_change_password,
        deactivated_at: row.deactivated_at_ms.map(UnixMs),
    })
}

/// Keys of the administrators who may sign in. None of them can be changed until the transaction ends.
///
/// # Errors
/// `Database`.
pub async fn lock_admins(executor: impl MySqlExecutor<'_>) -> Result<Vec<u64>, StorageError> {
    sqlx::query_scalar(
        "SELECT id FROM users WHERE role = 'admin' AND deactivated_at_ms IS NULL ORDER BY id FOR UPDATE",
    )
    .fetch_all(executor)
    .await
    .map_err(StorageError::of("list the administrators"))
}

/// The key of a user by the name that signs in.
///
/// # Errors
/// `NotFound`.
pub async fn find_user_id(executor: impl MySqlExecutor<'_>, name: &str) -> Result<u64, StorageError> {
    sqlx::query_scalar("SELECT id FROM users WHERE name = ?")
        .bind(name)
        .fetch_one(executor)
        .await
        .map_err(StorageError::of("look up the user"))
}

/// Stores what was edited of a user.
///
/// # Errors
/// `Database`.
pub async fn update_user(
    executor: impl MySqlExecutor<'_>,
    id: u64,
    update: &UserUpdate<'_>,
) -> Result<(), StorageError> {
    sqlx::query(
        "UPDATE users SET display_name = ?, role = ?, agent_node = ?, agent_name = ?, permissions_json = ? WHERE id = ?",
    )
    .bind(update.display_name)
    .bind(update.role.code())
    .bind(update.agent.map(|agent| &agent.node.0))
    .bind(update.agent.map(|agent| &agent.name))
    .bind(sqlx::types::Json(update.exceptions))
    .bind(id)
    .execute(executor)
    .await
    .map_err(StorageError::of("store the user"))?;
    Ok(())
}

/// Stores another password. `must_change` has the next sign-in ask for one that nobody else knows.
///
/// # Errors
/// `Database`.
pub async fn update_password(
    executor: impl MySqlExecutor<'_>,
    id: u64,
    password_hash: &str,
    must_change: bool,
) -> Result<(), StorageError> {
    sqlx::query("UPDATE users SET password_hash = ?, must_change_password = ? WHERE id = ?")
        .bind(password_hash)
        .bind(must_change)
        .bind(id)
        .execute(executor)
        .await
        .map_err(StorageError::of("store the password"))?;
    Ok(())
}

/// Lets a user in again.
///
/// # Errors
/// `Database`.
pub async fn reactivate_user(executor: impl MySqlExecutor<'_>, id: u64) -> Result<(), StorageError> {
    sqlx::query("UPDATE users SET deactivated_at_ms = NULL WHERE id = ?")
        .bind(id)
        .execute(executor)
        .await
        .map_err(StorageError::of("reactivate the user"))?;
    Ok(())
}

/// Turns a user away from now on. The sessions end because each looks at this column.
///
/// # Errors
/// `NotFound` when there is no active user of that name.
pub async fn deactivate_user(
    executor: impl MySqlExecutor<'_>,
    name: &str,
    now: UnixMs,
) -> Result<(), StorageError> {
    let done =
        sqlx::query("UPDATE users SET deactivated_at_ms = ? WHERE name = ? AND deactivated_at_ms IS NULL")
            .bind(now.0)
            .bind(name)
            .execute(executor)
            .await
            .map_err(StorageError::of("deactivate the user"))?;
    if done.rows_affected() == 0 { Err(StorageError::NotFound) } else { Ok(()) }
}

/// Keeps language and theme; what is absent stays.
///
/// # Errors
/// `Database`.
pub async fn update_look(
    executor: impl MySqlExecutor<'_>,
    user_id: u64,
    language: Option<Language>,
    theme: Option<Theme>,
) -> Result<(), StorageError> {
    sqlx::query("UPDATE users SET language = COALESCE(?, language), theme = COALESCE(?, theme) WHERE id = ?")
        .bind(language.map(Language::tag))
        .bind(theme.map(Theme::code))
        .bind(user_id)
        .execute(executor)
        .await
        .map_err(StorageError::of("store language and theme"))?;
    Ok(())
}

/// Keeps how the user likes the board.
///
/// # Errors
/// `Database`.
pub async fn update_board_preferences(
    executor: impl MySqlExecutor<'_>,
    user_id: u64,
    preferences: &BoardPreferences,
) -> Result<(), StorageError> {
    sqlx::query("UPDATE users SET board_preferences_json = ? WHERE id = ?")
        .bind(sqlx::types::Json(preferences))
        .bind(user_id)
        .execute(executor)
        .await
        .map_err(StorageError::of("store the board preferences"))?;
    Ok(())
}
