//! Names that a switch gave to its things. A key is always (node, name as the switch has it).

use std::fmt;

use serde::{Deserialize, Serialize};

/// Name of one switch node in the configuration, for example `fs-1`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct NodeName(pub String);

impl NodeName {
    /// A node name from anything that is text.
    pub fn new(name: impl Into<String>) -> Self {
        Self(name.into())
    }
}

impl fmt::Display for NodeName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

macro_rules! key {
    ($(#[$doc:meta])* $key:ident, $field:ident) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub struct $key {
            /// The node that has it.
            pub node: NodeName,
            /// Its name (or uuid) exactly as the switch spells it.
            pub $field: String,
        }

        impl $key {
            /// The key of a thing of that name on that node.
            pub fn new(node: &NodeName, $field: impl Into<String>) -> Self {
                Self { node: node.clone(), $field: $field.into() }
            }
        }

        impl fmt::Display for $key {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}/{}", self.node, self.$field)
            }
        }
    };
}

key!(
    /// A queue of mod_callcenter, for example `support@default` on `fs-1`.
    QueueKey,
    name
);
key!(
    /// An agent of mod_callcenter, for example `1007@default` on `fs-1`.
    AgentKey,
    name
);
key!(
    /// A caller in a queue. The uuid is the membership's (`CC-Member-UUID`), not the channel's.
    MemberKey,
    uuid
);
key!(
    /// A live call: the uuid of the leg that it began with.
    CallId,
    uuid
);
key!(
    /// One leg of a call: a channel.
    LegId,
    uuid
);

/// The part of a switch name that people read: `support` of `support@default`.
pub fn short_name(name: &str) -> &str {
    match name.split_once('@') {
        Some((user, _)) if !user.is_empty() => user,
        _ => name,
    }
}
