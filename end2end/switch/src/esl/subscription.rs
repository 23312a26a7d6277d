//! What a listener wants: event names, sub-classes and filters (mod_event_socket, `event_handler()`).

use std::collections::HashSet;

use super::encoding::Format;
use crate::event::Event;

/// A listener's subscription.
#[derive(Debug, Clone, Default)]
pub struct Subscription {
    /// Format of events.
    pub format: Format,
    /// Whether `event` was ever accepted since the last `noevents`.
    pub listening: bool,
    all: bool,
    names: HashSet<String>,
    subclasses: HashSet<String>,
    filters: Vec<(String, String)>,
    /// Of `myevents`: only events of this channel.
    mine: Option<String>,
}

/// What all listeners together want.
#[derive(Debug, Clone, Default)]
pub struct Interest {
    all: bool,
    names: HashSet<String>,
    subclasses: HashSet<String>,
}

impl Interest {
    /// Whether anyone wants events of that name and sub-class, filters aside.
    pub fn wants(&self, name: &str, subclass: Option<&str>) -> bool {
        self.all
            || self.names.contains(name)
                && subclass.is_none_or(|subclass| name != "CUSTOM" || self.subclasses.contains(subclass))
    }
}

impl Subscription {
    /// Adds what this listener wants to what all want.
    pub fn add_to(&self, interest: &mut Interest) {
        if self.listening {
            interest.all |= self.all;
            interest.names.extend(self.names.iter().cloned());
            interest.subclasses.extend(self.subclasses.iter().cloned());
        }
    }

    /// `event [format] <names> [CUSTOM <sub-classes>]`. False if there was no known name.
    pub fn add(&mut self, words: &str) -> bool {
        let mut words = words.split_whitespace().peekable();
        let format = words.peek().and_then(|word| Format::from_word(word));
        if format.is_some() {
            words.next();
        }
        let mut any = false;
        let mut custom = false;
        for word in words {
            if custom {
                self.subclasses.insert(word.to_owned());
                continue;
            }
            let name = word.to_ascii_uppercase();
            if name == "ALL" {
                self.all = true;
            } else if NAMES.contains(&name.as_str()) {
                custom = name == "CUSTOM";
                self.names.insert(name);
            } else {
                continue;
            }
            any = true;
        }
        if any {
            self.listening = true;
            self.format = format.unwrap_or(self.format);
        }
        any
    }

    /// `nixevent <names> [CUSTOM <sub-classes>]`. False if there was no known name.
    pub fn nix(&mut self, words: &str) -> bool {
        let mut any = false;
        let mut custom = false;
        for word in words.split_whitespace() {
            if custom {
                self.subclasses.remove(word);
                continue;
            }
            let name = word.to_ascii_uppercase();
            if name == "ALL" {
                self.clear();
            } else if NAMES.contains(&name.as_str()) {
                custom = name == "CUSTOM";
                if self.all && !custom {
                    self.all = false;
                    self.names = NAMES.iter().map(|name| (*name).to_owned()).collect();
                }
                if !custom {
                    self.names.remove(&name);
                }
            } else {
                continue;
            }
            any = true;
        }
        any
    }

    /// `noevents`. False if nothing was subscribed.
    pub fn clear(&mut self) -> bool {
        let was = self.listening;
        self.listening = false;
        self.all = false;
        self.names.clear();
        self.subclasses.clear();
        self.mine = None;
        was
    }

    /// `myevents <uuid> [json|xml|plain]`: all events of one channel, and of no other.
    pub fn add_mine(&mut self, words: &str) {
        let mut words = words.split_whitespace();
        self.mine = words.next().map(str::to_owned);
        self.format = words.next().and_then(Format::from_word).unwrap_or(self.format);
        self.listening = true;
        self.names.extend(NAMES.iter().filter(|name| name.starts_with("CHANNEL_")).map(|n| (*n).to_owned()));
        self.names
            .extend(["CALL_UPDATE", "CODEC", "DTMF", "PLAYBACK_START", "PLAYBACK_STOP"].map(str::to_owned));
    }

    /// `filter <header> <value>`
    pub fn add_filter(&mut self, header: &str, value: &str) {
        self.filters.push((header.to_owned(), value.to_owned()));
    }

