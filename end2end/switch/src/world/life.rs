//! What callers and agents decide.

use rand::Rng;
use rand::seq::SliceRandom;

use super::names::{caller_name, caller_number};
use crate::clock::{Micros, seconds_us};
use crate::switch::Switch;
use crate::timers::{Act, Timer};

impl Switch {
    /// The state of a center in the middle of its day: most agents in, some out, calls going on, callers waiting.
    pub(super) fn open_the_day(&mut self) {
        let now = self.epoch();
        let mut names: Vec<String> = self.center.agents.iter().map(|agent| agent.name.clone()).collect();
        names.shuffle(&mut self.rng);
        let available = if self.options.event_rate.is_some() { 0.95 } else { 0.52 };
        for (index, name) in names.iter().enumerate() {
            let (status, longest) = match (index as f64 + 0.5) / names.len() as f64 {
                share if share < available => ("Available", 3 * 3600),
                share if share < 0.71 => ("On Break", 600),
                _ => ("Logged Out", 6 * 3600),
            };
            let since = now - self.rng.random_range(20..longest);
            let idle = now - self.rng.random_range(15..240);
            let (calls, talk) = (self.rng.random_range(3..28), self.rng.random_range(400..4000));
            self.center.set_status(name, status, since);
            if let Some(agent) = self.center.agent_mut(name) {
                agent.last_bridge_end = idle.max(since);
                agent.last_bridge_start = agent.last_bridge_end - 120;
                agent.last_offered_call = agent.last_bridge_start - 4;
                if status != "Logged Out" {
                    agent.calls_answered = calls;
                    agent.talk_time = talk;
                }
            }
        }
        self.center.drafts.clear();
        self.start_life();
        self.place_talks(&names);
        self.place_waiting();
        for queue in &mut self.center.queues {
            queue.calls_answered = self.rng.random_range(20..160);
            queue.calls_abandoned = self.rng.random_range(0..12);
        }
    }

    /// As many talks as the rates give on average.
    fn place_talks(&mut self, names: &[String]) {
        let mut free: Vec<&String> = names
            .iter()
            .filter(|name| self.center.agent(name).is_some_and(|agent| agent.status == "Available"))
            .collect();
        free.shuffle(&mut self.rng);
        let rates = &self.world.rates;
        let busy = (rates.calls_per_second * rates.talk_seconds) as usize;
        let busy = busy.min(free.len() * 8 / 10);
        for agent in free.into_iter().take(busy) {
            let Some(queue) =
                self.center.tiers.iter().find(|tier| tier.agent == *agent).map(|t| t.queue.clone())
            else {
                continue;
            };
            let talked = self.exponential(self.world.rates.talk_seconds * 0.8) as i64;
            let waited = self.rng.random_range(2..40);
            let (number, name) = self.next_caller();
            self.place_talk(&queue, agent, (&number, &name), waited, talked);
        }
    }

    /// A few callers in the line, one of them for long.
    fn place_waiting(&mut self) {
        if self.options.event_rate.is_some() || self.center.queues.is_empty() {
            return;
        }
        let full = self.queues_without_free_agent();
        for (index, waited) in [4, 9, 17, 26, 48, 95].into_iter().enumerate() {
            let queue = match full.get(index % full.len().max(1)) {
                Some(queue) => queue.clone(),
                None => {
                    let index = self.pick_queue();
                    self.center.queues[index].settings.name.clone()
                }
            };
            let (number, name) = self.next_caller();
            let session = self.place_caller(&queue, (&number, &name), waited);
            self.plan_patience(&session);
        }
    }

    fn queues_without_free_agent(&self) -> Vec<String> {
        let is_free = |name: &str| {
            self.center
                .agent(name)
                .is_some_and(|agent| agent.status == "Available" && agent.state == "Waiting")
        };
        let queues = self.center.queues.iter().map(|queue| &queue.settings.name);
        queues
            .filter(|queue| {
                !self.center.tiers.iter().any(|tier| tier.queue == **queue && is_free(&tier.agent))
            })
            .cloned()
            .collect()
    }

    /// Plans the first arrival and every agent's next turn.
    pub fn start_life(&mut self) {
        if !self.world.life {
            return;
        }
        self.plan_arrival();
        for name in self.center.agents.iter().map(|agent| agent.name.clone()).collect::<Vec<_>>() {
            let status = self.center.agent(&name).map(|agent| agent.status.clone()).unwrap_or_default();
            let mean = match status.as_str() {
                "Available" => self.world.rates.work_seconds,
                "On Break" => self.world.rates.break_seconds,
                _ => self.world.rates.out_seconds,
            };
            self.plan_turn(&name, mean);
        }
    }

    fn exponential(&mut self, mean: f64) -> f64 {
        let uniform: f64 = self.rng.random::<f64>().max(1e-9);
        -mean * uniform.ln()
    }

    fn exponential_us(&mut self, mean: f64) -> Micros {
        seconds_us(self.exponential(mean))
    }

