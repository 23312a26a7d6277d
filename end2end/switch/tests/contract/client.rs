//! An event-socket client: frames, replies in order, events set aside.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

/// How long an answer may take.
pub(crate) const PATIENCE: Duration = Duration::from_secs(10);

/// Headers and body of one frame.
#[derive(Debug, Clone)]
pub(crate) struct Frame {
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: String,
}

impl Frame {
    /// Reads the head of a frame.
    pub(crate) fn new(head: &str, body: &str) -> Self {
        let headers = head.lines().filter_map(|line| line.split_once(": "));
        let headers = headers.map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        Self { headers, body: body.to_owned() }
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    pub(crate) fn content_type(&self) -> &str {
        self.header("Content-Type").unwrap_or_default()
    }

    /// Whether this is the greeting or an answer to a command.
    pub(crate) fn is_answer(&self) -> bool {
        matches!(self.content_type(), "auth/request" | "command/reply" | "api/response")
    }
}

/// One connection.
pub(crate) struct Client {
    stream: TcpStream,
    buffer: Vec<u8>,
    /// Events, log lines and notices that came before an answer.
    pub(crate) aside: VecDeque<Frame>,
}

impl Client {
    pub(crate) async fn connect(address: SocketAddr) -> std::io::Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, buffer: Vec::new(), aside: VecDeque::new() })
    }

    pub(crate) async fn login(address: SocketAddr, password: &str) -> std::io::Result<Self> {
        let mut client = Self::connect(address).await?;
        client.answer().await.expect("a greeting");
        let reply = client.ask(&format!("auth {password}")).await.expect("an answer to auth");
        assert_eq!(reply.header("Reply-Text"), Some("+OK accepted"));
        Ok(client)
    }

    pub(crate) async fn send(&mut self, bytes: &[u8]) {
        self.stream.write_all(bytes).await.expect("the connection takes bytes");
    }

    /// Reads more; false at the end of the connection.
    pub(crate) async fn fill(&mut self) -> bool {
        let read =
            timeout(PATIENCE, self.stream.read_buf(&mut self.buffer)).await.expect("an answer in time");
        // A reset after the goodbye is an end as well.
        read.unwrap_or(0) > 0
    }

    /// The next frame; `None` at the end of the connection.
    pub(crate) async fn frame(&mut self) -> Option<Frame> {
        let end = loop {
            if let Some(end) = self.buffer.windows(2).position(|two| two == b"\n\n") {
                break end;
            }
            if !self.fill().await {
                return None;
            }
        };
        let head = String::from_utf8(self.buffer[..end].to_vec()).expect("UTF-8");
        let mut frame = Frame::new(&head, "");
        let length = frame.header("Content-Length");
        let length: usize = length.map_or(0, |length| length.parse().expect("a length"));
        while self.buffer.len() < end + 2 + length {
            assert!(self.fill().await, "closed within a frame");
        }
        frame.body = String::from_utf8(self.buffer[end + 2..end + 2 + length].to_vec()).expect("UTF-8");
        self.buffer.drain(..end + 2 + length);
        Some(frame)
    }

    /// The next answer; everything else that comes before it is set aside.
    pub(crate) async fn answer(&mut self) -> Option<Frame> {
        loop {
            let frame = self.frame().await?;
            if frame.is_answer() {
                return Some(frame);
            }
            self.aside.push_back(frame);
        }
    }

    pub(crate) async fn ask(&mut self, command: &str) -> Option<Frame> {
        self.send(format!("{command}\n\n").as_bytes()).await;
        self.answer().await
    }

    pub(crate) async fn api(&mut self, command: &str) -> String {
        self.ask(&format!("api {command}")).await.expect("an answer").body
    }

    /// The next frame that is no answer.
    pub(crate) async fn next_aside(&mut self) -> Option<Frame> {
        match self.aside.pop_front() {
            Some(frame) => Some(frame),
            None => self.frame().await,
        }
    }
}
