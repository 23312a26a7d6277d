//! Names and numbers of callers: samples, no people.

use rand::Rng;

/// A caller's name that breaks careless code: markup, the separator of tables, quotes, an escaped line feed.
const NASTY: &str = "<script>alert(1)</script>|'\"%0A";

/// Name of the `n`th caller.
pub(super) fn caller_name(n: u64, rng: &mut impl Rng) -> String {
    match n % 97 {
        13 => NASTY.to_owned(),
        7 | 31 | 71 => "张三".to_owned(),
        _ if rng.random_bool(0.5) => format!("示例客户 {n}"),
        _ => format!("Sample caller {n}"),
    }
}

/// Number of the `n`th caller, from a range that nobody is assigned.
pub(super) fn caller_number(n: u64) -> String {
    format!("138{:08}", n % 100_000_000)
}
