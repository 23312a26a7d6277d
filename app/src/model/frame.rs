//! What travels over the live stream: one JSON object per server-sent event.

use serde::{Deserialize, Serialize};

use super::board::{BoardView, Change};
use super::named::read_by_name;
use super::time::UnixMs;

/// One start of the server process. Sequence numbers of another boot mean nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Boot(pub u64);

/// A position in the stream, written `boot:seq` in `?after=` and in the `id:` of each event.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Position {
    /// The server's start.
    pub boot: Boot,
    /// The flush; each is one higher than the one before.
    pub seq: u64,
}

impl Position {
    /// Reads `boot:seq`.
    pub fn parse(text: &str) -> Option<Self> {
        let (boot, seq) = text.split_once(':')?;
        Some(Self { boot: Boot(boot.parse().ok()?), seq: seq.parse().ok()? })
    }
}

impl std::fmt::Display for Position {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}", self.boot.0, self.seq)
    }
}

/// The board with its position: what the server renders first and what a stream starts from.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Snapshot {
    /// Where it stands in the stream.
    pub position: Position,
    /// The server's clock when it was taken; durations of the first paint are computed from it on both sides.
    pub taken_at: UnixMs,
    /// Rows.
    pub board: BoardView,
}

/// One server-sent event.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Frame {
    /// The first frame of every stream.
    Hello {
        /// Version of the program and of the pages.
        build: String,
        /// This start of the server.
        boot: Boot,
        /// The server's clock.
        now: UnixMs,
    },
    /// The whole board: replaces everything.
    Snapshot(Snapshot),
    /// Changes since `after`. A reader that is not at `after` has lost something and asks for a snapshot.
    Changes {
        /// The position that these build upon.
        after: u64,
        /// The position reached.
        seq: u64,
        /// When the switch made the oldest event in it, in microseconds of the switch's clock; `None` for
        /// changes that no event caused (a wrap-up that ended, midnight).
        oldest_event_us: Option<i64>,
        /// Rows.
        changes: Vec<Change>,
    },
    /// Nothing new, but alive: sent at least every second.
    Beat {
        /// The position reached.
        seq: u64,
        /// The server's clock.
        now: UnixMs,
    },
    /// The stream ends on purpose.
    Bye(ByeReason),
}

/// Why the server ended a stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum ByeReason {
    /// The server stops; try again soon.
    Stopping,
    /// The session or the wall link was revoked or ran out.
    SignedOut,
    /// What the reader may see is another part of the board now; come back at once.
    Changed,
}

read_by_name! { ByeReason:
    Stopping = "Stopping",
    SignedOut = "SignedOut",
    Changed = "Changed",
}
