//! The call center's tables and the transitions between their rows.
//!
//! Every method that the module would fire an event from leaves a draft, in the recorded order.

use super::events::{self, Service};
use super::queues;
use super::{Agent, Draft, INSTANCE, Member, Queue, QueueSettings, Tier};
use crate::journal::{Facts, Outcome, What};

/// What `callcenter.conf` holds: the queues, and agents and tiers if they are kept there.
#[derive(Debug, Clone, Default)]
pub struct Configuration {
    /// `<queues>`
    pub queues: Vec<QueueSettings>,
    /// `<agents>`, whose status a reload puts back.
    pub agents: Vec<Agent>,
    /// `<tiers>`
    pub tiers: Vec<Tier>,
}

/// The configuration as it lies on disk, which need not be what the switch has read.
#[derive(Debug, Clone, Default)]
pub struct Files {
    /// What the next `reloadxml` reads.
    pub configuration: Configuration,
    /// What the parser says of the files, if they are broken: `[error near line 827]: ...`
    pub error: Option<String>,
}

/// A caller about to join a queue.
#[derive(Debug, Clone)]
pub struct NewMember {
    /// Id of the membership, unless an old one is resumed.
    pub uuid: String,
    /// Channel of the caller.
    pub session_uuid: String,
    /// Caller's name.
    pub cid_name: String,
    /// Caller's number.
    pub cid_number: String,
    /// `cc_base_score`
    pub base_score: i64,
    /// When the call was answered, for queues whose time base is the system.
    pub answered_epoch: i64,
}

/// Queues, agents, tiers and members in the order in which they were inserted.
#[derive(Debug, Default)]
pub struct Center {
    /// The XML, as currently cached.
    pub configuration: Configuration,
    /// Loaded queues.
    pub queues: Vec<Queue>,
    /// Agents.
    pub agents: Vec<Agent>,
    /// Tiers.
    pub tiers: Vec<Tier>,
    /// Members, Abandoned ones included.
    pub members: Vec<Member>,
    /// Events not yet fired.
    pub drafts: Vec<Draft>,
    /// What happened, for the journal, if it is wanted.
    pub facts: Facts,
    /// Agents whose ringing phone has to be hung up, because their status changed.
    pub cancelled_agents: Vec<String>,
}

impl Center {
    /// The queue of that name, if loaded.
    pub fn queue(&self, name: &str) -> Option<&Queue> {
        self.queues.iter().find(|queue| queue.settings.name == name)
    }

    /// The queue of that name, to count in.
    pub fn queue_mut(&mut self, name: &str) -> Option<&mut Queue> {
        self.queues.iter_mut().find(|queue| queue.settings.name == name)
    }

    /// The agent of that name.
    pub fn agent(&self, name: &str) -> Option<&Agent> {
        self.agents.iter().find(|agent| agent.name == name)
    }

    /// The agent of that name, to change.
    pub fn agent_mut(&mut self, name: &str) -> Option<&mut Agent> {
        self.agents.iter_mut().find(|agent| agent.name == name)
    }

    /// The tier of that queue and agent, to change.
    pub fn tier_mut(&mut self, queue: &str, agent: &str) -> Option<&mut Tier> {
        self.tiers.iter_mut().find(|tier| tier.queue == queue && tier.agent == agent)
    }

    /// The member with that id.
    pub fn member(&self, uuid: &str) -> Option<&Member> {
        self.members.iter().find(|member| member.uuid == uuid)
    }

    /// The member with that id, to change.
    pub fn member_mut(&mut self, uuid: &str) -> Option<&mut Member> {
        self.members.iter_mut().find(|member| member.uuid == uuid)
    }

    /// Loads a queue from the configuration, anew if it is loaded already. Its agents and tiers are another matter.
    pub fn load_queue(&mut self, name: &str) -> bool {
        let Some(settings) = self.configuration.queues.iter().find(|queue| queue.name == name) else {
            return false;
        };
        let queue = Queue::load(settings.clone());
        self.queues.retain(|queue| queue.settings.name != name);
        self.queues.push(queue);
        true
    }

