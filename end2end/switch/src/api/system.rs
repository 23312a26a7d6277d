//! Commands about the switch itself.

use super::modules;
use crate::clock;
use crate::esl::HOSTNAME;
use crate::esl::log::level as log_level;
use crate::esl::subscription::matches_pattern;
use crate::event::Origin;
use crate::switch::Switch;

/// `FreeSWITCH-Version` of the recordings.
pub const VERSION_FULL: &str = "1.11.3-dev+git~20260821T141014Z~cc93a683ca~64bit";
/// The version as `status` names it.
pub(super) const VERSION_HUMAN: &str = "1.11.3-dev git cc93a68 2026-08-21 14:10:14Z 64bit";

/// Runs one of the small commands; `None` if there is no such command.
pub(super) fn run(switch: &mut Switch, name: &str, arguments: &str) -> Option<String> {
    let output = match name {
        "status" => status(switch),
        "version" if arguments == "short" => "1.11.3-dev\n".to_owned(),
        "version" => {
            format!("FreeSWITCH Version {VERSION_FULL} (git cc93a68 2026-08-21 14:10:14Z 64bit)\n")
        }
        "hostname" | "switchname" => HOSTNAME.to_owned(),
        "uptime" => {
            let up = switch.uptime();
            let divisor = match arguments {
                "us" => 1,
                "ms" => 1000,
                "m" => 60_000_000,
                "h" => 3_600_000_000,
                "d" => 86_400_000_000,
                _ => 1_000_000,
            };
            format!("{}\n", up / divisor)
        }
        "echo" => arguments.to_owned(),
        "eval" => eval(switch, arguments),
        "log" => log(switch, arguments),
        "regex" => regex(arguments),
        "sched_hangup" => "+OK\n".to_owned(),
        "create_uuid" => switch.new_uuid(),
        "strftime" if arguments.is_empty() => clock::local_stamp(switch.stamp()),
        "strepoch" if arguments.is_empty() => clock::epoch(switch.stamp()).to_string(),
        "module_exists" => modules::module_exists(switch, arguments),
        "load" => modules::load(switch, arguments),
        "unload" => modules::unload(switch, arguments),
        "reload" => modules::reload(switch, arguments),
        "reloadxml" => modules::reload_xml(switch),
        "reloadacl" => "+OK acl reloaded\n".to_owned(),
        "global_getvar" if arguments.is_empty() => {
            switch.globals.iter().map(|(name, value)| format!("{name}={value}\n")).collect()
        }
        "global_getvar" => switch
            .globals
            .iter()
            .find(|(name, _)| name == arguments)
            .map(|(_, value)| value.clone())
            .unwrap_or_default(),
        "global_setvar" => {
            if let Some((name, value)) = arguments.split_once('=') {
                switch.globals.retain(|(known, _)| known != name);
                switch.globals.push((name.to_owned(), value.to_owned()));
            }
            "+OK".to_owned()
        }
        _ => return None,
    };
    Some(output)
}

/// `eval <text>`: `${name}` is the global variable of that name.
fn eval(switch: &Switch, text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("${") {
        let Some((name, behind)) = after.split_once('}') else { break };
        out.push_str(before);
        let value = switch.globals.iter().find(|(known, _)| known == name);
        out.push_str(value.map_or("", |(_, value)| value));
        rest = behind;
    }
    out + rest
}

/// `log <level> <text>`
fn log(switch: &mut Switch, arguments: &str) -> String {
    let (word, text) = arguments.split_once(' ').unwrap_or((arguments, ""));
    let Some(level) = log_level(word) else { return "-ERR\n".to_owned() };
    switch.log(level, 3, Origin("mod_commands.c", "log_function", 7247), text);
    "+OK\n".to_owned()
}

/// `regex <data>|<pattern>`, with the patterns of filters.
fn regex(arguments: &str) -> String {
    match arguments.split_once('|') {
        Some((data, pattern)) => matches_pattern(pattern, data).to_string(),
        None => "-ERR".to_owned(),
    }
}

/// `status`, as text.
pub(super) fn status(switch: &Switch) -> String {
    let sessions = switch.channels.next_session;
    let (active, peak) = (switch.channels.len(), switch.channels.peak);
    format!(
        "UP {}\nFreeSWITCH (Version {VERSION_HUMAN}) is ready\n{sessions} session(s) since startup\n\
         {active} session(s) - peak {peak}, last 5min {peak} \n\
         0 session(s) per Sec out of max 30, peak 2, last 5min 2 \n1000 session(s) max\n\
         min idle cpu 0.00/94.07\nCurrent Stack Size/Max 240K/8192K\n",
        clock::uptime_text(switch.uptime())
    )
}
