//! `callcenter_config` as text (mod_callcenter, `cc_config_api_function()`; every answer recorded but where noted).

use super::agents::{self, Agent};
use super::events;
use super::tiers::{self, Tier};
use super::{Center, table};
use crate::words;

const USAGE: &str = include_str!("usage.txt");
const OK: &str = "+OK\n";
const INVALID: &str = "-ERR Invalid!\n";
const UNKNOWN: &str = "-ERR Unknown Error!\n";

/// Runs `callcenter_config <line>`. Empty output is what the event socket turns into `-ERR no reply`.
pub fn run(center: &mut Center, line: &str, now: i64) -> String {
    if line.trim().is_empty() {
        return USAGE.to_owned();
    }
    let words = words::split(line, 8);
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let [section, action, rest @ ..] = words.as_slice() else { return INVALID.to_owned() };
    match *section {
        "agent" => agent(center, action, rest, now),
        "tier" => tier(center, action, rest, now),
        "queue" => queue(center, action, rest, now),
        _ => String::new(),
    }
}

/// `atol()`: leading digits, garbage is 0.
fn number(text: &str) -> i64 {
    let text = text.trim_start();
    let end = text
        .char_indices()
        .find(|&(at, c)| !(c.is_ascii_digit() || at == 0 && matches!(c, '-' | '+')))
        .map_or(text.len(), |(at, _)| at);
    text[..end].parse().unwrap_or(0)
}

fn agent(center: &mut Center, action: &str, rest: &[&str], now: i64) -> String {
    match (action, rest) {
        ("add", [name, kind, ..]) => agent_add(center, name, kind),
        ("del", [name, ..]) => {
            center.agents.retain(|agent| agent.name != *name);
            center.tiers.retain(|tier| tier.agent != *name);
            OK.to_owned()
        }
        ("reload", [name, ..]) => {
            center.load_agent(name, now);
            OK.to_owned()
        }
        ("set", [key, name, value, ..]) => agent_set(center, key, name, value, now),
        ("get", [key, name, ..]) => agent_get(center, key, name),
        ("list", rest) => {
            let rows: Vec<_> = center
                .agents
                .iter()
                .filter(|agent| rest.first().is_none_or(|name| *name == agent.name))
                .map(table::agent)
                .collect();
            table::text(&rows)
        }
        ("add" | "del" | "reload" | "set" | "get", _) => INVALID.to_owned(),
        _ => String::new(),
    }
}

fn agent_add(center: &mut Center, name: &str, kind: &str) -> String {
    if !agents::is_one_of(&agents::TYPES, kind) {
        return "-ERR Agent type invalid!\n".to_owned();
    }
    if center.agent(name).is_some() {
        return "-ERR Agent already exist!\n".to_owned();
    }
    center.agents.push(Agent::new(name, kind));
    center.drafts.push(events::agent_add(name, kind));
    OK.to_owned()
}

fn agent_set(center: &mut Center, key: &str, name: &str, value: &str, now: i64) -> String {
    let Some(agent) = center.agent_mut(name) else { return "-ERR Agent not found!\n".to_owned() };
    match key {
        "status" if !agents::is_one_of(&agents::STATUSES, value) => {
            return "-ERR Invalid Agent Status!\n".to_owned();
        }
        "status" => center.set_status(name, value, now),
        "state" if !agents::is_one_of(&agents::STATES, value) => {
            return "-ERR Invalid Agent State!\n".to_owned();
        }
        "state" => {
            // Recorded: this state counts as an offer, whoever writes it.
            if value == "Receiving" {
                agent.last_offered_call = now;
            }
            center.set_state(name, value);
        }
        "contact" => center.set_contact(name, value),
        "type" if !agents::is_one_of(&agents::TYPES, value) => {
            return "-ERR Invalid Agent Type!\n".to_owned();
        }
        "type" => value.clone_into(&mut agent.kind),
        "uuid" => value.clone_into(&mut agent.uuid),
        "ready_time" => agent.ready_time = number(value),
        "reject_delay_time" => agent.reject_delay_time = number(value),
        "busy_delay_time" => agent.busy_delay_time = number(value),
        "no_answer_delay_time" => agent.no_answer_delay_time = number(value),
        "max_no_answer" => agent.max_no_answer = number(value),
        "wrap_up_time" => agent.wrap_up_time = number(value),
        _ => return "-ERR Invalid Agent Update KEY!\n".to_owned(),
    }
    OK.to_owned()
}

