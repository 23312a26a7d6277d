//! The event connection: a thread that reads, decodes and queues, and does nothing else.
//!
//! A switch drops events of a reader that is slow, without a word (FACTS 1.10). So the thread never waits for
//! anybody: where the queue is full it counts what it drops, and the supervisor rebuilds the board.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Instant;

use app::model::board::LinkProblem;
use app::model::time::UnixMs;
use tokio::sync::{mpsc, oneshot};

use super::client::{Client, Cutter, OPEN_WITHIN};
use super::decode::{self, Headers, Notice};
use super::{NodeSettings, now, thread};

/// Events that may wait for the supervisor: some minutes of a busy call center.
const QUEUE: usize = 10_000;

/// An event as it was received.
#[derive(Debug)]
pub(super) struct Received {
    /// The server's clock.
    pub(super) at: UnixMs,
    /// For comparing with the moment of a request.
    pub(super) since: Instant,
    /// What it says.
    pub(super) notice: Notice,
}

/// One event connection, from its opening to its end.
#[derive(Debug)]
pub(super) struct EventConnection {
    queue: mpsc::Receiver<Received>,
    ready: Option<oneshot::Receiver<Result<(), LinkProblem>>>,
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Debug)]
struct Shared {
    cutter: Cutter,
    end: Mutex<Option<LinkProblem>>,
    last_heard: Mutex<(Instant, UnixMs)>,
    dropped: Arc<AtomicU64>,
}

impl EventConnection {
    /// Starts the thread, which connects, logs in and subscribes. What it has to drop is added to `dropped`.
    pub(super) fn start(settings: &NodeSettings, dropped: &Arc<AtomicU64>) -> Self {
        let (sender, queue) = mpsc::channel(QUEUE);
        let (tell_ready, ready) = oneshot::channel();
        let shared = Arc::new(Shared {
            cutter: Cutter::default(),
            end: Mutex::new(None),
            last_heard: Mutex::new((Instant::now(), now())),
            dropped: Arc::clone(dropped),
        });
        let work = {
            let (settings, shared) = (settings.clone(), Arc::clone(&shared));
            move || shared.run(&settings, tell_ready, &sender)
        };
        let thread = thread::spawn(format!("esl-events-{}", settings.name), work);
        Self { queue, ready: Some(ready), shared, thread }
    }

    /// Waits until events flow.
    pub(super) async fn ready(&mut self) -> Result<(), LinkProblem> {
        match self.ready.take() {
            Some(ready) => ready.await.unwrap_or(Err(LinkProblem::ConnectionLost)),
            None => Ok(()),
        }
    }

    /// Waits for events and appends some of them; zero once the connection has ended.
    pub(super) async fn receive(&mut self, events: &mut Vec<Received>) -> usize {
        self.queue.recv_many(events, 64).await
    }

    /// How many events wait.
    pub(super) fn waiting(&self) -> usize {
        self.queue.len()
    }

    /// Why the connection has ended, once it has.
    pub(super) fn end(&self) -> Option<LinkProblem> {
        *self.shared.end.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// When the switch was last heard of.
    pub(super) fn last_heard(&self) -> (Instant, UnixMs) {
        *self.shared.last_heard.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Ends the connection and waits for its thread.
    pub(super) async fn stop(self) {
        self.shared.cutter.close();
        thread::join(self.thread).await;
    }
}

impl Shared {
    fn run(
        &self,
        settings: &NodeSettings,
        tell_ready: oneshot::Sender<Result<(), LinkProblem>>,
        queue: &mpsc::Sender<Received>,
    ) {
        let problem = match self.open(settings) {
            Err(problem) => {
                let _ = tell_ready.send(Err(problem));
                problem
            }
            Ok(mut client) => {
                let _ = tell_ready.send(Ok(()));
                self.drain(&mut client, queue)
            }
        };
        *self.end.lock().unwrap_or_else(PoisonError::into_inner) = Some(problem);
    }

    fn open(&self, settings: &NodeSettings) -> Result<Client, LinkProblem> {
        let deadline = Instant::now() + OPEN_WITHIN;
        let mut client = Client::open(&settings.address, &settings.password, deadline, &self.cutter)?;
        client.subscribe(decode::SUBSCRIPTION, deadline)?;
        self.heard();
        Ok(client)
    }

    fn drain(&self, client: &mut Client, queue: &mpsc::Sender<Received>) -> LinkProblem {
        loop {
            let headers = match client.next_event() {
                Ok(headers) => Headers::new(headers),
                Err(problem) => return problem,
            };
            let (since, at) = self.heard();
            match queue.try_send(Received { at, since, notice: decode::notice(&headers) }) {
                Ok(()) => {}
                Err(mpsc::error::TrySendError::Full(_)) => {
                    self.dropped.fetch_add(1, Ordering::Relaxed);
                }
                Err(mpsc::error::TrySendError::Closed(_)) => return LinkProblem::ConnectionLost,
            }
        }
    }

    fn heard(&self) -> (Instant, UnixMs) {
        let heard = (Instant::now(), now());
        *self.last_heard.lock().unwrap_or_else(PoisonError::into_inner) = heard;
        heard
    }
}
