//! The state of the board and the one function that changes it.
//!
//! Architecture invariant: nothing here does I/O or reads a clock. Time comes in with each event; what must happen by
//! the mere passing of time (the end of a wrap-up, midnight, a new period of arrivals) is announced by
//! [`Board::next_deadline`] and done by [`SwitchEvent::Tick`].

use std::collections::{BTreeMap, BTreeSet, HashMap};

use app::model::agent::{AgentCall, AgentState, AgentStatus, Presence, ReasonCode, SetBy};
use app::model::board::{Incomplete, LinkState, MemberState};
use app::model::center::CodeName;
use app::model::ids::{AgentKey, MemberKey, NodeName, QueueKey};
use app::model::metrics::QueueToday;
use app::model::thresholds::QueueTargets;
use app::model::time::{DurationMs, UnixMs};

use super::facts::{Activity, Fact};
use super::ghosts::Suspicion;
use super::moves::Moves;
use super::reconcile::Suspects;
use crate::switch::event::{AgentToday, Stamped, SwitchEvent, TodayRestored};

/// Length of a period of arrivals; the board shows the last six.
pub(super) const PERIOD: DurationMs = DurationMs::from_s(300);

/// Events overtake one another by less than this.
const OVERTAKEN_WITHIN: DurationMs = DurationMs::from_s(5);
/// A caller who left may still be in a list that was asked for before.
const LISTED: DurationMs = DurationMs::from_s(60);
/// Who abandoned may resume for as long as the queue's `discard-abandoned-after`, which the lists do not tell; more than
/// an hour would be no resumption to anybody.
const RESUMABLE: DurationMs = DurationMs::from_s(3_600);

/// The whole board.
#[derive(Debug, Default)]
pub struct Board {
    pub(super) nodes: BTreeMap<NodeName, Node>,
    pub(super) queues: BTreeMap<QueueKey, Queue>,
    pub(super) agents: BTreeMap<AgentKey, Agent>,
    pub(super) members: HashMap<MemberKey, Member>,
    /// What people chose in SwitchDesk, the latest per agent: waits for the switch's event, and explains the status
    /// after a rebuild.
    pub(super) notes: HashMap<AgentKey, Note>,
    pub(super) queue_names: HashMap<QueueKey, String>,
    pub(super) agent_names: HashMap<AgentKey, String>,
    pub(super) targets: HashMap<QueueKey, QueueTargets>,
    /// Today's numbers of agents whom the record knows and the switch has not listed yet.
    pub(super) agents_today: HashMap<AgentKey, AgentToday>,
    /// What the codes of break reasons are called, and the budgets of a day of those that have one.
    pub(super) reasons: Vec<CodeName>,
    pub(super) budgets: HashMap<ReasonCode, DurationMs>,
    /// Breaks that ended today.
    pub(super) breaks_today: HashMap<AgentKey, HashMap<ReasonCode, DurationMs>>,
    /// Agents who are to be logged out at the end of their call, and who wants it.
    pub(super) log_outs: HashMap<AgentKey, String>,
    pub(super) counted_since: UnixMs,
    /// The last midnight that was ticked.
    pub(super) midnight: UnixMs,
    /// The latest moment that an event brought.
    pub(super) now: UnixMs,
}

#[derive(Debug)]
pub(super) struct Node {
    pub(super) link: LinkState,
    pub(super) corrections: u64,
    pub(super) rebuilds: u64,
    /// Intervals of today that the record may lack calls of.
    pub(super) incomplete: Vec<Incomplete>,
    /// While the lists of a rebuild come in: what they named so far.
    pub(super) rebuild: Option<Listed>,
    pub(super) suspects: Suspects,
    /// Callers who left lately: a list that was asked for before may still have them, and who abandoned may resume.
    pub(super) left: HashMap<MemberKey, Left>,
    /// Callers whom a person is moving.
    pub(super) moves: Moves,
    /// The server's clock at the last event.
    pub(super) heard_at: Option<UnixMs>,
}

