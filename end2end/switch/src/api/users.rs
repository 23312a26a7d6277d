//! The directory, as far as it follows from the agents: a user for each of them, in the domain `default`.

use crate::switch::Switch;
use crate::words;

fn users(switch: &Switch) -> impl Iterator<Item = &str> {
    switch.center.agents.iter().map(|agent| agent.name.split('@').next().unwrap_or(&agent.name))
}

/// `user_exists <key> <user> <domain>`
pub(super) fn exists(switch: &Switch, arguments: &str) -> String {
    let words = words::split(arguments, 3);
    let found = match words.as_slice() {
        [_, user, domain] => domain == "default" && users(switch).any(|known| known == user),
        _ => false,
    };
    found.to_string()
}

/// `user_data <user>@<domain> var|param|attr <name>`
pub(super) fn data(switch: &Switch, arguments: &str) -> String {
    let words = words::split(arguments, 3);
    let [address, kind, name] = words.as_slice() else { return String::new() };
    let user = address.split('@').next().unwrap_or(address);
    let known = users(switch).any(|known| known == user);
    match (kind.as_str(), name.as_str()) {
        ("var", "user_context") if known => "default".to_owned(),
        // Recorded: the password goes out in the clear.
        ("param", "password") if known => format!("pw{user}"),
        _ => String::new(),
    }
}

/// `list_users [domain <domain>]`
pub(super) fn list(switch: &Switch) -> String {
    let mut out = String::from(
        "userid|context|domain|group|contact|callgroup|effective_caller_id_name|effective_caller_id_number\n",
    );
    let registrations = switch.registrations();
    for user in users(switch) {
        let contact = registrations.iter().find(|row| row.user == user);
        let contact = contact.map_or_else(|| "error/user_not_registered".to_owned(), |row| row.url());
        out.push_str(&format!("{user}|default|default|default|{contact}||Agent {user}|{user}\n"));
    }
    out + "\n+OK\n"
}