    pub(super) fn plan_arrival(&mut self) {
        let rate = self.world.rates.calls_per_second;
        if rate > 0.0 && !self.center.configuration.queues.is_empty() {
            let delay = self.exponential_us(1.0 / rate);
            self.after(delay, Timer::Arrive);
        }
    }

    fn next_caller(&mut self) -> (String, String) {
        self.world.callers += 1;
        let n = self.world.callers;
        (caller_number(n), caller_name(n, &mut self.rng))
    }

    /// The next caller is there.
    pub fn caller_arrives(&mut self) {
        let index = self.pick_queue();
        if let Some(queue) = self.center.configuration.queues.get(index).map(|queue| queue.name.clone())
            && self.center.queue(&queue).is_some()
            && self.has_call_center()
        {
            let (number, name) = self.next_caller();
            let session = self.enter_queue(&queue, &number, &name);
            self.plan_patience(&session);
        }
        self.plan_arrival();
    }

    /// Whether there is anything to call, or to log in to.
    fn has_call_center(&self) -> bool {
        self.modules.contains(&"mod_callcenter")
    }

    fn plan_patience(&mut self, session: &str) {
        let mean = self.world.rates.patience_seconds;
        // Nobody gives up at once.
        let patience = seconds_us((mean / 30.0).min(4.0)) + self.exponential_us(mean);
        self.after(patience, Timer::GiveUp(session.to_owned()));
    }

    /// What the agent whose phone just began to ring will do: what it was told, else what life decides.
    pub fn decide_for_agent(&mut self, leg: &str, agent: &str) {
        let behaviour = self.world.behaviours.get(agent).copied().unwrap_or_default();
        if let Some(act) = behaviour.next {
            if let Some(behaviour) = self.world.behaviours.get_mut(agent) {
                behaviour.next = None;
            }
            self.after(150_000, Timer::Act(leg.to_owned(), act));
            return;
        }
        if let Some((act, delay)) = behaviour.phone {
            self.after(delay, Timer::Act(leg.to_owned(), act));
            return;
        }
        if behaviour.manual || !self.world.life {
            return;
        }
        let rates = self.world.rates.clone();
        let point: f64 = self.rng.random();
        let (delay, act) = if point < rates.no_answer_share {
            (rates.no_answer_seconds, Act::NoAnswer)
        } else if point < rates.no_answer_share + rates.busy_share {
            (0.09, if self.rng.random_bool(0.7) { Act::Busy } else { Act::Reject })
        } else {
            (self.rng.random_range(rates.ring_seconds.0..rates.ring_seconds.1), Act::Answer)
        };
        self.after(seconds_us(delay), Timer::Act(leg.to_owned(), act));
    }

    /// A talk has begun: how long it takes, and who ends it.
    pub fn talk_starts(&mut self, leg: &str) {
        let manual = self
            .attempts
            .get(leg)
            .and_then(|attempt| self.world.behaviours.get(&attempt.service.agent))
            .is_some_and(|behaviour| behaviour.manual);
        if !self.world.life || manual {
            return;
        }
        let mean = self.world.rates.talk_seconds;
        // Half of it is certain, so that very short talks are rare.
        let length = mean * 0.5 + self.exponential(mean * 0.5);
        let by_caller = self.rng.random_bool(0.4);
        self.after(seconds_us(length), Timer::TalkEnds(leg.to_owned(), by_caller));
    }

    fn plan_turn(&mut self, agent: &str, mean: f64) {
        if !self.world.life {
            return;
        }
        let turn = self.world.turns.entry(agent.to_owned()).or_default();
        *turn += 1;
        let turn = *turn;
        let delay = seconds_us(mean * 0.2) + self.exponential_us(mean * 0.8);
        self.after(delay, Timer::Turn(agent.to_owned(), turn));
    }

    /// An agent that was put On Break for not answering comes back after a while.
    pub fn plan_return(&mut self, agent: &str) {
        self.plan_turn(agent, 90.0);
    }

    /// An agent takes a break, logs out, or comes back. Manual agents stay as they are.
    pub fn agent_turns(&mut self, agent: &str, turn: u64) {
        let is_current = self.world.turns.get(agent) == Some(&turn);
        if !is_current || self.world.behaviours.get(agent).is_some_and(|behaviour| behaviour.manual) {
            return;
        }
        let Some(status) = self.center.agent(agent).map(|agent| agent.status.clone()) else { return };
        if !self.has_call_center() {
            self.plan_turn(agent, self.world.rates.break_seconds);
            return;
        }
        let rates = self.world.rates.clone();
        let (next, mean) = match status.as_str() {
            "Available" if self.rng.random_bool(0.75) => ("On Break", rates.break_seconds),
            "Available" => ("Logged Out", rates.out_seconds),
            _ => ("Available", rates.work_seconds),
        };
        let now = self.epoch();
        self.center.set_status(agent, next, now);
        self.flush();
        self.plan_turn(agent, mean);
    }
}
