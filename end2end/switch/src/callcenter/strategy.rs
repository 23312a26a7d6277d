//! The order in which a strategy tries agents (mod_callcenter, the `ORDER BY` of `members_callback()`).

use std::cmp::Reverse;

use rand::Rng;
use rand::seq::SliceRandom;

use super::{Agent, Member, Tier};

/// Strategy of a queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names are the words of the configuration")]
pub enum Strategy {
    LongestIdleAgent,
    AgentWithLeastTalkTime,
    AgentWithFewestCalls,
    RingAll,
    RingProgressively,
    Random,
    RoundRobin,
    TopDown,
    SequentiallyByAgentOrder,
}

impl Strategy {
    /// Reads the parameter; an unknown word sorts by level, position and last offer.
    pub fn from_word(word: &str) -> Self {
        match word {
            "longest-idle-agent" => Self::LongestIdleAgent,
            "agent-with-least-talk-time" => Self::AgentWithLeastTalkTime,
            "agent-with-fewest-calls" => Self::AgentWithFewestCalls,
            "ring-all" => Self::RingAll,
            "ring-progressively" => Self::RingProgressively,
            "random" => Self::Random,
            "round-robin" => Self::RoundRobin,
            "top-down" => Self::TopDown,
            _ => Self::SequentiallyByAgentOrder,
        }
    }

    /// What a member's `serving_agent` says, if many phones may ring for it.
    pub fn serves_as(self) -> Option<&'static str> {
        match self {
            Self::RingAll => Some("ring-all"),
            Self::RingProgressively => Some("ring-progressively"),
            _ => None,
        }
    }

    /// Whether one round rings every agent that is ready.
    pub fn rings_all(self) -> bool {
        matches!(self, Self::RingAll)
    }
}

/// An agent with its tier in the queue, by index.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Candidate {
    /// Index into the tiers.
    pub tier: usize,
    /// Index into the agents.
    pub agent: usize,
}

/// Sorts the candidates of a queue for one member.
pub fn sort(
    candidates: &mut [Candidate],
    strategy: Strategy,
    member: &Member,
    agents: &[Agent],
    tiers: &[Tier],
    rng: &mut impl Rng,
) {
    // The rows start in table order, and all sorts are stable, as SQLite's are in practice.
    let place = |c: &Candidate| (tiers[c.tier].level, tiers[c.tier].position);
    match strategy {
        Strategy::LongestIdleAgent => {
            candidates.sort_by_key(|c| {
                let (level, position) = place(c);
                (level, agents[c.agent].last_bridge_end, position)
            });
        }
        Strategy::AgentWithLeastTalkTime => {
            candidates.sort_by_key(|c| {
                let (level, position) = place(c);
                (level, agents[c.agent].talk_time, position)
            });
        }
        Strategy::AgentWithFewestCalls => {
            candidates.sort_by_key(|c| {
                let (level, position) = place(c);
                (level, agents[c.agent].calls_answered, position)
            });
        }
        Strategy::RingAll | Strategy::RingProgressively => candidates.sort_by_key(place),
        Strategy::Random => {
            candidates.shuffle(rng);
            candidates.sort_by_key(|c| tiers[c.tier].level);
        }
        Strategy::RoundRobin => {
            // After the agent that was offered a call last, of several the first, in the same level; then from the top.
            let offered = candidates.iter().filter(|c| agents[c.agent].last_offered_call > 0);
            let last = offered.min_by_key(|c| Reverse(agents[c.agent].last_offered_call)).map(place);
            candidates.sort_by_key(|c| {
                let (level, position) = place(c);
                let behind = !last.is_some_and(|(l, p)| level == l && position > p);
                (behind, level, position, agents[c.agent].last_offered_call)
            });
        }
        Strategy::TopDown => {
            // Each member starts at the top and goes on below the agent that it was offered to last.
            candidates.sort_by_key(|c| {
                let (level, position) = place(c);
                let behind = !(level == member.last_tier_level && position > member.last_tier_position);
                (behind, level, position, agents[c.agent].last_offered_call)
            });
        }
        Strategy::SequentiallyByAgentOrder => {
            candidates.sort_by_key(|c| {
                let (level, position) = place(c);
                (level, position, agents[c.agent].last_offered_call)
            });
        }
    }
}
