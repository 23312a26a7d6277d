//! Events on their way to one listener: lost, doubled, out of order, late.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};

use crate::esl::hub::Frame;

/// An event that is held back for others goes out after that long even if no others come.
const HELD_BACK_AT_MOST: Duration = Duration::from_secs(1);

/// What happens to events, each with its probability from 0 to 1, for each listener by itself.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct EventFaults {
    /// The event is not sent.
    pub drop: f64,
    /// The event is sent twice.
    pub duplicate: f64,
    /// The event is sent after later ones.
    pub reorder: f64,
    /// After how many later ones at most.
    pub window: u32,
    /// How late every event is.
    pub delay: Duration,
}

impl EventFaults {
    /// Takes over what the other has and leaves the rest.
    pub(super) fn add(&mut self, other: &Self) {
        for (own, new) in [
            (&mut self.drop, other.drop),
            (&mut self.duplicate, other.duplicate),
            (&mut self.reorder, other.reorder),
        ] {
            if new > 0.0 {
                *own = new;
            }
        }
        self.window = self.window.max(other.window);
        if !other.delay.is_zero() {
            self.delay = other.delay;
        }
    }
}

/// What is on its way to one listener.
#[derive(Debug)]
pub struct Passage {
    rng: StdRng,
    /// Frames that wait for others to pass: how many, and until when at most.
    held_back: Vec<(u32, Instant, Frame)>,
    /// Frames that are late, the oldest first.
    late: VecDeque<(Instant, Frame)>,
}

impl Passage {
    /// A passage whose chances are drawn by `seed`.
    pub fn new(seed: u64) -> Self {
        Self { rng: StdRng::seed_from_u64(seed), held_back: Vec::new(), late: VecDeque::new() }
    }

    /// Sends an event on its way; what arrives now goes to `out`.
    pub fn enter(&mut self, frame: Frame, faults: &EventFaults, now: Instant, out: &mut Vec<Frame>) {
        if *faults == EventFaults::default() && self.is_empty() {
            out.push(frame);
            return;
        }
        if self.happens(faults.drop) {
            return;
        }
        let copies = if self.happens(faults.duplicate) { 2 } else { 1 };
        for _ in 0..copies {
            if self.happens(faults.reorder) {
                let behind = self.rng.random_range(1..=faults.window.max(1));
                self.held_back.push((behind, now + HELD_BACK_AT_MOST, frame.clone()));
            } else {
                self.arrive(frame.clone(), faults, now, out);
            }
        }
    }

    /// What arrives by the time alone.
    pub fn advance(&mut self, faults: &EventFaults, now: Instant, out: &mut Vec<Frame>) {
        if self.is_empty() {
            return;
        }
        let is_over = |until: Instant| until <= now || faults.reorder == 0.0;
        let (over, held): (Vec<_>, Vec<_>) =
            std::mem::take(&mut self.held_back).into_iter().partition(|(_, until, _)| is_over(*until));
        self.held_back = held;
        for (.., frame) in over {
            self.make_late(frame, faults, now, out);
        }
        while self.late.front().is_some_and(|(due, _)| *due <= now || faults.delay.is_zero()) {
            out.extend(self.late.pop_front().map(|(_, frame)| frame));
        }
    }

    fn is_empty(&self) -> bool {
        self.held_back.is_empty() && self.late.is_empty()
    }

    fn happens(&mut self, probability: f64) -> bool {
        probability > 0.0 && self.rng.random::<f64>() < probability
    }

    /// An event passes, and those that waited for it follow.
    fn arrive(&mut self, frame: Frame, faults: &EventFaults, now: Instant, out: &mut Vec<Frame>) {
        self.make_late(frame, faults, now, out);
        for (behind, ..) in &mut self.held_back {
            *behind = behind.saturating_sub(1);
        }
        let (over, held): (Vec<_>, Vec<_>) =
            std::mem::take(&mut self.held_back).into_iter().partition(|(behind, ..)| *behind == 0);
        self.held_back = held;
        for (.., frame) in over {
            self.make_late(frame, faults, now, out);
        }
    }

    fn make_late(&mut self, frame: Frame, faults: &EventFaults, now: Instant, out: &mut Vec<Frame>) {
        if faults.delay.is_zero() && self.late.is_empty() {
            out.push(frame);
        } else {
            self.late.push_back((now + faults.delay, frame));
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    fn numbers(faults: EventFaults, seed: u64, count: u32) -> Vec<u32> {
        let now = Instant::now();
        let mut passage = Passage::new(seed);
        let mut out = Vec::new();
        for number in 0..count {
            passage.enter(Arc::new(number.to_be_bytes().to_vec()), &faults, now, &mut out);
        }
        passage.advance(&EventFaults::default(), now, &mut out);
        out.iter().map(|frame| u32::from_be_bytes(frame.as_slice().try_into().unwrap())).collect()
    }

    #[test]
    fn chances_are_about_what_was_asked_for_and_repeat_with_the_seed() {
        let dropped = EventFaults { drop: 0.3, ..EventFaults::default() };
        let left = numbers(dropped, 5, 1000);
        assert!((640..760).contains(&left.len()), "{}", left.len());
        assert!(left.is_sorted());
        assert_eq!(left, numbers(dropped, 5, 1000));
        assert_ne!(left, numbers(dropped, 6, 1000));
        let doubled = numbers(EventFaults { duplicate: 0.2, ..EventFaults::default() }, 5, 1000);
        assert!((1150..1250).contains(&doubled.len()), "{}", doubled.len());
    }

    #[test]
    fn order_changes_within_the_window_and_nothing_is_lost() {
        let faults = EventFaults { reorder: 0.3, window: 4, ..EventFaults::default() };
        let mixed = numbers(faults, 9, 1000);
        assert!(!mixed.is_sorted());
        let late = mixed.iter().enumerate().map(|(at, number)| at as i64 - i64::from(*number)).max();
        // Behind four that pass, and behind others that were held back before.
        assert!(late.is_some_and(|late| (1..=12).contains(&late)), "{late:?}");
        let mut sorted = mixed;
        sorted.sort_unstable();
        assert_eq!(sorted, (0..1000).collect::<Vec<_>>());
    }

    #[test]
    fn late_events_keep_their_order_and_come_when_they_are_due() {
        let faults = EventFaults { delay: Duration::from_millis(50), ..EventFaults::default() };
        let now = Instant::now();
        let mut passage = Passage::new(1);
        let mut out = Vec::new();
        for (after, byte) in [(0, 1), (10, 2)] {
            passage.enter(Arc::new(vec![byte]), &faults, now + Duration::from_millis(after), &mut out);
        }
        passage.advance(&faults, now + Duration::from_millis(49), &mut out);
        assert!(out.is_empty());
        passage.advance(&faults, now + Duration::from_millis(50), &mut out);
        assert_eq!(out, [Arc::new(vec![1])]);
        passage.advance(&EventFaults::default(), now + Duration::from_millis(51), &mut out);
        assert_eq!(out, [Arc::new(vec![1]), Arc::new(vec![2])]);
    }
}
