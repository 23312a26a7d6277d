//! Readers of the live stream, as wall screens are.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result, bail};
use http_body_util::BodyExt as _;
use serde::Deserialize;
use serde::de::IgnoredAny;
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::http;
use crate::live::{Phase, until_over};
use crate::percentile::Samples;
use crate::sse::Events;

/// Running readers.
#[derive(Debug, Default)]
pub(crate) struct Readers {
    tasks: JoinSet<Result<Tally>>,
    counters: Arc<Counters>,
}

/// For the onlooker.
#[derive(Debug, Default)]
struct Counters {
    /// Readers that have got their snapshot.
    ready: AtomicU64,
    frames: AtomicU64,
}

/// What came during the measurement, to one reader or to all.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    /// Frames of all kinds.
    pub(crate) frames: u64,
    /// Bytes of the answer's body, without the marks between its chunks.
    pub(crate) bytes: u64,
    /// Rows in frames of changes.
    pub(crate) rows: u64,
    /// Snapshots: the reader was too slow.
    pub(crate) resyncs: u64,
    /// Frames of changes that do not build upon the frame before.
    pub(crate) gaps: u64,
    /// From the oldest event in a frame until the frame is here, in milliseconds.
    pub(crate) latencies_ms: Samples,
    /// Likewise, but of frames whose switch's time is not known: those cannot be measured.
    pub(crate) without_event: u64,
}

/// A frame, as far as it matters here.
#[derive(Debug, Deserialize)]
enum Frame {
    Hello(IgnoredAny),
    Snapshot { position: Position },
    Changes { after: u64, seq: u64, oldest_event_us: Option<i64>, changes: Vec<IgnoredAny> },
    Beat { seq: u64 },
    Bye(String),
}

#[derive(Debug, Deserialize)]
struct Position {
    seq: u64,
}

/// Milliseconds since an instant of this machine's clock in microseconds.
pub(crate) fn latency_ms(since_us: i64) -> f64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    (i64::try_from(now.as_micros()).unwrap_or(i64::MAX) - since_us) as f64 / 1000.0
}

impl Readers {
    /// Starts a reader of a path.
    pub(crate) fn start(&mut self, address: SocketAddr, path: String, phase: watch::Receiver<Phase>) {
        let (number, counters) = (self.tasks.len() + 1, Arc::clone(&self.counters));
        self.tasks.spawn(async move {
            let reading = read(address, &path, phase, &counters);
            reading.await.with_context(|| format!("reader {number} of the live stream"))
        });
    }

    /// How many have got their snapshot.
    pub(crate) fn ready(&self) -> u64 {
        self.counters.ready.load(Ordering::Relaxed)
    }

    /// Frames since the start, all readers together.
    pub(crate) fn frames(&self) -> u64 {
        self.counters.frames.load(Ordering::Relaxed)
    }

    /// Fails when one of them has ended before its time.
    ///
    /// # Errors
    /// Why.
    pub(crate) fn check(&mut self) -> Result<()> {
        match self.tasks.try_join_next() {
            None => Ok(()),
            Some(ended) => ended?.and_then(|_| bail!("a reader of the live stream has ended too early")),
        }
    }

    /// What all saw, once the measurement is over.
    ///
    /// # Errors
    /// One of them failed.
    pub(crate) async fn finish(mut self) -> Result<Tally> {
        let mut total = Tally::default();
        while let Some(ended) = self.tasks.join_next().await {
            total.add(ended??);
        }
        Ok(total)
    }
}

impl Tally {
    fn add(&mut self, other: Self) {
        self.frames += other.frames;
        self.bytes += other.bytes;
        self.rows += other.rows;
        self.resyncs += other.resyncs;
        self.gaps += other.gaps;
        self.without_event += other.without_event;
        self.latencies_ms.append(other.latencies_ms);
    }
}

