//! Slows down sign-in attempts, by name and by address of the client. It delays and never locks: whoever knows the
//! password comes in after a few seconds at most, whatever others tried under the same name.
//!
//! An attempt counts as failed from its start, so that many at once gain nothing, and is taken back by success.
//! Failures are forgotten one by one as time passes.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

/// How much is delayed.
#[derive(Clone, Copy, Debug)]
pub struct ThrottlePolicy {
    /// Failures of a name that cost nothing.
    pub free_by_name: u32,
    /// Failures of an address that cost nothing: a whole call center may share one.
    pub free_by_address: u32,
    /// The delay of the first failure that costs; each further one doubles it.
    pub first_delay: Duration,
    /// The longest delay.
    pub longest_delay: Duration,
    /// After this long one failure is forgotten.
    pub forgiveness: Duration,
    /// Attempts of one address that may be delayed at once; more are turned away with a message.
    pub waiting_by_address: u32,
}

impl Default for ThrottlePolicy {
    fn default() -> Self {
        Self {
            free_by_name: 3,
            free_by_address: 20,
            first_delay: Duration::from_millis(500),
            longest_delay: Duration::from_secs(5),
            forgiveness: Duration::from_secs(30),
            waiting_by_address: 8,
        }
    }
}

/// Above this many keys those without failures are thrown out.
const MANY: usize = 10_000;

/// Counts attempts.
#[derive(Debug, Default)]
pub struct Throttle {
    policy: ThrottlePolicy,
    counts: Arc<Mutex<HashMap<Key, Count>>>,
}

/// Too many attempts of this address are being delayed already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Throttled;

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Key {
    Name(String),
    Address(String),
}

#[derive(Clone, Copy, Debug)]
struct Count {
    failures: u32,
    /// When the failures were last counted down.
    at: Instant,
    waiting: u32,
}

/// An attempt that was let through. It counts as failed unless it is given back.
#[derive(Debug)]
pub struct Ticket {
    keys: [Key; 2],
    counts: Arc<Mutex<HashMap<Key, Count>>>,
}

impl Ticket {
    /// The attempt could not be judged, so it is not counted.
    pub fn withdrawn(self) {
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        for key in &self.keys {
            if let Some(count) = counts.get_mut(key) {
                count.failures = count.failures.saturating_sub(1);
            }
        }
    }

    /// The password was right: the attempt is not counted, and the failures of the name are forgotten.
    pub fn succeeded(self) {
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        let [name, address] = &self.keys;
        counts.remove(name);
        // The address keeps its other failures, or a spy with one account of their own could try all others.
        if let Some(count) = counts.get_mut(address) {
            count.failures = count.failures.saturating_sub(1);
        }
    }
}

impl Throttle {
    /// A throttle with its own numbers.
    pub fn new(policy: ThrottlePolicy) -> Self {
        Self { policy, counts: Arc::default() }
    }

    /// Waits as long as this attempt must.
    ///
    /// # Errors
    /// At once, when too many attempts of the address are waiting.
    pub async fn admit(&self, name: &str, address: &str) -> Result<Ticket, Throttled> {
        let keys = [Key::Name(name.to_owned()), Key::Address(network_of(address))];
        let ticket = Ticket { keys: keys.clone(), counts: Arc::clone(&self.counts) };
        let delay = self.count(&keys)?;
        if delay.is_zero() {
            return Ok(ticket);
        }
        let [_, address] = keys;
        let _waiting = Waiting::start(address, Arc::clone(&self.counts));
        tokio::time::sleep(delay).await;
        Ok(ticket)
    }

    /// Counts the attempt and says how long it must wait.
    fn count(&self, keys: &[Key; 2]) -> Result<Duration, Throttled> {
        let now = Instant::now();
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        if counts.len() > MANY {
            let policy = &self.policy;
            counts.retain(|_, count| count.waiting > 0 || count.failures_at(now, policy) > 0);
        }
        let [name, address] = keys;
        if counts.get(address).is_some_and(|count| count.waiting >= self.policy.waiting_by_address) {
            return Err(Throttled);
        }
        let mut count_one = |key: &Key, free: u32| {
            let count = counts.entry(key.clone()).or_insert(Count { failures: 0, at: now, waiting: 0 });
            let failures = count.failures_at(now, &self.policy);
            if failures != count.failures || failures == 0 {
                count.at = now;
            }
            count.failures = failures.saturating_add(1);
            self.policy.delay(failures, free)
        };
        let by_name = count_one(name, self.policy.free_by_name);
        let by_address = count_one(address, self.policy.free_by_address);
        Ok(by_name.max(by_address))
    }
}

impl Count {
    fn failures_at(&self, now: Instant, policy: &ThrottlePolicy) -> u32 {
        let periods = now.duration_since(self.at).as_millis() / policy.forgiveness.as_millis().max(1);
        self.failures.saturating_sub(u32::try_from(periods).unwrap_or(u32::MAX))
    }
}

