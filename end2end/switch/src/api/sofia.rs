//! `sofia` (mod_sofia), as far as programs of a call center read it: one profile, its registrations, no gateway.

use crate::switch::Switch;

const RULE: &str =
    "=================================================================================================\n";
const XML: &str = "<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?>\n";
const URL: &str = "sip:mod_sofia@127.0.0.1:5060";

/// Runs `sofia <words>`.
pub(super) fn run(switch: &Switch, arguments: &str) -> String {
    let words: Vec<&str> = arguments.split(' ').filter(|word| !word.is_empty()).collect();
    let in_use = switch.channels.iter().filter(|channel| channel.name.starts_with("sofia/")).count();
    match words.as_slice() {
        [] | ["help"] => include_str!("sofia.txt").to_owned(),
        ["status"] => format!(
            "{:>25}\t{:>7}\t{:>42}\tState\n{RULE}{:>25}\t{:>7}\t{URL:>42}\tRUNNING ({in_use})\n{RULE}1 profile 0 aliases\n",
            "Name", "Type", "Data", "internal", "profile",
        ),
        ["xmlstatus"] => format!(
            "{XML}<profiles>\n<profile>\n<name>internal</name>\n<type>profile</type>\n<data>{URL}</data>\n\
             <state>RUNNING ({in_use})</state>\n</profile>\n</profiles>\n"
        ),
        ["status", "profile", "internal", "reg", ..] => registrations(switch),
        ["xmlstatus", "profile", "internal", "reg", ..] => xml_registrations(switch),
        ["status" | "xmlstatus", "profile", name, ..] if *name != "internal" => {
            "Invalid Profile!\n".to_owned()
        }
        ["xmlstatus", "gateway"] => format!("{XML}<gateways>\n</gateways>\n"),
        ["status" | "xmlstatus", "gateway", _, ..] => "Invalid Gateway!\n".to_owned(),
        [word, ..] => format!("Unknown Command [{word}]\n"),
    }
}

fn registrations(switch: &Switch) -> String {
    let mut out = format!("\nRegistrations:\n{RULE}");
    let rows = switch.registrations();
    for row in &rows {
        out.push_str(&format!(
            "Call-ID:    \t{}\nUser:       \t{}@{}\nContact:    \t\"\" <sip:{}@{}:{}>\nAgent:      \trec-ua/1.0\n\
             Status:     \tRegistered(UDP)(unknown) EXP({}) EXPSECS({})\nPing-Status:\tReachable\nPing-Time:\t0.00\n\
             Host:       \tfs1.example\nIP:         \t{}\nPort:       \t{}\nAuth-User:  \t{}\nAuth-Realm: \t{}\n\
             MWI-Account:\t{}@{}\n\n",
            row.call_id,
            row.user,
            row.realm,
            row.user,
            row.address,
            row.port,
            crate::clock::local_stamp(row.expires * 1_000_000),
            row.expires - switch.epoch(),
            row.address,
            row.port,
            row.user,
            row.realm,
            row.user,
            row.realm,
        ));
    }
    out.push_str(&format!("Total items returned: {}\n{RULE}", rows.len()));
    out
}

fn xml_registrations(switch: &Switch) -> String {
    let mut out = format!("{XML}<profile>\n  <registrations>\n");
    for row in switch.registrations() {
        out.push_str(&format!(
            "    <registration>\n        <call-id>{}</call-id>\n        <user>{}@{}</user>\n        \
             <network-ip>{}</network-ip>\n        <network-port>{}</network-port>\n    </registration>\n",
            row.call_id, row.user, row.realm, row.address, row.port
        ));
    }
    out + "  </registrations>\n</profile>\n"
}

/// `sofia_contact [profile/]<user>@<domain>`
pub(super) fn contact(switch: &Switch, arguments: &str) -> String {
    let address = arguments.rsplit('/').next().unwrap_or(arguments);
    let user = address.split('@').next().unwrap_or(address);
    match switch.registrations().into_iter().find(|row| row.user == user) {
        Some(row) => row.url(),
        None => "error/user_not_registered".to_owned(),
    }
}
