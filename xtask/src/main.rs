//! Everything that a person or CI starts: `cargo xtask build | demo | test | pictures | bench`.
//!
//! - `front_end` turns the crate `frontend` into what a browser downloads, with `wasm`, `binding`,
//!   `style` and `compress`; `budget` weighs the result.
//! - `children` starts and ends processes, `database` a private MariaDB, `need` installs what is missing.
//! - `demo`, `test`, `pictures` and `bench` are the commands; each reads as the list of its steps.
#![allow(clippy::print_stdout, reason = "a command line tool talks to its user")]

mod bench;
mod binding;
mod budget;
mod children;
mod compress;
mod database;
mod demo;
mod front_end;
mod http;
mod invariants;
mod need;
mod pictures;
mod progress;
mod stack;
mod style;
mod test;
mod wasm;
mod workspace;

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;
use clap::{Parser, Subcommand};

use crate::workspace::Workspace;

/// SwitchDesk's chores.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Builds the front end into target/site and the binaries with the profile `demo`.
    Build {
        /// Builds the front end alone.
        #[arg(long)]
        front_end: bool,
    },
    /// Starts a whole call center on this machine: database, demo switch and server.
    Demo {
        /// Port of the web address, on 127.0.0.1.
        #[arg(long, default_value_t = 8080)]
        port: u16,
    },
    /// Runs every check: format, lints, tests, the WASM build with its budget, the browser tests.
    Test {
        /// Leaves out the WASM build, its budget and the browser tests.
        #[arg(long)]
        fast: bool,
    },
    /// Takes a picture of every page of the running demo.
    Pictures {
        /// Folder for the pictures.
        #[arg(long, default_value = "pictures")]
        out: PathBuf,
        /// Takes only the pages of this name; may be given several times.
        #[arg(long)]
        only: Vec<String>,
    },
    /// Measures; the last line of the output is one JSON object.
    Bench {
        /// What to measure, such as `live`, and what to pass on.
        #[arg(required = true, trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<String>,
    },
    /// Runs a private MariaDB in the foreground until it is told to stop.
    #[command(hide = true)]
    Mariadb {
        /// Its data folder, made when missing and kept at the end.
        #[arg(long)]
        dir: PathBuf,
        /// Its port, on 127.0.0.1.
        #[arg(long)]
        port: u16,
    },
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let outcome = children::take_charge().and_then(|()| run(arguments.command));
    children::end_descendants();
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) if children::is_interrupt(&error) => {
            println!("\nStopped.");
            ExitCode::from(130)
        }
        Err(error) => {
            // One line a cause: what failed, then why.
            println!("\nerror: {error}");
            for cause in error.chain().skip(1) {
                println!("  because: {cause}");
            }
            ExitCode::FAILURE
        }
    }
}

fn run(command: Command) -> Result<()> {
    match command {
        Command::Build { front_end } => stack::build_all(&Workspace::find()?, front_end),
        Command::Demo { port } => demo::run(&Workspace::find()?, port),
        Command::Test { fast } => test::run(&Workspace::find()?, fast),
        Command::Pictures { out, only } => pictures::run(&Workspace::find()?, &out, &only),
        Command::Bench { arguments } => bench::run(&Workspace::find()?, &arguments),
        Command::Mariadb { dir, port } => database::run_in_foreground(&dir, port),
    }
}
