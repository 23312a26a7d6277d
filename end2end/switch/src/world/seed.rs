//! The call center that a demo switch starts with.

use rand::Rng;

use crate::callcenter::center::Configuration;
use crate::callcenter::{Agent, QueueSettings, Tier};
use crate::switch::Switch;

const QUEUES: [&str; 12] = [
    "support",
    "sales",
    "billing",
    "vip",
    "returns",
    "delivery",
    "technical",
    "complaints",
    "callback",
    "english",
    "cantonese",
    "night",
];
/// Share of the callers that each queue gets.
const WEIGHTS: [f64; 12] = [5.0, 4.0, 3.0, 1.0, 2.0, 3.0, 3.0, 1.0, 1.0, 1.0, 1.0, 0.5];

impl Switch {
    /// Fills the call center with queues, agents and tiers, and with life the floor with calls.
    pub fn populate(&mut self) {
        let configuration = match self.options.configuration.clone() {
            Some(configuration) => {
                self.center.agents.clone_from(&configuration.agents);
                self.center.tiers.clone_from(&configuration.tiers);
                configuration
            }
            None => self.seeded_configuration(),
        };
        let names: Vec<String> = configuration.queues.iter().map(|queue| queue.name.clone()).collect();
        self.world.weights = weights(names.len());
        self.files.configuration = configuration.clone();
        self.center.configuration = configuration;
        for name in &names {
            self.center.load_queue(name);
        }
        if self.world.life {
            self.open_the_day();
        }
        self.center.drafts.clear();
        self.open_journal();
    }

    fn seeded_configuration(&mut self) -> Configuration {
        let names: Vec<String> = (0..self.options.queues).map(queue_name).collect();
        let queues: Vec<_> = names.iter().enumerate().map(|(index, name)| queue(name, index)).collect();
        self.world.weights = weights(names.len());
        let agents: Vec<_> = (0..self.options.agents).map(|index| self.seeded_agent(index)).collect();
        let tiers = self.seeded_tiers(&names, &agents);
        self.center.agents.clone_from(&agents);
        self.center.tiers.clone_from(&tiers);
        if self.options.agents_in_configuration {
            Configuration { queues, agents, tiers }
        } else {
            Configuration { queues, ..Configuration::default() }
        }
    }

    fn seeded_agent(&self, index: usize) -> Agent {
        let number = 1001 + index;
        let mut agent = Agent::new(format!("{number}@default"), "callback");
        agent.contact = format!("user/{number}");
        agent.wrap_up_time = self.world.rates.wrap_up_seconds;
        agent.max_no_answer = 3;
        agent.reject_delay_time = 10;
        agent.busy_delay_time = 20;
        agent.no_answer_delay_time = 5;
        agent
    }

    /// Two or three queues for each agent; the first at level 1, the others at 1 or 2.
    fn seeded_tiers(&mut self, queues: &[String], agents: &[Agent]) -> Vec<Tier> {
        let mut tiers = Vec::new();
        let mut positions = vec![0; queues.len()];
        for agent in agents {
            let mut own: Vec<usize> = Vec::new();
            let wanted = self.rng.random_range(2..=3).min(queues.len());
            while own.len() < wanted {
                let index = self.pick_queue();
                if !own.contains(&index) {
                    own.push(index);
                }
            }
            for (rank, index) in own.into_iter().enumerate() {
                positions[index] += 1;
                let level = if rank == 0 { 1 } else { self.rng.random_range(1..=2) };
                tiers.push(Tier::new(queues[index].as_str(), agent.name.as_str(), level, positions[index]));
            }
        }
        tiers
    }

    /// A queue by its share of the callers.
    pub(super) fn pick_queue(&mut self) -> usize {
        let total: f64 = self.world.weights.iter().sum();
        let mut point = self.rng.random::<f64>() * total;
        for (index, weight) in self.world.weights.iter().enumerate() {
            point -= weight;
            if point <= 0.0 {
                return index;
            }
        }
        self.world.weights.len().saturating_sub(1)
    }
}

fn weights(queues: usize) -> Vec<f64> {
    (0..queues).map(|index| WEIGHTS.get(index).copied().unwrap_or(1.5)).collect()
}

fn queue_name(index: usize) -> String {
    match QUEUES.get(index) {
        Some(name) => format!("{name}@default"),
        None => format!("queue{:02}@default", index + 1),
    }
}

fn queue(name: &str, index: usize) -> QueueSettings {
    const STRATEGIES: [&str; 6] = [
        "longest-idle-agent",
        "round-robin",
        "agent-with-least-talk-time",
        "top-down",
        "longest-idle-agent",
        "agent-with-fewest-calls",
    ];
    let mut queue = QueueSettings::new(name);
    STRATEGIES[index % STRATEGIES.len()].clone_into(&mut queue.strategy);
    "local_stream://default".clone_into(&mut queue.moh_sound);
    queue.max_wait_time = 900;
    queue.max_wait_time_with_no_agent = 300;
    queue
}