    /// Loads a queue as the module does when it is told to, or meets its name for the first time: all agents and tiers of
    /// the configuration are put back too (mod_callcenter, `load_queue()`; recorded).
    pub fn load_queue_and_agents(&mut self, name: &str, now: i64) -> bool {
        let loaded = self.load_queue(name);
        if loaded {
            self.import(now);
        }
        loaded
    }

    /// Puts all agents and tiers of the configuration back.
    pub fn import(&mut self, now: i64) {
        let names: Vec<String> = self.configuration.agents.iter().map(|agent| agent.name.clone()).collect();
        for name in names {
            self.load_agent(&name, now);
        }
        self.load_tiers(None, None);
    }

    /// Loaded queues in the order of lists, which is that of a hash table.
    pub fn listed_queues(&self) -> Vec<&Queue> {
        let mut listed: Vec<&Queue> = self.queues.iter().rev().collect();
        listed.sort_by_key(|queue| queues::bucket(&queue.settings.name, self.queues.len()));
        listed
    }

    /// Writes a status, whatever it was (mod_callcenter, `cc_agent_update()`).
    ///
    /// Becoming Available resets the statistics of the login; any other status than Available stops a ringing phone.
    pub fn set_status(&mut self, agent: &str, status: &str, now: i64) {
        let Some(row) = self.agent_mut(agent) else { return };
        if status.eq_ignore_ascii_case("Available") {
            if row.status != status {
                status.clone_into(&mut row.status);
                row.last_status_change = now;
                row.talk_time = 0;
                row.calls_answered = 0;
                row.no_answer_count = 0;
            }
        } else {
            status.clone_into(&mut row.status);
            row.last_status_change = now;
            if row.state == "Receiving" {
                self.cancelled_agents.push(agent.to_owned());
            }
        }
        self.facts.note(self.drafts.len(), || What::AgentStatus {
            agent: agent.to_owned(),
            status: status.to_owned(),
        });
        self.drafts.push(events::agent_status_change(agent, status));
    }

    /// Writes a state.
    pub fn set_state(&mut self, agent: &str, state: &str) {
        if let Some(row) = self.agent_mut(agent) {
            state.clone_into(&mut row.state);
            self.note_state(agent, state);
            self.drafts.push(events::agent_state_change(agent, state));
        }
    }

    fn note_state(&mut self, agent: &str, state: &str) {
        self.facts.note(self.drafts.len(), || What::AgentState {
            agent: agent.to_owned(),
            state: state.to_owned(),
        });
    }

    /// Writes a dial string.
    pub fn set_contact(&mut self, agent: &str, contact: &str) {
        if let Some(row) = self.agent_mut(agent) {
            contact.clone_into(&mut row.contact);
            self.drafts.push(events::agent_contact_change(agent, contact));
        }
    }

    fn set_tier_state(&mut self, queue: &str, agent: &str, state: &str) {
        if let Some(tier) = self.tier_mut(queue, agent) {
            state.clone_into(&mut tier.state);
        }
    }

    /// The agent is taken: its tiers in other queues are no longer Ready (recorded: `Standby`).
    fn stand_by(&mut self, queue: &str, agent: &str) {
        for tier in self.tiers.iter_mut().filter(|tier| tier.agent == agent && tier.queue != queue) {
            if tier.state == "Ready" {
                "Standby".clone_into(&mut tier.state);
            }
        }
    }

    /// The agent is free again, in every queue.
    fn stand_ready(&mut self, agent: &str) {
        for tier in self.tiers.iter_mut().filter(|tier| tier.agent == agent) {
            if matches!(tier.state.as_str(), "Standby" | "Offering" | "Active Inbound") {
                "Ready".clone_into(&mut tier.state);
            }
        }
    }

    /// How many wait or ring.
    fn waiting(&self, queue: &str) -> usize {
        self.members.iter().filter(|m| m.queue == queue && m.is_waiting()).count()
    }

    /// Fires `members-count`, and the presence that follows from it.
    pub fn count(&mut self, queue: &str) {
        let waiting = self.waiting(queue);
        self.drafts.push(events::members_count(queue, waiting));
        self.drafts.push(events::presence(queue, waiting));
    }

