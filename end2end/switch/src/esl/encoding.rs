//! Events as bytes: plain, JSON and XML (`switch_event_serialize()`, `switch_event_serialize_json()`,
//! `switch_event_xmlize()`).
//!
//! The outer frame of an event has `Content-Length` before `Content-Type`; every other frame has it the other way round.

use std::fmt::Write as _;

use crate::event::{Event, Value};

/// The format of a listener, set by its last `event` or `myevents` command.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Format {
    /// `text/event-plain`
    #[default]
    Plain,
    /// `text/event-json`
    Json,
    /// `text/event-xml`
    Xml,
}

impl Format {
    /// All formats, to index tables by `format as usize`.
    pub const COUNT: usize = 3;

    /// Reads the word of an `event` command, in any case.
    pub fn from_word(word: &str) -> Option<Self> {
        match word.to_ascii_lowercase().as_str() {
            "plain" => Some(Self::Plain),
            "json" => Some(Self::Json),
            "xml" => Some(Self::Xml),
            _ => None,
        }
    }

    /// The word in replies and content types.
    pub fn word(self) -> &'static str {
        match self {
            Self::Plain => "plain",
            Self::Json => "json",
            Self::Xml => "xml",
        }
    }
}

/// The whole frame of an event, as it goes on the wire.
pub fn frame(event: &Event, format: Format) -> Vec<u8> {
    let inner = match format {
        Format::Plain => plain(event),
        Format::Json => json(event),
        Format::Xml => xml(event),
    };
    let mut out = format!("Content-Length: {}\nContent-Type: text/event-{}\n\n", inner.len(), format.word());
    out.push_str(&inner);
    out.into_bytes()
}

/// Headers as lines with percent-encoded values, a blank line, the body raw.
pub fn plain(event: &Event) -> String {
    let mut out = String::with_capacity(event.headers.len() * 48 + 64);
    for (name, value) in &event.headers {
        out.push_str(name);
        out.push_str(": ");
        push_value(&mut out, value);
        out.push('\n');
    }
    if let Some(body) = &event.body {
        // Writing to a String cannot fail.
        let _ = write!(out, "Content-Length: {}\n\n{body}", body.len());
    } else {
        out.push('\n');
    }
    out
}

fn push_value(out: &mut String, value: &Value) {
    match value {
        Value::Text(text) => push_text(out, text),
        Value::List(list) => push_escaped(out, &format!("ARRAY::{}", list.join("|:"))),
    }
}

/// A value as [`plain`] writes it.
pub(crate) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    push_escaped(&mut out, text);
    out
}

fn push_text(out: &mut String, text: &str) {
    if text.is_empty() { out.push_str("_undef_") } else { push_escaped(out, text) }
}

/// `switch_url_encode()` as events use it: a `%` that already starts an upper-case `%XX` stays.
fn push_escaped(out: &mut String, text: &str) {
    let bytes = text.as_bytes();
    let mut clean = 0;
    for (at, &byte) in bytes.iter().enumerate() {
        let unsafe_byte = byte <= b' '
            || byte >= 0x7f
            || matches!(
                byte,
                b'#' | b'%'
                    | b'&'
                    | b'+'
                    | b':'
                    | b';'
                    | b'<'
                    | b'='
                    | b'>'
                    | b'?'
                    | b'@'
                    | b'['
                    | b'\\'
                    | b']'
                    | b'^'
                    | b'`'
                    | b'{'
                    | b'|'
                    | b'}'
                    | b'"'
            );
        if !unsafe_byte || byte == b'%' && is_escape(&bytes[at + 1..]) {
            continue;
        }
        // Everything between two escaped bytes is ASCII, so a slice that is not empty lies on boundaries.
        if clean < at {
            out.push_str(&text[clean..at]);
        }
        out.push('%');
        out.push(char::from(HEX[usize::from(byte >> 4)]));
        out.push(char::from(HEX[usize::from(byte & 15)]));
        clean = at + 1;
    }
    if clean < text.len() {
        out.push_str(&text[clean..]);
    }
}

const HEX: &[u8; 16] = b"0123456789ABCDEF";

fn is_escape(after: &[u8]) -> bool {
    after.len() >= 2 && HEX.contains(&after[0]) && HEX.contains(&after[1])
}

/// One JSON object of strings and arrays; a body is `Content-Length` and `_body`.
pub fn json(event: &Event) -> String {
    let mut out = String::with_capacity(event.headers.len() * 48 + 64);
    out.push('{');
    for (index, (name, value)) in event.headers.iter().enumerate() {
        if index > 0 {
            out.push(',');
        }
        push_json(&mut out, name);
        out.push(':');
        match value {
            Value::Text(text) => push_json(&mut out, text),
            Value::List(list) => {
                out.push('[');
                for (index, item) in list.iter().enumerate() {
                    if index > 0 {
                        out.push(',');
                    }
                    push_json(&mut out, item);
                }
                out.push(']');
            }
        }
    }
    if let Some(body) = &event.body {
        let _ = write!(out, ",\"Content-Length\":\"{}\",\"_body\":", body.len());
        push_json(&mut out, body);
    }
    out.push('}');
    out
}

/// A JSON string as cJSON prints it: raw UTF-8, `/` not escaped.
pub fn push_json(out: &mut String, text: &str) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            c if (c as u32) < 0x20 => {
                let _ = write!(out, "\\u{:04x}", c as u32);
            }
            c => out.push(c),
        }
    }
    out.push('"');
}

