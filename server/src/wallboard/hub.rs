//! Owns the board: feeds it events and time, and fans its changes out to readers.
//!
//! The first change after a pause is flushed at once, then at most twenty times a second. A flush serialises each
//! change once for those who see the numbers of callers and, where it holds one, once for those who do not; readers join
//! the pieces that their scope includes. A ring of the last minute serves readers that
//! come back.

use std::borrow::Cow;
use std::collections::VecDeque;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use app::model::agent::AgentRow;
use app::model::board::{Change, MemberRow};
use app::model::frame::{Boot, Position, Snapshot};
use app::model::ids::{AgentKey, MemberKey, NodeName, QueueKey};
use app::model::mask::Numbers;
use app::model::thresholds::QueueTargets;
use app::model::time::{DurationMs, UnixMs};
use app::model::wall::{Scope, Sight};
use jiff::tz::TimeZone;
use tokio::sync::{broadcast, mpsc};
use tokio::time::{Instant, sleep_until};
use tokio_util::sync::CancellationToken;

use super::board::{Board, Touched};
use super::facts::Fact;
use super::reader::Reader;
use super::rows::{Audience, ScopedChange};
use crate::clock::now;
use crate::switch::event::{Stamped, SwitchEvent};

/// Between two flushes.
const FLUSH_EVERY: Duration = Duration::from_millis(50);
/// How long a flush stays in the ring.
const RING_KEEPS: DurationMs = DurationMs::from_s(60);
/// Bytes of flushes in the ring. Where so much goes on that a minute is more than this, who comes back late gets a snapshot,
/// which is then the shorter answer anyway.
const RING_BYTES: usize = 32 << 20;
/// Flushes that a slow reader may be behind before it gets a snapshot instead.
const READER_LAG: usize = 256;
/// Events that may wait for the board.
const INBOX: usize = 16_384;
/// Batches of facts that may wait for the recorder.
const FACTS: usize = 4_096;
/// Facts that wait for room among these.
const MOST_FACTS: usize = 200_000;
/// Events applied before the lock is let go.
const BATCH: usize = 512;

/// A handle to the hub; cheap to clone.
#[derive(Clone, Debug)]
pub struct Hub {
    shared: Arc<Shared>,
    inbox: mpsc::Sender<Stamped>,
}

#[derive(Debug)]
struct Shared {
    boot: Boot,
    build: String,
    state: Mutex<State>,
    flushes: broadcast::Sender<Arc<Flush>>,
}

#[derive(Debug)]
struct State {
    board: Board,
    seq: u64,
    ring: VecDeque<Arc<Flush>>,
    /// What the flushes in the ring take.
    ring_bytes: usize,
}

/// The changes of one flush, serialised.
#[derive(Debug)]
pub struct Flush {
    /// Position.
    pub seq: u64,
    /// The switch's clock, in microseconds, at the oldest event in it.
    pub oldest_event_us: Option<i64>,
    /// Changes, serialised.
    pub pieces: Vec<Piece>,
    flushed_at: UnixMs,
}

/// A change as JSON.
#[derive(Debug)]
pub struct Piece {
    /// As it is.
    pub plain: String,
    /// With the number of its caller masked, where it has one.
    pub masked: Option<String>,
    /// Who may see it.
    pub audience: Audience,
}

impl Piece {
    /// Plain values without maps by key: they always serialise.
    fn of(scoped: ScopedChange) -> Option<Self> {
        let masked = scoped.change.masked().map(|masked| serde_json::to_string(&masked)).transpose().ok()?;
        Some(Self { plain: serde_json::to_string(&scoped.change).ok()?, masked, audience: scoped.audience })
    }

    /// As a reader sees it.
    pub fn seen_by(&self, sight: &Sight) -> Cow<'_, str> {
        if self.audience.exceeds(&sight.scope)
            && let Some(narrowed) = self.narrowed(sight)
        {
            return Cow::Owned(narrowed);
        }
        Cow::Borrowed(match sight.numbers {
            Numbers::Plain => &self.plain,
            Numbers::Masked => self.masked.as_ref().unwrap_or(&self.plain),
        })
    }

    /// Few agents work for queues of several teams, and few readers see but one of these: for them the row is read again,
    /// rather than kept for all.
    fn narrowed(&self, sight: &Sight) -> Option<String> {
        let change: Change = serde_json::from_str(&self.plain).ok()?;
        let change = change.narrowed(&sight.scope);
        let masked = if sight.numbers == Numbers::Masked { change.masked() } else { None };
        serde_json::to_string(&masked.unwrap_or(change)).ok()
    }
}

