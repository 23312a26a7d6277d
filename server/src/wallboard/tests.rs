//! What the board shows after what has happened.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that fails says so")]

use app::model::agent::{AgentRow, AgentState, AgentStatus, Presence, ReasonCode, SetBy};
use app::model::board::{AgentCounts, Change, MemberState, QueueRow};
use app::model::ids::{AgentKey, NodeName, QueueKey};
use app::model::time::{DurationMs, UnixMs};
use app::model::wall::Scope;

use super::board::{Board, Touched};
use super::rows::ScopedChange;
use crate::switch::callcenter::{AgentRecord, MemberRecord, QueueRecord, TierRecord};
use crate::switch::event::{Caller, CancelReason, Stamped, SwitchEvent};

/// 2026-11-22T08:00:00Z; every moment below is seconds after it.
const START: UnixMs = UnixMs(1_795_334_400_000);

struct World {
    board: Board,
    node: NodeName,
}

fn at(seconds: f64) -> UnixMs {
    #[expect(clippy::cast_possible_truncation, reason = "small numbers of a test")]
    UnixMs(START.0 + (seconds * 1000.0) as i64)
}

fn caller(uuid: &str) -> Caller {
    Caller {
        queue: "support@default".into(),
        member_uuid: uuid.into(),
        session_uuid: format!("session-{uuid}"),
        name: "张三".into(),
        number: "13800138000".into(),
    }
}

fn agent_record(name: &str, status: AgentStatus) -> AgentRecord {
    AgentRecord {
        name: name.into(),
        channel_uuid: String::new(),
        contact: format!("user/{name}"),
        status,
        state: Some(AgentState::Waiting),
        wrap_up_s: 10,
        last_bridge_start: None,
        last_bridge_end: None,
        last_offered_call: None,
        last_status_change: Some(at(-60.0)),
    }
}

fn tier(queue: &str, agent: &str) -> TierRecord {
    TierRecord { queue: queue.into(), agent: agent.into(), level: 1, position: 1, is_open: true }
}

impl World {
    /// Two queues, agent 1001 in both and available, 1002 in support and on break.
    fn new() -> Self {
        let mut world = Self { board: Board::new(START), node: NodeName::new("fs-1") };
        world.happens(0.0, SwitchEvent::RebuildStarted);
        let queues = ["sales@default", "support@default"].map(|name| QueueRecord {
            name: name.into(),
            strategy: "longest-idle-agent".into(),
            resumes_abandoned: false,
        });
        world.happens(0.0, SwitchEvent::QueuesRead(at(0.0), queues.into()));
        let agents =
            vec![agent_record("1001", AgentStatus::Available), agent_record("1002", AgentStatus::OnBreak)];
        world.happens(0.0, SwitchEvent::AgentsRead(at(0.0), agents));
        let tiers = vec![
            tier("support@default", "1001"),
            tier("sales@default", "1001"),
            tier("support@default", "1002"),
        ];
        world.happens(0.0, SwitchEvent::TiersRead(at(0.0), tiers));
        world.happens(0.0, SwitchEvent::MembersRead(at(0.0), vec![]));
        world.happens(0.0, SwitchEvent::RebuildEnded);
        world
    }

    fn happens(&mut self, seconds: f64, event: SwitchEvent) -> Vec<ScopedChange> {
        let mut touched = Touched::default();
        let stamped = Stamped {
            node: self.node.clone(),
            at: at(seconds),
            made_at_us: Some(at(seconds).0 * 1000),
            event,
        };
        self.board.apply(stamped, &mut touched);
        self.board.changes(&touched)
    }

    fn answered_by_1001(&mut self, uuid: &str, joined: f64, answered: f64) {
        self.happens(joined, SwitchEvent::MemberJoined(caller(uuid)));
        self.happens(joined, state("1001", AgentState::Receiving));
        self.happens(joined, SwitchEvent::AgentOffered { agent: "1001".into(), caller: caller(uuid) });
        self.happens(
            answered,
            SwitchEvent::BridgeStarted {
                agent: "1001".into(),
                caller: caller(uuid),
                joined_at: Some(at(joined)),
                answered_at: Some(at(answered)),
            },
        );
        self.happens(answered, state("1001", AgentState::InQueueCall));
    }

