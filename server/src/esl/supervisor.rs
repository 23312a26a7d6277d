//! The task of a node: connects, rebuilds the board from the lists, forwards events, compares, and begins anew.

use std::collections::{HashSet, VecDeque};
use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use app::model::board::{LinkProblem, LinkState};
use app::model::time::UnixMs;
use futures::FutureExt;
use futures::future::{BoxFuture, OptionFuture};
use tokio::time::{sleep, sleep_until};
use tokio_util::sync::CancellationToken;

use super::backoff::Backoff;
use super::commands::{Commands, Failure};
use super::decode::NoticeKind;
use super::events::{EventConnection, Received};
use super::{NodeSettings, Sink, now};
use crate::switch::event::{Stamped, SwitchEvent};
use crate::switch::lists::{List, ListProblem, read};
use crate::switch::lookout::Lookout;

/// How long a switch may take to answer with a list before it counts as silent. With a list asked for every 2.5 s, a
/// switch that hangs is noticed within 5 s.
const LIST_WITHIN: Duration = Duration::from_millis(2_500);
/// Lists are never asked for more often.
const QUICKEST_PACE: Duration = Duration::from_millis(10);
/// Before asking again where commands of people kept all connections busy.
const BUSY_PAUSE: Duration = Duration::from_millis(100);
/// Rounds between two lists of channels, which keep the live calls true where an event was lost.
const CALLS_EVERY: u32 = 3;
/// A connection that was live for so long was a good one.
const GOOD_AFTER: Duration = Duration::from_secs(5);
/// A switch that shuts down still answers for a while (FINDINGS 16): not to be taken for the one that comes after.
const SHUTDOWN_PAUSE: Duration = Duration::from_millis(2_500);
/// Numbers of events that are remembered; a repeated event follows the first within moments.
const REMEMBERED: usize = 8_192;
/// However rare the heartbeats of a switch are, it is not waited for longer.
const LONGEST_SILENCE: Duration = Duration::from_secs(600);

/// Runs until `cancel`, or until nobody listens.
pub(super) async fn run(
    settings: NodeSettings,
    commands: Commands,
    sink: Sink,
    cancel: CancellationToken,
    dropped: Arc<AtomicU64>,
) {
    let heartbeat = Heartbeat { timeout: settings.heartbeat_timeout, last: None };
    let mut backoff = Backoff::new(settings.first_retry, settings.longest_retry);
    let mut supervisor = Supervisor {
        settings,
        commands,
        sink,
        cancel,
        heartbeat,
        dropped,
        dropped_before: 0,
        lost_since: None,
        reported: None,
        live_since: None,
        core_uuid: None,
        sequences: Sequences::default(),
        calls_are_in_doubt: AtomicBool::new(false),
    };
    while let Err(Stop::Lost(loss)) = supervisor.session().await {
        if supervisor.live_since.take().is_some_and(|since| since.elapsed() >= GOOD_AFTER) {
            backoff.reset();
        }
        let pause = backoff.pause().max(loss.pause);
        if supervisor.lose(&loss).await.is_err() {
            break;
        }
        tokio::select! {
            () = supervisor.cancel.cancelled() => break,
            () = sleep(pause) => {}
        }
    }
    supervisor.commands.close().await;
}

/// Why following a switch stops.
enum Stop {
    /// Asked to, or nobody listens any more.
    Ended,
    /// The connection is gone, or not to be trusted.
    Lost(Loss),
}

struct Loss {
    problem: LinkProblem,
    /// Since when what we know is out of date.
    since: UnixMs,
    /// Shortest pause before the next attempt.
    pause: Duration,
}

impl Stop {
    fn lost(problem: LinkProblem) -> Self {
        Self::Lost(Loss { problem, since: now(), pause: Duration::ZERO })
    }
}

