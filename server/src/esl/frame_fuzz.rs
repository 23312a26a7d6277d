//! Whatever bytes come: frames are cut the same however the bytes arrive, nothing grows without bound, and the crate is
//! handed nothing that it would panic on.
#![allow(clippy::unwrap_used)]

use std::io::{Cursor, Read, Write};

use freeswitch_esl_rs::{Client, Connection, Connectioner};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use super::frame::tests::through_the_crate;
use super::frame::{BODY, Frame, Garbled, Inbox};
use super::guard::guarded;
use crate::fuzz::{check, mutated, pieces};

/// What frames and events are made of.
pub(super) const WORDS: &[&[u8]] = &[
    b"\n",
    b"\n\n",
    b"\r\n",
    b":",
    b"%",
    b"%0A",
    b"%25",
    b"%E5%BC",
    b"\0",
    b"\xff",
    b"Content-Length: 0\n",
    b"Content-Length: 7\n",
    b"Content-Length: -1\n",
    b"Content-Length: 99999999999999999999\n",
    b"Content-Type: text/event-plain\n",
    b"Content-Type: command/reply\nReply-Text: +OK\n\n",
    b"Content-Type: api/response\nContent-Length: 3\n\n+OK",
    b"Content-Type: text/disconnect-notice\n\n",
    b"Content-Type: log/data\nContent-Length: 2\n\n\n\n",
    b"Event-Name: x\n",
    b"CC-Agent part 1: x\n",
    b"X-Body: x\n",
];

/// The frames of the recorded conversations, as bytes.
pub(super) fn recorded_frames() -> Vec<Vec<u8>> {
    let conversations = [
        &include_bytes!("../../tests/transcripts/answered.esl")[..],
        include_bytes!("../../tests/transcripts/others.esl"),
    ];
    let mut frames = Vec::new();
    for mut rest in conversations {
        let mut inbox = Inbox::default();
        inbox.push(rest);
        while inbox.take().unwrap().is_some() {
            let (frame, after) = rest.split_at(rest.len() - inbox.held());
            frames.push(frame.to_vec());
            rest = after;
        }
        assert!(rest.is_empty());
    }
    frames
}

/// Anything from mostly right to nonsense.
pub(super) fn wire() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        6 => mutated(recorded_frames(), 1..5, WORDS),
        2 => vec(select(WORDS), 0..40).prop_map(|words| words.concat()),
        1 => vec(any::<u8>(), 0..600),
    ]
}

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

/// All frames until the end or until the place is lost, as a connection cuts them.
fn cut(pieces: &[&[u8]]) -> (Vec<Frame>, Result<(), Garbled>) {
    let mut inbox = Inbox::default();
    let mut frames = Vec::new();
    for piece in pieces {
        inbox.push(piece);
        loop {
            match inbox.take() {
                Ok(Some(frame)) => frames.push(frame),
                Ok(None) => break,
                Err(garbled) => return (frames, Err(garbled)),
            }
        }
    }
    (frames, Ok(()))
}

/// Reads the frame with the crate, in the way in which it is read.
fn read_by_the_crate(frame: &Frame) -> Result<(), String> {
    let bytes = frame.for_crate(|_| true);
    if bytes.is_empty() {
        return Ok(());
    }
    let mut client = Client::new(Connection::new(Wire(Cursor::new(bytes))));
    let read = match frame {
        Frame::Event(_) => guarded(|| client.pull_event().is_ok()),
        Frame::Response(text) => {
            let text = text.clone();
            guarded(|| client.api("x", "").is_ok_and(|answer| answer == text))
        }
        Frame::Reply(_) => guarded(|| client.event("x").is_ok()),
        // The crate waits for the reply that follows.
        _ => Ok(true),
    };
    match read {
        Ok(true) => Ok(()),
        other => Err(format!("the crate made {other:?} of {frame:?}")),
    }
}

