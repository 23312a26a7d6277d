//! The numbers of the day, counted from the demo switch's journal by definitions of their own (those of README and of the
//! definitions beside the numbers, written a second time on purpose).

use std::collections::BTreeMap;

use app::model::board::BoardView;
use demo_switch::journal::{Entry, Outcome, What};

/// Seconds of the service level and of a short abandon that queues have unless somebody sets others.
const IN_TIME_S: i64 = 20;
const SHORT_S: i64 = 5;
/// The wrap-up of every agent of these tests.
const WRAP_UP_MS: i64 = 1_000;

/// Numbers by queue and by agent; queues and agents without any are left out.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Recount {
    queues: BTreeMap<String, QueueNumbers>,
    agents: BTreeMap<String, AgentNumbers>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct QueueNumbers {
    answered: i64,
    answered_in_time: i64,
    abandoned: i64,
    abandoned_short: i64,
    abandoned_in_time: i64,
    timed_out: i64,
    no_agent: i64,
    left_by_key: i64,
    answer_wait_ms: i64,
    handled: i64,
    handle_ms: i64,
}

#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct AgentNumbers {
    answered: i64,
    missed: i64,
    talk_s: i64,
}

/// What was lost on the way, and so is known to the second only.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Losses {
    /// Calls that call records may have closed: a second each in sums of waits and talks.
    pub(super) closed_by_records: usize,
    /// Callers whom SwitchDesk knows from a list: each may fall on the other side of a threshold of whole seconds.
    pub(super) listed: usize,
}

/// A stay as the journal tells it.
#[derive(Clone, Copy, Default)]
struct Stay {
    joined_us: i64,
    answered_us: Option<i64>,
    abandoned_us: Option<i64>,
}

const fn ms(us: i64) -> i64 {
    us.div_euclid(1_000)
}

impl Recount {
    pub(super) fn of(journal: &[Entry]) -> Self {
        let mut numbers = Self::default();
        let mut stays: BTreeMap<&str, Stay> = BTreeMap::new();
        let mut talks_ms: BTreeMap<String, i64> = BTreeMap::new();
        for Entry { at_us, what } in journal {
            let at_us = *at_us;
            match what {
                What::MemberJoined { member, .. } => {
                    stays.insert(member, Stay { joined_us: at_us, ..Stay::default() });
                }
                What::MemberResumed { queue, member, .. } => {
                    let stay = stays.entry(member).or_default();
                    if let Some(abandoned_us) = stay.abandoned_us.take() {
                        numbers.abandoned(queue, stay.joined_us, abandoned_us, -1);
                    }
                }
                What::Answered { queue, member, agent } => {
                    let stay = stays.entry(member).or_default();
                    stay.answered_us = Some(at_us);
                    numbers.answered(queue, agent, stay.joined_us, at_us, 1);
                }
                What::TalkEnded { queue, member, agent, bridged } => {
                    let stay = stays.entry(member).or_default();
                    let Some(answered_us) = stay.answered_us else { continue };
                    if *bridged {
                        let talk_ms = ms(at_us) - ms(answered_us);
                        let queue = numbers.queues.entry(queue.clone()).or_default();
                        queue.handled += 1;
                        queue.handle_ms += talk_ms + WRAP_UP_MS;
                        *talks_ms.entry(agent.clone()).or_default() += talk_ms;
                    } else {
                        stay.answered_us = None;
                        numbers.answered(queue, agent, stay.joined_us, answered_us, -1);
                    }
                }
                What::OfferFailed { agent, cause, .. }
                    if cause != "ORIGINATOR_CANCEL" && cause != "LOSE_RACE" =>
                {
                    numbers.agents.entry(agent.clone()).or_default().missed += 1;
                }
                What::MemberEnded { queue, member, outcome } => {
                    let stay = stays.entry(member).or_default();
                    match outcome {
                        Outcome::Answered | Outcome::Moved => {}
                        Outcome::Abandoned => {
                            stay.abandoned_us = Some(at_us);
                            numbers.abandoned(queue, stay.joined_us, at_us, 1);
                        }
                        Outcome::TimedOut => numbers.queues.entry(queue.clone()).or_default().timed_out += 1,
                        Outcome::NoAgent => numbers.queues.entry(queue.clone()).or_default().no_agent += 1,
                        Outcome::LeftByKey => {
                            numbers.queues.entry(queue.clone()).or_default().left_by_key += 1;
                        }
                    }
                }
                _ => {}
            }
        }
        for (agent, talk_ms) in talks_ms {
            numbers.agents.entry(agent).or_default().talk_s = talk_ms / 1_000;
        }
        numbers.without_zeros()
    }

