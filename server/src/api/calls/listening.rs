//! Listen, whisper, barge, go over from one to another, and stop (FACTS 5.4).

use app::api::ApiError;
use app::api::permit::{Capability, Permit, WatchBoard};
use app::model::call::{CallRow, LegRole, LegRow, ListenMode};
use app::model::destination::Destination;
use app::model::ids::{CallId, LegId};
use app::model::press::Press;
use app::model::supervise::Unable;

use super::{Calls, unable};
use crate::storage::audit::NewAudit;
use crate::switch::event::SwitchEvent;
use crate::switch::supervise::NewListener;

/// Noun and verb for the audit.
const fn action(mode: ListenMode) -> &'static str {
    match mode {
        ListenMode::Listen => "call.listen",
        ListenMode::Whisper => "call.whisper",
        ListenMode::Barge => "call.barge",
    }
}

/// The supervisor's own leg in a call: by the telephone, which outlives a start of SwitchDesk.
fn own_leg<'a>(call: &'a CallRow, extension: &Destination) -> Option<&'a LegRow> {
    call.legs.iter().find(|leg| leg.role == LegRole::Listener && leg.number == extension.as_str())
}

/// The leg to listen to: the agent's, so that a whisper reaches the agent. Of two customers or two colleagues it is the one who
/// was called, to whom nobody can whisper by name.
fn target(call: &CallRow, mode: ListenMode) -> Result<&LegRow, ApiError> {
    match call.agent_leg() {
        Some(leg) => Ok(leg),
        None if mode == ListenMode::Whisper => Err(unable(Unable::NoAgentInCall)),
        None => call.second().or(call.first()).ok_or_else(|| unable(Unable::NotConnected)),
    }
}

impl Calls {
    pub(super) async fn listen_as<C: Capability>(
        &self,
        permit: &Permit<C>,
        id: CallId,
        mode: ListenMode,
        press: &Press,
    ) -> Result<(), ApiError> {
        let call = self.call(permit, &id)?;
        let extension = self.own_extension(permit, &id.node).await?;
        // Two supervisors may listen to the same call: they do not wait for one another.
        let row = NewAudit::by(permit, action(mode), format!("{} ({extension})", call.id)).pressed(press);
        let act = async {
            let call = self.call(permit, &id)?;
            match own_leg(&call, &extension) {
                Some(own) => self.go_over(&call, own, mode).await,
                None if !call.is_connected() => Err(unable(Unable::NotConnected)),
                None => self.come_in(permit, &call, &extension, mode).await,
            }
        };
        self.actions.run(row, act).await
    }

    async fn go_over(&self, call: &CallRow, own: &LegRow, mode: ListenMode) -> Result<(), ApiError> {
        if own.answered_at.is_none() {
            // It still rings: what it is to be once it is answered is decided.
            return Err(ApiError::Conflict);
        }
        if mode == ListenMode::Whisper && call.agent_leg().is_none() {
            return Err(unable(Unable::NoAgentInCall));
        }
        self.switches.set_listen_mode(&call.id.node, &own.uuid, mode).await?;
        // No event tells of it.
        let event = SwitchEvent::ListenModeSet { listener: own.uuid.clone(), mode };
        self.calls.send(&call.id.node, event).await;
        Ok(())
    }

    async fn come_in<C: Capability>(
        &self,
        permit: &Permit<C>,
        call: &CallRow,
        extension: &Destination,
        mode: ListenMode,
    ) -> Result<(), ApiError> {
        let target = target(call, mode)?;
        let uuid = uuid::Uuid::new_v4().to_string();
        let shown = call.customer_leg().unwrap_or(target);
        let listener = NewListener {
            uuid: &uuid,
            extension,
            target: &target.uuid,
            mode,
            caller_name: &permit.user().display_name,
            caller_number: &shown.number,
        };
        Ok(self.switches.listen(&call.id.node, &listener).await?)
    }

    pub(super) async fn stop(
        &self,
        permit: &Permit<WatchBoard>,
        listener: LegId,
        press: &Press,
    ) -> Result<(), ApiError> {
        let extension = self.own_extension(permit, &listener.node).await?;
        let id = CallId::new(&listener.node, listener.uuid.clone());
        let is_own = |call: &CallRow| {
            call.leg(&listener.uuid)
                .is_some_and(|leg| leg.role == LegRole::Listener && leg.number == extension.as_str())
        };
        let call = self.call(permit, &id)?;
        if !is_own(&call) {
            return Err(ApiError::NotFound);
        }
        let row =
            NewAudit::by(permit, "call.stop-listening", format!("{} ({extension})", call.id)).pressed(press);
        self.actions.run(row, self.switches.hang_up(&listener.node, &listener.uuid)).await
    }
}
