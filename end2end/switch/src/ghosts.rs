//! `api demo ghost ...`: rows that the module has left behind, as operators report them of real switches. Their calls do
//! not exist, so nothing ever ends them.

use crate::switch::Switch;

const USAGE: &str = "-USAGE: ghost agent <agent> receiving|reserved|in-call | \
                     ghost member <queue> waiting|trying|answered|alone [<agent>] | ghost phone <queue> <agent>\n";
/// How long ago the last offer of such an agent was.
const OFFERED_AGO_S: i64 = 600;

/// Runs `demo ghost <words>`.
pub fn run(switch: &mut Switch, words: &[&str]) -> String {
    match words {
        ["agent", agent, "receiving"] => leave_agent(switch, agent, "Receiving", "Offering"),
        ["agent", agent, "reserved"] => leave_agent(switch, agent, "Reserved", "Ready"),
        ["agent", agent, "in-call"] => leave_agent(switch, agent, "In a queue call", "Active Inbound"),
        ["member", queue, state @ ("waiting" | "trying" | "answered" | "alone"), agent @ ..] => {
            leave_member(switch, queue, state, agent.first().copied().unwrap_or_default())
        }
        ["phone", queue, agent] => leave_phone(switch, queue, agent),
        _ => USAGE.to_owned(),
    }
}

/// The agent's state, with its event, and the tier of its first queue, without a call.
fn leave_agent(switch: &mut Switch, name: &str, state: &str, tier_state: &str) -> String {
    let (uuid, now) = (switch.new_uuid(), switch.epoch());
    let Some(agent) = switch.center.agent_mut(name) else { return "-ERR not found\n".to_owned() };
    agent.last_offered_call = now - OFFERED_AGO_S;
    if tier_state == "Active Inbound" {
        agent.uuid = uuid;
        agent.last_bridge_start = now - OFFERED_AGO_S;
    }
    if let Some(tier) = switch.center.tiers.iter_mut().find(|tier| tier.agent == name) {
        tier_state.clone_into(&mut tier.state);
    }
    switch.center.set_state(name, state);
    switch.flush();
    "+OK\n".to_owned()
}

/// A caller joins as any other. Then the channel is gone without an event, or stays (`alone`), and the row says what it says.
fn leave_member(switch: &mut Switch, queue: &str, state: &str, agent: &str) -> String {
    if switch.center.queue(queue).is_none() {
        return "-ERR Queue not found!\n".to_owned();
    }
    let session = switch.enter_queue(queue, "13800000404", "Ghost");
    let now = switch.epoch();
    let Some(member) = switch.center.members.iter_mut().find(|member| member.session_uuid == session) else {
        return "-ERR not found\n".to_owned();
    };
    match state {
        "waiting" => {}
        "trying" => member.state = "Trying",
        _ => {
            member.state = "Answered";
            member.bridge_epoch = now;
        }
    }
    agent.clone_into(&mut member.serving_agent);
    let uuid = member.uuid.clone();
    if state != "alone" {
        switch.channels.remove(&session);
    }
    format!("+OK {uuid} {session}\n")
}

/// A caller joins, the agent's phone rings, and the caller goes; the phone is not told.
fn leave_phone(switch: &mut Switch, queue: &str, agent: &str) -> String {
    if switch.center.queue(queue).is_none() || switch.center.agent(agent).is_none() {
        return "-ERR not found\n".to_owned();
    }
    let session = switch.enter_queue(queue, "13800000404", "Ghost");
    let now = switch.epoch();
    let member = switch.center.members.iter().find(|member| member.session_uuid == session);
    let Some(member) = member.map(|member| member.uuid.clone()) else { return "-ERR not found\n".to_owned() };
    switch.center.reserve(&member, agent, None, now);
    switch.flush();
    switch.ring(&member, agent);
    if let Some(leg) = switch.ringing_leg(agent) {
        switch.leg_rings(&leg);
    }
    switch.center.leave(&member, "BREAK_OUT", now);
    switch.flush();
    switch.channels.remove(&session);
    format!("+OK {member} {session}\n")
}
