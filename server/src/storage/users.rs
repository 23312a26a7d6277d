//! Table `users`.

use app::model::account::{BoardPreferences, CurrentUser, Language, Permission, Role, Theme};
use app::model::ids::{AgentKey, NodeName};
use app::model::time::UnixMs;
use sqlx::MySqlExecutor;

use super::StorageError;
use super::exact::Exact;

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

/// The columns of a user wherever one is read, prefixed for joins.
pub(super) const COLUMNS: &str = "users.id AS user_id, users.name, users.display_name, users.role,
    users.agent_node, users.agent_name, users.language, users.theme, users.board_preferences_json";

/// The values of [`COLUMNS`].
#[derive(sqlx::FromRow)]
pub(super) struct UserColumns {
    user_id: u64,
    name: Exact,
    display_name: String,
    role: Exact,
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
        let agent = self.agent_node.zip(self.agent_name);
        Ok(CurrentUser {
            id: self.user_id,
            name: self.name.0,
            display_name: self.display_name,
            role,
            agent: agent.map(|(node, name)| AgentKey::new(&NodeName(node.0), name.0)),
            permissions: Permission::usual_for(role),
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
