//! The keyed store of a page: a signal per row, so that a change touches the cells of its row and nothing else.

use std::sync::{Arc, PoisonError, RwLock};

use leptos::prelude::*;

use crate::model::agent::AgentRow;
use crate::model::board::{BoardView, Change, MemberRow, NodeRow, QueueRow, uncounted_nodes};
use crate::model::center::CodeName;
use crate::model::frame::{Boot, Frame, Position, Snapshot};
use crate::model::ids::{AgentKey, MemberKey, NodeName, QueueKey};
use crate::model::time::UnixMs;

/// Rows by key, sorted by it.
type Sorted<K, R> = Vec<(K, ArcRwSignal<R>)>;

/// Rows by key. Reading `keys` or `all` follows which rows there are; reading one row follows that row alone.
#[derive(Debug)]
pub struct Rows<K: 'static, R: 'static> {
    // Not a hash table: one for each kind of rows would be more code in the browser.
    rows: Arc<RwLock<Sorted<K, R>>>,
    keys: ArcRwSignal<Vec<K>>,
}

impl<K, R> Clone for Rows<K, R> {
    fn clone(&self) -> Self {
        Self { rows: Arc::clone(&self.rows), keys: self.keys.clone() }
    }
}

impl<K, R> Rows<K, R>
where
    K: Clone + Ord + Send + Sync + 'static,
    R: Clone + PartialEq + Send + Sync + 'static,
{
    fn new(rows: impl IntoIterator<Item = (K, R)>) -> Self {
        let all = Self { rows: Arc::default(), keys: ArcRwSignal::new(Vec::new()) };
        for (key, row) in rows {
            all.put(key, row);
        }
        all
    }

    /// The keys, sorted.
    pub fn keys(&self) -> ArcRwSignal<Vec<K>> {
        self.keys.clone()
    }

    /// One row, as long as it exists.
    pub fn get(&self, key: &K) -> Option<ArcRwSignal<R>> {
        // A poisoned lock only means that another reader panicked: the map itself is whole.
        let rows = self.rows.read().unwrap_or_else(PoisonError::into_inner);
        let place = rows.binary_search_by(|(other, _)| other.cmp(key)).ok()?;
        rows.get(place).map(|(_, row)| row.clone())
    }

    /// Every row as it is now, by key; follows all of them.
    pub fn all(&self) -> Vec<R> {
        self.keys.get().iter().filter_map(|key| self.get(key)).map(|row| row.get()).collect()
    }

    fn put(&self, key: K, row: R) {
        if let Some(signal) = self.get(&key) {
            if signal.with_untracked(|old| *old != row) {
                signal.set(row);
            }
            return;
        }
        {
            let mut rows = self.rows.write().unwrap_or_else(PoisonError::into_inner);
            if let Err(place) = rows.binary_search_by(|(other, _)| other.cmp(&key)) {
                rows.insert(place, (key.clone(), ArcRwSignal::new(row)));
            }
        }
        self.keys.update(|keys| {
            if let Err(place) = keys.binary_search(&key) {
                keys.insert(place, key);
            }
        });
    }

    fn remove(&self, key: &K) {
        // Keys first: whoever renders rows by key must not look for one that is gone.
        self.keys.update(|keys| keys.retain(|other| other != key));
        self.rows.write().unwrap_or_else(PoisonError::into_inner).retain(|(other, _)| other != key);
    }

    fn replace(&self, rows: impl IntoIterator<Item = (K, R)>) {
        let rows: Vec<(K, R)> = rows.into_iter().collect();
        let is_kept = |key: &K| rows.iter().any(|(other, _)| other == key);
        let gone: Vec<K> =
            self.keys.with_untracked(|keys| keys.iter().filter(|key| !is_kept(key)).cloned().collect());
        for key in gone {
            self.remove(&key);
        }
        for (key, row) in rows {
            self.put(key, row);
        }
    }
}

/// How far the page can be believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Freshness {
    /// Rendered by the server; the stream has not spoken yet.
    Connecting,
    /// Live. The milliseconds are those from the switch to the paint of the latest change.
    Live {
        /// Unknown until the first change arrives.
        latency_ms: Option<u32>,
    },
    /// Nothing came since then.
    Lost {
        /// The server's clock at the last sign of life.
        since: UnixMs,
    },
}

/// The live board of a page, in its context. Cheap to clone.
#[derive(Clone, Debug)]
pub struct LiveBoard {
    /// Switch nodes.
    pub nodes: Rows<NodeName, NodeRow>,
    /// Queues.
    pub queues: Rows<QueueKey, QueueRow>,
    /// Agents.
    pub agents: Rows<AgentKey, AgentRow>,
    /// Callers in queues.
    pub members: Rows<MemberKey, MemberRow>,
    /// Counts the changes of messages to desks that this reader was told of.
    pub messages: ArcRwSignal<u32>,
    /// What the codes of break reasons are called.
    pub reasons: ArcRwSignal<Vec<CodeName>>,
    /// Today's numbers are counted from here.
    pub counted_since: ArcRwSignal<UnixMs>,
    /// The server's clock, a step a second. At first paint the moment of the snapshot, on both sides.
    pub now: ArcRwSignal<UnixMs>,
    /// How far the page can be believed.
    pub freshness: ArcRwSignal<Freshness>,
    /// A newer program runs on the server: the page should be loaded again.
    pub new_build: ArcRwSignal<bool>,
    position: ArcRwSignal<Position>,
    build: ArcRwSignal<Option<String>>,
}

