//! The listening port.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;

use super::hub::Port;
use super::session;
use crate::faults::Faults;
use crate::switch::Switch;

/// How long a restart keeps the port closed.
const CLOSED_FOR: Duration = Duration::from_millis(1000);

/// The switch, shared by sessions and the clock.
#[derive(Debug)]
pub struct Shared {
    switch: Mutex<Switch>,
}

impl Shared {
    /// Wraps a switch.
    pub fn new(switch: Switch) -> Self {
        Self { switch: Mutex::new(switch) }
    }

    /// The switch. Each step leaves it consistent, so one that panicked in another task does not spoil it.
    pub fn lock(&self) -> MutexGuard<'_, Switch> {
        self.switch.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Accepts connections until it is aborted, which ends its sessions too.
pub async fn run(
    shared: Arc<Shared>,
    listener: TcpListener,
    address: SocketAddr,
    denied: Vec<IpAddr>,
    mut close: mpsc::UnboundedReceiver<Port>,
) {
    let mut sessions = JoinSet::new();
    let mut listener = Some(listener);
    let mut faults = shared.lock().hub.watch_faults();
    loop {
        let Some(open) = &listener else {
            // The sender lives as long as the switch.
            let _ = faults.wait_for(|faults| !faults.port_closed).await;
            listener = bind(address).await.ok();
            if listener.is_none() {
                tokio::time::sleep(CLOSED_FOR).await;
            }
            continue;
        };
        tokio::select! {
            accepted = open.accept() => match accepted {
                Ok((stream, peer)) => {
                    let is_denied = denied.contains(&peer.ip()) || faults.borrow().denied.contains(&peer.ip());
                    accept(&shared, &mut sessions, stream, is_denied);
                }
                // Too many open files, or a peer that is gone: the next one may do better.
                Err(_) => tokio::time::sleep(Duration::from_millis(20)).await,
            },
            Some(port) = close.recv() => {
                listener = None;
                if port == Port::Stop {
                    break;
                }
                tokio::time::sleep(CLOSED_FOR).await;
            }
            () = until_closed(&mut faults) => listener = None,
            Some(_) = sessions.join_next() => {}
        }
    }
    drop(listener);
    // Sessions say goodbye within their own limit.
    while sessions.join_next().await.is_some() {}
}

/// Waits until a fault closes the port.
async fn until_closed(faults: &mut watch::Receiver<Faults>) {
    if faults.wait_for(|faults| faults.port_closed).await.is_err() {
        // Nobody is left who could close it.
        std::future::pending::<()>().await;
    }
}

fn accept(shared: &Arc<Shared>, sessions: &mut JoinSet<()>, stream: TcpStream, is_denied: bool) {
    // Small replies must not wait for more; a socket that refuses the option is about to fail anyway.
    let _ = stream.set_nodelay(true);
    if is_denied {
        sessions.spawn(session::reject(stream));
    } else {
        sessions.spawn(session::run(shared.clone(), stream));
    }
}

/// Binds with SO_REUSEADDR, as tokio does.
pub async fn bind(address: SocketAddr) -> io::Result<TcpListener> {
    TcpListener::bind(address).await
}
