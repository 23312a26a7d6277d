//! A demo switch that lives, the node that follows it, the hub that shows it, and a tap between the two.

use std::cell::Cell;
use std::collections::BTreeSet;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use app::model::agent::Presence;
use app::model::board::{BoardView, LinkProblem, LinkState, MemberState};
use app::model::ids::NodeName;
use app::model::time::UnixMs;
use app::model::wall::Scope;
use demo_switch::world::rates::Rate;
use demo_switch::{DemoSwitch, Options};
use jiff::tz::TimeZone;
use server::clock::now;
use server::esl::{Node, NodeSettings};
use server::switch::event::{Stamped, SwitchEvent};
use server::wallboard::hub::Hub;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

/// Nothing that is waited for takes longer.
const PATIENCE: Duration = Duration::from_secs(120);
/// Callers' joining is an instant in events and, in lists, the whole second before it and before the switch's last tick.
const JOINED_WITHIN_MS: i64 = 2_000;
/// Columns of `queue list members`, and the caller's name among them.
const MEMBER_COLUMNS: usize = 17;
const MEMBER_NAME: usize = 5;

/// What the node has told so far.
#[derive(Clone, Debug, Default)]
pub struct Seen {
    pub links: Vec<LinkState>,
    pub rebuilds: usize,
    /// When each list was asked for: queues, agents, tiers, members.
    pub asked: [Vec<UnixMs>; 4],
    /// Everything else.
    pub events: usize,
    /// Agents that were added while events flowed.
    pub added: Vec<String>,
}

impl Seen {
    fn note(&mut self, event: &SwitchEvent) {
        match event {
            SwitchEvent::Link(link) => self.links.push(link.clone()),
            SwitchEvent::RebuildStarted => self.rebuilds += 1,
            SwitchEvent::QueuesRead(at, _) => self.asked[0].push(*at),
            SwitchEvent::AgentsRead(at, _) => self.asked[1].push(*at),
            SwitchEvent::TiersRead(at, _) => self.asked[2].push(*at),
            SwitchEvent::MembersRead(at, _) => self.asked[3].push(*at),
            SwitchEvent::AgentAdded { agent } => self.added.push(agent.clone()),
            _ => self.events += 1,
        }
    }

    /// Reconciles that began after a moment: the fewest times that any of the lists was asked for.
    fn reconciles_after(&self, moment: UnixMs) -> usize {
        self.asked.iter().map(|asked| asked.iter().filter(|at| **at > moment).count()).min().unwrap_or(0)
    }

    /// For the message of a test that fails.
    fn summary(&self) -> impl fmt::Debug {
        (self.links.clone(), self.rebuilds, self.asked.each_ref().map(Vec::len), self.events)
    }

    pub fn lists(&self) -> usize {
        self.asked.iter().map(Vec::len).sum()
    }

    pub fn is_live(&self) -> bool {
        self.links.last() == Some(&LinkState::Live)
    }

    /// Whether a loss for that reason was ever told.
    pub fn has_told(&self, reason: LinkProblem) -> bool {
        self.links.iter().filter_map(problem).any(|told| told == reason)
    }
}

pub fn problem(link: &LinkState) -> Option<LinkProblem> {
    match link {
        LinkState::Lost { problem, .. } => Some(*problem),
        _ => None,
    }
}

pub struct Rig {
    pub switch: DemoSwitch,
    pub hub: Hub,
    pub node: Node,
    name: NodeName,
    seen: Arc<Mutex<Seen>>,
    cancel: CancellationToken,
    markers: usize,
    /// Links that were told before the last fault.
    links_before: Cell<usize>,
}

impl Rig {
    /// A busy small center, followed until it is live.
    pub async fn living(name: &str) -> Self {
        let options = Options {
            agents: 12,
            queues: 3,
            life: true,
            event_rate: Some(60.0),
            heartbeat_seconds: 1.0,
            journal: true,
            ..Options::default()
        };
        let switch = DemoSwitch::start(options).await.unwrap();
        // The end of a wrap-up is a matter of time, not of lists.
        switch.set_rate(Rate::WrapUpSeconds, 0.0);
        Self::follow(name, switch, Duration::from_millis(200)).await
    }

    /// Nothing happens but what a test says.
    pub async fn still(name: &str) -> Self {
        let options = Options { agents: 4, queues: 2, heartbeat_seconds: 1.0, ..Options::default() };
        let switch = DemoSwitch::start(options).await.unwrap();
        Self::follow(name, switch, Duration::from_millis(200)).await
    }

