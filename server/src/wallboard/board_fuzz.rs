//! The board against a small model of a switch whose events are lost, repeated and overtaken: whatever happened, lists
//! bring the board back to what the switch has, its numbers are those of the facts that it said, and a reader who follows
//! the changes sees what the board shows.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use app::model::agent::{AgentState, AgentStatus};
use app::model::board::{BoardView, Change, MemberState};
use app::model::ids::{AgentKey, MemberKey, NodeName, QueueKey};
use app::model::metrics::CallOutcome;
use app::model::time::{DurationMs, UnixMs};
use app::model::wall::Scope;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};

use super::board::{Board, Touched};
use super::facts::{CallKey, Fact};
use crate::fuzz::check;
use crate::switch::callcenter::{AgentRecord, MemberRecord, QueueRecord, TierRecord};
use crate::switch::event::{Caller, CancelReason, Stamped, SwitchEvent};

/// 2026-11-22T23:55:00Z, so that midnight may come in between.
const START: UnixMs = UnixMs(1_795_391_700_000);
const DAY_MS: i64 = 86_400_000;
const QUEUES: [&str; 2] = ["sales@default", "support@default"];
/// Comes and goes.
const RARE: &str = "rare@default";

/// What happens at the switch; an index picks among those that it can happen to.
#[derive(Clone, Debug)]
enum Step {
    Join(Index),
    Offer(Index, Index),
    Answer(Index),
    Fail(Index, bool),
    End(Index, bool),
    Leave(Index, CancelReason),
    Resume(Index),
    Status(Index, AgentStatus),
    State(Index, AgentState),
    /// No event tells of these.
    RemoveAgent(Index),
    Tier(Index, Index),
    RareQueue(bool),
    AddAgent,
    Wait(i64),
    /// The lists are asked for now and arrive after some more steps.
    Ask,
    ListsArrive,
    Rebuild,
}

/// What becomes of an event on its way.
#[derive(Clone, Copy, Debug)]
enum Fate {
    Arrives,
    IsLost,
    ComesTwice,
    /// The next one overtakes it.
    IsOvertaken,
}

fn step() -> impl Strategy<Value = (Step, Fate)> {
    let index = any::<Index>;
    let statuses = select(AgentStatus::ALL.to_vec());
    let states =
        select(vec![AgentState::Waiting, AgentState::Receiving, AgentState::InQueueCall, AgentState::Idle]);
    let reasons = select(vec![
        CancelReason::TimedOut,
        CancelReason::NoAgent,
        CancelReason::BrokeOut,
        CancelReason::ExitKey,
    ]);
    let step = prop_oneof![
        6 => index().prop_map(Step::Join),
        6 => (index(), index()).prop_map(|(member, agent)| Step::Offer(member, agent)),
        6 => index().prop_map(Step::Answer),
        2 => (index(), any::<bool>()).prop_map(|(member, is_missed)| Step::Fail(member, is_missed)),
        5 => (index(), proptest::bool::weighted(0.8)).prop_map(|(member, is_bridged)| Step::End(member, is_bridged)),
        3 => (index(), reasons).prop_map(|(member, reason)| Step::Leave(member, reason)),
        3 => index().prop_map(Step::Resume),
        2 => (index(), statuses).prop_map(|(agent, status)| Step::Status(agent, status)),
        1 => (index(), states).prop_map(|(agent, state)| Step::State(agent, state)),
        1 => index().prop_map(Step::RemoveAgent),
        1 => (index(), index()).prop_map(|(agent, queue)| Step::Tier(agent, queue)),
        1 => any::<bool>().prop_map(Step::RareQueue),
        1 => Just(Step::AddAgent),
        4 => (1..90_000_i64).prop_map(Step::Wait),
        2 => Just(Step::Ask),
        2 => Just(Step::ListsArrive),
        1 => Just(Step::Rebuild),
    ];
    let fate = prop_oneof![
        8 => Just(Fate::Arrives),
        1 => Just(Fate::IsLost),
        1 => Just(Fate::ComesTwice),
        1 => Just(Fate::IsOvertaken),
    ];
    (step, fate)
}

/// What the switch has.
#[derive(Clone, Debug, Default)]
struct Switch {
    queues: BTreeSet<&'static str>,
    agents: BTreeMap<String, Agent>,
    members: BTreeMap<String, Member>,
    abandoned: BTreeMap<String, Member>,
    born: usize,
}

