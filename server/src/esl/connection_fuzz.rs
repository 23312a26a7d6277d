//! Whatever a peer sends on a real socket: the crate never panics, and the connection ends when the peer does.
#![allow(clippy::unwrap_used)]

use std::io::Write as _;
use std::net::TcpListener;
use std::thread;
use std::time::{Duration, Instant};

use app::model::board::LinkProblem;
use freeswitch_esl_rs::{Client, Connection};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use super::client;
use super::connection::{EslStream, Expect, Line};
use super::frame_fuzz::{WORDS, recorded_frames, wire};
use super::guard::guarded;
use crate::fuzz::{check, mutated, pieces};

/// Longer than any case takes: a case that waits for this has been forgotten by the guard.
const DEADLINE: Duration = Duration::from_secs(20);

/// Runs `read` against a peer that sends these bytes in these pieces and goes.
fn against<T>(bytes: &[u8], lengths: &[usize], read: impl FnOnce(&str) -> T) -> T {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    thread::scope(|scope| {
        scope.spawn(move || {
            let (mut socket, _) = listener.accept().unwrap();
            socket.set_nodelay(true).unwrap();
            for piece in pieces(bytes, lengths) {
                // The other side may have had enough.
                if socket.write_all(piece).is_err() {
                    return;
                }
            }
        });
        read(&address)
    })
}

#[test]
fn crate_never_panics_on_what_a_connection_hands_it() {
    let expected = select(&[Expect::Reply, Expect::Response, Expect::Events][..]);
    let cases = (wire(), vec(1..4_000_usize, 1..4), expected);
    check(file!(), &cases, |(bytes, lengths, expected)| {
        let (outcome, problem) = against(&bytes, &lengths, |address| {
            let deadline = Instant::now() + DEADLINE;
            let line = Line::connect(address, deadline).unwrap();
            line.expect(expected, Some(deadline));
            let mut client = Client::new(Connection::new(EslStream::new(line.clone())));
            let outcome = guarded(|| match expected {
                Expect::Reply => drop(client.event("plain")),
                Expect::Response => drop(client.api("status", "")),
                Expect::Greeting | Expect::Events => {}
            });
            // What is left are events or nothing.
            line.expect(Expect::Events, Some(deadline));
            (outcome.and(guarded(|| while client.pull_event().is_ok() {})), line.problem())
        });
        prop_assert_eq!(outcome, Ok(()));
        prop_assert!(!matches!(problem, None | Some(LinkProblem::Silent)), "{:?}", problem);
        Ok(())
    });
}

#[test]
fn whoever_greets_oddly_is_not_let_in() {
    let greeting = b"Content-Type: auth/request\n\n".to_vec();
    let reply = b"Content-Type: command/reply\nReply-Text: +OK accepted\n\n".to_vec();
    let kinds = [vec![greeting, reply], recorded_frames()].concat();
    let cases = (mutated(kinds, 1..4, WORDS), vec(1..4_000_usize, 1..4));
    check(file!(), &cases, |(bytes, lengths)| {
        against(&bytes, &lengths, |address| {
            let cutter = client::Cutter::default();
            let started = Instant::now();
            let opened = client::Client::open(address, "ClueCon", started + DEADLINE, &cutter);
            prop_assert!(started.elapsed() < DEADLINE, "it was waited for");
            if let Ok(mut client) = opened {
                while client.next_event().is_ok() {}
            }
            Ok(())
        })
    });
}

#[test]
fn events_instead_of_an_answer_are_not_kept_for_ever() {
    // Thirty megabytes, where nobody waits longer than for half of them.
    let event =
        [&b"Content-Type: text/event-plain\nContent-Length: 1000000\n\nEvent-Name: "[..], &[b'x'; 999_988]]
            .concat();
    let problem = against(&event.repeat(30), &[1 << 20], |address| {
        let deadline = Instant::now() + DEADLINE;
        let line = Line::connect(address, deadline).unwrap();
        line.expect(Expect::Reply, Some(deadline));
        let mut client = Client::new(Connection::new(EslStream::new(line.clone())));
        assert_eq!(guarded(|| client.event("plain").is_err()), Ok(true));
        line.problem()
    });
    assert_eq!(problem, Some(LinkProblem::Garbled));
}
