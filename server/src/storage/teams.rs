//! Tables `teams` and `team_supervisors`.

use std::collections::BTreeMap;

use app::model::ids::{AgentKey, QueueKey};
use app::model::people::{Team, TeamForm};
use app::model::time::UnixMs;
use app::model::wall::Scope;
use serde::de::DeserializeOwned;
use sqlx::types::Json;
use sqlx::{MySqlConnection, MySqlExecutor};

use super::StorageError;
use super::exact::Exact;

/// What the teams of a supervisor have; `None` for who supervises no team.
///
/// # Errors
/// `Database`.
pub async fn find_scope(
    executor: impl MySqlExecutor<'_>,
    user_id: u64,
) -> Result<Option<Scope>, StorageError> {
    const OPERATION: &str = "look up the user's teams";
    let rows: Vec<(String, String)> = sqlx::query_as(
        "SELECT teams.queues_json, teams.agents_json FROM team_supervisors
         JOIN teams ON teams.id = team_supervisors.team_id WHERE team_supervisors.user_id = ?",
    )
    .bind(user_id)
    .fetch_all(executor)
    .await
    .map_err(StorageError::of(OPERATION))?;
    if rows.is_empty() {
        return Ok(None);
    }
    let (mut queues, mut agents) = (Vec::new(), Vec::new());
    for (queues_json, agents_json) in rows {
        queues.extend(keys::<QueueKey>(&queues_json, OPERATION, "teams.queues_json")?);
        agents.extend(keys::<AgentKey>(&agents_json, OPERATION, "teams.agents_json")?);
    }
    Ok(Some(Scope::of_teams(queues, agents)))
}

/// Every team, by name.
///
/// # Errors
/// `Database`.
pub async fn list_teams(connection: &mut MySqlConnection) -> Result<Vec<Team>, StorageError> {
    const OPERATION: &str = "list the teams";
    let rows: Vec<Row> = sqlx::query_as(&format!("{SELECT} ORDER BY name"))
        .fetch_all(&mut *connection)
        .await
        .map_err(StorageError::of(OPERATION))?;
    let pairs: Vec<(u64, u64)> =
        sqlx::query_as("SELECT team_id, user_id FROM team_supervisors ORDER BY team_id, user_id")
            .fetch_all(connection)
            .await
            .map_err(StorageError::of(OPERATION))?;
    let mut supervisors: BTreeMap<u64, Vec<u64>> = BTreeMap::new();
    for (team_id, user_id) in pairs {
        supervisors.entry(team_id).or_default().push(user_id);
    }
    rows.into_iter()
        .map(|row| {
            let supervisors = supervisors.remove(&row.id).unwrap_or_default();
            row.into_team(OPERATION, supervisors)
        })
        .collect()
}

/// One team, locked until the transaction ends.
///
/// # Errors
/// `NotFound`.
pub async fn lock_team(connection: &mut MySqlConnection, id: u64) -> Result<Team, StorageError> {
    const OPERATION: &str = "look up the team";
    let row: Row = sqlx::query_as(&format!("{SELECT} WHERE id = ? FOR UPDATE"))
        .bind(id)
        .fetch_one(&mut *connection)
        .await
        .map_err(StorageError::of(OPERATION))?;
    let supervisors =
        sqlx::query_scalar("SELECT user_id FROM team_supervisors WHERE team_id = ? ORDER BY user_id")
            .bind(id)
            .fetch_all(connection)
            .await
            .map_err(StorageError::of(OPERATION))?;
    row.into_team(OPERATION, supervisors)
}