    pub(super) fn of_board(board: &BoardView) -> Self {
        let queues = board.queues.iter().map(|row| {
            let today = &row.today;
            let numbers = QueueNumbers {
                answered: today.answered.into(),
                answered_in_time: today.answered_in_time.into(),
                abandoned: today.abandoned.into(),
                abandoned_short: today.abandoned_short.into(),
                abandoned_in_time: today.abandoned_in_time.into(),
                timed_out: today.timed_out.into(),
                no_agent: today.no_agent.into(),
                left_by_key: today.left_by_key.into(),
                answer_wait_ms: today.answer_wait_ms,
                handled: today.handled.into(),
                handle_ms: today.handle_ms,
            };
            (row.key.name.clone(), numbers)
        });
        let agents = board.agents.iter().map(|row| {
            let numbers = AgentNumbers {
                answered: row.answered_today.into(),
                missed: row.missed_today.into(),
                talk_s: row.talk_s_today.into(),
            };
            (row.key.name.clone(), numbers)
        });
        Self { queues: queues.collect(), agents: agents.collect() }.without_zeros()
    }

    /// Makes equal what lost events leave inexact, as far as it may be: call records and lists date to the second.
    pub(super) fn blur(&mut self, other: &mut Self, losses: Losses) {
        if losses == Losses::default() {
            return;
        }
        let calls = i64::try_from(losses.closed_by_records).unwrap();
        let listed = i64::try_from(losses.listed).unwrap();
        let meet = |theirs: &mut i64, ours: i64, within: i64| {
            if (*theirs - ours).abs() <= within {
                *theirs = ours;
            }
        };
        for (name, ours) in &other.queues {
            let Some(theirs) = self.queues.get_mut(name) else { continue };
            meet(&mut theirs.answer_wait_ms, ours.answer_wait_ms, calls * 1_000);
            meet(&mut theirs.handle_ms, ours.handle_ms, calls * 1_000);
            meet(&mut theirs.answered_in_time, ours.answered_in_time, listed);
            meet(&mut theirs.abandoned_short, ours.abandoned_short, listed);
            meet(&mut theirs.abandoned_in_time, ours.abandoned_in_time, listed);
        }
        for (name, ours) in &other.agents {
            let Some(theirs) = self.agents.get_mut(name) else { continue };
            meet(&mut theirs.talk_s, ours.talk_s, calls);
        }
        // Which agents missed an offer is in no record of a caller's leg.
        for numbers in self.agents.values_mut().chain(other.agents.values_mut()) {
            numbers.missed = 0;
        }
        self.agents.retain(|_, numbers| *numbers != AgentNumbers::default());
        other.agents.retain(|_, numbers| *numbers != AgentNumbers::default());
    }

    fn answered(&mut self, queue: &str, agent: &str, joined_us: i64, at_us: i64, sign: i64) {
        let wait_ms = ms(at_us) - ms(joined_us);
        let queue = self.queues.entry(queue.to_owned()).or_default();
        queue.answered += sign;
        queue.answered_in_time += if wait_ms < IN_TIME_S * 1_000 { sign } else { 0 };
        queue.answer_wait_ms += sign * wait_ms;
        self.agents.entry(agent.to_owned()).or_default().answered += sign;
    }

    fn abandoned(&mut self, queue: &str, joined_us: i64, at_us: i64, sign: i64) {
        let wait_ms = ms(at_us) - ms(joined_us);
        let queue = self.queues.entry(queue.to_owned()).or_default();
        queue.abandoned += sign;
        queue.abandoned_short += if wait_ms < SHORT_S * 1_000 { sign } else { 0 };
        queue.abandoned_in_time += if wait_ms < IN_TIME_S * 1_000 { sign } else { 0 };
    }

    fn without_zeros(mut self) -> Self {
        self.queues.retain(|_, numbers| *numbers != QueueNumbers::default());
        self.agents.retain(|_, numbers| *numbers != AgentNumbers::default());
        self
    }
}
