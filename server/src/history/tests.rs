//! What facts and call records become.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that fails says so")]

use app::model::agent::{AgentState, AgentStatus, Presence, ReasonCode};
use app::model::ids::{AgentKey, MemberKey, NodeName};
use app::model::metrics::CallOutcome;
use app::model::thresholds::QueueTargets;
use app::model::time::{DurationMs, UnixMs};

use super::cdr::{self, Leg, UnreadableCdr};
use super::ledger::{Ledger, Opened};
use super::record::{Batch, Gap, QueueCall};
use crate::wallboard::facts::{Activity, CallKey, Fact};

const ANSWERED: &str = include_str!("../../tests/transcripts/cdr-answered.json");
const ABANDONED: &str = include_str!("../../tests/transcripts/cdr-abandoned.json");
const AGENT_LEG: &str = include_str!("../../tests/transcripts/cdr-agent-leg.json");

fn node() -> NodeName {
    NodeName::new("fs-1")
}

fn at(seconds: f64) -> UnixMs {
    #[expect(clippy::cast_possible_truncation, reason = "small numbers of a test")]
    UnixMs((seconds * 1000.0) as i64)
}

fn call(uuid: &str, joined: f64) -> CallKey {
    CallKey { member: MemberKey::new(&node(), uuid), joined_at: at(joined) }
}

fn agent() -> AgentKey {
    AgentKey::new(&node(), "1001@default")
}

fn joins(uuid: &str, joined: f64) -> Fact {
    Fact::CallJoined {
        call: call(uuid, joined),
        queue: "support@default".into(),
        session_uuid: format!("session of {uuid}"),
        caller_name: "张三".into(),
        caller_number: "13800138000".into(),
    }
}

fn ends(uuid: &str, joined: f64, ended: f64, outcome: CallOutcome) -> Fact {
    Fact::CallEnded { call: call(uuid, joined), at: at(ended), outcome, is_short: false, is_in_time: false }
}

fn answered(uuid: &str, joined: f64, answered: f64) -> Fact {
    Fact::Answered {
        call: call(uuid, joined),
        agent: agent(),
        at: at(answered),
        wait: at(answered).since(at(joined)),
        is_in_time: true,
    }
}

fn talked(uuid: &str, joined: f64, until: f64, talk: i64) -> Fact {
    Fact::Talked {
        call: call(uuid, joined),
        agent: agent(),
        at: at(until),
        talk: DurationMs::from_s(talk),
        wrap_up: DurationMs::from_s(3),
    }
}

fn is(presence: Presence, status: AgentStatus, reason: Option<ReasonCode>, since: f64) -> Fact {
    let activity = Activity { presence, status, state: Some(AgentState::Waiting), reason, set_by: None };
    Fact::AgentIs { agent: agent(), since: at(since), activity }
}

fn taken(ledger: &mut Ledger, facts: impl IntoIterator<Item = Fact>) -> Batch {
    facts.into_iter().for_each(|fact| ledger.take(fact));
    ledger.batch(at(1_000.0))
}

#[test]
fn a_call_becomes_one_row_with_its_outcome() {
    let mut ledger = Ledger::default();
    let offered = Fact::Offered { call: call("m1", 10.0), agent: agent(), at: at(10.1) };
    let batch = taken(
        &mut ledger,
        [
            joins("m1", 10.0),
            offered,
            answered("m1", 10.0, 12.0),
            talked("m1", 10.0, 72.0, 60),
            ends("m1", 10.0, 72.0, CallOutcome::Answered),
        ],
    );
    let [row] = batch.calls.as_slice() else { panic!("{batch:?}") };
    assert!(row.is_complete() && !row.is_incomplete);
    assert_eq!(row.answer.as_ref().unwrap().wait, DurationMs(2_000));
    assert_eq!(row.talk.unwrap().length, DurationMs(60_000));
    // The offer as it began and as it ended: both are the same row of the database.
    let offers: Vec<_> = batch.offers.iter().map(|offer| (offer.offered_at, offer.is_answered)).collect();
    assert_eq!(offers, [(at(10.1), false), (at(10.1), true)]);
    assert!(ledger.batch(at(1_001.0)).calls.is_empty(), "stored once");
}

