//! `show ...` (mod_commands, `show_function()`).

use super::help::usage;
use super::modules::{Interface, interfaces};
use super::system;
use crate::callcenter::json::array;
use crate::channels::{Channel, Leg, rows};
use crate::esl::HOSTNAME;
use crate::esl::encoding::xml_text;
use crate::switch::Switch;

type Row = Vec<rows::Column>;

pub(super) fn run(switch: &Switch, arguments: &str) -> String {
    let mut words: Vec<&str> = arguments.split(' ').filter(|word| !word.is_empty()).collect();
    let format = match words.iter().position(|word| *word == "as") {
        Some(at) => words.split_off(at).into_iter().skip(1).collect(),
        None => Vec::new(),
    };
    let Some((what, rest)) = words.split_first() else { return usage("show") };
    let rows = match *what {
        "channels" => channels(switch, rest),
        "calls" => calls(switch, false),
        "bridged_calls" => calls(switch, true),
        "detailed_calls" => detailed_calls(switch, false),
        "detailed_bridged_calls" => detailed_calls(switch, true),
        "api" | "application" | "dialplan" | "endpoint" => of_kind(switch, what),
        "tasks" | "limits" | "aliases" | "complete" => Vec::new(),
        "registrations" => registrations(switch),
        "modules" => modules(switch, rest.first().copied()),
        "status" => return system::status(switch),
        _ => return usage("show"),
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

/// Every leg that is not the callee of a bridge, with its callee. Those alone come first, as recorded.
fn pairs(switch: &Switch, only_bridged: bool) -> Vec<(&Channel, Option<&Channel>)> {
    let mut pairs: Vec<(&Channel, Option<&Channel>)> = switch
        .channels
        .iter()
        .filter(|channel| channel.leg == Leg::Caller || !channel.is_bridged())
        .map(|channel| {
            let bridged = channel.other.as_ref().filter(|_| channel.is_bridged());
            (channel, bridged.and_then(|other| switch.channels.get(&other.uuid)))
        })
        .filter(|(_, other)| !only_bridged || other.is_some())
        .collect();
    pairs.sort_by_key(|(_, other)| other.is_some());
    pairs
}

fn calls(switch: &Switch, only_bridged: bool) -> Vec<Row> {
    pairs(switch, only_bridged).into_iter().map(|(channel, other)| rows::call(channel, other)).collect()
}

fn detailed_calls(switch: &Switch, only_bridged: bool) -> Vec<Row> {
    pairs(switch, only_bridged)
        .into_iter()
        .map(|(channel, other)| rows::detailed_call(channel, other))
        .collect()
}

fn registrations(switch: &Switch) -> Vec<Row> {
    switch
        .registrations()
        .into_iter()
        .map(|row| {
            vec![
                ("reg_user", row.user.clone()),
                ("realm", row.realm.clone()),
                ("token", row.call_id.clone()),
                ("url", row.url()),
                ("expires", row.expires.to_string()),
                ("network_ip", row.address.clone()),
                ("network_port", row.port.to_string()),
                ("network_proto", "udp".to_owned()),
                ("hostname", HOSTNAME.to_owned()),
                ("metadata", String::new()),
            ]
        })
        .collect()
}

/// Interfaces of one kind; endpoints without the file of their module.
fn of_kind(switch: &Switch, kind: &str) -> Vec<Row> {
    let rows = interfaces(switch).filter(|interface| interface.kind == kind);
    let row = |interface: Interface| match kind {
        "api" | "application" => vec![
            ("name", interface.name.to_owned()),
            ("description", interface.description.to_owned()),
            ("syntax", interface.syntax.to_owned()),
            ("ikey", interface.module.to_owned()),
        ],
        _ => vec![
            ("type", interface.kind.to_owned()),
            ("name", interface.name.to_owned()),
            ("ikey", interface.module.to_owned()),
        ],
    };
    rows.map(row).collect()
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