    fn call_of_1001_ends(&mut self, uuid: &str, answered: f64, ended: f64, is_bridged: bool) {
        self.happens(
            ended,
            SwitchEvent::BridgeEnded {
                agent: "1001".into(),
                caller: caller(uuid),
                joined_at: None,
                answered_at: Some(at(answered)),
                ended_at: Some(at(ended)),
                is_bridged,
            },
        );
        if is_bridged {
            self.happens(ended, SwitchEvent::MemberServed { caller: caller(uuid), joined_at: None });
        }
        self.happens(ended, state("1001", AgentState::Waiting));
    }

    fn leaves(&mut self, seconds: f64, uuid: &str, joined: f64, reason: CancelReason) -> Vec<ScopedChange> {
        let caller = caller(uuid);
        self.happens(seconds, SwitchEvent::MemberLeft { caller, joined_at: Some(at(joined)), reason })
    }

    fn tick(&mut self, seconds: f64, midnight: UnixMs) {
        self.happens(seconds, SwitchEvent::Tick { midnight });
    }

    fn queue(&self, name: &str) -> QueueRow {
        let key = QueueKey::new(&self.node, name);
        self.board.view().queues.into_iter().find(|row| row.key == key).expect("the queue is on the board")
    }

    fn agent(&self, name: &str) -> AgentRow {
        self.board.agent_row(&AgentKey::new(&self.node, name)).expect("the agent is on the board")
    }
}

fn state(agent: &str, state: AgentState) -> SwitchEvent {
    SwitchEvent::AgentStateChanged { agent: agent.into(), state }
}

fn status(agent: &str, status: AgentStatus) -> SwitchEvent {
    SwitchEvent::AgentStatusChanged { agent: agent.into(), status }
}

fn noted(status: AgentStatus, reason: Option<ReasonCode>, seconds: f64) -> SwitchEvent {
    SwitchEvent::StatusNoted {
        agent: "1001".into(),
        status,
        reason,
        set_by: SetBy::Agent,
        noted_at: at(seconds),
    }
}

#[test]
fn the_board_begins_as_the_lists_say() {
    let world = World::new();
    let support = world.queue("support@default");
    assert_eq!(support.display_name, "support");
    assert_eq!(support.agents, AgentCounts { available: 1, on_break: 1, ..AgentCounts::default() });
    assert_eq!(world.queue("sales@default").agents, AgentCounts { available: 1, ..AgentCounts::default() });
    assert_eq!(world.agent("1002").status_since, Some(at(-60.0)));
    assert_eq!(world.board.corrections(), 0);
}

#[test]
fn an_answered_call_goes_through_every_state() {
    let mut world = World::new();
    world.happens(1.0, SwitchEvent::MemberJoined(caller("m1")));
    let support = world.queue("support@default");
    assert_eq!((support.waiting, support.longest_since), (1, Some(at(1.0))));
    assert_eq!(support.arrivals, [0, 0, 0, 0, 0, 1]);

    world.happens(1.2, state("1001", AgentState::Receiving));
    world.happens(1.2, SwitchEvent::AgentOffered { agent: "1001".into(), caller: caller("m1") });
    let agent = world.agent("1001");
    assert_eq!(agent.presence, Presence::Ringing);
    assert_eq!(agent.call.expect("a caller rings").caller_name, "张三");
    assert_eq!(world.queue("support@default").waiting, 1, "a caller who is offered still waits");

    world.answered_by_1001("m1", 1.0, 4.0);
    assert_eq!(world.agent("1001").presence, Presence::OnCall);
    let support = world.queue("support@default");
    assert_eq!((support.waiting, support.longest_since), (0, None));
    assert_eq!(
        (support.today.answered, support.today.answered_in_time, support.today.answer_wait_ms),
        (1, 1, 3000)
    );

    world.call_of_1001_ends("m1", 4.0, 64.0, true);
    let agent = world.agent("1001");
    assert_eq!((agent.presence, agent.wrap_up_until, agent.call), (Presence::WrapUp, Some(at(74.0)), None));
    assert_eq!((agent.answered_today, agent.talk_s_today), (1, 60));
    assert_eq!(world.queue("support@default").today.handle_ms, 70_000, "talk and wrap-up");

    assert_eq!(world.board.next_deadline(), at(74.0));
    world.tick(74.0, START);
    let agent = world.agent("1001");
    assert_eq!((agent.presence, agent.presence_since), (Presence::Available, Some(at(74.0))));
}