#[derive(Clone, Debug)]
struct Agent {
    status: AgentStatus,
    state: AgentState,
    tiers: BTreeSet<&'static str>,
}

#[derive(Clone, Debug)]
struct Member {
    queue: &'static str,
    state: MemberState,
    agent: Option<String>,
    joined_at: UnixMs,
}

/// The four lists.
type Lists = [SwitchEvent; 4];

impl Switch {
    fn lists(&self, asked_at: UnixMs) -> Lists {
        let queues = self.queues.iter().map(|name| QueueRecord {
            name: (*name).to_owned(),
            strategy: "longest-idle-agent".to_owned(),
            resumes_abandoned: false,
        });
        let agents = self.agents.iter().map(|(name, agent)| AgentRecord {
            name: name.clone(),
            status: agent.status,
            state: Some(agent.state),
            wrap_up_s: 10,
            last_bridge_start: None,
            last_bridge_end: None,
            last_offered_call: None,
            last_status_change: Some(START),
            channel_uuid: String::new(),
            contact: format!("user/{name}"),
        });
        let tiers = self.agents.iter().flat_map(|(name, agent)| {
            agent.tiers.iter().map(|queue| TierRecord {
                queue: (*queue).to_owned(),
                agent: name.clone(),
                level: 1,
                position: 1,
                is_open: agent.state == AgentState::Waiting,
            })
        });
        let members = self.members.iter().map(|(uuid, member)| MemberRecord {
            queue: member.queue.to_owned(),
            uuid: uuid.clone(),
            session_uuid: format!("session-{uuid}"),
            caller_number: "13800138000".to_owned(),
            caller_name: "张三".to_owned(),
            // The lists have whole seconds.
            joined_at: UnixMs(member.joined_at.0 / 1000 * 1000),
            extra_score: 0,
            serving_agent: member.agent.clone(),
            state: member.state,
            bridged_at: None,
        });
        [
            SwitchEvent::QueuesRead(asked_at, queues.collect()),
            SwitchEvent::AgentsRead(asked_at, agents.collect()),
            SwitchEvent::TiersRead(asked_at, tiers.collect()),
            SwitchEvent::MembersRead(asked_at, members.collect()),
        ]
    }

    /// What happens, and the events that the switch fires for it.
    fn does(&mut self, step: &Step, now: UnixMs) -> Vec<SwitchEvent> {
        self.try_to(step, now).unwrap_or_default()
    }

