//! Commands of `api` and `bgapi`.
//!
//! A command that prints nothing becomes `-ERR no reply`, one that is unknown `-ERR <name> Command not found!`.

mod json;
mod modules;
mod show;
mod system;
mod uuid;

pub use modules::MODULES;
pub use system::VERSION_FULL;

use crate::callcenter::api as callcenter_config;
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
        "uuid_exists" => uuid::exists(switch, arguments),
        "uuid_kill" => uuid::kill(switch, arguments),
        "uuid_getvar" => uuid::getvar(switch, arguments),
        "uuid_setvar" => uuid::setvar(switch, arguments),
        "uuid_dump" => uuid::dump(switch, arguments),
        "uuid_transfer" => uuid::transfer(switch, arguments),
        name => match system::run(switch, name, arguments) {
            Some(output) => output,
            None => return format!("-ERR {command} Command not found!\n"),
        },
    };
    if output.is_empty() { "-ERR no reply\n".to_owned() } else { output }
}

/// The command and its arguments. A blank too many makes the command empty, as recorded.
pub fn split(line: &str) -> (&str, &str) {
    match line.split_once(' ') {
        Some((command, arguments)) => (command, arguments.trim()),
        None => (line, ""),
    }
}
