//! What readers of the hub get.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that fails says so")]

use app::model::agent::AgentStatus;
use app::model::board::Change;
use app::model::frame::{Frame, Position};
use app::model::ids::{NodeName, QueueKey};
use app::model::wall::Scope;
use jiff::tz::TimeZone;
use tokio_util::sync::CancellationToken;

use super::hub::{Hub, midnight};
use super::reader::Reader;
use crate::switch::event::{Caller, SwitchEvent};
use app::model::time::UnixMs;

fn hub() -> (Hub, NodeName) {
    (Hub::start("test".into(), TimeZone::UTC, CancellationToken::new()).0, NodeName::new("fs-1"))
}

fn joined(queue: &str, uuid: &str) -> SwitchEvent {
    SwitchEvent::MemberJoined(Caller {
        queue: queue.into(),
        member_uuid: uuid.into(),
        session_uuid: "s".into(),
        name: "<script>alert(1)</script>|'\"%0A".into(),
        number: "1".into(),
    })
}

async fn next(reader: &mut Reader) -> (Option<Position>, Frame) {
    let frame = reader.next().await.expect("the hub runs");
    (frame.position, serde_json::from_str(&frame.json).expect("a frame is what the browser reads"))
}

/// The next changes, whatever beats come before.
async fn next_changes(reader: &mut Reader) -> (Position, Vec<Change>) {
    loop {
        if let (position, Frame::Changes { changes, .. }) = next(reader).await {
            return (position.expect("changes have a position"), changes);
        }
    }
}

