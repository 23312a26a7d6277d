//! Owns the live calls: feeds them events, and fans their changes out to readers.
//!
//! The first change after a pause is flushed at once, then at most ten times a second. There is no ring: who comes back gets all
//! calls anew, which is the shorter answer after a few seconds anyway, since calls come and go.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use app::model::call::{CallChange, CallDetail, CallRow};
use app::model::frame::Boot;
use app::model::ids::{AgentKey, CallId, LegId, NodeName};
use app::model::mask::Numbers;
use app::model::wall::{Scope, Sight};
use tokio::sync::{broadcast, mpsc};
use tokio::time::{Instant, sleep_until};
use tokio_util::sync::CancellationToken;

use super::reader::{DetailReader, Reader};
use super::state::{LiveCalls, Touched};
use crate::clock::now;
use crate::switch::event::{Stamped, SwitchEvent};
use crate::wallboard::rows::Audience;

/// Between two flushes.
const FLUSH_EVERY: Duration = Duration::from_millis(100);
/// Flushes that a slow reader may be behind before it gets all calls anew.
const READER_LAG: usize = 128;
/// Events that may wait. What comes when there is no room is lost to the calls, and the next list of channels mends it.
const INBOX: usize = 16_384;
/// Events applied before the lock is let go.
const BATCH: usize = 512;

/// A handle to the live calls; cheap to clone.
#[derive(Clone, Debug)]
pub struct CallsHub {
    shared: Arc<Shared>,
    inbox: mpsc::Sender<Stamped>,
}

#[derive(Debug)]
struct Shared {
    boot: Boot,
    state: Mutex<State>,
    flushes: broadcast::Sender<Arc<Flush>>,
}

#[derive(Debug, Default)]
struct State {
    calls: LiveCalls,
    seq: u64,
    /// Who was shown each call last.
    shown: HashMap<CallId, Audience>,
}

/// The changes of one flush, serialised.
#[derive(Debug)]
pub struct Flush {
    /// Position.
    pub seq: u64,
    /// Whose call, the change as JSON, and who may see it.
    pub pieces: Vec<Piece>,
}

/// A change of one call.
#[derive(Debug)]
pub struct Piece {
    /// The call.
    pub id: CallId,
    /// A [`CallChange`].
    pub plain: String,
    /// The same with the numbers of callers masked.
    pub masked: String,
    /// Who may see it.
    pub audience: Audience,
    /// Who gets another change of the same call instead.
    pub except: Option<Audience>,
}

impl Piece {
    /// As a reader sees it.
    pub fn json(&self, numbers: Numbers) -> &str {
        match numbers {
            Numbers::Plain => &self.plain,
            Numbers::Masked => &self.masked,
        }
    }

    /// Whether a reader of that scope gets it.
    pub fn is_for(&self, scope: &Scope) -> bool {
        self.audience.includes(scope) && !self.except.as_ref().is_some_and(|other| other.includes(scope))
    }
}

impl CallsHub {
    /// Starts the hub. It ends with `shutdown`.
    pub fn start(shutdown: CancellationToken) -> Self {
        let (inbox, events) = mpsc::channel(INBOX);
        let shared = Arc::new(Shared {
            boot: Boot(now().0.unsigned_abs()),
            state: Mutex::default(),
            flushes: broadcast::channel(READER_LAG).0,
        });
        tokio::spawn(Arc::clone(&shared).run(events, shutdown));
        Self { shared, inbox }
    }

    /// Where events of switches go in.
    pub fn inbox(&self) -> mpsc::Sender<Stamped> {
        self.inbox.clone()
    }

    /// This start of the server.
    pub fn boot(&self) -> Boot {
        self.shared.boot
    }

    /// Applies what SwitchDesk itself knows.
    pub async fn send(&self, node: &NodeName, event: SwitchEvent) {
        let stamped = Stamped { node: node.clone(), at: now(), made_at_us: None, event };
        // The inbox closes only when the server stops, and then the calls are of no use to anybody.
        let _ = self.inbox.send(stamped).await;
    }

    /// The calls that somebody sees, in no order, with the position that they stand at.
    pub fn rows(&self, sight: &Sight) -> (u64, Vec<CallRow>) {
        let (seq, rows) = {
            let state = self.shared.lock();
            (state.seq, state.calls.rows(&sight.scope))
        };
        match sight.numbers {
            Numbers::Plain => (seq, rows),
            Numbers::Masked => (seq, rows.into_iter().map(CallRow::masked).collect()),
        }
    }

