//! Frames of the event socket, and the shape in which the crate can take them. Pure: bytes in, bytes out.
//!
//! `freeswitch-esl-rs` trusts what it reads: a header line without a colon, a `%` that starts no escape, a byte above
//! 127, an event with a body or a content type it does not know end in a panic, and its percent-decoder takes
//! quadratic time. So nothing reaches it as it came. [`Inbox`] cuts the stream into whole [`Frame`]s, and
//! [`Frame::for_crate`] writes each anew: ASCII only, every escape valid, values cut into short parts, the body of an
//! event moved into a header of its own. [`rejoin`] undoes the cutting, and the crate's reading of UTF-8 as Latin-1.

use std::collections::HashMap;

/// The header in which the body of an event travels through the crate.
pub(super) const BODY: &str = "X-Body";

/// Longest block of headers that is accepted.
const MAX_HEADERS: usize = 1 << 20;
/// Longest body that is accepted: `show channels as json` of a busy switch has several megabytes.
const MAX_BODY: usize = 64 << 20;
/// Longest value that the crate's quadratic decoder is given at once, in encoded bytes.
const PART: usize = 240;
/// Joins the name of a header and the number of a part; the switch has no header name with a space.
const PART_MARK: &str = " part ";

/// One whole frame.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Frame {
    /// The greeting of a switch that wants the password.
    AuthRequest,
    /// Answer to everything but `api`: the `Reply-Text`.
    Reply(String),
    /// Answer to `api`.
    Response(String),
    /// An event: its headers and body as they came.
    Event(Vec<u8>),
    /// The switch closes the connection.
    Disconnect,
    /// The switch does not talk to our address.
    Rejection,
    /// A log line, an event in another format, or what a later version may send.
    Unknown,
}

/// The stream cannot be cut into frames any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Garbled;

/// Bytes that have arrived and are not a whole frame yet.
#[derive(Debug, Default)]
pub(super) struct Inbox {
    bytes: Vec<u8>,
    start: usize,
}

impl Inbox {
    /// Appends what was read.
    pub(super) fn push(&mut self, bytes: &[u8]) {
        if self.start > 0 {
            self.bytes.drain(..self.start);
            self.start = 0;
        }
        self.bytes.extend_from_slice(bytes);
    }

    /// Whether nothing has arrived since the last whole frame.
    pub(super) fn is_empty(&self) -> bool {
        self.held() == 0
    }

    /// How many bytes have arrived since the last whole frame.
    pub(super) fn held(&self) -> usize {
        self.bytes.len() - self.start
    }

    /// The next whole frame, if it has arrived.
    pub(super) fn take(&mut self) -> Result<Option<Frame>, Garbled> {
        while matches!(self.bytes.get(self.start), Some(b'\n' | b'\r')) {
            self.start += 1;
        }
        let rest = &self.bytes[self.start..];
        let Some((head_end, body_start)) = end_of_headers(rest) else {
            return if rest.len() > MAX_HEADERS { Err(Garbled) } else { Ok(None) };
        };
        if head_end > MAX_HEADERS {
            return Err(Garbled);
        }
        let head = String::from_utf8_lossy(&rest[..head_end]);
        let length = match find(&head, "Content-Length") {
            None => 0,
            Some(digits) => digits.parse().ok().filter(|length| *length <= MAX_BODY).ok_or(Garbled)?,
        };
        // A block of headers without a type is no frame: we have lost the place, and with it events.
        let content_type = find(&head, "Content-Type").ok_or(Garbled)?;
        let Some(body) = rest.get(body_start..body_start + length) else { return Ok(None) };
        let frame = match content_type {
            "auth/request" => Frame::AuthRequest,
            "command/reply" => Frame::Reply(find(&head, "Reply-Text").unwrap_or_default().to_owned()),
            "api/response" => Frame::Response(String::from_utf8_lossy(body).into_owned()),
            "text/event-plain" => Frame::Event(body.to_vec()),
            "text/disconnect-notice" => Frame::Disconnect,
            "text/rude-rejection" => Frame::Rejection,
            _ => Frame::Unknown,
        };
        self.start += body_start + length;
        Ok(Some(frame))
    }
}

