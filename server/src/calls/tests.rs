//! What events and lists do to calls.
#![allow(clippy::unwrap_used, reason = "a test that fails says so")]

use app::model::board::MemberState;
use app::model::call::{CallMoment, CallRow, CallState, Direction, LegRole, ListenMode};
use app::model::ids::{AgentKey, CallId, NodeName, QueueKey};
use app::model::time::{DurationMs, UnixMs};
use app::model::wall::Scope;
use proptest::prelude::*;

use super::state::{LiveCalls, Touched};
use crate::switch::callcenter::{AgentRecord, ChannelRecord, MemberRecord, TierRecord};
use crate::switch::event::{Caller, CancelReason, ChannelChange, ChannelEvent, Stamped, SwitchEvent};

const START: UnixMs = UnixMs(1_795_378_600_000);

fn node() -> NodeName {
    NodeName::new("fs-1")
}

fn queue(name: &str) -> QueueKey {
    QueueKey::new(&node(), name)
}

/// Calls that are fed an event a second.
#[derive(Default)]
struct Floor {
    calls: LiveCalls,
    seconds: i64,
}

impl Floor {
    fn now(&self) -> UnixMs {
        START + DurationMs::from_s(self.seconds)
    }

    fn apply(&mut self, event: SwitchEvent) {
        self.seconds += 1;
        let at = self.now();
        let stamped = Stamped { node: node(), at, made_at_us: Some(at.0 * 1000), event };
        self.calls.apply(stamped, &mut Touched::default());
    }

    fn channel(&mut self, what: ChannelChange, channel: ChannelRecord) {
        self.apply(SwitchEvent::Channel(Box::new(ChannelEvent { what, channel })));
    }

    fn rows(&self) -> Vec<CallRow> {
        let mut rows = self.calls.rows(&Scope::All);
        rows.sort_by(|a, b| a.id.cmp(&b.id));
        rows
    }

    fn row(&self) -> CallRow {
        let [row] = <[CallRow; 1]>::try_from(self.rows()).unwrap();
        row
    }

    /// A caller `c` in the queue `sales`, talking to the telephone `a` of the agent 1001.
    fn talk(&mut self) {
        self.channel(ChannelChange::Created, inbound("c", "13800138000"));
        self.apply(SwitchEvent::MemberJoined(caller("sales")));
        self.apply(SwitchEvent::AgentOffered { agent: "1001".into(), caller: caller("sales") });
        let rung = ChannelRecord {
            queue_agent: Some("1001".into()),
            rings_for: Some("c".into()),
            ..outbound("a", "1001")
        };
        self.channel(ChannelChange::Created, rung);
        let answered = ChannelRecord { call_state: "ACTIVE".into(), ..outbound("a", "1001") };
        self.channel(ChannelChange::StateChanged, answered);
        self.apply(SwitchEvent::BridgeStarted {
            agent: "1001".into(),
            caller: caller("sales"),
            joined_at: None,
            answered_at: None,
        });
        self.channel(ChannelChange::Bridged("c".into(), "a".into()), inbound("c", "13800138000"));
    }
}

fn inbound(uuid: &str, number: &str) -> ChannelRecord {
    ChannelRecord {
        uuid: uuid.into(),
        name: format!("sofia/internal/{number}@192.0.2.1"),
        dest: "queue-sales".into(),
        caller_number: number.into(),
        call_state: "ACTIVE".into(),
        ..ChannelRecord::default()
    }
}

fn outbound(uuid: &str, number: &str) -> ChannelRecord {
    ChannelRecord {
        uuid: uuid.into(),
        is_outbound: true,
        name: format!("sofia/internal/{number}@192.0.2.10:5070"),
        dest: number.into(),
        callee_name: "Outbound Call".into(),
        call_state: "RINGING".into(),
        ..ChannelRecord::default()
    }
}