impl Flush {
    fn bytes(&self) -> usize {
        // The audience is a key or two.
        let masked = |piece: &Piece| piece.masked.as_ref().map_or(0, String::len);
        self.pieces.iter().map(|piece| piece.plain.len() + masked(piece) + 128).sum()
    }
}

/// The last midnight of a time zone.
pub fn midnight(zone: &TimeZone, at: UnixMs) -> UnixMs {
    jiff::Timestamp::from_millisecond(at.0)
        .ok()
        .and_then(|at| at.to_zoned(zone.clone()).start_of_day().ok())
        .map_or(at, |start| UnixMs(start.timestamp().as_millisecond()))
}

impl Hub {
    /// Starts the hub. It ends with `shutdown`; days begin at midnight of `zone`; `build` is told to every reader. The
    /// second half of the pair says what happened, for the record.
    pub fn start(
        build: String,
        zone: TimeZone,
        shutdown: CancellationToken,
    ) -> (Self, mpsc::Receiver<Vec<Fact>>) {
        let (facts, record) = mpsc::channel(FACTS);
        let (inbox, events) = mpsc::channel(INBOX);
        let started_at = now();
        let shared = Arc::new(Shared {
            boot: Boot(started_at.0.unsigned_abs()),
            build,
            state: Mutex::new(State {
                board: Board::new(started_at),
                seq: 0,
                ring: VecDeque::new(),
                ring_bytes: 0,
            }),
            flushes: broadcast::channel(READER_LAG).0,
        });
        tokio::spawn(Arc::clone(&shared).run(events, facts, zone, shutdown));
        (Self { shared, inbox }, record)
    }

    /// Where events of switches go in.
    pub fn inbox(&self) -> mpsc::Sender<Stamped> {
        self.inbox.clone()
    }

    /// This start of the server.
    pub fn boot(&self) -> Boot {
        self.shared.boot
    }

    /// Version of the program and of its pages.
    pub fn build(&self) -> &str {
        &self.shared.build
    }

    /// The board as it is now, as somebody sees it.
    pub fn snapshot(&self, sight: impl Into<Sight>) -> Snapshot {
        let sight = sight.into();
        let (seq, board) = {
            let state = self.shared.lock();
            (state.seq, state.board.view())
        };
        let board = board.scoped(&sight.scope);
        Snapshot {
            position: Position { boot: self.boot_for(&sight), seq },
            taken_at: now(),
            board: if sight.numbers == Numbers::Masked { board.masked() } else { board },
        }
    }

    /// The boot that positions of that sight carry. A reader who comes back and may see something else by now is, by that,
    /// at a position of another start, and gets the whole board instead of what changed.
    pub fn boot_for(&self, sight: &Sight) -> Boot {
        let boot = self.shared.boot;
        if sight.scope == Scope::All && sight.numbers == Numbers::Plain {
            return boot;
        }
        let mut hasher = DefaultHasher::new();
        sight.hash(&mut hasher);
        // Scripts read it as a number: 52 bits are exact there.
        Boot(boot.0 ^ (hasher.finish() >> 12))
    }

    /// One agent as it is now.
    pub fn agent(&self, key: &AgentKey) -> Option<AgentRow> {
        self.shared.lock().board.agent_row(key)
    }

    /// One caller as it is now.
    pub fn member(&self, key: &MemberKey) -> Option<MemberRow> {
        self.shared.lock().board.member_row(key)
    }

    /// What a queue's calls are measured against, and how long an agent wraps up.
    pub fn measures(&self, queue: &QueueKey, agent: Option<&AgentKey>) -> (QueueTargets, DurationMs) {
        self.shared.lock().board.measures(queue, agent)
    }

