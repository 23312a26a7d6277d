//! The wallboard as values: rows, the whole board, and what is computed from them on both sides.

use serde::{Deserialize, Serialize};

use super::agent::{AgentRow, Presence};
use super::center::CodeName;
use super::ghost::Ghost;
use super::ids::{AgentKey, MemberKey, NodeName, QueueKey};
use super::mask::{mask_name, mask_number};
use super::metrics::QueueToday;
use super::named::read_by_name;
use super::thresholds::QueueTargets;
use super::time::UnixMs;
use super::wall::Scope;

/// Whether a node of the switch can be believed at the moment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum LinkState {
    /// Events flow and the lists have been read.
    Live,
    /// Connecting, or reading the lists.
    Connecting,
    /// Lost; what the board shows of this node is as old as `since`.
    Lost {
        /// Since when.
        since: UnixMs,
        /// Why.
        problem: LinkProblem,
    },
}

/// Why a node cannot be reached, as far as it can be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum LinkProblem {
    /// Nothing answers at the address.
    Unreachable,
    /// The password was refused.
    WrongPassword,
    /// The switch refused our address (ACL).
    AddressRefused,
    /// The connection broke.
    ConnectionLost,
    /// No heartbeat came in time.
    Silent,
    /// mod_callcenter is not loaded there.
    NoCallCenter,
    /// The switch sent what cannot be understood.
    Garbled,
}

read_by_name! { LinkProblem:
    Unreachable = "Unreachable",
    WrongPassword = "WrongPassword",
    AddressRefused = "AddressRefused",
    ConnectionLost = "ConnectionLost",
    Silent = "Silent",
    NoCallCenter = "NoCallCenter",
    Garbled = "Garbled",
}

/// One switch node.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NodeRow {
    /// Its name.
    pub node: NodeName,
    /// Whether it can be believed.
    pub link: LinkState,
    /// Times that the reconcile had to correct the board since SwitchDesk started.
    pub corrections: u64,
    /// Times that the board was rebuilt from the switch's lists.
    pub rebuilds: u64,
    /// Intervals of today in which events were lost, until call records have closed them: numbers may lack their calls.
    #[serde(default)]
    pub incomplete: Vec<Incomplete>,
}

/// An interval in which events of a node were lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Incomplete {
    /// The last moment up to which everything was seen.
    pub from: UnixMs,
    /// When events flowed again; `None` while they do not.
    pub to: Option<UnixMs>,
}

/// Nodes whose numbers are left out of sums: those that are lost, while another is not. When all are lost, nothing else
/// is left to show: the last numbers stay, and the page says how old they are.
pub fn uncounted_nodes(nodes: &[NodeRow]) -> Vec<NodeName> {
    let is_lost = |node: &&NodeRow| matches!(node.link, LinkState::Lost { .. });
    if nodes.iter().all(|node| is_lost(&node)) {
        return Vec::new();
    }
    nodes.iter().filter(is_lost).map(|node| node.node.clone()).collect()
}

/// Agents of a queue by presence. An agent in two queues counts in both.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AgentCounts {
    /// Free for a call.
    pub available: u32,
    /// Being rung.
    pub ringing: u32,
    /// Talking.
    pub on_call: u32,
    /// Wrapping up.
    pub wrap_up: u32,
    /// On Demand, not ready.
    pub idle: u32,
    /// On break.
    pub on_break: u32,
    /// Logged out.
    pub logged_out: u32,
}

impl AgentCounts {
    /// Counts presences.
    pub fn of(presences: impl IntoIterator<Item = Presence>) -> Self {
        let mut counts = Self::default();
        for presence in presences {
            *counts.of_mut(presence) += 1;
        }
        counts
    }

    fn of_mut(&mut self, presence: Presence) -> &mut u32 {
        match presence {
            Presence::Available => &mut self.available,
            Presence::Ringing => &mut self.ringing,
            Presence::OnCall => &mut self.on_call,
            Presence::WrapUp => &mut self.wrap_up,
            Presence::Idle => &mut self.idle,
            Presence::OnBreak => &mut self.on_break,
            Presence::LoggedOut => &mut self.logged_out,
        }
    }

