//! What a switch was like before a recorded scenario began, as the scenario's own lists tell.

use demo_switch::callcenter::center::{Center, Configuration};
use demo_switch::callcenter::{Agent, Member, QueueSettings, Tier};

use crate::transcript::{Command, Event, Transcript};

/// Queues of recordings that do not list their own, from the recording that lists most.
const QUEUES_OF: &str = "callcenter-timeout";

/// State at the beginning of a transcript.
pub(crate) struct Start {
    pub(crate) configuration: Configuration,
    agents: Vec<Agent>,
    tiers: Vec<Tier>,
    members: Vec<Member>,
    /// Queue, calls answered, calls abandoned.
    counters: Vec<(String, i64, i64)>,
}

/// Rows of a table as the switch prints it, without its header and its last line.
fn rows(table: &str) -> Vec<Vec<&str>> {
    table.lines().skip(1).filter(|line| *line != "+OK").map(|line| line.split('|').collect()).collect()
}

fn number(cell: &str) -> i64 {
    cell.parse().expect("a number")
}

impl Start {
    pub(crate) fn of(transcript: &Transcript) -> Self {
        let own = transcript.answers("api callcenter_config queue list").next();
        let other;
        let list = match own {
            Some(list) if rows(&list.body).len() > 1 => list,
            _ => {
                other = Transcript::load(QUEUES_OF);
                let first = other.answers("api callcenter_config queue list").next();
                first.expect("a list of queues")
            }
        };
        let queues = rows(&list.body);
        let counters = match own {
            Some(list) => counters(&rows(&list.body), transcript, list),
            None => Vec::new(),
        };
        let agents = agents(transcript);
        let tiers = tiers(transcript);
        let configuration = Configuration {
            // Of two queues in a bucket of the table that lists them, the one that was loaded last comes first.
            queues: queues.iter().rev().map(|row| settings(row)).collect(),
            agents: agents.iter().map(configured).collect(),
            tiers: tiers.iter().map(|t| Tier::new(&*t.queue, &*t.agent, t.level, t.position)).collect(),
        };
        Self { configuration, agents, tiers, members: members(transcript), counters }
    }

    /// Puts the tables of a switch into this state.
    pub(crate) fn apply(&self, center: &mut Center) {
        center.agents.clone_from(&self.agents);
        center.tiers.clone_from(&self.tiers);
        center.members.clone_from(&self.members);
        for (name, answered, abandoned) in &self.counters {
            if let Some(queue) = center.queue_mut(name) {
                queue.calls_answered = *answered;
                queue.calls_abandoned = *abandoned;
            }
        }
    }
}

fn settings(row: &[&str]) -> QueueSettings {
    let mut queue = QueueSettings::new(row[0]);
    row[1].clone_into(&mut queue.strategy);
    row[2].clone_into(&mut queue.moh_sound);
    row[3].clone_into(&mut queue.time_base_score);
    queue.tier_rules_apply = row[4] == "true";
    queue.tier_rule_wait_second = number(row[5]);
    queue.tier_rule_wait_multiply_level = row[6] == "true";
    queue.tier_rule_no_agent_no_wait = row[7] == "true";
    queue.discard_abandoned_after = number(row[8]);
    queue.abandoned_resume_allowed = row[9] == "true";
    queue.max_wait_time = number(row[10]);
    queue.max_wait_time_with_no_agent = number(row[11]);
    queue.max_wait_time_with_no_agent_time_reached = number(row[12]);
    row[13].clone_into(&mut queue.record_template);
    queue.ring_progressively_delay = number(row[16]);
    queue.skip_agents_with_external_calls = row[17] == "true";
    row[18].clone_into(&mut queue.agent_no_answer_status);
    queue
}

/// The counters of the list, less what the scenario had done to them by then.
fn counters(rows: &[Vec<&str>], transcript: &Transcript, list: &Command) -> Vec<(String, i64, i64)> {
    let before = |event: &&Event| event.at() <= transcript.t0 + list.t_ms * 1000;
    let count = |queue: &str, is: fn(&Event) -> bool| {
        transcript.events.iter().filter(before).filter(|e| e.get("CC-Queue") == queue && is(e)).count() as i64
    };
    rows.iter()
        .map(|row| {
            let answered = count(row[0], |event| event.kind() == "bridge-agent-start");
            let gone = count(row[0], |event| event.get("CC-Cause") == "Cancel");
            (row[0].to_owned(), number(row[14]) - answered, number(row[15]) - gone)
        })
        .collect()
}

/// Whether the scenario does something with this agent.
fn takes_part(transcript: &Transcript, agent: &str) -> bool {
    let set = format!("agent set status {agent} ");
    transcript.commands().any(|command| command.line.as_deref().is_some_and(|line| line.contains(&set)))
}

fn logs_in_before(transcript: &Transcript, agent: &str, t_ms: i64) -> bool {
    let set = format!("agent set status {agent} ");
    let mut logins = transcript.commands().filter(|c| c.line.as_deref().is_some_and(|l| l.contains(&set)));
    logins.next().is_some_and(|login| login.t_ms < t_ms)
}