fn agent_get(center: &mut Center, key: &str, name: &str) -> String {
    let Some(agent) = center.agent(name) else { return "-ERR Agent not found!\n".to_owned() };
    let value = match key {
        "status" => agent.status.clone(),
        "state" => agent.state.clone(),
        "uuid" => agent.uuid.clone(),
        _ => return "-ERR Invalid Agent Update KEY!\n".to_owned(),
    };
    center.drafts.push(events::agent_get(name, key, &value));
    value
}

fn tier(center: &mut Center, action: &str, rest: &[&str], now: i64) -> String {
    match (action, rest) {
        ("add", [queue, agent, rest @ ..]) => tier_add(center, queue, agent, rest, now),
        ("set", [key, queue, agent, value, ..]) => tier_set(center, key, queue, agent, value),
        ("del", [queue, agent, ..]) => {
            center.tiers.retain(|tier| tier.queue != *queue || tier.agent != *agent);
            OK.to_owned()
        }
        ("reload", [queue, rest @ ..]) => {
            let queue = (*queue != "all").then_some(*queue);
            let agent = rest.first().copied().filter(|agent| *agent != "all");
            if center.load_tiers(queue, agent) { OK.to_owned() } else { UNKNOWN.to_owned() }
        }
        // Words after it are ignored.
        ("list", _) => {
            let mut tiers: Vec<&Tier> = center.tiers.iter().collect();
            tiers.sort_by_key(|tier| (tier.level, tier.position));
            table::text(&tiers.into_iter().map(table::tier).collect::<Vec<_>>())
        }
        ("add" | "set" | "del" | "reload", _) => INVALID.to_owned(),
        _ => String::new(),
    }
}

fn tier_add(center: &mut Center, queue: &str, agent: &str, rest: &[&str], now: i64) -> String {
    if center.queue(queue).is_none() && !center.load_queue_and_agents(queue, now) {
        return "-ERR Queue not found!\n".to_owned();
    }
    if center.agent(agent).is_none() {
        return "-ERR Agent not found!\n".to_owned();
    }
    if center.tier_mut(queue, agent).is_some() {
        return "-ERR Tier already exist!\n".to_owned();
    }
    let place = |index: usize| rest.get(index).map_or(1, |text| number(text));
    center.tiers.push(Tier::new(queue, agent, place(0), place(1)));
    OK.to_owned()
}

fn tier_set(center: &mut Center, key: &str, queue: &str, agent: &str, value: &str) -> String {
    let Some(tier) = center.tier_mut(queue, agent) else { return UNKNOWN.to_owned() };
    match key {
        "state" => match tiers::STATES.iter().find(|state| state.eq_ignore_ascii_case(value)) {
            Some(_) => value.clone_into(&mut tier.state),
            None => return "-ERR Invalid Tier State!\n".to_owned(),
        },
        "level" => tier.level = number(value),
        "position" => tier.position = number(value),
        _ => return "-ERR Invalid Tier Update KEY!\n".to_owned(),
    }
    OK.to_owned()
}

fn queue(center: &mut Center, action: &str, rest: &[&str], now: i64) -> String {
    match (action, rest) {
        ("load", [name, ..]) => found(center.load_queue_and_agents(name, now)),
        ("unload", [name, ..]) => {
            center.queues.retain(|queue| queue.settings.name != *name);
            OK.to_owned()
        }
        ("reload", [name, ..]) => {
            center.queues.retain(|queue| queue.settings.name != *name);
            found(center.load_queue_and_agents(name, now))
        }
        ("list", rest) => match rest {
            [] => table::queues_text(&center.listed_queues()),
            [what, rest @ ..] => match rows(center, what, rest, now) {
                Some(rows) => table::text(&rows),
                None => INVALID.to_owned(),
            },
        },
        ("count", rest) => match rest {
            [] => format!("{}\n", center.queues.len()),
            [what, rest @ ..] => match rows(center, what, rest, now) {
                Some(rows) => format!("{}\n", rows.len()),
                None => INVALID.to_owned(),
            },
        },
        ("load" | "unload" | "reload", _) => INVALID.to_owned(),
        _ => String::new(),
    }
}

fn found(found: bool) -> String {
    if found { OK.to_owned() } else { "-ERR Invalid Queue not found!\n".to_owned() }
}

