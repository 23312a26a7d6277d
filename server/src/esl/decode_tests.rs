#![allow(clippy::unwrap_used, clippy::panic)]

use super::*;
use crate::esl::frame::tests::wanted_through_the_crate;
use crate::esl::frame::{Frame, Inbox};

const ANSWERED: &[u8] = include_bytes!("../../tests/transcripts/answered.esl");
const OTHERS: &[u8] = include_bytes!("../../tests/transcripts/others.esl");

const AGENT: &str = "1001@default";

fn recorded(transcript: &[u8]) -> Vec<Notice> {
    let mut inbox = Inbox::default();
    inbox.push(transcript);
    let mut notices = Vec::new();
    while let Some(frame) = inbox.take().unwrap() {
        let Frame::Event(content) = frame else { panic!("{frame:?} is no event") };
        notices.push(notice(&Headers::new(wanted_through_the_crate(&content, is_wanted))));
    }
    assert!(inbox.is_empty());
    notices
}

fn changes(notices: Vec<Notice>) -> Vec<SwitchEvent> {
    let changes = notices.into_iter().filter_map(|notice| match notice.kind {
        NoticeKind::Switch(event) => Some(event),
        _ => None,
    });
    changes.collect()
}

fn zhang_san() -> Caller {
    Caller {
        queue: "support@default".into(),
        member_uuid: "b7bdf8b2-74d9-4aba-9b76-65bcdba93b2e".into(),
        session_uuid: "6fdbf69f-0a39-4398-b033-8a5e4470cd82".into(),
        name: "张三".into(),
        number: "13800138000".into(),
    }
}

fn epoch_s(seconds: i64) -> Option<UnixMs> {
    Some(UnixMs(seconds * 1000))
}

#[test]
fn answered_call_is_told_in_order() {
    let agent = || AGENT.to_owned();
    let state = |state| SwitchEvent::AgentStateChanged { agent: agent(), state };
    assert_eq!(
        changes(recorded(ANSWERED)),
        [
            SwitchEvent::AgentStatusChanged { agent: agent(), status: AgentStatus::Available },
            SwitchEvent::MemberJoined(zhang_san()),
            state(AgentState::Receiving),
            SwitchEvent::AgentOffered { agent: agent(), caller: zhang_san() },
            SwitchEvent::BridgeStarted {
                agent: agent(),
                caller: zhang_san(),
                joined_at: epoch_s(1_795_378_605),
                answered_at: epoch_s(1_795_378_607),
            },
            state(AgentState::InQueueCall),
            SwitchEvent::BridgeEnded {
                agent: agent(),
                caller: zhang_san(),
                joined_at: epoch_s(1_795_378_605),
                answered_at: epoch_s(1_795_378_607),
                ended_at: epoch_s(1_795_378_611),
                is_bridged: true,
            },
            SwitchEvent::MemberServed { caller: zhang_san(), joined_at: epoch_s(1_795_378_605) },
            state(AgentState::Waiting),
        ]
    );
}

#[test]
fn every_event_says_when_and_in_which_life_of_the_switch_it_was_made() {
    let notices = recorded(ANSWERED);
    assert_eq!(notices[0].made_at_us, Some(1_795_378_605_425_711));
    assert!(
        notices
            .iter()
            .all(|notice| notice.core_uuid.as_deref() == Some("f0dd6cd0-ad90-4ced-b11c-5dba52afda3b"))
    );
}

#[test]
fn other_recorded_events_are_understood() {
    let mut kinds = recorded(OTHERS).into_iter().map(|notice| notice.kind);
    let mut change = || match kinds.next() {
        Some(NoticeKind::Switch(event)) => event,
        other => panic!("{other:?} changes nothing"),
    };
    assert_eq!(change(), SwitchEvent::AgentAdded { agent: "9001@default".into() });
    assert!(matches!(change(), SwitchEvent::MemberResumed(caller) if caller.name == "朱一"));
    assert!(matches!(change(), SwitchEvent::OfferFailed { cause, .. } if cause == "USER_BUSY"));
    for expected in [CancelReason::TimedOut, CancelReason::NoAgent, CancelReason::BrokeOut] {
        assert!(
            matches!(change(), SwitchEvent::MemberLeft { reason, joined_at: Some(_), .. } if reason == expected)
        );
    }
    let status = AgentStatus::OnBreak;
    assert_eq!(change(), SwitchEvent::AgentStatusChanged { agent: AGENT.into(), status });
    assert_eq!(change(), SwitchEvent::AgentStateChanged { agent: AGENT.into(), state: AgentState::Idle });
    // agent-max-no-answer: the change of status has its own event.
    assert_eq!(kinds.next(), Some(NoticeKind::Other));
    assert_eq!(kinds.next(), Some(NoticeKind::Heartbeat));
    assert_eq!(kinds.next(), Some(NoticeKind::Shutdown));
    let Some(NoticeKind::JobEnded { job, output }) = kinds.next() else { panic!("no job") };
    assert!(!job.is_empty());
    assert!(!output.is_empty());
    assert_eq!(kinds.next(), Some(NoticeKind::CallCenterReloaded));
    assert_eq!(kinds.next(), Some(NoticeKind::CallCenterReloaded));
    assert_eq!(kinds.next(), None);
}

fn headers(pairs: &[(&str, &str)]) -> Headers {
    let subclass = ("Event-Subclass", "callcenter::info");
    let all = pairs.iter().chain([&subclass]).map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    Headers::new(all.collect())
}

#[test]
fn events_that_lack_what_they_are_about_change_nothing() {
    for pairs in [
        &[][..],
        &[("CC-Action", "agent-add")],
        &[("CC-Action", "agent-add"), ("CC-Agent", "_undef_")],
        &[("CC-Action", "agent-state-change"), ("CC-Agent", AGENT), ("CC-Agent-State", "Unknown")],
        &[("CC-Action", "member-queue-start"), ("CC-Queue", "q")],
        &[("CC-Action", "member-queue-end"), ("CC-Queue", "q"), ("CC-Member-UUID", "m")],
        &[("CC-Action", "members-count"), ("CC-Queue", "q"), ("CC-Count", "1")],
    ] {
        assert_eq!(decode(&headers(pairs)), None, "{pairs:?}");
    }
}

#[test]
fn anonymous_caller_and_unknown_words_are_taken_as_they_are() {
    let member = [("CC-Queue", "q"), ("CC-Member-UUID", "m"), ("CC-Member-CID-Name", "_undef_")];
    let with = |more: &[(&'static str, &'static str)]| decode(&headers(&[&member, more].concat()));
    let Some(SwitchEvent::MemberJoined(caller)) = with(&[("CC-Action", "member-queue-start")]) else {
        panic!()
    };
    assert_eq!((caller.name.as_str(), caller.number.as_str()), ("", ""));

    let key =
        [("CC-Action", "member-queue-end"), ("CC-Cause", "Cancel"), ("CC-Cancel-Reason", "EXIT_WITH_KEY")];
    assert!(matches!(with(&key), Some(SwitchEvent::MemberLeft { reason: CancelReason::ExitKey, .. })));

    let failed = [("CC-Action", "bridge-agent-end"), ("CC-Agent", AGENT), ("CC-Agent-Bridged", "false")];
    assert!(matches!(with(&failed), Some(SwitchEvent::BridgeEnded { is_bridged: false, .. })));

    let status = [("CC-Action", "agent-status-change"), ("CC-Agent", AGENT), ("CC-Agent-Status", "Lunch")];
    assert!(matches!(
        with(&status),
        Some(SwitchEvent::AgentStatusChanged { status: AgentStatus::LoggedOut, .. })
    ));
}