/// Stores a team without its supervisors, under its key or a new one, and returns the key.
///
/// # Errors
/// `Conflict` with the key `teams_name` when the name is taken.
pub async fn save_team(
    connection: &mut MySqlConnection,
    id: Option<u64>,
    form: &TeamForm,
    now: UnixMs,
) -> Result<u64, StorageError> {
    const OPERATION: &str = "store the team";
    let (queues, agents) = (Json(&form.queues), Json(&form.agents));
    let known: Option<u64> = sqlx::query_scalar("SELECT id FROM teams WHERE id = ? FOR UPDATE")
        .bind(id)
        .fetch_optional(&mut *connection)
        .await
        .map_err(StorageError::of(OPERATION))?;
    let statement = if known.is_some() {
        sqlx::query("UPDATE teams SET name = ?, queues_json = ?, agents_json = ? WHERE id = ?")
            .bind(&form.name)
            .bind(queues)
            .bind(agents)
            .bind(id)
    } else {
        sqlx::query(
            "INSERT INTO teams (id, name, queues_json, agents_json, created_at_ms) VALUES (?, ?, ?, ?, ?)",
        )
        .bind(id)
        .bind(&form.name)
        .bind(queues)
        .bind(agents)
        .bind(now.0)
    };
    let done = statement.execute(connection).await.map_err(StorageError::of(OPERATION))?;
    Ok(id.unwrap_or_else(|| done.last_insert_id()))
}

/// Makes these the supervisors of a team. Who is no supervisor, or may no longer sign in, is left out.
///
/// # Errors
/// `Database`.
pub async fn replace_supervisors(
    connection: &mut MySqlConnection,
    team_id: u64,
    user_ids: &[u64],
) -> Result<(), StorageError> {
    const OPERATION: &str = "store the supervisors of the team";
    sqlx::query("DELETE FROM team_supervisors WHERE team_id = ?")
        .bind(team_id)
        .execute(&mut *connection)
        .await
        .map_err(StorageError::of(OPERATION))?;
    for user_id in user_ids {
        sqlx::query(
            "INSERT INTO team_supervisors (team_id, user_id)
             SELECT ?, id FROM users WHERE id = ? AND role = 'supervisor'",
        )
        .bind(team_id)
        .bind(user_id)
        .execute(&mut *connection)
        .await
        .map_err(StorageError::of(OPERATION))?;
    }
    Ok(())
}

/// Makes these the teams that a user supervises. Teams that are gone are left out.
///
/// # Errors
/// `Database`.
pub async fn replace_teams_of(
    connection: &mut MySqlConnection,
    user_id: u64,
    team_ids: &[u64],
) -> Result<(), StorageError> {
    const OPERATION: &str = "store the user's teams";
    sqlx::query("DELETE FROM team_supervisors WHERE user_id = ?")
        .bind(user_id)
        .execute(&mut *connection)
        .await
        .map_err(StorageError::of(OPERATION))?;
    for team_id in team_ids {
        sqlx::query(
            "INSERT IGNORE INTO team_supervisors (team_id, user_id) SELECT id, ? FROM teams WHERE id = ?",
        )
        .bind(user_id)
        .bind(team_id)
        .execute(&mut *connection)
        .await
        .map_err(StorageError::of(OPERATION))?;
    }
    Ok(())
}

/// Deletes a team with what ties people to it. What it was stays in the audit.
///
/// # Errors
/// `NotFound`.
pub async fn delete_team(executor: impl MySqlExecutor<'_>, id: u64) -> Result<(), StorageError> {
    let done = sqlx::query("DELETE FROM teams WHERE id = ?")
        .bind(id)
        .execute(executor)
        .await
        .map_err(StorageError::of("delete the team"))?;
    if done.rows_affected() == 0 { Err(StorageError::NotFound) } else { Ok(()) }
}

const SELECT: &str = "SELECT id, name, queues_json, agents_json FROM teams";

#[derive(sqlx::FromRow)]
struct Row {
    id: u64,
    name: Exact,
    queues_json: String,
    agents_json: String,
}

impl Row {
    fn into_team(self, operation: &'static str, supervisors: Vec<u64>) -> Result<Team, StorageError> {
        let form = TeamForm {
            name: self.name.0,
            queues: keys(&self.queues_json, operation, "teams.queues_json")?,
            agents: keys(&self.agents_json, operation, "teams.agents_json")?,
            supervisors,
        };
        Ok(Team { id: self.id, form })
    }
}

/// An unreadable list must not become an empty one: whoever saves what is shown would lose it.
fn keys<K: DeserializeOwned>(
    json: &str,
    operation: &'static str,
    column: &str,
) -> Result<Vec<K>, StorageError> {
    serde_json::from_str(json).map_err(|_| StorageError::unreadable(operation, column))
}
