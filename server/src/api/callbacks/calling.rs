//! The call of a callback: an action on the switch, on record before it is sent, one at a time a callback.

use app::api::permit::{Permit, WorkAtDesk};
use app::api::{ApiError, RefusedBy};
use app::model::agent::Presence;
use app::model::callback::TELEPHONE_IN_USE;
use app::model::ids::short_name;
use app::model::press::Press;
use app::model::time::{DurationMs, UnixMs};

use super::editing::{Kept, is_open, subject};
use super::{Callbacks, OwnAgent};
use crate::clock;
use crate::storage::audit::NewAudit;
use crate::storage::callback_attempts::{self, NewAttempt};
use crate::storage::{StorageError, callback_rules, callbacks};
use crate::switch::SwitchError;
use crate::switch::callback::CallBack;

/// No call lasts longer.
const LONGEST_CALL: DurationMs = DurationMs::from_s(4 * 3_600);

impl Callbacks {
    pub(super) async fn call(
        &self,
        permit: &Permit<WorkAtDesk>,
        id: u64,
        press: &str,
    ) -> Result<(), ApiError> {
        let own = self.own_agent(permit)?;
        let row = callbacks::find_callback(self.database.pool()?, id).await?;
        own.touch(&row)?;
        let mut audit = NewAudit::by(permit, "callback.call", subject(id)).after(&Kept::of(&row));
        // A form without a program has no press.
        if let Ok(press) = Press::parse(press) {
            audit = audit.pressed(&press);
        }
        self.actions.run(audit, self.call_now(&own, permit.user().id, id)).await
    }

    /// Calls, while nobody else does anything to the callback.
    async fn call_now(&self, own: &OwnAgent, user_id: u64, id: u64) -> Result<(), ApiError> {
        let pool = self.database.pool()?;
        let contact = self.contact(own).await?;
        let now = clock::now();
        let uuid = uuid::Uuid::new_v4().to_string();
        let mut transaction = self.database.begin().await?;
        let mut row = callbacks::lock_callback(&mut *transaction, id).await?;
        is_open(&row)?;
        // Somebody may have taken it meanwhile.
        if !own.has(&row) && !own.may_take(&row) {
            return Err(ApiError::Conflict);
        }
        let rule = callback_rules::find_rule(&mut *transaction, &row.queue).await?;
        row.agent = Some(own.key.clone());
        row.tried += 1;
        callbacks::update_callback(&mut *transaction, &row).await?;
        let new = NewAttempt { callback_id: id, user_id, agent: &own.key, channel_uuid: &uuid };
        let attempt = callback_attempts::create_attempt(&mut *transaction, &new, now).await?;
        transaction.commit().await.map_err(StorageError::of("store an attempt to call back"))?;

        let call = CallBack {
            uuid: &uuid,
            contact: &contact,
            callback_id: id,
            phone: &row.phone,
            dial_prefix: &rule.dial_prefix,
            shown_name: &format!("{} · callback", short_name(&row.queue.name)),
            caller_id: &rule.caller_id,
        };
        let outcome = self.switches.call_back(&own.key.node, &call).await;
        // What is unknown may have rung the customer: it counts as tried.
        if matches!(&outcome, Err(error) if *error != SwitchError::Unknown) {
            callback_attempts::delete_attempt(pool, attempt).await?;
            let mut transaction = self.database.begin().await?;
            let mut row = callbacks::lock_callback(&mut *transaction, id).await?;
            row.tried = row.tried.saturating_sub(1);
            callbacks::update_callback(&mut *transaction, &row).await?;
            transaction.commit().await.map_err(StorageError::of("take back an attempt to call back"))?;
        }
        outcome.map_err(Into::into)
    }

    /// Whether a call that the agent has begun from here still goes on: the board knows of calls of queues alone.
    async fn is_calling_back(&self, own: &OwnAgent) -> Result<bool, ApiError> {
        let since = UnixMs(clock::now().0 - LONGEST_CALL.0);
        let pool = self.database.pool()?;
        for uuid in callback_attempts::list_unsettled_channels(pool, &own.key, since).await? {
            if self.switches.has_channel(&own.key.node, &uuid).await? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Where the agent's telephone is, if the agent is free to use it.
    async fn contact(&self, own: &OwnAgent) -> Result<String, ApiError> {
        let presence = self.hub.agent(&own.key).map(|row| row.presence);
        let is_taken = matches!(presence, Some(Presence::OnCall | Presence::Ringing));
        if is_taken || self.is_calling_back(own).await? {
            let reason = TELEPHONE_IN_USE.to_owned();
            return Err(ApiError::Refused { by: RefusedBy::SwitchDesk, reason });
        }
        let calls = self.switches.read_calls(&own.key.node).await?;
        let agent = calls.agents.into_iter().find(|agent| agent.name == own.key.name);
        Ok(agent.ok_or(ApiError::NotFound)?.contact)
    }
}
