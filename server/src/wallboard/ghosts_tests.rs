//! Whom the rules call a ghost, and above all whom they do not.
#![allow(clippy::expect_used, reason = "a test that fails says so")]

use app::model::agent::AgentStatus;
use app::model::board::Change;

use super::*;
use crate::switch::callcenter::{AgentRecord, MemberRecord};
use crate::switch::event::{Caller, Stamped, SwitchEvent};

fn channel(uuid: &str, dest: &str, call_state: &str, application: &str) -> ChannelRecord {
    ChannelRecord {
        uuid: uuid.into(),
        name: format!("sofia/internal/{dest}@127.0.0.1:5070"),
        dest: dest.into(),
        call_state: call_state.into(),
        application: application.into(),
        ..ChannelRecord::default()
    }
}

#[test]
fn agents_are_judged_by_what_could_still_serve_them() {
    use AgentState::{Idle, InQueueCall, Receiving, Reserved, Waiting};
    use GhostReason::{PhoneLeftRinging, ReservedForNobody, RingingForNobody, TalkingToNobody};
    use Phone::{InCall, Ringing, Silent};
    let long = LONGEST_RING;
    let short = DurationMs(LONGEST_RING.0 - 1);
    // State, has a caller, the caller is known to be gone, the phone, since the last offer.
    for (state, has_caller, is_caller_gone, phone, offered_ago, judged) in [
        // Healthy: free, On Demand after a call, rung, talking to a caller of whatever queue.
        (Some(Waiting), false, true, Silent, long, None),
        (Some(Idle), false, true, Silent, long, None),
        (None, false, true, Silent, long, None),
        (Some(Receiving), true, false, Ringing, short, None),
        (Some(Receiving), true, false, Silent, long, None),
        (Some(InQueueCall), true, false, InCall, long, None),
        (Some(InQueueCall), true, false, Silent, long, None),
        // Healthy as far as can be told: the caller was transferred to the agent's own channel, or a start of SwitchDesk
        // missed the offer.
        (Some(InQueueCall), false, true, InCall, long, None),
        (Some(InQueueCall), false, true, Ringing, long, None),
        (Some(Receiving), false, false, Ringing, long, None),
        (Some(Receiving), false, false, Silent, short, None),
        (Some(Receiving), false, true, Silent, short, None),
        (Some(Receiving), false, true, InCall, long, None),
        (Some(Reserved), true, false, Silent, long, None),
        (Some(Reserved), false, false, Ringing, long, None),
        // Ghosts.
        (Some(Receiving), false, false, Silent, long, Some(RingingForNobody)),
        (Some(Receiving), false, true, Silent, long, Some(RingingForNobody)),
        (Some(Receiving), false, true, Ringing, short, Some(PhoneLeftRinging)),
        (Some(Reserved), false, false, Silent, short, Some(ReservedForNobody)),
        (Some(InQueueCall), false, false, Silent, short, Some(TalkingToNobody)),
    ] {
        let evidence = AgentEvidence { state, has_caller, is_caller_gone, phone, offered_ago };
        assert_eq!(judge_agent(&evidence), judged, "{evidence:?}");
    }
}

