//! Take over, transfer, hold, hang up, record.

use app::api::ApiError;
use app::api::permit::{Permit, Record, SteerCalls};
use app::model::call::{CallRow, LegRole};
use app::model::ids::{CallId, NodeName};
use app::model::press::Press;
use app::model::supervise::{Steer, Unable};

use super::{Calls, unable};
use crate::clock;
use crate::storage::audit::NewAudit;
use crate::switch::SwitchError;
use crate::switch::calls::{Moved, Recording};

impl Calls {
    pub(super) async fn steer(
        &self,
        permit: &Permit<SteerCalls>,
        id: CallId,
        steer: Steer,
        press: &Press,
    ) -> Result<(), ApiError> {
        let call = self.call(permit, &id)?;
        let row = NewAudit::by(permit, steer.code(), &call.id).after(&steer).pressed(press);
        let act = async {
            let call = self.call(permit, &id)?;
            match steer {
                Steer::TakeOver => self.take_over(permit, &call).await,
                Steer::Transfer(to) => {
                    let leg = connected(&call)?.customer_leg().ok_or_else(not_connected)?;
                    Ok(self.switches.transfer(&id.node, &leg.uuid, Moved::Itself, &to).await?)
                }
                Steer::Hold(is_held) => {
                    let leg = connected(&call)?.agent_leg().or(call.second()).ok_or_else(not_connected)?;
                    if leg.is_held == is_held {
                        return Err(unable(Unable::Changed));
                    }
                    Ok(self.switches.hold(&id.node, &leg.uuid, is_held).await?)
                }
                Steer::HangUp => self.hang_up(&call).await,
            }
        };
        self.actions.run(row, act).await
    }

    /// The supervisor's telephone is rung first: until it answers nothing changes for the two who talk.
    async fn take_over(&self, permit: &Permit<SteerCalls>, call: &CallRow) -> Result<(), ApiError> {
        let node = &call.id.node;
        let customer = connected(call)?.customer_leg().ok_or_else(not_connected)?.clone();
        let extension = self.own_extension(permit, node).await?;
        let uuid = uuid::Uuid::new_v4().to_string();
        self.switches.ring(node, &uuid, &extension, (&customer.name, &customer.number)).await?;
        let is_there = self
            .call(permit, &call.id)
            .is_ok_and(|call| connected(&call).is_ok() && call.leg(&customer.uuid).is_some());
        let connected = if is_there {
            self.switches.bridge(node, &customer.uuid, &uuid).await.map_err(ApiError::from)
        } else {
            Err(not_connected())
        };
        if connected.is_err() {
            self.let_go(node, &uuid).await;
        }
        connected
    }

    /// A telephone that was rung for nothing is hung up. Where that fails, its owner does it.
    pub(super) async fn let_go(&self, node: &NodeName, uuid: &str) {
        if let Err(error) = self.switches.hang_up(node, uuid).await {
            tracing::debug!(%error, call.uuid = uuid, "a telephone that was rung for nothing is gone already");
        }
    }

    async fn hang_up(&self, call: &CallRow) -> Result<(), ApiError> {
        let node = &call.id.node;
        let mut legs = call.legs.iter().filter(|leg| leg.role != LegRole::Listener);
        let first = legs.next().ok_or_else(not_connected)?;
        self.switches.hang_up(node, &first.uuid).await?;
        for leg in legs {
            // Most go with the first one.
            match self.switches.hang_up(node, &leg.uuid).await {
                Ok(()) | Err(SwitchError::Refused { .. }) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }

    pub(super) async fn record(
        &self,
        permit: &Permit<Record>,
        id: CallId,
        is_on: bool,
        press: &Press,
    ) -> Result<(), ApiError> {
        let call = self.call(permit, &id)?;
        let action = if is_on { "call.record" } else { "call.stop-recording" };
        let row = NewAudit::by(permit, action, &call.id).pressed(press);
        let act = async {
            let call = self.call(permit, &id)?;
            let node = &id.node;
            match (is_on, call.recording()) {
                (true, Some(_)) | (false, None) => Err(unable(Unable::Changed)),
                (true, None) => {
                    let leg = connected(&call)?.customer_leg().ok_or_else(not_connected)?;
                    let folder = self.switches.recordings_folder(node).await?;
                    let file = format!("{folder}/{}-{}.wav", leg.uuid, clock::now().0);
                    Ok(self.switches.record(node, &leg.uuid, Recording::Start, &file).await?)
                }
                (false, Some((leg, file))) => {
                    Ok(self.switches.record(node, &leg.uuid, Recording::Stop, file).await?)
                }
            }
        };
        self.actions.run(row, act).await
    }
}

fn not_connected() -> ApiError {
    unable(Unable::NotConnected)
}

fn connected(call: &CallRow) -> Result<&CallRow, ApiError> {
    if call.is_connected() { Ok(call) } else { Err(not_connected()) }
}
