//! Where a call may be sent: an extension or a number that a person typed or chose.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::problem::ProblemKind;

/// An extension or number. Holds only what telephones send: letters, digits, `+ * # . - _`. A dial string would take braces,
/// `|`, `&`, commas, quotes and spaces for its own, so they are refused before a switch sees them.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Destination(String);

impl Destination {
    /// The longest that is taken.
    pub const LONGEST: usize = 64;

    /// Reads what was typed; spaces around it do not count.
    ///
    /// # Errors
    /// What is wrong with it, for the field.
    pub fn parse(typed: &str) -> Result<Self, ProblemKind> {
        let typed = typed.trim();
        let is_plain = |letter: char| letter.is_ascii_alphanumeric() || "+*#.-_".contains(letter);
        if typed.is_empty() {
            Err(ProblemKind::Required)
        } else if typed.len() > Self::LONGEST {
            Err(ProblemKind::TooLong(Self::LONGEST as u32))
        } else if !typed.chars().all(is_plain) || typed.starts_with('-') {
            Err(ProblemKind::NotDialable)
        } else {
            Ok(Self(typed.to_owned()))
        }
    }

    /// As text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Destination {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text).map_err(|_| "no number that can be dialled")
    }
}

impl From<Destination> for String {
    fn from(destination: Destination) -> Self {
        destination.0
    }
}

impl fmt::Display for Destination {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_dial_string_would_take_for_its_own_is_refused() {
        for typed in ["1007", " +8613800138000 ", "queue-support", "*98", "9_000.1#"] {
            assert!(Destination::parse(typed).is_ok(), "{typed}");
        }
        for typed in [
            "",
            " ",
            "1007 XML default",
            "{a=b}1007",
            "1|2",
            "1&2",
            "a'b",
            "a\"b",
            "1\n2",
            "1,2",
            "$1",
            "-bleg",
            "客服",
            "a@b",
        ] {
            assert!(Destination::parse(typed).is_err(), "{typed:?}");
        }
    }
}
