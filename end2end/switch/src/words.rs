//! Splitting a command line as `switch_separate_string()` does with a blank as delimiter.

/// Splits `line` at blanks into at most `limit` words; the last word keeps the rest.
///
/// Single quotes keep blanks together and are removed, `\'`, `\"`, `\\`, `\n`, `\r`, `\t` and `\s` are escapes. A quote
/// without a partner swallows the rest of the line into its word (recorded: `agent add quo'te@default callback` has too
/// few words).
pub fn split(line: &str, limit: usize) -> Vec<String> {
    let mut words = Vec::new();
    let mut rest = line.trim_start_matches(' ');
    while !rest.is_empty() {
        let end = if words.len() + 1 == limit { rest.len() } else { word_end(rest) };
        words.push(clean(&rest[..end]));
        rest = rest[end..].trim_start_matches(' ');
    }
    words
}

fn word_end(text: &str) -> usize {
    let mut quoted = false;
    let mut escaped = false;
    for (at, c) in text.char_indices() {
        if escaped {
            escaped = false;
            continue;
        }
        match c {
            '\\' => escaped = true,
            '\'' => quoted = !quoted,
            ' ' if !quoted => return at,
            _ => {}
        }
    }
    text.len()
}

fn clean(word: &str) -> String {
    let mut out = String::with_capacity(word.len());
    let mut kept = 0;
    let mut quoted = false;
    let mut chars = word.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        if c == '\\'
            && let Some(&(_, next)) = chars.peek()
            && let Some(plain) = unescape(next)
        {
            chars.next();
            out.push(plain);
            kept = out.len();
        } else if c == '\'' && (quoted || word[at + 1..].contains('\'')) {
            quoted = !quoted;
            kept = kept.max(out.len());
        } else {
            out.push(c);
            if c != ' ' || quoted {
                kept = out.len();
            }
        }
    }
    out.truncate(kept);
    out
}

fn unescape(c: char) -> Option<char> {
    match c {
        '\'' | '"' | '\\' => Some(c),
        'n' => Some('\n'),
        'r' => Some('\r'),
        't' => Some('\t'),
        's' => Some(' '),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::split;

    #[test]
    fn words_split_like_the_switch() {
        let rows: [(&str, &[&str]); 9] = [
            ("agent list", &["agent", "list"]),
            ("  a   b  ", &["a", "b"]),
            ("set status 1 'On Break'", &["set", "status", "1", "On Break"]),
            ("set status 1 On Break", &["set", "status", "1", "On", "Break"]),
            ("add '客服 一|x@default' callback", &["add", "客服 一|x@default", "callback"]),
            ("add quo'te@default callback", &["add", "quo'te@default callback"]),
            (r"a it\'s b", &["a", "it's", "b"]),
            (r"a 'x\\y' ''", &["a", r"x\y", ""]),
            ("uuid 1 ''", &["uuid", "1", ""]),
        ];
        for (line, words) in rows {
            assert_eq!(split(line, 8), words, "{line}");
        }
    }

    #[test]
    fn the_last_word_keeps_the_rest() {
        assert_eq!(split("a b c d", 3), ["a", "b", "c d"]);
    }
}