fn caller(queue: &str) -> Caller {
    Caller {
        queue: queue.into(),
        member_uuid: format!("m-{queue}"),
        session_uuid: "c".into(),
        name: "张三".into(),
        number: "13800138000".into(),
    }
}

#[test]
fn a_queue_call_is_one_row_with_its_agent() {
    let mut floor = Floor::default();
    floor.channel(ChannelChange::Created, inbound("c", "13800138000"));
    floor.apply(SwitchEvent::MemberJoined(caller("sales")));
    assert_eq!((floor.row().state, floor.row().queue), (CallState::Waiting, Some(queue("sales"))));

    let mut floor = Floor::default();
    floor.talk();
    let row = floor.row();
    assert_eq!(row.state, CallState::Talking);
    assert_eq!(row.agent, Some(AgentKey::new(&node(), "1001")));
    assert_eq!(row.talking_since, Some(floor.now()));
    assert_eq!(row.agent_leg().unwrap().uuid, "a");
    assert_eq!(row.customer_leg().unwrap().uuid, "c");

    floor.channel(ChannelChange::Destroyed("NORMAL_CLEARING".into()), inbound("c", "13800138000"));
    assert_eq!(floor.row().id.uuid, "c", "it is known by the leg that it began with");
    floor.channel(ChannelChange::Destroyed("NORMAL_CLEARING".into()), outbound("a", "1001"));
    assert!(floor.rows().is_empty());
    let (detail, _) = floor.calls.detail(&CallId::new(&node(), "c")).unwrap();
    assert_eq!(detail.row.legs.len(), 2, "as it was before its legs went");
    assert_eq!(detail.ended_at, Some(floor.now()));
}

#[test]
fn a_supervisor_who_listens_is_in_the_call_and_keeps_it_from_nothing() {
    let mut floor = Floor::default();
    floor.talk();
    let listening = ChannelRecord {
        listens: Some(("a".into(), "whisper".into())),
        call_state: "ACTIVE".into(),
        ..outbound("s", "8001")
    };
    floor.channel(ChannelChange::Created, listening);
    let row = floor.row();
    let listener = row.leg("s").unwrap();
    assert_eq!((listener.role, listener.mode), (LegRole::Listener, Some(ListenMode::Whisper)));
    assert_eq!(row.second().unwrap().uuid, "a");
    floor.apply(SwitchEvent::ListenModeSet { listener: "s".into(), mode: ListenMode::Barge });
    assert_eq!(floor.row().leg("s").unwrap().mode, Some(ListenMode::Barge));

    floor.channel(ChannelChange::Destroyed(String::new()), inbound("c", "1"));
    floor.channel(ChannelChange::Destroyed(String::new()), outbound("a", "1001"));
    assert!(floor.rows().is_empty(), "nobody is left but the one who listens");
}

#[test]
fn a_call_that_goes_on_in_another_queue_belongs_to_that_one() {
    let mut floor = Floor::default();
    floor.talk();
    // As recorded: the new stay begins before the end of the old one is told.
    floor.channel(
        ChannelChange::Unbridged("c".into(), "a".into()),
        ChannelRecord { dest: "queue-support".into(), ..inbound("c", "13800138000") },
    );
    floor.apply(SwitchEvent::MemberJoined(caller("support")));
    floor.apply(SwitchEvent::MemberServed { caller: caller("sales"), joined_at: None });
    floor.channel(ChannelChange::Destroyed(String::new()), outbound("a", "1001"));
    let row = floor.row();
    assert_eq!((row.queue, row.state), (Some(queue("support")), CallState::Waiting));
    let (detail, _) = floor.calls.detail(&row.id).unwrap();
    assert!(
        detail.timeline.iter().any(|entry| entry.what == CallMoment::Transferred("queue-support".into()))
    );
}

