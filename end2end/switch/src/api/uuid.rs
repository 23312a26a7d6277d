//! Commands about one channel (mod_commands). Every answer is recorded; some of them have no effect here, because they are
//! about media.

use super::help::usage;
use crate::channels::headers;
use crate::esl::encoding;
use crate::event::Origin;
use crate::switch::Switch;
use crate::words;

const NO_CHANNEL: &str = "-ERR No such channel!\n";
const NO_SESSION: &str = "-ERR Cannot locate session!\n";
const OK: &str = "+OK\n";
const SUCCESS: &str = "+OK Success\n";

/// Runs one of the `uuid_` commands; `None` if there is no such command.
pub(super) fn run(switch: &mut Switch, command: &str, arguments: &str) -> Option<String> {
    let words = words::split(arguments, 8);
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let uuid = words.first().copied().unwrap_or_default();
    let known = switch.channels.get(uuid).is_some();
    let output = match command {
        "uuid_exists" => switch.channels.get(arguments).is_some().to_string(),
        "uuid_kill" => match words.as_slice() {
            [] => usage(command),
            [uuid, rest @ ..] => {
                let cause = rest.first().copied().unwrap_or("NORMAL_CLEARING").to_ascii_uppercase();
                if switch.kill_for(uuid, &cause) { OK.to_owned() } else { NO_CHANNEL.to_owned() }
            }
        },
        "uuid_getvar" => getvar(switch, arguments),
        "uuid_setvar" => setvar(switch, arguments),
        "uuid_setvar_multi" => setvar_multi(switch, arguments),
        "uuid_dump" => dump(switch, &words),
        "uuid_transfer" => transfer(switch, &words),
        "uuid_hold" => hold(switch, &words),
        "uuid_park" if words.is_empty() => usage(command),
        "uuid_park" if known => {
            switch.park(uuid);
            OK.to_owned()
        }
        "uuid_park" => NO_CHANNEL.to_owned(),
        "uuid_bridge" => match words.as_slice() {
            [a, b, ..] if [a, b].iter().all(|uuid| switch.channels.get(uuid).is_some()) => {
                switch.release(a);
                switch.release(b);
                switch.bridge_legs(a, b);
                format!("+OK {b}\n")
            }
            _ => "-ERR Invalid uuid\n".to_owned(),
        },
        "uuid_broadcast" => broadcast(switch, &words),
        "uuid_break" if known => {
            if let Some(channel) = switch.channels.get_mut(uuid) {
                channel.broadcast = None;
            }
            OK.to_owned()
        }
        "uuid_audio" => audio(switch, &words),
        "uuid_record" => record(switch, &words),
        "uuid_buglist" => buglist(switch, uuid),
        "uuid_send_dtmf" | "uuid_recv_dtmf" => dtmf(switch, command, &words),
        "uuid_display" => {
            let (name, number) =
                arguments.split_once(' ').map_or("", |(_, text)| text).split_once('|').unwrap_or_default();
            if let Some(channel) = switch.channels.get_mut(uuid) {
                channel.set("last_sent_callee_id_name", name);
                channel.set("last_sent_callee_id_number", number);
                channel.display = Some((name.to_owned(), number.to_owned()));
            }
            SUCCESS.to_owned()
        }
        "uuid_jitterbuffer" if words.len() < 2 => usage(command),
        "uuid_phone_event" | "uuid_send_info" | "uuid_media" => SUCCESS.to_owned(),
        "uuid_limit" => "+OK".to_owned(),
        "uuid_answer" | "uuid_break" | "uuid_chat" | "uuid_flush_dtmf" | "uuid_jitterbuffer"
        | "uuid_loglevel" => {
            if known {
                OK.to_owned()
            } else {
                NO_CHANNEL.to_owned()
            }
        }
        _ => return None,
    };
    Some(output)
}