    /// The count of one presence.
    pub const fn get(&self, presence: Presence) -> u32 {
        match presence {
            Presence::Available => self.available,
            Presence::Ringing => self.ringing,
            Presence::OnCall => self.on_call,
            Presence::WrapUp => self.wrap_up,
            Presence::Idle => self.idle,
            Presence::OnBreak => self.on_break,
            Presence::LoggedOut => self.logged_out,
        }
    }

    fn plus(&self, other: &Self) -> Self {
        let mut sum = *self;
        for presence in Presence::ALL {
            *sum.of_mut(presence) += other.get(presence);
        }
        sum
    }

    /// All who are not logged out.
    pub const fn signed_in(&self) -> u32 {
        self.available + self.ringing + self.on_call + self.wrap_up + self.idle + self.on_break
    }
}

/// One queue as the board shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct QueueRow {
    /// Node and name on the switch.
    pub key: QueueKey,
    /// Name for people; the short switch name where none is stored.
    pub display_name: String,
    /// How the switch picks agents.
    pub strategy: String,
    /// Callers waiting or ringing (member states Waiting and Trying).
    pub waiting: u32,
    /// When the caller who waits longest joined.
    pub longest_since: Option<UnixMs>,
    /// Agents with a tier in this queue.
    pub agents: AgentCounts,
    /// Numbers of today.
    pub today: QueueToday,
    /// Callers who joined in each of the last six periods of five minutes, oldest first.
    pub arrivals: [u32; 6],
    /// What the numbers are measured against.
    pub targets: QueueTargets,
}

impl QueueRow {
    /// Adds the part that another node has of a queue of the same name.
    fn add(&mut self, part: &Self) {
        self.waiting += part.waiting;
        self.longest_since = self.longest_since.into_iter().chain(part.longest_since).min();
        self.agents = self.agents.plus(&part.agents);
        self.today = self.today.plus(&part.today);
        for (sum, count) in self.arrivals.iter_mut().zip(part.arrivals) {
            *sum += count;
        }
    }
}

/// One row a name: what several nodes have under one name becomes the sum of its parts, with the name, key and targets
/// of the first. Parts of `uncounted` nodes are left out, unless the queue has no other: so a row is old if and only if
/// its key is of such a node.
pub fn merged_by_name(rows: Vec<QueueRow>, uncounted: &[NodeName]) -> Vec<QueueRow> {
    let is_old = |row: &QueueRow| uncounted.contains(&row.key.node);
    let mut merged: Vec<QueueRow> = Vec::new();
    for row in rows {
        match merged.iter_mut().find(|other| other.key.name == row.key.name) {
            None => merged.push(row),
            Some(old) if is_old(old) && !is_old(&row) => *old = row,
            Some(counted) if is_old(&row) && !is_old(counted) => {}
            Some(sum) => sum.add(&row),
        }
    }
    merged
}

/// State of a caller in a queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
pub enum MemberState {
    /// Waits.
    Waiting,
    /// An agent is being rung for the caller.
    Trying,
    /// Talks to an agent.
    Answered,
}

read_by_name! { MemberState:
    Waiting = "Waiting",
    Trying = "Trying",
    Answered = "Answered",
}

/// One caller in a queue.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MemberRow {
    /// Membership on the node.
    pub key: MemberKey,
    /// The queue.
    pub queue: QueueKey,
    /// The caller's channel, for actions on the call.
    pub session_uuid: String,
    /// Name as the switch reports it.
    pub caller_name: String,
    /// Number as the switch reports it.
    pub caller_number: String,
    /// Joined then.
    pub joined_at: UnixMs,
    /// Points above the waiting time: `base_score` and `skill_score` of the switch, in seconds.
    pub extra_score: i64,
    /// State.
    pub state: MemberState,
    /// The agent who is rung or talks.
    pub agent: Option<AgentKey>,
    /// Since when the state holds.
    pub state_since: Option<UnixMs>,
    /// Set where the switch has left the caller's row behind.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ghost: Option<Ghost>,
}

impl MemberRow {
    /// What callers are served by: those with the highest score first, where the score is the seconds waited plus
    /// the extra points. Since all wait at the same speed, the order by `joined - extra` is the order by score.
    pub fn serve_order(&self) -> (i64, &str) {
        (self.joined_at.0 - self.extra_score * 1000, &self.key.uuid)
    }