#[test]
fn two_calls_that_are_bridged_become_the_older_one() {
    let mut floor = Floor::default();
    floor.channel(ChannelChange::Created, inbound("c", "13800138000"));
    floor.channel(ChannelChange::Created, outbound("s", "8001"));
    assert_eq!(floor.rows().len(), 2);
    floor.channel(ChannelChange::Bridged("s".into(), "c".into()), outbound("s", "8001"));
    let row = floor.row();
    assert_eq!((row.id.uuid.as_str(), row.legs.len(), row.state), ("c", 2, CallState::Talking));
}

#[test]
fn a_list_mends_what_events_missed_and_one_alone_takes_nothing_away() {
    let mut floor = Floor::default();
    floor.talk();
    let list = |floor: &Floor, rows| SwitchEvent::ChannelsRead(floor.now() + DurationMs::from_s(1), rows);
    let other = inbound("x", "13800138001");
    let event = list(&floor, vec![other.clone()]);
    floor.apply(event);
    assert_eq!(floor.rows().len(), 2, "one list without it is not enough");
    let event = list(&floor, vec![other.clone()]);
    floor.apply(event);
    assert_eq!(floor.row().id.uuid, "x");

    // A list that was asked for before an event knows less than the event.
    let before = SwitchEvent::ChannelsRead(START, vec![]);
    floor.channel(ChannelChange::StateChanged, other.clone());
    floor.apply(before.clone());
    floor.apply(before);
    assert_eq!(floor.rows().len(), 1);
    floor.channel(ChannelChange::Destroyed(String::new()), other.clone());
    let event = list(&floor, vec![other]);
    floor.apply(event);
    assert!(floor.rows().is_empty(), "a list still has for a moment what an event has ended");
}

#[test]
fn a_rebuild_takes_the_lists_for_the_truth() {
    let mut floor = Floor::default();
    floor.talk();
    floor.apply(SwitchEvent::RebuildStarted);
    let member = MemberRecord {
        queue: "support".into(),
        uuid: "m2".into(),
        session_uuid: "x".into(),
        caller_number: "13800138001".into(),
        caller_name: String::new(),
        joined_at: START,
        extra_score: 0,
        serving_agent: Some("1002".into()),
        state: MemberState::Answered,
        bridged_at: None,
    };
    floor.apply(SwitchEvent::MembersRead(floor.now(), vec![member]));
    let rows = [("x", "y"), ("y", "x")].map(|(uuid, other)| ChannelRecord {
        application: "uuid_bridge".into(),
        application_data: other.into(),
        call_state: "ACTIVE".into(),
        ..if uuid == "x" { inbound(uuid, "13800138001") } else { outbound(uuid, "1002") }
    });
    let agent = AgentRecord {
        name: "1002".into(),
        channel_uuid: String::new(),
        contact: "[leg_timeout=10]user/1002".into(),
        status: app::model::agent::AgentStatus::Available,
        state: None,
        wrap_up_s: 0,
        last_bridge_start: None,
        last_bridge_end: None,
        last_offered_call: None,
        last_status_change: None,
    };
    floor.apply(SwitchEvent::AgentsRead(floor.now(), vec![agent]));
    let asked_at = floor.now() + DurationMs::from_s(1);
    floor.apply(SwitchEvent::ChannelsRead(asked_at, rows.to_vec()));
    let row = floor.row();
    assert_eq!(row.state, CallState::Talking);
    assert_eq!(row.queue, Some(queue("support")));
    assert_eq!(row.agent_leg().unwrap().number, "1002");
}

