//! What can go wrong in storage.

/// Error of every function in `storage`. It is turned into an `ApiError`, and logged, in `api::error` alone.
#[derive(Debug, thiserror::Error)]
pub enum StorageError {
    /// The row that was to be changed does not exist.
    #[error("not found")]
    NotFound,
    /// A unique key holds that value already.
    #[error("the key {key} holds that value already")]
    Conflict {
        /// Name of the key in the schema.
        key: String,
    },
    /// Everything else that the database or the way to it said.
    #[error("cannot {operation}: {source}")]
    Database {
        /// What was tried, as it reads after "cannot".
        operation: &'static str,
        /// What the driver said.
        source: sqlx::Error,
    },
}

/// Codes of MariaDB that mean "not now" or "not with these settings" rather than "wrong statement":
/// 1040 too many connections, 1044 and 1045 access denied, 1049 no such database, 1053 shutting down, 1129 and 1130
/// host refused, 1146 and 1054 schema not migrated, 1205 lock wait, 1226 user limit, 1290 read-only, 1927 killed.
const UNAVAILABLE: [u16; 13] = [1040, 1044, 1045, 1049, 1053, 1054, 1129, 1130, 1146, 1205, 1226, 1290, 1927];

impl StorageError {
    /// Wraps what the driver said about an operation, which reads after "cannot".
    pub fn of(operation: &'static str) -> impl Fn(sqlx::Error) -> Self {
        move |source| match &source {
            sqlx::Error::RowNotFound => Self::NotFound,
            sqlx::Error::Database(error) if error.is_unique_violation() => {
                Self::Conflict { key: key_of(error.message()) }
            }
            _ => Self::Database { operation, source },
        }
    }

    /// The database is known to be away, so it was not even asked.
    pub(super) const fn away(operation: &'static str) -> Self {
        Self::Database { operation, source: sqlx::Error::PoolTimedOut }
    }

    /// The database did not answer in the time that could be spent on it.
    pub(crate) const fn timed_out(operation: &'static str) -> Self {
        Self::Database { operation, source: sqlx::Error::PoolTimedOut }
    }

    /// A stored value that this version of the program does not know.
    pub(super) fn unreadable(operation: &'static str, column: &str) -> Self {
        let source = sqlx::Error::Decode(format!("unknown value in {column}").into());
        Self::Database { operation, source }
    }

    /// Whether waiting, or setting the database right, would help: the statement itself is not at fault.
    pub fn is_unavailable(&self) -> bool {
        let Self::Database { source, .. } = self else { return false };
        is_unavailable(source)
    }
}

/// See [`StorageError::is_unavailable`].
pub(super) fn is_unavailable(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Io(_)
        | sqlx::Error::Tls(_)
        | sqlx::Error::Protocol(_)
        | sqlx::Error::PoolTimedOut
        | sqlx::Error::PoolClosed
        | sqlx::Error::WorkerCrashed => true,
        sqlx::Error::Database(error) => error
            .try_downcast_ref::<sqlx::mysql::MySqlDatabaseError>()
            .is_some_and(|error| UNAVAILABLE.contains(&error.number())),
        _ => false,
    }
}

/// The key of "Duplicate entry 'x' for key 'users_name'": the driver never fills in `constraint()` for MariaDB.
fn key_of(message: &str) -> String {
    let Some((_, key)) = message.rsplit_once(" for key ") else { return "unknown".into() };
    key.trim_matches(['\'', '`', '"']).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn key_is_read_from_the_message() {
        for (message, key) in [
            ("Duplicate entry 'a' for key 'users_name'", "users_name"),
            ("Duplicate entry 'x for key y' for key 'users_name'", "users_name"),
            ("something else", "unknown"),
        ] {
            assert_eq!(key_of(message), key);
        }
    }

    #[test]
    fn a_wrong_statement_is_no_outage() {
        assert!(StorageError::of("try")(sqlx::Error::PoolTimedOut).is_unavailable());
        assert!(!StorageError::of("try")(sqlx::Error::RowNotFound).is_unavailable());
        assert!(!StorageError::unreadable("try", "role").is_unavailable());
    }
}