    pub async fn follow(name: &str, switch: DemoSwitch, reconcile_every: Duration) -> Self {
        let cancel = CancellationToken::new();
        let (hub, _) = Hub::start("test".into(), TimeZone::UTC, cancel.clone());
        let name = NodeName::new(name);
        let settings = NodeSettings {
            reconcile_every,
            heartbeat_timeout: Duration::from_secs(5),
            first_retry: Duration::from_millis(1),
            longest_retry: Duration::from_millis(10),
            ..NodeSettings::new(name.clone(), switch.address().to_string(), "ClueCon")
        };
        let seen = Arc::new(Mutex::new(Seen::default()));
        let (sink, told) = mpsc::channel(1_000);
        tokio::spawn(tap(told, hub.inbox(), Arc::clone(&seen)));
        let node = Node::start(settings, sink, cancel.clone());
        let rig = Self { switch, hub, node, name, seen, cancel, markers: 0, links_before: Cell::new(0) };
        rig.until("the switch is live", Seen::is_live).await;
        rig
    }

    pub fn fault(&self, words: &str) {
        self.links_before.set(self.seen().links.len());
        assert_eq!(self.switch.api(&format!("demo fault {words}")), "+OK\n", "{words}");
    }

    /// A copy: two of them in one expression must not wait for each other.
    pub fn seen(&self) -> Seen {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Waits for what the node tells.
    pub async fn until(&self, what: &str, holds: impl Fn(&Seen) -> bool) {
        self.look(what, || holds(&self.seen.lock().unwrap_or_else(PoisonError::into_inner))).await;
    }

    /// Waits for a condition.
    pub async fn look(&self, what: &str, holds: impl Fn() -> bool) {
        let mut pause = tokio::time::interval(Duration::from_millis(5));
        let waited = tokio::time::timeout(PATIENCE, async {
            while !holds() {
                pause.tick().await;
            }
        });
        assert!(waited.await.is_ok(), "never came true: {what}; {:?}", self.seen().summary());
    }

    /// Waits until a loss has been reported since the last fault, and gives its cause.
    pub async fn lost(&self) -> LinkProblem {
        let problem = |seen: &Seen| seen.links[self.links_before.get()..].iter().find_map(problem);
        self.until("the switch is lost", |seen| problem(seen).is_some()).await;
        problem(&self.seen()).unwrap()
    }

    /// Lets so much happen in the switch, whatever is heard of it.
    pub async fn lives(&self, entries: usize) {
        let from = self.switch.journal().len();
        self.look("the switch lives", || self.switch.journal().len() >= from + entries).await;
    }

    /// Ends the faults, stops the world, lets everything arrive that is under way, and compares the board with the
    /// switch's lists after two reconciles.
    pub async fn recovers(&mut self) {
        self.switch.api("demo freeze");
        self.fault("off");
        let marker = self.drained().await;
        let drained_at = now();
        self.until("two reconciles", |seen| seen.reconciles_after(drained_at) >= 2).await;
        self.applied(&marker).await;
        let board = self.board();
        let (shown, listed) = (shown(&board), listed(&self.switch));
        let difference: Vec<_> = shown.symmetric_difference(&listed).collect();
        assert!(difference.is_empty(), "{difference:#?}\n{:?}", self.seen().summary());
        assert_callers_joined(&board, &self.switch);
        assert!(self.seen().is_live());
    }

    /// Waits until the last event has arrived: an agent is added after all others, and seen by its event. Where that is
    /// lost with its connection, or dropped before a rebuild, another one is added.
    async fn drained(&mut self) -> String {
        loop {
            self.until("the switch is live again", Seen::is_live).await;
            let (links, rebuilds) = (self.seen().links.len(), self.seen().rebuilds);
            self.markers += 1;
            let marker = format!("marker-{}@default", self.markers);
            let add = format!("callcenter_config agent add {marker} callback");
            assert_eq!(self.switch.api(&add), "+OK\n");
            let is_here = |seen: &Seen| seen.added.contains(&marker);
            self.until("the last event has arrived", |seen| {
                is_here(seen) || (seen.links.len(), seen.rebuilds) != (links, rebuilds)
            })
            .await;
            if is_here(&self.seen()) {
                return marker;
            }
        }
    }

    /// Waits until the hub has applied everything that it was sent.
    async fn applied(&self, marker: &str) {
        let name = format!("{marker} is known by this name");
        let agents = vec![(marker.to_owned(), name.clone())];
        self.hub.send(&self.name, SwitchEvent::DisplayNames { queues: vec![], agents }).await;
        self.look("the hub has applied everything", || {
            self.board().agents.iter().any(|agent| agent.display_name == name)
        })
        .await;
    }

    pub fn board(&self) -> BoardView {
        self.hub.snapshot(&Scope::All).board
    }

    /// Ends the node: threads and sockets are gone.
    pub async fn stop(self) {
        self.cancel.cancel();
        self.node.stopped().await;
    }
}

/// Passes on what the node tells, in order and with its back pressure.
async fn tap(mut told: mpsc::Receiver<Stamped>, inbox: mpsc::Sender<Stamped>, seen: Arc<Mutex<Seen>>) {
    while let Some(stamped) = told.recv().await {
        seen.lock().unwrap_or_else(PoisonError::into_inner).note(&stamped.event);
        if inbox.send(stamped).await.is_err() {
            return;
        }
    }
}

/// The rows of a list in the text form, which the program under test does not read.
fn rows(switch: &DemoSwitch, list: &str) -> Vec<Vec<String>> {
    let text = switch.api(&format!("callcenter_config {list}"));
    assert!(text.ends_with("+OK\n"), "{list}: {text}");
    let lines = text.lines().skip(1).filter(|line| *line != "+OK");
    lines.map(|line| line.split('|').map(str::to_owned).collect()).collect()
}

/// The rows of callers. A `|` in a name is not escaped, but no other column can hold one.
fn members(switch: &DemoSwitch) -> Vec<Vec<String>> {
    let mut members = rows(switch, "queue list members");
    for row in &mut members {
        let name_ends = MEMBER_NAME + row.len() - MEMBER_COLUMNS;
        let name = row[MEMBER_NAME..=name_ends].join("|");
        row.splice(MEMBER_NAME..=name_ends, [name]);
    }
    members
}

/// What the board must show, a line each.
fn listed(switch: &DemoSwitch) -> BTreeSet<String> {
    let mut lines = BTreeSet::new();
    let members: Vec<_> = members(switch).into_iter().filter(|row| row[15] != "Abandoned").collect();
    for queue in rows(switch, "queue list") {
        let waiting = members.iter().filter(|row| row[0] == queue[0] && row[15] != "Answered").count();
        lines.insert(format!("queue {} has {waiting} waiting", queue[0]));
    }
    for agent in rows(switch, "agent list") {
        let presence = match (agent[5].as_str(), agent[6].as_str()) {
            (_, "In a queue call") => Presence::OnCall,
            ("Available", "Receiving") => Presence::Ringing,
            ("Logged Out", _) => Presence::LoggedOut,
            ("On Break", _) => Presence::OnBreak,
            _ => Presence::Available,
        };
        lines.insert(format!("agent {} is {} and {presence:?}", agent[0], agent[5]));
    }
    for tier in rows(switch, "tier list") {
        lines.insert(format!("agent {} serves {} at {} {}", tier[1], tier[0], tier[3], tier[4]));
    }
    for row in members {
        let [queue, uuid, session, number, name, agent, state] =
            [0, 2, 3, 4, 5, 13, 15].map(|at| row[at].as_str());
        let agent = if state == "Answered" { agent } else { "" };
        lines.insert(format!("caller {uuid} {session} {number} {name} in {queue} {state} {agent}"));
    }
    lines
}

/// What the board shows, in the same words.
fn shown(board: &BoardView) -> BTreeSet<String> {
    let mut lines = BTreeSet::new();
    for queue in &board.queues {
        lines.insert(format!("queue {} has {} waiting", queue.key.name, queue.waiting));
    }
    for agent in &board.agents {
        let name = &agent.key.name;
        lines.insert(format!("agent {name} is {} and {:?}", agent.status.as_switch(), agent.presence));
        for tier in &agent.tiers {
            lines.insert(format!(
                "agent {name} serves {} at {} {}",
                tier.queue.name, tier.level, tier.position
            ));
        }
    }
    for member in &board.members {
        let is_answered = member.state == MemberState::Answered;
        let agent = member.agent.as_ref().filter(|_| is_answered).map_or("", |agent| agent.name.as_str());
        lines.insert(format!(
            "caller {} {} {} {} in {} {:?} {agent}",
            member.key.uuid,
            member.session_uuid,
            member.caller_number,
            member.caller_name,
            member.queue.name,
            member.state
        ));
    }
    lines
}

fn assert_callers_joined(board: &BoardView, switch: &DemoSwitch) {
    for row in members(switch) {
        let Some(member) = board.members.iter().find(|member| member.key.uuid == row[2]) else { continue };
        let listed: i64 = row[7].parse::<i64>().unwrap() * 1_000;
        let off = (member.joined_at.0 - listed).abs();
        assert!(off <= JOINED_WITHIN_MS, "caller {} joined {off} ms away from the list", row[2]);
    }
}
