//! What the text that an API command printed means (FACTS 1.5, FINDINGS 7, 21, 34).

/// The meaning of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reply<'a> {
    /// `+OK`, with what follows it.
    Done(&'a str),
    /// Anything that says neither yes nor no: a value, a list, a document.
    Value(&'a str),
    /// The command printed nothing. For some commands that is success, for others an unknown action.
    Nothing,
    /// There is no such command: its module is not loaded. Also what a command that failed in C answers.
    NoSuchCommand,
    /// Refused, in the words of the switch.
    Refused(&'a str),
}

/// Reads an answer. Where several lines report several steps, the last one counts: `reload` begins with `+OK` even
/// if the module then fails to load.
pub fn classify(text: &str) -> Reply<'_> {
    let text = text.trim();
    let last = text.lines().map(str::trim).rfind(|line| !line.is_empty()).unwrap_or_default();
    if text.is_empty() || text == "-ERR no reply" {
        return Reply::Nothing;
    }
    // Only the last line of a longer text is judged, and only by words that no list or document ends with.
    for prefix in ["-ERR", "-error", "-err", "-USAGE:", "USAGE:", "Usage:"] {
        if let Some(reason) = last.strip_prefix(prefix) {
            return match reason.trim() {
                reason if reason.ends_with("Command not found!") => Reply::NoSuchCommand,
                "" => Reply::Refused(last),
                reason => Reply::Refused(reason),
            };
        }
    }
    match last.strip_prefix("+OK") {
        Some(rest) => Reply::Done(rest.trim()),
        None => Reply::Value(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn recorded_answers_are_understood() {
        for (text, meaning) in [
            ("+OK\n", Reply::Done("")),
            ("+OK [Success]\n", Reply::Done("[Success]")),
            ("+OK Reloading XML\n+OK\n", Reply::Done("")),
            ("true", Reply::Value("true")),
            ("Logged Out", Reply::Value("Logged Out")),
            ("_undef_", Reply::Value("_undef_")),
            ("-ERR no reply\n", Reply::Nothing),
            ("", Reply::Nothing),
            ("-ERR nosuchapi Command not found!\n", Reply::NoSuchCommand),
            ("-ERR  Command not found!\n", Reply::NoSuchCommand),
            ("-ERR Agent not found!\n", Reply::Refused("Agent not found!")),
            ("-ERR Invalid Agent Status!\n", Reply::Refused("Invalid Agent Status!")),
            ("-ERR Unknown Error!\n", Reply::Refused("Unknown Error!")),
            ("-err\n", Reply::Refused("-err")),
            ("-error\n", Reply::Refused("-error")),
            ("-USAGE: <uuid>\n", Reply::Refused("<uuid>")),
            (
                "+OK Reloading XML\n-ERR unloading module [Module in use.]\n-ERR loading module [Module already loaded]\n",
                Reply::Refused("loading module [Module already loaded]"),
            ),
            ("+OK module unloaded\n-ERR loading module [x]\n", Reply::Refused("loading module [x]")),
        ] {
            assert_eq!(classify(text), meaning, "{text:?}");
        }
    }
}
