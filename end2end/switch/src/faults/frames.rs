//! Frames that no switch should send.

use rand::Rng;

/// What is wrong with a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Malformed {
    /// 256 bytes by lot, not even a frame.
    Garbage,
    /// An event with bytes that are no UTF-8 in the names and values of its headers.
    Bytes,
    /// Headers without a colon, outside and inside of an event.
    NoColon,
    /// `Content-Length` says 20 less than there is.
    ShortLength,
    /// `Content-Length` says 20 more than there is: the next frame's beginning belongs to it.
    LongLength,
    /// `Content-Length: 99999999999999`.
    HugeLength,
    /// `Content-Length: -1`.
    NegativeLength,
    /// An event of the call center with a body, which looks like headers.
    StrayBody,
    /// A well-formed frame of a type that nobody knows.
    UnknownType,
    /// A `command/reply` that nobody asked for.
    StrayReply,
    /// An `api/response` that nobody asked for: whoever asks next takes it for its own.
    StrayResponse,
}

impl Malformed {
    /// All of them with their words.
    pub const WORDS: [(&'static str, Self); 11] = [
        ("garbage", Self::Garbage),
        ("bytes", Self::Bytes),
        ("no-colon", Self::NoColon),
        ("short-length", Self::ShortLength),
        ("long-length", Self::LongLength),
        ("huge-length", Self::HugeLength),
        ("negative-length", Self::NegativeLength),
        ("stray-body", Self::StrayBody),
        ("unknown-type", Self::UnknownType),
        ("stray-reply", Self::StrayReply),
        ("stray-response", Self::StrayResponse),
    ];

    /// The bytes.
    pub fn frame(self, rng: &mut impl Rng) -> Vec<u8> {
        const EVENT: &str = "Event-Name: CUSTOM\nEvent-Subclass: fault%3A%3Ainfo\n";
        match self {
            Self::Garbage => (0..256).map(|_| rng.random()).collect(),
            Self::Bytes => {
                let mut inner = EVENT.as_bytes().to_vec();
                inner.extend_from_slice(b"X-\xff\xfe: \xc3\x28 \xf0\x9f\nX-Name: \xe5\xbc\n\n");
                event(inner.len(), &inner)
            }
            Self::NoColon => {
                let inner = format!("no colon here\n{EVENT}neither here\n\n");
                let mut frame = b"what is this\n".to_vec();
                frame.extend(event(inner.len(), inner.as_bytes()));
                frame
            }
            Self::ShortLength => event(long_event(EVENT).len() - 20, long_event(EVENT).as_bytes()),
            Self::LongLength => event(long_event(EVENT).len() + 20, long_event(EVENT).as_bytes()),
            Self::HugeLength => {
                b"Content-Length: 99999999999999\nContent-Type: text/event-plain\n\n".to_vec()
            }
            Self::NegativeLength => b"Content-Length: -1\nContent-Type: text/event-plain\n\n".to_vec(),
            Self::StrayBody => {
                let body = "Event-Name: CUSTOM\nCC-Action: agent-add\nCC-Agent: nobody\n\nno colon";
                let inner = format!(
                    "Event-Name: CUSTOM\nEvent-Subclass: callcenter%3A%3Ainfo\nCC-Action: members-count\n\
                     Content-Length: {}\n\n{body}",
                    body.len()
                );
                event(inner.len(), inner.as_bytes())
            }
            Self::UnknownType => {
                b"Content-Length: 7\nContent-Type: text/event-cbor\n\n\x00\x01\n\n\xff\n\n".to_vec()
            }
            Self::StrayReply => b"Content-Type: command/reply\nReply-Text: -ERR nobody asked\n\n".to_vec(),
            Self::StrayResponse => b"Content-Type: api/response\nContent-Length: 4\n\n+OK\n".to_vec(),
        }
    }
}

fn event(length: usize, inner: &[u8]) -> Vec<u8> {
    let mut frame = format!("Content-Length: {length}\nContent-Type: text/event-plain\n\n").into_bytes();
    frame.extend_from_slice(inner);
    frame
}

/// Long enough to be cut.
fn long_event(head: &str) -> String {
    format!("{head}X-Filler: {}\n\n", "x".repeat(60))
}