#[test]
fn callers_are_judged_by_their_call_and_their_agents() {
    use GhostReason::{LeftAlone, RingingWithoutCall, TalkingWithoutCall, WaitingWithoutCall};
    use MemberState::{Answered, Trying, Waiting};
    let in_queue = channel("s", "queue-support", "ACTIVE", "callcenter");
    let bridged = channel("s", "queue-support", "ACTIVE", "uuid_bridge");
    let transferred = channel("s", "3000", "ACTIVE", "voicemail");
    let held = channel("s", "queue-support", "HELD", "uuid_bridge");
    // State, call, the agent is In a queue call, the agent has a call.
    for (state, call, is_agent_talking, has_agent_call, judged) in [
        (Waiting, Some(&in_queue), false, false, None),
        // A ring-all caller stays Trying while nobody is there to ring.
        (Trying, Some(&in_queue), false, false, None),
        (Trying, Some(&in_queue), false, true, None),
        (Answered, Some(&bridged), true, true, None),
        (Answered, Some(&held), true, true, None),
        // The state of the agent was set by hand during the call.
        (Answered, Some(&bridged), false, true, None),
        (Answered, Some(&in_queue), false, true, None),
        // Being bridged: the agent's event came first.
        (Answered, Some(&in_queue), true, false, None),
        // Transferred by the agent, who has hung up since.
        (Answered, Some(&transferred), false, false, None),
        (Answered, Some(&bridged), false, false, None),
        // Transferred into another channel, while the agent's lasts.
        (Answered, None, true, true, None),
        (Waiting, None, false, false, Some(WaitingWithoutCall)),
        (Trying, None, false, true, Some(RingingWithoutCall)),
        (Answered, None, false, false, Some(TalkingWithoutCall)),
        (Answered, None, true, false, Some(TalkingWithoutCall)),
        (Answered, None, false, true, Some(TalkingWithoutCall)),
        (Answered, Some(&in_queue), false, false, Some(LeftAlone)),
    ] {
        let evidence = CallerEvidence { state, call, is_agent_talking, has_agent_call };
        assert_eq!(judge_caller(&evidence), judged, "{evidence:?}");
    }
}

#[test]
fn a_phone_is_known_by_its_uuid_its_contact_and_its_name() {
    let rows = [
        channel("ringing", "agent-1001", "RINGING", ""),
        channel("talking", "1002", "ACTIVE", ""),
        channel("gateway", "13800138000", "EARLY", ""),
        ChannelRecord { presence_id: "1004@example.com".into(), ..channel("own", "99", "ACTIVE", "bridge") },
    ];
    let channels = Channels::new(&rows);
    for (name, contact, uuid, phone) in [
        ("1001@default", "[leg_timeout=10]sofia/internal/agent-1001@127.0.0.1:5070", "", Phone::Ringing),
        ("1001@default", "user/1001", "", Phone::Silent),
        ("1001@default", "user/1001", "talking", Phone::InCall),
        ("1001@default", "user/1001", "gone", Phone::Silent),
        ("1002@default", "", "", Phone::InCall),
        ("1003@default", "{a=b,c=d}sofia/gateway/carrier/13800138000", "", Phone::Ringing),
        ("1003@default", "user/1003,[x=y]user/1002|user/9", "", Phone::InCall),
        ("1004@default", "", "", Phone::InCall),
        ("客服 一|x", "", "", Phone::Silent),
    ] {
        assert_eq!(channels.phone(name, contact, uuid), phone, "{name} {contact} {uuid}");
    }
}

/// A board with the agent 1001, who talks to the caller m1 of support.
struct Floor {
    board: Board,
    agent: AgentRecord,
    caller: Option<MemberRecord>,
    /// Seconds.
    now: i64,
}

fn at(seconds: i64) -> UnixMs {
    UnixMs(1_795_334_400_000 + seconds * 1_000)
}

fn caller() -> Caller {
    Caller {
        queue: "support@default".into(),
        member_uuid: "m1".into(),
        session_uuid: "s1".into(),
        name: "张三".into(),
        number: "13800138000".into(),
    }
}

impl Floor {
    fn talking() -> Self {
        let agent = AgentRecord {
            name: "1001@default".into(),
            channel_uuid: "phone".into(),
            contact: "user/1001".into(),
            status: AgentStatus::Available,
            state: Some(AgentState::InQueueCall),
            wrap_up_s: 10,
            last_bridge_start: Some(at(-60)),
            last_bridge_end: None,
            last_offered_call: Some(at(-70)),
            last_status_change: Some(at(-600)),
        };
        let caller = MemberRecord {
            queue: "support@default".into(),
            uuid: "m1".into(),
            session_uuid: "s1".into(),
            caller_number: "13800138000".into(),
            caller_name: "张三".into(),
            joined_at: at(-80),
            extra_score: 0,
            serving_agent: Some("1001@default".into()),
            state: MemberState::Answered,
            bridged_at: Some(at(-60)),
        };
        let mut floor = Self { board: Board::new(at(0)), agent, caller: Some(caller), now: 0 };
        floor.happens(SwitchEvent::RebuildStarted);
        floor.lists();
        floor.happens(SwitchEvent::RebuildEnded);
        floor
    }