/// What a frame asks of the stream that brought it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Applied {
    /// The store is at the frame's position.
    Done,
    /// Something was lost on the way: ask for a snapshot.
    Gap,
    /// The session or the link ended.
    SignedOut,
}

impl LiveBoard {
    /// The store of a snapshot.
    pub fn new(snapshot: Snapshot) -> Self {
        let Snapshot { position, taken_at, board } = snapshot;
        let BoardView { nodes, queues, agents, members, reasons, counted_since } = board;
        Self {
            nodes: Rows::new(nodes.into_iter().map(|row| (row.node.clone(), row))),
            queues: Rows::new(queues.into_iter().map(|row| (row.key.clone(), row))),
            agents: Rows::new(agents.into_iter().map(|row| (row.key.clone(), row))),
            members: Rows::new(members.into_iter().map(|row| (row.key.clone(), row))),
            messages: ArcRwSignal::new(0),
            reasons: ArcRwSignal::new(reasons),
            counted_since: ArcRwSignal::new(counted_since),
            now: ArcRwSignal::new(taken_at),
            freshness: ArcRwSignal::new(Freshness::Connecting),
            new_build: ArcRwSignal::new(false),
            position: ArcRwSignal::new(position),
            build: ArcRwSignal::new(None),
        }
    }

    /// Where the store stands in the stream.
    pub fn position(&self) -> Position {
        self.position.get_untracked()
    }

    /// Takes a frame in.
    pub fn apply(&self, frame: Frame) -> Applied {
        match frame {
            Frame::Hello { build, .. } => {
                let known = self.build.get_untracked();
                if known.as_ref().is_some_and(|known| *known != build) {
                    self.new_build.set(true);
                }
                self.build.set(Some(build));
            }
            Frame::Snapshot(snapshot) => self.replace(snapshot),
            Frame::Changes { after, seq, changes, .. } => {
                let position = self.position();
                if seq <= position.seq {
                    // Seen already: another tab joined the shared stream and asked for more than this one lacks.
                    return Applied::Done;
                }
                if after > position.seq {
                    return Applied::Gap;
                }
                self.position.set(Position { seq, ..position });
                for change in changes {
                    self.change(change);
                }
            }
            Frame::Beat { seq, .. } => {
                let position = self.position();
                if seq < position.seq {
                    return Applied::Gap;
                }
                self.position.set(Position { seq, ..position });
            }
            Frame::Bye(crate::model::frame::ByeReason::SignedOut) => return Applied::SignedOut,
            // The stream comes back by itself; after a change of what may be seen it begins with another snapshot.
            Frame::Bye(_) => {}
        }
        Applied::Done
    }

    /// Nodes whose numbers are left out of sums, see [`uncounted_nodes`]; follows the nodes.
    pub fn uncounted(&self) -> Vec<NodeName> {
        uncounted_nodes(&self.nodes.all())
    }

    /// Whether a frame of this boot continues what the store holds.
    pub fn is_of(&self, boot: Boot) -> bool {
        self.position().boot == boot
    }

    fn replace(&self, snapshot: Snapshot) {
        let Snapshot { position, board, .. } = snapshot;
        let BoardView { nodes, queues, agents, members, reasons, counted_since } = board;
        self.position.set(position);
        self.nodes.replace(nodes.into_iter().map(|row| (row.node.clone(), row)));
        self.queues.replace(queues.into_iter().map(|row| (row.key.clone(), row)));
        self.agents.replace(agents.into_iter().map(|row| (row.key.clone(), row)));
        self.members.replace(members.into_iter().map(|row| (row.key.clone(), row)));
        self.reasons.set(reasons);
        // Some may have come while the stream was away.
        self.messages.update(|changes| *changes += 1);
        self.counted_since.set(counted_since);
    }

    fn change(&self, change: Change) {
        match change {
            Change::Node(row) => self.nodes.put(row.node.clone(), row),
            Change::Queue(row) => self.queues.put(row.key.clone(), row),
            Change::QueueGone(key) => self.queues.remove(&key),
            Change::Agent(row) => self.agents.put(row.key.clone(), *row),
            Change::AgentGone(key) => self.agents.remove(&key),
            Change::Member(row) => self.members.put(row.key.clone(), row),
            Change::MemberGone(key, _) => self.members.remove(&key),
            Change::Messages(_) => self.messages.update(|changes| *changes += 1),
            Change::Reasons(reasons) => self.reasons.set(reasons),
            Change::CountedSince(at) => self.counted_since.set(at),
        }
    }
}

/// The live board in the context of the page.
///
/// # Panics
/// Outside of a [`crate::live::LiveProvider`], which is a mistake of the program.
pub fn use_live_board() -> LiveBoard {
    expect_context()
}
