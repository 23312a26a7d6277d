//! A clock that is set while the switch runs.
//!
//! Whatever is stamped from now on has the new time: events, epochs, channels. What has been written keeps the old one,
//! so what the call center computes from epochs (scores, limits of waiting, wrap-up, talk time) jumps, as on the real
//! switch. What is due by itself stays due after the same while.

use crate::clock::Micros;
use crate::switch::Switch;

impl Switch {
    /// Sets the clock forward, or back where `by` is negative.
    pub fn step_clock(&mut self, by: Micros) {
        self.clock_step += by;
        self.shift_due_times(by);
        self.refresh();
    }
}