    fn happens(&mut self, event: SwitchEvent) -> Vec<Change> {
        let mut touched = Touched::default();
        let stamped = Stamped {
            node: NodeName::new("fs-1"),
            at: at(self.now),
            made_at_us: Some(at(self.now).0 * 1_000),
            event,
        };
        self.board.apply(stamped, &mut touched);
        self.board.changes(&touched).into_iter().map(|scoped| scoped.change).collect()
    }

    fn lists(&mut self) {
        self.happens(SwitchEvent::AgentsRead(at(self.now), vec![self.agent.clone()]));
        self.happens(SwitchEvent::MembersRead(at(self.now), self.caller.clone().into_iter().collect()));
    }

    /// A round of the reconcile, with the channels at its end.
    fn round(&mut self, channels: &[ChannelRecord]) -> Vec<Change> {
        self.now += 10;
        self.lists();
        self.happens(SwitchEvent::ChannelsRead(at(self.now), channels.to_vec()))
    }

    fn rounds(&mut self, count: usize, channels: &[ChannelRecord]) {
        for _ in 0..count {
            self.round(channels);
        }
    }

    /// The ghosts of the agent and of the caller.
    fn ghosts(&self) -> (Option<GhostReason>, Option<GhostReason>) {
        let view = self.board.view();
        let agent = view.agents.first().expect("the agent is on the board").ghost;
        let caller = view.members.first().and_then(|member| member.ghost);
        (agent.map(|ghost| ghost.reason), caller.map(|ghost| ghost.reason))
    }

    fn state(&mut self, state: AgentState) {
        self.agent.state = Some(state);
        self.happens(SwitchEvent::AgentStateChanged { agent: "1001@default".into(), state });
    }
}

#[test]
fn a_call_whose_channels_live_stays_healthy_for_hours() {
    let mut floor = Floor::talking();
    let channels =
        [channel("s1", "queue-support", "ACTIVE", "uuid_bridge"), channel("phone", "1001", "ACTIVE", "")];
    floor.rounds(1_000, &channels);
    assert_eq!(floor.ghosts(), (None, None));
}

#[test]
fn a_call_without_channels_is_a_ghost_after_three_lists() {
    let mut floor = Floor::talking();
    floor.rounds(2, &[]);
    assert_eq!(floor.ghosts(), (None, None));
    let changes = floor.round(&[]);
    assert_eq!(floor.ghosts(), (Some(GhostReason::TalkingToNobody), Some(GhostReason::TalkingWithoutCall)));
    assert_eq!(changes.len(), 2, "{changes:?}");
    let ghost = floor.board.view().members[0].ghost.expect("the caller is marked");
    assert_eq!(ghost.since, at(-60));
    assert_eq!(floor.round(&[]), [], "what does not change is not sent again");
}

#[test]
fn any_event_begins_the_count_anew_and_takes_a_mark_away() {
    let mut floor = Floor::talking();
    floor.rounds(2, &[]);
    floor.now += 5;
    floor.state(AgentState::InQueueCall);
    floor.rounds(2, &[]);
    assert_eq!(floor.ghosts().0, None);
    floor.round(&[]);
    assert_eq!(floor.ghosts().0, Some(GhostReason::TalkingToNobody));
    floor.now += 1;
    floor.state(AgentState::Waiting);
    assert_eq!(floor.ghosts().0, None);
    floor.rounds(5, &[]);
    assert_eq!(floor.ghosts().0, None);
}

#[test]
fn a_list_that_was_asked_for_before_an_event_says_nothing() {
    let mut floor = Floor::talking();
    floor.rounds(2, &[]);
    floor.now += 10;
    let asked_at = at(floor.now);
    floor.now += 1;
    floor.state(AgentState::InQueueCall);
    floor.happens(SwitchEvent::ChannelsRead(asked_at, vec![]));
    floor.rounds(2, &[]);
    assert_eq!(floor.ghosts().0, None);
}

