//! `fsctl` (mod_commands, `ctl_function()`), as far as it reads, pauses and ends.

use super::help::usage;
use crate::switch::Switch;

/// Runs `fsctl <words>`.
pub(super) fn run(switch: &mut Switch, arguments: &str) -> String {
    let words: Vec<&str> = arguments.split(' ').filter(|word| !word.is_empty()).collect();
    match words.as_slice() {
        [] => usage("fsctl"),
        ["max_sessions"] => "+OK max sessions: 1000\n".to_owned(),
        ["sps"] => "+OK sessions per second: 30\n".to_owned(),
        ["loglevel"] => "+OK log level: DISABLE [-1]\n".to_owned(),
        ["pause_check", ..] | ["shutdown_check"] => "false".to_owned(),
        ["ready_check"] => "true".to_owned(),
        ["hupall", ..] => {
            switch.hang_up_all("MANAGER_REQUEST");
            "+OK\n".to_owned()
        }
        // Recorded: the answer first, the end 0.8 s later. `elegant` and `asap` wait for calls on a real switch.
        ["shutdown", how @ ..] if !matches!(how, ["cancel", ..]) => {
            switch.shut_down_soon();
            "+OK\n".to_owned()
        }
        ["shutdown", "cancel", ..] => {
            switch.shutdown_at = None;
            "+OK\n".to_owned()
        }
        _ => usage("fsctl"),
    }
}
