//! Commands about one channel.

use crate::channels::headers;
use crate::esl::encoding;
use crate::event::Origin;
use crate::switch::Switch;
use crate::words;

const NO_CHANNEL: &str = "-ERR No such channel!\n";

pub(super) fn exists(switch: &Switch, arguments: &str) -> String {
    switch.channels.get(arguments).is_some().to_string()
}

pub(super) fn kill(switch: &mut Switch, arguments: &str) -> String {
    match words::split(arguments, 2).first() {
        None => "-USAGE: <uuid> [cause]\n".to_owned(),
        Some(uuid) if switch.kill(uuid) => "+OK\n".to_owned(),
        Some(_) => NO_CHANNEL.to_owned(),
    }
}

pub(super) fn getvar(switch: &Switch, arguments: &str) -> String {
    let words = words::split(arguments, 2);
    let [uuid, name] = words.as_slice() else { return "-USAGE: <uuid> <var>\n".to_owned() };
    match switch.channels.get(uuid) {
        Some(channel) => {
            channel.variable(name).filter(|value| !value.is_empty()).unwrap_or("_undef_").to_owned()
        }
        None => NO_CHANNEL.to_owned(),
    }
}

pub(super) fn setvar(switch: &mut Switch, arguments: &str) -> String {
    let words = words::split(arguments, 3);
    let [uuid, name, value @ ..] = words.as_slice() else {
        return "-USAGE: <uuid> <var> [value]\n".to_owned();
    };
    let Some(channel) = switch.channels.get_mut(uuid) else { return NO_CHANNEL.to_owned() };
    match value.first() {
        Some(value) => channel.set(name, value.as_str()),
        None => channel.unset(name),
    }
    "+OK\n".to_owned()
}

pub(super) fn dump(switch: &mut Switch, arguments: &str) -> String {
    let words = words::split(arguments, 2);
    let Some(uuid) = words.first() else { return "-USAGE: <uuid> [format]\n".to_owned() };
    if switch.channels.get(uuid).is_none() {
        return NO_CHANNEL.to_owned();
    }
    let mut event = switch.event("CHANNEL_DATA", None, Origin("mod_commands.c", "uuid_dump_function", 6495));
    if let Some(channel) = switch.channels.get(uuid) {
        headers::add(&mut event, channel);
    }
    match words.get(1).map(String::as_str) {
        Some("json") => encoding::json(&event),
        Some("xml") => encoding::xml(&event),
        _ => encoding::plain(&event),
    }
}

/// Only the form that puts a waiting caller into a queue again (FINDINGS 60); any other destination answers `+OK` and
/// takes the caller out of its queue.
pub(super) fn transfer(switch: &mut Switch, arguments: &str) -> String {
    let words = words::split(arguments, 5);
    let [uuid, destination, ..] = words.as_slice() else {
        return "-USAGE: <uuid> [-bleg|-both] <dest-exten> [<dialplan>] [<context>]\n".to_owned();
    };
    if switch.channels.get(uuid).is_none() {
        return NO_CHANNEL.to_owned();
    }
    let mut base_score = 0;
    let mut queue = None;
    for application in destination.split(',') {
        if let Some(score) = application.strip_prefix("set:cc_base_score=") {
            base_score = score.parse().unwrap_or(0);
        } else if let Some(name) = application.strip_prefix("callcenter:") {
            queue = Some(name.to_owned());
        } else if let Some(local) = application.strip_prefix("queue-") {
            queue = Some(format!("{local}@default"));
        }
    }
    match queue {
        Some(queue) if switch.center.queue(&queue).is_some() => switch.re_enter(uuid, &queue, base_score),
        _ => switch.hang_up_caller(uuid),
    }
    "+OK\n".to_owned()
}