    /// How long an agent wraps up, as the switch has it.
    pub fn wrap_up(&self, agent: &AgentKey) -> Option<DurationMs> {
        self.shared.lock().board.wrap_up(agent)
    }

    /// The queues of that name on all nodes.
    pub fn queues_named(&self, name: &str) -> Vec<QueueKey> {
        self.shared.lock().board.queues_named(name)
    }

    /// Applies what SwitchDesk itself knows: names, targets, notes of statuses. In order with the switch's events:
    /// a note sent before a command is there when the command's event comes.
    pub async fn send(&self, node: &NodeName, event: SwitchEvent) {
        let stamped = Stamped { node: node.clone(), at: now(), made_at_us: None, event };
        // The inbox closes only when the server stops, and then the board is of no use to anybody.
        let _ = self.inbox.send(stamped).await;
    }

    /// As [`Hub::send`], where nobody can wait. What finds no room is left out: it is of passing interest.
    pub fn send_now(&self, node: &NodeName, event: SwitchEvent) {
        let stamped = Stamped { node: node.clone(), at: now(), made_at_us: None, event };
        if self.inbox.try_send(stamped).is_err() {
            tracing::debug!(%node, "the board has no room, or has ended");
        }
    }

    /// A reader that goes on after a position, or starts with a snapshot.
    pub fn subscribe(&self, sight: impl Into<Sight>, after: Option<Position>) -> Reader {
        let sight = sight.into();
        let boot = self.boot_for(&sight);
        // Under the lock no flush can fall between the backlog and the first one received.
        let state = self.shared.lock();
        let flushes = self.shared.flushes.subscribe();
        let backlog = after.filter(|after| after.boot == boot).and_then(|after| state.since(after.seq));
        drop(state);
        Reader::new(self.clone(), sight, boot, after.map(|after| after.seq), backlog, flushes)
    }

    /// The flushes to come, for who wants to know that something changed.
    pub fn flushes(&self) -> broadcast::Receiver<Arc<Flush>> {
        self.shared.flushes.subscribe()
    }

    /// Readers at the moment.
    pub fn readers(&self) -> usize {
        self.shared.flushes.receiver_count()
    }

    /// Position of the latest flush.
    pub fn seq(&self) -> u64 {
        self.shared.lock().seq
    }

    /// Times that a reconcile had to correct the board.
    pub fn corrections(&self) -> u64 {
        self.shared.lock().board.corrections()
    }
}

/// Hands the facts on. The board waits for nobody: what the recorder has no room for waits here, and past any reason it is
/// given up, loudly.
fn record(touched: &mut Touched, facts: &mpsc::Sender<Vec<Fact>>) {
    if touched.facts.is_empty() {
        return;
    }
    match facts.try_reserve() {
        Ok(place) => place.send(touched.take_facts()),
        // Nobody keeps a record, as in a test of the board alone.
        Err(mpsc::error::TrySendError::Closed(())) => drop(touched.take_facts()),
        Err(mpsc::error::TrySendError::Full(())) => {
            if touched.facts.len() > MOST_FACTS {
                let lost = touched.take_facts().len();
                tracing::error!(lost, "the recorder is stuck; what happened is not on record");
            }
        }
    }
}

impl State {
    /// Puts a flush into the ring, and takes out what is too old or too much.
    fn keep(&mut self, flush: Arc<Flush>, most_bytes: usize) {
        let now = flush.flushed_at;
        self.ring_bytes += flush.bytes();
        self.ring.push_back(flush);
        while let Some(oldest) = self.ring.front()
            && (now.since(oldest.flushed_at) > RING_KEEPS || self.ring_bytes > most_bytes)
        {
            self.ring_bytes -= oldest.bytes();
            self.ring.pop_front();
        }
    }