    /// `filter delete <header> [<value>]` and `filter delete all`
    pub fn delete_filter(&mut self, header: &str, value: Option<&str>) {
        self.filters.retain(|(known, pattern)| {
            !(header.eq_ignore_ascii_case("all")
                || known.eq_ignore_ascii_case(header) && value.is_none_or(|value| value == pattern))
        });
    }

    /// Whether events of that name are wanted at all.
    pub fn wants(&self, name: &str, subclass: Option<&str>) -> bool {
        // A CUSTOM event with a sub-class is sent only to those who named the sub-class.
        self.listening
            && (self.all
                || self.names.contains(name)
                    && (name != "CUSTOM"
                        || subclass.is_none_or(|subclass| self.subclasses.contains(subclass))))
    }

    /// Whether the filters let an event through: with any, one positive must match and no negative.
    pub fn passes(&self, event: &Event) -> bool {
        if self.mine.as_deref().is_some_and(|uuid| event.get("Unique-ID") != Some(uuid)) {
            return false;
        }
        if self.filters.is_empty() {
            return true;
        }
        let mut send = false;
        for (header, pattern) in &self.filters {
            let Some(value) = event.get(header) else { continue };
            let negative = pattern.strip_prefix('-');
            if matches(negative.unwrap_or(pattern), value) {
                if negative.is_some() {
                    return false;
                }
                send = true;
            }
        }
        send
    }
}

/// `/regex/` (of which `^`, `$`, `.`, `*` are understood), else equality without case.
fn matches(pattern: &str, value: &str) -> bool {
    match pattern.strip_prefix('/').map(|rest| rest.strip_suffix('/').unwrap_or(rest)) {
        Some(regex) => matches_pattern(regex, value),
        None => pattern.eq_ignore_ascii_case(value),
    }
}

/// Whether a regular expression is found in a text.
pub fn matches_pattern(regex: &str, text: &str) -> bool {
    regex_matches(&regex.chars().collect::<Vec<_>>(), &text.chars().collect::<Vec<_>>())
}

/// Rob Pike's matcher: enough for filters in tests.
fn regex_matches(regex: &[char], text: &[char]) -> bool {
    match regex.split_first() {
        Some(('^', rest)) => matches_here(rest, text),
        _ => (0..=text.len()).any(|start| matches_here(regex, &text[start..])),
    }
}

fn matches_here(regex: &[char], text: &[char]) -> bool {
    let one = |c: char| text.first().is_some_and(|t| c == '.' || c == *t);
    match regex {
        [] => true,
        ['$'] => text.is_empty(),
        [c, '*', rest @ ..] => {
            let longest = text.iter().take_while(|t| *c == '.' || *c == **t).count();
            (0..=longest).any(|n| matches_here(rest, &text[n..]))
        }
        [c, rest @ ..] => one(*c) && matches_here(rest, &text[1..]),
    }
}

/// Whether there is an event of that name, in any case.
pub fn is_event_name(name: &str) -> bool {
    NAMES.contains(&name.to_ascii_uppercase().as_str())
}