impl Frame {
    /// The frame as the crate can read it, or nothing for what the crate must not see. Of an event only the headers that
    /// are wanted: most carry all variables of a channel.
    pub(super) fn for_crate(&self, is_wanted: impl Fn(&str) -> bool) -> Vec<u8> {
        match self {
            Self::AuthRequest => b"Content-Type: auth/request\n\n".to_vec(),
            Self::Reply(text) => {
                // The reply's text is not percent-encoded by the switch, but the crate decodes it all the same.
                let mut bytes = b"Content-Type: command/reply\n".to_vec();
                put(&mut bytes, "Reply-Text", text.bytes().map(Unit::of_byte));
                bytes.push(b'\n');
                bytes
            }
            Self::Response(body) => with_body("api/response", body.as_bytes()),
            Self::Event(content) => with_body("text/event-plain", &event_for_crate(content, is_wanted)),
            Self::Disconnect | Self::Rejection | Self::Unknown => Vec::new(),
        }
    }
}

/// The headers of an event, from what the crate made of [`Frame::for_crate`].
pub(super) fn rejoin(decoded: HashMap<String, String>) -> HashMap<String, String> {
    let mut headers = HashMap::with_capacity(decoded.len());
    let mut parts = Vec::new();
    for (key, value) in decoded {
        match name_and_part(&key) {
            Some((name, part)) => parts.push((name.to_owned(), part, value)),
            None => {
                headers.insert(key, value);
            }
        }
    }
    parts.sort_unstable_by(|(one, part, _), (other, other_part, _)| (one, part).cmp(&(other, other_part)));
    for (name, _, value) in parts {
        headers.entry(name).or_default().push_str(&value);
    }
    for value in headers.values_mut().filter(|value| !value.is_ascii()) {
        // Each character is one byte of the switch: the crate turned bytes into characters one by one.
        let bytes: Vec<u8> = value.chars().map(|c| u8::try_from(u32::from(c)).unwrap_or(b'?')).collect();
        *value = String::from_utf8_lossy(&bytes).into_owned();
    }
    headers
}

/// The header that a key is a further part of, and the number of the part.
fn name_and_part(key: &str) -> Option<(&str, usize)> {
    // Hardly any is, and no other key has a space.
    key.as_bytes().contains(&b' ').then_some(())?;
    let (name, part) = key.rsplit_once(PART_MARK)?;
    Some((name, part.parse().ok()?))
}

/// Where the block of headers ends, and where the body starts.
fn end_of_headers(bytes: &[u8]) -> Option<(usize, usize)> {
    let mut from = 0;
    while let Some(at) = bytes[from..].iter().position(|byte| *byte == b'\n') {
        let end = from + at;
        match bytes.get(end + 1..) {
            Some([b'\n', ..]) => return Some((end, end + 2)),
            Some([b'\r', b'\n', ..]) => return Some((end, end + 3)),
            _ => from = end + 1,
        }
    }
    None
}

/// A header of a frame; lines without a colon are passed over.
fn find<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    head.lines().find_map(|line| {
        let (key, value) = line.split_once(':')?;
        key.trim().eq_ignore_ascii_case(name).then_some(value.trim())
    })
}

fn with_body(content_type: &str, body: &[u8]) -> Vec<u8> {
    let mut bytes = format!("Content-Type: {content_type}\nContent-Length: {}\n\n", body.len()).into_bytes();
    bytes.extend_from_slice(body);
    bytes
}

fn event_for_crate(content: &[u8], is_wanted: impl Fn(&str) -> bool) -> Vec<u8> {
    let (head, rest) = match end_of_headers(content) {
        Some((end, start)) => (&content[..end], &content[start..]),
        None => (content, &[][..]),
    };
    let mut bytes = Vec::with_capacity(1024);
    let mut body_length = 0;
    let mut names: Vec<&str> = Vec::with_capacity(32);
    for line in head.split(|byte| *byte == b'\n') {
        let Some(colon) = line.iter().position(|byte| *byte == b':') else { continue };
        let name = line[..colon].trim_ascii();
        let value = line[colon + 1..].trim_ascii();
        let Some(name) = std::str::from_utf8(name).ok().filter(|name| is_header_name(name)) else { continue };
        // The first of a name counts: parts of two values would be joined to one that nobody sent.
        let is_length = name == "Content-Length";
        if !is_length && !is_wanted(name) || names.contains(&name) {
            continue;
        }
        names.push(name);
        if is_length {
            body_length = std::str::from_utf8(value).ok().and_then(|digits| digits.parse().ok()).unwrap_or(0);
        }
        if value.len() <= PART && value.iter().all(|byte| Unit::is_plain(*byte)) {
            // As most values: what the crate makes of it is what it is.
            put_line(&mut bytes, name, value);
        } else {
            put(&mut bytes, name, Encoded(value));
        }
    }
    let body = &rest[..body_length.min(rest.len())];
    if !body.is_empty() {
        put(&mut bytes, BODY, body.iter().map(|byte| Unit::of_byte(*byte)));
    }
    bytes.push(b'\n');
    bytes
}

