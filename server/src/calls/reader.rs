//! Readers of the streams of calls: of the list, and of one call.

use std::sync::Arc;

use app::model::call::CallsFrame;
use app::model::frame::Position;
use app::model::ids::CallId;
use app::model::wall::Sight;
use tokio::sync::broadcast::{self, error::RecvError};
use tokio::time::{Instant, timeout_at};

use super::hub::{CallsHub, Flush};
use crate::wallboard::reader::{BEAT_EVERY, ReaderFrame};

/// What a wait for a flush ended with.
enum Waited {
    Flush(Arc<Flush>),
    /// Some were missed.
    Lagged,
    /// Nothing for a while.
    Quiet,
    /// The hub has ended.
    Ended,
}

async fn wait(flushes: &mut broadcast::Receiver<Arc<Flush>>, until: Instant) -> Waited {
    match timeout_at(until, flushes.recv()).await {
        Err(_) => Waited::Quiet,
        Ok(Ok(flush)) => Waited::Flush(flush),
        Ok(Err(RecvError::Lagged(_))) => Waited::Lagged,
        Ok(Err(RecvError::Closed)) => Waited::Ended,
    }
}

fn frame(hub: &CallsHub, seq: Option<u64>, frame: &CallsFrame) -> Option<ReaderFrame> {
    let position = seq.map(|seq| Position { boot: hub.boot(), seq });
    Some(ReaderFrame { position, json: serde_json::to_string(frame).ok()? })
}

/// A reader of the calls of a scope: a greeting, all of them, then what changes.
#[derive(Debug)]
pub struct Reader {
    hub: CallsHub,
    sight: Sight,
    flushes: broadcast::Receiver<Arc<Flush>>,
    /// The last flush that was looked at, and the position that the reader was last told.
    seen: u64,
    told: u64,
    is_greeted: bool,
    wants_snapshot: bool,
}

impl Reader {
    pub(super) fn new(hub: CallsHub, sight: Sight, flushes: broadcast::Receiver<Arc<Flush>>) -> Self {
        Self { hub, sight, flushes, seen: 0, told: 0, is_greeted: false, wants_snapshot: true }
    }

    /// The next frame: waits for a change, at most until the next beat. `None` when the hub has ended.
    ///
    /// Cancel safe: a frame that was not returned is made again.
    pub async fn next(&mut self) -> Option<ReaderFrame> {
        if !self.is_greeted {
            self.is_greeted = true;
            return frame(&self.hub, None, &CallsFrame::Hello { boot: self.hub.boot() });
        }
        let beat_at = Instant::now() + BEAT_EVERY;
        loop {
            if self.wants_snapshot {
                self.wants_snapshot = false;
                let (seq, calls) = self.hub.rows(&self.sight);
                (self.seen, self.told) = (seq, seq);
                return frame(&self.hub, Some(seq), &CallsFrame::Snapshot { seq, calls });
            }
            match wait(&mut self.flushes, beat_at).await {
                Waited::Ended => return None,
                Waited::Lagged => self.wants_snapshot = true,
                Waited::Quiet => {
                    self.told = self.seen;
                    return frame(&self.hub, Some(self.seen), &CallsFrame::Beat { seq: self.seen });
                }
                Waited::Flush(flush) if flush.seq <= self.seen => {}
                Waited::Flush(flush) => {
                    self.seen = flush.seq;
                    if let Some(frame) = self.changes(&flush) {
                        return Some(frame);
                    }
                }
            }
        }
    }

    /// The pieces of a flush that the scope includes, joined: the same JSON as a [`CallsFrame::Changes`] would give.
    fn changes(&mut self, flush: &Flush) -> Option<ReaderFrame> {
        let mut pieces = flush.pieces.iter().filter(|piece| piece.is_for(&self.sight.scope)).peekable();
        pieces.peek()?;
        let mut json = format!(r#"{{"Changes":{{"after":{},"seq":{},"changes":["#, self.told, flush.seq);
        for (place, piece) in pieces.enumerate() {
            if place > 0 {
                json.push(',');
            }
            json.push_str(piece.json(self.sight.numbers));
        }
        json.push_str("]}}");
        self.told = flush.seq;
        Some(ReaderFrame { position: Some(Position { boot: self.hub.boot(), seq: flush.seq }), json })
    }
}

/// A reader of one call: a greeting, the call with its past, and again whenever it changes.
#[derive(Debug)]
pub struct DetailReader {
    hub: CallsHub,
    id: CallId,
    sight: Sight,
    flushes: broadcast::Receiver<Arc<Flush>>,
    /// Frames sent: each is a position of its own, since none builds upon another.
    sent: u64,
    is_greeted: bool,
    is_due: bool,
}

impl DetailReader {
    pub(super) fn new(
        hub: CallsHub,
        id: CallId,
        sight: Sight,
        flushes: broadcast::Receiver<Arc<Flush>>,
    ) -> Self {
        Self { hub, id, sight, flushes, sent: 0, is_greeted: false, is_due: true }
    }

    /// The next frame, as [`Reader::next`].
    pub async fn next(&mut self) -> Option<ReaderFrame> {
        if !self.is_greeted {
            self.is_greeted = true;
            return frame(&self.hub, None, &CallsFrame::Hello { boot: self.hub.boot() });
        }
        let beat_at = Instant::now() + BEAT_EVERY;
        loop {
            if self.is_due {
                self.is_due = false;
                self.sent += 1;
                let detail = self.hub.detail(&self.id, &self.sight);
                let detail = detail.map_or(CallsFrame::NoSuchCall, |detail| {
                    // The address may name another leg than the one that the call is known by.
                    self.id = detail.row.id.clone();
                    CallsFrame::Detail(Box::new(detail))
                });
                return frame(&self.hub, Some(self.sent), &detail);
            }
            match wait(&mut self.flushes, beat_at).await {
                Waited::Ended => return None,
                Waited::Lagged => self.is_due = true,
                Waited::Quiet => {
                    return frame(&self.hub, Some(self.sent), &CallsFrame::Beat { seq: self.sent });
                }
                Waited::Flush(flush) => self.is_due = flush.pieces.iter().any(|piece| piece.id == self.id),
            }
        }
    }
}
