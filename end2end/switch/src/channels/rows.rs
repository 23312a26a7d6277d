//! Rows of `show channels` and `show calls`, in the recorded columns (mod_commands, `show_function()`).

use super::channel::{Channel, Leg};
use crate::clock::{epoch, local_stamp};
use crate::esl::HOSTNAME;

/// A column: its name and its value.
pub type Column = (&'static str, String);

fn text(value: &str) -> String {
    value.to_owned()
}

struct Callee {
    name: String,
    number: String,
    direction: &'static str,
    sent_name: String,
    sent_number: String,
}

fn callee(channel: &Channel) -> Callee {
    let (name, number) = channel.shown_callee();
    let sent = channel.sent_callee();
    let direction = if sent.is_some() || channel.callee.is_some() { "SEND" } else { "" };
    let (sent_name, sent_number) = sent.unwrap_or_default();
    Callee { name: text(name), number: text(number), direction, sent_name, sent_number }
}

fn direction(channel: &Channel) -> &'static str {
    if channel.leg == Leg::Caller { "inbound" } else { "outbound" }
}

/// The shared uuid: a caller alone has none, an agent's leg starts with its own.
fn call_uuid(channel: &Channel) -> String {
    if channel.leg == Leg::Caller && !channel.is_bridged() && channel.callee.is_none() {
        String::new()
    } else {
        channel.call_uuid.clone()
    }
}

fn ip_addr(channel: &Channel) -> String {
    if channel.leg == Leg::Caller { text("127.0.0.1") } else { String::new() }
}

fn listed_destination(channel: &Channel) -> String {
    channel.listed_destination.as_ref().unwrap_or(&channel.destination).clone()
}

/// What the channel runs, and its data.
fn application(channel: &Channel) -> (String, String) {
    if let Some(file) = &channel.broadcast {
        return (text("playback"), file.clone());
    }
    match (&channel.other, &channel.application) {
        (Some(other), _) if channel.is_bridged() => (text("uuid_bridge"), other.uuid.clone()),
        (_, Some((name, data, _))) => (text(name), data.clone()),
        _ => (String::new(), String::new()),
    }
}

/// A row of `show channels`.
pub fn channel(channel: &Channel) -> Vec<Column> {
    let caller = channel.leg == Leg::Caller;
    let callee = callee(channel);
    let (application, data) = application(channel);
    let (cid_name, cid_number) = channel.shown_caller();
    let dialplan = if caller { text(channel.dialplan) } else { String::new() };
    let media = channel.has_media;
    let codec = |value: &str| if media { text(value) } else { String::new() };
    vec![
        ("uuid", channel.uuid.clone()),
        ("direction", text(direction(channel))),
        ("created", local_stamp(channel.created)),
        ("created_epoch", epoch(channel.created).to_string()),
        ("name", channel.name.clone()),
        ("state", text(channel.state)),
        ("cid_name", text(cid_name)),
        ("cid_num", text(cid_number)),
        ("ip_addr", ip_addr(channel)),
        ("dest", listed_destination(channel)),
        ("application", application),
        ("application_data", data),
        ("dialplan", dialplan),
        ("context", text("default")),
        ("read_codec", codec(channel.read_codec)),
        ("read_rate", codec("8000")),
        ("read_bit_rate", codec(channel.read_bit_rate())),
        ("write_codec", codec("PCMU")),
        ("write_rate", codec("8000")),
        ("write_bit_rate", codec("64000")),
        ("secure", String::new()),
        ("hostname", text(HOSTNAME)),
        ("presence_id", String::new()),
        ("presence_data", String::new()),
        ("accountcode", String::new()),
        ("callstate", text(channel.call_state)),
        ("callee_name", callee.name),
        ("callee_num", callee.number),
        ("callee_direction", text(callee.direction)),
        ("call_uuid", call_uuid(channel)),
        ("sent_callee_name", callee.sent_name),
        ("sent_callee_num", callee.sent_number),
        ("initial_cid_name", channel.cid_name.clone()),
        ("initial_cid_num", channel.cid_number.clone()),
        ("initial_ip_addr", ip_addr(channel)),
        ("initial_dest", channel.initial_destination.clone().unwrap_or_else(|| channel.destination.clone())),
        ("initial_dialplan", if caller { text("XML") } else { String::new() }),
        ("initial_context", text("default")),
    ]
}

