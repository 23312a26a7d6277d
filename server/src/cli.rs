//! The command line: `serve`, `migrate`, `user ...`, `check`.

use std::io::Write as _;
use std::process::ExitCode;

use app::model::account::{Language, Role};
use app::model::ids::AgentKey;
use clap::{CommandFactory as _, FromArgMatches as _, Parser, Subcommand};
use tokio_util::sync::CancellationToken;

use crate::auth::password;
use crate::clock;
use crate::config::{self, Config, ConfigError};
use crate::storage::audit::{self, NewAudit};
use crate::storage::users::{self, NewUser};
use crate::storage::{Database, StorageError, schema, second_factors};

mod check;

/// The name of a new user is taken.
pub const EXIT_USER_EXISTS: u8 = 3;
/// The command line or the configuration cannot be read; the code that clap uses.
const EXIT_USAGE: u8 = 2;

/// A web control room for FreeSWITCH call centers.
#[derive(Parser, Debug)]
#[command(name = "switchdesk", version)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
    /// With what.
    #[command(flatten)]
    pub config: Config,
}

/// What can be done.
#[derive(Subcommand, Debug)]
pub enum Command {
    /// Serves the pages until it is told to stop.
    Serve,
    /// Brings the database's schema up to date.
    Migrate,
    /// Adds, lists and deactivates users, and helps them in.
    #[command(subcommand)]
    User(UserCommand),
    /// Tests configuration, database and event socket, and says what is wrong.
    Check,
    /// Prints the configuration table of the README.
    #[command(hide = true)]
    ConfigTable,
}

/// What can be done with users.
#[derive(Subcommand, Debug)]
pub enum UserCommand {
    /// Adds a user; the password is one line on the standard input. Exit code 3: the name is taken.
    Add {
        /// Sign-in name.
        name: String,
        /// agent, supervisor or admin.
        #[arg(long, value_parser = parse_role)]
        role: Role,
        /// The switch agent that an agent user is tied to, such as 1007@default.
        #[arg(long)]
        agent: Option<String>,
        /// The node of that agent; may be left out where there is only one.
        #[arg(long)]
        node: Option<String>,
        /// Name for people; the sign-in name if left out.
        #[arg(long)]
        display_name: Option<String>,
        /// en or zh-CN.
        #[arg(long, default_value = "en", value_parser = parse_language)]
        language: Language,
    },
    /// Lists the users.
    List,
    /// Turns a user away, at once and for good; what the user did stays on record.
    Deactivate {
        /// Sign-in name.
        name: String,
    },
    /// Takes a lost second factor away; for the administrator whom no other one can help.
    TakeSecondFactor {
        /// Sign-in name.
        name: String,
    },
}

/// Why the command line could not be turned into something to do.
#[derive(Debug)]
pub enum ParseError {
    /// clap's own, with usage; also `--help` and `--version`.
    Usage(clap::Error),
    /// The configuration file's.
    Config(ConfigError),
}

impl ParseError {
    /// Prints it and gives the code to exit with.
    pub fn report(self) -> ExitCode {
        match self {
            Self::Usage(error) => {
                error.print().ok();
                ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(EXIT_USAGE))
            }
            Self::Config(error) => {
                say_wrong(&format!("error: {error}"));
                ExitCode::from(EXIT_USAGE)
            }
        }
    }
}

/// Reads flags, environment and file.
///
/// # Errors
/// What is wrong, naming key, value and remedy.
pub fn parse(arguments: impl IntoIterator<Item = std::ffi::OsString>) -> Result<Cli, ParseError> {
    let arguments: Vec<_> = arguments.into_iter().collect();
    // The file must be known before its values can be defaults; whatever else is wrong is said the second time.
    let first = Cli::command().ignore_errors(true).try_get_matches_from(arguments.clone());
    let path = first.ok().and_then(|matches| matches.try_get_one("config").ok().flatten().cloned());
    let command = match path {
        Some(path) => {
            let path: std::path::PathBuf = path;
            config::with_file(Cli::command(), &path).map_err(ParseError::Config)?
        }
        None => Cli::command(),
    };
    let matches = command.try_get_matches_from(arguments).map_err(ParseError::Usage)?;
    Cli::from_arg_matches(&matches).map_err(ParseError::Usage)
}

