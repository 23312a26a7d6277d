//! `switchdesk check`: configuration, database, event socket, each with what is wrong in words and the remedy.

use std::process::ExitCode;

use app::model::board::LinkProblem;

use super::{say, say_wrong};
use crate::config::Config;
use crate::esl::{self, NodeSettings};
use crate::http::serve;
use crate::storage::Database;
use crate::storage::schema::{self, SchemaState};

/// What one look found.
type Finding = Result<String, String>;

pub(super) async fn run(config: &Config) -> ExitCode {
    let mut is_right = true;
    let mut report = |what: &str, finding: Finding| match finding {
        Ok(words) => say(&format!("ok     {what}: {words}")),
        Err(words) => {
            is_right = false;
            say(&format!("WRONG  {what}: {words}"));
        }
    };
    report("configuration", configuration(config));
    report("front end", front_end(config));
    match config.database_options() {
        Ok(options) => {
            let database = Database::new(options);
            let answers = answers(&database).await;
            let is_there = answers.is_ok();
            report("database", answers);
            if is_there {
                report("schema", fits(&database).await);
            }
        }
        Err(error) => report("database", Err(error.to_string())),
    }
    // A list of nodes that cannot be read is reported with the configuration.
    for node in config.nodes().unwrap_or_default() {
        report(&format!("switch {}", node.name), event_socket(&node).await);
    }
    if is_right {
        ExitCode::SUCCESS
    } else {
        say_wrong("Something is wrong; each line above says what, and what to do.");
        ExitCode::FAILURE
    }
}

fn configuration(config: &Config) -> Finding {
    config.validate().map_err(|error| error.to_string())?;
    let tls = serve::tls_config(config).map_err(|error| error.to_string())?;
    let protocol = if tls.is_some() { "https" } else { "http" };
    Ok(format!("{protocol} on {}, day of {}", config.listen, config.time_zone.iana_name().unwrap_or("UTC")))
}

fn front_end(config: &Config) -> Finding {
    let current = config.site_root.join("pkg/current");
    match std::fs::read_to_string(&current) {
        Ok(_) => Ok(config.site_root.display().to_string()),
        Err(error) => Err(format!(
            "cannot read {}: {error}; build the front end, or set site_root to its folder",
            current.display()
        )),
    }
}

async fn answers(database: &Database) -> Finding {
    match database.try_connect().await {
        Ok(()) => Ok(format!("{} answers", database.name())),
        Err(error) => Err(format!("{error}; {}", database_remedy(&error.to_string()))),
    }
}

/// What the driver's words are a sign of.
fn database_remedy(words: &str) -> &'static str {
    if words.contains("Access denied") || words.contains("1045") || words.contains("1044") {
        "correct user and password in database_url, or grant the user the database"
    } else if words.contains("Unknown database") || words.contains("1049") {
        "create the database, or correct its name in database_url"
    } else {
        "start MariaDB, or correct host and port in database_url"
    }
}

async fn fits(database: &Database) -> Finding {
    match schema::state(database).await {
        Ok(SchemaState::Current) => Ok("up to date".into()),
        Ok(SchemaState::Pending(names)) => {
            Err(format!("not applied: {}; run `switchdesk migrate`", names.join(", ")))
        }
        Ok(SchemaState::Damaged(words)) => {
            Err(format!("{words}; run the newest SwitchDesk, or restore the database from a backup"))
        }
        Err(error) => Err(error.to_string()),
    }
}

async fn event_socket(node: &NodeSettings) -> Finding {
    let address = &node.address;
    match esl::probe(node).await {
        Ok(()) => Ok(format!("{address} answers, and mod_callcenter is there")),
        Err(problem) => Err(format!("{address}: {}", switch_remedy(problem))),
    }
}

const fn switch_remedy(problem: LinkProblem) -> &'static str {
    match problem {
        LinkProblem::Unreachable => {
            "nothing answers; start FreeSWITCH, load mod_event_socket, or correct its address in switches"
        }
        LinkProblem::WrongPassword => {
            "the password was refused; correct switch_password, or the node's own in switches"
        }
        LinkProblem::AddressRefused => {
            "the switch refuses our address; add it to apply-inbound-acl in event_socket.conf.xml"
        }
        LinkProblem::ConnectionLost => "the connection broke; look at the switch's log",
        LinkProblem::Silent => "it accepts the connection but says nothing; is it an event socket?",
        LinkProblem::NoCallCenter => "mod_callcenter is not loaded; `load mod_callcenter` on the switch",
        LinkProblem::Garbled => "it speaks, but not as an event socket does; correct its address in switches",
    }
}