fn getvar(switch: &Switch, arguments: &str) -> String {
    let words = words::split(arguments, 2);
    let [uuid, name] = words.as_slice() else { return usage("uuid_getvar") };
    let Some(channel) = switch.channels.get(uuid) else { return NO_CHANNEL.to_owned() };
    let value = match name.as_str() {
        "caller_id_name" => Some(channel.shown_caller().0),
        "caller_id_number" => Some(channel.shown_caller().1),
        "destination_number" => Some(channel.destination.as_str()),
        name => channel.variable(name),
    };
    value.filter(|value| !value.is_empty()).unwrap_or("_undef_").to_owned()
}

fn setvar(switch: &mut Switch, arguments: &str) -> String {
    let words = words::split(arguments, 3);
    let [uuid, name, value @ ..] = words.as_slice() else { return usage("uuid_setvar") };
    let Some(channel) = switch.channels.get_mut(uuid) else { return NO_CHANNEL.to_owned() };
    match value.first() {
        Some(value) => channel.set(name, value.as_str()),
        None => channel.unset(name),
    }
    OK.to_owned()
}

fn setvar_multi(switch: &mut Switch, arguments: &str) -> String {
    let Some((uuid, pairs)) = arguments.split_once(' ') else { return usage("uuid_setvar_multi") };
    let Some(channel) = switch.channels.get_mut(uuid) else { return NO_CHANNEL.to_owned() };
    for (name, value) in pairs.split(';').filter_map(|pair| pair.split_once('=')) {
        channel.set(name, value);
    }
    OK.to_owned()
}

fn dump(switch: &mut Switch, words: &[&str]) -> String {
    let Some(uuid) = words.first() else { return usage("uuid_dump") };
    if switch.channels.get(uuid).is_none() {
        return NO_CHANNEL.to_owned();
    }
    let mut event = switch.event("CHANNEL_DATA", None, Origin("mod_commands.c", "uuid_dump_function", 6495));
    if let Some(channel) = switch.channels.get(uuid) {
        headers::add(&mut event, channel);
    }
    match words.get(1) {
        Some(&"json") => encoding::json(&event),
        Some(&"xml") => encoding::xml(&event),
        _ => encoding::plain(&event),
    }
}

/// Into a queue, to a phone (`bridge:... inline`), or to an extension that there is not: then the caller is gone a moment
/// later, although the answer was `+OK`.
fn transfer(switch: &mut Switch, words: &[&str]) -> String {
    let words: Vec<&str> = words.iter().copied().filter(|word| !matches!(*word, "-both" | "-bleg")).collect();
    let [uuid, destination, ..] = words.as_slice() else { return usage("uuid_transfer") };
    if switch.channels.get(uuid).is_none() {
        return NO_CHANNEL.to_owned();
    }
    let mut base_score = 0;
    let mut queue = switch.queue_of(destination);
    let mut bridge = None;
    for application in destination.split(',') {
        if let Some(score) = application.strip_prefix("set:cc_base_score=") {
            base_score = score.parse().unwrap_or(0);
        } else if let Some(name) = application.strip_prefix("callcenter:") {
            queue = Some(name.to_owned());
        } else if let Some(url) = application.strip_prefix("bridge:") {
            bridge = Some(url.to_owned());
        }
    }
    let now = switch.epoch();
    let queue = queue.filter(|queue| {
        switch.center.queue(queue).is_some() || switch.center.load_queue_and_agents(queue, now)
    });
    let dialplan = if bridge.is_some() || base_score != 0 { "inline" } else { "XML" };
    let id = switch.new_uuid();
    match (queue, bridge) {
        (Some(queue), _) => switch.re_enter(uuid, &queue, base_score, (destination, dialplan)),
        (None, Some(url)) => {
            let before = switch.channels.get(uuid).map(|channel| channel.destination.clone());
            switch.redirect(uuid, &id, destination, dialplan);
            switch.release(uuid);
            // Recorded: applications have no number, so the caller's destination is the old one again.
            if let (Some(before), Some(channel)) = (before, switch.channels.get_mut(uuid)) {
                channel.listed_destination = Some(std::mem::replace(&mut channel.destination, before));
                channel.redirected_from = None;
            }
            if !switch.call_for(uuid, &url) {
                switch.kill_for(uuid, "NORMAL_CLEARING");
            }
        }
        (None, None) => {
            switch.redirect(uuid, &id, destination, dialplan);
            switch.release(uuid);
            switch.kill_for(uuid, "NO_ROUTE_DESTINATION");
        }
    }
    OK.to_owned()
}

