//! Commands about the switch itself.

use crate::clock;
use crate::esl::HOSTNAME;
use crate::event::Origin;
use crate::journal::What;
use crate::switch::Switch;

/// `FreeSWITCH-Version` of the recordings.
pub const VERSION_FULL: &str = "1.11.3-dev+git~20260821T141014Z~cc93a683ca~64bit";
/// The version as `status` names it.
pub(super) const VERSION_HUMAN: &str = "1.11.3-dev git cc93a68 2026-08-21 14:10:14Z 64bit";

/// Modules that count as loaded.
pub const MODULES: [&str; 14] = [
    "mod_callcenter",
    "mod_commands",
    "mod_conference",
    "mod_console",
    "mod_db",
    "mod_dialplan_xml",
    "mod_dptools",
    "mod_event_socket",
    "mod_hash",
    "mod_local_stream",
    "mod_logfile",
    "mod_loopback",
    "mod_sofia",
    "mod_tone_stream",
];

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
        "create_uuid" => switch.new_uuid(),
        "strftime" if arguments.is_empty() => clock::local_stamp(switch.stamp()),
        "strepoch" if arguments.is_empty() => clock::epoch(switch.stamp()).to_string(),
        "module_exists" if arguments.is_empty() => String::new(),
        "module_exists" => MODULES.contains(&arguments).to_string(),
        "reloadxml" => {
            let event = switch.event("RELOADXML", None, Origin("switch_xml.c", "switch_xml_open_root", 2423));
            switch.publish(&event);
            "+OK [Success]\n".to_owned()
        }
        "reloadacl" => "+OK acl reloaded\n".to_owned(),
        "reload" if arguments == "mod_callcenter" => reload_callcenter(switch),
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

/// Recorded: refused while a caller is in the module; without calls the rows start afresh.
fn reload_callcenter(switch: &mut Switch) -> String {
    if !switch.channels.is_empty() {
        return "+OK Reloading XML\n-ERR unloading module [Module in use.]\n\
                -ERR loading module [Module already loaded]\n"
            .to_owned();
    }
    switch.note_now(What::ModuleReloaded);
    switch.center.reset_on_load();
    let now = switch.epoch();
    for name in switch.center.configuration.agents.iter().map(|agent| agent.name.clone()).collect::<Vec<_>>()
    {
        switch.center.load_agent(&name, now);
    }
    switch.center.load_tiers(None, None);
    switch.flush();
    "+OK Reloading XML\n+OK module unloaded\n+OK module loaded\n".to_owned()
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