async fn read(
    address: SocketAddr,
    path: &str,
    phase: watch::Receiver<Phase>,
    counters: &Counters,
) -> Result<Tally> {
    let mut body = http::open(address, path).await?;
    let (mut events, mut reader) = (Events::default(), Reader::default());
    let over = until_over(phase.clone());
    tokio::pin!(over);
    loop {
        let chunk = tokio::select! {
            () = &mut over => return Ok(reader.tally),
            chunk = body.frame() => chunk.context("the stream has ended")??,
        };
        let arrived = SystemTime::now().duration_since(UNIX_EPOCH)?;
        let arrived_us = i64::try_from(arrived.as_micros())?;
        let Some(bytes) = chunk.data_ref() else { continue };
        let is_measured = *phase.borrow() == Phase::Measured;
        if is_measured {
            reader.tally.bytes += bytes.len() as u64;
        }
        events.take(bytes, |data| {
            counters.frames.fetch_add(1, Ordering::Relaxed);
            if reader.take(data, arrived_us, is_measured)? {
                counters.ready.fetch_add(1, Ordering::Relaxed);
            }
            anyhow::Ok(())
        })?;
    }
}

#[derive(Debug, Default)]
struct Reader {
    /// The position reached; `None` before the first snapshot.
    seq: Option<u64>,
    tally: Tally,
}

impl Reader {
    /// Takes a frame; `true` when it is the first snapshot.
    fn take(&mut self, data: &[u8], arrived_us: i64, is_measured: bool) -> Result<bool> {
        let frame: Frame = serde_json::from_slice(data).with_context(|| {
            format!("cannot read the frame {}", String::from_utf8_lossy(data.get(..200).unwrap_or(data)))
        })?;
        let tally = &mut self.tally;
        let counted = u64::from(is_measured);
        tally.frames += counted;
        let mut is_first = false;
        match frame {
            Frame::Hello(_) => {}
            Frame::Snapshot { position } => {
                is_first = self.seq.replace(position.seq).is_none();
                tally.resyncs += counted;
            }
            Frame::Changes { after, seq, oldest_event_us, changes } => {
                if self.seq.replace(seq) != Some(after) {
                    tally.gaps += counted;
                }
                tally.rows += counted * changes.len() as u64;
                match oldest_event_us {
                    Some(made_us) if is_measured => {
                        tally.latencies_ms.extend([(arrived_us - made_us) as f64 / 1000.0]);
                    }
                    Some(_) => {}
                    None => tally.without_event += counted,
                }
            }
            Frame::Beat { seq } => self.seq = Some(seq),
            Frame::Bye(reason) => bail!("the server said goodbye: {reason}"),
        }
        Ok(is_first)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn frames_are_counted_and_measured() {
        let mut reader = Reader::default();
        let hello = br#"{"Hello":{"build":"1","boot":9,"now":5}}"#;
        let snapshot = br#"{"Snapshot":{"position":{"boot":9,"seq":4},"taken_at":5,"board":{"queues":[]}}}"#;
        let changes =
            br#"{"Changes":{"after":4,"seq":7,"oldest_event_us":1000000,"changes":[{"CountedSince":1},{"CountedSince":2}]}}"#;
        let tick =
            br#"{"Changes":{"after":8,"seq":9,"oldest_event_us":null,"changes":[{"CountedSince":1}]}}"#;
        assert!(!reader.take(hello, 0, false).unwrap());
        assert!(reader.take(snapshot, 0, false).unwrap());
        assert!(!reader.take(changes, 1_012_500, true).unwrap());
        assert_eq!((reader.tally.gaps, reader.tally.rows), (0, 2));
        assert!(!reader.take(tick, 2_000_000, true).unwrap());
        assert!(!reader.take(br#"{"Beat":{"seq":12,"now":5}}"#, 0, true).unwrap());
        assert!(!reader.take(snapshot, 0, true).unwrap());
        let tally = &mut reader.tally;
        assert_eq!((tally.frames, tally.gaps, tally.resyncs, tally.without_event), (4, 1, 1, 1));
        assert_eq!((tally.latencies_ms.len(), tally.latencies_ms.max()), (1, Some(12.5)));
        assert!(reader.take(br#"{"Bye":"Stopping"}"#, 0, true).is_err());
        assert!(reader.take(br#"{"Other":1}"#, 0, true).is_err());
    }
}
