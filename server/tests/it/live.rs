//! The live stream over a socket, from the switch to the reader.

use std::net::SocketAddr;
use std::time::Duration;

use app::model::account::Role;
use app::model::agent::{AgentRow, Presence};
use app::model::board::{BoardView, Change, LinkState, QueueRow};
use app::model::frame::{ByeReason, Frame, Snapshot};
use app::model::wall::NewWallLink;
use demo_switch::{DemoSwitch, Options};
use sqlx::MySqlPool;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpStream;

use crate::harness::{Browser, MIGRATIONS, TestApp, eventually};

/// A client of the stream that speaks HTTP/1.1 by itself, as slowly as the test wants.
pub struct Stream {
    reader: BufReader<TcpStream>,
    pub headers: String,
}

impl Stream {
    pub async fn open(address: SocketAddr, path: &str, browser: Option<&Browser>) -> Self {
        let cookie = browser
            .and_then(|browser| browser.cookie("switchdesk_session"))
            .map(|cookie| format!("Cookie: switchdesk_session={cookie}\r\n"))
            .unwrap_or_default();
        let mut socket = TcpStream::connect(address).await.unwrap();
        let request =
            format!("GET {path} HTTP/1.1\r\nHost: desk.example\r\nAccept: text/event-stream\r\n{cookie}\r\n");
        socket.write_all(request.as_bytes()).await.unwrap();
        let mut reader = BufReader::new(socket);
        let mut headers = String::new();
        while !headers.ends_with("\r\n\r\n") {
            let read = reader.read_line(&mut headers).await.unwrap();
            assert!(read > 0, "closed after {headers}");
        }
        Self { reader, headers: headers.to_ascii_lowercase() }
    }

    /// The next frame; `None` at the end of the stream.
    pub async fn next(&mut self) -> Option<Frame> {
        let text = self.text().await?;
        Some(serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}")))
    }

    /// The next frame as it travels.
    pub async fn text(&mut self) -> Option<String> {
        let line = tokio::time::timeout(Duration::from_secs(10), async {
            loop {
                let mut line = Vec::new();
                if self.reader.read_until(b'\n', &mut line).await.unwrap_or_default() == 0 {
                    return None;
                }
                // Chunk sizes, ids and blank lines lie between.
                let line = String::from_utf8(line).unwrap();
                if let Some(data) = line.strip_prefix("data: ") {
                    return Some(data.trim_end().to_owned());
                }
                if line == "0\r\n" {
                    return None;
                }
            }
        });
        line.await.expect("a frame or a beat comes within seconds")
    }

    pub async fn snapshot(&mut self) -> Snapshot {
        loop {
            if let Frame::Snapshot(snapshot) = self.next().await.expect("the stream goes on") {
                return snapshot;
            }
        }
    }

    /// Reads changes until one satisfies.
    pub async fn until(&mut self, mut is_it: impl FnMut(&Change) -> bool) {
        loop {
            match self.next().await.expect("the stream goes on") {
                Frame::Changes { changes, .. } if changes.iter().any(&mut is_it) => return,
                Frame::Bye(reason) => panic!("ended: {reason:?}"),
                _ => {}
            }
        }
    }

    pub async fn bye(&mut self) -> ByeReason {
        loop {
            if let Frame::Bye(reason) = self.next().await.expect("the end is said") {
                return reason;
            }
        }
    }
}

async fn switch() -> DemoSwitch {
    DemoSwitch::start(Options { agents: 10, queues: 3, ..Options::default() }).await.unwrap()
}

fn is_caller(name: &str) -> impl FnMut(&Change) -> bool {
    move |change| matches!(change, Change::Member(row) if row.caller_name == name)
}

