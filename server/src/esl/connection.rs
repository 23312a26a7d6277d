//! The socket under the crate: hands it whole, well-formed frames, one at a time, and can be shut from another thread.

use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpStream, ToSocketAddrs};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use app::model::board::LinkProblem;
use freeswitch_esl_rs::Connectioner;
use socket2::{SockRef, TcpKeepalive};

use super::decode::is_wanted;
use super::frame::{Frame, Inbox};

/// How long a switch may take to accept a connection.
const CONNECT_WITHIN: Duration = Duration::from_secs(3);
/// How long a command may lie unwritten or unacknowledged before the connection counts as dead.
const WRITE_WITHIN: Duration = Duration::from_secs(4);

/// Events that may come before an answer, as bytes for the crate. A switch that is subscribed to sends few of them within
/// the few seconds that it has for its answer.
const MAX_EARLY: usize = 16 << 20;

/// What the client waits for; it decides what a frame means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Expect {
    /// The greeting.
    Greeting,
    /// The answer to `auth` or `event`.
    Reply,
    /// The answer to `api`.
    Response,
    /// Events, or nothing.
    Events,
}

/// One connection, as the threads that do not read it see it.
#[derive(Debug)]
pub(super) struct Line {
    socket: TcpStream,
    state: Mutex<State>,
    has_unread: AtomicBool,
}

#[derive(Debug)]
struct State {
    expect: Expect,
    deadline: Option<Instant>,
    reply: String,
    problem: Option<LinkProblem>,
}

impl Line {
    /// Connects, trying each address of the name.
    pub(super) fn connect(address: &str, deadline: Instant) -> Result<Arc<Self>, LinkProblem> {
        let addresses = address.to_socket_addrs().map_err(|_| LinkProblem::Unreachable)?;
        for address in addresses {
            let left = deadline.saturating_duration_since(Instant::now()).min(CONNECT_WITHIN);
            if left.is_zero() {
                break;
            }
            if let Ok(socket) = TcpStream::connect_timeout(&address, left) {
                tune(&socket).map_err(|_| LinkProblem::Unreachable)?;
                let state =
                    State { expect: Expect::Greeting, deadline: None, reply: String::new(), problem: None };
                return Ok(Arc::new(Self {
                    socket,
                    state: Mutex::new(state),
                    has_unread: AtomicBool::new(false),
                }));
            }
        }
        Err(LinkProblem::Unreachable)
    }

    /// Says what is waited for, and until when.
    pub(super) fn expect(&self, expect: Expect, deadline: Option<Instant>) {
        let mut state = self.state();
        state.expect = expect;
        state.deadline = deadline;
        state.reply.clear();
    }

    /// The text of the last reply; the crate keeps it to itself.
    pub(super) fn reply(&self) -> String {
        self.state().reply.clone()
    }

    /// Why the connection ended, once it has.
    pub(super) fn problem(&self) -> Option<LinkProblem> {
        self.state().problem
    }

    /// Ends the connection for that reason: a thread that reads from it sees the end at once.
    pub(super) fn shut(&self, problem: LinkProblem) {
        self.end(problem);
        // Already closed by the other side is as good.
        let _ = self.socket.shutdown(Shutdown::Both);
    }

    /// Whether a command can be sent: nothing has ended, and nothing has come that nobody asked for.
    pub(super) fn is_fresh(&self) -> bool {
        if self.problem().is_some() || self.has_unread.load(Ordering::Relaxed) {
            return false;
        }
        let is_quiet = self.socket.set_nonblocking(true).is_ok()
            && matches!(self.socket.peek(&mut [0]), Err(error) if error.kind() == io::ErrorKind::WouldBlock);
        is_quiet && self.socket.set_nonblocking(false).is_ok()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn end(&self, problem: LinkProblem) {
        self.state().problem.get_or_insert(problem);
    }
}

/// Lets the kernel notice a host that is gone: an idle connection is probed after 2 s, and one that acknowledges
/// nothing for 4 s ends.
fn tune(socket: &TcpStream) -> io::Result<()> {
    socket.set_nodelay(true)?;
    socket.set_write_timeout(Some(WRITE_WITHIN))?;
    let socket = SockRef::from(socket);
    let keepalive =
        TcpKeepalive::new().with_time(Duration::from_secs(2)).with_interval(Duration::from_secs(1));
    socket.set_tcp_keepalive(&keepalive)?;
    #[cfg(target_os = "linux")]
    socket.set_tcp_user_timeout(Some(WRITE_WITHIN))?;
    Ok(())
}

/// The stream that the crate reads and writes.
///
/// The end of the connection, whatever its cause, is handed over as the end of the stream between two frames: that is
/// the one case which the crate answers with an error. The cause stays in the [`Line`].
#[derive(Debug)]
pub(super) struct EslStream {
    line: Arc<Line>,
    inbox: Inbox,
    /// Events that came before the answer that is waited for: the crate would hold each back until the next.
    early: Vec<u8>,
    ready: Vec<u8>,
    taken: usize,
    outbox: Vec<u8>,
}

impl EslStream {
    pub(super) fn new(line: Arc<Line>) -> Self {
        Self { line, inbox: Inbox::default(), early: vec![], ready: vec![], taken: 0, outbox: vec![] }
    }

