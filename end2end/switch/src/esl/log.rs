//! Log lines for listeners that asked for them with `log <level>`: `log/data` frames.

use crate::clock::{Micros, log_stamp};
use crate::event::Origin;

/// Levels by their number, as log lines name them.
pub const LEVELS: [&str; 8] = ["CONSOLE", "ALERT", "CRIT", "ERR", "WARNING", "NOTICE", "INFO", "DEBUG"];

/// A line of the log.
#[derive(Debug, Clone)]
pub struct LogLine {
    /// 0 is the most important one.
    pub level: usize,
    /// `Text-Channel`: 3 of lines that a command writes, else 0.
    pub channel: u8,
    /// Where it comes from.
    pub origin: Origin,
    /// What it says.
    pub text: String,
}

/// Reads a level: a number, or a name in any case.
pub fn level(word: &str) -> Option<usize> {
    let named = LEVELS.iter().position(|known| known.eq_ignore_ascii_case(word));
    named.or_else(|| word.parse().ok())
}

impl LogLine {
    /// The whole frame, as it goes on the wire.
    pub fn frame(&self, at: Micros) -> Vec<u8> {
        let Origin(file, function, line) = self.origin;
        let level = LEVELS.get(self.level).unwrap_or(&"DEBUG");
        let body = format!("{} 94.07% [{level}] {file}:{line} {}\n", log_stamp(at), self.text);
        format!(
            "Content-Type: log/data\nContent-Length: {}\nLog-Level: {}\nText-Channel: {}\nLog-File: {file}\n\
             Log-Func: {function}\nLog-Line: {line}\nUser-Data: \n\n{body}",
            body.len(),
            self.level,
            self.channel,
        )
        .into_bytes()
    }
}

#[cfg(test)]
mod tests {
    use super::level;

    #[test]
    fn levels_are_read_by_number_and_by_name() {
        let rows = [("6", Some(6)), ("info", Some(6)), ("ERR", Some(3)), ("9", Some(9)), ("bogus", None)];
        for (word, expected) in rows {
            assert_eq!(level(word), expected, "{word}");
        }
    }
}
