//! Compiles the crate again when a locale file changes: the macro that reads them cannot say so itself.

fn main() {
    println!("cargo::rerun-if-changed=locales");
}
