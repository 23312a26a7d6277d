//! `help`, and the usage of each command, from the list of commands that there are.

/// Name, syntax, description and module of a command.
pub(super) type Command = (&'static str, &'static str, &'static str, &'static str);

/// All commands of loaded modules, in the order of `help`.
pub(super) fn commands() -> impl Iterator<Item = Command> {
    include_str!("commands.txt").lines().filter_map(|line| {
        // The syntax may have commas of its own.
        let (name, rest) = line.split_once(',')?;
        let (rest, module) = rest.rsplit_once(',')?;
        let (syntax, description) = rest.rsplit_once(',')?;
        Some((name, syntax, description, module))
    })
}

/// `-USAGE: ...` of a command.
pub(super) fn usage(command: &str) -> String {
    let syntax = commands().find(|(name, ..)| *name == command).map_or("", |(_, syntax, ..)| syntax);
    format!("-USAGE: {syntax}\n")
}

/// The text of `help`.
pub(super) fn help() -> String {
    let callcenter = include_str!("../callcenter/usage.txt");
    let (_, callcenter) = callcenter.split_once('\n').unwrap_or(("", callcenter));
    let mut out = String::from("\nValid Commands:\n\n");
    for (name, syntax, description, module) in commands() {
        out.push_str(&format!("{name},{syntax},{description},{module}\n"));
        if name == "callcenter_break" {
            let syntax = callcenter.trim_end();
            out.push_str(&format!("callcenter_config,{syntax},Config of callcenter,mod_callcenter\n"));
        }
    }
    out.push('\n');
    out
}
