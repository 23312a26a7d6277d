//! Table `audit`: who did what. An edit writes its row in its own transaction ([`record_done`]); an action on the
//! switch writes [`record_asked`] before it is sent and [`complete`] when the answer is there.

use std::borrow::Cow;

use app::api::Caller;
use app::api::permit::{Capability, Permit};
pub use app::model::audit::Outcome;
use app::model::press::Press;
use app::model::time::UnixMs;
use serde::{Deserialize, Serialize};
use sqlx::MySqlExecutor;

use super::StorageError;
use super::exact::Exact;

/// A row to be written.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct NewAudit {
    user_id: Option<u64>,
    user_name: String,
    address: String,
    idempotency_key: Option<String>,
    action: Cow<'static, str>,
    subject: String,
    before_json: Option<String>,
    after_json: Option<String>,
    #[serde(default)]
    undoes_id: Option<u64>,
}

impl NewAudit {
    /// What the holder of a permit does. `action` is noun and verb, such as `queue.set-targets`.
    pub fn by<C: Capability>(permit: &Permit<C>, action: &'static str, subject: impl ToString) -> Self {
        let Caller { address, idempotency_key, .. } = permit.caller().clone();
        Self {
            user_id: Some(permit.user().id),
            user_name: permit.user().name.clone(),
            address,
            idempotency_key,
            action: Cow::Borrowed(action),
            subject: clipped(&subject.to_string(), 400),
            before_json: None,
            after_json: None,
            undoes_id: None,
        }
    }

    /// What SwitchDesk does later on, because a user wanted it.
    pub fn on_behalf_of(
        (user_id, user_name): (u64, &str),
        action: &'static str,
        subject: impl ToString,
    ) -> Self {
        Self {
            user_id: Some(user_id),
            user_name: user_name.to_owned(),
            address: "later".into(),
            idempotency_key: None,
            action: Cow::Borrowed(action),
            subject: clipped(&subject.to_string(), 400),
            before_json: None,
            after_json: None,
            undoes_id: None,
        }
    }

    /// What somebody does on the command line of the server's machine.
    pub fn by_command_line(action: &'static str, subject: impl ToString) -> Self {
        Self {
            user_id: None,
            user_name: "command line".into(),
            address: "local".into(),
            idempotency_key: None,
            action: Cow::Borrowed(action),
            subject: clipped(&subject.to_string(), 400),
            before_json: None,
            after_json: None,
            undoes_id: None,
        }
    }

    /// With the mark of the press that caused it: the same press acts once.
    #[must_use]
    pub fn pressed(mut self, press: &Press) -> Self {
        if let Ok(press) = Press::parse(press.as_str()) {
            self.idempotency_key = Some(press.as_str().to_owned());
        }
        self
    }

    /// What it is done to.
    pub fn subject(&self) -> &str {
        &self.subject
    }

    /// The user and the mark of the press, where there is one.
    pub fn press(&self) -> Option<(u64, &str)> {
        Some((self.user_id?, self.idempotency_key.as_deref()?))
    }

    /// With a key of its own where the button sent none, so that it can be stored twice and be there once.
    #[must_use]
    pub fn keyed(mut self) -> Self {
        self.idempotency_key.get_or_insert_with(|| uuid::Uuid::new_v4().to_string());
        self
    }

    /// As the edit that takes another back.
    #[must_use]
    pub const fn undoing(mut self, id: u64) -> Self {
        self.undoes_id = Some(id);
        self
    }

    /// With what was there before.
    #[must_use]
    pub fn before(mut self, value: &impl Serialize) -> Self {
        self.before_json = serde_json::to_string(value).ok();
        self
    }

    /// With what is there after.
    #[must_use]
    pub fn after(mut self, value: &impl Serialize) -> Self {
        self.after_json = serde_json::to_string(value).ok();
        self
    }
}

/// An action with the same idempotency key that was asked before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EarlierAction {
    /// Key of its row.
    pub id: u64,
    /// How it ended.
    pub outcome: Outcome,
    /// The words of a refusal.
    pub result: Option<String>,
}

/// Writes the row of something that is about to be sent, and returns its key.
///
/// # Errors
/// `Conflict` with the key `audit_idempotency_key` when the same press of the button was seen before: see
/// [`find_earlier`].
pub async fn record_asked(
    executor: impl MySqlExecutor<'_>,
    row: &NewAudit,
    now: UnixMs,
) -> Result<u64, StorageError> {
    record(executor, row, Outcome::Asked, now).await
}

/// Writes the row of an edit, in the transaction of the edit.
///
/// # Errors
/// As [`record_asked`].
pub async fn record_done(
    executor: impl MySqlExecutor<'_>,
    row: &NewAudit,
    now: UnixMs,
) -> Result<u64, StorageError> {
    record(executor, row, Outcome::Done, now).await
}

async fn record(
    executor: impl MySqlExecutor<'_>,
    row: &NewAudit,
    outcome: Outcome,
    now: UnixMs,
) -> Result<u64, StorageError> {
    let done = sqlx::query(
        "INSERT INTO audit (idempotency_key, user_id, user_name, address, action, subject, before_json, after_json,
             outcome, undoes_id, asked_at_ms, completed_at_ms)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    )
    .bind(&row.idempotency_key)
    .bind(row.user_id)
    .bind(&row.user_name)
    .bind(&row.address)
    .bind(&*row.action)
    .bind(&row.subject)
    .bind(&row.before_json)
    .bind(&row.after_json)
    .bind(outcome.code())
    .bind(row.undoes_id)
    .bind(now.0)
    .bind((outcome != Outcome::Asked).then_some(now.0))
    .execute(executor)
    .await
    .map_err(StorageError::of("write the audit row"))?;
    Ok(done.last_insert_id())
}

/// Completes a row that was written as asked. `result` holds the words of a refusal.
///
/// # Errors
/// `Database`.
pub async fn complete(
    executor: impl MySqlExecutor<'_>,
    id: u64,
    outcome: Outcome,
    result: Option<&str>,
    now: UnixMs,
) -> Result<(), StorageError> {
    sqlx::query(
        "UPDATE audit SET outcome = ?, result = ?, completed_at_ms = ? WHERE id = ? AND completed_at_ms IS NULL",
    )
    .bind(outcome.code())
    .bind(result.map(|words| clipped(words, 1000)))
    .bind(now.0)
    .bind(id)
    .execute(executor)
    .await
    .map_err(StorageError::of("complete the audit row"))?;
    Ok(())
}

/// The action that the same press of the button has caused before.
///
/// # Errors
/// `Database`.
pub async fn find_earlier(
    executor: impl MySqlExecutor<'_>,
    user_id: u64,
    idempotency_key: &str,
) -> Result<Option<EarlierAction>, StorageError> {
    const OPERATION: &str = "look for an earlier press of the button";
    let row: Option<(u64, Exact, Option<String>)> =
        sqlx::query_as("SELECT id, outcome, result FROM audit WHERE user_id = ? AND idempotency_key = ?")
            .bind(user_id)
            .bind(idempotency_key)
            .fetch_optional(executor)
            .await
            .map_err(StorageError::of(OPERATION))?;
    row.map(|(id, code, result)| {
        let outcome = Outcome::from_code(&code.0);
        let outcome = outcome.ok_or_else(|| StorageError::unreadable(OPERATION, "audit.outcome"))?;
        Ok(EarlierAction { id, outcome, result })
    })
    .transpose()
}

/// The first characters of a text, as many as the column holds.
fn clipped(text: &str, characters: usize) -> String {
    text.chars().take(characters).collect()
}