fn is_header_name(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'%')
}

/// Writes a header whose value is short and needs no escape.
fn put_line(bytes: &mut Vec<u8>, name: &str, value: &[u8]) {
    for piece in [name.as_bytes(), b": ", value, b"\n"] {
        bytes.extend_from_slice(piece);
    }
}

/// Writes a header whose value may be long.
fn put(bytes: &mut Vec<u8>, name: &str, value: impl Iterator<Item = Unit>) {
    bytes.extend_from_slice(name.as_bytes());
    bytes.extend_from_slice(b": ");
    let (mut length, mut part) = (0, 0);
    for unit in value {
        let unit = unit.bytes();
        if length + unit.len() > PART {
            part += 1;
            length = 0;
            bytes.extend_from_slice(format!("\n{name}{PART_MARK}{part}: ").as_bytes());
        }
        length += unit.len();
        bytes.extend_from_slice(unit);
    }
    bytes.push(b'\n');
}

/// One byte as the crate is given it: itself, or an escape.
#[derive(Clone, Copy)]
struct Unit {
    escape: [u8; 3],
    is_plain: bool,
}

impl Unit {
    /// Whether the crate leaves the byte as it is. Not so a space: it trims values before it decodes them.
    const fn is_plain(byte: u8) -> bool {
        byte.is_ascii_graphic() && byte != b'%'
    }

    fn of_byte(byte: u8) -> Self {
        const HEX: &[u8; 16] = b"0123456789ABCDEF";
        let escape = [b'%', HEX[usize::from(byte >> 4)], HEX[usize::from(byte & 15)]];
        if Self::is_plain(byte) {
            Self { escape: [byte, 0, 0], is_plain: true }
        } else {
            Self { escape, is_plain: false }
        }
    }

    fn bytes(&self) -> &[u8] {
        if self.is_plain { &self.escape[..1] } else { &self.escape }
    }
}

/// The bytes of a value that the switch has percent-encoded. `+` is a plus.
///
/// The switch leaves a `%` alone that already starts an escape (FACTS 1.6), so a name that really contains `%0A` and
/// one that contains a line feed arrive alike. No name can hold a control character (the event socket and SIP both end
/// their lines there), so what would decode to one is taken for the text it looks like.
struct Encoded<'a>(&'a [u8]);

impl Iterator for Encoded<'_> {
    type Item = Unit;

    fn next(&mut self) -> Option<Unit> {
        let (&first, rest) = self.0.split_first()?;
        self.0 = rest;
        if first == b'%'
            && let [high, low, after @ ..] = rest
            && let (Some(high), Some(low)) = (hex(*high), hex(*low))
            && !(high << 4 | low).is_ascii_control()
        {
            self.0 = after;
            return Some(Unit::of_byte(high << 4 | low));
        }
        Some(Unit::of_byte(first))
    }
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).and_then(|value| u8::try_from(value).ok())
}

#[cfg(test)]
pub(super) mod tests {
    #![allow(clippy::unwrap_used)]

    use std::io::{Cursor, Read, Write};

    use freeswitch_esl_rs::{Client, Connection, Connectioner};

    use super::*;

    struct Wire(Cursor<Vec<u8>>);