/// The first list. Those who take part are logged out and wait; what the scenario writes it writes again.
fn agents(transcript: &Transcript) -> Vec<Agent> {
    let lists: Vec<&Command> = transcript
        .commands()
        .filter(|c| {
            c.line.as_deref().is_some_and(|line| line.starts_with("api callcenter_config agent list"))
        })
        .collect();
    // A list that names an agent, or the whole one.
    let whole = lists.iter().find(|c| c.line.as_deref() == Some("api callcenter_config agent list"));
    let Some(list) = whole.or(lists.first()) else { return seen_agents(transcript) };
    let mut agents: Vec<Agent> = rows(&list.body).iter().map(|row| agent(row)).collect();
    agents.retain(|agent| {
        let adds = format!("agent add {} ", agent.name);
        !transcript.commands().any(|c| c.line.as_deref().is_some_and(|line| line.contains(&adds)))
    });
    let t0 = transcript.t0 / 1_000_000;
    for agent in &mut agents {
        if takes_part(transcript, &agent.name) {
            "Logged Out".clone_into(&mut agent.status);
            "Waiting".clone_into(&mut agent.state);
            agent.uuid.clear();
            if logs_in_before(transcript, &agent.name, list.t_ms) {
                (agent.calls_answered, agent.talk_time, agent.no_answer_count) = (0, 0, 0);
            }
            for time in [&mut agent.last_bridge_end, &mut agent.last_offered_call, &mut agent.ready_time] {
                if *time >= t0 {
                    *time = 0;
                }
            }
        }
    }
    agents
}

/// Agents of a scenario that never lists them, from the one that lists all.
fn seen_agents(transcript: &Transcript) -> Vec<Agent> {
    let other = Transcript::load("callcenter-strategy-random");
    let mut agents = agents(&other);
    for agent in &mut agents {
        if takes_part(transcript, &agent.name) {
            "Logged Out".clone_into(&mut agent.status);
        }
        agent.last_bridge_end = 0;
    }
    agents
}

fn agent(row: &[&str]) -> Agent {
    let mut agent = Agent::new(row[0], row[3]);
    row[2].clone_into(&mut agent.uuid);
    row[4].clone_into(&mut agent.contact);
    row[5].clone_into(&mut agent.status);
    row[6].clone_into(&mut agent.state);
    let cells: Vec<i64> = row[7..].iter().map(|cell| number(cell)).collect();
    [
        agent.max_no_answer,
        agent.wrap_up_time,
        agent.reject_delay_time,
        agent.busy_delay_time,
        agent.no_answer_delay_time,
        agent.last_bridge_start,
        agent.last_bridge_end,
        agent.last_offered_call,
        agent.last_status_change,
        agent.no_answer_count,
        agent.calls_answered,
        agent.talk_time,
        agent.ready_time,
        agent.external_calls_count,
    ] = cells.try_into().expect("fourteen numbers");
    agent
}

/// The agent as the configuration has it: logged out, never called.
fn configured(agent: &Agent) -> Agent {
    let mut new = Agent::new(&*agent.name, &*agent.kind);
    new.contact.clone_from(&agent.contact);
    new.max_no_answer = agent.max_no_answer;
    new.wrap_up_time = agent.wrap_up_time;
    new.reject_delay_time = agent.reject_delay_time;
    new.busy_delay_time = agent.busy_delay_time;
    new.no_answer_delay_time = agent.no_answer_delay_time;
    new
}

fn tiers(transcript: &Transcript) -> Vec<Tier> {
    let line = "api callcenter_config tier list";
    let other;
    let list = match transcript.answers(line).next() {
        Some(list) => list,
        None => {
            other = Transcript::load("callcenter-strategy-random");
            other.answers(line).next().expect("a list of tiers")
        }
    };
    rows(&list.body)
        .iter()
        .filter(|row| {
            let adds = format!("tier add {} {}", row[0], row[1]);
            !transcript.commands().any(|c| c.line.as_deref().is_some_and(|line| line.contains(&adds)))
        })
        .map(|row| {
            let mut tier = Tier::new(row[0], row[1], number(row[3]), number(row[4]));
            if row[2] == "No Answer" && !takes_part(transcript, row[1]) {
                "No Answer".clone_into(&mut tier.state);
            }
            tier
        })
        .collect()
}

/// Rows of members that are in a list and in no event: they were abandoned before.
fn members(transcript: &Transcript) -> Vec<Member> {
    let mut members: Vec<Member> = Vec::new();
    for command in transcript.commands() {
        if !command.line.as_deref().is_some_and(|line| line.contains("queue list members")) {
            continue;
        }
        for row in rows(&command.body).iter().filter(|row| row.len() == 17) {
            let known = members.iter().any(|member| member.uuid == row[2])
                || transcript.events.iter().any(|event| event.get("CC-Member-UUID") == row[2]);
            let fresh = number(row[7]) >= transcript.t0 / 1_000_000;
            if !known && !fresh && row[15] == "Abandoned" {
                members.push(member(row));
            }
        }
    }
    members
}

fn member(row: &[&str]) -> Member {
    Member {
        queue: row[0].to_owned(),
        uuid: row[2].to_owned(),
        session_uuid: row[3].to_owned(),
        cid_number: row[4].to_owned(),
        cid_name: row[5].to_owned(),
        system_epoch: number(row[6]),
        joined_epoch: number(row[7]),
        rejoined_epoch: number(row[8]),
        bridge_epoch: number(row[9]),
        abandoned_epoch: number(row[10]),
        base_score: number(row[11]),
        skill_score: number(row[12]),
        serving_agent: String::new(),
        serving_system: String::new(),
        state: "Abandoned",
        last_rung: 0,
        last_tier_position: 0,
        last_tier_level: 0,
    }
}