#[test]
fn who_abandoned_and_came_back_is_one_contact() {
    let mut ledger = Ledger::default();
    taken(&mut ledger, [joins("m1", 10.0), ends("m1", 10.0, 20.0, CallOutcome::Abandoned)]);
    let back = Fact::CallResumed { call: call("m1", 10.0), session_uuid: "second".into() };
    let batch = taken(&mut ledger, [back, answered("m1", 10.0, 40.0)]);
    let [row] = batch.calls.as_slice() else { panic!("{batch:?}") };
    assert_eq!((row.end, row.session_uuid.as_str()), (None, "second"));
    assert_eq!(row.answer.as_ref().unwrap().wait, DurationMs(30_000), "from the first joining on");
}

#[test]
fn a_stay_that_a_list_dates_to_the_second_is_the_one_that_was_open() {
    let open = QueueCall { queue: "support@default".into(), ..QueueCall::joined(call("m1", 10.4)) };
    let mut ledger = Ledger::new(Opened { calls: vec![open], ..Opened::default() });
    let batch = taken(&mut ledger, [joins("m1", 10.0), answered("m1", 10.0, 12.0)]);
    assert_eq!(batch.calls[0].call, call("m1", 10.4));
    // A switch that was started again gives the uuid to another caller.
    let batch = taken(&mut ledger, [joins("m1", 5_000.0)]);
    assert_eq!(batch.calls.len(), 2);
}

#[test]
fn an_end_whose_answer_nobody_saw_is_incomplete() {
    let mut ledger = Ledger::default();
    let batch = taken(&mut ledger, [joins("m1", 10.0), ends("m1", 10.0, 72.0, CallOutcome::Answered)]);
    assert!(batch.calls[0].is_incomplete);
    let lost = Fact::CallLost { call: call("m2", 10.0) };
    assert!(taken(&mut ledger, [joins("m2", 10.0), lost]).calls[0].is_incomplete);
}

#[test]
fn activity_is_a_line_of_intervals_without_holes() {
    let mut ledger = Ledger::default();
    let batch = taken(
        &mut ledger,
        [
            is(Presence::Available, AgentStatus::Available, None, 1.0),
            is(Presence::Available, AgentStatus::Available, None, 2.0),
            is(Presence::OnBreak, AgentStatus::OnBreak, Some(ReasonCode::new("meal")), 5.0),
            // A clock that was set back.
            is(Presence::Available, AgentStatus::Available, None, 3.0),
            Fact::AgentGone { agent: agent(), at: at(9.0) },
        ],
    );
    let lines: Vec<_> = batch
        .activities
        .iter()
        .map(|interval| (interval.started_at.0, interval.ended_at.map(|at| at.0), interval.activity.presence))
        .collect();
    assert_eq!(
        lines,
        [
            (1_000, None, Presence::Available),
            (1_000, Some(5_000), Presence::Available),
            (5_000, None, Presence::OnBreak),
            (5_000, None, Presence::Available),
            (5_000, Some(9_000), Presence::Available),
        ]
    );
}

#[test]
fn a_gap_lasts_from_the_last_event_until_events_flow() {
    let mut ledger = Ledger::new(Opened { seen: vec![(node(), at(100.0))], ..Opened::default() });
    let flow = |seconds| Fact::EventsFlow { node: node(), at: at(seconds) };
    let lost = |seconds| Fact::EventsLost { node: node(), since: at(seconds) };
    let gap = |from: f64, to: Option<f64>, is_stop| Gap {
        node: node(),
        from: at(from),
        to: to.map(at),
        is_stop,
        closed_at: None,
    };
    // While SwitchDesk did not run; the link that was not there yet is no other gap.
    assert_eq!(taken(&mut ledger, [lost(150.0), flow(160.0)]).gaps, [gap(100.0, Some(160.0), true)]);
    assert_eq!(ledger.batch(at(161.0)).seen, [(node(), at(161.0))]);
    let batch = taken(&mut ledger, [lost(200.0), lost(201.0)]);
    assert_eq!((batch.gaps, batch.seen), (vec![gap(200.0, None, false)], vec![]));
    assert_eq!(taken(&mut ledger, [flow(210.0)]).gaps, [gap(200.0, Some(210.0), false)]);
    // The very first start: nothing was missed.
    let mut first = Ledger::default();
    assert_eq!(taken(&mut first, [lost(1.0), flow(2.0)]).gaps, []);
}

