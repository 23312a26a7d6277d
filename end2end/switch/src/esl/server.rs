//! The listening port.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio::task::JoinSet;

use super::session;
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
    mut close: mpsc::UnboundedReceiver<()>,
) {
    let mut sessions = JoinSet::new();
    let mut listener = Some(listener);
    loop {
        let Some(open) = &listener else {
            tokio::time::sleep(CLOSED_FOR).await;
            listener = bind(address).await.ok();
            continue;
        };
        tokio::select! {
            accepted = open.accept() => match accepted {
                Ok((stream, peer)) => accept(&shared, &mut sessions, stream, peer.ip(), &denied),
                // Too many open files, or a peer that is gone: the next one may do better.
                Err(_) => tokio::time::sleep(Duration::from_millis(20)).await,
            },
            Some(()) = close.recv() => listener = None,
            Some(_) = sessions.join_next() => {}
        }
    }
}

fn accept(
    shared: &Arc<Shared>,
    sessions: &mut JoinSet<()>,
    stream: TcpStream,
    peer: IpAddr,
    denied: &[IpAddr],
) {
    // Small replies must not wait for more; a socket that refuses the option is about to fail anyway.
    let _ = stream.set_nodelay(true);
    if denied.contains(&peer) {
        sessions.spawn(session::reject(stream));
    } else {
        sessions.spawn(session::run(shared.clone(), stream));
    }
}

/// Binds with SO_REUSEADDR, as tokio does.
pub async fn bind(address: SocketAddr) -> io::Result<TcpListener> {
    TcpListener::bind(address).await
}