/// A row of `show detailed_calls`: the columns of both channels up to their callee.
pub fn detailed_call(channel: &Channel, other: Option<&Channel>) -> Vec<Column> {
    const COLUMNS: usize = 32;
    let mut row = self::channel(channel);
    row.truncate(COLUMNS);
    let names = B_DETAILED.iter().copied();
    match other {
        Some(other) => {
            row.extend(names.zip(self::channel(other).into_iter().map(|(_, value)| value)));
            row.push(("call_created_epoch", epoch(other.bridged).to_string()));
        }
        None => {
            row.extend(names.map(|name| (name, String::new())));
            row.push(("call_created_epoch", String::new()));
        }
    }
    row
}

const B_DETAILED: [&str; 32] = [
    "b_uuid",
    "b_direction",
    "b_created",
    "b_created_epoch",
    "b_name",
    "b_state",
    "b_cid_name",
    "b_cid_num",
    "b_ip_addr",
    "b_dest",
    "b_application",
    "b_application_data",
    "b_dialplan",
    "b_context",
    "b_read_codec",
    "b_read_rate",
    "b_read_bit_rate",
    "b_write_codec",
    "b_write_rate",
    "b_write_bit_rate",
    "b_secure",
    "b_hostname",
    "b_presence_id",
    "b_presence_data",
    "b_accountcode",
    "b_callstate",
    "b_callee_name",
    "b_callee_num",
    "b_callee_direction",
    "b_call_uuid",
    "b_sent_callee_name",
    "b_sent_callee_num",
];

/// A row of `show calls`: the leg, and its other leg if they talk.
pub fn call(channel: &Channel, other: Option<&Channel>) -> Vec<Column> {
    let mut row = leg(channel, &A);
    row.push((A_END[0], call_uuid(channel)));
    row.push((A_END[1], text(HOSTNAME)));
    let own = callee(channel);
    row.push((A_END[2], own.sent_name));
    row.push((A_END[3], own.sent_number));
    match other {
        Some(other) => {
            row.extend(leg(other, &B));
            let callee = callee(other);
            row.push((B_END[0], callee.sent_name));
            row.push((B_END[1], callee.sent_number));
            row.push((B_END[2], epoch(other.bridged).to_string()));
        }
        None => row.extend(B.iter().chain(&B_END).map(|name| (*name, String::new()))),
    }
    row
}

const A: [&str; 17] = [
    "uuid",
    "direction",
    "created",
    "created_epoch",
    "name",
    "state",
    "cid_name",
    "cid_num",
    "ip_addr",
    "dest",
    "presence_id",
    "presence_data",
    "accountcode",
    "callstate",
    "callee_name",
    "callee_num",
    "callee_direction",
];
const A_END: [&str; 4] = ["call_uuid", "hostname", "sent_callee_name", "sent_callee_num"];
const B: [&str; 17] = [
    "b_uuid",
    "b_direction",
    "b_created",
    "b_created_epoch",
    "b_name",
    "b_state",
    "b_cid_name",
    "b_cid_num",
    "b_ip_addr",
    "b_dest",
    "b_presence_id",
    "b_presence_data",
    "b_accountcode",
    "b_callstate",
    "b_callee_name",
    "b_callee_num",
    "b_callee_direction",
];
const B_END: [&str; 3] = ["b_sent_callee_name", "b_sent_callee_num", "call_created_epoch"];

fn leg(channel: &Channel, names: &[&'static str; 17]) -> Vec<Column> {
    let callee = callee(channel);
    let (cid_name, cid_number) = channel.shown_caller();
    let values = [
        channel.uuid.clone(),
        text(direction(channel)),
        local_stamp(channel.created),
        epoch(channel.created).to_string(),
        channel.name.clone(),
        text(channel.state),
        text(cid_name),
        text(cid_number),
        ip_addr(channel),
        listed_destination(channel),
        String::new(),
        String::new(),
        String::new(),
        text(channel.call_state),
        callee.name,
        callee.number,
        text(callee.direction),
    ];
    names.iter().copied().zip(values).collect()
}