    /// The live call that a leg belongs to, for whoever may see it. Any of its legs finds it.
    pub fn find(&self, leg: &LegId, scope: &Scope) -> Option<CallRow> {
        let state = self.shared.lock();
        let (row, audience) = state.calls.row(&state.calls.call_of(leg)?)?;
        audience.includes(scope).then_some(row)
    }

    /// The live call that an agent is in.
    pub fn of_agent(&self, agent: &AgentKey) -> Option<CallRow> {
        self.shared.lock().calls.of_agent(agent)
    }

    /// A call with its past, for whoever may see it. Any of its legs finds it.
    pub fn detail(&self, id: &CallId, sight: &Sight) -> Option<CallDetail> {
        let (detail, audience) = self.shared.lock().calls.detail(id)?;
        let detail = audience.includes(&sight.scope).then_some(detail)?;
        Some(match sight.numbers {
            Numbers::Plain => detail,
            Numbers::Masked => detail.masked(),
        })
    }

    /// How many calls there are.
    pub fn count(&self) -> usize {
        self.shared.lock().calls.count()
    }

    /// A reader of all calls of a scope.
    pub fn subscribe(&self, sight: Sight) -> Reader {
        Reader::new(self.clone(), sight, self.shared.flushes.subscribe())
    }

    /// A reader of one call.
    pub fn subscribe_to(&self, id: CallId, sight: Sight) -> DetailReader {
        DetailReader::new(self.clone(), id, sight, self.shared.flushes.subscribe())
    }

    /// Every flush from now on.
    pub(crate) fn flushes(&self) -> broadcast::Receiver<Arc<Flush>> {
        self.shared.flushes.subscribe()
    }

    /// Readers at the moment.
    pub fn readers(&self) -> usize {
        self.shared.flushes.receiver_count()
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        // `LiveCalls::apply` cannot leave a call half changed in a way that matters: the next list mends it.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn run(self: Arc<Self>, mut events: mpsc::Receiver<Stamped>, shutdown: CancellationToken) {
        let mut touched = Touched::default();
        let mut last_flush = Instant::now();
        let mut batch = Vec::with_capacity(BATCH);
        loop {
            let flush_at = last_flush + FLUSH_EVERY;
            tokio::select! {
                () = shutdown.cancelled() => return,
                count = events.recv_many(&mut batch, BATCH) => {
                    if count == 0 {
                        return;
                    }
                    let mut state = self.lock();
                    for stamped in batch.drain(..) {
                        state.calls.apply(stamped, &mut touched);
                    }
                }
                () = sleep_until(flush_at), if !touched.is_empty() => {}
            }
            if !touched.is_empty() && last_flush.elapsed() >= FLUSH_EVERY {
                self.flush(&std::mem::take(&mut touched));
                last_flush = Instant::now();
            }
        }
    }

    fn flush(&self, touched: &Touched) {
        let mut state = self.lock();
        let mut pieces = Vec::new();
        let mut push = |id: &CallId, change: CallChange, audience: Audience, except: Option<Audience>| {
            // Plain values without maps by key: they always serialise.
            let plain = serde_json::to_string(&change);
            if let (Ok(plain), Ok(masked)) = (plain, serde_json::to_string(&change.masked())) {
                pieces.push(Piece { id: id.clone(), plain, masked, audience, except });
            }
        };
        for id in touched.calls() {
            let now = state.calls.row(id);
            // Whoever saw it before, and may not see it any more, is told that it is gone.
            let is_same = now.as_ref().is_some_and(|(_, audience)| state.shown.get(id) == Some(audience));
            if !is_same && let Some(before) = state.shown.remove(id) {
                let now = now.as_ref().map(|(_, audience)| audience.clone());
                push(id, CallChange::Gone(id.clone()), before, now);
            }
            if let Some((row, audience)) = now {
                if !is_same {
                    state.shown.insert(id.clone(), audience.clone());
                }
                push(id, CallChange::Is(row), audience, None);
            }
        }
        if pieces.is_empty() {
            return;
        }
        state.seq += 1;
        // Nobody may be reading.
        let _ = self.flushes.send(Arc::new(Flush { seq: state.seq, pieces }));
    }
}
