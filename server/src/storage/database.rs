//! The pool, and whether the database is there at the moment.

use std::sync::Arc;
use std::time::Duration;

use sqlx::mysql::{MySqlConnectOptions, MySqlPoolOptions};
use sqlx::{Connection as _, MySql, MySqlConnection, MySqlPool, Transaction};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use super::StorageError;

/// How long a request waits for a connection. The driver retries a refused connection until then.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(3);
/// How often, and how patiently, the database is asked whether it is there.
const PING_INTERVAL: Duration = Duration::from_secs(1);
const PING_TIMEOUT: Duration = Duration::from_secs(2);
const MAX_CONNECTIONS: u32 = 10;

/// A handle to the database; cheap to clone. It connects lazily, so it exists before the database does.
#[derive(Clone, Debug)]
pub struct Database {
    pool: MySqlPool,
    /// Whether the database answered the last time that anybody looked. True until somebody has.
    is_there: Arc<watch::Sender<bool>>,
}

impl Database {
    /// A handle that connects when it is first used.
    pub fn new(options: MySqlConnectOptions) -> Self {
        let pool = MySqlPoolOptions::new()
            .max_connections(MAX_CONNECTIONS)
            .acquire_timeout(ACQUIRE_TIMEOUT)
            .connect_lazy_with(options);
        Self::of_pool(pool)
    }

    /// A handle to a pool that exists, such as a test's.
    pub fn of_pool(pool: MySqlPool) -> Self {
        Self { pool, is_there: Arc::new(watch::Sender::new(true)) }
    }

    /// The executor for single statements.
    ///
    /// # Errors
    /// At once, instead of after the pool's patience, while the database is known to be away.
    pub fn pool(&self) -> Result<&MySqlPool, StorageError> {
        if self.is_there() { Ok(&self.pool) } else { Err(StorageError::away("reach the database")) }
    }

    /// A transaction, rolled back unless it is committed.
    ///
    /// # Errors
    /// `Database` when no connection can be had.
    pub async fn begin(&self) -> Result<Transaction<'static, MySql>, StorageError> {
        self.pool()?.begin().await.map_err(StorageError::of("begin a transaction"))
    }

    /// Whether the database answered the last time that anybody looked.
    pub fn is_there(&self) -> bool {
        *self.is_there.borrow()
    }

    /// The connections, even while the database is known to be away: for looking whether it is back.
    pub(super) const fn raw_pool(&self) -> &MySqlPool {
        &self.pool
    }

    /// Name of the database that the pool uses; empty when the address has none.
    pub fn name(&self) -> String {
        self.pool.connect_options().get_database().unwrap_or_default().to_owned()
    }

    /// Notes that a statement found no database. [`Self::watch`] notes when it is back.
    pub fn note_away(&self) {
        self.note(false);
    }

    /// Asks the database whether it is there.
    ///
    /// # Errors
    /// `Database` with what the driver said; a database that does not answer in two seconds is away.
    pub async fn ping(&self) -> Result<(), StorageError> {
        let ping = sqlx::query("SELECT 1").execute(&self.pool);
        let answer = tokio::time::timeout(PING_TIMEOUT, ping).await.unwrap_or(Err(sqlx::Error::PoolTimedOut));
        answer.map(drop).map_err(StorageError::of("reach the database"))
    }

    /// Connects once, so that what is wrong is said at once and in the words of the system.
    ///
    /// # Errors
    /// `Database` with what the system or MariaDB said.
    pub async fn try_connect(&self) -> Result<(), StorageError> {
        let options = self.pool.connect_options();
        let connecting = MySqlConnection::connect_with(&options);
        let outcome =
            tokio::time::timeout(ACQUIRE_TIMEOUT, connecting).await.unwrap_or(Err(sqlx::Error::PoolTimedOut));
        let connection = outcome.map_err(StorageError::of("connect to the database"))?;
        connection.close().await.map_err(StorageError::of("leave the database"))
    }

    /// Closes the connections in order.
    pub async fn close(&self) {
        self.pool.close().await;
    }

    /// Looks every second, until the shutdown, whether the database is there, so that requests need not wait to find out.
    pub async fn watch(self, shutdown: CancellationToken) {
        let look = async {
            let mut is_told = false;
            loop {
                match self.ping().await {
                    Ok(()) => {
                        self.note(true);
                        is_told = false;
                    }
                    Err(error) => {
                        self.note(false);
                        if !is_told {
                            // The pool only says that it waited; a connection of its own says why.
                            let error = self.try_connect().await.err().unwrap_or(error);
                            tracing::error!(%error, "the database is away; pages go on with what is known");
                            is_told = true;
                        }
                    }
                }
                tokio::time::sleep(PING_INTERVAL).await;
            }
        };
        shutdown.run_until_cancelled(look).await;
    }

    /// Resolves once the database is there.
    pub async fn wait_until_there(&self) {
        let mut is_there = self.is_there.subscribe();
        // The sender lives as long as `self`.
        is_there.wait_for(|is_there| *is_there).await.ok();
    }

    fn note(&self, is_there: bool) {
        let changed = self.is_there.send_if_modified(|was| std::mem::replace(was, is_there) != is_there);
        if changed && is_there {
            tracing::info!("the database is back");
        }
    }
}
