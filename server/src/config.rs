//! The configuration: one struct, filled from flags, the environment, a TOML file and defaults, in this order.
//!
//! The file holds the same keys (`listen = "0.0.0.0:443"`); a table's name is a prefix, so that `[tls] cert = "..."`
//! is `tls_cert`. Its values take the place of clap's defaults, which gives one place for parsing, for precedence and
//! for messages. The table in the README is made from this struct by `switchdesk config-table`.

use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr as _;

use app::model::account::Role;
use app::model::ids::NodeName;
use axum::http::Uri;
use clap::{Args, Command, ValueEnum};
use ipnet::IpNet;
use jiff::tz::TimeZone;
use percent_encoding::percent_decode_str;
use sqlx::mysql::MySqlConnectOptions;

use crate::esl::NodeSettings;

/// A value that is never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// The value itself, for the one who needs it.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl From<&str> for Secret {
    fn from(value: &str) -> Self {
        Self(value.to_owned())
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

impl fmt::Display for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

/// How log lines are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}

/// Everything that can be set. The first line of each comment is the key's meaning in `--help` and in the README.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Configuration")]
pub struct Config {
    /// TOML file with any of the other keys.
    #[arg(long, global = true, env = "SWITCHDESK_CONFIG", value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Address and port of the web pages.
    #[arg(long, global = true, env = "SWITCHDESK_LISTEN", default_value = "127.0.0.1:8080", value_parser = parse_socket_address)]
    pub listen: std::net::SocketAddr,
    /// The address that people type, such as `https://desk.example.com`, where a proxy hides it.
    #[arg(long, global = true, env = "SWITCHDESK_PUBLIC_URL", value_name = "URL", value_parser = parse_origin)]
    pub public_url: Option<String>,
    /// MariaDB: `mysql://USER:PASSWORD@HOST:PORT/DATABASE`. Secret.
    #[arg(
        long,
        global = true,
        env = "SWITCHDESK_DATABASE_URL",
        value_name = "URL",
        hide_env_values = true,
        hide_default_value = true
    )]
    pub database_url: Option<Secret>,
    /// The switch nodes, separated by commas: the name of each and where its event socket is, `fs-1=10.0.0.1:8021`; one with a password of its own as `fs-2=PASSWORD@10.0.0.2:8021`, with `%40` for an `@` and `%2C` for a comma in it.
    #[arg(
        long,
        global = true,
        env = "SWITCHDESK_SWITCHES",
        default_value = "fs-1=127.0.0.1:8021",
        value_name = "NODES",
        hide_env_values = true
    )]
    pub switches: Secret,
    /// Password of the event sockets that have none of their own. Secret; the default is the one that FreeSWITCH is delivered with.
    #[arg(
        long,
        global = true,
        env = "SWITCHDESK_SWITCH_PASSWORD",
        default_value = "ClueCon",
        hide_env_values = true,
        hide_default_value = true
    )]
    pub switch_password: Secret,
    /// User that the switch's web requests name: the posts of mod_json_cdr to `/switch/cdr`.
    #[arg(long, global = true, env = "SWITCHDESK_SWITCH_WEB_USER", default_value = "freeswitch")]
    pub switch_web_user: String,
    /// Password of these requests. Secret; without it none is accepted.
    #[arg(
        long,
        global = true,
        env = "SWITCHDESK_SWITCH_WEB_PASSWORD",
        hide_env_values = true,
        hide_default_value = true
    )]
    pub switch_web_password: Option<Secret>,
    /// Time zone of the call center, as IANA names it: its midnight begins the day.
    #[arg(long, global = true, env = "SWITCHDESK_TIME_ZONE", default_value = "UTC", value_parser = parse_time_zone)]
    pub time_zone: TimeZone,
    /// Folder of what browsers download, as the build leaves it.
    #[arg(
        long,
        global = true,
        env = "SWITCHDESK_SITE_ROOT",
        default_value = "target/site",
        value_name = "FOLDER"
    )]
    pub site_root: PathBuf,
    /// Folder that keeps what must be on record while the database is away.
    #[arg(long, global = true, env = "SWITCHDESK_SPOOL_DIR", default_value = "spool", value_name = "FOLDER")]
    pub spool_dir: PathBuf,
    /// Certificate chain in PEM; with it the pages are served over TLS and HTTP/2.
    #[arg(long, global = true, env = "SWITCHDESK_TLS_CERT", value_name = "FILE")]
    pub tls_cert: Option<PathBuf>,
    /// Key of the certificate in PEM.
    #[arg(long, global = true, env = "SWITCHDESK_TLS_KEY", value_name = "FILE")]
    pub tls_key: Option<PathBuf>,
    /// Networks of the proxies whose `X-Forwarded-For` and `X-Forwarded-Proto` are believed, separated by commas.
    #[arg(long, global = true, env = "SWITCHDESK_TRUSTED_PROXIES", value_name = "NETWORKS", value_delimiter = ',', value_parser = parse_network)]
    pub trusted_proxies: Vec<IpNet>,
    /// Networks that may read `/metrics`, separated by commas.
    #[arg(long, global = true, env = "SWITCHDESK_METRICS_ALLOW", value_name = "NETWORKS", default_value = "127.0.0.0/8,::1/128", value_delimiter = ',', value_parser = parse_network)]
    pub metrics_allow: Vec<IpNet>,
    /// Days after which an unused session ends.
    #[arg(long, global = true, env = "SWITCHDESK_SESSION_DAYS", default_value_t = 14, value_parser = clap::value_parser!(u16).range(1..=365))]
    pub session_days: u16,
    /// Roles that must sign in with a second factor, separated by commas: `agent`, `supervisor`, `admin`.
    #[arg(long, global = true, env = "SWITCHDESK_SECOND_FACTOR_FOR", value_name = "ROLES", value_delimiter = ',', value_parser = parse_role)]
    pub second_factor_for: Vec<Role>,
    /// Seconds that open requests get at shutdown.
    #[arg(long, global = true, env = "SWITCHDESK_SHUTDOWN_DEADLINE_S", default_value_t = 10, value_parser = clap::value_parser!(u16).range(1..=600))]
    pub shutdown_deadline_s: u16,
    /// What is logged, such as `info` or `info,server::esl=debug`.
    #[arg(long, global = true, env = "SWITCHDESK_LOG", default_value = "info", value_name = "FILTER")]
    pub log: String,
    /// How it is logged.
    #[arg(long, global = true, env = "SWITCHDESK_LOG_FORMAT", default_value = "text", value_enum)]
    pub log_format: LogFormat,
}