    impl Read for Wire {
        fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
            self.0.read(buffer)
        }
    }

    impl Write for Wire {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            Ok(bytes.len())
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    impl Connectioner for Wire {}

    /// What comes out at the other side of the crate, of all headers.
    pub(in crate::esl) fn through_the_crate(content: &[u8]) -> HashMap<String, String> {
        wanted_through_the_crate(content, |_| true)
    }

    /// What comes out at the other side of the crate.
    pub(in crate::esl) fn wanted_through_the_crate(
        content: &[u8],
        is_wanted: impl Fn(&str) -> bool,
    ) -> HashMap<String, String> {
        let bytes = Frame::Event(content.to_vec()).for_crate(is_wanted);
        let mut client = Client::new(Connection::new(Wire(Cursor::new(bytes))));
        rejoin(client.pull_event().unwrap().into())
    }

    fn value_of(encoded: &str) -> String {
        through_the_crate(format!("CC-Agent: {encoded}\n\n").as_bytes()).remove("CC-Agent").unwrap()
    }

    #[test]
    fn values_arrive_as_the_switch_meant_them() {
        for (encoded, meant) in [
            ("%E5%BC%A0%E4%B8%89", "张三"),
            ("张三", "张三"),
            ("1001%40default", "1001@default"),
            ("a+b%20c%2Bd", "a+b c+d"),
            ("%3Cscript%3Ealert(1)%3C/script%3E%7C'%22%0A", "<script>alert(1)</script>|'\"%0A"),
            ("100%25", "100%"),
            ("100%", "100%"),
            ("%zz%4", "%zz%4"),
            ("%20edge%20", " edge "),
            ("%2541", "%41"),
            ("%FF", "\u{fffd}"),
            ("", ""),
        ] {
            assert_eq!(value_of(encoded), meant, "{encoded}");
        }
    }

    #[test]
    fn long_values_are_cut_and_joined_again_between_the_bytes_of_a_character() {
        for length in [79, 80, 81, 240, 241, 5_000] {
            let name = "张".repeat(length);
            let encoded: String = name.bytes().map(|byte| format!("%{byte:02X}")).collect();
            assert_eq!(value_of(&encoded), name);
        }
    }

    #[test]
    fn body_of_an_event_survives_line_feeds_and_escapes() {
        let body = "+OK\nCC-Agent: x%0A\n\n张三 no colon";
        let event = format!("Event-Name: BACKGROUND_JOB\nContent-Length: {}\n\n{body}", body.len());
        let headers = through_the_crate(event.as_bytes());
        assert_eq!(headers[BODY], body);
        assert_eq!(headers["Event-Name"], "BACKGROUND_JOB");
        assert!(!headers.contains_key("CC-Agent"));
    }

    #[test]
    fn lines_that_are_no_headers_are_dropped() {
        let headers = through_the_crate(b"no colon\nEvent-Name: CUSTOM\n: nameless\nbad name: x\n");
        assert_eq!(headers.len(), 1);
    }

    #[test]
    fn frames_are_cut_wherever_the_bytes_are_split() {
        let wire = b"Content-Type: auth/request\n\n\
            Content-Type: api/response\nContent-Length: 4\n\n+OK\n\
            Content-Length: 3\nContent-Type: log/data\n\nx\n\n\
            Content-Type: command/reply\nno colon\nReply-Text: -ERR 100%\n\n\
            Content-Type: text/disconnect-notice\nContent-Length: 2\n\n\n\n";
        let whole = [
            Frame::AuthRequest,
            Frame::Response("+OK\n".into()),
            Frame::Unknown,
            Frame::Reply("-ERR 100%".into()),
            Frame::Disconnect,
        ];
        for size in 1..wire.len() {
            let mut inbox = Inbox::default();
            let mut frames = Vec::new();
            for piece in wire.chunks(size) {
                inbox.push(piece);
                while let Some(frame) = inbox.take().unwrap() {
                    frames.push(frame);
                }
            }
            assert_eq!(frames, whole, "in pieces of {size}");
            assert!(inbox.is_empty());
        }
    }

    #[test]
    fn what_is_no_frame_is_garbled() {
        let endless = vec![b'x'; MAX_HEADERS + 1];
        for wire in [
            &b"HTTP/1.1 400 Bad Request\r\nServer: x\r\n\r\n"[..],
            b"Content-Type: api/response\nContent-Length: many\n\n",
            b"Content-Type: api/response\nContent-Length: -1\n\n",
            b"Content-Type: api/response\nContent-Length: 99999999999\n\n",
            &endless,
        ] {
            let mut inbox = Inbox::default();
            inbox.push(wire);
            assert_eq!(inbox.take(), Err(Garbled));
        }
    }
}