/// A caller who left.
#[derive(Debug)]
pub(super) struct Left {
    /// The server's clock.
    pub(super) at: UnixMs,
    /// The switch's clock.
    pub(super) happened_at: UnixMs,
    /// When the caller had joined.
    pub(super) joined_at: UnixMs,
    /// When an agent had answered.
    pub(super) answered_at: Option<UnixMs>,
    /// What it added to today's numbers, where the caller abandoned and may come back to take it back.
    pub(super) abandoned: Option<Abandoned>,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Abandoned {
    pub(super) is_short: bool,
    pub(super) is_in_time: bool,
}

/// Keys that the lists of a rebuild named.
#[derive(Debug, Default)]
pub(super) struct Listed {
    pub(super) queues: BTreeSet<QueueKey>,
    pub(super) agents: BTreeSet<AgentKey>,
    pub(super) members: BTreeSet<MemberKey>,
}

#[derive(Debug, Default)]
pub(super) struct Queue {
    pub(super) strategy: String,
    pub(super) today: QueueToday,
    /// Callers who joined, by period.
    pub(super) arrivals: BTreeMap<i64, u32>,
    pub(super) agents: BTreeSet<AgentKey>,
    pub(super) members: BTreeSet<MemberKey>,
}

#[derive(Debug)]
pub(super) struct Agent {
    pub(super) status: AgentStatus,
    pub(super) status_since: Option<UnixMs>,
    pub(super) set_by: Option<SetBy>,
    pub(super) reason: Option<ReasonCode>,
    pub(super) state: Option<AgentState>,
    pub(super) wrap_up: DurationMs,
    pub(super) wrap_up_until: Option<UnixMs>,
    pub(super) presence: Presence,
    pub(super) presence_since: Option<UnixMs>,
    /// The break that the agent is on, and since when.
    pub(super) on_break: Option<(ReasonCode, UnixMs)>,
    pub(super) call: Option<AgentCall>,
    /// When the last desk was lost.
    pub(super) desk_lost_at: Option<UnixMs>,
    /// Queue to (level, position).
    pub(super) tiers: BTreeMap<QueueKey, (u32, u32)>,
    pub(super) answered_today: u32,
    pub(super) missed_today: u32,
    pub(super) talk_today: DurationMs,
    /// What is on record.
    pub(super) recorded: Option<Activity>,
    /// The switch's clock at the last change of the status and of the state: an older one was overtaken.
    pub(super) status_at: UnixMs,
    pub(super) state_at: UnixMs,
    /// How the agent is dialled, the channel of its phone, and its last offer: only the lists tell.
    pub(super) contact: String,
    pub(super) channel_uuid: String,
    pub(super) last_offered_call: Option<UnixMs>,
    pub(super) suspicion: Option<Suspicion>,
    /// The server's clock at the last event about this agent.
    pub(super) touched_at: UnixMs,
}

#[derive(Debug)]
pub(super) struct Member {
    pub(super) queue: QueueKey,
    pub(super) session_uuid: String,
    pub(super) caller_name: String,
    pub(super) caller_number: String,
    pub(super) joined_at: UnixMs,
    /// When this membership began, from which the switch counts its points: later than `joined_at` for one who was moved.
    pub(super) entered_at: UnixMs,
    pub(super) extra_score: i64,
    pub(super) state: MemberState,
    pub(super) state_since: Option<UnixMs>,
    pub(super) agent: Option<AgentKey>,
    /// When an agent answered, as far as an event told it.
    pub(super) answered_at: Option<UnixMs>,
    /// What the answer added to today's numbers, should it turn out not to have been one.
    pub(super) counted: Option<CountedAnswer>,
    pub(super) suspicion: Option<Suspicion>,
    pub(super) touched_at: UnixMs,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct CountedAnswer {
    pub(super) wait: DurationMs,
    pub(super) is_in_time: bool,
}

/// Where and when an event happened.
#[derive(Clone, Debug)]
pub(super) struct Moment {
    pub(super) node: NodeName,
    /// The server's clock when the event was received.
    pub(super) at: UnixMs,
    /// The switch's clock when it was made.
    pub(super) happened_at: UnixMs,
}

impl Moment {
    /// Whether this event was overtaken by one of that moment. Dispatch threads of a switch overtake one another by
    /// milliseconds; a clock that is far behind was set back.
    pub(super) fn is_overtaken_by(&self, other: UnixMs) -> bool {
        let behind = other.since(self.happened_at);
        behind.0 > 0 && behind < OVERTAKEN_WITHIN
    }
}

/// What a person chose in SwitchDesk.
#[derive(Clone, Debug)]
pub(super) struct Note {
    pub(super) status: AgentStatus,
    pub(super) reason: Option<ReasonCode>,
    pub(super) set_by: SetBy,
    pub(super) noted_at: UnixMs,
    /// The switch's event has not come yet.
    pub(super) is_pending: bool,
}

/// What an event changed: keys whose rows must be shown anew.
#[derive(Debug, Default)]
pub struct Touched {
    pub(super) nodes: BTreeSet<NodeName>,
    pub(super) queues: BTreeSet<QueueKey>,
    pub(super) agents: BTreeSet<AgentKey>,
    pub(super) members: BTreeSet<MemberKey>,
    /// Callers who left, with their queue.
    pub(super) members_gone: BTreeMap<MemberKey, QueueKey>,
    /// Queues that an agent was taken out of.
    pub(super) tiers_gone: BTreeMap<AgentKey, BTreeSet<QueueKey>>,
    pub(super) is_new_day: bool,
    pub(super) has_reasons: bool,
    /// Agents whose messages are new or read.
    pub(super) messages: BTreeSet<AgentKey>,
    /// What happened, in order, for the record; no part of what is shown.
    pub(super) facts: Vec<Fact>,
}

impl Touched {
    /// Takes the facts out, in order.
    pub fn take_facts(&mut self) -> Vec<Fact> {
        std::mem::take(&mut self.facts)
    }

