//! Commands of `api` and `bgapi`.
//!
//! A command that prints nothing becomes `-ERR no reply`, one that is unknown `-ERR <name> Command not found!`.

mod fsctl;
mod help;
mod json;
mod modules;
mod show;
mod sofia;
mod system;
mod users;
mod uuid;

pub use modules::{MODULES, reload_xml};
pub use system::VERSION_FULL;

use crate::callcenter::api as callcenter_config;
use crate::calls::originate::Reply;
use crate::control;
use crate::switch::Switch;

/// Runs a command line, the command up to its first blank, and returns what the event socket answers.
pub fn run(switch: &mut Switch, line: &str) -> String {
    let (command, arguments) = split(line);
    if modules::is_unloaded(switch, &command.to_ascii_lowercase()) {
        return format!("-ERR {command} Command not found!\n");
    }
    let output = match command.to_ascii_lowercase().as_str() {
        "callcenter_config" => {
            let now = switch.epoch();
            let output = callcenter_config::run(&mut switch.center, arguments, now);
            switch.flush();
            output
        }
        "demo" => control::run(switch, arguments),
        "show" => show::run(switch, arguments),
        "json" => json::run(switch, arguments),
        "callcenter_break" => callcenter_break(switch, arguments),
        "fsctl" => fsctl::run(switch, arguments),
        "hupall" => hupall(switch, arguments),
        "sofia" => sofia::run(switch, arguments),
        "sofia_contact" => sofia::contact(switch, arguments),
        "user_exists" => users::exists(switch, arguments),
        "user_data" => users::data(switch, arguments),
        "list_users" => users::list(switch),
        "help" => help::help(),
        name if name.starts_with("uuid_") => match uuid::run(switch, name, arguments) {
            Some(output) => output,
            None => return format!("-ERR {command} Command not found!\n"),
        },
        name => match system::run(switch, name, arguments) {
            Some(output) => output,
            None => return format!("-ERR {command} Command not found!\n"),
        },
    };
    if output.is_empty() { "-ERR no reply\n".to_owned() } else { output }
}

/// `callcenter_break agent <uuid>`: success prints nothing (FACTS of mod_callcenter; not recorded).
fn callcenter_break(switch: &mut Switch, arguments: &str) -> String {
    match arguments.split_once(' ') {
        Some(("agent", uuid)) if switch.break_agent(uuid) => String::new(),
        Some(("agent", uuid)) => format!("-ERR Session not found for uuid {uuid}\n"),
        _ => help::usage("callcenter_break"),
    }
}

fn hupall(switch: &mut Switch, arguments: &str) -> String {
    let cause = arguments.split(' ').next().filter(|word| !word.is_empty()).unwrap_or("MANAGER_REQUEST");
    switch.hang_up_all(cause);
    format!("+OK hangup all channels with cause {cause}\n")
}

/// Whether a command line is an `originate`, whose answer may take a while.
pub fn is_originate(line: &str) -> bool {
    split(line).0.eq_ignore_ascii_case("originate")
}

/// Runs an `originate`, whose answer goes to `reply`.
///
/// # Errors
/// What is answered at once.
pub fn originate(switch: &mut Switch, line: &str, reply: Reply) -> Result<(), String> {
    let (_, arguments) = split(line);
    let started = switch.originate(arguments, reply);
    started.map_err(|text| if text.is_empty() { help::usage("originate") } else { text })
}

/// The command and its arguments. A blank too many makes the command empty, as recorded.
pub fn split(line: &str) -> (&str, &str) {
    match line.split_once(' ') {
        Some((command, arguments)) => (command, arguments.trim()),
        None => (line, ""),
    }
}