    /// A caller joins, or takes its old place back where the queue allows it. Returns the id of the membership.
    pub fn join(&mut self, queue: &str, new: NewMember, now: i64) -> String {
        let settings = self.queue(queue).map(|queue| queue.settings.clone());
        let resumes = settings.as_ref().is_some_and(|settings| settings.abandoned_resume_allowed);
        let from_call = settings.is_some_and(|settings| settings.time_base_score == "system");
        let old = self.members.iter_mut().find(|member| {
            resumes
                && member.queue == queue
                && member.state == "Abandoned"
                && member.cid_number == new.cid_number
        });
        let resumed = old.is_some();
        let member = if let Some(member) = old {
            member.session_uuid = new.session_uuid;
            member.rejoined_epoch = now;
            member.wait_again();
            member.clone()
        } else {
            let waited_before = if from_call { now - new.answered_epoch } else { 0 };
            let member = Member {
                queue: queue.to_owned(),
                uuid: new.uuid,
                session_uuid: new.session_uuid,
                cid_number: new.cid_number,
                cid_name: new.cid_name,
                system_epoch: new.answered_epoch,
                joined_epoch: now,
                rejoined_epoch: 0,
                bridge_epoch: 0,
                abandoned_epoch: 0,
                base_score: new.base_score + waited_before,
                skill_score: 0,
                serving_agent: String::new(),
                serving_system: String::new(),
                state: "Waiting",
                last_rung: 0,
                last_tier_position: 0,
                last_tier_level: 0,
            };
            self.members.push(member.clone());
            member
        };
        self.facts.note(self.drafts.len(), || joined(&member, resumed));
        self.drafts.push(events::member_queue_start(&member, resumed));
        self.count(queue);
        member.uuid
    }

    /// A caller leaves unserved. The row stays, as Abandoned.
    pub fn leave(&mut self, member: &str, reason: &str, now: i64) {
        self.leave_as(member, reason, Outcome::of_cancel_reason(reason), now);
    }

    /// A caller is put into a queue again: the old membership ends as if the caller had gone.
    pub fn move_away(&mut self, member: &str, now: i64) {
        self.leave_as(member, "BREAK_OUT", Outcome::Moved, now);
    }

    fn leave_as(&mut self, member: &str, reason: &str, outcome: Outcome, now: i64) {
        let Some(row) = self.member_mut(member) else { return };
        let gone = row.clone();
        row.wait_again();
        row.state = "Abandoned";
        row.session_uuid.clear();
        row.abandoned_epoch = now;
        if let Some(queue) = self.queue_mut(&gone.queue) {
            queue.calls_abandoned += 1;
        }
        self.note_end(&gone, outcome);
        self.drafts.push(events::member_queue_end_cancel(&gone, reason, now));
        self.count(&gone.queue);
    }

    fn note_end(&mut self, member: &Member, outcome: Outcome) {
        self.facts.note(self.drafts.len(), || What::MemberEnded {
            queue: member.queue.clone(),
            member: member.uuid.clone(),
            outcome,
        });
    }

    /// A member is about to be offered to an agent: rows only, `Receiving` and `Offering`.
    pub fn reserve(&mut self, member: &str, agent: &str, many: Option<&str>, now: i64) {
        let Some(row) = self.member_mut(member) else { return };
        row.state = "Trying";
        row.serving_agent = many.unwrap_or(agent).to_owned();
        row.last_rung = now;
        // Recorded: a member that many phones ring for has no system.
        row.serving_system = if many.is_some() { String::new() } else { INSTANCE.to_owned() };
        let queue = row.queue.clone();
        self.stand_by(&queue, agent);
        if let Some(tier) = self.tier_mut(&queue, agent) {
            "Offering".clone_into(&mut tier.state);
            let (level, position) = (tier.level, tier.position);
            if let Some(row) = self.member_mut(member) {
                row.last_tier_level = level;
                row.last_tier_position = position;
            }
        }
        if let Some(row) = self.agent_mut(agent) {
            row.last_offered_call = now;
        }
        self.set_state(agent, "Receiving");
    }

    /// The agent is being rung.
    pub fn offer(&mut self, member: &str, service: &Service) {
        if let Some(member) = self.member(member).cloned() {
            self.facts.note(self.drafts.len(), || What::Offered {
                queue: member.queue.clone(),
                member: member.uuid.clone(),
                agent: service.agent.clone(),
            });
            self.drafts.push(events::agent_offering(&member, service));
        }
    }