    /// Whether nothing changed that is shown.
    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
            && self.queues.is_empty()
            && self.agents.is_empty()
            && self.members.is_empty()
            && self.members_gone.is_empty()
            && self.tiers_gone.is_empty()
            && !self.is_new_day
            && !self.has_reasons
            && self.messages.is_empty()
    }
}

impl Board {
    /// A board that counts from `counted_since` on.
    pub fn new(counted_since: UnixMs) -> Self {
        Self { counted_since, now: counted_since, ..Self::default() }
    }

    /// Changes the board by one event and says what it touched. Cannot fail: an event about something unknown makes
    /// it known as far as the event tells, and the next reconcile completes it.
    pub fn apply(&mut self, stamped: Stamped, touched: &mut Touched) {
        let Stamped { node, at, made_at_us, event } = stamped;
        self.now = self.now.max(at);
        // Times of the switch's own epochs and of its events are of one clock; the server's is the second choice.
        let happened_at = made_at_us.map_or(at, UnixMs::from_epoch_us);
        let moment = &Moment { node: node.clone(), at, happened_at };
        if made_at_us.is_some() {
            self.node(&node).heard_at = Some(at);
        }
        match event {
            SwitchEvent::Link(link) => {
                if let LinkState::Lost { since, .. } = link {
                    touched.facts.push(Fact::EventsLost { node: node.clone(), since });
                }
                self.node(&node).link = link;
                touched.nodes.insert(node);
            }
            SwitchEvent::RebuildStarted => {
                // Where the connection held, events were dropped after the last one that came.
                if let Some(since) = self.node(&node).heard_at {
                    touched.facts.push(Fact::EventsLost { node: node.clone(), since });
                }
                self.node(&node).rebuild = Some(Listed::default());
            }
            SwitchEvent::RebuildEnded => {
                self.end_rebuild(&node, touched);
                touched.facts.push(Fact::EventsFlow { node, at });
            }
            SwitchEvent::Heartbeat => touched.facts.push(Fact::Heard { node, at: happened_at }),
            SwitchEvent::QueuesRead(asked_at, rows) => self.read_queues(moment, asked_at, rows, touched),
            SwitchEvent::AgentsRead(asked_at, rows) => self.read_agents(moment, asked_at, rows, touched),
            SwitchEvent::TiersRead(asked_at, rows) => self.read_tiers(moment, asked_at, rows, touched),
            SwitchEvent::MembersRead(asked_at, rows) => self.read_members(moment, asked_at, rows, touched),
            SwitchEvent::ChannelsRead(asked_at, rows) => {
                self.read_channels(moment, asked_at, &rows, touched);
            }
            SwitchEvent::AgentAdded { agent } => {
                let key = AgentKey::new(&node, agent);
                self.agent(&key, at);
                touched.agents.insert(key);
            }
            SwitchEvent::AgentStatusChanged { agent, status } => {
                self.agent_status_changed(moment, AgentKey::new(&node, agent), status, touched);
            }
            SwitchEvent::AgentStateChanged { agent, state } => {
                self.agent_state_changed(moment, AgentKey::new(&node, agent), state, touched);
            }
            SwitchEvent::MemberJoined(caller) => self.member_joined(moment, caller, touched),
            SwitchEvent::MemberResumed(caller) => self.member_resumed(moment, caller, touched),
            SwitchEvent::AgentOffered { agent, caller } => self.agent_offered(moment, agent, caller, touched),
            SwitchEvent::BridgeStarted { agent, caller, joined_at, answered_at } => {
                let answered_at = answered_at.unwrap_or(happened_at);
                self.bridge_started(moment, agent, caller, joined_at, answered_at, touched);
            }
            SwitchEvent::BridgeEnded { agent, caller, joined_at, answered_at, ended_at, is_bridged } => {
                let ended_at = ended_at.unwrap_or(happened_at);
                let talked =
                    is_bridged.then(|| answered_at.map_or(DurationMs(0), |from| ended_at.since(from)));
                self.bridge_ended(moment, agent, caller, joined_at, talked, touched);
            }
            SwitchEvent::OfferFailed { agent, caller, joined_at, cause } => {
                self.offer_failed(moment, agent, caller, joined_at, &cause, touched);
            }
            SwitchEvent::MemberServed { caller, joined_at } => {
                self.member_served(moment, caller, joined_at, touched);
            }
            SwitchEvent::MemberLeft { caller, joined_at, reason } => {
                self.member_left(moment, caller, joined_at, reason, touched);
            }
            SwitchEvent::DisplayNames { queues, agents } => {
                for (name, display_name) in queues {
                    let key = QueueKey::new(&node, name);
                    self.queue_names.insert(key.clone(), display_name);
                    touched.queues.insert(key);
                }
                for (name, display_name) in agents {
                    let key = AgentKey::new(&node, name);
                    self.agent_names.insert(key.clone(), display_name);
                    touched.agents.insert(key);
                }
            }
            SwitchEvent::TargetsSet { queue, targets } => {
                self.targets.insert(queue.clone(), targets);
                touched.queues.insert(queue);
            }
            SwitchEvent::StatusNoted { agent, status, reason, set_by, noted_at } => {
                let note = Note { status, reason, set_by, noted_at, is_pending: true };
                self.notes.insert(AgentKey::new(&node, agent), note);
            }
            SwitchEvent::StatusRefused { agent } => {
                let key = AgentKey::new(&node, agent);
                if self.notes.get(&key).is_some_and(|note| note.is_pending) {
                    self.notes.remove(&key);
                }
            }
            SwitchEvent::WrapUpUntil { agent, until } => {
                self.wrap_up_until(&AgentKey::new(&node, agent), until, at, touched);
            }
            SwitchEvent::WrapUpSet { agent, wrap_up } => {
                self.agent(&AgentKey::new(&node, agent), at).wrap_up = wrap_up;
            }
            SwitchEvent::CallMarked { agent, member_uuid, mark } => {
                self.call_marked(&AgentKey::new(&node, agent), &member_uuid, mark, at, touched);
            }
            SwitchEvent::DeskChanged { agent, is_open } => {
                self.desk_changed(&AgentKey::new(&node, agent), is_open, at, touched);
            }
            SwitchEvent::MessagesChanged { agent } => {
                touched.messages.insert(AgentKey::new(&node, agent));
            }
            SwitchEvent::ReasonsKnown { reasons } => self.reasons_known(reasons, touched),
            SwitchEvent::TodayRestored(restored) => self.today_restored(*restored, touched),
            SwitchEvent::TodayCompleted { queue, missing, agent } => {
                let today = &mut self.queue(&queue).today;
                *today = today.plus(&missing);
                touched.queues.insert(queue);
                if let Some((key, today)) = agent
                    && let Some(agent) = self.agents.get_mut(&key)
                {
                    agent.add_today(&today);
                    touched.agents.insert(key);
                }
            }
            SwitchEvent::IncompleteKnown { intervals } => {
                self.node(&node).incomplete = intervals;
                touched.nodes.insert(node);
            }
            SwitchEvent::Tick { midnight } => self.tick(at, midnight, touched),
            SwitchEvent::MemberMoving { member_uuid, joins_anew } => {
                self.member_moving(moment, member_uuid, joins_anew);
            }
            SwitchEvent::MemberStays { member_uuid } => self.node(&node).moves.stays(&member_uuid),
            SwitchEvent::LogOutPending { agent, wanted_by } => {
                let key = AgentKey::new(&node, agent);
                match wanted_by {
                    Some(name) => drop(self.log_outs.insert(key.clone(), name)),
                    None => drop(self.log_outs.remove(&key)),
                }
                touched.agents.insert(key);
            }
            // Live calls follow these, and the board does not.
            SwitchEvent::Channel(_) | SwitchEvent::ListenModeSet { .. } => {}
        }
    }

