//! A switch that says what a test tells it to: recorded bytes, broken ones, or nothing.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{broadcast, watch};
use tokio::task::JoinHandle;

pub(super) const PASSWORD: &str = "ClueCon";
const QUEUES: &str = include_str!("../../transcripts/queues.json");
const AGENTS: &str = include_str!("../../transcripts/agents.json");
const TIERS: &str = include_str!("../../transcripts/tiers.json");
const NO_MEMBERS: &str =
    r#"{"command":"callcenter_config","data":{"arguments":"member list"},"status":"success","response":[]}"#;
const DISCONNECT: &str = "Content-Type: text/disconnect-notice\nContent-Length: 67\n\n\
    Disconnected, goodbye.\nSee you at ClueCon! http://www.cluecon.com/\n";
pub(super) const RUDE_REJECTION: &str =
    "Content-Type: text/rude-rejection\nContent-Length: 24\n\nAccess Denied, go away.\n";

/// What the switch does at the moment.
pub(super) struct Plan {
    /// Sent to whoever connects.
    pub(super) greeting: String,
    /// Whether `api` is answered at all.
    pub(super) answers: bool,
    /// Whether mod_callcenter is there.
    pub(super) has_call_center: bool,
    /// What `callcenter_config` prints.
    pub(super) call_center_reply: String,
    /// Sent to the event connections when the list of queues is asked for, before it is answered.
    pub(super) sent_during_rebuild: Vec<u8>,
    /// Every command, in the order of arrival.
    pub(super) commands: Vec<String>,
}

#[derive(Clone)]
enum Order {
    ToListeners(Arc<Vec<u8>>),
    /// Close every connection, with RST.
    Reset,
    /// Close the connections that are not subscribed.
    CloseIdle,
}

pub(super) struct FakeSwitch {
    pub(super) address: SocketAddr,
    shared: Arc<Shared>,
    accepting: JoinHandle<()>,
}

struct Shared {
    plan: Mutex<Plan>,
    orders: broadcast::Sender<Order>,
    /// Open connections, and all there ever were.
    connections: watch::Sender<(usize, usize)>,
}

impl FakeSwitch {
    pub(super) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let plan = Plan {
            greeting: "Content-Type: auth/request\n\n".into(),
            answers: true,
            has_call_center: true,
            call_center_reply: "+OK\n".into(),
            sent_during_rebuild: vec![],
            commands: vec![],
        };
        let shared = Arc::new(Shared {
            plan: Mutex::new(plan),
            orders: broadcast::channel(1024).0,
            connections: watch::channel((0, 0)).0,
        });
        let accepting = tokio::spawn({
            let shared = Arc::clone(&shared);
            async move {
                while let Ok((socket, _)) = listener.accept().await {
                    shared.connections.send_modify(|(open, ever)| {
                        *open += 1;
                        *ever += 1;
                    });
                    let orders = shared.orders.subscribe();
                    let shared = Arc::clone(&shared);
                    tokio::spawn(async move {
                        shared.serve(socket, orders).await;
                        shared.connections.send_modify(|(open, _)| *open -= 1);
                    });
                }
            }
        });
        Self { address, shared, accepting }
    }

    pub(super) fn plan(&self) -> MutexGuard<'_, Plan> {
        self.shared.plan()
    }

    /// Sends bytes to the event connections.
    pub(super) fn send(&self, bytes: impl Into<Vec<u8>>) {
        let _ = self.shared.orders.send(Order::ToListeners(Arc::new(bytes.into())));
    }

    pub(super) fn reset_connections(&self) {
        let _ = self.shared.orders.send(Order::Reset);
    }

    pub(super) fn close_command_connections(&self) {
        let _ = self.shared.orders.send(Order::CloseIdle);
    }

    /// Connections since the start.
    pub(super) fn connections_ever(&self) -> usize {
        self.shared.connections.borrow().1
    }

    /// Waits until so many connections are open.
    pub(super) async fn until_open(&self, count: usize) {
        let mut connections = self.shared.connections.subscribe();
        let waiting = connections.wait_for(|(open, _)| *open == count);
        tokio::time::timeout(Duration::from_secs(10), waiting).await.expect("connections stay").unwrap();
    }
}

impl Drop for FakeSwitch {
    fn drop(&mut self) {
        self.accepting.abort();
        self.reset_connections();
    }
}

impl Shared {
    fn plan(&self) -> MutexGuard<'_, Plan> {
        self.plan.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn serve(&self, mut socket: TcpStream, mut orders: broadcast::Receiver<Order>) {
        let greeting = self.plan().greeting.clone();
        if socket.write_all(greeting.as_bytes()).await.is_err() {
            return;
        }
        let (mut unread, mut is_listener) = (Vec::new(), false);
        loop {
            let mut buffer = [0; 4096];
            tokio::select! {
                order = orders.recv() => match order {
                    Ok(Order::ToListeners(bytes)) if is_listener => {
                        if socket.write_all(&bytes).await.is_err() { return }
                    }
                    Ok(Order::ToListeners(_)) => {}
                    Ok(Order::CloseIdle) if is_listener => {}
                    Ok(Order::CloseIdle) => return,
                    Ok(Order::Reset) | Err(_) => {
                        let _ = socket.set_zero_linger();
                        return;
                    }
                },
                read = socket.read(&mut buffer) => match read {
                    Ok(length) if length > 0 => unread.extend_from_slice(&buffer[..length]),
                    _ => return,
                },
            }
            while let Some(end) = unread.windows(2).position(|pair| pair == b"\n\n") {
                let command = String::from_utf8_lossy(&unread[..end]).into_owned();
                unread.drain(..end + 2);
                is_listener |= command.starts_with("event plain ");
                let Some(answer) = self.answer(&command) else { continue };
                if socket.write_all(answer.as_bytes()).await.is_err() || answer.ends_with(DISCONNECT) {
                    return;
                }
            }
        }
    }

    fn answer(&self, command: &str) -> Option<String> {
        let mut plan = self.plan();
        plan.commands.push(command.to_owned());
        let reply = |text: &str| Some(format!("Content-Type: command/reply\nReply-Text: {text}\n\n"));
        if let Some(password) = command.strip_prefix("auth ") {
            return match password == PASSWORD {
                true => reply("+OK accepted"),
                false => reply("-ERR invalid").map(|refusal| refusal + DISCONNECT),
            };
        }
        if command.starts_with("event plain ") {
            return reply("+OK event listener enabled plain");
        }
        let (name, argument) = command.strip_prefix("api ")?.split_once(' ')?;
        if !plan.answers || name == "never" {
            return None;
        }
        let body = match name {
            "module_exists" => plan.has_call_center.to_string(),
            "json" if !plan.has_call_center => "-ERR json Command not found!\n".to_owned(),
            "json" if argument.contains("queue list") => {
                let bytes = std::mem::take(&mut plan.sent_during_rebuild);
                let _ = self.orders.send(Order::ToListeners(Arc::new(bytes)));
                QUEUES.to_owned()
            }
            "json" if argument.contains("agent list") => AGENTS.to_owned(),
            "json" if argument.contains("tier list") => TIERS.to_owned(),
            "json" => NO_MEMBERS.to_owned(),
            "callcenter_config" => plan.call_center_reply.clone(),
            "in_background" => return reply("+OK Job-UUID: 1"),
            _ => argument.to_owned(),
        };
        Some(format!("Content-Type: api/response\nContent-Length: {}\n\n{body}", body.len()))
    }
}