/// Why forwarding goes over into a rebuild.
struct Doubt(&'static str);

struct Supervisor {
    settings: NodeSettings,
    commands: Commands,
    sink: Sink,
    cancel: CancellationToken,
    heartbeat: Heartbeat,
    /// Events that had to be dropped since the start, and how many of them have led to a rebuild.
    dropped: Arc<AtomicU64>,
    dropped_before: u64,
    /// Since when the node has not been live.
    lost_since: Option<UnixMs>,
    /// The problem that was reported last, if nothing else was since.
    reported: Option<LinkProblem>,
    live_since: Option<Instant>,
    core_uuid: Option<String>,
    sequences: Sequences,
    /// The live calls had no room for an event: a list mends them.
    calls_are_in_doubt: AtomicBool,
}

impl Supervisor {
    /// One event connection, from its opening to its end.
    async fn session(&mut self) -> Result<Infallible, Stop> {
        // What came by an earlier connection is in the lists that this one begins with.
        self.sequences = Sequences::default();
        let mut events = EventConnection::start(&self.settings, &self.dropped);
        let stop = self.follow(&mut events).await;
        events.stop().await;
        stop
    }

    async fn follow(&mut self, events: &mut EventConnection) -> Result<Infallible, Stop> {
        let ready = tokio::select! {
            () = self.cancel.cancelled() => return Err(Stop::Ended),
            ready = events.ready() => ready,
        };
        ready.map_err(Stop::lost)?;
        // Asked before anything is reported, so that a node without call center stays plainly lost.
        self.expect_call_center().await?;
        loop {
            self.send(SwitchEvent::Link(LinkState::Connecting)).await?;
            self.reported = None;
            let requested = Instant::now();
            self.rebuild(events).await?;
            let Doubt(reason) = self.forward(events, requested).await?;
            tracing::warn!(node.name = %self.settings.name, reason, "rebuilding the board of a switch");
        }
    }

    /// Replaces what is known of the node by its lists. Events that arrive meanwhile stay in their queue.
    async fn rebuild(&mut self, events: &EventConnection) -> Result<(), Stop> {
        self.send(SwitchEvent::RebuildStarted).await?;
        for list in List::ALL {
            let event = loop {
                let read = tokio::select! {
                    () = self.cancel.cancelled() => return Err(Stop::Ended),
                    read = read_list(self.commands.clone(), list) => read,
                };
                // Commands of people may keep both connections busy; the list then has to wait its turn.
                match read {
                    Err(ListProblem::Busy) => sleep(BUSY_PAUSE).await,
                    Err(problem) => return Err(self.distrust(problem, events).await),
                    Ok(event) => break event,
                }
            };
            self.send(event).await?;
        }
        self.send(SwitchEvent::RebuildEnded).await?;
        if let Some(problem) = events.end() {
            return Err(Stop::lost(problem));
        }
        self.send(SwitchEvent::Link(LinkState::Live)).await?;
        self.lost_since = None;
        self.live_since.get_or_insert_with(Instant::now);
        tracing::info!(node.name = %self.settings.name, "a switch is live");
        Ok(())
    }

    /// Passes events on, compares the lists, and watches. `requested` is when the last rebuild began: what happened
    /// before is in its lists.
    async fn forward(&mut self, events: &mut EventConnection, requested: Instant) -> Result<Doubt, Stop> {
        let pace = (self.settings.reconcile_every / 4).max(QUICKEST_PACE);
        let mut lists = List::ALL.into_iter().cycle();
        let mut lookout = Lookout::default();
        // The live calls begin with a list, too; nobody waits for it, and a core without a database has none.
        self.calls_are_in_doubt.store(true, Ordering::Relaxed);
        let mut rounds = 0_u32;
        let mut list = List::Members;
        let mut next_list = Instant::now() + pace;
        let mut reading: Option<BoxFuture<'static, Result<SwitchEvent, ListProblem>>> = None;
        // Beside the others: they also show that the switch still answers, and wait for no list that may be missing or long.
        let mut channels: Option<BoxFuture<'static, Result<SwitchEvent, ListProblem>>> = None;
        let mut received = Vec::new();
        let mut left_before_rebuild: Option<usize> = None;
        loop {
            let silent_at = events.last_heard().0 + self.heartbeat.timeout;
            tokio::select! {
                () = self.cancel.cancelled() => return Err(Stop::Ended),
                count = events.receive(&mut received) => {
                    if count == 0 {
                        return Err(Stop::lost(events.end().unwrap_or(LinkProblem::ConnectionLost)));
                    }
                    let mut doubt = None;
                    for event in received.drain(..) {
                        doubt = self.pass_on(event, requested).await?.or(doubt);
                    }
                    left_before_rebuild = left_before_rebuild.map(|left| left.saturating_sub(count));
                    if let Some(doubt) = doubt
                        && left_before_rebuild.is_none()
                    {
                        return Ok(doubt);
                    }
                }
                Some(read) = OptionFuture::from(reading.as_mut()) => {
                    reading = None;
                    next_list = Instant::now() + pace;
                    match read {
                        Ok(rows) => {
                            lookout.note(&rows);
                            self.send(rows).await?;
                        }
                        Err(ListProblem::Busy) => {}
                        Err(problem) => return Err(self.distrust(problem, events).await),
                    }
                }
                Some(read) = OptionFuture::from(channels.as_mut()) => {
                    channels = None;
                    match read {
                        Ok(rows) => {
                            lookout.note(&rows);
                            self.send(rows).await?;
                        }
                        // Nothing rests on it: a core without a database has no such list, and a long one may be late.
                        Err(problem) => {
                            tracing::debug!(node.name = %self.settings.name, ?problem, "no list of channels");
                        }
                    }
                }
                () = sleep_until(next_list.into()), if reading.is_none() => {
                    if list == List::Members {
                        rounds += 1;
                        let is_wanted = lookout.wants_channels()
                            || rounds.is_multiple_of(CALLS_EVERY)
                            || self.calls_are_in_doubt.load(Ordering::Relaxed);
                        if is_wanted && channels.is_none() {
                            self.calls_are_in_doubt.store(false, Ordering::Relaxed);
                            channels = Some(read_list(self.commands.clone(), List::Channels).boxed());
                        }
                    }
                    list = lists.next().unwrap_or(List::Queues);
                    reading = Some(read_list(self.commands.clone(), list).boxed());
                }
                () = sleep_until(silent_at.into()) => {
                    let (heard, at) = events.last_heard();
                    if heard.elapsed() >= self.heartbeat.timeout {
                        return Err(Stop::Lost(Loss {
                            problem: LinkProblem::Silent,
                            since: at,
                            pause: Duration::ZERO,
                        }));
                    }
                }
            }
            let dropped = self.dropped.load(Ordering::Relaxed) - self.dropped_before;
            if dropped > 0 {
                self.dropped_before += dropped;
                tracing::warn!(node.name = %self.settings.name, dropped, "events came faster than they were used");
                // What was queued before the gap is still worth passing on, and the queue must be empty again.
                left_before_rebuild.get_or_insert(events.waiting());
            }
            if left_before_rebuild == Some(0) {
                return Ok(Doubt("events were dropped"));
            }
        }
    }

    async fn pass_on(&mut self, event: Received, requested: Instant) -> Result<Option<Doubt>, Stop> {
        let Received { at, since, notice } = event;
        if notice
            .sequence
            .is_some_and(|sequence| !self.sequences.is_new(notice.core_uuid.as_deref(), sequence))
        {
            return Ok(None);
        }
        let is_other_life =
            notice.core_uuid.is_some() && self.core_uuid.is_some() && notice.core_uuid != self.core_uuid;
        if notice.core_uuid.is_some() {
            self.core_uuid = notice.core_uuid;
        }
        let mut doubt = (is_other_life && since > requested).then_some(Doubt("the switch was restarted"));
        match notice.kind {
            NoticeKind::Switch(event) => self.send_stamped(at, notice.made_at_us, event).await?,
            NoticeKind::Heartbeat => {
                self.heartbeat.beat(since);
                self.send_stamped(at, notice.made_at_us, SwitchEvent::Heartbeat).await?;
            }
            NoticeKind::Shutdown => {
                let loss = Loss { problem: LinkProblem::ConnectionLost, since: at, pause: SHUTDOWN_PAUSE };
                return Err(Stop::Lost(loss));
            }
            NoticeKind::CallCenterReloaded if since > requested => {
                doubt = Some(Doubt("mod_callcenter was loaded or unloaded"));
            }
            NoticeKind::JobEnded { job, output } => {
                self.commands.job_ended(job, output);
            }
            NoticeKind::CallCenterReloaded | NoticeKind::Other => {}
        }
        Ok(doubt)
    }

    /// A list could not be read: what does it mean for the node?
    async fn distrust(&self, problem: ListProblem, events: &EventConnection) -> Stop {
        match problem {
            ListProblem::Link(problem) => {
                let since = if problem == LinkProblem::Silent { events.last_heard().1 } else { now() };
                Stop::Lost(Loss { problem, since, pause: Duration::ZERO })
            }
            ListProblem::Busy | ListProblem::Unreadable => {
                self.expect_call_center().await.err().unwrap_or_else(|| Stop::lost(LinkProblem::Garbled))
            }
        }
    }

    async fn expect_call_center(&self) -> Result<(), Stop> {
        loop {
            let answer = tokio::select! {
                () = self.cancel.cancelled() => return Err(Stop::Ended),
                answer = self.commands.ask("module_exists", "mod_callcenter", LIST_WITHIN) => answer,
            };
            return match answer {
                Ok(answer) if answer.trim() == "true" => Ok(()),
                Ok(_) => Err(Stop::lost(LinkProblem::NoCallCenter)),
                Err(Failure { problem: Some(problem), .. }) => Err(Stop::lost(problem)),
                Err(Failure { problem: None, .. }) => {
                    sleep(BUSY_PAUSE).await;
                    continue;
                }
            };
        }
    }

    /// Reports a loss, once, and again only where the cause has changed.
    async fn lose(&mut self, loss: &Loss) -> Result<(), Stop> {
        let since = *self.lost_since.get_or_insert(loss.since);
        if self.reported == Some(loss.problem) {
            return Ok(());
        }
        tracing::warn!(node.name = %self.settings.name, problem = ?loss.problem, "a switch is lost");
        self.reported = Some(loss.problem);
        // A call center that is not loaded says nothing against the connections.
        if loss.problem != LinkProblem::NoCallCenter {
            self.commands.reset(loss.problem);
        }
        self.send(SwitchEvent::Link(LinkState::Lost { since, problem: loss.problem })).await
    }

    async fn send(&self, event: SwitchEvent) -> Result<(), Stop> {
        self.send_stamped(now(), None, event).await
    }

    async fn send_stamped(
        &self,
        at: UnixMs,
        made_at_us: Option<i64>,
        event: SwitchEvent,
    ) -> Result<(), Stop> {
        let stamped = Stamped { node: self.settings.name.clone(), at, made_at_us, event };
        tokio::select! {
            () = self.cancel.cancelled() => Err(Stop::Ended),
            sent = self.sink.send(stamped) => {
                if !sent.map_err(|_| Stop::Ended)? {
                    self.calls_are_in_doubt.store(true, Ordering::Relaxed);
                }
                Ok(())
            }
        }
    }
}

async fn read_list(commands: Commands, list: List) -> Result<SwitchEvent, ListProblem> {
    let requested_at = now();
    read(&commands, list, requested_at, LIST_WITHIN).await
}

/// The numbers of the latest events. The switch numbers all events of its life; a number that came before is the same
/// event again, and would be counted again.
#[derive(Debug, Default)]
struct Sequences {
    core_uuid: Option<String>,
    order: VecDeque<u64>,
    seen: HashSet<u64>,
}

impl Sequences {
    fn is_new(&mut self, core_uuid: Option<&str>, sequence: u64) -> bool {
        if self.core_uuid.as_deref() != core_uuid {
            *self = Self { core_uuid: core_uuid.map(str::to_owned), ..Self::default() };
        }
        if !self.seen.insert(sequence) {
            return false;
        }
        self.order.push_back(sequence);
        if self.order.len() > REMEMBERED
            && let Some(oldest) = self.order.pop_front()
        {
            self.seen.remove(&oldest);
        }
        true
    }
}

/// How long the switch may be silent: as configured, or three times what its heartbeats show.
#[derive(Debug)]
struct Heartbeat {
    timeout: Duration,
    last: Option<Instant>,
}

impl Heartbeat {
    /// Measured by our own clock: that of the switch may be set, and an hour would then pass for an interval.
    fn beat(&mut self, at: Instant) {
        let interval = self.last.replace(at).map_or(Duration::ZERO, |last| at.duration_since(last));
        self.timeout = self.timeout.max((interval * 3).min(LONGEST_SILENCE));
    }
}