    /// The agent answered: `bridge-agent-start`.
    pub fn answer(&mut self, member: &str, service: &Service, now: i64) {
        let Some(row) = self.member_mut(member) else { return };
        row.serving_agent.clone_from(&service.agent);
        row.serving_system = INSTANCE.to_owned();
        row.bridge_epoch = now;
        let row = row.clone();
        self.facts.note(self.drafts.len(), || What::Answered {
            queue: row.queue.clone(),
            member: row.uuid.clone(),
            agent: service.agent.clone(),
        });
        self.drafts.push(events::bridge_agent_start(&row, service));
        if let Some(agent) = self.agent_mut(&service.agent) {
            agent.uuid.clone_from(&service.agent_uuid);
            agent.last_bridge_start = now;
            agent.calls_answered += 1;
            agent.no_answer_count = 0;
        }
        if let Some(queue) = self.queue_mut(&row.queue) {
            queue.calls_answered += 1;
        }
        self.set_tier_state(&row.queue, &service.agent, "Active Inbound");
    }

    /// The caller leaves the line for its agent. The count that tells still has the caller in it, the presence has not.
    pub fn served(&mut self, member: &str) {
        let Some(queue) = self.member(member).map(|member| member.queue.clone()) else { return };
        let waiting = self.waiting(&queue);
        self.drafts.push(events::members_count(&queue, waiting));
        if let Some(member) = self.member_mut(member) {
            member.state = "Answered";
        }
        self.drafts.push(events::presence(&queue, self.waiting(&queue)));
    }

    /// The two are talking.
    pub fn bridged(&mut self, agent: &str) {
        self.set_state(agent, "In a queue call");
    }

    /// The talk is over: both ends, the row goes, and the agent waits (or is idle, when on demand).
    pub fn end(&mut self, member: &str, service: &Service, now: i64) {
        let Some(at) = self.members.iter().position(|row| row.uuid == member) else { return };
        let row = self.members.remove(at);
        self.facts.note(self.drafts.len(), || What::TalkEnded {
            queue: row.queue.clone(),
            member: row.uuid.clone(),
            agent: service.agent.clone(),
            bridged: true,
        });
        self.drafts.push(events::bridge_agent_end(&row, service, now));
        self.note_end(&row, Outcome::Answered);
        self.drafts.push(events::member_queue_end_terminated(&row, service, now));
        let mut state = "Waiting";
        if let Some(agent) = self.agent_mut(&service.agent) {
            agent.uuid.clear();
            agent.last_bridge_end = now;
            agent.talk_time += now - service.answered;
            if agent.status == "Available (On Demand)" {
                state = "Idle";
            }
        }
        self.stand_ready(&service.agent);
        self.set_state(&service.agent, state);
    }

    /// The agent was not reached. `member` is the row as it was when the agent was rung: it may be gone by now.
    ///
    /// Returns whether the agent was taken out for not answering.
    pub fn fail(&mut self, member: &Member, service: &Service, cause: &str, now: i64) -> bool {
        let no_answer_status = self
            .queue(&member.queue)
            .map_or_else(|| "On Break".to_owned(), |queue| queue.settings.agent_no_answer_status.clone());
        let mut tier_state = "Ready";
        let mut taken_out = None;
        if let Some(agent) = self.agent_mut(&service.agent) {
            match cause {
                "ORIGINATOR_CANCEL" | "LOSE_RACE" => {}
                "USER_BUSY" => agent.ready_time = ready_at(agent.ready_time, now, agent.busy_delay_time),
                "CALL_REJECTED" => {
                    agent.ready_time = ready_at(agent.ready_time, now, agent.reject_delay_time);
                }
                _ => {
                    tier_state = "No Answer";
                    agent.no_answer_count += 1;
                    agent.ready_time = ready_at(agent.ready_time, now, agent.no_answer_delay_time);
                    if agent.max_no_answer > 0 && agent.no_answer_count >= agent.max_no_answer {
                        taken_out = Some(agent.no_answer_count);
                    }
                }
            }
        }
        if let Some(count) = taken_out {
            self.drafts.push(events::agent_max_no_answer(member, &service.agent, count, &no_answer_status));
            self.set_status(&service.agent, &no_answer_status, now);
            // The phone has stopped ringing by itself.
            self.cancelled_agents.retain(|agent| agent != &service.agent);
        }
        self.set_tier_state(&member.queue, &service.agent, tier_state);
        self.stand_ready(&service.agent);
        if let Some(row) = self.member_mut(&member.uuid)
            && row.state == "Trying"
            && row.serving_agent == service.agent
        {
            row.wait_again();
        }
        self.facts.note(self.drafts.len(), || What::OfferFailed {
            queue: member.queue.clone(),
            member: member.uuid.clone(),
            agent: service.agent.clone(),
            cause: cause.to_owned(),
        });
        self.drafts.push(events::bridge_agent_fail(member, service, cause, now));
        self.set_state(&service.agent, "Waiting");
        taken_out.is_some()
    }