/// The rows of `queue list|count agents|members|tiers [queue] [status] [state]`.
pub(super) fn rows(center: &Center, what: &str, rest: &[&str], now: i64) -> Option<Vec<Vec<table::Column>>> {
    let queue = rest.first().copied();
    let rows = match what {
        "agents" => center
            .agents
            .iter()
            .filter(|agent| {
                center.tiers.iter().any(|tier| tier.agent == agent.name && Some(tier.queue.as_str()) == queue)
            })
            .filter(|agent| rest.get(1).is_none_or(|status| *status == agent.status))
            .filter(|agent| rest.get(2).is_none_or(|state| *state == agent.state))
            .map(table::agent)
            .collect(),
        "members" => {
            // Without a queue: all of them.
            let mut members: Vec<_> = center
                .members
                .iter()
                .filter(|member| queue.is_none_or(|name| name == member.queue))
                .collect();
            members.sort_by_key(|member| -member.score(now));
            members.into_iter().map(|member| table::member(member, now)).collect()
        }
        "tiers" => {
            center.tiers.iter().filter(|tier| Some(tier.queue.as_str()) == queue).map(table::tier).collect()
        }
        _ => return None,
    };
    Some(rows)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::callcenter::QueueSettings;
    use crate::callcenter::center::Configuration;

    const NOW: i64 = 1_795_379_123;

    fn center() -> Center {
        let queues = ["support@default", "sales@default"].map(QueueSettings::new).to_vec();
        let mut center = Center {
            configuration: Configuration { queues, ..Configuration::default() },
            ..Center::default()
        };
        center.load_queue("sales@default");
        center.load_queue("support@default");
        center
    }

    /// The commands of a recorded session with their answers, in order.
    #[test]
    fn answers_are_those_recorded() {
        let rows = [
            ("nosuch", "-ERR Invalid!\n"),
            ("agent", "-ERR Invalid!\n"),
            ("agent nosuch", ""),
            ("agent add", "-ERR Invalid!\n"),
            ("agent add 9001@default", "-ERR Invalid!\n"),
            ("agent add 9001@default badtype", "-ERR Agent type invalid!\n"),
            ("agent add 9001@default callback", "+OK\n"),
            ("agent add 9001@default callback", "-ERR Agent already exist!\n"),
            ("agent add 9002@default uuid-standby", "+OK\n"),
            ("agent list nosuch@default", "+OK\n"),
            ("agent set", "-ERR Invalid!\n"),
            ("agent set status 9001@default", "-ERR Invalid!\n"),
            ("agent set status nosuch@default Available", "-ERR Agent not found!\n"),
            ("agent set status 9001@default Bogus", "-ERR Invalid Agent Status!\n"),
            ("agent set status 9001@default available", "+OK\n"),
            ("agent set status 9001@default On Break", "-ERR Invalid Agent Status!\n"),
            ("agent set status 9001@default 'On Break'", "+OK\n"),
            ("agent set status 9001@default 'Logged Out'", "+OK\n"),
            ("agent set state 9001@default Bogus", "-ERR Invalid Agent State!\n"),
            ("agent set state 9001@default 'In a queue call'", "+OK\n"),
            ("agent set state 9001@default Waiting", "+OK\n"),
            ("agent set contact 9001@default", "-ERR Invalid!\n"),
            ("agent set contact 9001@default {a=b,c=d}user/9001", "+OK\n"),
            ("agent set type 9001@default bogus", "-ERR Invalid Agent Type!\n"),
            ("agent set max_no_answer 9001@default abc", "+OK\n"),
            ("agent set wrap_up_time 9001@default 13", "+OK\n"),
            ("agent set bogus 9001@default 5", "-ERR Invalid Agent Update KEY!\n"),
            ("agent get status 9001@default", "Logged Out"),
            ("agent get uuid 9001@default", ""),
            ("agent get contact 9001@default", "-ERR Invalid Agent Update KEY!\n"),
            ("agent get status nosuch@default", "-ERR Agent not found!\n"),
            ("agent reload nosuch@default", "+OK\n"),
            ("tier", "-ERR Invalid!\n"),
            ("tier nosuch", ""),
            ("tier add support@default", "-ERR Invalid!\n"),
            ("tier add support@default 9001@default", "+OK\n"),
            ("tier add support@default 9001@default", "-ERR Tier already exist!\n"),
            ("tier add support@default 9002@default 2 3", "+OK\n"),
            ("tier add nosuch@default 9001@default", "-ERR Queue not found!\n"),
            ("tier add support@default nosuch@default", "-ERR Agent not found!\n"),
            ("tier set state support@default 9001@default Bogus", "-ERR Invalid Tier State!\n"),
            ("tier set state support@default 9001@default 'Active Inbound'", "+OK\n"),
            ("tier set position support@default 9001@default 7", "+OK\n"),
            ("tier set level support@default 9001@default abc", "+OK\n"),
            ("tier set level nosuch@default 9001@default 5", "-ERR Unknown Error!\n"),
            ("tier set bogus support@default 9001@default 5", "-ERR Invalid Tier Update KEY!\n"),
            (
                "tier list nosuch@default",
                "queue|agent|state|level|position\nsupport@default|9001@default|Active Inbound|0|7\n\
                 support@default|9002@default|Ready|2|3\n+OK\n",
            ),
            ("queue count tiers support@default", "2\n"),
            ("queue count agents support@default Available", "0\n"),
            ("queue count agents support@default 'Logged Out'", "2\n"),
            ("tier del nosuch@default 9001@default", "+OK\n"),
            ("tier reload nosuch@default", "-ERR Unknown Error!\n"),
            ("queue", "-ERR Invalid!\n"),
            ("queue nosuch", ""),
            ("queue list nosuch@default", "-ERR Invalid!\n"),
            ("queue list agents", "+OK\n"),
            ("queue list tiers nosuch@default", "+OK\n"),
            ("queue list members nosuch@default", "+OK\n"),
            ("queue count", "2\n"),
            ("queue count members", "0\n"),
            ("queue count nosuch", "-ERR Invalid!\n"),
            ("queue load nosuch@default", "-ERR Invalid Queue not found!\n"),
            ("queue unload nosuch@default", "+OK\n"),
            ("queue unload sales@default", "+OK\n"),
            ("queue count", "1\n"),
            ("queue reload nosuch@default", "-ERR Invalid Queue not found!\n"),
            ("queue reload support@default", "+OK\n"),
            ("agent del 9001@default", "+OK\n"),
            ("agent del 9001@default", "+OK\n"),
            ("agent add quo'te@default callback", "-ERR Invalid!\n"),
            ("agent del 9002@default", "+OK\n"),
            ("agent list", "+OK\n"),
        ];
        let mut center = center();
        for (line, answer) in rows {
            assert_eq!(run(&mut center, line, NOW), answer, "{line}");
        }
        assert!(run(&mut center, "", NOW).starts_with("-USAGE: \ncallcenter_config <target> <args>,\n"));
    }

    #[test]
    fn an_agent_is_listed_as_recorded() {
        let mut center = center();
        for line in ["agent add '客服 一|x@default' callback", "agent set contact '客服 一|x@default' user/1"]
        {
            assert_eq!(run(&mut center, line, NOW), "+OK\n");
        }
        assert_eq!(
            run(&mut center, "agent list", NOW),
            "name|instance_id|uuid|type|contact|status|state|max_no_answer|wrap_up_time|reject_delay_time|\
             busy_delay_time|no_answer_delay_time|last_bridge_start|last_bridge_end|last_offered_call|\
             last_status_change|no_answer_count|calls_answered|talk_time|ready_time|external_calls_count\n\
             客服 一|x@default|single_box||callback|user/1|Logged Out|Waiting|0|0|0|0|0|0|0|0|0|0|0|0|0|0\n+OK\n"
        );
    }

    #[test]
    fn queues_are_listed_as_recorded() {
        let mut center = center();
        run(&mut center, "queue unload support@default", NOW);
        assert_eq!(
            run(&mut center, "queue list", NOW),
            "name|strategy|moh_sound|time_base_score|tier_rules_apply|tier_rule_wait_second|\
             tier_rule_wait_multiply_level|tier_rule_no_agent_no_wait|discard_abandoned_after|\
             abandoned_resume_allowed|max_wait_time|max_wait_time_with_no_agent|\
             max_wait_time_with_no_agent_time_reached|record_template|calls_answered|calls_abandoned|\
             ring_progressively_delay|skip_agents_with_external_calls|agent_no_answer_status\n\
             sales@default|longest-idle-agent||queue|false|0|false|true|60|false|0|0|5||0|0|0|true|On Break\n+OK\n"
        );
    }
}