#[test]
fn each_way_of_leaving_is_one_outcome() {
    for (waited, reason, counted) in [
        (2.0, CancelReason::BrokeOut, [1, 1, 1, 0, 0, 0]),
        (12.0, CancelReason::BrokeOut, [1, 0, 1, 0, 0, 0]),
        (30.0, CancelReason::BrokeOut, [1, 0, 0, 0, 0, 0]),
        (30.0, CancelReason::TimedOut, [0, 0, 0, 1, 0, 0]),
        (30.0, CancelReason::NoAgent, [0, 0, 0, 0, 1, 0]),
        (30.0, CancelReason::ExitKey, [0, 0, 0, 0, 0, 1]),
    ] {
        let mut world = World::new();
        world.happens(1.0, SwitchEvent::MemberJoined(caller("m1")));
        world.leaves(1.0 + waited, "m1", 1.0, reason);
        let row = world.queue("support@default");
        let today = row.today;
        let outcome = [
            today.abandoned,
            today.abandoned_short,
            today.abandoned_in_time,
            today.timed_out,
            today.no_agent,
            today.left_by_key,
        ];
        assert_eq!((outcome, row.waiting, today.offered()), (counted, 0, 1), "{reason:?} after {waited} s");
    }
}

#[test]
fn an_answer_that_never_bridged_is_none() {
    let mut world = World::new();
    world.answered_by_1001("m1", 1.0, 4.0);
    world.call_of_1001_ends("m1", 4.0, 4.5, false);
    let row = world.queue("support@default");
    assert_eq!((row.today.answered, row.today.answer_wait_ms, row.waiting), (0, 0, 1));
    assert_eq!(world.agent("1001").answered_today, 0);
}

#[test]
fn a_failed_offer_leaves_the_caller_waiting() {
    for (cause, missed) in
        [("ALLOTTED_TIMEOUT", 1), ("USER_BUSY", 1), ("ORIGINATOR_CANCEL", 0), ("LOSE_RACE", 0)]
    {
        let mut world = World::new();
        world.happens(1.0, SwitchEvent::MemberJoined(caller("m1")));
        world.happens(1.2, state("1001", AgentState::Receiving));
        world.happens(1.2, SwitchEvent::AgentOffered { agent: "1001".into(), caller: caller("m1") });
        let failed = SwitchEvent::OfferFailed {
            agent: "1001".into(),
            caller: caller("m1"),
            joined_at: None,
            cause: cause.into(),
        };
        world.happens(7.0, failed);
        world.happens(7.0, state("1001", AgentState::Waiting));
        assert_eq!(world.agent("1001").missed_today, missed, "{cause}");
        assert_eq!(world.agent("1001").presence, Presence::Available);
        assert_eq!(world.board.view().members[0].state, MemberState::Waiting);
    }
}

#[test]
fn a_break_during_a_call_shows_after_it() {
    let mut world = World::new();
    world.answered_by_1001("m1", 1.0, 4.0);
    world.happens(10.0, status("1001", AgentStatus::OnBreak));
    assert_eq!(world.agent("1001").presence, Presence::OnCall);
    world.call_of_1001_ends("m1", 4.0, 20.0, true);
    assert_eq!(world.agent("1001").presence, Presence::OnBreak);
}

#[test]
fn a_reason_is_joined_with_the_event_that_follows() {
    let mut world = World::new();
    world.happens(1.0, noted(AgentStatus::OnBreak, Some(ReasonCode::new("meal")), 1.0));
    assert_eq!(
        world.agent("1001").status,
        AgentStatus::Available,
        "only the switch's event changes the status"
    );
    world.happens(1.1, status("1001", AgentStatus::OnBreak));
    let agent = world.agent("1001");
    assert_eq!((agent.reason, agent.set_by), (Some(ReasonCode::new("meal")), Some(SetBy::Agent)));

    world.happens(50.0, status("1001", AgentStatus::OnBreak));
    let agent = world.agent("1001");
    assert_eq!((agent.reason, agent.set_by), (None, Some(SetBy::Elsewhere)), "set again at the telephone");
}

#[test]
fn a_refused_status_explains_nothing_later() {
    let mut world = World::new();
    world.happens(1.0, noted(AgentStatus::OnBreak, Some(ReasonCode::new("meal")), 1.0));
    world.happens(1.1, SwitchEvent::StatusRefused { agent: "1001".into() });
    world.happens(5.0, status("1001", AgentStatus::OnBreak));
    assert_eq!(world.agent("1001").reason, None);
}

