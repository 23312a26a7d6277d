//! What is going to happen, in world time: the time of day less the time for which the world was frozen.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use crate::clock::Micros;

/// What a phone that rings may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Act {
    /// The agent answers.
    Answer,
    /// The phone rings until its time-out: `ALLOTTED_TIMEOUT`.
    NoAnswer,
    /// SIP 486: `USER_BUSY`.
    Busy,
    /// SIP 603: `CALL_REJECTED`.
    Reject,
    /// SIP 480: `NO_USER_RESPONSE`.
    Unreachable,
}

/// Something due. Those about a call are void if the call is gone by then.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Timer {
    /// An agent's phone starts to ring.
    Progress(String),
    /// An agent's phone does something.
    Act(String, Act),
    /// A talk ends; whether the caller hangs up.
    TalkEnds(String, bool),
    /// A caller's patience is over.
    GiveUp(String),
    /// The next caller arrives.
    Arrive,
    /// An agent takes a break, logs out, or comes back.
    Turn(String, u64),
}

/// Due times with their timers.
#[derive(Debug, Default)]
pub struct Timers {
    heap: BinaryHeap<Reverse<(Micros, u64, Timer)>>,
    next: u64,
}

impl Timers {
    /// Adds a timer; those due at the same time fire in the order of adding.
    pub fn add(&mut self, due: Micros, timer: Timer) {
        self.next += 1;
        self.heap.push(Reverse((due, self.next, timer)));
    }

    /// Takes the next timer that is due, with the time at which it was.
    pub fn pop_due(&mut self, now: Micros) -> Option<(Micros, Timer)> {
        if self.heap.peek().is_none_or(|Reverse((due, ..))| *due > now) {
            return None;
        }
        self.heap.pop().map(|Reverse((due, _, timer))| (due, timer))
    }

    /// Forgets the next arrival.
    pub fn remove_arrivals(&mut self) {
        self.heap.retain(|Reverse((.., timer))| *timer != Timer::Arrive);
    }

    /// Forgets everything.
    pub fn clear(&mut self) {
        self.heap.clear();
    }
}