    /// Masks number and name.
    pub fn mask(&mut self) {
        self.caller_name = mask_name(&self.caller_name);
        self.caller_number = mask_number(&self.caller_number);
    }

    /// Whether the caller still waits (or is being rung for).
    pub const fn is_waiting(&self) -> bool {
        !matches!(self.state, MemberState::Answered)
    }
}

/// The whole board at one moment.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct BoardView {
    /// Nodes by name.
    #[serde(default)]
    pub nodes: Vec<NodeRow>,
    /// Queues by key.
    #[serde(default)]
    pub queues: Vec<QueueRow>,
    /// Agents by key.
    #[serde(default)]
    pub agents: Vec<AgentRow>,
    /// Callers in queues, in no order.
    #[serde(default)]
    pub members: Vec<MemberRow>,
    /// What the codes of break reasons are called.
    #[serde(default)]
    pub reasons: Vec<CodeName>,
    /// Today's numbers are counted from here; later than midnight after a start of SwitchDesk.
    pub counted_since: UnixMs,
}

/// One change of the board: a row as it is now, or its end. Applying a change twice does no harm.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Change {
    /// A node.
    Node(NodeRow),
    /// A queue.
    Queue(QueueRow),
    /// A queue that the switch no longer has.
    QueueGone(QueueKey),
    /// An agent.
    Agent(Box<AgentRow>),
    /// An agent that the switch no longer has.
    AgentGone(AgentKey),
    /// A caller.
    Member(MemberRow),
    /// A caller who left; the queue is named so that the change can be scoped.
    MemberGone(MemberKey, QueueKey),
    /// Messages to that agent's desk are new or read: whoever shows them asks for them. Their text is not in the stream.
    Messages(AgentKey),
    /// Break reasons are called so from now on.
    Reasons(Vec<CodeName>),
    /// A new day: numbers are counted from here.
    CountedSince(UnixMs),
}

impl BoardView {
    /// The part of the board that a scope shows.
    #[must_use]
    pub fn scoped(mut self, scope: &Scope) -> Self {
        if *scope != Scope::All {
            self.queues.retain(|queue| scope.has_queue(&queue.key));
            self.agents.retain(|agent| scope.has_agent(agent));
            for agent in &mut self.agents {
                agent.narrow(scope);
            }
            self.members.retain(|member| scope.has_queue(&member.queue));
        }
        self
    }

    /// With the numbers of callers masked.
    #[must_use]
    pub fn masked(mut self) -> Self {
        for agent in &mut self.agents {
            agent.mask();
        }
        for member in &mut self.members {
            member.mask();
        }
        self
    }
}

impl Change {
    /// As a reader of that scope may see it: see [`AgentRow::narrow`].
    #[must_use]
    pub fn narrowed(mut self, scope: &Scope) -> Self {
        if let Self::Agent(row) = &mut self {
            row.narrow(scope);
        }
        self
    }

    /// With the number of its caller masked; `None` where it has none, and reads the same to everybody.
    pub fn masked(&self) -> Option<Self> {
        match self {
            Self::Member(row) => {
                let mut row = row.clone();
                row.mask();
                Some(Self::Member(row))
            }
            Self::Agent(row) if row.call.is_some() => {
                let mut row = row.clone();
                row.mask();
                Some(Self::Agent(row))
            }
            _ => None,
        }
    }
}

/// The figures above the board: sums over the shown queues; an agent in two of them counts once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    /// Callers waiting.
    pub waiting: u32,
    /// Who waits longest: since when, and in which queue.
    pub longest: Option<(UnixMs, QueueKey)>,
    /// Agents.
    pub agents: AgentCounts,
    /// Numbers of today.
    pub today: QueueToday,
}

