//! Numbers of callers for those who may not see them.

/// Digits that stay at the beginning and at the end of a masked number.
const SHOWN: (usize, usize) = (3, 4);
/// What stands for the digits between them, and for all of a number that is too short to show a part of.
const STARS: &str = "****";

/// `138****8000`. The number of stars says nothing of the length; of a short number nothing is shown, because its middle would
/// be guessed.
pub fn masked(number: &str) -> String {
    if number.is_empty() {
        return String::new();
    }
    let letters: Vec<char> = number.chars().collect();
    let (first, last) = SHOWN;
    if letters.len() < first + last + 2 {
        return STARS.to_owned();
    }
    let head: String = letters[..first].iter().collect();
    let tail: String = letters[letters.len() - last..].iter().collect();
    format!("{head}{STARS}{tail}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_middle_of_a_number_is_hidden_and_short_ones_are_whole() {
        for (number, shown) in [
            ("13800138000", "138****8000"),
            ("+8613800138000", "+86****8000"),
            ("02112345678", "021****5678"),
            ("10086", "****"),
            ("1007", "****"),
            ("12345678", "****"),
            ("", ""),
        ] {
            assert_eq!(masked(number), shown, "{number}");
        }
    }
}