    fn try_to(&mut self, step: &Step, now: UnixMs) -> Option<Vec<SwitchEvent>> {
        match step {
            Step::Join(queue) => {
                self.born += 1;
                let uuid = format!("m{}", self.born);
                let queues: Vec<&'static str> = self.queues.iter().copied().collect();
                let queue = queues[queue.index(queues.len())];
                let member = Member { queue, state: MemberState::Waiting, agent: None, joined_at: now };
                let event = SwitchEvent::MemberJoined(member.caller(&uuid));
                self.members.insert(uuid, member);
                Some(vec![event])
            }
            Step::Offer(member, agent) => {
                let free: Vec<String> = self
                    .agents
                    .iter()
                    .filter(|(_, agent)| {
                        agent.status == AgentStatus::Available && agent.state == AgentState::Waiting
                    })
                    .map(|(name, _)| name.clone())
                    .collect();
                let name = free.get(agent.index(free.len().max(1)))?.clone();
                let (uuid, member) = self.pick(*member, MemberState::Waiting)?;
                member.state = MemberState::Trying;
                member.agent = Some(name.clone());
                let caller = member.caller(&uuid);
                let state = self.becomes(&name, AgentState::Receiving);
                Some([state, vec![SwitchEvent::AgentOffered { agent: name, caller }]].concat())
            }
            Step::Answer(member) => {
                let (uuid, member) = self.pick(*member, MemberState::Trying)?;
                member.state = MemberState::Answered;
                let (agent, caller) = (member.agent.clone()?, member.caller(&uuid));
                let event = SwitchEvent::BridgeStarted {
                    agent: agent.clone(),
                    caller,
                    joined_at: UnixMs::from_epoch_s(member.joined_at.0 / 1000),
                    answered_at: UnixMs::from_epoch_s(now.0 / 1000),
                };
                Some([vec![event], self.becomes(&agent, AgentState::InQueueCall)].concat())
            }
            Step::Fail(member, is_missed) => {
                let (uuid, member) = self.pick(*member, MemberState::Trying)?;
                member.state = MemberState::Waiting;
                let (agent, caller) = (member.agent.take()?, member.caller(&uuid));
                let cause = if *is_missed { "ALLOTTED_TIMEOUT" } else { "LOSE_RACE" }.to_owned();
                let event = SwitchEvent::OfferFailed { agent: agent.clone(), caller, joined_at: None, cause };
                Some([vec![event], self.becomes(&agent, AgentState::Waiting)].concat())
            }
            Step::End(member, is_bridged) => {
                let (uuid, member) = self.pick(*member, MemberState::Answered)?;
                let (agent, caller) = (member.agent.clone()?, member.caller(&uuid));
                let joined_at = UnixMs::from_epoch_s(member.joined_at.0 / 1000);
                let mut events = vec![SwitchEvent::BridgeEnded {
                    agent: agent.clone(),
                    caller: caller.clone(),
                    joined_at,
                    answered_at: Some(now),
                    ended_at: Some(now),
                    is_bridged: *is_bridged,
                }];
                if *is_bridged {
                    self.members.remove(&uuid);
                    events.push(SwitchEvent::MemberServed { caller, joined_at });
                } else {
                    member.state = MemberState::Waiting;
                    member.agent = None;
                }
                events.extend(self.becomes(&agent, AgentState::Waiting));
                Some(events)
            }
            Step::Leave(member, reason) => {
                let (uuid, member) = self.pick(*member, MemberState::Waiting)?;
                let member = member.clone();
                self.members.remove(&uuid);
                let caller = member.caller(&uuid);
                let joined_at = UnixMs::from_epoch_s(member.joined_at.0 / 1000);
                if *reason == CancelReason::BrokeOut {
                    self.abandoned.insert(uuid, member);
                }
                Some(vec![SwitchEvent::MemberLeft { caller, joined_at, reason: *reason }])
            }
            Step::Resume(member) => {
                let uuid = self.abandoned.keys().nth(member.index(self.abandoned.len().max(1)))?.clone();
                let member = self.abandoned.remove(&uuid)?;
                let event = SwitchEvent::MemberResumed(member.caller(&uuid));
                self.members.insert(uuid, member);
                Some(vec![event])
            }
            Step::Status(agent, status) => {
                let (name, agent) = self.agent(*agent)?;
                agent.status = *status;
                Some(vec![SwitchEvent::AgentStatusChanged { agent: name, status: *status }])
            }
            Step::State(agent, state) => {
                let (name, _) = self.agent(*agent)?;
                Some(self.becomes(&name, *state))
            }
            Step::RemoveAgent(agent) => {
                let (name, _) = self.agent(*agent)?;
                let is_serving = self.members.values().any(|member| member.agent.as_ref() == Some(&name));
                if !is_serving {
                    self.agents.remove(&name);
                }
                None
            }
            Step::Tier(agent, queue) => {
                let queue = QUEUES[queue.index(QUEUES.len())];
                let (_, agent) = self.agent(*agent)?;
                if !agent.tiers.remove(queue) {
                    agent.tiers.insert(queue);
                }
                None
            }
            Step::RareQueue(is_there) => {
                if *is_there {
                    self.queues.insert(RARE);
                } else if !self.members.values().any(|member| member.queue == RARE) {
                    self.queues.remove(RARE);
                    self.abandoned.retain(|_, member| member.queue != RARE);
                }
                None
            }
            Step::AddAgent => {
                self.born += 1;
                let name = format!("{}@default", 2000 + self.born);
                let agent = Agent {
                    status: AgentStatus::LoggedOut,
                    state: AgentState::Waiting,
                    tiers: BTreeSet::new(),
                };
                self.agents.insert(name.clone(), agent);
                Some(vec![SwitchEvent::AgentAdded { agent: name }])
            }
            Step::Wait(_) | Step::Ask | Step::ListsArrive | Step::Rebuild => None,
        }
    }

    fn pick(&mut self, index: Index, state: MemberState) -> Option<(String, &mut Member)> {
        let uuids: Vec<String> = self
            .members
            .iter()
            .filter(|(_, member)| member.state == state)
            .map(|(uuid, _)| uuid.clone())
            .collect();
        let uuid = uuids.get(index.index(uuids.len().max(1)))?.clone();
        let member = self.members.get_mut(&uuid)?;
        Some((uuid, member))
    }

