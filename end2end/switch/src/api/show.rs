//! `show ...` (mod_commands, `show_function()`).

use super::modules::interfaces;
use super::system;
use crate::callcenter::json::array;
use crate::channels::{Leg, rows};
use crate::clock;
use crate::esl::HOSTNAME;
use crate::esl::encoding::xml_text;
use crate::switch::Switch;

const USAGE: &str = "-USAGE: codec|endpoint|application|api|dialplan|file|timer|calls [count]|channels [count|like \
                     <match string>]|calls|detailed_calls|bridged_calls|detailed_bridged_calls|aliases|complete|chat|\
                     management|modules|nat_map|say|interfaces|interface_types|tasks|limits|status\n";

type Row = Vec<rows::Column>;

pub(super) fn run(switch: &Switch, arguments: &str) -> String {
    let mut words: Vec<&str> = arguments.split(' ').filter(|word| !word.is_empty()).collect();
    let format = match words.iter().position(|word| *word == "as") {
        Some(at) => words.split_off(at).into_iter().skip(1).collect(),
        None => Vec::new(),
    };
    let Some((what, rest)) = words.split_first() else { return USAGE.to_owned() };
    let rows = match *what {
        "channels" => channels(switch, rest),
        "calls" => calls(switch, false),
        "bridged_calls" => calls(switch, true),
        "registrations" => registrations(switch),
        "modules" => modules(switch, rest.first().copied()),
        "status" => return system::status(switch),
        _ => return USAGE.to_owned(),
    };
    let count = rest.first() == Some(&"count");
    match format.as_slice() {
        ["json"] if count => format!("{{\"row_count\":{},\"rows\":[]}}", rows.len()),
        ["json"] if rows.is_empty() => "{\"row_count\": 0}\n".to_owned(),
        ["json"] => format!("{{\"row_count\":{},\"rows\":{}}}", rows.len(), array(&rows, &[])),
        ["xml"] => xml(&rows),
        ["delim", delimiter] => text(&rows, delimiter, count),
        [] | ["csv"] => text(&rows, ",", count),
        [unknown, ..] => format!("-ERR Cannot find format {unknown}\n"),
    }
}

fn text(rows: &[Row], delimiter: &str, count: bool) -> String {
    let mut out = String::new();
    if !count {
        if let Some(first) = rows.first() {
            out.push_str(&first.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(delimiter));
            out.push('\n');
        }
        for row in rows {
            out.push_str(&row.iter().map(|(_, value)| value.as_str()).collect::<Vec<_>>().join(delimiter));
            out.push('\n');
        }
    }
    out.push_str(&format!("\n{} total.\n", rows.len()));
    out
}

fn xml(rows: &[Row]) -> String {
    if rows.is_empty() {
        return "<result row_count=\"0\"/>\n".to_owned();
    }
    let mut out = format!("<result row_count=\"{}\">\n", rows.len());
    for (index, row) in rows.iter().enumerate() {
        out.push_str(&format!("  <row row_id=\"{}\">\n", index + 1));
        for (name, value) in row {
            out.push_str(&format!("    <{name}>{}</{name}>\n", xml_text(value)));
        }
        out.push_str("  </row>\n");
    }
    out + "</result>\n"
}

fn channels(switch: &Switch, rest: &[&str]) -> Vec<Row> {
    let like = match rest {
        ["like", text, ..] => Some(*text),
        _ => None,
    };
    switch
        .channels
        .iter()
        .filter(|channel| {
            like.is_none_or(|text| {
                [&channel.uuid, &channel.name, &channel.cid_name, &channel.cid_number]
                    .iter()
                    .any(|field| field.contains(text))
            })
        })
        .map(rows::channel)
        .collect()
}

/// Every leg that is not the callee of a bridge, with its callee.
fn calls(switch: &Switch, only_bridged: bool) -> Vec<Row> {
    switch
        .channels
        .iter()
        .filter(|channel| channel.leg == Leg::Caller || !channel.is_bridged())
        .map(|channel| {
            let bridged = channel.other.as_ref().filter(|_| channel.is_bridged());
            (channel, bridged.and_then(|other| switch.channels.get(&other.uuid)))
        })
        .filter(|(_, other)| !only_bridged || other.is_some())
        .map(|(channel, other)| rows::call(channel, other))
        .collect()
}

/// With life, every agent that is logged in has a phone.
fn registrations(switch: &Switch) -> Vec<Row> {
    if !switch.world.life {
        return Vec::new();
    }
    switch
        .center
        .agents
        .iter()
        .filter(|agent| agent.is_logged_in())
        .map(|agent| {
            let user = agent.name.split('@').next().unwrap_or(&agent.name).to_owned();
            vec![
                ("reg_user", user.clone()),
                ("realm", "default".to_owned()),
                ("token", format!("sample-{user}")),
                ("url", format!("sofia/internal/sip:{user}@192.0.2.10:5070")),
                ("expires", (clock::epoch(switch.now) + 3600).to_string()),
                ("network_ip", "192.0.2.10".to_owned()),
                ("network_port", "5070".to_owned()),
                ("network_proto", "udp".to_owned()),
                ("hostname", HOSTNAME.to_owned()),
                ("metadata", String::new()),
            ]
        })
        .collect()
}

/// One row per interface.
fn modules(switch: &Switch, name: Option<&str>) -> Vec<Row> {
    interfaces(switch)
        .filter(|interface| name.is_none_or(|name| name == "count" || name == interface.module))
        .map(|interface| {
            vec![
                ("type", interface.kind.to_owned()),
                ("name", interface.name.to_owned()),
                ("ikey", interface.module.to_owned()),
                ("filename", format!("/usr/local/freeswitch/mod/{}.so", interface.module)),
            ]
        })
        .collect()
}