/// Reads until the caller is seen; a flush may hold fewer or more events than one.
async fn sees(reader: &mut Reader, uuid: &str) -> Position {
    loop {
        let (position, changes) = next_changes(reader).await;
        if changes.iter().any(|change| matches!(change, Change::Member(row) if row.key.uuid == uuid)) {
            return position;
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_reader_gets_hello_then_the_board_then_changes() {
    let (hub, node) = hub();
    let mut reader = hub.subscribe(Scope::All, None);
    assert!(matches!(next(&mut reader).await.1, Frame::Hello { build, .. } if build == "test"));
    let (position, Frame::Snapshot(snapshot)) = next(&mut reader).await else { panic!("no snapshot") };
    assert_eq!(position, Some(snapshot.position));
    hub.send(&node, joined("support@default", "m1")).await;
    sees(&mut reader, "m1").await;
}

#[tokio::test(start_paused = true)]
async fn a_reader_without_news_gets_beats() {
    let (hub, _) = hub();
    let mut reader = hub.subscribe(Scope::All, None);
    next(&mut reader).await;
    next(&mut reader).await;
    assert!(matches!(next(&mut reader).await.1, Frame::Beat { .. }));
}

#[tokio::test(start_paused = true)]
async fn a_reader_that_comes_back_gets_what_it_missed() {
    let (hub, node) = hub();
    let mut reader = hub.subscribe(Scope::All, None);
    hub.send(&node, joined("support@default", "m1")).await;
    let left_at = loop {
        // The first caller may be in the snapshot already.
        match next(&mut reader).await {
            (Some(position), Frame::Changes { .. }) => break position,
            (Some(position), Frame::Snapshot(snapshot)) if !snapshot.board.members.is_empty() => {
                break position;
            }
            _ => {}
        }
    };
    drop(reader);
    let mut witness = hub.subscribe(Scope::All, Some(left_at));
    hub.send(&node, joined("support@default", "m2")).await;
    sees(&mut witness, "m2").await;

    let mut back = hub.subscribe(Scope::All, Some(left_at));
    next(&mut back).await;
    let (_, changes) = next_changes(&mut back).await;
    assert!(changes.iter().all(|change| !matches!(change, Change::Member(row) if row.key.uuid == "m1")));
    assert!(changes.iter().any(|change| matches!(change, Change::Member(row) if row.key.uuid == "m2")));
}

#[tokio::test(start_paused = true)]
async fn a_position_of_another_start_means_a_snapshot() {
    let (hub, _) = hub();
    let stranger = Position { boot: app::model::frame::Boot(1), seq: 7 };
    let mut reader = hub.subscribe(Scope::All, Some(stranger));
    next(&mut reader).await;
    assert!(matches!(next(&mut reader).await.1, Frame::Snapshot(_)));
}

#[tokio::test(start_paused = true)]
async fn a_position_from_the_future_means_a_snapshot() {
    let (hub, _) = hub();
    let future = Position { boot: hub.boot(), seq: 1_000_000 };
    let mut reader = hub.subscribe(Scope::All, Some(future));
    next(&mut reader).await;
    assert!(matches!(next(&mut reader).await.1, Frame::Snapshot(_)));
}

#[tokio::test(start_paused = true)]
async fn a_slow_reader_gets_a_snapshot_instead_of_a_backlog() {
    let (hub, node) = hub();
    let mut slow = hub.subscribe(Scope::All, None);
    next(&mut slow).await;
    next(&mut slow).await;
    let mut quick = hub.subscribe(Scope::All, None);
    for number in 0..400 {
        let uuid = format!("m{number}");
        hub.send(&node, joined("support@default", &uuid)).await;
        sees_or_has(&mut quick, &uuid).await;
    }
    let (_, frame) = next(&mut slow).await;
    let Frame::Snapshot(snapshot) = frame else { panic!("not a snapshot but {frame:?}") };
    assert_eq!(snapshot.board.members.len(), 400);
}

/// As [`sees`], where the first caller may be in the first snapshot.
async fn sees_or_has(reader: &mut Reader, uuid: &str) {
    loop {
        match next(reader).await.1 {
            Frame::Changes { changes, .. }
                if changes
                    .iter()
                    .any(|change| matches!(change, Change::Member(row) if row.key.uuid == uuid)) =>
            {
                return;
            }
            Frame::Snapshot(snapshot) if snapshot.board.members.iter().any(|row| row.key.uuid == uuid) => {
                return;
            }
            _ => {}
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_scope_shows_its_queues_alone_and_its_gaps_are_no_losses() {
    let (hub, node) = hub();
    let sales = Scope::of(vec![QueueKey::new(&node, "sales@default")]);
    let mut reader = hub.subscribe(sales, None);
    next(&mut reader).await;
    let (_, Frame::Snapshot(snapshot)) = next(&mut reader).await else { panic!("no snapshot") };
    let mut everything = hub.subscribe(Scope::All, None);
    hub.send(&node, joined("support@default", "m1")).await;
    sees_or_has(&mut everything, "m1").await;
    hub.send(&node, joined("sales@default", "m2")).await;
    loop {
        match next(&mut reader).await.1 {
            Frame::Changes { after, changes, .. } => {
                assert!(after >= snapshot.position.seq);
                assert!(
                    !changes
                        .iter()
                        .any(|change| matches!(change, Change::Member(row) if row.key.uuid == "m1"))
                );
                assert!(
                    changes
                        .iter()
                        .any(|change| matches!(change, Change::Member(row) if row.key.uuid == "m2"))
                );
                return;
            }
            Frame::Beat { .. } => {}
            other => panic!("{other:?}"),
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_desk_sees_its_own_agent_alone() {
    let (hub, node) = hub();
    let own = app::model::ids::AgentKey::new(&node, "1001");
    let mut reader = hub.subscribe(Scope::Agent(own.clone()), None);
    for agent in ["1002", "1001"] {
        let agent = agent.to_owned();
        hub.send(&node, SwitchEvent::AgentStatusChanged { agent, status: AgentStatus::Available }).await;
    }
    loop {
        let rows = match next(&mut reader).await.1 {
            Frame::Snapshot(snapshot) => snapshot.board.agents,
            Frame::Changes { changes, .. } => changes
                .into_iter()
                .filter_map(|change| if let Change::Agent(row) = change { Some(*row) } else { None })
                .collect(),
            _ => Vec::new(),
        };
        assert!(rows.iter().all(|row| row.key == own));
        if !rows.is_empty() {
            return;
        }
    }
}

#[test]
fn a_day_begins_at_midnight_of_the_zone() {
    let shanghai = TimeZone::get("Asia/Shanghai").unwrap();
    // 2026-11-22T17:00:00Z is one in the morning of the 23rd in Shanghai.
    let at = UnixMs(1_795_366_800_000);
    assert_eq!(midnight(&shanghai, at), UnixMs(at.0 - 3_600_000));
    assert_eq!(midnight(&TimeZone::UTC, at), UnixMs(at.0 - 17 * 3_600_000));
}