#[test]
fn a_stored_reason_explains_the_status_after_a_restart() {
    let mut world = World { board: Board::new(START), node: NodeName::new("fs-1") };
    world.happens(0.0, noted(AgentStatus::OnBreak, Some(ReasonCode::new("training")), -61.0));
    world.happens(0.0, SwitchEvent::RebuildStarted);
    world.happens(0.0, SwitchEvent::AgentsRead(at(0.0), vec![agent_record("1001", AgentStatus::OnBreak)]));
    world.happens(0.0, SwitchEvent::RebuildEnded);
    assert_eq!(world.agent("1001").reason, Some(ReasonCode::new("training")));
}

#[test]
fn one_read_that_differs_is_not_believed_but_two_are() {
    let mut world = World::new();
    let lists =
        vec![agent_record("1001", AgentStatus::LoggedOut), agent_record("1002", AgentStatus::OnBreak)];
    world.happens(10.0, SwitchEvent::AgentsRead(at(10.0), lists.clone()));
    assert_eq!(world.agent("1001").status, AgentStatus::Available);
    world.happens(20.0, SwitchEvent::AgentsRead(at(20.0), lists));
    assert_eq!(world.agent("1001").status, AgentStatus::LoggedOut);
    assert_eq!(world.board.corrections(), 1);
}

#[test]
fn a_list_older_than_the_last_event_is_not_believed() {
    let mut world = World::new();
    let lists =
        vec![agent_record("1001", AgentStatus::Available), agent_record("1002", AgentStatus::OnBreak)];
    for asked in [10.0, 20.0, 30.0] {
        world.happens(asked + 0.1, status("1001", AgentStatus::OnBreak));
        world.happens(asked + 0.2, SwitchEvent::AgentsRead(at(asked), lists.clone()));
    }
    assert_eq!(world.agent("1001").status, AgentStatus::OnBreak);
    assert_eq!(world.board.corrections(), 0);
}

#[test]
fn a_caller_lost_with_an_event_goes_after_the_second_read() {
    let mut world = World::new();
    world.happens(1.0, SwitchEvent::MemberJoined(caller("ghost")));
    world.happens(10.0, SwitchEvent::MembersRead(at(10.0), vec![]));
    assert_eq!(world.queue("support@default").waiting, 1);
    world.happens(20.0, SwitchEvent::MembersRead(at(20.0), vec![]));
    assert_eq!((world.queue("support@default").waiting, world.board.corrections()), (0, 1));
}

#[test]
fn a_caller_who_just_left_does_not_come_back_with_an_old_list() {
    let mut world = World::new();
    world.happens(1.0, SwitchEvent::MemberJoined(caller("m1")));
    world.leaves(10.1, "m1", 1.0, CancelReason::BrokeOut);
    let row = MemberRecord {
        queue: "support@default".into(),
        uuid: "m1".into(),
        session_uuid: "session-m1".into(),
        caller_number: "13800138000".into(),
        caller_name: "张三".into(),
        joined_at: at(1.0),
        extra_score: 0,
        serving_agent: None,
        state: MemberState::Waiting,
        bridged_at: None,
    };
    for asked in [10.0, 20.0] {
        world.happens(asked + 0.2, SwitchEvent::MembersRead(at(asked), vec![row.clone()]));
    }
    assert_eq!((world.queue("support@default").waiting, world.board.corrections()), (0, 0));
}

#[test]
fn a_caller_whose_return_was_lost_comes_back_with_the_lists_and_is_abandoned_no_more() {
    let mut world = World::new();
    world.happens(1.0, SwitchEvent::MemberJoined(caller("m1")));
    world.leaves(5.0, "m1", 1.0, CancelReason::BrokeOut);
    assert_eq!(world.queue("support@default").today.abandoned, 1);
    let row = MemberRecord {
        queue: "support@default".into(),
        uuid: "m1".into(),
        session_uuid: "session-again".into(),
        caller_number: "13800138000".into(),
        caller_name: "张三".into(),
        joined_at: at(1.0),
        extra_score: 0,
        serving_agent: None,
        state: MemberState::Waiting,
        bridged_at: None,
    };
    for asked in [10.0, 20.0] {
        world.happens(asked + 0.2, SwitchEvent::MembersRead(at(asked), vec![row.clone()]));
    }
    let support = world.queue("support@default");
    assert_eq!((support.waiting, support.today.abandoned), (1, 0));
    assert_eq!(world.board.view().members[0].joined_at, at(1.0), "the first joined time holds");
}

