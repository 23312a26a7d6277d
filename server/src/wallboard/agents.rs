//! What events do to agents.

use app::model::agent::{AgentCall, AgentState, AgentStatus, Presence, SetBy};
use app::model::ids::{AgentKey, MemberKey, QueueKey};
use app::model::time::{DurationMs, UnixMs};

use super::board::{Agent, Board, Moment, Touched};
use super::facts::{Activity, Fact};
use crate::switch::event::{AgentToday, Caller};

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
            on_break: None,
            call: None,
            desk_lost_at: None,
            tiers: std::collections::BTreeMap::new(),
            answered_today: 0,
            missed_today: 0,
            talk_today: DurationMs(0),
            recorded: None,
            status_at: UnixMs::default(),
            state_at: UnixMs::default(),
            contact: String::new(),
            channel_uuid: String::new(),
            last_offered_call: None,
            suspicion: None,
            touched_at: at,
        }
    }

    pub(super) fn add_today(&mut self, today: &AgentToday) {
        self.answered_today += today.answered;
        self.missed_today += today.missed;
        self.talk_today = DurationMs(self.talk_today.0 + today.talk.0);
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
        let today = &mut self.agents_today;
        let agent = self.agents.entry(key.clone()).or_insert_with(|| {
            let mut agent = Agent::new(at);
            if let Some(today) = today.remove(key) {
                agent.add_today(&today);
            }
            agent
        });
        agent.touched_at = at;
        agent
    }

    /// Recomputes the presence, and puts what the agent does on record; where it is something else it holds since
    /// `since`.
    pub(super) fn refresh_presence(&mut self, key: &AgentKey, since: UnixMs, touched: &mut Touched) {
        self.update_presence(key, since, touched);
        self.record_activity(key, since, touched);
    }

    /// Puts what the agent does on record, if that is not there yet.
    pub(super) fn record_activity(&mut self, key: &AgentKey, since: UnixMs, touched: &mut Touched) {
        self.follow_break(key, since);
        let Some(agent) = self.agents.get_mut(key) else { return };
        let activity = Activity {
            presence: agent.presence,
            status: agent.status,
            state: agent.state,
            reason: agent.reason.clone(),
            set_by: agent.set_by.clone(),
        };
        if agent.recorded.as_ref() != Some(&activity) {
            agent.recorded = Some(activity.clone());
            touched.facts.push(Fact::AgentIs { agent: key.clone(), since, activity });
        }
    }

    pub(super) fn update_presence(&mut self, key: &AgentKey, since: UnixMs, touched: &mut Touched) {
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
        if moment.is_overtaken_by(agent.status_at) {
            return;
        }
        agent.status_at = moment.happened_at;
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
            Some(note) => (note.reason.clone(), Some(note.set_by.clone())),
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
        if moment.is_overtaken_by(agent.state_at) {
            return;
        }
        agent.state_at = moment.happened_at;
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
        let agent_row = self.agent(agent, moment.at);
        let marked = agent_row.call.take().filter(|call| call.member == member);
        agent_row.call = Some(AgentCall {
            held_since: marked.as_ref().and_then(|call| call.held_since),
            third: marked.and_then(|call| call.third),
            queue: QueueKey::new(&moment.node, caller.queue.clone()),
            member,
            caller_name: caller.name.clone(),
            caller_number: caller.number.clone(),
            joined_at,
        });
        touched.agents.insert(agent.clone());
    }
}
