//! Who listens, and the queue of each listener.

use std::collections::BTreeMap;
use std::sync::Arc;

use tokio::sync::{mpsc, oneshot, watch};

use super::encoding::{self, Format};
use super::subscription::{Interest, Subscription};
use crate::event::Event;

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
    missed: u32,
}

/// All connections.
#[derive(Debug)]
pub struct Hub {
    listeners: BTreeMap<u64, Listener>,
    next: u64,
    interest: Interest,
    interest_is_old: bool,
    silence: watch::Sender<bool>,
    port: mpsc::UnboundedSender<()>,
}

impl Hub {
    /// A hub that tells sessions about silence, and the accepting task through `port` to close for a second.
    pub fn new(silence: watch::Sender<bool>, port: mpsc::UnboundedSender<()>) -> Self {
        Self {
            listeners: BTreeMap::new(),
            next: 0,
            interest: Interest::default(),
            interest_is_old: false,
            silence,
            port,
        }
    }

    /// A new connection.
    pub fn register(&mut self) -> Registration {
        let (events, events_rx) = mpsc::channel(QUEUE_LENGTH);
        let (end, end_rx) = oneshot::channel();
        self.next += 1;
        let listener = Listener { events, end: Some(end), subscription: Subscription::default(), missed: 0 };
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
        for listener in self.listeners.values_mut() {
            let subscription = &listener.subscription;
            if !subscription.wants(&event.name, event.subclass.as_deref()) || !subscription.passes(event) {
                continue;
            }
            let format = subscription.format;
            let frame = frames[format as usize]
                .get_or_insert_with(|| Arc::new(encoding::frame(event, format)))
                .clone();
            match listener.events.try_send(frame) {
                Ok(()) => listener.missed = 0,
                Err(_) => listener.missed += 1,
            }
            if listener.missed > MAX_MISSED
                && let Some(end) = listener.end.take()
            {
                // A session that is gone already does not hear it.
                let _ = end.send(End::LostEvents);
            }
        }
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

    /// Stops all writing without closing anything, or goes on.
    pub fn set_silence(&self, on: bool) {
        self.silence.send_replace(on);
    }

    /// Whether sessions must not write.
    pub fn silence(&self) -> watch::Receiver<bool> {
        self.silence.subscribe()
    }

    /// Refuses connections for about a second, as a restart does.
    pub fn close_port(&self) {
        // Without an accepting task there is no port to close.
        let _ = self.port.send(());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn listener_that_does_not_read_is_killed_after_too_many_losses() {
        let mut hub = Hub::new(watch::channel(false).0, mpsc::unbounded_channel().0);
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