fn hold(switch: &mut Switch, words: &[&str]) -> String {
    match words {
        [] => format!("{}-ERR Operation failed\n", usage("uuid_hold")),
        ["off", uuid, ..] => {
            switch.set_hold(uuid, false);
            SUCCESS.to_owned()
        }
        ["toggle", uuid, ..] => {
            let held = switch.channels.get(uuid).is_some_and(|channel| channel.call_state == "HELD");
            switch.set_hold(uuid, !held);
            SUCCESS.to_owned()
        }
        // Recorded: also for a channel that is not there.
        [uuid, ..] => {
            switch.set_hold(uuid, true);
            SUCCESS.to_owned()
        }
    }
}

fn broadcast(switch: &mut Switch, words: &[&str]) -> String {
    let [uuid, path, rest @ ..] = words else { return usage("uuid_broadcast") };
    let Some(channel) = switch.channels.get_mut(uuid) else { return "-ERR invalid uuid\n".to_owned() };
    let path = path.strip_prefix("playback::").unwrap_or(path);
    channel.broadcast = Some(path.to_owned());
    if rest.first() == Some(&"both")
        && let Some(other) = channel.other.as_ref().map(|other| other.uuid.clone())
        && let Some(other) = switch.channels.get_mut(&other)
    {
        other.broadcast = Some(path.to_owned());
    }
    "+OK Message sent\n".to_owned()
}

fn audio(switch: &mut Switch, words: &[&str]) -> String {
    match words {
        [uuid, "start", ..] if switch.channels.get(uuid).is_some() => {
            switch.start_bug(uuid, "audio", "mute", uuid);
            OK.to_owned()
        }
        [uuid, "stop", ..] if switch.channels.get(uuid).is_some() => {
            switch.stop_bug(uuid, "audio", "mute");
            OK.to_owned()
        }
        [_, "start" | "stop", ..] => NO_SESSION.to_owned(),
        _ => usage("uuid_audio"),
    }
}

fn record(switch: &mut Switch, words: &[&str]) -> String {
    match words {
        [uuid, _, _, ..] if switch.channels.get(uuid).is_none() => NO_SESSION.to_owned(),
        [uuid, "start", file, ..] => {
            switch.start_recording(uuid, file);
            SUCCESS.to_owned()
        }
        [uuid, "stop", file, ..] if switch.stop_recording(uuid, file) => SUCCESS.to_owned(),
        [_, "stop", ..] => "-ERR Cannot stop record session!\n".to_owned(),
        [_, "mask" | "unmask" | "pause" | "resume", ..] => SUCCESS.to_owned(),
        _ => usage("uuid_record"),
    }
}

fn buglist(switch: &Switch, uuid: &str) -> String {
    let Some(channel) = switch.channels.get(uuid) else { return NO_CHANNEL.to_owned() };
    let mut out = String::from("<media-bugs>\n");
    for (function, target, _) in &channel.bugs {
        out.push_str(&format!(
            " <media-bug>\n  <function>{function}</function>\n  <target>{target}</target>\n  \
             <thread-locked>0</thread-locked>\n </media-bug>\n"
        ));
    }
    out + "</media-bugs>\n"
}

fn dtmf(switch: &mut Switch, command: &str, words: &[&str]) -> String {
    let [uuid, digits, ..] = words else { return usage(command) };
    if switch.channels.get(uuid).is_none() {
        return NO_SESSION.to_owned();
    }
    if command == "uuid_send_dtmf" {
        return format!("+OK {uuid} sent DTMF {digits}.\n");
    }
    switch.dtmf(uuid, digits);
    format!("+OK {uuid} received DTMF {digits}.\n")
}
