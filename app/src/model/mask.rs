//! Hiding the numbers of callers from those who need not know them.

/// Fewer digits than this are hidden altogether: an extension, a short number of a service.
const SHORT: usize = 7;
/// So many digits in the middle of a longer number are hidden.
const HIDDEN: usize = 4;
/// The most digits that are left at the end.
const LAST: usize = 4;
/// So many digits in a row may be a number, in a name.
const LIKE_A_NUMBER: usize = 5;

/// Whether the numbers of callers are shown as they are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Numbers {
    /// As the switch reports them.
    Plain,
    /// Masked: the middle is hidden.
    #[default]
    Masked,
}

/// A number with its middle hidden: `138****8000`. What stands between the digits stays, and so does what has no digits.
pub fn mask_number(number: &str) -> String {
    let digits = number.chars().filter(|letter| letter.is_numeric()).count();
    let hidden = if digits < SHORT {
        0..digits
    } else {
        let last = ((digits - HIDDEN).div_ceil(2)).min(LAST);
        digits - HIDDEN - last..digits - last
    };
    let mut place = 0;
    number
        .chars()
        .map(|letter| {
            if !letter.is_numeric() {
                return letter;
            }
            place += 1;
            if hidden.contains(&(place - 1)) { '*' } else { letter }
        })
        .collect()
}

/// A name in which no number can be read: switches report the number as the name where a caller has none, and names hold
/// numbers as well.
pub fn mask_name(name: &str) -> String {
    if !name.chars().any(char::is_alphabetic) {
        return mask_number(name);
    }
    let mut masked = String::with_capacity(name.len());
    let mut run = String::new();
    for letter in name.chars() {
        if letter.is_numeric() || !run.is_empty() && matches!(letter, ' ' | '-' | '.' | '(' | ')' | '/') {
            run.push(letter);
        } else {
            end_run(&mut masked, &mut run);
            if letter == '+' { run.push(letter) } else { masked.push(letter) }
        }
    }
    end_run(&mut masked, &mut run);
    masked
}

fn end_run(masked: &mut String, run: &mut String) {
    let is_number = run.chars().filter(|letter| letter.is_numeric()).count() >= LIKE_A_NUMBER;
    if is_number {
        masked.push_str(&mask_number(run));
    } else {
        masked.push_str(run);
    }
    run.clear();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_lose_their_middle_and_short_ones_everything() {
        for (number, masked) in [
            ("13800138000", "138****8000"),
            ("+8613800138000", "+86138****8000"),
            ("+86 138-0013-8000", "+86 138-****-8000"),
            ("02112345678", "021****5678"),
            ("2125550123", "212****123"),
            ("5550123", "5****23"),
            ("555012", "******"),
            ("1007", "****"),
            ("1007@pbx", "****@pbx"),
            ("１３８００１３８０００", "１３８****８０００"),
            ("anonymous", "anonymous"),
            ("", ""),
        ] {
            assert_eq!(mask_number(number), masked, "{number}");
        }
    }

    #[test]
    fn names_that_are_numbers_or_hold_one_are_masked() {
        for (name, masked) in [
            ("13800138000", "138****8000"),
            ("+86 138 0013 8000", "+86 138 **** 8000"),
            ("1007", "****"),
            ("张三", "张三"),
            ("张三 13800138000", "张三 138****8000"),
            ("Ada +8613800138000 (home)", "Ada +86138****8000 (home)"),
            ("sip:13800138000@pbx", "sip:138****8000@pbx"),
            ("138-0013-8000x", "138-****-8000x"),
            ("Room 12, 3rd floor", "Room 12, 3rd floor"),
            ("", ""),
        ] {
            assert_eq!(mask_name(name), masked, "{name}");
        }
    }

    #[test]
    fn masking_twice_shows_no_more() {
        for number in ["13800138000", "5550123", "2125550123", "张三 13800138000"] {
            let digits = |text: &str| text.chars().filter(|letter| letter.is_numeric()).count();
            let once = mask_name(number);
            assert!(digits(&once) < digits(number));
            assert!(digits(&mask_name(&once)) <= digits(&once));
        }
    }
}
