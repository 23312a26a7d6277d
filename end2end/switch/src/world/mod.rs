//! A life of its own: callers arrive and lose patience, agents answer, miss, take breaks, log out and come back.
//!
//! All decisions come from the seeded source; speed is a matter of rates, the clock is never scaled.

mod life;
mod names;
pub mod rates;
mod seed;

use std::collections::HashMap;

use crate::clock::Micros;
use crate::options::Options;
use crate::registrations::Registration;
use crate::timers::Act;

/// Who decides, and how fast things happen.
#[derive(Debug)]
pub struct World {
    /// Whether anything happens by itself.
    pub life: bool,
    /// How often and how long.
    pub rates: Rates,
    /// Agents that were told what to do.
    pub behaviours: HashMap<String, Behaviour>,
    /// Phones that registered because they were told to.
    pub registrations: Vec<Registration>,
    /// The turn that counts for each agent; earlier ones are void.
    turns: HashMap<String, u64>,
    /// Share of each queue in the callers.
    weights: Vec<f64>,
    callers: u64,
}

/// Rates of life.
#[derive(Debug, Clone)]
pub struct Rates {
    /// Callers per second, all queues together.
    pub calls_per_second: f64,
    /// Mean seconds of a talk.
    pub talk_seconds: f64,
    /// Mean seconds of patience.
    pub patience_seconds: f64,
    /// Shortest and longest seconds until an agent answers.
    pub ring_seconds: (f64, f64),
    /// Seconds until a phone that nobody answers stops ringing.
    pub no_answer_seconds: f64,
    /// `wrap_up_time` of the seeded agents.
    pub wrap_up_seconds: i64,
    /// Share of offers that are not answered.
    pub no_answer_share: f64,
    /// Share of offers that find the phone busy or are rejected.
    pub busy_share: f64,
    /// Mean seconds between two breaks of an agent.
    pub work_seconds: f64,
    /// Mean seconds of a break.
    pub break_seconds: f64,
    /// Mean seconds until an agent that logged out is back.
    pub out_seconds: f64,
}

/// What an agent was told by `demo`.
#[derive(Debug, Clone, Copy, Default)]
pub struct Behaviour {
    /// Whether the agent does only what it is told.
    pub manual: bool,
    /// What it does with its next offer.
    pub next: Option<Act>,
    /// What its phone does with every offer, and after how long.
    pub phone: Option<(Act, Micros)>,
}

impl World {
    /// A world by the options.
    pub fn new(options: &Options) -> Self {
        Self {
            life: options.life,
            rates: Rates::new(options),
            behaviours: HashMap::new(),
            registrations: Vec::new(),
            turns: HashMap::new(),
            weights: Vec::new(),
            callers: 0,
        }
    }
}

/// Callcenter events of an ordinary answered call: start, two counts, three states, offering, bridge start, both ends.
const EVENTS_PER_CALL: f64 = 10.0;

impl Rates {
    fn new(options: &Options) -> Self {
        let normal = Self {
            calls_per_second: options.calls_per_minute / 60.0,
            talk_seconds: options.talk_seconds,
            patience_seconds: options.patience_seconds,
            ring_seconds: (1.5, 7.0),
            no_answer_seconds: 18.0,
            wrap_up_seconds: 10,
            no_answer_share: 0.05,
            busy_share: 0.03,
            // In the long run 52 of 100 agents are Available, 19 On Break, 29 Logged Out.
            work_seconds: 900.0,
            break_seconds: 430.0,
            out_seconds: 2000.0,
        };
        let Some(events_per_second) = options.event_rate else { return normal };
        // About half of the agents talk, so that callers are served as fast as they come.
        let calls_per_second = events_per_second / EVENTS_PER_CALL;
        let seconds_per_call = options.agents.max(1) as f64 / calls_per_second.max(0.001);
        Self {
            calls_per_second,
            talk_seconds: (seconds_per_call * 0.45).clamp(0.5, 300.0),
            ring_seconds: (0.2, 0.8),
            no_answer_seconds: 2.0,
            wrap_up_seconds: (seconds_per_call * 0.05) as i64,
            no_answer_share: 0.02,
            busy_share: 0.01,
            work_seconds: 3000.0,
            break_seconds: 120.0,
            out_seconds: 300.0,
            ..normal
        }
    }
}