    fn agent(&mut self, index: Index) -> Option<(String, &mut Agent)> {
        let name = self.agents.keys().nth(index.index(self.agents.len().max(1)))?.clone();
        let agent = self.agents.get_mut(&name)?;
        Some((name, agent))
    }

    fn becomes(&mut self, agent: &str, state: AgentState) -> Vec<SwitchEvent> {
        let Some(known) = self.agents.get_mut(agent) else { return Vec::new() };
        known.state = state;
        vec![SwitchEvent::AgentStateChanged { agent: agent.to_owned(), state }]
    }
}

impl Member {
    fn caller(&self, uuid: &str) -> Caller {
        Caller {
            queue: self.queue.to_owned(),
            member_uuid: uuid.to_owned(),
            session_uuid: format!("session-{uuid}"),
            name: "张三".to_owned(),
            number: "13800138000".to_owned(),
        }
    }
}

/// Who follows the changes of a scope.
#[derive(Debug)]
struct Copy {
    scope: Scope,
    view: BoardView,
}

/// What the facts add up to since midnight.
#[derive(Debug, Default)]
struct Tally {
    queues: HashMap<CallKey, String>,
    counted: HashMap<CallKey, Vec<CallOutcome>>,
}

/// The switch, the board, and who looks at it.
#[derive(Debug)]
struct World {
    switch: Switch,
    board: Board,
    node: NodeName,
    now: UnixMs,
    midnight: UnixMs,
    asked: Option<Lists>,
    late: Vec<(UnixMs, SwitchEvent)>,
    copies: Vec<Copy>,
    tally: Tally,
}

impl World {
    fn new() -> Self {
        let mut switch = Switch { queues: QUEUES.into(), ..Switch::default() };
        for (name, status) in [
            ("1001@default", AgentStatus::Available),
            ("1002@default", AgentStatus::Available),
            ("1003@default", AgentStatus::OnBreak),
        ] {
            let agent = Agent { status, state: AgentState::Waiting, tiers: QUEUES.into() };
            switch.agents.insert(name.to_owned(), agent);
        }
        let node = NodeName::new("fs-1");
        let support = Scope::Queues(vec![QueueKey::new(&node, QUEUES[1])]);
        let team = Scope::of_teams(
            vec![QueueKey::new(&node, QUEUES[0])],
            vec![AgentKey::new(&node, "1002@default")],
        );
        let copy = |scope| Copy { scope, view: BoardView { counted_since: START, ..BoardView::default() } };
        let mut world = Self {
            switch,
            board: Board::new(START),
            node,
            now: START,
            midnight: UnixMs(START.0 / DAY_MS * DAY_MS),
            asked: None,
            late: Vec::new(),
            copies: [Scope::All, support, team].map(copy).into(),
            tally: Tally::default(),
        };
        world.rebuild();
        world
    }

    fn goes_on(&mut self, step: &Step, fate: Fate) {
        match step {
            Step::Wait(milliseconds) => self.wait(*milliseconds),
            Step::Ask => {
                self.wait(1);
                self.asked = Some(self.switch.lists(self.now));
                self.wait(1);
            }
            Step::ListsArrive => {
                if let Some(lists) = self.asked.take() {
                    self.receive(lists);
                }
            }
            Step::Rebuild => self.rebuild(),
            _ => {
                self.wait(1);
                for event in self.switch.does(step, self.now) {
                    self.fire(event, fate);
                }
            }
        }
    }

    /// Passes time as the hub does: what only time changes happens when it is due.
    fn wait(&mut self, milliseconds: i64) {
        let until = self.now + DurationMs(milliseconds);
        while self.board.next_deadline() <= until {
            self.now = self.now.max(self.board.next_deadline());
            self.midnight = UnixMs(self.now.0 / DAY_MS * DAY_MS);
            self.apply(self.now, None, SwitchEvent::Tick { midnight: self.midnight });
        }
        self.now = until;
    }

    fn fire(&mut self, event: SwitchEvent, fate: Fate) {
        let made_at = self.now;
        match fate {
            Fate::Arrives => self.arrive(made_at, event),
            Fate::IsLost => {}
            Fate::ComesTwice => {
                self.arrive(made_at, event.clone());
                self.arrive(made_at, event);
            }
            Fate::IsOvertaken => self.late.push((made_at, event)),
        }
    }