/// What is wrong with the configuration: the key, the value unless it is secret, and the remedy.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("config: cannot read {}: {reason}; name a readable TOML file, or leave the key out", path.display())]
    UnreadableFile {
        /// Its path.
        path: PathBuf,
        /// Why.
        reason: String,
    },
    /// The file is not TOML.
    #[error("config: {} is not TOML, line {line}; correct that line", path.display())]
    NotToml {
        /// Its path.
        path: PathBuf,
        /// The first line that is wrong.
        line: usize,
    },
    /// The file has a key that means nothing.
    #[error("{key}: no such key in {}; remove it, or see `switchdesk config-table` for the keys", path.display())]
    UnknownKey {
        /// The file.
        path: PathBuf,
        /// The key.
        key: String,
    },
    /// A key holds a table or a list of tables.
    #[error("{key}: must be a text, a number or a list of texts in {}", path.display())]
    WrongKind {
        /// The file.
        path: PathBuf,
        /// The key.
        key: String,
    },
    /// The address of the database is missing.
    #[error("database_url: missing; set SWITCHDESK_DATABASE_URL=mysql://USER:PASSWORD@HOST:PORT/DATABASE")]
    NoDatabase,
    /// The address of the database cannot be read. Its text is not shown, for it holds a password.
    #[error(
        "database_url: cannot be read ({reason}); write mysql://USER:PASSWORD@HOST:PORT/DATABASE, with %40 for an @ in \
         the password"
    )]
    BadDatabase {
        /// Why.
        reason: String,
    },
    /// A switch node cannot be read. Its text is not shown, for it may hold a password.
    #[error(
        "switches: the node in place {place} cannot be read ({reason}); write NAME=HOST:PORT, such as fs-1=127.0.0.1:8021"
    )]
    BadNode {
        /// Which one, counted from 1.
        place: usize,
        /// Why.
        reason: &'static str,
    },
    /// Two nodes have one name.
    #[error("switches: {name} is there twice; give each node a name of its own")]
    SameNode {
        /// The name.
        name: NodeName,
    },
    /// One of certificate and key is set without the other.
    #[error("{missing}: missing; set it beside {present}, or remove {present}")]
    HalfTls {
        /// The key that is set.
        present: &'static str,
        /// The key that is not.
        missing: &'static str,
    },
    /// The filter of the log cannot be read.
    #[error("log: '{value}' cannot be read ({reason}); write a level such as info, or target=level pairs")]
    BadLog {
        /// The value.
        value: String,
        /// Why.
        reason: String,
    },
}

