//! Whether what a switch says is what was recorded, but for ids and times.
//!
//! The same recorded uuid must always stand for the same uuid of ours, and the other way round. Instants are compared
//! as their distance from the beginning of the scenario. What is not compared at all is listed in [`UNCOMPARED`],
//! [`OPTIONAL`] and [`MEASURED`], and nowhere else.

use std::collections::HashMap;

use crate::client::Frame;
use crate::transcript::{Event, decode};

/// Headers whose value is not compared: counters of the process, and what HEARTBEAT measures.
const UNCOMPARED: &[&str] = &[
    "Event-Sequence",
    "Content-Length",
    "variable_session_id",
    "Up-Time",
    "Uptime-msec",
    "Session-Count",
    "Session-Per-Sec-Max",
    "Session-Per-Sec-FiveMin",
    "Session-Since-Startup",
    "Session-Peak-Max",
    "Session-Peak-FiveMin",
    "Idle-CPU",
];

/// Channel variables that a switch need not have, by prefix: what SIP, SDP, RTP and its statistics leave on a channel,
/// and the copy of an event's common headers on a leg that the call center originates. Those that it has are compared.
const OPTIONAL: &[&str] = &[
    "sip_",
    "rtp_",
    "remote_",
    "local_media_",
    "advertised_media_ip",
    "audio_media_flow",
    "video_media_flow",
    "text_media_flow",
    "switch_r_sdp",
    "switch_m_sdp",
    "ep_codec_string",
    "original_read_",
    "dtmf_type",
    "playback_",
    "sofia_profile_",
    "recovery_profile_name",
    "Event-",
    "FreeSWITCH-",
    "Core-UUID",
];

/// Commands whose answer holds what a machine measures: every number in it counts as equal.
const MEASURED: &[&str] =
    &["api status", "api show status", "api uptime", "api json {\"command\":\"status\"", "api strftime"];

/// What stands before a number that is not compared, in events as JSON and XML.
const COUNTERS: &[&str] = &["\"Event-Sequence\":\"", "<Event-Sequence>", "\"Content-Length\":\""];

/// Commands of which this switch has a part: every line of its answer must be in the recorded one.
const PARTS: &[&str] = &["api help", "api show modules", "api show limits", "api list_users"];

/// Commands of modules that a demo switch does not have: it answers as a switch without them.
const OTHER_MODULES: &[&str] = &["expr"];

/// Columns and keys that count seconds: one more or less is the cut of the clock.
const SECONDS: &[&str] = &["score", "talk_time"];

/// Correspondence of a recording with a run.
pub(crate) struct Matching {
    to_ours: HashMap<String, String>,
    to_recorded: HashMap<String, String>,
    t0_recorded: i64,
    t0_ours: i64,
    tolerance: i64,
}