    /// Makes the next frame ready, or finds the end.
    fn fill(&mut self) -> Result<(), LinkProblem> {
        self.ready.clear();
        self.taken = 0;
        let mut buffer = [0; 16 * 1024];
        while self.ready.is_empty() {
            match self.inbox.take().map_err(|_| LinkProblem::Garbled)? {
                Some(frame) => self.accept(frame)?,
                None => {
                    let length = self.receive(&mut buffer)?;
                    self.inbox.push(&buffer[..length]);
                }
            }
        }
        self.line.has_unread.store(!self.inbox.is_empty(), Ordering::Relaxed);
        Ok(())
    }

    fn accept(&mut self, frame: Frame) -> Result<(), LinkProblem> {
        let mut state = self.line.state();
        match (frame, state.expect) {
            (Frame::Rejection, _) => return Err(LinkProblem::AddressRefused),
            (Frame::Disconnect, _) => return Err(LinkProblem::ConnectionLost),
            (frame @ Frame::AuthRequest, Expect::Greeting) => {
                self.ready = frame.for_crate(is_wanted);
                state.expect = Expect::Reply;
            }
            // Whatever greets otherwise is no switch.
            (_, Expect::Greeting) => return Err(LinkProblem::Garbled),
            (Frame::Reply(text), Expect::Reply) => {
                state.reply.clone_from(&text);
                self.ready = Frame::Reply(text).for_crate(is_wanted);
                self.ready.append(&mut self.early);
                state.expect = Expect::Events;
            }
            // A few commands are refused, or run in the background, with a reply where a response is due
            // (FINDINGS 15); the crate would wait for ever.
            (Frame::Reply(text), Expect::Response) => self.ready = Frame::Response(text).for_crate(is_wanted),
            (frame @ Frame::Response(_), Expect::Response) => self.ready = frame.for_crate(is_wanted),
            (frame @ Frame::Event(_), Expect::Events) => self.ready = frame.for_crate(is_wanted),
            (frame @ Frame::Event(_), Expect::Reply) => {
                self.early.extend(frame.for_crate(is_wanted));
                if self.early.len() > MAX_EARLY {
                    return Err(LinkProblem::Garbled);
                }
            }
            (frame, expect) => tracing::debug!(?frame, ?expect, "frame dropped"),
        }
        Ok(())
    }

    fn receive(&self, buffer: &mut [u8]) -> Result<usize, LinkProblem> {
        let deadline = self.line.state().deadline;
        loop {
            let left = deadline.map(|deadline| deadline.saturating_duration_since(Instant::now()));
            if left.is_some_and(|left| left.is_zero()) {
                return Err(LinkProblem::Silent);
            }
            let mut socket = &self.line.socket;
            let received = socket.set_read_timeout(left).and_then(|()| socket.read(buffer));
            match received {
                Ok(0) => return Err(LinkProblem::ConnectionLost),
                Ok(length) => return Ok(length),
                Err(error) => match error.kind() {
                    io::ErrorKind::Interrupted | io::ErrorKind::WouldBlock => {}
                    // The deadline, or the kernel has given up on the other side.
                    io::ErrorKind::TimedOut => return Err(LinkProblem::Silent),
                    _ => return Err(LinkProblem::ConnectionLost),
                },
            }
        }
    }
}

impl Read for EslStream {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.taken == self.ready.len() {
            if self.line.problem().is_some() {
                return Ok(0);
            }
            if let Err(problem) = self.fill() {
                self.line.shut(problem);
                self.ready.clear();
                self.taken = 0;
                return Ok(0);
            }
        }
        let length = buffer.len().min(self.ready.len() - self.taken);
        buffer[..length].copy_from_slice(&self.ready[self.taken..self.taken + length]);
        self.taken += length;
        Ok(length)
    }
}

/// Collects the pieces in which the crate writes a command, and sends them as one.
impl Write for EslStream {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.outbox.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        let sent = (&self.line.socket).write_all(&self.outbox);
        self.outbox.clear();
        if sent.is_err() {
            self.line.shut(LinkProblem::ConnectionLost);
        }
        sent
    }
}

impl Connectioner for EslStream {}