impl Totals {
    /// Sums queues; `presences` are those of the distinct agents of these queues.
    pub fn of<'a>(
        queues: impl IntoIterator<Item = &'a QueueRow>,
        presences: impl IntoIterator<Item = Presence>,
    ) -> Self {
        let mut totals = Self { agents: AgentCounts::of(presences), ..Self::default() };
        for queue in queues {
            totals.waiting += queue.waiting;
            totals.today = totals.today.plus(&queue.today);
            if let Some(since) = queue.longest_since
                && totals.longest.as_ref().is_none_or(|(longest, _)| since < *longest)
            {
                totals.longest = Some((since, queue.key.clone()));
            }
        }
        totals
    }

    /// Talking in percent of talking, ringing, wrapping up and available: how busy those are who could take calls.
    pub fn occupancy(&self) -> Option<f64> {
        let busy = self.agents.on_call + self.agents.ringing + self.agents.wrap_up;
        let all = busy + self.agents.available;
        (all > 0).then(|| f64::from(busy) * 100.0 / f64::from(all))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn member(uuid: &str, joined_ms: i64, extra_score: i64) -> MemberRow {
        let node = NodeName::new("fs-1");
        MemberRow {
            key: MemberKey::new(&node, uuid),
            queue: QueueKey::new(&node, "support@default"),
            session_uuid: String::new(),
            caller_name: String::new(),
            caller_number: String::new(),
            joined_at: UnixMs(joined_ms),
            extra_score,
            state: MemberState::Waiting,
            agent: None,
            state_since: None,
            ghost: None,
        }
    }

    #[test]
    fn callers_are_served_by_score_and_not_by_arrival_alone() {
        let mut members = [member("first", 1_000, 0), member("vip", 9_000, 20), member("second", 2_000, 0)];
        members.sort_by(|a, b| a.serve_order().cmp(&b.serve_order()));
        assert_eq!(members.map(|member| member.key.uuid), ["vip", "first", "second"]);
    }

    fn queue(node: &str, name: &str, waiting: u32, longest_ms: Option<i64>) -> QueueRow {
        QueueRow {
            key: QueueKey::new(&NodeName::new(node), name),
            display_name: name.to_owned(),
            strategy: String::new(),
            waiting,
            longest_since: longest_ms.map(UnixMs),
            agents: AgentCounts { available: 1, ..AgentCounts::default() },
            today: QueueToday { answered: 10, ..QueueToday::default() },
            arrivals: [0, 0, 0, 0, 0, waiting],
            targets: QueueTargets::default(),
        }
    }

    #[test]
    fn a_queue_of_several_nodes_is_the_sum_of_those_that_can_be_believed() {
        let rows = || {
            vec![
                queue("fs-1", "sales", 1, Some(5_000)),
                queue("fs-1", "support", 7, None),
                queue("fs-2", "sales", 2, Some(3_000)),
                queue("fs-3", "sales", 4, Some(9_000)),
            ]
        };
        let seen = |uncounted: &[&str]| {
            let uncounted: Vec<_> = uncounted.iter().map(|node| NodeName::new(*node)).collect();
            merged_by_name(rows(), &uncounted)
                .iter()
                .map(|row| {
                    let longest = row.longest_since.map_or(0, |since| since.0 / 1_000);
                    let today = row.today.answered;
                    format!("{} {} {longest} {} {today}", row.key, row.waiting, row.agents.available)
                })
                .collect::<Vec<_>>()
        };
        assert_eq!(seen(&[]), ["fs-1/sales 7 3 3 30", "fs-1/support 7 0 1 10"]);
        assert_eq!(seen(&["fs-2"]), ["fs-1/sales 5 5 2 20", "fs-1/support 7 0 1 10"]);
        assert_eq!(seen(&["fs-1"]), ["fs-2/sales 6 3 2 20", "fs-1/support 7 0 1 10"]);
    }

    #[test]
    fn numbers_of_a_lost_node_do_not_count_unless_all_are_lost() {
        let node = |name: &str, link| NodeRow {
            node: NodeName::new(name),
            link,
            corrections: 0,
            rebuilds: 0,
            incomplete: vec![],
        };
        let lost = LinkState::Lost { since: UnixMs(0), problem: LinkProblem::Silent };
        let nodes = [node("fs-1", LinkState::Connecting), node("fs-2", lost.clone())];
        assert_eq!(uncounted_nodes(&nodes), [NodeName::new("fs-2")]);
        assert_eq!(uncounted_nodes(&[node("fs-1", lost.clone()), node("fs-2", lost)]), []);
    }

    #[test]
    fn no_chosen_queue_means_all() {
        assert_eq!(Scope::of(vec![]), Scope::All);
    }
}