    /// The flushes after a position, if the ring still has all of them.
    fn since(&self, seq: u64) -> Option<Vec<Arc<Flush>>> {
        let oldest_served = self.ring.front().map_or(self.seq, |flush| flush.seq - 1);
        (oldest_served..=self.seq)
            .contains(&seq)
            .then(|| self.ring.iter().filter(|flush| flush.seq > seq).cloned().collect())
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        // `Board::apply` cannot leave the board half changed in a way that matters: the next reconcile mends it.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn run(
        self: Arc<Self>,
        mut events: mpsc::Receiver<Stamped>,
        facts: mpsc::Sender<Vec<Fact>>,
        zone: TimeZone,
        shutdown: CancellationToken,
    ) {
        let mut touched = Touched::default();
        let mut oldest_event_us: Option<i64> = None;
        let mut last_flush = Instant::now();
        let mut batch = Vec::with_capacity(BATCH);
        let clock = NodeName::new("");
        loop {
            let flush_at = if touched.is_empty() { None } else { Some(last_flush + FLUSH_EVERY) };
            let deadline = {
                // At the latest a new period of arrivals; midnight of every zone is the start of one.
                let until = self.lock().board.next_deadline().since(now());
                Instant::now() + Duration::from_millis(until.0.unsigned_abs().max(1))
            };
            tokio::select! {
                () = shutdown.cancelled() => return,
                count = events.recv_many(&mut batch, BATCH) => {
                    if count == 0 {
                        return;
                    }
                    let mut state = self.lock();
                    for stamped in batch.drain(..) {
                        let made_at_us = stamped.made_at_us;
                        state.board.apply(stamped, &mut touched);
                        if !touched.is_empty() {
                            oldest_event_us = match (oldest_event_us, made_at_us) {
                                (Some(oldest), Some(made)) => Some(oldest.min(made)),
                                (oldest, made) => oldest.or(made),
                            };
                        }
                    }
                }
                () = sleep_until(deadline) => {
                    let at = now();
                    let event = SwitchEvent::Tick { midnight: midnight(&zone, at) };
                    let stamped = Stamped { node: clock.clone(), at, made_at_us: None, event };
                    self.lock().board.apply(stamped, &mut touched);
                }
                () = sleep_until(flush_at.unwrap_or(deadline)), if flush_at.is_some() => {}
            }
            record(&mut touched, &facts);
            if !touched.is_empty() && last_flush.elapsed() >= FLUSH_EVERY {
                let waiting = touched.take_facts();
                self.flush(&std::mem::take(&mut touched), oldest_event_us.take());
                touched.facts = waiting;
                last_flush = Instant::now();
            }
        }
    }

    fn flush(&self, touched: &Touched, oldest_event_us: Option<i64>) {
        let mut state = self.lock();
        let pieces: Vec<_> = state.board.changes(touched).into_iter().filter_map(Piece::of).collect();
        if pieces.is_empty() {
            return;
        }
        state.seq += 1;
        let flushed_at = now();
        let flush = Arc::new(Flush { seq: state.seq, oldest_event_us, pieces, flushed_at });
        state.keep(Arc::clone(&flush), RING_BYTES);
        // Nobody may be reading.
        let _ = self.flushes.send(flush);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn flush(seq: u64, bytes: usize, flushed_at: UnixMs) -> Arc<Flush> {
        let piece = Piece { plain: "x".repeat(bytes), masked: None, audience: Audience::Everyone };
        let pieces = vec![piece];
        Arc::new(Flush { seq, oldest_event_us: None, pieces, flushed_at })
    }

    #[test]
    fn ring_forgets_what_is_old_or_too_much() {
        let start = UnixMs(1_000_000);
        let mut state = State { board: Board::new(start), seq: 0, ring: VecDeque::new(), ring_bytes: 0 };
        let mut keep = |seq, bytes, seconds| {
            state.seq = seq;
            state.keep(flush(seq, bytes, start + DurationMs::from_s(seconds)), 10_000);
            (0..=seq).filter(|after| state.since(*after).is_some()).collect::<Vec<_>>()
        };
        assert_eq!(keep(1, 4_000, 0), [0, 1]);
        assert_eq!(keep(2, 4_000, 1), [0, 1, 2]);
        assert_eq!(keep(3, 4_000, 2), [1, 2, 3], "more than fits");
        assert_eq!(keep(4, 20_000, 3), [4], "not even one fits");
        assert_eq!(keep(5, 10, 4), [4, 5]);
        assert_eq!(keep(6, 10, 65), [5, 6], "older than a minute");
        assert_eq!(state.ring_bytes, 10 + 128);
    }
}
