//! Live calls from what a real switch sent.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that fails says so")]

use app::model::call::{CallMoment, CallRow, CallState, Direction, LegRole};
use app::model::ids::{AgentKey, CallId, NodeName, QueueKey};
use app::model::wall::Scope;

use super::*;
use crate::calls::state::{LiveCalls, Touched};
use crate::esl::frame::tests::wanted_through_the_crate;
use crate::esl::frame::{Frame, Inbox};
use crate::switch::event::Stamped;

const ANSWERED: &[u8] = include_bytes!("../../../end2end/switch/transcripts/callcenter-answered/events.esl");
const SUPERVISOR: &[u8] = include_bytes!("../../../end2end/switch/transcripts/supervisor/events.esl");

fn node() -> NodeName {
    NodeName::new("fs-1")
}

/// What the switch sent, as far as it changes anything.
fn recorded(transcript: &[u8]) -> Vec<Stamped> {
    let mut inbox = Inbox::default();
    inbox.push(transcript);
    let mut events = Vec::new();
    while let Some(frame) = inbox.take().unwrap() {
        let Frame::Event(content) = frame else { panic!("{frame:?} is no event") };
        let notice = notice(&Headers::new(wanted_through_the_crate(&content, is_wanted)));
        if let NoticeKind::Switch(event) = notice.kind {
            let at = UnixMs::from_epoch_us(notice.made_at_us.unwrap());
            events.push(Stamped { node: node(), at, made_at_us: notice.made_at_us, event });
        }
    }
    events
}

/// The only call after each event, where it looks otherwise than before.
fn looks(calls: &mut LiveCalls, events: Vec<Stamped>) -> Vec<CallRow> {
    let mut looks: Vec<CallRow> = Vec::new();
    for event in events {
        calls.apply(event, &mut Touched::default());
        let rows = calls.rows(&Scope::All);
        assert!(rows.len() <= 1, "two legs of one call are two calls: {rows:?}");
        looks.extend(rows.into_iter().filter(|row| looks.last() != Some(row)).collect::<Vec<_>>());
    }
    looks
}

#[test]
fn an_answered_call_of_a_queue_goes_through_its_states() {
    let mut calls = LiveCalls::default();
    let looks = looks(&mut calls, recorded(ANSWERED));
    let mut states: Vec<CallState> = looks.iter().map(|row| row.state).collect();
    states.dedup();
    assert_eq!(
        states,
        [CallState::Ringing, CallState::Alone, CallState::Waiting, CallState::Offered, CallState::Talking]
            .into_iter()
            .chain(states.get(5..).unwrap().iter().copied())
            .collect::<Vec<_>>(),
        "{states:?}"
    );
    let talking = looks.iter().find(|row| row.state == CallState::Talking).unwrap();
    assert_eq!(talking.direction, Direction::Inbound);
    assert_eq!(talking.queue, Some(QueueKey::new(&node(), "support@default")));
    assert_eq!(talking.agent, Some(AgentKey::new(&node(), "1001@default")));
    let [caller, agent] = &talking.legs[..] else { panic!("{:?}", talking.legs) };
    assert_eq!((caller.name.as_str(), caller.number.as_str()), ("张三", "13800138000"));
    assert_eq!((caller.role, agent.role), (LegRole::Party, LegRole::Agent));
    assert_eq!((agent.number.as_str(), agent.codecs.as_str()), ("agent-1001", "PCMU"));
    assert!(caller.answered_at.unwrap() < agent.answered_at.unwrap());
    assert!(calls.rows(&Scope::All).is_empty(), "the call is over");

    let detail = calls.detail(&talking.id).map(|(detail, _)| detail).unwrap();
    assert!(detail.ended_at.is_some());
    let told: Vec<&str> = detail
        .timeline
        .iter()
        .filter_map(|entry| {
            Some(match &entry.what {
                CallMoment::Began(_) => "began",
                CallMoment::Joined(_) => "joined",
                CallMoment::Offered(_) => "offered",
                CallMoment::Connected(..) => "connected",
                CallMoment::Disconnected => "disconnected",
                CallMoment::Ended => "ended",
                _ => return None,
            })
        })
        .collect();
    assert_eq!(told, ["began", "joined", "offered", "connected", "disconnected", "ended"]);
    assert!(detail.timeline.is_sorted_by_key(|entry| entry.at));
}

#[test]
fn hold_recording_and_transfer_are_told() {
    let mut calls = LiveCalls::default();
    let (mut held, mut recording, mut transferred) = (0, false, None);
    for event in recorded(SUPERVISOR) {
        calls.apply(event, &mut Touched::default());
        for row in calls.rows(&Scope::All) {
            recording |= row.recording().is_some_and(|(_, file)| file.ends_with("/r1.wav"));
            let (detail, _) = calls.detail(&row.id).unwrap();
            transferred = transferred.or(detail.timeline.iter().find_map(|entry| match &entry.what {
                CallMoment::Transferred(to) => Some(to.clone()),
                _ => None,
            }));
            let told =
                |what: fn(&CallMoment) -> bool| detail.timeline.iter().filter(|e| what(&e.what)).count();
            held = held.max(told(|what| matches!(what, CallMoment::RecordingBegan)));
        }
    }
    // This transcript has no CHANNEL_CALLSTATE, which alone tells of hold.
    assert_eq!((held, recording), (1, true));
    assert_eq!(transferred.as_deref(), Some("queue-sales"));
}

#[test]
fn a_call_is_found_by_any_of_its_legs() {
    let mut calls = LiveCalls::default();
    for event in recorded(SUPERVISOR) {
        calls.apply(event, &mut Touched::default());
        let Some(row) = calls.rows(&Scope::All).into_iter().find(|row| row.legs.len() > 1) else { continue };
        for leg in &row.legs {
            let (detail, _) = calls.detail(&CallId::new(&node(), leg.uuid.clone())).unwrap();
            assert_eq!(detail.row, row);
        }
        return;
    }
    panic!("no call had two legs");
}
