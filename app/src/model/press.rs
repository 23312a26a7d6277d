//! One press of a button, so that it acts once however often it arrives.

use serde::{Deserialize, Serialize};

/// The mark of one press. A button has one when it is shown and a new one after each answer: two clicks on it are one
/// press, and what the network repeats is the same press.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Press(String);

impl Press {
    /// The longest mark that is taken.
    pub const LONGEST: usize = 64;

    /// The mark of a text.
    ///
    /// # Errors
    /// Its length, where it is empty or too long.
    pub fn parse(text: &str) -> Result<Self, usize> {
        if (1..=Self::LONGEST).contains(&text.len()) { Ok(Self(text.to_owned())) } else { Err(text.len()) }
    }

    /// A mark that nobody else has.
    #[cfg(feature = "hydrate")]
    pub fn new() -> Self {
        // Random enough for one user's presses, and without the weight of a generator: where two browsers of a user drew the
        // same at the same millisecond, the second press would be refused as done.
        Self(format!("{:x}-{:x}", js_sys::Date::now() as u64, (js_sys::Math::random() * 1e15) as u64))
    }

    /// On the server a page has no press yet: the browser draws it.
    #[cfg(not(feature = "hydrate"))]
    pub fn new() -> Self {
        Self(String::new())
    }

    /// As text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Default for Press {
    fn default() -> Self {
        Self::new()
    }
}