    fn arrive(&mut self, made_at: UnixMs, event: SwitchEvent) {
        self.apply(self.now, Some(made_at), event);
        for (made_at, late) in std::mem::take(&mut self.late) {
            self.apply(self.now, Some(made_at), late);
        }
    }

    fn receive(&mut self, lists: Lists) {
        for event in lists {
            self.apply(self.now, None, event);
        }
    }

    /// No event comes before the lists have been read.
    fn rebuild(&mut self) {
        self.late.clear();
        self.asked = None;
        self.wait(1);
        self.apply(self.now, None, SwitchEvent::RebuildStarted);
        self.receive(self.switch.lists(self.now));
        self.apply(self.now, None, SwitchEvent::RebuildEnded);
    }

    fn reconcile(&mut self) {
        self.wait(10_000);
        self.receive(self.switch.lists(self.now));
    }

    fn apply(&mut self, at: UnixMs, made_at: Option<UnixMs>, event: SwitchEvent) {
        let mut touched = Touched::default();
        let made_at_us = made_at.map(|at| at.0 * 1000);
        self.board.apply(Stamped { node: self.node.clone(), at, made_at_us, event }, &mut touched);
        if touched.is_new_day {
            self.tally.counted.clear();
        }
        for fact in touched.take_facts() {
            self.tally.add(fact);
        }
        for scoped in self.board.changes(&touched) {
            for copy in &mut self.copies {
                if scoped.audience.includes(&copy.scope) {
                    copy.apply(scoped.change.clone().narrowed(&copy.scope));
                }
            }
        }
    }

    fn check_readers(&self) -> Result<(), TestCaseError> {
        for copy in &self.copies {
            let mut expected = self.board.view().scoped(&copy.scope);
            expected.members.sort_by(|one, other| one.key.cmp(&other.key));
            prop_assert_eq!(&copy.view, &expected, "a reader of {:?}", copy.scope);
        }
        Ok(())
    }

    fn check_numbers(&self) -> Result<(), TestCaseError> {
        for row in self.board.view().queues {
            let today = row.today;
            prop_assert!(today.answered_in_time <= today.answered, "{today:?}");
            prop_assert!(today.abandoned_short.max(today.abandoned_in_time) <= today.abandoned, "{today:?}");
            prop_assert!(today.answer_wait_ms >= 0 && today.handle_ms >= 0, "{today:?}");
            if row.key.name != RARE {
                let outcomes = self.tally.outcomes_of(&row.key.name);
                prop_assert_eq!(today.offered() as usize, outcomes, "{:?}", today);
            }
        }
        Ok(())
    }

    /// What the board has is what the switch has.
    fn check_ghosts(&self) -> Result<(), TestCaseError> {
        let view = self.board.view();
        let queues: BTreeSet<&str> = view.queues.iter().map(|row| row.key.name.as_str()).collect();
        prop_assert_eq!(&queues, &self.switch.queues);

        let agents: BTreeMap<&str, _> = view
            .agents
            .iter()
            .map(|row| {
                let tiers: BTreeSet<&str> = row.tiers.iter().map(|tier| tier.queue.name.as_str()).collect();
                (row.key.name.as_str(), (row.status, tiers))
            })
            .collect();
        let expected: BTreeMap<&str, _> = self
            .switch
            .agents
            .iter()
            .map(|(name, agent)| {
                (name.as_str(), (agent.status, agent.tiers.iter().copied().collect::<BTreeSet<&str>>()))
            })
            .collect();
        prop_assert_eq!(agents, expected);
        for (name, agent) in &self.switch.agents {
            let key = AgentKey::new(&self.node, name.clone());
            prop_assert_eq!(self.board.agents.get(&key).and_then(|known| known.state), Some(agent.state));
        }

        let answered_by = |state, agent: Option<&str>| {
            if state == MemberState::Answered { agent.map(str::to_owned) } else { None }
        };
        let members: BTreeMap<MemberKey, _> = view
            .members
            .iter()
            .map(|row| {
                let agent = row.agent.as_ref().map(|agent| agent.name.as_str());
                (row.key.clone(), (row.queue.name.as_str(), row.state, answered_by(row.state, agent)))
            })
            .collect();
        let expected: BTreeMap<MemberKey, _> = self
            .switch
            .members
            .iter()
            .map(|(uuid, member)| {
                let agent = answered_by(member.state, member.agent.as_deref());
                (MemberKey::new(&self.node, uuid.clone()), (member.queue, member.state, agent))
            })
            .collect();
        prop_assert_eq!(members, expected);
        for row in &view.queues {
            let waiting = self
                .switch
                .members
                .values()
                .filter(|member| member.queue == row.key.name && member.state != MemberState::Answered);
            prop_assert_eq!(row.waiting as usize, waiting.count());
        }
        Ok(())
    }
}

