//! Property tests: how long each may search, where a case that fails is kept, and how input that is nearly right is made.
//!
//! A property is tried with random cases until it has had enough of them or its time is over, so the tests stay quick;
//! `FUZZ_SECONDS=600 cargo nextest run -p server fuzz` searches for longer. The seed of a case that fails is written below
//! `proptest-regressions/`, is committed with the mend, and from then on is tried first in every run.

use std::env;
use std::ops::Range;
use std::time::{Duration, Instant};

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use proptest::test_runner::{Config, FileFailurePersistence, TestCaseResult, TestError, TestRunner};

/// How long a property is tried, unless `FUZZ_SECONDS` says otherwise.
const SECONDS: u64 = 2;
/// Cases after which a property has been tried enough.
const CASES: u32 = 4_096;
/// Cases between two looks at the clock.
const SLICE: u32 = 16;

/// Tries a property with random cases; `source` is `file!()`, by which failing seeds are found again.
#[track_caller]
pub(crate) fn check<S: Strategy>(
    source: &'static str,
    cases: &S,
    property: impl Fn(S::Value) -> TestCaseResult,
) {
    let asked: Option<u64> = env::var("FUZZ_SECONDS").ok().and_then(|seconds| seconds.parse().ok());
    let until = Instant::now() + Duration::from_secs(asked.unwrap_or(SECONDS));
    let config = Config {
        cases: SLICE,
        source_file: Some(source),
        failure_persistence: Some(Box::new(FileFailurePersistence::SourceParallel("proptest-regressions"))),
        max_shrink_iters: 20_000,
        max_shrink_time: 20_000,
        ..Config::default()
    };
    let mut tried = 0;
    while Instant::now() < until && (asked.is_some() || tried < CASES) {
        // A runner stops for good after its cases.
        match TestRunner::new(config.clone()).run(cases, &property) {
            Ok(()) => tried += SLICE,
            Err(TestError::Fail(reason, case)) => panic!("{reason}\nsmallest case: {case:#?}"),
            Err(TestError::Abort(reason)) => panic!("no cases: {reason}"),
        }
    }
}

/// Some of `wholes`, one after the other, with a few changes: mostly right, and wrong in few places. What `words` has
/// is put in more often than other bytes.
pub(crate) fn mutated(
    wholes: Vec<Vec<u8>>,
    count: Range<usize>,
    words: &'static [&'static [u8]],
) -> impl Strategy<Value = Vec<u8>> {
    let some = vec(select(wholes), count).prop_map(|wholes| wholes.concat());
    (some, vec(edit(words), 0..6)).prop_map(|(mut bytes, edits)| {
        for edit in edits {
            edit.make(&mut bytes);
        }
        bytes
    })
}

/// Bytes that are cut anew: the lengths of the pieces are used in turn.
pub(crate) fn pieces<'a>(bytes: &'a [u8], lengths: &[usize]) -> Vec<&'a [u8]> {
    let mut rest = bytes;
    let mut pieces = Vec::new();
    for length in lengths.iter().cycle() {
        if rest.is_empty() || *length == 0 {
            break;
        }
        let (piece, after) = rest.split_at(rest.len().min(*length));
        pieces.push(piece);
        rest = after;
    }
    pieces
}

/// Names, numbers and texts as people and hostile callers choose them.
pub(crate) fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        Just(String::new()),
        Just("_undef_".to_owned()),
        select(&["1001@default", "support@default", "张三", "O'Brien \\ \"x\"", "%0A", "a b|c"][..])
            .prop_map(str::to_owned),
        number(),
        any::<String>(),
        vec(any::<char>(), 200..600).prop_map(String::from_iter),
    ]
}

/// Numbers, as large as a switch never writes them, and what only looks like one.
pub(crate) fn number() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<i64>().prop_map(|number| number.to_string()),
        (1_795_378_600_i64..1_795_378_700).prop_map(|seconds| seconds.to_string()),
        any::<u128>().prop_map(|number| number.to_string()),
        select(&["0", "-1", "1e9", " 7 ", "+5", "NaN", "9223372036854775807", "-9223372036854775808"][..])
            .prop_map(str::to_owned),
    ]
}

/// One change of some bytes.
#[derive(Clone, Debug)]
enum Edit {
    Replace(Index, u8),
    Insert(Index, Vec<u8>),
    Remove(Index, usize),
    Repeat(Index, usize),
    CutOff(Index),
}

fn edit(words: &'static [&'static [u8]]) -> impl Strategy<Value = Edit> {
    let place = any::<Index>;
    prop_oneof![
        4 => (place(), any::<u8>()).prop_map(|(at, byte)| Edit::Replace(at, byte)),
        4 => (place(), select(words)).prop_map(|(at, word)| Edit::Insert(at, word.to_vec())),
        2 => (place(), vec(any::<u8>(), 1..9)).prop_map(|(at, bytes)| Edit::Insert(at, bytes)),
        2 => (place(), 1..40_usize).prop_map(|(at, length)| Edit::Remove(at, length)),
        2 => (place(), 1..400_usize).prop_map(|(at, length)| Edit::Repeat(at, length)),
        1 => place().prop_map(Edit::CutOff),
    ]
}

impl Edit {
    fn make(self, bytes: &mut Vec<u8>) {
        let at = |index: Index| index.index(bytes.len() + 1);
        match self {
            Self::Replace(index, byte) => {
                let at = at(index);
                if let Some(old) = bytes.get_mut(at) {
                    *old = byte;
                }
            }
            Self::Insert(index, new) => {
                let at = at(index);
                bytes.splice(at..at, new);
            }
            Self::Remove(index, length) => {
                let at = at(index);
                bytes.drain(at..bytes.len().min(at + length));
            }
            Self::Repeat(index, length) => {
                let at = at(index);
                let piece = bytes[at..bytes.len().min(at + length)].to_vec();
                bytes.splice(at..at, piece);
            }
            Self::CutOff(index) => bytes.truncate(at(index)),
        }
    }
}
