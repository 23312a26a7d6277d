#![allow(clippy::unwrap_used, clippy::panic)]

use super::*;

const AT: UnixMs = UnixMs(7);

#[test]
fn recorded_queues_agents_and_tiers_are_read() {
    let Some(SwitchEvent::QueuesRead(AT, queues)) =
        parse(List::Queues, AT, include_str!("../../tests/transcripts/queues.json"))
    else {
        panic!()
    };
    assert_eq!(queues[1].name, "support@default");
    assert_eq!(queues[1].strategy, "longest-idle-agent");

    let Some(SwitchEvent::AgentsRead(AT, agents)) =
        parse(List::Agents, AT, include_str!("../../tests/transcripts/agents.json"))
    else {
        panic!()
    };
    assert_eq!(
        agents[0],
        AgentRecord {
            name: "1001@default".into(),
            channel_uuid: String::new(),
            contact: "[leg_timeout=10]sofia/internal/agent-1001@127.0.0.1:5070".into(),
            status: AgentStatus::Available,
            state: Some(AgentState::Waiting),
            wrap_up_s: 3,
            last_bridge_start: Some(UnixMs(1_795_378_607_000)),
            last_bridge_end: Some(UnixMs(1_795_378_611_000)),
            last_offered_call: Some(UnixMs(1_795_378_605_000)),
            last_status_change: Some(UnixMs(1_795_378_605_000)),
        }
    );
    assert_eq!(agents[1].last_bridge_end, None);

    let Some(SwitchEvent::TiersRead(AT, tiers)) =
        parse(List::Tiers, AT, include_str!("../../tests/transcripts/tiers.json"))
    else {
        panic!()
    };
    assert_eq!(tiers.len(), 4);
    assert_eq!((tiers[3].agent.as_str(), tiers[3].level, tiers[3].position), ("1003@default", 2, 1));
}

#[test]
fn abandoned_callers_are_left_out_and_numbers_may_be_text() {
    let answer = r#"{"status":"success","response":[
        {"queue":"q","uuid":"m1","session_uuid":"s1","cid_number":"138","cid_name":"张三|x","system_epoch":"10",
         "joined_epoch":"12","bridge_epoch":"0","base_score":"5","skill_score":2,"serving_agent":"","state":"Waiting"},
        {"queue":"q","uuid":"m2","session_uuid":"","joined_epoch":"12","state":"Abandoned"},
        {"queue":"q","uuid":"m3","session_uuid":"s3","joined_epoch":9,"bridge_epoch":20,"serving_agent":"1001@default",
         "state":"Answered"},
        "no row"]}"#;
    let Some(SwitchEvent::MembersRead(AT, members)) = parse(List::Members, AT, answer) else { panic!() };
    assert_eq!(members.iter().map(|member| member.uuid.as_str()).collect::<Vec<_>>(), ["m1", "m3"]);
    assert_eq!(members[0].caller_name, "张三|x");
    assert_eq!(members[0].joined_at, UnixMs(12_000));
    assert_eq!(members[0].extra_score, 7);
    assert_eq!(members[0].serving_agent, None);
    assert_eq!(members[1].bridged_at, Some(UnixMs(20_000)));
    assert_eq!(members[1].state, MemberState::Answered);
}

#[test]
fn what_is_no_list_is_not_taken_for_an_empty_one() {
    for answer in [
        "",
        "-ERR json Command not found!\n",
        "{",
        r#"{"status":"error","message":"The command returned an error","response":null}"#,
        r#"{"status":"error","response":{"error":"Missing data attribute: queue_name"}}"#,
    ] {
        assert_eq!(parse(List::Agents, AT, answer), None, "{answer}");
    }
    assert_eq!(
        parse(List::Agents, AT, r#"{"status":"success","response":[]}"#),
        Some(SwitchEvent::AgentsRead(AT, vec![]))
    );
}
