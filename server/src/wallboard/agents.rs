//! What events do to agents.

use app::model::agent::{AgentCall, AgentState, AgentStatus, Presence, SetBy};
use app::model::ids::{AgentKey, MemberKey, QueueKey};
use app::model::time::{DurationMs, UnixMs};

use super::board::{Agent, Board, Moment, Touched};
use crate::switch::event::Caller;

/// A note explains a status that the switch reports within this time of it. The epochs of the switch are whole
/// seconds and its clock may be off by a little.
const NOTE_REACH: DurationMs = DurationMs::from_s(10);

impl Agent {
    pub(super) fn new(at: UnixMs) -> Self {
        Self {
            // A new agent of mod_callcenter is logged out and waiting.
            status: AgentStatus::LoggedOut,
            status_since: None,
            set_by: None,
            reason: None,
            state: Some(AgentState::Waiting),
            wrap_up: DurationMs(0),
            wrap_up_until: None,
            presence: Presence::LoggedOut,
            presence_since: None,
            call: None,
            tiers: std::collections::BTreeMap::new(),
            answered_today: 0,
            missed_today: 0,
            talk_today: DurationMs(0),
            touched_at: at,
        }
    }

    fn presence_now(&self) -> Presence {
        match (self.state, self.status) {
            // A call goes on whatever was set meanwhile.
            (Some(AgentState::InQueueCall), _) => Presence::OnCall,
            (
                Some(AgentState::Receiving | AgentState::Reserved),
                AgentStatus::Available | AgentStatus::AvailableOnDemand,
            ) => Presence::Ringing,
            (_, AgentStatus::LoggedOut) => Presence::LoggedOut,
            (_, AgentStatus::OnBreak) => Presence::OnBreak,
            _ if self.wrap_up_until.is_some() => Presence::WrapUp,
            (Some(AgentState::Idle), _) => Presence::Idle,
            _ => Presence::Available,
        }
    }
}

impl Board {
    /// The agent, made known if it is not yet.
    pub(super) fn agent(&mut self, key: &AgentKey, at: UnixMs) -> &mut Agent {
        let agent = self.agents.entry(key.clone()).or_insert_with(|| Agent::new(at));
        agent.touched_at = at;
        agent
    }

    /// Recomputes the presence; when it is another one it holds since `since`.
    pub(super) fn refresh_presence(&mut self, key: &AgentKey, since: UnixMs, touched: &mut Touched) {
        let Some(agent) = self.agents.get_mut(key) else { return };
        let presence = agent.presence_now();
        if presence != agent.presence {
            agent.presence = presence;
            agent.presence_since = Some(since);
        }
        touched.agents.insert(key.clone());
        touched.queues.extend(agent.tiers.keys().cloned());
    }

    pub(super) fn agent_status_changed(
        &mut self,
        moment: &Moment,
        key: AgentKey,
        status: AgentStatus,
        touched: &mut Touched,
    ) {
        let note = match self.notes.get_mut(&key) {
            Some(note) if note.is_pending && note.status == status => {
                note.is_pending = false;
                // From now on the note explains the status that the switch's own clock dates.
                note.noted_at = moment.happened_at;
                Some(note.clone())
            }
            _ => None,
        };
        let agent = self.agent(&key, moment.at);
        agent.status = status;
        agent.status_since = Some(moment.happened_at);
        (agent.reason, agent.set_by) = match note {
            Some(note) => (note.reason, Some(note.set_by)),
            None => (None, Some(SetBy::Elsewhere)),
        };
        self.refresh_presence(&key, moment.happened_at, touched);
    }

    /// Explains a status that a list shows by the latest note, if the two belong together.
    pub(super) fn explain_by_note(&mut self, key: &AgentKey) {
        let Some(agent) = self.agents.get_mut(key) else { return };
        let note = self.notes.get(key).filter(|note| {
            note.status == agent.status
                && agent.status_since.is_some_and(|since| (since.0 - note.noted_at.0).abs() <= NOTE_REACH.0)
        });
        (agent.reason, agent.set_by) = match note {
            Some(note) => (note.reason, Some(note.set_by.clone())),
            None => (None, None),
        };
    }

    pub(super) fn agent_state_changed(
        &mut self,
        moment: &Moment,
        key: AgentKey,
        state: AgentState,
        touched: &mut Touched,
    ) {
        let agent = self.agent(&key, moment.at);
        agent.state = Some(state);
        if !matches!(state, AgentState::Receiving | AgentState::Reserved | AgentState::InQueueCall) {
            agent.call = None;
        }
        if matches!(state, AgentState::Receiving | AgentState::InQueueCall) {
            agent.wrap_up_until = None;
        }
        self.refresh_presence(&key, moment.happened_at, touched);
    }

    /// Shows the caller beside the agent who is rung for or talks to them.
    pub(super) fn attach_call(
        &mut self,
        moment: &Moment,
        agent: &AgentKey,
        caller: &Caller,
        touched: &mut Touched,
    ) {
        let member = MemberKey::new(&moment.node, caller.member_uuid.clone());
        let joined_at = self.members.get(&member).map(|member| member.joined_at);
        self.agent(agent, moment.at).call = Some(AgentCall {
            queue: QueueKey::new(&moment.node, caller.queue.clone()),
            member,
            caller_name: caller.name.clone(),
            caller_number: caller.number.clone(),
            joined_at,
        });
        touched.agents.insert(agent.clone());
    }
}