#[derive(Debug, PartialEq)]
enum Token<'a> {
    Text(&'a str),
    Uuid(&'a str),
    /// Microseconds.
    Instant(i64),
    /// The value of one of [`SECONDS`] in JSON.
    Seconds(i64),
    /// `Event-Sequence` in JSON or XML, or a number in the body of a job that measures.
    Counter,
}

const DAY_US: i64 = 86_400_000_000;

impl Matching {
    /// `tolerance` is how far instants may lie apart, microseconds; those in whole seconds get one second more.
    pub(crate) fn new(t0_recorded: i64, t0_ours: i64, tolerance: i64) -> Self {
        Self { to_ours: HashMap::new(), to_recorded: HashMap::new(), t0_recorded, t0_ours, tolerance }
    }

    /// Compares two frames; `line` is the command if they are answers.
    pub(crate) fn frame(&mut self, line: &str, recorded: &Frame, ours: &Frame) -> Result<(), String> {
        let names =
            |frame: &Frame| -> Vec<String> { frame.headers.iter().map(|(name, _)| name.clone()).collect() };
        same(&names(recorded), &names(ours))?;
        for (name, value) in &recorded.headers {
            // The length follows from the body.
            if name != "Content-Length" {
                self.text(value, ours.header(name).unwrap_or_default())?;
            }
        }
        match recorded.content_type() {
            "text/event-plain" => {
                let problems = self.event(&Event::plain(&recorded.body), &Event::plain(&ours.body));
                if problems.is_empty() { Ok(()) } else { Err(problems.join("; ")) }
            }
            // Both say in the line how idle the processor is.
            "log/data" => same(&without_numbers(&recorded.body), &without_numbers(&ours.body)),
            // The body of a job that measures.
            "text/event-json" if recorded.body.contains("\"_body\":\"UP ") => {
                let problems = self.event(&Event::any(&recorded.body), &Event::any(&ours.body));
                if problems.is_empty() { Ok(()) } else { Err(problems.join("; ")) }
            }
            "text/event-json" | "text/event-xml" => self.text(&decode(&recorded.body), &decode(&ours.body)),
            _ => self.answer(line, &recorded.body, &ours.body),
        }
    }

    /// Declares two uuids the same. False if one of them stands for another already.
    pub(crate) fn bind(&mut self, recorded: &str, ours: &str) -> bool {
        let known = self.to_ours.entry(recorded.to_owned()).or_insert_with(|| ours.to_owned()) == ours;
        known && self.to_recorded.entry(ours.to_owned()).or_insert_with(|| recorded.to_owned()) == recorded
    }

    /// A recorded text with our uuids in it, where they are known.
    pub(crate) fn to_ours(&self, recorded: &str) -> String {
        tokens(recorded, self.t0_recorded)
            .into_iter()
            .map(|(token, text)| match token {
                Token::Uuid(uuid) => self.to_ours.get(uuid).map_or(uuid, String::as_str),
                _ => text,
            })
            .collect()
    }

    /// Compares two answers to `line`.
    pub(crate) fn answer(&mut self, line: &str, recorded: &str, ours: &str) -> Result<(), String> {
        if OTHER_MODULES.iter().any(|name| line.starts_with(&format!("api {name} "))) {
            let name = line.split(' ').nth(1).unwrap_or_default();
            return same(&format!("-ERR {name} Command not found!\n"), &ours.to_owned());
        }
        if line.starts_with("api uuid_dump ") && !recorded.starts_with('-') {
            let problems = self.event(&Event::any(recorded), &Event::any(ours));
            return if problems.is_empty() { Ok(()) } else { Err(problems.join("\n    ")) };
        }
        if PARTS.iter().any(|part| line.starts_with(part)) {
            return is_part(ours, recorded);
        }
        let lower = line.to_ascii_lowercase();
        if MEASURED.iter().any(|measured| lower.starts_with(measured)) {
            return same(&without_numbers(recorded), &without_numbers(ours));
        }
        let (Some((head, rows)), Some((our_head, our_rows))) =
            (recorded.split_once('\n'), ours.split_once('\n'))
        else {
            return self.text(recorded, ours);
        };
        if !head.contains("|state|") || head != our_head {
            return self.text(recorded, ours);
        }
        let columns: Vec<&str> = head.split('|').collect();
        same(&rows.lines().count(), &our_rows.lines().count())
            .map_err(|error| format!("rows: {error}\n{recorded}\n{ours}"))?;
        for (row, our_row) in rows.lines().zip(our_rows.lines()) {
            let cells: Vec<&str> = row.split('|').collect();
            let our_cells: Vec<&str> = our_row.split('|').collect();
            let compared = same(&cells.len(), &our_cells.len()).and_then(|()| {
                for ((cell, our_cell), index) in cells.iter().zip(&our_cells).zip(0..) {
                    let column = columns.get(index).copied().unwrap_or_default();
                    self.value(column, cell, our_cell)?;
                }
                Ok(())
            });
            compared.map_err(|error| format!("{error}\n  recorded {row}\n  ours     {our_row}"))?;
        }
        Ok(())
    }

    fn value(&mut self, name: &str, recorded: &str, ours: &str) -> Result<(), String> {
        if name == "_body" && recorded.starts_with("UP ") {
            return same(&without_numbers(recorded), &without_numbers(ours));
        }
        let unit = if SECONDS.contains(&name) { Some(1_000_000) } else { unit_us(name) };
        if let (Some(unit), Ok(recorded), Ok(ours)) = (unit, recorded.parse::<i64>(), ours.parse::<i64>())
            && (recorded - ours).abs() * unit <= (self.tolerance + 500_000).max(unit)
        {
            return Ok(());
        }
        self.text(recorded, ours).map_err(|error| format!("{name}: {error}"))
    }

    /// Compares two texts, token by token.
    pub(crate) fn text(&mut self, recorded: &str, ours: &str) -> Result<(), String> {
        let (left, right) = (tokens(recorded, self.t0_recorded), tokens(ours, self.t0_ours));
        let differ = || format!("recorded {recorded:?}, ours {ours:?}");
        if left.len() != right.len() {
            return Err(differ());
        }
        for ((recorded, text), (ours, our_text)) in left.iter().zip(&right) {
            let same = match (recorded, ours) {
                (Token::Text(recorded), Token::Text(ours)) => recorded == ours,
                (Token::Seconds(recorded), Token::Seconds(ours)) => (recorded - ours).abs() <= 1,
                (Token::Counter, Token::Counter) => true,
                (Token::Uuid(recorded), Token::Uuid(ours)) => self.bind(recorded, ours),
                (Token::Instant(recorded), Token::Instant(ours)) => {
                    let apart = (recorded - self.t0_recorded) - (ours - self.t0_ours);
                    apart.abs() <= self.tolerance + 1_000_000
                }
                _ => false,
            };
            if !same {
                return Err(format!("{text:?} was recorded, {our_text:?} is ours: {}", differ()));
            }
        }
        Ok(())
    }

    /// Compares the headers that the call center itself writes.
    pub(crate) fn own_headers(&mut self, recorded: &Event, ours: &Event) -> Vec<String> {
        let own = |event: &Event| Event {
            headers: event.headers.iter().filter(|(name, _)| name.starts_with("CC-")).cloned().collect(),
            body: None,
        };
        self.event(&own(recorded), &own(ours))
    }

    /// Compares all headers of two events: names in their order, variables as a set, and every value.
    pub(crate) fn event(&mut self, recorded: &Event, ours: &Event) -> Vec<String> {
        let mut problems = Vec::new();
        let names = |event: &Event, variables: bool| -> Vec<String> {
            let names = event.headers.iter().map(|(name, _)| name.clone());
            names.filter(|name| name.starts_with("variable_") == variables).collect()
        };
        problems.extend(difference(&names(recorded, false), &names(ours, false)));
        let (known, our_names) = (names(recorded, true), names(ours, true));
        for name in known.iter().filter(|name| !our_names.contains(name) && !is_optional(name)) {
            problems.push(format!("missing {name}: {}", recorded.get(name)));
        }
        for name in our_names.iter().filter(|name| !known.contains(name)) {
            problems.push(format!("never recorded {name}: {}", ours.get(name)));
        }
        for (index, (name, value)) in recorded.headers.iter().enumerate() {
            // XML repeats the name of an array, JSON that of the length.
            let before = recorded.headers[..index].iter().filter(|(key, _)| key == name).count();
            let our_value = ours.headers.iter().filter(|(key, _)| key == name).nth(before);
            if let Some((_, our_value)) = our_value
                && !UNCOMPARED.contains(&name.as_str())
                && let Err(error) = self.value(name, value, our_value)
            {
                problems.push(format!("{name}: {error}"));
            }
        }
        match (&recorded.body, &ours.body) {
            (None, None) => {}
            // The body of a job that measures.
            (Some(recorded), Some(ours)) if recorded.starts_with("UP ") => {
                problems.extend(same(&without_numbers(recorded), &without_numbers(ours)).err());
            }
            (Some(recorded), Some(ours)) => problems.extend(self.text(recorded, ours).err()),
            bodies => problems.push(format!("bodies: {bodies:?}")),
        }
        problems
    }
}

/// What a duration among the variables counts, in microseconds.
fn unit_us(name: &str) -> Option<i64> {
    let name = name.strip_prefix("variable_")?;
    let ends = |ends: &[&str]| ends.iter().any(|end| name.ends_with(end));
    if ends(&["usec", "uduration"]) {
        Some(1)
    } else if ends(&["msec", "mduration", "accum_ms"]) {
        Some(1000)
    } else if ends(&["sec", "duration"]) {
        Some(1_000_000)
    } else {
        None
    }
}

fn is_optional(name: &str) -> bool {
    name.strip_prefix("variable_").is_some_and(|name| OPTIONAL.iter().any(|prefix| name.starts_with(prefix)))
}

/// Where two lists of header names part.
fn difference(recorded: &[String], ours: &[String]) -> Option<String> {
    if recorded == ours {
        return None;
    }
    let without = |list: &[String], other: &[String]| -> Vec<String> {
        list.iter().filter(|name| !other.contains(name)).cloned().collect()
    };
    let at = recorded.iter().zip(ours).position(|(recorded, ours)| recorded != ours);
    Some(format!(
        "headers part at {at:?} {:?}: missing {:?}, never recorded {:?}",
        at.map(|at| (&recorded[at], &ours[at])),
        without(recorded, ours),
        without(ours, recorded)
    ))
}

/// Whether every line, or every row of JSON, is one of the recorded ones.
fn is_part(ours: &str, recorded: &str) -> Result<(), String> {
    let pieces = |text: &str| -> Vec<String> {
        let rows = text.split_once("\"rows\":[").map(|(_, rows)| rows.trim_end_matches("]}"));
        match rows {
            Some(rows) => rows.split("},").map(|row| row.trim_end_matches('}').to_owned()).collect(),
            None => text.lines().map(str::to_owned).collect(),
        }
    };
    let known = pieces(recorded);
    match pieces(ours).into_iter().find(|piece| !known.contains(piece)) {
        Some(piece) => Err(format!("never recorded: {piece}")),
        None => Ok(()),
    }
}

fn same<T: PartialEq + std::fmt::Debug>(recorded: &T, ours: &T) -> Result<(), String> {
    if recorded == ours { Ok(()) } else { Err(format!("recorded {recorded:?}, ours {ours:?}")) }
}

/// A text without its numbers, and without the plural after them.
fn without_numbers(text: &str) -> String {
    let mut out: String = text.chars().map(|c| if c.is_ascii_digit() { '#' } else { c }).collect();
    while out.contains("##") {
        out = out.replace("##", "#");
    }
    out = out.replace("#.#", "#");
    for unit in ["year", "day", "hour", "minute", "second", "millisecond", "microsecond"] {
        out = out.replace(&format!("# {unit}s"), &format!("# {unit}"));
    }
    out
}

/// Cuts a text into uuids, instants near `t0`, and what is between them; each with its text.
fn tokens(text: &str, t0: i64) -> Vec<(Token<'_>, &str)> {
    let mut tokens = Vec::new();
    let (mut start, mut at) = (0, 0);
    let bytes = text.as_bytes();
    while at < bytes.len() {
        let at_word = at == 0 || !bytes[at - 1].is_ascii_alphanumeric();
        let found = if at_word && bytes[at].is_ascii_alphanumeric() {
            uuid(&text[at..]).or_else(|| instant(&text[at..], t0)).or_else(|| seconds(text, at))
        } else {
            None
        };
        match found {
            Some((token, length)) => {
                if start < at {
                    tokens.push((Token::Text(&text[start..at]), &text[start..at]));
                }
                tokens.push((token, &text[at..at + length]));
                at += length;
                start = at;
            }
            None => at += text[at..].chars().next().map_or(1, char::len_utf8),
        }
    }
    if start < at {
        tokens.push((Token::Text(&text[start..]), &text[start..]));
    }
    tokens
}

fn uuid(text: &str) -> Option<(Token<'_>, usize)> {
    let candidate = text.get(..36)?;
    let shaped = candidate.bytes().zip(0..).all(|(byte, index)| match index {
        8 | 13 | 18 | 23 => byte == b'-',
        _ => byte.is_ascii_hexdigit(),
    });
    // Uuids that a person typed, of one digit only, are text.
    let typed = candidate.bytes().all(|byte| byte == candidate.as_bytes()[0] || byte == b'-');
    (shaped && !typed).then_some((Token::Uuid(candidate), 36))
}

fn instant(text: &str, t0: i64) -> Option<(Token<'static>, usize)> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let number = || text[..digits].parse::<i64>().ok();
    let (at, length) = match digits {
        10 => (number()? * 1_000_000, 10),
        13 => (number()? * 1000, 13),
        16 => (number()?, 16),
        4 => (stamp(text.get(..19)?)?, 19),
        _ => {
            let date = text.get(5..25)?;
            (gmt(date)?, 29)
        }
    };
    ((at - t0).abs() < DAY_US).then_some((Token::Instant(at), length))
}

fn seconds(text: &str, at: usize) -> Option<(Token<'static>, usize)> {
    if COUNTERS.iter().any(|key| text[..at].ends_with(key)) {
        return Some((Token::Counter, text[at..].bytes().take_while(u8::is_ascii_digit).count()));
    }
    SECONDS.iter().find(|key| text[..at].ends_with(&format!("\"{key}\":\"")))?;
    let digits = text[at..].bytes().take_while(u8::is_ascii_digit).count();
    Some((Token::Seconds(text[at..at + digits].parse().ok()?), digits))
}

/// `2026-11-22 20:16:45`
fn stamp(text: &str) -> Option<i64> {
    let number = |range: std::ops::Range<usize>| text.get(range)?.parse::<i64>().ok();
    let separators = [(4, "-"), (7, "-"), (10, " "), (13, ":"), (16, ":")];
    if !separators.iter().all(|(at, separator)| text.get(*at..at + 1) == Some(separator)) {
        return None;
    }
    let day = days(number(0..4)?, number(5..7)?, number(8..10)?);
    Some((day * 86_400 + number(11..13)? * 3600 + number(14..16)? * 60 + number(17..19)?) * 1_000_000)
}

/// `22 Nov 2026 20:16:45`
fn gmt(text: &str) -> Option<i64> {
    const MONTHS: &str = "JanFebMarAprMayJunJulAugSepOctNovDec";
    let month = MONTHS.find(text.get(3..6)?)? / 3 + 1;
    stamp(&format!("{}-{month:02}-{} {}", text.get(7..11)?, text.get(0..2)?, text.get(12..20)?))
}

/// Days since 1970, by Howard Hinnant's `days_from_civil`.
fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let of_era = year.rem_euclid(400);
    let of_year = (153 * (if month > 2 { month - 3 } else { month + 9 }) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;

    const T0: i64 = 1_795_378_605_421_000;
    const A: &str = "6fdbf69f-0a39-4398-b033-8a5e4470cd82";
    const B: &str = "b7bdf8b2-74d9-4aba-9b76-65bcdba93b2e";

    #[test]
    fn ids_and_times_may_differ_and_nothing_else() {
        let rows = [
            (format!("{A} x"), format!("{B} x"), true),
            (format!("{A} {A}"), format!("{B} {A}"), false),
            (format!("{A} {B}"), format!("{A} {A}"), false),
            ("1795378606|Waiting".to_owned(), "1795378607|Waiting".to_owned(), true),
            ("1795378606|Waiting".to_owned(), "1795378609|Waiting".to_owned(), false),
            ("1795378606|Waiting".to_owned(), "1795378606|Trying".to_owned(), false),
            ("2026-11-22 20:16:45".to_owned(), "2026-11-22 20:16:46".to_owned(), true),
            ("Sun, 22 Nov 2026 20:16:45 GMT".to_owned(), "Sun, 22 Nov 2026 20:19:45 GMT".to_owned(), false),
            ("13800138000".to_owned(), "13800138001".to_owned(), false),
            ("{\"talk_time\":\"4\"}".to_owned(), "{\"talk_time\":\"5\"}".to_owned(), true),
            ("{\"talk_time\":\"4\"}".to_owned(), "{\"talk_time\":\"6\"}".to_owned(), false),
        ];
        for (recorded, ours, equal) in rows {
            let mut matching = Matching::new(T0, T0, 0);
            assert_eq!(matching.text(&recorded, &ours).is_ok(), equal, "{recorded} {ours}");
        }
    }

    #[test]
    fn a_row_that_is_missing_is_seen() {
        let mut matching = Matching::new(T0, T0, 0);
        let head = "queue|agent|state|level|position\n";
        let recorded = format!("{head}q|a|Ready|1|1\n+OK\n");
        assert!(matching.answer("x", &recorded, &recorded).is_ok());
        assert!(matching.answer("x", &recorded, &format!("{head}+OK\n")).is_err());
        assert!(matching.answer("x", &recorded, &format!("{head}q|a|Offering|1|1\n+OK\n")).is_err());
    }
}
