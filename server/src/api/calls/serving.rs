//! Callers who wait: answered by the supervisor, given to an agent, moved to another queue, made first, hung up.
//!
//! Whatever it is, the end of their stay counts as moved by a person: the board is told before the switch is.

use app::api::ApiError;
use app::api::permit::{Permit, SteerCalls};
use app::model::agent::Presence;
use app::model::board::MemberRow;
use app::model::destination::Destination;
use app::model::ids::{AgentKey, MemberKey, QueueKey};
use app::model::press::Press;
use app::model::supervise::{Serve, Unable};
use app::model::time::UnixMs;
use app::model::wall::Scope;

use super::{Calls, unable};
use crate::clock;
use crate::storage::audit::NewAudit;
use crate::switch::SwitchError;
use crate::switch::event::SwitchEvent;

impl Calls {
    pub(super) async fn serve(
        &self,
        permit: &Permit<SteerCalls>,
        caller: MemberKey,
        serve: Serve,
        press: &Press,
    ) -> Result<(), ApiError> {
        let member = self.hub.member(&caller).ok_or(ApiError::NotFound)?;
        permit.touch_member(&member)?;
        match &serve {
            Serve::GiveTo(agent) => permit.touch_agent(&self.hub.agent(agent).ok_or(ApiError::NotFound)?)?,
            Serve::MoveTo(queue) => permit.touch_queue(queue)?,
            _ => {}
        }
        let row =
            NewAudit::by(permit, serve.code(), &caller).before(&member.queue).after(&serve).pressed(press);
        let act = async {
            let member = self.waiting(&caller)?;
            match serve {
                Serve::AnswerMyself => {
                    let extension = self.own_extension(permit, &caller.node).await?;
                    self.connect(&member, &extension).await
                }
                Serve::GiveTo(agent) => {
                    let extension = self.free_agent(&member, &agent).await?;
                    self.connect(&member, &extension).await
                }
                Serve::MoveTo(queue) => self.move_to(&member, &queue).await,
                Serve::MakeFirst => self.make_first(&member).await,
                Serve::HangUp => {
                    let hang_up = self.switches.hang_up(&caller.node, &member.session_uuid);
                    self.take_out(&member, false, hang_up).await
                }
            }
        };
        self.actions.run(row, act).await
    }

    /// The caller, who still waits.
    fn waiting(&self, caller: &MemberKey) -> Result<MemberRow, ApiError> {
        self.hub.member(caller).filter(MemberRow::is_waiting).ok_or_else(|| unable(Unable::NotWaiting))
    }

    /// The telephone of an agent who is neither rung nor in a call.
    async fn free_agent(&self, member: &MemberRow, agent: &AgentKey) -> Result<Destination, ApiError> {
        let row = self.hub.agent(agent).ok_or(ApiError::NotFound)?;
        if matches!(row.presence, Presence::Ringing | Presence::OnCall) || agent.node != member.key.node {
            return Err(unable(Unable::AgentBusy));
        }
        self.switches.agent_extension(agent).await?.ok_or_else(|| unable(Unable::NoContact))
    }

    /// Rings a telephone and connects the caller once it answers. Until then the caller keeps the place in the queue, and is
    /// answered by whoever is faster.
    async fn connect(&self, member: &MemberRow, extension: &Destination) -> Result<(), ApiError> {
        let node = &member.key.node;
        let uuid = uuid::Uuid::new_v4().to_string();
        let shown = (member.caller_name.as_str(), member.caller_number.as_str());
        self.switches.ring(node, &uuid, extension, shown).await?;
        let connected = match self.waiting(&member.key) {
            Ok(member) => {
                let bridge = self.switches.bridge(node, &member.session_uuid, &uuid);
                self.take_out(&member, false, bridge).await
            }
            Err(error) => Err(error),
        };
        if connected.is_err() {
            self.let_go(node, &uuid).await;
        }
        connected
    }

    /// The time waited so far counts in the new queue as well.
    async fn move_to(&self, member: &MemberRow, queue: &QueueKey) -> Result<(), ApiError> {
        if *queue == member.queue {
            return Err(unable(Unable::SameQueue));
        }
        if queue.node != member.key.node {
            return Err(ApiError::NotFound);
        }
        self.enter(member, queue, score(member, clock::now())).await
    }

    /// One point more than the highest score of the queue, which grows as fast as that of the others.
    async fn make_first(&self, member: &MemberRow) -> Result<(), ApiError> {
        let queue = &member.queue;
        let now = clock::now();
        let board = self.hub.snapshot(Scope::Queues(vec![queue.clone()])).board;
        let is_other = |other: &&MemberRow| other.is_waiting() && other.key != member.key;
        let others: Vec<&MemberRow> = board.members.iter().filter(is_other).collect();
        if others.iter().all(|other| member.serve_order() < other.serve_order()) {
            return Err(unable(Unable::AlreadyFirst));
        }
        let highest = others.iter().map(|other| score(other, now)).max().unwrap_or_default();
        self.enter(member, queue, highest + 1).await
    }

    async fn enter(&self, member: &MemberRow, queue: &QueueKey, points: i64) -> Result<(), ApiError> {
        match self.switches.resumes_abandoned(queue).await? {
            Some(false) => {}
            Some(true) => return Err(unable(Unable::AbandonedResume)),
            None => return Err(ApiError::NotFound),
        }
        let enter = self.switches.enter_queue(&member.session_uuid, queue, points);
        self.take_out(member, true, enter).await
    }

    /// Has the end of a stay count as moved.
    async fn take_out(
        &self,
        member: &MemberRow,
        joins_anew: bool,
        act: impl Future<Output = Result<(), SwitchError>>,
    ) -> Result<(), ApiError> {
        let (node, member_uuid) = (&member.key.node, member.key.uuid.clone());
        let joins_anew = joins_anew.then(|| member.session_uuid.clone());
        self.hub.send(node, SwitchEvent::MemberMoving { member_uuid: member_uuid.clone(), joins_anew }).await;
        let outcome = act.await;
        if matches!(outcome, Err(ref error) if !matches!(error, SwitchError::Unknown)) {
            self.hub.send(node, SwitchEvent::MemberStays { member_uuid }).await;
        }
        Ok(outcome?)
    }
}

/// What the switch serves by: the seconds waited plus the points.
fn score(member: &MemberRow, now: UnixMs) -> i64 {
    now.since(member.joined_at).whole_s() + member.extra_score
}
