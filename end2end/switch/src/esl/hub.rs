//! Who listens, and the queue of each listener.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Instant;

use tokio::sync::{mpsc, oneshot, watch};

use super::encoding::{self, Format};
use super::subscription::{Interest, Subscription};
use crate::event::Event;
use crate::faults::Faults;
use crate::faults::events::Passage;

/// Entries of a listener's queue (mod_event_socket, `MAX_QUEUE_LEN`).
const QUEUE_LENGTH: usize = 100_000;
/// Events lost in a row before a listener is killed (mod_event_socket, `MAX_MISSED`).
const MAX_MISSED: u32 = 500;

/// Why the switch ends a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// The listener read too slowly.
    LostEvents,
    /// The switch or the module stops.
    ShuttingDown,
    /// A test wants a reset in the middle of a frame.
    Reset,
}

/// What happens to the listening port.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Port {
    /// It refuses connections for about a second.
    CloseForAMoment,
    /// It is closed, and so is the switch once its connections are.
    Stop,
}

/// A frame shared by all listeners of a format.
pub type Frame = Arc<Vec<u8>>;

/// The session's side of a registration.
#[derive(Debug)]
pub struct Registration {
    /// Key in the hub.
    pub id: u64,
    /// Events for this listener.
    pub events: mpsc::Receiver<Frame>,
    /// Fires once when the connection has to end.
    pub end: oneshot::Receiver<End>,
}

#[derive(Debug)]
struct Listener {
    events: mpsc::Sender<Frame>,
    end: Option<oneshot::Sender<End>>,
    subscription: Subscription,
    is_authenticated: bool,
    passage: Passage,
    /// Log lines up to this level are wanted.
    log_level: Option<usize>,
    missed: u32,
}

impl Listener {
    fn send(&mut self, frame: Frame) {
        match self.events.try_send(frame) {
            Ok(()) => self.missed = 0,
            Err(_) => self.missed += 1,
        }
        if self.missed > MAX_MISSED
            && let Some(end) = self.end.take()
        {
            // A session that is gone already does not hear it.
            let _ = end.send(End::LostEvents);
        }
    }
}

/// Whom a malformed frame concerns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Audience {
    /// Every connection that has logged in.
    All,
    /// Those that listen to events.
    Events,
    /// Those that do not.
    Commands,
}

impl Audience {
    /// `all`, `events` or `commands`.
    pub fn from_word(word: &str) -> Option<Self> {
        [("all", Self::All), ("events", Self::Events), ("commands", Self::Commands)]
            .into_iter()
            .find(|(known, _)| *known == word)
            .map(|(_, audience)| audience)
    }
}

/// All connections.
#[derive(Debug)]
pub struct Hub {
    listeners: BTreeMap<u64, Listener>,
    next: u64,
    interest: Interest,
    interest_is_old: bool,
    faults: watch::Sender<Faults>,
    seed: u64,
    port: mpsc::UnboundedSender<Port>,
}

impl Hub {
    /// A hub that tells the accepting task through `port` to close for a second. Chances of faults are drawn by `seed`.
    pub fn new(seed: u64, port: mpsc::UnboundedSender<Port>) -> Self {
        Self {
            listeners: BTreeMap::new(),
            next: 0,
            interest: Interest::default(),
            interest_is_old: false,
            faults: watch::Sender::new(Faults::default()),
            seed,
            port,
        }
    }

    /// A new connection.
    pub fn register(&mut self) -> Registration {
        let (events, events_rx) = mpsc::channel(QUEUE_LENGTH);
        let (end, end_rx) = oneshot::channel();
        self.next += 1;
        let listener = Listener {
            events,
            end: Some(end),
            subscription: Subscription::default(),
            is_authenticated: false,
            passage: Passage::new(self.seed ^ self.next),
            log_level: None,
            missed: 0,
        };
        self.listeners.insert(self.next, listener);
        Registration { id: self.next, events: events_rx, end: end_rx }
    }

    /// The connection is gone.
    pub fn remove(&mut self, id: u64) {
        self.listeners.remove(&id);
        self.interest_is_old = true;
    }

    /// The subscription of a connection.
    pub fn subscription(&mut self, id: u64) -> Option<&mut Subscription> {
        self.interest_is_old = true;
        self.listeners.get_mut(&id).map(|listener| &mut listener.subscription)
    }

    /// Whether anyone wants such events. Asked before an event is built, so it must cost next to nothing.
    pub fn wants(&mut self, name: &str, subclass: Option<&str>) -> bool {
        if self.interest_is_old {
            self.interest_is_old = false;
            self.interest = Interest::default();
            for listener in self.listeners.values() {
                listener.subscription.add_to(&mut self.interest);
            }
        }
        self.interest.wants(name, subclass)
    }

