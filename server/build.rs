//! Migrations are compiled into the program: a new one must compile it again.

fn main() {
    println!("cargo::rerun-if-changed=../migrations");
}
