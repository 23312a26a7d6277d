//! One reader of the live stream: what it sees, its place, and the frames it gets.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use app::model::frame::{Boot, Frame, Position};
use app::model::wall::Sight;
use tokio::sync::broadcast;
use tokio::time::timeout;

use super::hub::{Flush, Hub};
use crate::clock::now;

/// A beat is sent when nothing else was for this long.
pub const BEAT_EVERY: Duration = Duration::from_secs(1);

/// A reader of the live stream. Holds no more than references to flushes that the hub keeps anyway.
#[derive(Debug)]
pub struct Reader {
    hub: Hub,
    sight: Sight,
    boot: Boot,
    flushes: broadcast::Receiver<Arc<Flush>>,
    backlog: VecDeque<Arc<Flush>>,
    /// The last flush that was looked at.
    seen: u64,
    /// The position that the reader was last told.
    told: u64,
    is_greeted: bool,
    wants_snapshot: bool,
}

/// One server-sent event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReaderFrame {
    /// Position after it, for the event's id.
    pub position: Option<Position>,
    /// The frame as JSON.
    pub json: String,
}

impl Reader {
    pub(super) fn new(
        hub: Hub,
        sight: Sight,
        boot: Boot,
        after: Option<u64>,
        backlog: Option<Vec<Arc<Flush>>>,
        flushes: broadcast::Receiver<Arc<Flush>>,
    ) -> Self {
        let wants_snapshot = backlog.is_none();
        let after = after.unwrap_or_default();
        Self {
            hub,
            sight,
            boot,
            flushes,
            backlog: backlog.unwrap_or_default().into(),
            seen: after,
            told: after,
            is_greeted: false,
            wants_snapshot,
        }
    }

    /// The next frame: waits for a change, at most until the next beat. `None` when the hub has ended.
    ///
    /// Cancel safe: a frame that was not returned is made again.
    pub async fn next(&mut self) -> Option<ReaderFrame> {
        if !self.is_greeted {
            self.is_greeted = true;
            let hello = Frame::Hello { build: self.hub.build().to_owned(), boot: self.boot, now: now() };
            return self.frame(None, &hello);
        }
        let beat_at = tokio::time::Instant::now() + BEAT_EVERY;
        loop {
            if self.wants_snapshot {
                self.wants_snapshot = false;
                return self.snapshot();
            }
            let flush = match self.backlog.pop_front() {
                Some(flush) => flush,
                None => {
                    match timeout(beat_at.duration_since(tokio::time::Instant::now()), self.flushes.recv())
                        .await
                    {
                        Err(_) => return self.beat(),
                        Ok(Ok(flush)) => flush,
                        Ok(Err(broadcast::error::RecvError::Lagged(_))) => {
                            self.wants_snapshot = true;
                            continue;
                        }
                        Ok(Err(broadcast::error::RecvError::Closed)) => return None,
                    }
                }
            };
            if flush.seq <= self.seen {
                continue;
            }
            self.seen = flush.seq;
            if let Some(frame) = self.changes(&flush) {
                return Some(frame);
            }
        }
    }

    fn snapshot(&mut self) -> Option<ReaderFrame> {
        let snapshot = self.hub.snapshot(self.sight.clone());
        (self.seen, self.told) = (snapshot.position.seq, snapshot.position.seq);
        self.backlog.clear();
        self.frame(Some(self.seen), &Frame::Snapshot(snapshot))
    }

    fn beat(&mut self) -> Option<ReaderFrame> {
        self.told = self.seen;
        self.frame(Some(self.seen), &Frame::Beat { seq: self.seen, now: now() })
    }

    /// The pieces of a flush that the scope includes, joined: the same JSON as a [`Frame::Changes`] would give.
    fn changes(&mut self, flush: &Flush) -> Option<ReaderFrame> {
        let mut pieces =
            flush.pieces.iter().filter(|piece| piece.audience.includes(&self.sight.scope)).peekable();
        pieces.peek()?;
        let oldest = flush.oldest_event_us.map_or_else(|| "null".to_owned(), |us| us.to_string());
        let mut json = format!(
            r#"{{"Changes":{{"after":{},"seq":{},"oldest_event_us":{oldest},"changes":["#,
            self.told, flush.seq
        );
        for (place, piece) in pieces.enumerate() {
            if place > 0 {
                json.push(',');
            }
            json.push_str(&piece.seen_by(&self.sight));
        }
        json.push_str("]}}");
        self.told = flush.seq;
        Some(ReaderFrame { position: self.position(flush.seq), json })
    }

    fn frame(&self, seq: Option<u64>, frame: &Frame) -> Option<ReaderFrame> {
        let json = serde_json::to_string(frame).ok()?;
        Some(ReaderFrame { position: seq.and_then(|seq| self.position(seq)), json })
    }

    fn position(&self, seq: u64) -> Option<Position> {
        Some(Position { boot: self.boot, seq })
    }
}