#[sqlx::test(migrator = "MIGRATIONS")]
async fn a_caller_is_on_the_stream_with_the_name_as_dialled(pool: MySqlPool) {
    let switch = switch().await;
    let app = TestApp::with_switch(pool, &switch).await;
    let supervisor = app.signed_in(Role::Supervisor).await;
    let mut stream = Stream::open(app.serve().await, "/live", Some(&supervisor)).await;
    assert!(stream.headers.contains("content-type: text/event-stream"));
    assert!(stream.headers.contains("x-accel-buffering: no"));
    assert!(matches!(stream.next().await, Some(Frame::Hello { .. })));
    let board = stream.snapshot().await.board;
    assert_eq!((board.queues.len(), board.agents.len()), (3, 10));

    for name in ["张三", r#"<script>alert(1)</script>|'"%0A"#] {
        let quoted = name.replace('\\', r"\\").replace('\'', r"\'");
        let answer = switch.api(&format!("demo call support@default 13800138000 '{quoted}'"));
        assert!(answer.starts_with("+OK"), "{answer}");
        stream.until(is_caller(name)).await;
    }
}

#[sqlx::test(migrator = "MIGRATIONS")]
async fn a_page_goes_on_where_it_was_rendered(pool: MySqlPool) {
    let switch = switch().await;
    let app = TestApp::with_switch(pool, &switch).await;
    let supervisor = app.signed_in(Role::Supervisor).await;
    let address = app.serve().await;
    let rendered: Snapshot = supervisor.call("/api/board/read", "").await.json();
    switch.api("demo call support@default 1 'between render and stream'");
    let path = format!("/live?after={}", rendered.position);
    let mut stream = Stream::open(address, &path, Some(&supervisor)).await;
    assert!(matches!(stream.next().await, Some(Frame::Hello { .. })));
    stream.until(is_caller("between render and stream")).await;
}

#[sqlx::test(migrator = "MIGRATIONS")]
async fn signing_out_ends_the_stream_and_says_so(pool: MySqlPool) {
    let switch = switch().await;
    let app = TestApp::with_switch(pool, &switch).await;
    let supervisor = app.signed_in(Role::Supervisor).await;
    let mut stream = Stream::open(app.serve().await, "/live", Some(&supervisor)).await;
    stream.snapshot().await;
    supervisor.post("/sign-out", &[]).await;
    assert_eq!(stream.bye().await, ByeReason::SignedOut);
    assert_eq!(stream.next().await, None);
}

#[sqlx::test(migrator = "MIGRATIONS")]
async fn stopping_ends_streams_instead_of_waiting_for_them(pool: MySqlPool) {
    let switch = switch().await;
    let app = TestApp::with_switch(pool, &switch).await;
    let supervisor = app.signed_in(Role::Supervisor).await;
    let mut stream = Stream::open(app.serve().await, "/live", Some(&supervisor)).await;
    stream.snapshot().await;
    app.state.shutdown.cancel();
    assert_eq!(stream.bye().await, ByeReason::Stopping);
    assert_eq!(stream.next().await, None);
}

#[sqlx::test(migrator = "MIGRATIONS")]
async fn a_desk_gets_its_own_row_and_no_callers(pool: MySqlPool) {
    let switch = switch().await;
    let app = TestApp::with_switch(pool, &switch).await;
    let agent = app.signed_in(Role::Agent).await;
    let mut stream = Stream::open(app.serve().await, "/live", Some(&agent)).await;
    let BoardView { nodes, queues, agents, members, .. } = stream.snapshot().await.board;
    assert_eq!((nodes.len(), queues.len(), members.len()), (1, 0, 0));
    assert_eq!(agents.iter().map(|row| row.key.name.as_str()).collect::<Vec<_>>(), ["1007@default"]);
    switch.api("demo call support@default 1 'not for this desk'");
    switch.api("callcenter_config agent set status 1008@default Available");
    switch.api("callcenter_config agent set status 1007@default Available");
    loop {
        if let Some(Frame::Changes { changes, .. }) = stream.next().await {
            assert!(
                changes
                    .iter()
                    .all(|change| matches!(change, Change::Agent(row) if row.key.name == "1007@default"))
            );
            return;
        }
    }
}