/// Does what was asked.
pub async fn run(cli: Cli, shutdown: CancellationToken) -> ExitCode {
    if matches!(cli.command, Command::ConfigTable) {
        say(config::config_table().trim_end());
        return ExitCode::SUCCESS;
    }
    if matches!(cli.command, Command::Check) {
        return check::run(&cli.config).await;
    }
    if let Err(error) = cli.config.validate() {
        say_wrong(&format!("error: {error}"));
        return ExitCode::from(EXIT_USAGE);
    }
    let outcome = match cli.command {
        Command::Serve => crate::run(cli.config, shutdown).await.map_err(|error| error.to_string()),
        Command::Migrate => migrate(&cli.config).await,
        Command::User(UserCommand::Add { name, role, agent, node, display_name, language }) => {
            let agent = match agent.map(|agent| agent_key(&cli.config, node, agent)).transpose() {
                Ok(agent) => agent,
                Err(words) => {
                    say_wrong(&format!("error: {words}"));
                    return ExitCode::from(EXIT_USAGE);
                }
            };
            let display_name = display_name.unwrap_or_else(|| name.clone());
            let new = UserRequest { name, role, agent, display_name, language };
            match add_user(&cli.config, new).await {
                Ok(true) => Ok(()),
                Ok(false) => return ExitCode::from(EXIT_USER_EXISTS),
                Err(words) => Err(words),
            }
        }
        Command::User(UserCommand::List) => list_users(&cli.config).await,
        Command::User(UserCommand::Deactivate { name }) => deactivate_user(&cli.config, &name).await,
        Command::User(UserCommand::TakeSecondFactor { name }) => take_second_factor(&cli.config, &name).await,
        Command::Check | Command::ConfigTable => Ok(()),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(words) => {
            say_wrong(&format!("error: {words}"));
            ExitCode::FAILURE
        }
    }
}

async fn migrate(config: &Config) -> Result<(), String> {
    schema::migrate(&open(config).await?).await.map_err(|error| format!("cannot migrate: {error}"))?;
    say("The schema is up to date.");
    Ok(())
}

/// The agent on the node that was named, or on the only one.
fn agent_key(config: &Config, node: Option<String>, agent: String) -> Result<AgentKey, String> {
    let nodes = config.nodes().map_err(|error| error.to_string())?;
    let names = || nodes.iter().map(|node| node.name.0.as_str()).collect::<Vec<_>>().join(", ");
    let found = match (node, nodes.as_slice()) {
        (None, [only]) => Some(only),
        (None, _) => {
            return Err(format!("several nodes are configured; name the agent's with --node: {}", names()));
        }
        (Some(name), nodes) => nodes.iter().find(|node| node.name.0 == name),
    };
    let node = found.ok_or_else(|| format!("no such node is configured; --node can be {}", names()))?;
    Ok(AgentKey::new(&node.name, agent))
}

struct UserRequest {
    name: String,
    role: Role,
    agent: Option<AgentKey>,
    display_name: String,
    language: Language,
}

/// `Ok(false)`: the name is taken.
async fn add_user(config: &Config, request: UserRequest) -> Result<bool, String> {
    let name = password::normalized_name(&request.name);
    if name.is_empty() || name.chars().count() > 64 || name.contains(char::is_control) {
        return Err("the name must have 1 to 64 characters".into());
    }
    if request.display_name.chars().count() > 190 || request.display_name.contains(char::is_control) {
        return Err("the display name must have at most 190 characters".into());
    }
    match (request.role, &request.agent) {
        (Role::Agent, None) => {
            return Err(
                "an agent user is tied to an agent of the switch: add --agent, such as 1007@default".into()
            );
        }
        (Role::Supervisor | Role::Admin, Some(_)) => return Err("--agent goes with --role agent".into()),
        _ => {}
    }
    let mut line = String::new();
    std::io::stdin().read_line(&mut line).map_err(|error| format!("cannot read the password: {error}"))?;
    let word = line.trim_end_matches(['\r', '\n']).to_owned();
    password::problem(&word, &name).map_or(Ok(()), Err)?;
    let password_hash = password::hash(word).await.map_err(|error| error.to_string())?;
    let new = NewUser {
        name: name.clone(),
        password_hash,
        role: request.role,
        agent: request.agent,
        display_name: request.display_name,
        language: request.language,
    };
    let (database, now) = (open(config).await?, clock::now());
    let mut transaction = database.begin().await.map_err(in_words)?;
    match users::create_user(&mut *transaction, &new, now).await {
        Ok(_) => {}
        Err(StorageError::Conflict { .. }) => {
            say_wrong(&format!("the name {name} is taken"));
            return Ok(false);
        }
        Err(error) => return Err(in_words(error)),
    }
    let row = NewAudit::by_command_line("user.create", &name).after(&new.role);
    audit::record_done(&mut *transaction, &row, now).await.map_err(in_words)?;
    transaction.commit().await.map_err(|error| error.to_string())?;
    say(&format!("Added {name}."));
    Ok(true)
}