impl Config {
    /// What no single key shows: keys that go together, and the address of the database.
    ///
    /// # Errors
    /// The first thing that is wrong.
    pub fn validate(&self) -> Result<(), ConfigError> {
        match (&self.tls_cert, &self.tls_key) {
            (Some(_), None) => {
                return Err(ConfigError::HalfTls { present: "tls_cert", missing: "tls_key" });
            }
            (None, Some(_)) => {
                return Err(ConfigError::HalfTls { present: "tls_key", missing: "tls_cert" });
            }
            _ => {}
        }
        if let Err(error) = tracing_subscriber::EnvFilter::try_new(&self.log) {
            return Err(ConfigError::BadLog { value: self.log.clone(), reason: error.to_string() });
        }
        self.nodes()?;
        self.database_options().map(drop)
    }

    /// How to connect to the database.
    ///
    /// # Errors
    /// `NoDatabase`, `BadDatabase`.
    pub fn database_options(&self) -> Result<MySqlConnectOptions, ConfigError> {
        let url = self.database_url.as_ref().ok_or(ConfigError::NoDatabase)?;
        let bad = |reason: &str| ConfigError::BadDatabase { reason: reason.into() };
        if !url.reveal().starts_with("mysql://") && !url.reveal().starts_with("mariadb://") {
            return Err(bad("it does not begin with mysql://"));
        }
        // The driver's own words may repeat a part of the address.
        let options = MySqlConnectOptions::from_str(url.reveal()).map_err(|_| bad("it is no address"))?;
        let name = options.get_database().unwrap_or_default();
        if name.is_empty() || !name.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '_') {
            return Err(bad("it must name a database, in letters, digits and underscores"));
        }
        Ok(options)
    }

    /// How each switch node is reached and watched, in the order in which they are written.
    ///
    /// # Errors
    /// `BadNode`, `SameNode`.
    pub fn nodes(&self) -> Result<Vec<NodeSettings>, ConfigError> {
        let mut nodes: Vec<NodeSettings> = Vec::new();
        for (place, text) in self.switches.reveal().split(',').enumerate() {
            let node = parse_node(text, &self.switch_password)
                .map_err(|reason| ConfigError::BadNode { place: place + 1, reason })?;
            if nodes.iter().any(|other| other.name == node.name) {
                return Err(ConfigError::SameNode { name: node.name });
            }
            nodes.push(node);
        }
        Ok(nodes)
    }

    /// Whether browsers reach the pages over TLS whatever a request says: our own, or that of the public address.
    pub fn is_https(&self) -> bool {
        self.tls_cert.is_some() || self.public_url.as_ref().is_some_and(|url| url.starts_with("https://"))
    }
}

/// One row of the README's table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigRow {
    /// Key in the file; the flag is the same with dashes.
    pub key: String,
    /// Environment variable.
    pub variable: String,
    /// Default; empty where there is none.
    pub default: String,
    /// What it means.
    pub meaning: String,
}

/// A row for every key, in the order of the struct.
pub fn config_rows() -> Vec<ConfigRow> {
    Config::augment_args(Command::new("switchdesk"))
        .get_arguments()
        .map(|argument| ConfigRow {
            key: argument.get_id().to_string(),
            variable: argument.get_env().unwrap_or_default().to_string_lossy().into_owned(),
            default: argument
                .get_default_values()
                .iter()
                .map(|value| value.to_string_lossy())
                .collect::<Vec<_>>()
                .join(","),
            meaning: argument.get_help().map(ToString::to_string).unwrap_or_default(),
        })
        .collect()
}

/// The README's table in Markdown.
pub fn config_table() -> String {
    let mut table = String::from("| key | environment | default | meaning |\n| --- | --- | --- | --- |\n");
    for ConfigRow { key, variable, default, meaning } in config_rows() {
        let default = if default.is_empty() { String::new() } else { format!("`{default}`") };
        let meaning = meaning.trim_end_matches('.');
        table.push_str(&format!("| `{key}` | `{variable}` | {default} | {meaning} |\n"));
    }
    table
}