impl Copy {
    fn apply(&mut self, change: Change) {
        let view = &mut self.view;
        match change {
            Change::Node(row) => put(&mut view.nodes, row, |row| &row.node),
            Change::Queue(row) => put(&mut view.queues, row, |row| &row.key),
            Change::QueueGone(key) => view.queues.retain(|row| row.key != key),
            Change::Agent(row) => put(&mut view.agents, *row, |row| &row.key),
            Change::AgentGone(key) => view.agents.retain(|row| row.key != key),
            Change::Member(row) => put(&mut view.members, row, |row| &row.key),
            Change::MemberGone(key, _) => view.members.retain(|row| row.key != key),
            Change::Messages(_) => {}
            Change::Reasons(reasons) => view.reasons = reasons,
            Change::CountedSince(at) => view.counted_since = at,
        }
    }
}

fn put<R, K: Ord>(rows: &mut Vec<R>, row: R, key: impl Fn(&R) -> &K) {
    match rows.binary_search_by(|other| key(other).cmp(key(&row))) {
        Ok(place) => rows[place] = row,
        Err(place) => rows.insert(place, row),
    }
}

impl Tally {
    fn add(&mut self, fact: Fact) {
        match fact {
            Fact::CallJoined { call, queue, .. } => drop(self.queues.insert(call, queue)),
            Fact::Answered { call, .. } => self.counted.entry(call).or_default().push(CallOutcome::Answered),
            Fact::AnswerTakenBack { call } => self.take_back(&call, CallOutcome::Answered),
            Fact::CallResumed { call, .. } => self.take_back(&call, CallOutcome::Abandoned),
            // Said when the agent answered.
            Fact::CallEnded { outcome: CallOutcome::Answered, .. } => {}
            Fact::CallEnded { call, outcome, .. } => self.counted.entry(call).or_default().push(outcome),
            _ => {}
        }
    }

    /// What was counted yesterday cannot be taken back today.
    fn take_back(&mut self, call: &CallKey, outcome: CallOutcome) {
        if let Some(counted) = self.counted.get_mut(call)
            && let Some(place) = counted.iter().position(|other| *other == outcome)
        {
            counted.remove(place);
        }
    }

    fn outcomes_of(&self, queue: &str) -> usize {
        let of_queue = |call: &CallKey| self.queues.get(call).is_some_and(|other| other == queue);
        self.counted.iter().filter(|(call, _)| of_queue(call)).map(|(_, outcomes)| outcomes.len()).sum()
    }
}

#[test]
fn lists_bring_the_board_back_whatever_became_of_the_events() {
    let cases = (vec(step(), 1..60), any::<bool>());
    check(file!(), &cases, |(steps, by_rebuild)| {
        let mut world = World::new();
        for (step, fate) in &steps {
            world.goes_on(step, *fate);
            world.check_readers()?;
            world.check_numbers()?;
        }
        if by_rebuild {
            world.rebuild();
        } else {
            world.reconcile();
            world.reconcile();
            // A queue that lost its callers only now is found to be gone when the queues are read next.
            world.reconcile();
        }
        world.check_readers()?;
        world.check_numbers()?;
        world.check_ghosts()
    });
}

#[test]
fn every_caller_ends_in_one_way_where_no_event_is_lost() {
    let fate = prop_oneof![6 => Just(Fate::Arrives), 1 => Just(Fate::ComesTwice)];
    let steps = vec((step(), fate).prop_map(|((step, _), fate)| (step, fate)), 1..80);
    check(file!(), &steps, |steps| {
        let mut world = World::new();
        for (step, fate) in &steps {
            world.goes_on(step, *fate);
        }
        for (call, outcomes) in &world.tally.counted {
            prop_assert!(outcomes.len() <= 1, "{call:?} ended as {outcomes:?}");
        }
        // Of tiers and deletions no event tells.
        world.reconcile();
        prop_assert_eq!(world.board.corrections(), 0, "what was right was corrected");
        world.check_ghosts()
    });
}