async fn list_users(config: &Config) -> Result<(), String> {
    let database = open(config).await?;
    for row in users::list_users(database.pool().map_err(in_words)?).await.map_err(in_words)? {
        let agent = row.user.agent.map(|agent| agent.to_string()).unwrap_or_default();
        let state = if row.deactivated_at.is_some() { "deactivated" } else { "active" };
        say(&format!(
            "{}\t{}\t{state}\t{agent}\t{}",
            row.user.name,
            row.user.role.code(),
            row.user.display_name
        ));
    }
    Ok(())
}

async fn deactivate_user(config: &Config, name: &str) -> Result<(), String> {
    let (database, now, name) = (open(config).await?, clock::now(), password::normalized_name(name));
    let mut transaction = database.begin().await.map_err(in_words)?;
    users::deactivate_user(&mut *transaction, &name, now).await.map_err(|error| match error {
        StorageError::NotFound => format!("there is no active user {name}"),
        error => in_words(error),
    })?;
    let row = NewAudit::by_command_line("user.deactivate", &name);
    audit::record_done(&mut *transaction, &row, now).await.map_err(in_words)?;
    transaction.commit().await.map_err(|error| error.to_string())?;
    say(&format!("Deactivated {name}."));
    Ok(())
}

async fn take_second_factor(config: &Config, name: &str) -> Result<(), String> {
    let (database, now, name) = (open(config).await?, clock::now(), password::normalized_name(name));
    let mut transaction = database.begin().await.map_err(in_words)?;
    let found = users::find_credentials(&mut *transaction, &name).await.map_err(in_words)?;
    let user = found.ok_or_else(|| format!("there is no user {name}"))?.user;
    second_factors::delete_second_factor(&mut *transaction, user.id).await.map_err(|error| match error {
        StorageError::NotFound => format!("{name} has no second factor"),
        error => in_words(error),
    })?;
    let row = NewAudit::by_command_line("user.take-second-factor", &name);
    audit::record_done(&mut *transaction, &row, now).await.map_err(in_words)?;
    transaction.commit().await.map_err(|error| error.to_string())?;
    say(&format!("{name} signs in with the password alone."));
    Ok(())
}

/// The database, which must be there now.
async fn open(config: &Config) -> Result<Database, String> {
    let database = config.database_options().map(Database::new).map_err(|error| error.to_string())?;
    database.try_connect().await.map_err(in_words)?;
    Ok(database)
}

fn in_words(error: StorageError) -> String {
    if error.is_unavailable() { format!("{error}; `switchdesk check` says more") } else { error.to_string() }
}

fn parse_role(code: &str) -> Result<Role, String> {
    Role::from_code(code).ok_or_else(|| "write agent, supervisor or admin".into())
}

fn parse_language(tag: &str) -> Result<Language, String> {
    Language::from_tag(tag).ok_or_else(|| "write en or zh-CN".into())
}

/// A line on the standard output; nobody to read it is no reason to fail.
fn say(line: &str) {
    writeln!(std::io::stdout(), "{line}").ok();
}

fn say_wrong(line: &str) {
    writeln!(std::io::stderr(), "{line}").ok();
}