#[test]
fn recorded_call_records_tell_of_the_stay() {
    let read = cdr::parse(ANSWERED).unwrap();
    assert_eq!((read.leg, read.uuid.as_str()), (Leg::A, "5c892e06-7ef5-457d-a2c5-28992e224970"));
    let stay = read.stay.unwrap();
    assert_eq!((stay.queue.as_str(), stay.caller_name.as_str()), ("support@default", "张三"));
    assert_eq!(stay.outcome, CallOutcome::Answered);
    assert_eq!(
        stay.joined_at,
        UnixMs(1_795_381_177_508),
        "the stamp of the application, not the whole second"
    );
    assert_eq!(stay.answered, Some(("1001@default".into(), UnixMs(1_795_381_179_233))));
    assert_eq!(stay.ended_at, UnixMs(1_795_381_181_253));

    let stay = cdr::parse(ABANDONED).unwrap().stay.unwrap();
    assert_eq!((stay.outcome, stay.answered), (CallOutcome::Abandoned, None));
    assert_eq!(stay.ended_at, UnixMs(1_795_381_184_733));

    let read = cdr::parse(AGENT_LEG).unwrap();
    assert_eq!((read.leg, read.stay), (Leg::B, None));
    assert_eq!(read.member_uuid.as_deref(), Some("be6f144b-5cf8-45d6-81f9-c73dc9ca6e63"));
}

#[test]
fn what_is_no_call_record_is_refused_in_words() {
    assert!(matches!(cdr::parse("cdr=%7B%7D"), Err(UnreadableCdr::NotJson(_))));
    for body in ["null", "[]", "{}", r#"{"variables":{"uuid":7}}"#] {
        assert_eq!(cdr::parse(body), Err(UnreadableCdr::Missing("uuid")), "{body}");
    }
    let body = r#"{"variables":{"uuid":"a","end_uepoch":"never"}}"#;
    assert_eq!(cdr::parse(body), Err(UnreadableCdr::Missing("end_uepoch")));
}

#[test]
fn a_record_completes_only_what_the_events_did_not_tell() {
    let stay = cdr::parse(ANSWERED).unwrap().stay.unwrap();
    let targets = QueueTargets::default();
    let wrap_up = DurationMs::from_s(3);
    let complete = |known: Option<&QueueCall>, midnight| {
        cdr::complete(known, &stay, &node(), &targets, wrap_up, midnight)
    };
    let whole = complete(None, UnixMs(0)).unwrap();
    assert!(whole.row.is_complete());
    assert_eq!((whole.missing.answered, whole.missing.answered_in_time, whole.missing.handled), (1, 1, 1));
    assert_eq!(whole.missing.answer_wait_ms, 1_725);
    assert_eq!(whole.missing.handle_ms, 2_020 + 3_000);
    assert_eq!(whole.agent, Some(("1001@default".into(), 1, DurationMs(2_020))));
    // Nothing twice.
    assert_eq!(complete(Some(&whole.row), UnixMs(0)), None);
    // The answer was seen and counted, the end was not.
    let mut seen = whole.row.clone();
    (seen.talk, seen.end, seen.is_incomplete) = (None, None, true);
    let rest = complete(Some(&seen), UnixMs(0)).unwrap();
    assert_eq!((rest.missing.answered, rest.missing.handled), (0, 1));
    assert_eq!(rest.row, whole.row);
    // Yesterday's call goes on record and changes nothing of today.
    let old = complete(None, UnixMs(i64::MAX)).unwrap();
    assert_eq!((old.missing, old.agent), (Default::default(), None));
    assert!(old.row.is_complete());
}
