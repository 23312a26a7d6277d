//! Modules: what is loaded, and `load`, `unload`, `reload`, `module_exists` (mod_commands; every answer recorded).

use super::help::commands;
use crate::event::Origin;
use crate::journal::What;
use crate::switch::Switch;

/// What a module offers, as `show modules` and the events of loading name it.
#[derive(Debug)]
pub(super) struct Interface {
    /// `api`, `application`, `json_api`, ...
    pub kind: &'static str,
    /// Name of the command or application.
    pub name: &'static str,
    /// Module that offers it.
    pub module: &'static str,
    /// What `show api` and the events of loading say about it.
    pub description: &'static str,
    /// Its arguments.
    pub syntax: &'static str,
}

/// Modules that are there to be loaded; all of them are at the start.
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

const UNLOAD: &str = "switch_loadable_module_unprocess";
const LOAD: &str = "switch_loadable_module_process";

const fn of(kind: &'static str, name: &'static str, module: &'static str) -> Interface {
    Interface { kind, name, module, description: "", syntax: "" }
}

/// Syntax of `callcenter_config` in the events of loading: its usage after the first line.
fn callcenter_syntax() -> &'static str {
    let usage = include_str!("../callcenter/usage.txt");
    usage.split_once('\n').map_or(usage, |(_, syntax)| syntax).trim_end()
}

/// The interfaces of the call center, in the order in which they are loaded.
fn callcenter() -> [Interface; 5] {
    let of = |kind, name, description, syntax| Interface {
        kind,
        name,
        module: "mod_callcenter",
        description,
        syntax,
    };
    [
        of("application", "callcenter", "CallCenter", "queue_name"),
        of("application", "callcenter_track", "CallCenter Track Call", "queue_name"),
        of("api", "callcenter_config", "Config of callcenter", callcenter_syntax()),
        of(
            "api",
            "callcenter_break",
            "Stop watching an uuid and release agent",
            "callcenter_break agent <uuid>",
        ),
        of("json_api", "callcenter_config", "JSON Callcenter API", ""),
    ]
}

/// Interfaces of the other modules that are no commands.
const OTHERS: [Interface; 19] = [
    of("application", "answer", "mod_dptools"),
    of("application", "bridge", "mod_dptools"),
    of("application", "eavesdrop", "mod_dptools"),
    of("application", "hangup", "mod_dptools"),
    of("application", "park", "mod_dptools"),
    of("application", "playback", "mod_dptools"),
    of("application", "three_way", "mod_dptools"),
    of("dialplan", "XML", "mod_dialplan_xml"),
    of("dialplan", "inline", "mod_dptools"),
    of("endpoint", "error", "mod_dptools"),
    of("endpoint", "group", "mod_dptools"),
    of("endpoint", "loopback", "mod_loopback"),
    of("endpoint", "null", "mod_loopback"),
    of("endpoint", "pickup", "mod_dptools"),
    of("endpoint", "rtp", "mod_sofia"),
    of("endpoint", "sofia", "mod_sofia"),
    of("endpoint", "user", "mod_dptools"),
    of("file", "local_stream", "mod_local_stream"),
    of("limit", "hash", "mod_hash"),
];

/// Everything that a module offers, in the order of loading.
fn all() -> impl Iterator<Item = Interface> {
    let commands = commands().filter(|(name, ..)| *name != "callcenter_break");
    let commands = commands.map(|(name, syntax, description, module)| Interface {
        kind: "api",
        name,
        module,
        description,
        syntax,
    });
    callcenter().into_iter().chain(commands).chain(OTHERS)
}

/// All interfaces of modules that are loaded.
pub(super) fn interfaces(switch: &Switch) -> impl Iterator<Item = Interface> {
    // Recorded: commands first, each kind by name.
    let mut rows: Vec<Interface> = all().filter(|row| switch.modules.contains(&row.module)).collect();
    rows.sort_by_key(|row| (row.kind, row.name));
    rows.into_iter()
}

/// Whether a command belongs to a module that is not loaded.
pub(super) fn is_unloaded(switch: &Switch, command: &str) -> bool {
    let module = match command {
        "callcenter_config" | "callcenter_break" => "mod_callcenter",
        "sofia" | "sofia_contact" => "mod_sofia",
        _ => return false,
    };
    !exists(switch, module)
}

fn exists(switch: &Switch, module: &str) -> bool {
    switch.modules.contains(&module)
}

/// `module_exists`
pub(super) fn module_exists(switch: &Switch, module: &str) -> String {
    if module.is_empty() { String::new() } else { exists(switch, module).to_string() }
}

