//! What becomes of records: posted, posted again, or kept in the error directory for an operator to post later.
//!
//! On the real switch each record is posted in the thread of its own session, so records of different calls travel in
//! parallel and a server that does not answer holds up nothing but those. Here it is a task for each.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Weak};
use std::time::Duration;

use tokio::sync::{Semaphore, mpsc, oneshot};
use tokio::task::JoinSet;

use super::post::Postbox;
use super::{Cdr, CdrLeg, Fate, Settings};
use crate::esl::server::Shared;
use crate::journal::What;

/// The recorded distance of both legs' ends. The agent's is over first; here both end in one instant.
const A_LEG_AFTER: Duration = Duration::from_millis(20);

/// How many files of the error directory were taken, and how many still lie there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Resent {
    /// Taken, and deleted.
    pub posted: usize,
    /// Refused again.
    pub left: usize,
}

/// What the delivery is told.
#[derive(Debug)]
pub enum Order {
    /// A channel has ended.
    Deliver(Cdr),
    /// Post what lies in the error directory.
    Resend(Option<oneshot::Sender<io::Result<Resent>>>),
}

/// The switch's end of the delivery.
#[derive(Debug, Clone)]
pub struct Outbox {
    orders: mpsc::UnboundedSender<Order>,
    under_way: Arc<AtomicUsize>,
    b_leg: bool,
}

impl Outbox {
    /// An outbox and what the delivery takes from it.
    pub fn new(settings: &Settings) -> (Self, mpsc::UnboundedReceiver<Order>) {
        let (orders, received) = mpsc::unbounded_channel();
        (Self { orders, under_way: Arc::default(), b_leg: settings.b_leg }, received)
    }

    /// Whether such legs have records.
    pub fn wants(&self, leg: CdrLeg) -> bool {
        leg == CdrLeg::A || self.b_leg
    }

    /// Hands a record over; never waits.
    pub fn deliver(&self, cdr: Cdr) {
        self.under_way.fetch_add(1, Ordering::Relaxed);
        self.send(Order::Deliver(cdr));
    }

    /// Has the error directory posted; the outcome goes to `tell`.
    pub fn resend(&self, tell: Option<oneshot::Sender<io::Result<Resent>>>) {
        self.send(Order::Resend(tell));
    }

    /// Records that are neither posted nor kept yet.
    pub fn under_way(&self) -> usize {
        self.under_way.load(Ordering::Relaxed)
    }

    fn send(&self, order: Order) {
        // The delivery lives as long as the switch.
        let _ = self.orders.send(order);
    }
}

/// Carries out orders until the switch is gone.
pub async fn run(
    shared: Weak<Shared>,
    settings: Settings,
    outbox: Outbox,
    mut orders: mpsc::UnboundedReceiver<Order>,
) {
    let posters = Arc::new(Semaphore::new(settings.posters));
    let delivery = Arc::new(Delivery {
        shared,
        postbox: Postbox::new(&settings),
        settings,
        under_way: outbox.under_way,
    });
    let mut tasks = JoinSet::new();
    loop {
        tokio::select! {
            order = orders.recv() => match order {
                None => return,
                Some(Order::Resend(tell)) => {
                    let delivery = delivery.clone();
                    tasks.spawn(async move {
                        let resent = delivery.resend().await;
                        if let Some(tell) = tell {
                            // Whoever asked may have gone.
                            let _ = tell.send(resent);
                        }
                    });
                }
                Some(Order::Deliver(cdr)) => {
                    let delivery = delivery.clone();
                    let permit = posters.clone().try_acquire_owned();
                    tasks.spawn(async move {
                        delivery.deliver(cdr, permit.is_ok()).await;
                        drop(permit);
                    });
                }
            },
            Some(_) = tasks.join_next() => {}
        }
    }
}

struct Delivery {
    shared: Weak<Shared>,
    settings: Settings,
    postbox: Postbox,
    under_way: Arc<AtomicUsize>,
}

impl Delivery {
    /// Posts a record until it is taken or the retries are over, then keeps it.
    async fn deliver(&self, cdr: Cdr, may_post: bool) {
        if may_post && self.post(&cdr).await {
            self.note(&cdr, Fate::Posted);
        } else {
            self.keep(&cdr).await;
        }
        self.under_way.fetch_sub(1, Ordering::Relaxed);
    }

    async fn post(&self, cdr: &Cdr) -> bool {
        if cdr.leg == CdrLeg::A && self.settings.b_leg {
            tokio::time::sleep(A_LEG_AFTER).await;
        }
        for retry in 0..=self.settings.retries {
            if retry > 0 {
                tokio::time::sleep(self.settings.delay).await;
            }
            if self.postbox.post(cdr).await {
                return true;
            }
        }
        false
    }

    async fn keep(&self, cdr: &Cdr) {
        let path = self.settings.error_directory.join(cdr.file_name());
        match write_whole(&path, &cdr.body).await {
            Ok(()) => self.note(cdr, Fate::Kept),
            Err(error) => complain(&path, &error),
        }
    }

    /// What an operator's script does: each file once, those that were taken are deleted.
    async fn resend(&self) -> io::Result<Resent> {
        let mut resent = Resent { posted: 0, left: 0 };
        for path in files(&self.settings.error_directory).await? {
            let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
            let Some(mut cdr) = Cdr::of_file(name, String::new()) else { continue };
            cdr.body = tokio::fs::read_to_string(&path).await?;
            if self.postbox.post(&cdr).await {
                tokio::fs::remove_file(&path).await?;
                self.note(&cdr, Fate::Posted);
                resent.posted += 1;
            } else {
                resent.left += 1;
            }
        }
        Ok(resent)
    }

    fn note(&self, cdr: &Cdr, fate: Fate) {
        if let Some(shared) = self.shared.upgrade() {
            shared.lock().note_now(What::Cdr { uuid: cdr.uuid.clone(), leg: cdr.leg, fate });
        }
    }
}

async fn files(directory: &Path) -> io::Result<Vec<PathBuf>> {
    let mut entries = tokio::fs::read_dir(directory).await?;
    let mut paths = Vec::new();
    while let Some(entry) = entries.next_entry().await? {
        paths.push(entry.path());
    }
    paths.sort();
    Ok(paths)
}

/// Written beside its name first, so that nobody posts half a record.
async fn write_whole(path: &Path, body: &str) -> io::Result<()> {
    let part = path.with_extension("part");
    tokio::fs::write(&part, body).await?;
    tokio::fs::rename(&part, path).await
}

#[allow(clippy::print_stderr, reason = "the demo switch has no log")]
fn complain(path: &Path, error: &io::Error) {
    eprintln!("a record is lost: {}: {error}", path.display());
}
