//! Requests for callbacks: what a script of the switch inserts into the table `callbacks`, and what is posted to
//! `/switch/callback`.

use std::time::Duration;

use app::model::callback::{CallbackOrigin, callable};
use app::model::ids::{NodeName, QueueKey};
use app::model::time::UnixMs;
use tokio_util::sync::CancellationToken;

use crate::storage::callbacks::{self, NewRow, Request};
use crate::storage::{Database, StorageError, queues};

/// How soon a row that a script inserted is taken in.
const LOOK_EVERY: Duration = Duration::from_secs(2);
/// Rows taken in at once.
const MOST: u32 = 200;
/// The longest name of a queue.
const LONGEST_QUEUE: usize = 255;

/// Why a request is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoRequest {
    /// Nothing that can be called.
    #[error("no number that can be called")]
    Number,
    /// No name of a queue.
    #[error("no queue")]
    Queue,
}

/// Takes requests in; cheap to clone.
#[derive(Clone, Debug)]
pub struct CallbackIntake {
    database: Database,
    /// The node of queues that no switch is known to have.
    node: NodeName,
}

impl CallbackIntake {
    /// Over these nodes, in their order.
    pub fn new(database: Database, nodes: impl IntoIterator<Item = NodeName>) -> Self {
        let node = nodes.into_iter().min().unwrap_or_else(|| NodeName::new(""));
        Self { database, node }
    }

    /// Takes in, until the shutdown, what scripts insert.
    pub async fn run(self, shutdown: CancellationToken) {
        let work = async {
            loop {
                self.database.wait_until_there().await;
                if let Err(error) = self.take_new().await
                    && !error.is_unavailable()
                {
                    tracing::error!(%error, "new callbacks wait in their table");
                }
                tokio::time::sleep(LOOK_EVERY).await;
            }
        };
        shutdown.run_until_cancelled(work).await;
    }

    /// Takes in what has been inserted by now.
    ///
    /// # Errors
    /// `Database`; what was not taken in stays for the next time.
    pub async fn take_new(&self) -> Result<(), StorageError> {
        loop {
            let rows = callbacks::list_new(self.database.pool()?, MOST).await?;
            for row in &rows {
                self.take(row).await?;
            }
            if rows.len() < MOST as usize {
                return Ok(());
            }
        }
    }

    async fn take(&self, row: &NewRow) -> Result<(), StorageError> {
        let mut transaction = self.database.begin().await?;
        match self.request(row.phone(), row.queue(), row.asked_at()).await {
            Ok(Ok(request)) => callbacks::open_new(&mut transaction, row.id, &request).await?,
            Ok(Err(reason)) => {
                tracing::warn!(id = row.id, %reason, "a row of the table callbacks is no request");
                callbacks::refuse_new(&mut *transaction, row.id).await?;
            }
            Err(error) => return Err(error),
        }
        transaction.commit().await.map_err(StorageError::of("take a new callback in"))
    }

    /// Opens or refreshes the callback that is asked for now.
    ///
    /// # Errors
    /// `Database`: then nothing is stored, and it has to be asked again.
    pub async fn ask(
        &self,
        phone: &str,
        queue: &str,
        now: UnixMs,
    ) -> Result<Result<(), NoRequest>, StorageError> {
        match self.request(phone, queue, now).await? {
            Ok(request) => {
                callbacks::request_callback(self.database.pool()?, &request).await?;
                Ok(Ok(()))
            }
            Err(reason) => Ok(Err(reason)),
        }
    }

    /// What a program has asked for, in the words of the center. A queue that no switch is known to have is taken as it is
    /// written: a request is not lost because SwitchDesk has not seen its queue yet.
    async fn request(
        &self,
        phone: &str,
        queue: &str,
        asked_at: UnixMs,
    ) -> Result<Result<Request, NoRequest>, StorageError> {
        let Some(phone) = callable(phone) else { return Ok(Err(NoRequest::Number)) };
        let queue = queue.trim();
        if queue.is_empty() || queue.len() > LONGEST_QUEUE || queue.contains(char::is_control) {
            return Ok(Err(NoRequest::Queue));
        }
        let known = queues::find_queue_named(self.database.pool()?, queue).await?;
        let queue = known.unwrap_or_else(|| QueueKey::new(&self.node, queue));
        Ok(Ok(Request { phone, queue, origin: CallbackOrigin::Asked, member_uuid: None, asked_at }))
    }
}