#[test]
fn frames_are_the_same_however_the_bytes_arrive_and_the_crate_can_read_each() {
    check(file!(), &(wire(), vec(1..200_usize, 1..8)), |(bytes, lengths)| {
        let whole = cut(&[&bytes]);
        prop_assert_eq!(&cut(&pieces(&bytes, &lengths)), &whole);
        for frame in &whole.0 {
            read_by_the_crate(frame).map_err(TestCaseError::fail)?;
        }
        Ok(())
    });
}

#[test]
fn frames_before_garbage_are_delivered() {
    let frames = vec(select(recorded_frames()), 0..4);
    let cases = (frames, wire(), vec(1..400_usize, 1..4));
    check(file!(), &cases, |(good, garbage, lengths)| {
        let bytes = [good.concat(), garbage].concat();
        let (frames, _) = cut(&pieces(&bytes, &lengths));
        prop_assert!(frames.len() >= good.len());
        for (frame, recorded) in frames.iter().zip(&good) {
            let Frame::Event(content) = frame else {
                return Err(TestCaseError::fail(format!("{frame:?} is no event")));
            };
            prop_assert!(recorded.ends_with(content));
        }
        Ok(())
    });
}

#[test]
fn what_is_no_frame_is_not_kept_for_ever() {
    const PIECE: usize = 256 * 1024;
    // Four pieces are as long as the longest headers.
    const MOST: usize = 5 * PIECE;
    let repeated = prop_oneof![vec(any::<u8>(), 1..40), select(WORDS).prop_map(<[u8]>::to_vec)];
    check(file!(), &repeated, |pattern| {
        let piece: Vec<u8> = pattern.iter().copied().cycle().take(PIECE).collect();
        let mut inbox = Inbox::default();
        for _ in 0..8 {
            inbox.push(&piece);
            while let Ok(Some(_)) = inbox.take() {}
            prop_assert!(inbox.held() <= MOST, "{} bytes are held", inbox.held());
            if inbox.take().is_err() {
                break;
            }
        }
        Ok(())
    });
}

/// As the switch encodes it, but for what it cannot say: a `%` is always escaped.
fn encoded(value: &str) -> String {
    let unit = |byte: u8| match byte {
        b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z' | b'-' | b'_' | b'.' | b',' | b'/' => {
            char::from(byte).to_string()
        }
        _ => format!("%{byte:02X}"),
    };
    value.bytes().map(unit).collect()
}

#[test]
fn values_of_any_length_arrive_as_the_switch_meant_them() {
    let name = select(&["CC-Agent", "CC-Member-CID-Name", "variable_x", "Event-Name", "a"][..]);
    let value = vec(any::<char>().prop_filter("no name has one", |c| !c.is_control()), 0..300);
    let headers = vec((name, value.prop_map(String::from_iter)), 1..8);
    check(file!(), &(headers, any::<String>()), |(headers, body)| {
        let mut event: String =
            headers.iter().map(|(name, value)| format!("{name}: {}\n", encoded(value))).collect();
        event.push_str(&format!("Content-Length: {}\n\n{body}", body.len()));
        let read = through_the_crate(event.as_bytes());
        for (name, _) in &headers {
            // Of a header that is there twice the first counts.
            let first = headers.iter().find(|(other, _)| other == name).map(|(_, value)| value);
            prop_assert_eq!(read.get(*name), first);
        }
        prop_assert_eq!(read.get(BODY).map_or("", String::as_str), body);
        Ok(())
    });
}

#[test]
fn bytes_that_are_no_text_are_shown_as_such() {
    check(file!(), &vec(any::<u8>(), 0..300), |bytes| {
        let value: String = bytes.iter().map(|byte| format!("%{byte:02x}")).collect();
        let read = through_the_crate(format!("CC-Agent: {value}\n\n").as_bytes());
        // What would be a control character is taken for the text that it looks like.
        let spelled: Vec<u8> =
            bytes
                .iter()
                .flat_map(|byte| {
                    if byte.is_ascii_control() { format!("%{byte:02x}").into_bytes() } else { vec![*byte] }
                })
                .collect();
        prop_assert_eq!(&*read["CC-Agent"], &*String::from_utf8_lossy(&spelled));
        Ok(())
    });
}
