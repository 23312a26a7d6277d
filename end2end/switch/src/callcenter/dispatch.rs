//! One round of the dispatcher, every 100 ms (mod_callcenter, `cc_member_thread_run()`, `members_callback()`,
//! `agents_callback()`).

use std::collections::HashMap;

use rand::Rng;

use super::strategy::{self, Candidate, Strategy};
use super::{Center, Member, QueueSettings};

/// What a round decided.
#[derive(Debug, Default)]
pub struct Round {
    /// Member and agent, to be rung now; the rows say so already.
    pub offers: Vec<(String, String)>,
    /// Member and cancel reason: callers whose time is over.
    pub timeouts: Vec<(String, &'static str)>,
}

/// Runs a round at the epoch second `now`.
pub fn round(center: &mut Center, now: i64, rng: &mut impl Rng) -> Round {
    discard_abandoned(center, now);
    let mut round = Round::default();
    let mut waiting: Vec<(i64, usize)> = center
        .members
        .iter()
        .enumerate()
        .filter(|(_, m)| m.state == "Waiting" || m.state == "Trying" && m.is_served_by_many())
        .map(|(index, m)| (m.score(now), index))
        .collect();
    if waiting.is_empty() {
        return round;
    }
    // Highest score first; equal scores in the order of joining.
    waiting.sort_by_key(|&(score, index)| (-score, index));
    let by_queue = index_tiers(center);
    look_for_agents(center, &by_queue, now);
    for (_, index) in waiting {
        let member = center.members[index].clone();
        let Some(settings) = center.queue(&member.queue).map(|queue| queue.settings.clone()) else {
            continue;
        };
        if let Some(reason) = time_is_over(center, &member, &settings, now) {
            if member.state == "Waiting" {
                round.timeouts.push((member.uuid, reason));
            }
            continue;
        }
        let Some(candidates) = by_queue.get(member.queue.as_str()) else { continue };
        let strategy = Strategy::from_word(&settings.strategy);
        if strategy == Strategy::RingProgressively && !may_ring_next(&member, &settings, now) {
            continue;
        }
        let agents = choose(center, candidates, &member, &settings, now, rng);
        for agent in agents {
            center.reserve(&member.uuid, &agent, strategy.serves_as(), now);
            round.offers.push((member.uuid.clone(), agent));
        }
    }
    round
}

/// With ring-progressively one more phone rings every so often, and those before it go on (FACTS: 10 s if nothing is set).
fn may_ring_next(member: &Member, settings: &QueueSettings, now: i64) -> bool {
    const DELAY_SECONDS: i64 = 10;
    let delay = match settings.ring_progressively_delay {
        0 => DELAY_SECONDS,
        delay => delay,
    };
    member.state == "Waiting" || now >= member.last_rung + delay
}

fn discard_abandoned(center: &mut Center, now: i64) {
    if center.members.iter().all(|member| member.state != "Abandoned") {
        return;
    }
    let keep: HashMap<String, i64> = center
        .queues
        .iter()
        .map(|queue| (queue.settings.name.clone(), queue.settings.discard_abandoned_after))
        .collect();
    // Rows of a queue that is not loaded stay: nothing looks at them.
    center.members.retain(|member| {
        member.state != "Abandoned"
            || keep.get(&member.queue).is_none_or(|after| now - member.abandoned_epoch <= *after)
    });
}

/// Logged-in agents of each queue with their tiers, in table order.
fn index_tiers(center: &Center) -> HashMap<String, Vec<Candidate>> {
    let agents: HashMap<&str, usize> =
        center.agents.iter().enumerate().map(|(index, agent)| (agent.name.as_str(), index)).collect();
    let mut by_queue: HashMap<String, Vec<Candidate>> = HashMap::new();
    for (tier, row) in center.tiers.iter().enumerate() {
        if let Some(&agent) = agents.get(row.agent.as_str())
            && center.agents[agent].is_logged_in()
        {
            let candidate = Candidate { tier, agent };
            match by_queue.get_mut(&row.queue) {
                Some(list) => list.push(candidate),
                None => {
                    by_queue.insert(row.queue.clone(), vec![candidate]);
                }
            }
        }
    }
    by_queue
}

fn look_for_agents(center: &mut Center, by_queue: &HashMap<String, Vec<Candidate>>, now: i64) {
    for queue in &mut center.queues {
        queue.last_agent_exist_check = now;
        if by_queue.contains_key(&queue.settings.name) {
            queue.last_agent_exist = now;
        }
    }
}

fn time_is_over(
    center: &Center,
    member: &Member,
    settings: &QueueSettings,
    now: i64,
) -> Option<&'static str> {
    let waited = now - member.joined_epoch;
    if settings.max_wait_time > 0 && waited >= settings.max_wait_time {
        return Some("TIMEOUT");
    }
    let alone = center.queue(&member.queue).map_or(0, |q| q.last_agent_exist_check - q.last_agent_exist);
    let limit = settings.max_wait_time_with_no_agent;
    // Recorded: with a limit of 4 and a time reached of 2, callers left after 5.5 and 6.0 seconds.
    (limit > 0 && alone >= limit && waited >= limit + settings.max_wait_time_with_no_agent_time_reached)
        .then_some("NO_AGENT_TIMEOUT")
}