#[test]
fn a_return_after_midnight_takes_nothing_from_the_new_day() {
    let mut world = World::new();
    let midnight = at(100.0);
    world.happens(1.0, SwitchEvent::MemberJoined(caller("m1")));
    world.leaves(50.0, "m1", 1.0, CancelReason::BrokeOut);
    world.tick(100.0, midnight);
    world.happens(101.0, SwitchEvent::MemberJoined(caller("m2")));
    world.leaves(150.0, "m2", 101.0, CancelReason::BrokeOut);
    world.happens(160.0, SwitchEvent::MemberResumed(caller("m1")));
    let support = world.queue("support@default");
    assert_eq!((support.waiting, support.today.abandoned), (1, 1));
}

#[test]
fn tiers_and_deletions_are_taken_over_without_being_corrections() {
    let mut world = World::new();
    let changes =
        world.happens(10.0, SwitchEvent::TiersRead(at(10.0), vec![tier("support@default", "1001")]));
    assert_eq!(world.queue("sales@default").agents, AgentCounts::default());
    let sales = Scope::of(vec![QueueKey::new(&world.node, "sales@default")]);
    let seen: Vec<_> = changes.iter().filter(|scoped| scoped.audience.includes(&sales)).collect();
    assert!(
        seen.iter().any(|scoped| matches!(&scoped.change, Change::AgentGone(key) if key.name == "1001")),
        "a reader of sales alone is told that the agent left"
    );
    assert!(!seen.iter().any(|scoped| matches!(scoped.change, Change::Agent(_))));

    world
        .happens(20.0, SwitchEvent::AgentsRead(at(20.0), vec![agent_record("1001", AgentStatus::Available)]));
    assert!(world.board.agent_row(&AgentKey::new(&world.node, "1002")).is_none());
    assert_eq!(world.board.corrections(), 0);
}

#[test]
fn a_rebuild_forgets_what_the_switch_forgot_and_keeps_the_day() {
    let mut world = World::new();
    world.answered_by_1001("m1", 1.0, 4.0);
    world.happens(5.0, SwitchEvent::RebuildStarted);
    let queue =
        QueueRecord { name: "support@default".into(), strategy: "ring-all".into(), resumes_abandoned: false };
    world.happens(5.0, SwitchEvent::QueuesRead(at(5.0), vec![queue]));
    world.happens(5.0, SwitchEvent::AgentsRead(at(5.0), vec![agent_record("1001", AgentStatus::Available)]));
    world.happens(5.0, SwitchEvent::TiersRead(at(5.0), vec![tier("support@default", "1001")]));
    world.happens(5.0, SwitchEvent::MembersRead(at(5.0), vec![]));
    world.happens(5.0, SwitchEvent::RebuildEnded);
    let view = world.board.view();
    assert_eq!((view.queues.len(), view.agents.len(), view.members.len()), (1, 1, 0));
    assert_eq!(world.agent("1001").presence, Presence::Available);
    assert_eq!(world.queue("support@default").today.answered, 1);
    assert_eq!(world.board.corrections(), 0);
}

#[test]
fn midnight_begins_a_new_day() {
    let mut world = World::new();
    world.answered_by_1001("m1", 1.0, 4.0);
    let midnight = START + DurationMs::from_s(3600);
    world.tick(3599.0, START);
    assert_eq!(world.queue("support@default").today.answered, 1);
    world.tick(3600.0, midnight);
    assert_eq!(world.queue("support@default").today.answered, 0);
    assert_eq!((world.agent("1001").answered_today, world.board.view().counted_since), (0, midnight));
}

#[test]
fn an_event_about_something_unknown_makes_it_known() {
    let mut world = World::new();
    let mut stranger = caller("m9");
    stranger.queue = "new@default".into();
    world.happens(1.0, SwitchEvent::MemberJoined(stranger));
    world.happens(1.0, status("9999", AgentStatus::Available));
    assert_eq!(world.queue("new@default").waiting, 1);
    assert_eq!(world.agent("9999").presence, Presence::Available);
}

#[test]
fn a_uuid_that_is_used_again_is_another_caller() {
    let mut world = World::new();
    world.happens(1.0, SwitchEvent::MemberJoined(caller("m1")));
    let again = Caller { queue: "sales@default".into(), ..caller("m1") };
    world.happens(9.0, SwitchEvent::MemberJoined(again));
    assert_eq!((world.queue("support@default").waiting, world.queue("sales@default").waiting), (0, 1));
    assert_eq!(world.board.view().members[0].joined_at, at(9.0));
}