/// Names of events (`src/switch_event.c`, `EVENT_NAMES`).
const NAMES: [&str; 92] = [
    "CUSTOM",
    "CLONE",
    "CHANNEL_CREATE",
    "CHANNEL_DESTROY",
    "CHANNEL_STATE",
    "CHANNEL_CALLSTATE",
    "CHANNEL_ANSWER",
    "CHANNEL_HANGUP",
    "CHANNEL_HANGUP_COMPLETE",
    "CHANNEL_EXECUTE",
    "CHANNEL_EXECUTE_COMPLETE",
    "CHANNEL_HOLD",
    "CHANNEL_UNHOLD",
    "CHANNEL_BRIDGE",
    "CHANNEL_UNBRIDGE",
    "CHANNEL_PROGRESS",
    "CHANNEL_PROGRESS_MEDIA",
    "CHANNEL_OUTGOING",
    "CHANNEL_PARK",
    "CHANNEL_UNPARK",
    "CHANNEL_APPLICATION",
    "CHANNEL_ORIGINATE",
    "CHANNEL_UUID",
    "API",
    "LOG",
    "INBOUND_CHAN",
    "OUTBOUND_CHAN",
    "STARTUP",
    "SHUTDOWN",
    "PUBLISH",
    "UNPUBLISH",
    "TALK",
    "NOTALK",
    "SESSION_CRASH",
    "MODULE_LOAD",
    "MODULE_UNLOAD",
    "DTMF",
    "MESSAGE",
    "PRESENCE_IN",
    "NOTIFY_IN",
    "PRESENCE_OUT",
    "PRESENCE_PROBE",
    "MESSAGE_WAITING",
    "MESSAGE_QUERY",
    "ROSTER",
    "CODEC",
    "BACKGROUND_JOB",
    "DETECTED_SPEECH",
    "DETECTED_TONE",
    "PRIVATE_COMMAND",
    "HEARTBEAT",
    "TRAP",
    "ADD_SCHEDULE",
    "DEL_SCHEDULE",
    "EXE_SCHEDULE",
    "RE_SCHEDULE",
    "RELOADXML",
    "NOTIFY",
    "PHONE_FEATURE",
    "PHONE_FEATURE_SUBSCRIBE",
    "SEND_MESSAGE",
    "RECV_MESSAGE",
    "REQUEST_PARAMS",
    "CHANNEL_DATA",
    "GENERAL",
    "COMMAND",
    "SESSION_HEARTBEAT",
    "CLIENT_DISCONNECTED",
    "SERVER_DISCONNECTED",
    "SEND_INFO",
    "RECV_INFO",
    "RECV_RTCP_MESSAGE",
    "SEND_RTCP_MESSAGE",
    "CALL_SECURE",
    "NAT",
    "RECORD_START",
    "RECORD_STOP",
    "PLAYBACK_START",
    "PLAYBACK_STOP",
    "CALL_UPDATE",
    "FAILURE",
    "SOCKET_DATA",
    "MEDIA_BUG_START",
    "MEDIA_BUG_STOP",
    "CONFERENCE_DATA_QUERY",
    "CONFERENCE_DATA",
    "CALL_SETUP_REQ",
    "CALL_SETUP_RESULT",
    "CALL_DETAIL",
    "DEVICE_STATE",
    "TEXT",
    "SHUTDOWN_REQUESTED",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn replies_follow_the_recording() {
        let rows = [
            ("plain", false),
            ("plain NOSUCH", false),
            ("plain CUSTOM", true),
            ("plain CUSTOM nosuch::thing", true),
            ("nosuchformat ALL", true),
            ("heartbeat", true),
            ("", false),
        ];
        for (words, accepted) in rows {
            assert_eq!(Subscription::default().add(words), accepted, "{words}");
        }
    }

    #[test]
    fn custom_events_are_wanted_by_subclass() {
        let mut subscription = Subscription::default();
        subscription.add("json HEARTBEAT CUSTOM callcenter::info");
        assert_eq!(subscription.format, Format::Json);
        assert!(subscription.wants("CUSTOM", Some("callcenter::info")));
        assert!(!subscription.wants("CUSTOM", Some("fifo::info")));
        assert!(!subscription.wants("CHANNEL_CREATE", None));
        subscription.nix("CUSTOM callcenter::info");
        assert!(!subscription.wants("CUSTOM", Some("callcenter::info")));
        assert!(subscription.wants("HEARTBEAT", None));
        assert!(subscription.clear());
        assert!(!subscription.clear());
    }

    #[test]
    fn filters_are_added_up() {
        let mut event = Event { name: "CUSTOM".into(), subclass: None, headers: Vec::new(), body: None };
        event.add("X-Tag", "red");
        event.add("X-Color", "green");
        let rows: [(&[(&str, &str)], bool); 8] = [
            (&[], true),
            (&[("X-Tag", "red")], true),
            (&[("X-Tag", "blue")], false),
            (&[("X-Tag", "blue"), ("X-Color", "/^gr.*/")], true),
            (&[("X-Color", "/een$/")], true),
            (&[("X-Color", "/^een/")], false),
            (&[("X-Tag", "red"), ("X-Color", "-green")], false),
            (&[("X-Other", "-x")], false),
        ];
        for (filters, passes) in rows {
            let mut subscription = Subscription::default();
            for (header, value) in filters {
                subscription.add_filter(header, value);
            }
            assert_eq!(subscription.passes(&event), passes, "{filters:?}");
        }
    }
}