    /// When time alone will change something: the end of a wrap-up or of a period of arrivals. Midnight is the
    /// hub's to know, since it depends on the time zone.
    pub fn next_deadline(&self) -> UnixMs {
        let next_period = UnixMs((self.now.0.div_euclid(PERIOD.0) + 1) * PERIOD.0);
        self.agents
            .values()
            .filter_map(|agent| agent.wrap_up_until)
            .min()
            .map_or(next_period, |end| end.min(next_period))
    }

    fn tick(&mut self, at: UnixMs, midnight: UnixMs, touched: &mut Touched) {
        let ended: Vec<AgentKey> = self
            .agents
            .iter()
            .filter(|(_, agent)| agent.wrap_up_until.is_some_and(|end| end <= at))
            .map(|(key, _)| key.clone())
            .collect();
        for key in ended {
            if let Some(agent) = self.agents.get_mut(&key) {
                let end = agent.wrap_up_until.take();
                self.refresh_presence(&key, end.unwrap_or(at), touched);
            }
        }
        let oldest = at.0.div_euclid(PERIOD.0) - 5;
        for (key, queue) in &mut self.queues {
            if !queue.arrivals.is_empty() {
                queue.arrivals = queue.arrivals.split_off(&oldest);
                touched.queues.insert(key.clone());
            }
        }
        for node in self.nodes.values_mut() {
            node.left.retain(|_, left| {
                let kept = if left.abandoned.is_some() { RESUMABLE } else { LISTED };
                at.since(left.at) < kept
            });
        }
        self.midnight = self.midnight.max(midnight);
        if midnight > self.counted_since && midnight <= at {
            self.counted_since = midnight;
            self.agents_today.clear();
            self.breaks_today.clear();
            touched.is_new_day = true;
            for (key, queue) in &mut self.queues {
                queue.today = QueueToday::default();
                touched.queues.insert(key.clone());
            }
            for (key, agent) in &mut self.agents {
                (agent.answered_today, agent.missed_today, agent.talk_today) = (0, 0, DurationMs(0));
                touched.agents.insert(key.clone());
            }
            for member in self.members.values_mut() {
                // Answered yesterday: today's numbers have nothing to take back.
                member.counted = None;
            }
        }
    }

