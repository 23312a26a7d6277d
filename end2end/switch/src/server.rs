//! A running demo switch.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;
use tokio::time::MissedTickBehavior;

use crate::api;
use crate::callcenter::center::{Center, Files};
use crate::cdr::delivery::{self, Outbox, Resent};
use crate::clock::{Clock, Micros};
use crate::esl::hub::Hub;
use crate::esl::server::{self, Shared};
use crate::faults::Fault;
use crate::journal::{Entry, Journal};
use crate::options::Options;
use crate::switch::Switch;
use crate::world::rates::Rate;

/// How finely the clock is cut: fine enough for the 100 ms rounds of the dispatcher, coarse enough to idle.
const TICK: Duration = Duration::from_millis(20);
/// How long a shutdown waits for peers to hear of it.
const FAREWELL: Duration = Duration::from_secs(1);

/// A demo switch with its port and its clock; both end when it is dropped.
#[derive(Debug)]
pub struct DemoSwitch {
    shared: Arc<Shared>,
    address: SocketAddr,
    tasks: Vec<JoinHandle<()>>,
}

impl DemoSwitch {
    /// Starts a switch; port 0 takes a free one.
    ///
    /// # Errors
    /// The address cannot be bound, the journal not opened, or the directory of records not made.
    pub async fn start(options: Options) -> io::Result<Self> {
        let listener = server::bind(options.listen).await?;
        let address = listener.local_addr()?;
        let cdr = options.cdr.clone().map(|settings| {
            let outbox = Outbox::new(&settings);
            (settings, outbox)
        });
        if let Some((settings, _)) = &cdr {
            std::fs::create_dir_all(&settings.error_directory)?;
        }
        let (port, close) = mpsc::unbounded_channel();
        let denied = options.denied.clone();
        let hub = Hub::new(options.seed, port);
        let journal = Journal::open(options.journal, options.journal_file.as_deref())?;
        let shared = Arc::new(Shared::new(Switch::new(options, hub, journal)));
        let mut tasks = Vec::new();
        if let Some((settings, (outbox, orders))) = cdr {
            shared.lock().cdrs = Some(outbox.clone());
            tasks.push(tokio::spawn(delivery::run(Arc::downgrade(&shared), settings, outbox, orders)));
        }
        let accepting = tokio::spawn(server::run(shared.clone(), listener, address, denied, close));
        let ticking = tokio::spawn(tick(shared.clone()));
        tasks.extend([accepting, ticking]);
        Ok(Self { shared, address, tasks })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Runs an API command, without a connection.
    pub fn api(&self, command: &str) -> String {
        let mut switch = self.shared.lock();
        switch.refresh();
        api::run(&mut switch, command)
    }

    /// Begins a fault, or ends some.
    pub fn fault(&self, fault: Fault) {
        let mut switch = self.shared.lock();
        switch.refresh();
        switch.fault(fault);
    }

    /// Changes a rate of life while it goes on.
    pub fn set_rate(&self, rate: Rate, value: f64) {
        self.shared.lock().set_rate(rate, value);
    }

    /// What happened so far; empty without [`Options::journal`].
    pub fn journal(&self) -> Vec<Entry> {
        self.journal_since(0)
    }

    /// What happened after the first `index` entries.
    pub fn journal_since(&self, index: usize) -> Vec<Entry> {
        self.shared.lock().journal.since(index)
    }

    /// Moves a stepped clock on; the switch notices in ticks, as with a running one. A running clock is left alone.
    pub fn step(&self, by: Duration) {
        let mut switch = self.shared.lock();
        let Clock::Stepped(from) = switch.options.clock else { return };
        let to = from + by.as_micros() as Micros;
        let tick = TICK.as_micros() as Micros;
        let mut at = switch.started + ((from - switch.started).div_euclid(tick) + 1) * tick;
        while at <= to {
            switch.options.clock = Clock::Stepped(at);
            let now = switch.stamp();
            switch.advance(now);
            at += tick;
        }
        switch.options.clock = Clock::Stepped(to);
    }

    /// Changes the configuration files; the switch reads them with the next `reloadxml`.
    pub fn edit_files(&self, edit: impl FnOnce(&mut Files)) {
        edit(&mut self.shared.lock().files);
    }

    /// Changes the tables of the call center, without events.
    pub fn edit_center(&self, edit: impl FnOnce(&mut Center)) {
        edit(&mut self.shared.lock().center);
    }

    /// Records that are neither posted nor kept yet.
    pub fn cdrs_under_way(&self) -> usize {
        self.shared.lock().cdrs.as_ref().map_or(0, Outbox::under_way)
    }

    /// Posts the records of the error directory, each once, and deletes those that were taken.
    ///
    /// # Errors
    /// There is no such directory, or a file of it can be neither read nor deleted.
    pub async fn resend_cdrs(&self) -> io::Result<Resent> {
        let (tell, told) = oneshot::channel();
        let outbox = self.shared.lock().cdrs.clone().ok_or(io::ErrorKind::NotFound)?;
        outbox.resend(Some(tell));
        told.await.unwrap_or_else(|_| Err(io::ErrorKind::Interrupted.into()))
    }

    /// Waits until the switch was told to end (`fsctl shutdown`) and has said goodbye.
    pub async fn ended(&mut self) {
        // A task that panicked has ended too.
        let _ = (&mut self.tasks[0]).await;
    }

    /// What SIGTERM does: hangs up, says goodbye on every connection, and closes the port.
    pub fn terminate(&self) {
        self.shared.lock().end_now();
    }

    /// The same, and waits until it is done.
    pub async fn shutdown(self) {
        self.terminate();
        let gone = async {
            let mut poll = tokio::time::interval(Duration::from_millis(5));
            while self.shared.lock().hub.connections() > 0 {
                poll.tick().await;
            }
        };
        // A peer that does not read does not hold the end up.
        let _ = tokio::time::timeout(FAREWELL, gone).await;
    }
}

impl Drop for DemoSwitch {
    fn drop(&mut self) {
        for task in &self.tasks {
            task.abort();
        }
    }
}

async fn tick(shared: Arc<Shared>) {
    let mut interval = tokio::time::interval(TICK);
    interval.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        interval.tick().await;
        let mut switch = shared.lock();
        switch.advance_faults();
        if let Clock::Running = switch.options.clock {
            let now = switch.stamp();
            switch.advance(now);
        }
    }
}