/// `<event>` with headers percent-encoded and the body in numeric entities.
pub fn xml(event: &Event) -> String {
    let mut out = String::from("<event>\n  <headers>\n");
    for (name, value) in &event.headers {
        // An array is an element for each of its values.
        let values = match value {
            Value::Text(text) => std::slice::from_ref(text),
            Value::List(list) => list.as_slice(),
        };
        for value in values {
            let mut text = String::new();
            push_text(&mut text, value);
            let _ = writeln!(out, "    <{name}>{text}</{name}>");
        }
    }
    out.push_str("  </headers>\n");
    if let Some(body) = &event.body {
        let _ = writeln!(
            out,
            "  <Content-Length>{}</Content-Length>\n  <body>{}</body>",
            body.len(),
            xml_text(body)
        );
    }
    out.push_str("</event>\n");
    out
}

/// Text as `switch_xml_ampencode()` leaves it inside an element.
pub fn xml_text(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            c if c.is_ascii() => out.push(c),
            c => {
                let _ = write!(out, "&#x{:X};", c as u32);
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(headers: &[(&'static str, &str)], body: Option<&str>) -> Event {
        Event {
            name: "X".into(),
            subclass: None,
            headers: headers.iter().map(|(k, v)| ((*k).into(), Value::from(*v))).collect(),
            body: body.map(str::to_owned),
        }
    }

    #[test]
    fn values_are_escaped_as_recorded() {
        let rows = [
            ("张三 100% a+b&c=d", "%E5%BC%A0%E4%B8%89%20100%25%20a%2Bb%26c%3Dd"),
            ("INVITE, ACK", "INVITE,%20ACK"),
            ("sofia/internal/13800138000@127.0.0.1", "sofia/internal/13800138000%40127.0.0.1"),
            ("Available (On Demand)", "Available%20(On%20Demand)"),
            ("\"张三\" <13800138000>", "%22%E5%BC%A0%E4%B8%89%22%20%3C13800138000%3E"),
            ("1.11.3-dev+git~20260821T141014Z", "1.11.3-dev%2Bgit~20260821T141014Z"),
            ("{a=b,c=d}user/9001", "%7Ba%3Db,c%3Dd%7Duser/9001"),
            ("客服 一|x@default", "%E5%AE%A2%E6%9C%8D%20%E4%B8%80%7Cx%40default"),
            ("", "_undef_"),
            ("a%0Ab", "a%0Ab"),
            ("a%0ab", "a%250ab"),
        ];
        for (value, escaped) in rows {
            assert_eq!(plain(&event(&[("V", value)], None)), format!("V: {escaped}\n\n"), "{value}");
        }
        let mut list = event(&[], None);
        list.add("variable_DP_MATCH", Value::List(vec!["queue-support".into(), "support".into()]));
        assert_eq!(plain(&list), "variable_DP_MATCH: ARRAY%3A%3Aqueue-support%7C%3Asupport\n\n");
        assert_eq!(json(&list), r#"{"variable_DP_MATCH":["queue-support","support"]}"#);
    }

    #[test]
    fn a_body_follows_its_length() {
        let job = event(&[("Job-Command", "echo"), ("Job-Command-Arg", "hi")], Some("hi"));
        assert_eq!(plain(&job), "Job-Command: echo\nJob-Command-Arg: hi\nContent-Length: 2\n\nhi");
        assert_eq!(
            json(&event(&[("A", "张三 100% \"q\"")], Some("x\n"))),
            "{\"A\":\"张三 100% \\\"q\\\"\",\"Content-Length\":\"2\",\"_body\":\"x\\n\"}"
        );
        assert_eq!(
            xml(&event(&[("A", "<a>")], Some("张 <a>"))),
            "<event>\n  <headers>\n    <A>%3Ca%3E</A>\n  </headers>\n  <Content-Length>7</Content-Length>\n  \
             <body>&#x5F20; &lt;a&gt;</body>\n</event>\n"
        );
    }

    /// Decodes a recorded frame and writes it again: the bytes must come out the same.
    #[test]
    fn recorded_frames_come_out_the_same() {
        for recorded in [
            include_str!("../../tests/transcripts/agent-status-change.txt"),
            include_str!("../../tests/transcripts/members-count.txt"),
            include_str!("../../tests/transcripts/member-queue-start.txt"),
        ] {
            let (_, inner) = recorded.split_once("\n\n").unwrap();
            let mut event = event(&[], None);
            for line in inner.lines().filter(|line| !line.is_empty()) {
                let (name, value) = line.split_once(": ").unwrap();
                event.add(name.to_owned(), decode(value));
            }
            assert_eq!(String::from_utf8(frame(&event, Format::Plain)).unwrap(), recorded);
        }
    }

    fn decode(value: &str) -> String {
        let bytes = value.as_bytes();
        let mut out = Vec::new();
        let mut at = 0;
        while at < bytes.len() {
            if bytes[at] == b'%' {
                out.push(u8::from_str_radix(&value[at + 1..at + 3], 16).unwrap());
                at += 3;
            } else {
                out.push(bytes[at]);
                at += 1;
            }
        }
        String::from_utf8(out).unwrap()
    }
}
