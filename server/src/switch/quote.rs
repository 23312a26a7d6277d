//! Arguments of API commands, quoted so that each stays one word.
//!
//! Most commands split their arguments at spaces with `'single quotes'` and backslash escapes (FACTS 1.5). A lone quote
//! swallows the words after it (FINDINGS 34), and a line feed ends the command and begins another.

/// The text holds a control character, which nothing can quote, or the command takes no quotes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the text holds a control character")]
pub struct Unspeakable;

/// One word for the switch, whatever the text.
pub fn word(text: &str) -> Result<String, Unspeakable> {
    if text.contains(char::is_control) {
        return Err(Unspeakable);
    }
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('\'');
    for c in text.chars() {
        if matches!(c, '\'' | '\\') {
            quoted.push('\\');
        }
        quoted.push(c);
    }
    quoted.push('\'');
    Ok(quoted)
}

/// The value of a variable in the braces of a dial string, in quotes. Braces, brackets and quotes would end it whatever stands
/// before them, so they become spaces: what is shown on a telephone is not worth more.
pub fn variable(text: &str) -> Result<String, Unspeakable> {
    if text.contains(char::is_control) {
        return Err(Unspeakable);
    }
    let plain = |letter| if "{}[]<>'\"\\$^|,".contains(letter) { ' ' } else { letter };
    Ok(format!("'{}'", text.chars().map(plain).collect::<String>()))
}

/// A text as a command takes it that knows no quotes, such as `uuid_kill`, which cuts its argument at the first space.
pub fn bare(text: &str) -> Result<&str, Unspeakable> {
    let is_plain = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_' | '.');
    if text.is_empty() || !text.chars().all(is_plain) {
        return Err(Unspeakable);
    }
    Ok(text)
}

#[cfg(test)]
pub(super) mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    /// Splits as `switch_separate_string()` of the switch does with a space as the delimiter: first into pieces, where
    /// a backslash hides the next character and a quote hides spaces; then each piece loses quotes and escapes.
    pub(in crate::switch) fn words(line: &str) -> Vec<String> {
        let chars: Vec<char> = line.chars().collect();
        let (mut words, mut at) = (Vec::new(), 0);
        while at < chars.len() {
            if chars[at] == ' ' {
                at += 1;
                continue;
            }
            let (start, mut is_quoted) = (at, false);
            while at < chars.len() && (is_quoted || chars[at] != ' ') {
                match chars[at] {
                    '\\' => at += 1,
                    '\'' => is_quoted = !is_quoted,
                    _ => {}
                }
                at += 1;
            }
            at = at.min(chars.len());
            words.push(cleaned(&chars[start..at]));
        }
        words
    }

    fn cleaned(piece: &[char]) -> String {
        let (mut text, mut at) = (String::new(), 0);
        while at < piece.len() {
            match (piece[at], piece.get(at + 1)) {
                ('\\', Some(next @ ('\'' | '"' | '\\'))) => {
                    text.push(*next);
                    at += 1;
                }
                ('\\', Some('n')) => {
                    text.push('\n');
                    at += 1;
                }
                ('\\', Some('s')) => {
                    text.push(' ');
                    at += 1;
                }
                ('\'', _) => {}
                (c, _) => text.push(c),
            }
            at += 1;
        }
        text
    }

    #[test]
    fn recorded_quotes_read_as_the_switch_read_them() {
        assert_eq!(
            words("agent add '客服 一|x@default' callback"),
            ["agent", "add", "客服 一|x@default", "callback"]
        );
        // Answered `-ERR Invalid!`: too few words.
        assert_eq!(words("agent add quo'te@default callback"), ["agent", "add", "quote@default callback"]);
    }

    #[test]
    fn hostile_names_stay_one_word_with_their_text_unchanged() {
        for name in [
            "1001@default",
            "客服 一|x",
            "O'Brien",
            "'",
            "''",
            "\\",
            "\\'",
            "\\\\' 'x",
            "a' 'Available",
            "\\n \\s",
            "<script>alert(1)</script>|'\"%0A",
            "${system(reboot)}",
            " edges ",
        ] {
            assert_hidden(name);
        }
    }

    #[test]
    fn every_short_text_of_dangerous_characters_stays_one_word() {
        const DANGEROUS: [char; 6] = ['\'', '\\', ' ', 'n', '"', 'x'];
        for length in 1..=5_u32 {
            for mut number in 0..6_usize.pow(length) {
                let mut name = String::new();
                for _ in 0..length {
                    name.push(DANGEROUS[number % 6]);
                    number /= 6;
                }
                assert_hidden(&name);
            }
        }
    }

    fn assert_hidden(name: &str) {
        let line = format!("agent set status {} 'On Break'", word(name).unwrap());
        assert_eq!(words(&line), ["agent", "set", "status", name, "On Break"], "{line}");
    }

    #[test]
    fn bare_words_are_plain_or_refused() {
        assert_eq!(bare("6fdbf69f-0a39-4398-b033-8a5e4470cd82"), Ok("6fdbf69f-0a39-4398-b033-8a5e4470cd82"));
        for text in ["", "a b", "a'b", "a\nb", "${x}", "a;b", "客服"] {
            assert_eq!(bare(text), Err(Unspeakable), "{text:?}");
        }
    }

    #[test]
    fn control_characters_are_refused() {
        for text in ["a\nb", "a\rb", "\0", "\t", "\u{7f}", "\u{9b}"] {
            assert_eq!(word(text), Err(Unspeakable));
        }
    }
}