/// `load <module>`
pub(super) fn load(switch: &mut Switch, module: &str) -> String {
    if module.is_empty() {
        return "-USAGE: <mod_name>\n".to_owned();
    }
    reload_xml(switch);
    match try_load(switch, module) {
        Ok(()) => "+OK Reloading XML\n+OK\n".to_owned(),
        Err(error) => format!("+OK Reloading XML\n-ERR [{error}]\n"),
    }
}

/// `unload [-f] <module>`
pub(super) fn unload(switch: &mut Switch, arguments: &str) -> String {
    let module = without_force(arguments);
    if module.is_empty() {
        return "-USAGE: [-f] <mod_name>\n".to_owned();
    }
    match try_unload(switch, module) {
        Ok(()) => "+OK\n".to_owned(),
        Err(error) => format!("-ERR [{error}]\n"),
    }
}

/// `reload [-f] <module>`: three lines, of which the last one tells whether the module is there.
pub(super) fn reload(switch: &mut Switch, arguments: &str) -> String {
    let module = without_force(arguments);
    if module.is_empty() {
        return "-USAGE: [-f] <mod_name>\n".to_owned();
    }
    reload_xml(switch);
    let unloaded = match try_unload(switch, module) {
        Ok(()) => "+OK module unloaded".to_owned(),
        Err(error) => format!("-ERR unloading module [{error}]"),
    };
    let loaded = match try_load(switch, module) {
        Ok(()) => "+OK module loaded".to_owned(),
        Err(error) => format!("-ERR loading module [{error}]"),
    };
    format!("+OK Reloading XML\n{unloaded}\n{loaded}\n")
}

fn without_force(arguments: &str) -> &str {
    arguments.strip_prefix("-f").unwrap_or(arguments).trim()
}

/// Reads the files again: the event if they are well-formed, else what the parser says.
pub fn reload_xml(switch: &mut Switch) -> String {
    if let Some(error) = switch.files.error.clone() {
        return format!("+OK [{error}]\n");
    }
    switch.center.configuration = switch.files.configuration.clone();
    let event = switch.event("RELOADXML", None, Origin("switch_xml.c", "switch_xml_open_root", 2423));
    switch.publish(&event);
    let timezones = Origin("switch_time.c", "switch_load_timezones", 1437);
    switch.log(6, 0, timezones, "Timezone reloaded 597 definitions");
    "+OK [Success]\n".to_owned()
}

fn try_load(switch: &mut Switch, module: &str) -> Result<(), &'static str> {
    if exists(switch, module) {
        return Err("Module already loaded");
    }
    let Some(known) = MODULES.iter().find(|known| **known == module) else {
        return Err("module load file routine returned an error");
    };
    if *known == "mod_callcenter" {
        switch.note_now(What::ModuleReloaded);
        switch.center.reset_on_load();
        let now = switch.epoch();
        switch.center.import(now);
        switch.flush();
    }
    switch.modules.push(known);
    tell(switch, module, "MODULE_LOAD");
    Ok(())
}

fn try_unload(switch: &mut Switch, module: &str) -> Result<(), &'static str> {
    if !exists(switch, module) {
        return Err("No such module!");
    }
    if module == "mod_commands" {
        return Err("Module is not unloadable");
    }
    // A caller in a queue keeps the module.
    if module == "mod_callcenter" && !switch.channels.is_empty() {
        return Err("Module in use.");
    }
    tell(switch, module, "MODULE_UNLOAD");
    switch.modules.retain(|known| *known != module);
    Ok(())
}

/// An event for each interface of the module.
fn tell(switch: &mut Switch, module: &str, name: &'static str) {
    let loads = name == "MODULE_LOAD";
    for interface in all().filter(|interface| interface.module == module) {
        let line = match (loads, interface.kind) {
            (true, "application") => 385,
            (true, "json_api") => 481,
            (true, _) => 449,
            (false, "application") => 1301,
            (false, "json_api") => 1390,
            (false, _) => 1358,
        };
        let function = if loads { LOAD } else { UNLOAD };
        let mut event = switch.event(name, None, Origin("switch_loadable_module.c", function, line));
        event.add("type", interface.kind);
        event.add("name", interface.name);
        event.add("description", interface.description);
        event.add("syntax", interface.syntax);
        event.headers.retain(|(name, value)| {
            !matches!(name.as_ref(), "description" | "syntax") || *value != "".into()
        });
        // Recorded: of what is unloaded only commands name their module.
        if loads || interface.kind == "api" {
            event.add("key", module);
            event.add("filename", format!("/usr/local/freeswitch/mod/{module}.so"));
        }
        switch.publish(&event);
    }
}