impl ThrottlePolicy {
    fn delay(&self, failures: u32, free: u32) -> Duration {
        let Some(doublings) = failures.checked_sub(free) else { return Duration::ZERO };
        self.first_delay
            .saturating_mul(1_u32.checked_shl(doublings.min(31)).unwrap_or(u32::MAX))
            .min(self.longest_delay)
    }
}

/// Counts an attempt as waiting for as long as it lives: a browser that goes away no longer waits.
struct Waiting {
    address: Key,
    counts: Arc<Mutex<HashMap<Key, Count>>>,
}

impl Waiting {
    fn start(address: Key, counts: Arc<Mutex<HashMap<Key, Count>>>) -> Self {
        if let Some(count) = counts.lock().unwrap_or_else(PoisonError::into_inner).get_mut(&address) {
            count.waiting += 1;
        }
        Self { address, counts }
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        if let Some(count) = self.counts.lock().unwrap_or_else(PoisonError::into_inner).get_mut(&self.address)
        {
            count.waiting = count.waiting.saturating_sub(1);
        }
    }
}

/// One customer has a whole /64 of IPv6 addresses.
fn network_of(address: &str) -> String {
    match address.parse() {
        Ok(IpAddr::V6(address)) => {
            let [a, b, c, d, ..] = address.segments();
            format!("{a:x}:{b:x}:{c:x}:{d:x}::/64")
        }
        _ => address.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    async fn delay_of(throttle: &Throttle, name: &str, address: &str) -> Duration {
        let start = Instant::now();
        throttle.admit(name, address).await.unwrap();
        start.elapsed()
    }

    #[tokio::test(start_paused = true)]
    async fn delays_grow_to_a_bound_and_never_become_a_refusal() {
        let throttle = Throttle::default();
        let mut delays_ms = Vec::new();
        for _ in 0..9 {
            delays_ms.push(delay_of(&throttle, "ada", "192.0.2.1").await.as_millis());
        }
        assert_eq!(delays_ms, [0, 0, 0, 500, 1000, 2000, 4000, 5000, 5000]);
    }

    #[tokio::test(start_paused = true)]
    async fn a_name_is_slow_from_every_address_and_others_are_not() {
        let throttle = Throttle::default();
        for n in 0..4 {
            delay_of(&throttle, "ada", &format!("192.0.2.{n}")).await;
        }
        assert!(!delay_of(&throttle, "ada", "198.51.100.1").await.is_zero());
        assert!(delay_of(&throttle, "grace", "198.51.100.1").await.is_zero());
    }

    #[tokio::test(start_paused = true)]
    async fn an_address_that_tries_many_names_is_slow() {
        let throttle = Throttle::default();
        for n in 0..20 {
            assert!(delay_of(&throttle, &format!("user{n}"), "2001:db8::1").await.is_zero());
        }
        assert!(!delay_of(&throttle, "user20", "2001:db8::2").await.is_zero(), "the same /64");
        assert!(delay_of(&throttle, "user21", "2001:db8:0:1::1").await.is_zero());
    }

    #[tokio::test(start_paused = true)]
    async fn success_and_time_are_forgiving() {
        let throttle = Throttle::default();
        for _ in 0..4 {
            delay_of(&throttle, "ada", "192.0.2.1").await;
        }
        throttle.admit("ada", "192.0.2.1").await.unwrap().succeeded();
        assert!(delay_of(&throttle, "ada", "192.0.2.1").await.is_zero());
        for _ in 0..8 {
            delay_of(&throttle, "grace", "192.0.2.1").await;
        }
        tokio::time::advance(Duration::from_secs(30 * 8)).await;
        assert!(delay_of(&throttle, "grace", "192.0.2.1").await.is_zero());
    }

    #[tokio::test(start_paused = true)]
    async fn an_address_may_not_wait_without_bound() {
        let throttle = Arc::new(Throttle::default());
        for _ in 0..3 {
            delay_of(&throttle, "ada", "192.0.2.1").await;
        }
        let waiting: Vec<_> = (0..8)
            .map(|_| {
                let throttle = Arc::clone(&throttle);
                tokio::spawn(async move { throttle.admit("ada", "192.0.2.1").await.map(drop) })
            })
            .collect();
        tokio::task::yield_now().await;
        assert_eq!(throttle.admit("ada", "192.0.2.1").await.unwrap_err(), Throttled);
        assert!(throttle.admit("ada", "192.0.2.2").await.is_ok(), "elsewhere the name is not locked");
        for attempt in waiting {
            attempt.await.unwrap().unwrap();
        }
        assert!(throttle.admit("ada", "192.0.2.1").await.is_ok());
    }
}
