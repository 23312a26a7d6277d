//! Enums without fields, read by the names that they travel under.
//!
//! The reader that serde derives is a kilobyte of program for each such enum, and there are dozens. Here one reader finds the place
//! of a name in a table, and the table is all that an enum brings. What they are written as is derived as ever.

use std::fmt;

use serde::de::{Deserializer, Error, Visitor};

/// Makes an enum readable: `read_by_name! { Level: Fine = "fine", Warning = "warning" }`, with every variant.
macro_rules! read_by_name {
    ($type:ident: $($variant:ident = $name:literal),+ $(,)?) => {
        impl<'de> ::serde::Deserialize<'de> for $type {
            fn deserialize<D: ::serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                const NAMES: &[&str] = &[$($name),+];
                const VARIANTS: &[$type] = &[$($type::$variant),+];
                $crate::model::named::place_of_name(deserializer, NAMES).map(|place| VARIANTS[place])
            }
        }

        #[cfg(test)]
        impl $crate::model::named::Named for $type {
            fn table() -> Vec<(Self, &'static str)> {
                // A variant that has no name does not compile.
                const _: fn($type) = |variant| match variant {
                    $($type::$variant => {})+
                };
                vec![$(($type::$variant, $name)),+]
            }
        }
    };
}
pub(crate) use read_by_name;

/// The place of the name that comes next.
pub(crate) fn place_of_name<'de, D: Deserializer<'de>>(
    deserializer: D,
    names: &'static [&'static str],
) -> Result<usize, D::Error> {
    deserializer.deserialize_str(Names(names))
}

struct Names(&'static [&'static str]);

impl Visitor<'_> for Names {
    type Value = usize;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a name")
    }

    fn visit_str<E: Error>(self, name: &str) -> Result<usize, E> {
        self.0.iter().position(|known| *known == name).ok_or_else(|| E::unknown_variant(name, self.0))
    }
}

/// An enum with its table, for the tests.
#[cfg(test)]
pub(crate) trait Named: Sized {
    fn table() -> Vec<(Self, &'static str)>;
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    use std::fmt::Debug;

    use serde::Serialize;
    use serde::de::DeserializeOwned;

    use crate::api::error::RefusedBy;
    use crate::model::account::{Language, Permission, QueueSort, Role, Theme};
    use crate::model::agent::{AgentState, AgentStatus, Presence};
    use crate::model::audit::{Outcome, Undo};
    use crate::model::board::{LinkProblem, MemberState};
    use crate::model::call::{CallState, Direction, LegRole, ListenMode};
    use crate::model::callback::{CallbackOrigin, CallbackOutcome, CallbackState};
    use crate::model::frame::ByeReason;
    use crate::model::ghost::{GhostReason, Repair};
    use crate::model::metrics::{CallOutcome, ServiceLevelFormula};
    use crate::model::own_call::WrapUpStep;
    use crate::model::supervise::Unable;
    use crate::model::thresholds::Level;

    /// Each variant is written as its name, and comes back.
    fn travels<T: Named + Serialize + DeserializeOwned + PartialEq + Debug>() {
        for (variant, name) in T::table() {
            let text = serde_json::to_string(&variant).unwrap();
            assert_eq!(text, format!("\"{name}\""));
            assert_eq!(serde_json::from_str::<T>(&text).unwrap(), variant);
        }
        assert!(serde_json::from_str::<T>("\"of no variant\"").is_err());
        assert!(serde_json::from_str::<T>("7").is_err());
    }

    macro_rules! all_travel {
        ($($type:ty),+ $(,)?) => { $(travels::<$type>();)+ };
    }

    #[test]
    fn every_name_that_is_written_is_read() {
        all_travel!(
            AgentState,
            AgentStatus,
            ByeReason,
            CallOutcome,
            CallState,
            CallbackOrigin,
            CallbackOutcome,
            CallbackState,
            Direction,
            GhostReason,
            Language,
            LegRole,
            Level,
            LinkProblem,
            ListenMode,
            MemberState,
            Outcome,
            Permission,
            Presence,
            QueueSort,
            RefusedBy,
            Repair,
            Role,
            ServiceLevelFormula,
            Theme,
            Unable,
            Undo,
            WrapUpStep,
        );
    }
}