/// Puts the values of a file in the place of the defaults.
///
/// # Errors
/// A file that cannot be read, is no TOML, or has a key that means nothing.
pub fn with_file(mut command: Command, path: &Path) -> Result<Command, ConfigError> {
    let text = std::fs::read_to_string(path)
        .map_err(|error| ConfigError::UnreadableFile { path: path.into(), reason: error.to_string() })?;
    let table = toml::from_str::<toml::Table>(&text).map_err(|error| {
        // The parser's own message quotes the line, which may hold a secret.
        let start = error.span().map_or(0, |span| span.start).min(text.len());
        ConfigError::NotToml { path: path.into(), line: text[..start].matches('\n').count() + 1 }
    })?;
    let known: Vec<String> =
        config_rows().into_iter().map(|row| row.key).filter(|key| key != "config").collect();
    for (key, value) in flattened(table) {
        if !known.contains(&key) {
            return Err(ConfigError::UnknownKey { path: path.into(), key });
        }
        let Some(value) = text_of(&value) else {
            return Err(ConfigError::WrongKind { path: path.into(), key });
        };
        command = command.mut_arg(key, |argument| argument.default_value(value));
    }
    Ok(command)
}

/// `[tls] cert = "x"` and `tls_cert = "x"` are the same.
fn flattened(table: toml::Table) -> Vec<(String, toml::Value)> {
    table
        .into_iter()
        .flat_map(|(key, value)| match value {
            toml::Value::Table(inner) => {
                flattened(inner).into_iter().map(|(name, value)| (format!("{key}_{name}"), value)).collect()
            }
            value => vec![(key.replace('-', "_"), value)],
        })
        .collect()
}

fn text_of(value: &toml::Value) -> Option<String> {
    match value {
        toml::Value::String(text) => Some(text.clone()),
        toml::Value::Integer(number) => Some(number.to_string()),
        toml::Value::Boolean(flag) => Some(flag.to_string()),
        toml::Value::Array(values) => {
            values.iter().map(text_of).collect::<Option<Vec<_>>>().map(|values| values.join(","))
        }
        _ => None,
    }
}

fn parse_socket_address(text: &str) -> Result<std::net::SocketAddr, String> {
    text.parse().map_err(|_| "write an address and a port, such as 0.0.0.0:8080 or [::]:443".to_owned())
}

fn parse_network(text: &str) -> Result<IpNet, String> {
    let text = text.trim();
    let network = text.parse().or_else(|_| text.parse::<std::net::IpAddr>().map(IpNet::from));
    network.map_err(|_| "write networks such as 10.0.0.0/8, or addresses, separated by commas".to_owned())
}

fn parse_role(text: &str) -> Result<Role, String> {
    Role::from_code(text.trim()).ok_or_else(|| "write roles: agent, supervisor, admin".to_owned())
}

fn parse_time_zone(text: &str) -> Result<TimeZone, String> {
    TimeZone::get(text)
        .map_err(|_| "write an IANA name such as Asia/Shanghai, Europe/Berlin or UTC".to_owned())
}

/// `NAME=HOST:PORT` or `NAME=PASSWORD@HOST:PORT`.
fn parse_node(text: &str, password: &Secret) -> Result<NodeSettings, &'static str> {
    let (name, rest) = text.split_once('=').ok_or("it has no name")?;
    let name = name.trim();
    let is_name = (1..=64).contains(&name.len())
        && name.chars().all(|letter| letter.is_ascii_alphanumeric() || "-_.".contains(letter));
    if !is_name {
        return Err("its name must be 1 to 64 letters, digits, dots and dashes");
    }
    let (password, address) = match rest.rsplit_once('@') {
        Some((own, address)) => {
            let own = percent_decode_str(own).decode_utf8().map_err(|_| "its password is not UTF-8")?;
            (own, address.trim())
        }
        None => (password.reveal().into(), rest.trim()),
    };
    let is_address = address.rsplit_once(':').is_some_and(|(host, port)| {
        !host.is_empty()
            && !host.contains(char::is_whitespace)
            && port.parse::<u16>().is_ok_and(|port| port > 0)
    });
    if !is_address {
        return Err("its address must be a host and a port");
    }
    Ok(NodeSettings::new(NodeName::new(name), address, password))
}

fn parse_origin(text: &str) -> Result<String, String> {
    let text = text.trim_end_matches('/');
    let fits = text.parse::<Uri>().is_ok_and(|uri| {
        matches!(uri.scheme_str(), Some("http" | "https"))
            && uri.authority().is_some_and(|authority| !authority.as_str().contains('@'))
            && uri.path_and_query().is_none_or(|path| path.as_str() == "/")
    });
    if fits {
        Ok(text.to_owned())
    } else {
        Err("write http:// or https:// and the host, without a path".into())
    }
}