    /// Queues an event for everyone who wants it; written once per format.
    pub fn publish(&mut self, event: &Event) {
        let mut frames: [Option<Frame>; Format::COUNT] = [None, None, None];
        let faults = self.faults.borrow().events;
        let now = Instant::now();
        let mut arriving = Vec::new();
        for listener in self.listeners.values_mut() {
            let subscription = &listener.subscription;
            if !subscription.wants(&event.name, event.subclass.as_deref()) || !subscription.passes(event) {
                continue;
            }
            let format = subscription.format;
            let frame = frames[format as usize]
                .get_or_insert_with(|| Arc::new(encoding::frame(event, format)))
                .clone();
            listener.passage.enter(frame, &faults, now, &mut arriving);
            for frame in arriving.drain(..) {
                listener.send(frame);
            }
        }
    }

    /// Lets go of events that a fault has held back for long enough.
    pub fn release(&mut self, now: Instant) {
        let faults = self.faults.borrow().events;
        let mut arriving = Vec::new();
        for listener in self.listeners.values_mut() {
            listener.passage.advance(&faults, now, &mut arriving);
            for frame in arriving.drain(..) {
                listener.send(frame);
            }
        }
    }

    /// Sends bytes as they are.
    pub fn inject(&mut self, bytes: Vec<u8>, audience: Audience) {
        let frame = Arc::new(bytes);
        for listener in self.listeners.values_mut().filter(|listener| listener.is_authenticated) {
            let listens = listener.subscription.listening;
            if audience == Audience::All || listens == (audience == Audience::Events) {
                listener.send(frame.clone());
            }
        }
    }

    /// Sets the level of log lines for a connection, or ends them. Whether there was one.
    pub fn set_log_level(&mut self, id: u64, level: Option<usize>) -> bool {
        let listener = self.listeners.get_mut(&id);
        listener.is_some_and(|listener| std::mem::replace(&mut listener.log_level, level).is_some())
    }

    /// Whether anyone wants log lines of that level.
    pub fn wants_log(&self, level: usize) -> bool {
        self.listeners.values().any(|listener| listener.log_level.is_some_and(|wanted| level <= wanted))
    }

    /// Queues a log line for everyone who wants its level.
    pub fn log(&mut self, level: usize, frame: Vec<u8>) {
        let frame: Frame = Arc::new(frame);
        for listener in self.listeners.values() {
            if listener.log_level.is_some_and(|wanted| level <= wanted) {
                // A line that does not fit is lost, as on the real switch.
                let _ = listener.events.try_send(frame.clone());
            }
        }
    }

    /// The connection has logged in.
    pub fn authenticated(&mut self, id: u64) {
        if let Some(listener) = self.listeners.get_mut(&id) {
            listener.is_authenticated = true;
        }
    }

    /// Closes the port for good.
    pub fn stop(&self) {
        let _ = self.port.send(Port::Stop);
    }

    /// Ends every connection.
    pub fn end_all(&mut self, why: End) {
        for listener in self.listeners.values_mut() {
            if let Some(end) = listener.end.take() {
                let _ = end.send(why);
            }
        }
    }

    /// How many connections there are.
    pub fn connections(&self) -> usize {
        self.listeners.len()
    }

    /// The faults that last.
    pub fn faults(&self) -> Faults {
        self.faults.borrow().clone()
    }

    /// Changes them; sessions and the accepting task hear of it.
    pub fn change_faults(&self, change: impl FnOnce(&mut Faults)) {
        self.faults.send_modify(change);
    }

    /// For sessions and the accepting task.
    pub fn watch_faults(&self) -> watch::Receiver<Faults> {
        self.faults.subscribe()
    }

    /// Refuses connections for about a second, as a restart does.
    pub fn close_port(&self) {
        // Without an accepting task there is no port to close.
        let _ = self.port.send(Port::CloseForAMoment);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn listener_that_does_not_read_is_killed_after_too_many_losses() {
        let mut hub = Hub::new(1, mpsc::unbounded_channel().0);
        let mut registration = hub.register();
        hub.subscription(registration.id).unwrap().add("plain HEARTBEAT");
        let event = Event { name: "HEARTBEAT".into(), subclass: None, headers: Vec::new(), body: None };
        for _ in 0..QUEUE_LENGTH as u32 + MAX_MISSED {
            hub.publish(&event);
        }
        assert!(registration.end.try_recv().is_err());
        hub.publish(&event);
        assert_eq!(registration.end.try_recv(), Ok(End::LostEvents));
    }
}
