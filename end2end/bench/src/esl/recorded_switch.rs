//! A switch that has its lists ready and tells the [`Conversation`] as fast as it is listened to: it never makes anybody
//! wait for itself.

use std::io::{BufRead as _, BufReader, ErrorKind, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use anyhow::{Context, Result};
use serde_json::{Value, json};

use super::conversation::{AGENTS, Conversation, QUEUES, agent, queue};

/// Callers who wait from the beginning on.
const CALLERS: usize = 1_000;
/// Queues that an agent serves.
const TIERS: usize = 4;
/// Bytes that are written at once.
const PIECE: usize = 64 * 1024;

/// The switch; it ends with the program.
#[derive(Debug)]
pub(crate) struct RecordedSwitch {
    /// Where it listens.
    pub(crate) address: SocketAddr,
    orders: Sender<u64>,
    told: Receiver<u64>,
}

impl RecordedSwitch {
    /// Listens on a free port.
    ///
    /// # Errors
    /// The port, or the recording.
    pub(crate) fn start() -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").context("no port is free on 127.0.0.1")?;
        let address = listener.local_addr()?;
        let lists: Arc<Vec<(&str, String)>> = Arc::new(lists());
        let subscribed: Arc<Mutex<Option<TcpStream>>> = Arc::default();
        let listener_of = Arc::clone(&subscribed);
        thread::Builder::new().name("switch".into()).spawn(move || {
            for socket in listener.incoming().flatten() {
                let (lists, subscribed) = (Arc::clone(&lists), Arc::clone(&subscribed));
                // A connection that ends is no matter: the measurement finds that nothing comes.
                thread::spawn(move || serve(socket, &lists, &subscribed));
            }
        })?;
        let (orders, ordered) = channel::<u64>();
        let (tell, told) = channel();
        let mut conversation = Conversation::new()?;
        thread::Builder::new().name("conversation".into()).spawn(move || {
            while let Ok(events) = ordered.recv() {
                let socket = listener_of.lock().unwrap_or_else(PoisonError::into_inner).take();
                let Some(mut socket) = socket else { return };
                let Ok(bytes) = converse(&mut conversation, events, &mut socket) else { return };
                *listener_of.lock().unwrap_or_else(PoisonError::into_inner) = Some(socket);
                if tell.send(bytes).is_err() {
                    return;
                }
            }
        })?;
        Ok(Self { address, orders, told })
    }

    /// Writes so many events into the event connection, as fast as it takes them.
    ///
    /// # Errors
    /// There is none, or it broke before.
    pub(crate) fn tell(&self, events: u64) -> Result<()> {
        self.orders.send(events).context("nobody listens to the recorded switch")
    }

    /// Waits until the events have been written; how many bytes they had.
    ///
    /// # Errors
    /// The event connection broke.
    pub(crate) fn told(&self) -> Result<u64> {
        self.told.recv().context("the event connection broke")
    }
}

fn converse(conversation: &mut Conversation, events: u64, socket: &mut TcpStream) -> Result<u64> {
    let mut piece = Vec::with_capacity(PIECE + 8 * 1024);
    let mut bytes = 0;
    for number in 1..=events {
        conversation.write_next(&mut piece)?;
        if piece.len() >= PIECE || number == events {
            socket.write_all(&piece)?;
            bytes += piece.len() as u64;
            piece.clear();
        }
    }
    Ok(bytes)
}

fn serve(
    mut socket: TcpStream,
    lists: &[(&str, String)],
    subscribed: &Mutex<Option<TcpStream>>,
) -> Result<()> {
    socket.set_nodelay(true)?;
    socket.write_all(b"Content-Type: auth/request\n\n")?;
    let mut lines = BufReader::new(socket.try_clone()?);
    let mut line = String::new();
    loop {
        line.clear();
        match lines.read_line(&mut line) {
            Ok(0) => return Ok(()),
            Err(error) if error.kind() == ErrorKind::ConnectionReset => return Ok(()),
            read => read?,
        };
        let answer = match line.trim().split_once(' ') {
            Some(("auth", _)) => reply("+OK accepted"),
            Some(("event", _)) => {
                *subscribed.lock().unwrap_or_else(PoisonError::into_inner) = Some(socket.try_clone()?);
                reply("+OK event listener enabled plain")
            }
            Some(("api", command)) if command.starts_with("module_exists") => response("true"),
            Some(("api", command)) => {
                let list =
                    lists.iter().find(|(name, _)| command.contains(name)).map(|(_, list)| list.as_str());
                response(list.unwrap_or("-ERR no reply\n"))
            }
            _ => continue,
        };
        socket.write_all(answer.as_bytes())?;
    }
}

fn reply(text: &str) -> String {
    format!("Content-Type: command/reply\nReply-Text: {text}\n\n")
}

fn response(body: &str) -> String {
    format!("Content-Type: api/response\nContent-Length: {}\n\n{body}", body.len())
}

/// The answers to the four questions, with the columns of a real switch.
fn lists() -> Vec<(&'static str, String)> {
    let agents = (0..AGENTS).map(|lane| {
        json!({
            "name": format!("{}@default", agent(lane)), "instance_id": "single_box", "uuid": "", "type": "callback",
            "contact": format!("[leg_timeout=10]sofia/internal/agent-{}@127.0.0.1:5070", agent(lane)),
            "status": "Available", "state": "Waiting", "max_no_answer": "2", "wrap_up_time": "3",
            "reject_delay_time": "3", "busy_delay_time": "3", "no_answer_delay_time": "0",
            "last_bridge_start": "1795378607", "last_bridge_end": "1795378611", "last_offered_call": "1795378605",
            "last_status_change": "1795378605", "no_answer_count": "0", "calls_answered": "1", "talk_time": "4",
            "ready_time": "0", "external_calls_count": "0",
        })
    });
    let queues = (0..QUEUES).map(|number| {
        json!({
            "name": format!("{}@default", queue(number)), "strategy": "longest-idle-agent",
            "moh_sound": "silence_stream://-1", "time_base_score": "queue", "tier_rules_apply": "false",
            "tier_rule_wait_second": 300, "discard_abandoned_after": 60, "abandoned_resume_allowed": "false",
            "max_wait_time": 0, "max_wait_time_with_no_agent": 0, "agent_no_answer_status": "On Break",
        })
    });
    let tiers = (0..AGENTS * TIERS).map(|number| {
        let lane = number / TIERS;
        json!({
            "queue": format!("{}@default", queue(lane + number % TIERS)), "agent": format!("{}@default", agent(lane)),
            "state": "Ready", "level": "1", "position": "1",
        })
    });
    let members = (0..CALLERS).map(|number| {
        json!({
            "queue": format!("{}@default", queue(number)), "instance_id": "single_box",
            "uuid": format!("{number:08x}-1111-4aba-9b76-65bcdba93b2e"),
            "session_uuid": format!("{number:08x}-2222-4398-b033-8a5e4470cd82"), "cid_number": "13800138000",
            "cid_name": "张三", "system_epoch": "1795378605", "joined_epoch": "1795378605", "rejoined_epoch": "0",
            "bridge_epoch": "0", "abandoned_epoch": "0", "base_score": "0", "skill_score": "0", "serving_agent": "",
            "serving_system": "", "state": "Waiting", "score": "7",
        })
    });
    let answer = |rows: Vec<Value>| json!({ "status": "success", "response": rows }).to_string();
    vec![
        ("agent list", answer(agents.collect())),
        ("queue list", answer(queues.collect())),
        ("tier list", answer(tiers.collect())),
        ("member list", answer(members.collect())),
    ]
}
