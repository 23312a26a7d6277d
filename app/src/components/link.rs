//! Paths of pages whose address holds a name of the switch.

use crate::model::ids::{CallId, QueueKey};

/// The page of a queue.
pub fn queue_href(key: &QueueKey) -> String {
    format!("/queues/{}/{}", encode_segment(&key.node.0), encode_segment(&key.name))
}

/// The page of a call.
pub fn call_href(id: &CallId) -> String {
    format!("/calls/{}/{}", encode_segment(&id.node.0), encode_segment(&id.uuid))
}

/// Text as one segment of a path: everything but unreserved characters as `%XX`.
pub fn encode_segment(text: &str) -> String {
    use std::fmt::Write;

    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~' | b'@') {
            encoded.push(char::from(byte));
        } else {
            // Writing to a string cannot fail.
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hostile_names_are_one_segment() {
        for (name, segment) in [
            ("support@default", "support@default"),
            ("a/b?c#d", "a%2Fb%3Fc%23d"),
            ("售后", "%E5%94%AE%E5%90%8E"),
        ] {
            assert_eq!(encode_segment(name), segment);
        }
    }
}