#[test]
fn a_call_is_seen_by_its_queue_and_by_that_of_its_agent_alone() {
    let mut floor = Floor::default();
    floor.apply(SwitchEvent::TiersRead(
        START,
        vec![TierRecord { queue: "vip".into(), agent: "1001".into(), level: 1, position: 1, is_open: true }],
    ));
    floor.talk();
    let sees = |floor: &Floor, names: &[&str]| {
        let scope = Scope::of(names.iter().map(|name| queue(name)).collect());
        floor.calls.rows(&scope).len()
    };
    assert_eq!((sees(&floor, &["sales"]), sees(&floor, &["vip"])), (1, 0));
    assert_eq!(floor.calls.rows(&Scope::Agent(AgentKey::new(&node(), "1001"))).len(), 1);
    floor.apply(SwitchEvent::MemberServed { caller: caller("sales"), joined_at: None });
    assert_eq!((sees(&floor, &["sales"]), sees(&floor, &["vip"])), (0, 1), "now it is the agent's own");

    let mut floor = Floor::default();
    floor.channel(ChannelChange::Created, inbound("c", "1"));
    assert_eq!(sees(&floor, &["sales"]), 0);
    assert_eq!(floor.row().direction, Direction::Inbound);
}

fn any_event() -> impl Strategy<Value = SwitchEvent> {
    let uuid = || prop::sample::select(vec!["a", "b", "c", "d", "e"]).prop_map(str::to_owned);
    let channel =
        (uuid(), any::<bool>(), prop::sample::select(vec!["DOWN", "RINGING", "ACTIVE", "HELD", "HANGUP"]))
            .prop_map(|(uuid, is_outbound, state)| ChannelRecord {
                call_state: state.into(),
                ..if is_outbound { outbound(&uuid, "1001") } else { inbound(&uuid, "13800138000") }
            });
    let rung =
        (channel.clone(), uuid(), uuid(), any::<bool>()).prop_map(|(channel, other, target, listens)| {
            ChannelRecord {
                rings_for: Some(other),
                listens: listens.then(|| (target, "listen".to_owned())),
                ..channel
            }
        });
    let change = prop_oneof![
        3 => Just(ChannelChange::Created),
        3 => Just(ChannelChange::StateChanged),
        2 => (uuid(), uuid()).prop_map(|(a, b)| ChannelChange::Bridged(a, b)),
        1 => (uuid(), uuid()).prop_map(|(a, b)| ChannelChange::Unbridged(a, b)),
        1 => uuid().prop_map(ChannelChange::Renamed),
        2 => Just(ChannelChange::Destroyed(String::new())),
    ];
    let caller = (uuid(), prop::sample::select(vec!["sales", "support"]))
        .prop_map(|(session, queue)| Caller { session_uuid: session, ..caller(queue) });
    let rows = prop::collection::vec(channel.clone(), 0..4);
    prop_oneof![
        6 => (change, rung).prop_map(|(what, channel)| {
            SwitchEvent::Channel(Box::new(ChannelEvent { what, channel }))
        }),
        1 => rows.prop_map(|rows| SwitchEvent::ChannelsRead(UnixMs(START.0 + 40_000), rows)),
        1 => Just(SwitchEvent::RebuildStarted),
        2 => caller.clone().prop_map(SwitchEvent::MemberJoined),
        1 => caller.prop_map(|caller| SwitchEvent::MemberLeft {
            caller, joined_at: None, reason: CancelReason::BrokeOut
        }),
    ]
}

proptest! {
    /// Whatever comes in whatever order: each leg is in one call, no call is without a party, and a call is found by each leg.
    #[test]
    fn legs_are_in_one_call_each(events in prop::collection::vec(any_event(), 1..80)) {
        let mut floor = Floor::default();
        for event in events {
            floor.apply(event);
            let rows = floor.rows();
            let mut legs: Vec<&str> = rows.iter().flat_map(|row| row.legs.iter().map(|leg| leg.uuid.as_str())).collect();
            let count = legs.len();
            legs.sort_unstable();
            legs.dedup();
            prop_assert_eq!(legs.len(), count, "a leg is in two calls: {:?}", rows);
            for row in &rows {
                prop_assert!(row.first().is_some(), "a call without a party: {:?}", row);
                for leg in &row.legs {
                    let (detail, _) = floor.calls.detail(&CallId::new(&node(), leg.uuid.clone())).unwrap();
                    prop_assert_eq!(&detail.row.id, &row.id);
                }
            }
        }
    }
}