#[test]
fn channels_that_come_back_heal() {
    let mut floor = Floor::talking();
    floor.rounds(3, &[]);
    let changes = floor.round(&[
        channel("s1", "queue-support", "ACTIVE", "uuid_bridge"),
        channel("phone", "1001", "ACTIVE", ""),
    ]);
    assert_eq!(floor.ghosts(), (None, None));
    assert_eq!(changes.len(), 2, "{changes:?}");
}

#[test]
fn a_caller_whose_agent_is_free_again_is_left_alone() {
    let mut floor = Floor::talking();
    floor.now += 1;
    floor.agent.channel_uuid.clear();
    floor.state(AgentState::Waiting);
    floor.rounds(3, &[channel("s1", "queue-support", "ACTIVE", "callcenter")]);
    assert_eq!(floor.ghosts(), (None, Some(GhostReason::LeftAlone)));
}

#[test]
fn an_offer_whose_caller_is_gone_is_found_while_the_phone_rings_and_after() {
    let mut floor = Floor::talking();
    floor.caller = None;
    floor.agent.channel_uuid.clear();
    floor.happens(SwitchEvent::MemberServed { caller: caller(), joined_at: None });
    floor.state(AgentState::Waiting);
    floor.now += 60;
    floor.agent.last_offered_call = Some(at(floor.now));
    floor.happens(SwitchEvent::MemberJoined(Caller { member_uuid: "m2".into(), ..caller() }));
    floor.state(AgentState::Receiving);
    let offered = Caller { member_uuid: "m2".into(), ..caller() };
    floor.happens(SwitchEvent::AgentOffered { agent: "1001@default".into(), caller: offered.clone() });
    let reason = crate::switch::event::CancelReason::BrokeOut;
    floor.happens(SwitchEvent::MemberLeft { caller: offered, joined_at: None, reason });
    floor.rounds(3, &[channel("leg", "1001", "RINGING", "")]);
    assert_eq!(floor.ghosts().0, Some(GhostReason::PhoneLeftRinging));
    floor.rounds(5, &[]);
    assert_eq!(floor.ghosts().0, None, "the module may still notice the end of the ringing");
    floor.rounds(4, &[]);
    assert_eq!(floor.ghosts().0, Some(GhostReason::RingingForNobody));
}

#[test]
fn ringing_agents_of_an_offer_are_healthy_however_many_are_rung() {
    let mut floor = Floor::talking();
    floor.happens(SwitchEvent::MemberServed { caller: caller(), joined_at: None });
    floor.agent.channel_uuid.clear();
    floor.now += 1;
    let member = MemberRecord {
        uuid: "m2".into(),
        serving_agent: Some("ring-all".into()),
        state: MemberState::Trying,
        bridged_at: None,
        ..floor.caller.clone().expect("a caller")
    };
    floor.caller = Some(member);
    let offered = Caller { member_uuid: "m2".into(), ..caller() };
    floor.state(AgentState::Receiving);
    floor.happens(SwitchEvent::AgentOffered { agent: "1001@default".into(), caller: offered.clone() });
    // The last of the offers names another agent.
    floor.happens(SwitchEvent::AgentOffered { agent: "1002@default".into(), caller: offered });
    floor.rounds(3, &[channel("s1", "queue-support", "ACTIVE", "callcenter")]);
    assert_eq!(floor.ghosts(), (None, None));
}

#[test]
fn a_row_without_a_mark_is_not_a_byte_longer() {
    let mut floor = Floor::talking();
    let plain = |floor: &Floor| serde_json::to_string(&floor.board.view()).expect("plain values");
    assert!(!plain(&floor).contains("ghost"));
    floor.rounds(3, &[]);
    assert!(plain(&floor).contains(r#""ghost":{"reason":"TalkingToNobody","since":"#));
}
