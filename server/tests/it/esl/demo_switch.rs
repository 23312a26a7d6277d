//! The same conversation with the demo switch, which behaves as recordings of a real one do.

use app::model::agent::AgentStatus;
use app::model::board::LinkState;
use app::model::ids::{AgentKey, NodeName};
use demo_switch::{DemoSwitch, Options};
use server::switch::Switches;
use server::switch::event::{Caller, SwitchEvent};

use super::{Rig, settings};

async fn live(name: &str) -> Rig<DemoSwitch> {
    let options = Options { agents: 4, queues: 2, ..Options::default() };
    let switch = DemoSwitch::start(options).await.unwrap();
    let settings = settings(name, switch.address());
    Rig::with(switch, settings, 1_000)
}

#[tokio::test]
async fn call_is_told_from_joining_to_its_end() {
    let mut rig = live("demo").await;
    let SwitchEvent::QueuesRead(_, queues) = rig.next_of("QueuesRead").await else { panic!() };
    let SwitchEvent::AgentsRead(_, agents) = rig.next_of("AgentsRead").await else { panic!() };
    let SwitchEvent::TiersRead(_, tiers) = rig.next_of("TiersRead").await else { panic!() };
    let SwitchEvent::MembersRead(_, members) = rig.next_of("MembersRead").await else { panic!() };
    assert_eq!((queues.len(), agents.len(), members.len()), (2, 4, 0));
    rig.until_live().await;

    let (queue, agent) = (tiers[0].queue.clone(), tiers[0].agent.clone());
    assert!(rig.switch.api(&format!("demo agent-behaviour {agent} manual")).starts_with("+OK"));
    let node = NodeName::new("demo");
    let switches = Switches::new([(node.clone(), rig.node.commands())]);
    switches.set_agent_status(&AgentKey::new(&node, &agent), AgentStatus::Available).await.unwrap();
    assert!(rig.switch.api(&format!("demo call {queue} 13800138000 张三")).starts_with("+OK"));

    let is_ours = |caller: &Caller| (caller.name.as_str(), &caller.queue) == ("张三", &queue);
    let who = agent.clone();
    rig.until(|event| matches!(event, SwitchEvent::MemberJoined(caller) if is_ours(caller))).await;
    rig.until(|event| matches!(event, SwitchEvent::AgentOffered { agent, .. } if *agent == who)).await;
    assert!(rig.switch.api(&format!("demo answer {agent}")).starts_with("+OK"));
    rig.until(|event| matches!(event, SwitchEvent::BridgeStarted { caller, .. } if is_ours(caller))).await;
    assert!(rig.switch.api(&format!("demo end {agent}")).starts_with("+OK"));
    rig.until(|event| matches!(event, SwitchEvent::BridgeEnded { is_bridged: true, .. })).await;
    rig.until(|event| matches!(event, SwitchEvent::MemberServed { caller, .. } if is_ours(caller))).await;
    rig.cancel.cancel();
    rig.node.stopped().await;
}

#[tokio::test]
async fn restarted_switch_is_lost_and_found_again() {
    let mut rig = live("back").await;
    rig.until_live().await;
    assert!(rig.switch.api("demo restart").starts_with("+OK"));
    rig.until_lost().await;
    rig.until(|event| *event == SwitchEvent::RebuildStarted).await;
    rig.until(|event| *event == SwitchEvent::Link(LinkState::Live)).await;
    rig.cancel.cancel();
    rig.node.stopped().await;
}
