//! The migrations: compiled into the program, applied by `switchdesk migrate`, looked at by everything else.

use sqlx::migrate::{Migrate, MigrateError, Migrator};

use super::{Database, StorageError};

/// Everything in `migrations/`.
pub static MIGRATIONS: Migrator = sqlx::migrate!("../migrations");

/// How the database's schema compares with the program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SchemaState {
    /// They fit.
    Current,
    /// These migrations have not been applied.
    Pending(Vec<String>),
    /// The database is ahead, a migration failed half-way, or a file was edited after it had been applied.
    Damaged(String),
}

/// Compares; changes nothing.
///
/// # Errors
/// `Database` when it cannot be asked.
pub async fn state(database: &Database) -> Result<SchemaState, StorageError> {
    const OPERATION: &str = "read which migrations have been applied";
    let mut connection = database.raw_pool().acquire().await.map_err(StorageError::of(OPERATION))?;
    let exists: i64 = sqlx::query_scalar(
        "SELECT COUNT(*) FROM information_schema.tables
         WHERE table_schema = DATABASE() AND table_name = '_sqlx_migrations'",
    )
    .fetch_one(&mut *connection)
    .await
    .map_err(StorageError::of(OPERATION))?;
    if exists == 0 {
        return Ok(SchemaState::Pending(MIGRATIONS.iter().map(title).collect()));
    }
    let failed = |error: MigrateError| match error {
        MigrateError::Execute(source) | MigrateError::ExecuteMigration(source, _) => {
            StorageError::Database { operation: OPERATION, source }
        }
        error => {
            StorageError::Database { operation: OPERATION, source: sqlx::Error::Migrate(Box::new(error)) }
        }
    };
    if let Some(version) = connection.dirty_version().await.map_err(failed)? {
        return Ok(SchemaState::Damaged(format!("migration {version} failed half-way")));
    }
    let applied = connection.list_applied_migrations().await.map_err(failed)?;
    for row in &applied {
        match MIGRATIONS.iter().find(|migration| migration.version == row.version) {
            None => {
                let version = row.version;
                return Ok(SchemaState::Damaged(format!("migration {version} is newer than this program")));
            }
            Some(migration) if migration.checksum != row.checksum => {
                return Ok(SchemaState::Damaged(format!(
                    "{} was edited after it was applied",
                    title(migration)
                )));
            }
            Some(_) => {}
        }
    }
    let pending: Vec<String> = MIGRATIONS
        .iter()
        .filter(|migration| applied.iter().all(|row| row.version != migration.version))
        .map(title)
        .collect();
    Ok(if pending.is_empty() { SchemaState::Current } else { SchemaState::Pending(pending) })
}

/// Applies what is missing.
///
/// # Errors
/// In words of the migrator: a statement that failed, a file that was edited, a database that is ahead.
pub async fn migrate(database: &Database) -> Result<(), MigrateError> {
    MIGRATIONS.run(database.raw_pool()).await
}

fn title(migration: &sqlx::migrate::Migration) -> String {
    format!("{:04} {}", migration.version, migration.description)
}