/// The agents to ring for a member: one, or with ring-all every one that is ready.
fn choose(
    center: &Center,
    candidates: &[Candidate],
    member: &Member,
    settings: &QueueSettings,
    now: i64,
    rng: &mut impl Rng,
) -> Vec<String> {
    let strategy = Strategy::from_word(&settings.strategy);
    let mut candidates = candidates.to_vec();
    strategy::sort(&mut candidates, strategy, member, &center.agents, &center.tiers, rng);
    let waited = now - member.joined_epoch;
    let mut level = 0;
    let mut agents_in_level = 0;
    let mut chosen = Vec::new();
    for candidate in candidates {
        let tier = &center.tiers[candidate.tier];
        let agent = &center.agents[candidate.agent];
        if settings.tier_rules_apply && tier.level > level {
            let wait = if settings.tier_rule_wait_multiply_level {
                tier.level * settings.tier_rule_wait_second
            } else {
                settings.tier_rule_wait_second
            };
            let passes_empty_level = settings.tier_rule_no_agent_no_wait && agents_in_level == 0;
            if !passes_empty_level && waited < wait {
                break;
            }
            level = tier.level;
            agents_in_level = 0;
        }
        agents_in_level += 1;
        let free_of_calls = !settings.skip_agents_with_external_calls || agent.external_calls_count == 0;
        let tier_is_free = matches!(tier.state.as_str(), "Ready" | "No Answer");
        if tier_is_free && free_of_calls && agent.is_ready(now) {
            chosen.push(agent.name.clone());
            if !strategy.rings_all() {
                break;
            }
        }
    }
    chosen
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;
    use rand::rngs::StdRng;

    use super::super::center::NewMember;
    use super::super::{Agent, Queue, Tier};
    use super::*;

    const NOW: i64 = 1_795_378_605;

    fn center(strategy: &str) -> Center {
        let mut settings = QueueSettings::new("q");
        strategy.clone_into(&mut settings.strategy);
        let mut center = Center { queues: vec![Queue::load(settings)], ..Center::default() };
        for (position, name) in ["a", "b", "c"].into_iter().enumerate() {
            let mut agent = Agent::new(name, "callback");
            "Available".clone_into(&mut agent.status);
            center.agents.push(agent);
            center.tiers.push(Tier::new("q", name, 1, position as i64 + 1));
        }
        center
    }

    fn join(center: &mut Center, name: &str) {
        let new = NewMember {
            uuid: name.to_owned(),
            session_uuid: format!("{name}-session"),
            cid_name: name.to_owned(),
            cid_number: "1".to_owned(),
            base_score: 0,
            answered_epoch: NOW,
        };
        center.join("q", new, NOW);
    }

    fn offers(center: &mut Center, now: i64) -> Vec<String> {
        let mut rng = StdRng::seed_from_u64(1);
        round(center, now, &mut rng)
            .offers
            .into_iter()
            .map(|(member, agent)| format!("{member}>{agent}"))
            .collect()
    }

    #[test]
    fn each_strategy_picks_its_agent() {
        let rows: [(&str, &[&str]); 7] = [
            ("longest-idle-agent", &["m>c"]),
            ("agent-with-least-talk-time", &["m>b"]),
            ("agent-with-fewest-calls", &["m>c"]),
            ("ring-all", &["m>a", "m>b", "m>c"]),
            ("round-robin", &["m>b"]),
            ("top-down", &["m>a"]),
            ("sequentially-by-agent-order", &["m>a"]),
        ];
        for (strategy, expected) in rows {
            let mut center = center(strategy);
            // last_bridge_end, talk_time, calls_answered, last_offered_call
            for (agent, values) in
                center.agents.iter_mut().zip([[30, 9, 5, 30], [20, 1, 4, 20], [10, 5, 3, 10]])
            {
                [agent.last_bridge_end, agent.talk_time, agent.calls_answered, agent.last_offered_call] =
                    values;
            }
            join(&mut center, "m");
            assert_eq!(offers(&mut center, NOW), expected, "{strategy}");
        }
    }

    #[test]
    fn ring_progressively_adds_a_phone_after_each_delay() {
        let mut center = center("ring-progressively");
        center.queues[0].settings.ring_progressively_delay = 5;
        join(&mut center, "m");
        assert_eq!(offers(&mut center, NOW), ["m>a"]);
        assert_eq!(center.members[0].serving_agent, "ring-progressively");
        assert!(offers(&mut center, NOW + 4).is_empty());
        assert_eq!(offers(&mut center, NOW + 5), ["m>b"]);
        assert_eq!(offers(&mut center, NOW + 10), ["m>c"]);
        assert!(offers(&mut center, NOW + 15).is_empty());
    }

    #[test]
    fn agents_that_may_not_be_rung_are_passed_over() {
        let mut center = center("top-down");
        join(&mut center, "m");
        "On Break".clone_into(&mut center.agents[0].status);
        center.agents[1].wrap_up_time = 5;
        center.agents[1].last_bridge_end = NOW - 5;
        center.agents[2].ready_time = NOW + 1;
        assert!(offers(&mut center, NOW).is_empty());
        assert_eq!(offers(&mut center, NOW + 1), ["m>b"]);
        assert_eq!(center.agents[1].state, "Receiving");
        assert_eq!(center.tiers[1].state, "Offering");
        assert_eq!(center.members[0].serving_agent, "b");
    }

    #[test]
    fn a_status_in_another_case_gets_no_calls() {
        let mut center = center("top-down");
        for agent in &mut center.agents {
            "available".clone_into(&mut agent.status);
        }
        join(&mut center, "m");
        assert!(offers(&mut center, NOW).is_empty());
    }

    #[test]
    fn second_level_waits_its_time() {
        let mut center = center("top-down");
        let settings = &mut center.queues[0].settings;
        settings.tier_rules_apply = true;
        settings.tier_rule_wait_second = 4;
        settings.tier_rule_wait_multiply_level = true;
        settings.tier_rule_no_agent_no_wait = false;
        "Logged Out".clone_into(&mut center.agents[0].status);
        center.tiers[1].level = 2;
        center.tiers[2].level = 3;
        join(&mut center, "m");
        assert!(offers(&mut center, NOW + 7).is_empty());
        assert_eq!(offers(&mut center, NOW + 8), ["m>b"]);
    }

    #[test]
    fn higher_score_is_served_first() {
        let mut center = center("top-down");
        join(&mut center, "m");
        join(&mut center, "n");
        center.members[1].base_score = 500;
        assert_eq!(offers(&mut center, NOW), ["n>a", "m>b"]);
    }

    #[test]
    fn callers_leave_when_their_time_is_over() {
        let mut center = center("top-down");
        center.queues[0].settings.max_wait_time_with_no_agent = 4;
        center.queues[0].settings.max_wait_time_with_no_agent_time_reached = 2;
        center.tiers.clear();
        join(&mut center, "m");
        let mut rng = StdRng::seed_from_u64(1);
        assert!(round(&mut center, NOW + 5, &mut rng).timeouts.is_empty());
        assert_eq!(round(&mut center, NOW + 6, &mut rng).timeouts, [("m".to_owned(), "NO_AGENT_TIMEOUT")]);
        center.queues[0].settings.max_wait_time = 3;
        assert_eq!(round(&mut center, NOW + 3, &mut rng).timeouts, [("m".to_owned(), "TIMEOUT")]);
    }

    #[test]
    fn abandoned_rows_are_discarded_after_their_time() {
        let mut center = center("top-down");
        center.queues[0].settings.discard_abandoned_after = 4;
        join(&mut center, "m");
        center.leave("m", "BREAK_OUT", NOW);
        let mut rng = StdRng::seed_from_u64(1);
        round(&mut center, NOW + 4, &mut rng);
        assert_eq!(center.members.len(), 1);
        round(&mut center, NOW + 5, &mut rng);
        assert!(center.members.is_empty());
    }
}