    /// What a load of the module does: agents wait, tiers are ready, members are abandoned. No event tells of it.
    pub fn reset_on_load(&mut self) {
        let draft = self.drafts.len();
        for agent in &mut self.agents {
            if agent.state != "Waiting" {
                let name = &agent.name;
                self.facts
                    .note(draft, || What::AgentState { agent: name.clone(), state: "Waiting".to_owned() });
            }
            "Waiting".clone_into(&mut agent.state);
            agent.uuid.clear();
            agent.external_calls_count = 0;
        }
        for tier in &mut self.tiers {
            "Ready".clone_into(&mut tier.state);
        }
        for member in &mut self.members {
            member.wait_again();
            member.state = "Abandoned";
            member.session_uuid.clear();
        }
        let names: Vec<_> = self.configuration.queues.iter().map(|queue| queue.name.clone()).collect();
        self.queues.clear();
        for name in names {
            self.load_queue(&name);
        }
    }

    /// Puts an agent back to what the configuration says, contact and status first (recorded: `agent reload`).
    pub fn load_agent(&mut self, name: &str, now: i64) -> bool {
        let Some(wanted) = self.configuration.agents.iter().find(|agent| agent.name == name).cloned() else {
            return false;
        };
        if self.agent(name).is_none() {
            self.agents.push(Agent::new(name, &wanted.kind));
            self.drafts.push(events::agent_add(name, &wanted.kind));
        }
        self.set_contact(name, &wanted.contact);
        self.set_status(name, &wanted.status, now);
        if let Some(agent) = self.agent_mut(name) {
            agent.max_no_answer = wanted.max_no_answer;
            agent.wrap_up_time = wanted.wrap_up_time;
            agent.reject_delay_time = wanted.reject_delay_time;
            agent.busy_delay_time = wanted.busy_delay_time;
            agent.no_answer_delay_time = wanted.no_answer_delay_time;
        }
        true
    }

    /// Puts the configured tiers that match back, level and position; `None` matches all. Whether there was one.
    pub fn load_tiers(&mut self, queue: Option<&str>, agent: Option<&str>) -> bool {
        let wanted: Vec<Tier> = self
            .configuration
            .tiers
            .iter()
            .filter(|tier| queue.is_none_or(|name| name == tier.queue))
            .filter(|tier| agent.is_none_or(|name| name == tier.agent))
            .cloned()
            .collect();
        let found = !wanted.is_empty();
        for tier in wanted {
            match self.tier_mut(&tier.queue, &tier.agent) {
                Some(row) => {
                    row.level = tier.level;
                    row.position = tier.position;
                }
                None => self.tiers.push(tier),
            }
        }
        found
    }
}

fn joined(member: &Member, resumed: bool) -> What {
    let (queue, session) = (member.queue.clone(), member.session_uuid.clone());
    let (number, name) = (member.cid_number.clone(), member.cid_name.clone());
    let member = member.uuid.clone();
    if resumed {
        What::MemberResumed { queue, member, session, number, name }
    } else {
        What::MemberJoined { queue, member, session, number, name }
    }
}

/// A delay moves the ready time, no delay leaves it (recorded: `ready_time` stays in the past).
fn ready_at(old: i64, now: i64, delay: i64) -> i64 {
    if delay > 0 { now + delay } else { old }
}