    /// Adds what the record knows of today from before this start of SwitchDesk.
    fn today_restored(&mut self, restored: TodayRestored, touched: &mut Touched) {
        let TodayRestored { midnight, counted_since, queues, agents, breaks, arrivals } = restored;
        if self.midnight > midnight {
            // Read before midnight, and arrived after it.
            return;
        }
        self.counted_since = counted_since;
        touched.is_new_day = true;
        for (key, today) in queues {
            let queue = self.queue(&key);
            queue.today = queue.today.plus(&today);
            touched.queues.insert(key);
        }
        self.breaks_restored(breaks);
        for (key, joined_at) in arrivals {
            *self.queue(&key).arrivals.entry(joined_at.0.div_euclid(PERIOD.0)).or_default() += 1;
            touched.queues.insert(key);
        }
        for (key, today) in agents {
            match self.agents.get_mut(&key) {
                Some(agent) => agent.add_today(&today),
                // The switch has not been asked yet.
                None => drop(self.agents_today.insert(key.clone(), today)),
            }
            touched.agents.insert(key);
        }
    }

    pub(super) fn node(&mut self, name: &NodeName) -> &mut Node {
        self.nodes.entry(name.clone()).or_insert_with(|| Node {
            link: LinkState::Connecting,
            corrections: 0,
            rebuilds: 0,
            rebuild: None,
            suspects: Suspects::default(),
            left: HashMap::new(),
            moves: Moves::default(),
            heard_at: None,
            incomplete: Vec::new(),
        })
    }

    /// Total of corrections and rebuilds over all nodes.
    pub fn corrections(&self) -> u64 {
        self.nodes.values().map(|node| node.corrections).sum()
    }

    /// What a queue's calls are measured against, and how long an agent wraps up.
    pub fn measures(&self, queue: &QueueKey, agent: Option<&AgentKey>) -> (QueueTargets, DurationMs) {
        let targets = self.targets.get(queue).cloned().unwrap_or_default();
        let agent = agent.and_then(|agent| self.agents.get(agent));
        (targets, agent.map(|agent| agent.wrap_up).unwrap_or_default())
    }

    /// How long an agent wraps up.
    pub fn wrap_up(&self, agent: &AgentKey) -> Option<DurationMs> {
        self.agents.get(agent).map(|agent| agent.wrap_up)
    }

    /// The queues of that name on all nodes.
    pub fn queues_named(&self, name: &str) -> Vec<QueueKey> {
        self.queues.keys().filter(|key| key.name == name).cloned().collect()
    }
}
