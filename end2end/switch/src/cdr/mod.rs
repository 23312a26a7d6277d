//! Call detail records, as mod_json_cdr makes and posts them (FINDINGS 56).
//!
//! - [`record`]: a channel as JSON
//! - [`delivery`]: what becomes of a record: posts, retries, the file in the error directory, and its second chance
//! - [`post`]: one HTTP request

pub mod delivery;
pub mod post;
pub mod record;

use std::path::PathBuf;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::channels::Leg;
use crate::switch::Switch;

/// `json_cdr.conf`, with `prefix-a-leg` on, `encode` off and `auth-scheme` basic, as recorded.
#[derive(Debug, Clone)]
pub struct Settings {
    /// `url`: plain HTTP; `?uuid=<uuid>` is appended.
    pub url: String,
    /// `cred`: `USER:PASSWORD`.
    pub credentials: Option<String>,
    /// `err-log-dir`: where a record is kept that nobody took.
    pub error_directory: PathBuf,
    /// `log-b-leg`: whether agents' legs have records too.
    pub b_leg: bool,
    /// `retries`: posts after the first one that failed.
    pub retries: u32,
    /// `delay`: between two posts of a record.
    pub delay: Duration,
    /// Records that are posted at a time; one more is kept at once. The switch has a thread for each session, so as many
    /// as it has sessions at most.
    pub posters: usize,
}

impl Settings {
    /// Settings with the recorded retries, for callers' legs.
    pub fn new(url: impl Into<String>, error_directory: impl Into<PathBuf>) -> Self {
        Self {
            url: url.into(),
            credentials: None,
            error_directory: error_directory.into(),
            b_leg: false,
            retries: 2,
            delay: Duration::from_secs(1),
            posters: 1000,
        }
    }
}

/// Which leg a record is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CdrLeg {
    /// The caller's.
    A,
    /// An agent's.
    B,
}

/// What became of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Fate {
    /// The other side took it: a status of 2xx.
    Posted,
    /// It lies in the error directory.
    Kept,
}

/// A record on its way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cdr {
    /// Uuid of the channel.
    pub uuid: String,
    /// Which leg that is.
    pub leg: CdrLeg,
    /// The record.
    pub body: String,
}

impl Cdr {
    /// The name of its file in the error directory.
    pub fn file_name(&self) -> String {
        let prefix = if self.leg == CdrLeg::A { A_LEG } else { "" };
        format!("{prefix}{}{EXTENSION}", self.uuid)
    }

    /// What a file in the error directory is about; `None` if it is none of ours.
    pub fn of_file(name: &str, body: String) -> Option<Self> {
        let stem = name.strip_suffix(EXTENSION)?;
        let (leg, uuid) = match stem.strip_prefix(A_LEG) {
            Some(uuid) => (CdrLeg::A, uuid),
            None => (CdrLeg::B, stem),
        };
        Some(Self { uuid: uuid.to_owned(), leg, body })
    }
}

impl Switch {
    /// Hands over the record of a channel that is in `CS_REPORTING`, if anyone wants it.
    pub fn write_cdr(&self, uuid: &str) {
        let (Some(outbox), Some(channel)) = (&self.cdrs, self.channels.get(uuid)) else { return };
        let leg = if channel.leg == Leg::Caller { CdrLeg::A } else { CdrLeg::B };
        if outbox.wants(leg) {
            let body = record::of(channel, &self.core_uuid);
            outbox.deliver(Cdr { uuid: uuid.to_owned(), leg, body });
        }
    }
}

const A_LEG: &str = "a_";
const EXTENSION: &str = ".cdr.json";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_of_callers_legs_are_marked() {
        for (leg, name) in [(CdrLeg::A, "a_u-1.cdr.json"), (CdrLeg::B, "u-1.cdr.json")] {
            let cdr = Cdr { uuid: "u-1".to_owned(), leg, body: "{}".to_owned() };
            assert_eq!(cdr.file_name(), name);
            assert_eq!(Cdr::of_file(name, "{}".to_owned()), Some(cdr));
        }
        assert_eq!(Cdr::of_file("u-1.cdr.json.part", String::new()), None);
    }
}