#[sqlx::test(migrator = "MIGRATIONS")]
async fn a_wall_shows_its_queues_and_goes_dark_when_revoked(pool: MySqlPool) {
    let switch = switch().await;
    let app = TestApp::with_switch(pool, &switch).await;
    let supervisor = app.signed_in(Role::Supervisor).await;
    let body = r#"{"title":"Hall","queues":[{"node":"fs-1","name":"sales@default"}],"language":"en"}"#;
    let link: NewWallLink = supervisor.call("/api/walls/create", body).await.json();
    let address = app.serve().await;
    let mut stream = Stream::open(address, &format!("/live{}", link.path), None).await;
    let board = stream.snapshot().await.board;
    assert_eq!(board.queues.iter().map(|row| row.key.name.as_str()).collect::<Vec<_>>(), ["sales@default"]);

    supervisor.call("/api/walls/revoke", &format!("id={}", link.link.id)).await;
    assert_eq!(stream.bye().await, ByeReason::SignedOut);
    let refused = Stream::open(address, &format!("/live{}", link.path), None).await;
    assert!(refused.headers.starts_with("http/1.1 404"), "{}", refused.headers);
}

#[sqlx::test(migrator = "MIGRATIONS")]
async fn the_board_equals_the_lists_of_a_switch_that_lives(pool: MySqlPool) {
    let options =
        Options { life: true, event_rate: Some(100.0), heartbeat_seconds: 1.0, ..Options::default() };
    let switch = DemoSwitch::start(options).await.unwrap();
    let app = TestApp::with_switch(pool, &switch).await;
    let answered = |board: &BoardView| board.queues.iter().map(|row| row.today.answered).sum::<u32>();
    eventually("calls are answered", async || {
        (answered(&app.state.hub.snapshot(&app::model::wall::Scope::All).board) > 20).then_some(())
    })
    .await;
    switch.api("demo freeze");
    eventually("the board equals the lists", async || {
        let board = app.state.hub.snapshot(&app::model::wall::Scope::All).board;
        let differences: Vec<String> = board
            .queues
            .iter()
            .filter_map(|row| {
                let listed = waiting_in_list(&switch, row);
                (listed != row.waiting)
                    .then(|| format!("{}: {} listed, {} shown", row.key, listed, row.waiting))
            })
            .chain(board.agents.iter().filter_map(|row| {
                let state = switch.api(&format!("callcenter_config agent get state {}", row.key.name));
                (!is_same(row, &state)).then(|| format!("{}: {state}, shown {:?}", row.key, row.presence))
            }))
            .collect();
        differences.is_empty().then_some(())
    })
    .await;
    assert_eq!(app.state.hub.corrections(), 0);
}

/// Callers that a queue's list has as waiting or being rung for.
fn waiting_in_list(switch: &DemoSwitch, row: &QueueRow) -> u32 {
    let list = switch.api(&format!("callcenter_config queue list members {}", row.key.name));
    let waiting = list.lines().filter(|line| line.contains("|Waiting|") || line.contains("|Trying|"));
    u32::try_from(waiting.count()).unwrap()
}

fn is_same(row: &AgentRow, state: &str) -> bool {
    match row.presence {
        Presence::OnCall => state == "In a queue call",
        Presence::Ringing => state == "Receiving",
        _ => state == "Waiting",
    }
}

#[sqlx::test(migrator = "MIGRATIONS")]
async fn a_switch_that_restarts_is_said_to_be_lost_and_comes_back(pool: MySqlPool) {
    let switch = switch().await;
    let app = TestApp::with_switch(pool, &switch).await;
    let supervisor = app.signed_in(Role::Supervisor).await;
    let mut stream = Stream::open(app.serve().await, "/live", Some(&supervisor)).await;
    stream.snapshot().await;
    switch.api("demo call support@default 1 'forgotten by the restart'");
    stream.until(is_caller("forgotten by the restart")).await;
    switch.api("demo restart");
    stream
        .until(|change| matches!(change, Change::Node(row) if matches!(row.link, LinkState::Lost { .. })))
        .await;
    stream.until(|change| matches!(change, Change::Node(row) if row.link == LinkState::Live)).await;
    let board = app.state.hub.snapshot(&app::model::wall::Scope::All).board;
    assert_eq!((board.members.len(), board.agents.len()), (0, 10));
}
