//! Flags, environment, file and defaults, as the program itself reads them.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use server::config::config_table;

use crate::harness::config;

const URL: &str = "mysql://desk:hush-database@127.0.0.1:1/none";

fn switchdesk(arguments: &[&str], variables: &[(&str, &str)]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_switchdesk"));
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("SWITCHDESK_") {
            command.env_remove(name);
        }
    }
    command.args(arguments).envs(variables.iter().copied());
    let nowhere = ("SWITCHDESK_SWITCHES", "fs-1=127.0.0.1:1");
    let node = variables.iter().find(|(name, _)| *name == nowhere.0).copied().unwrap_or(nowhere);
    command.env(node.0, node.1).output().unwrap()
}

fn text(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

#[test]
fn flag_beats_environment_beats_file_beats_default() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("switchdesk.toml");
    fs::write(&path, "listen = '127.0.0.1:2222'\n[time]\nzone = 'Asia/Shanghai'\n").unwrap();
    let path = path.to_str().unwrap();
    let variable = [("SWITCHDESK_LISTEN", "127.0.0.1:3333")];
    for (arguments, variables, expected) in [
        (vec!["check"], vec![], "http on 127.0.0.1:8080, day of UTC"),
        (vec!["check", "--config", path], vec![], "http on 127.0.0.1:2222, day of Asia/Shanghai"),
        (vec!["check"], vec![("SWITCHDESK_CONFIG", path)], "http on 127.0.0.1:2222, day of Asia/Shanghai"),
        (vec!["check", "--config", path], variable.to_vec(), "http on 127.0.0.1:3333, day of Asia/Shanghai"),
        (
            vec!["--listen", "127.0.0.1:4444", "check", "--config", path],
            variable.to_vec(),
            "http on 127.0.0.1:4444, day of Asia/Shanghai",
        ),
    ] {
        let variables: Vec<_> = variables.into_iter().chain([("SWITCHDESK_DATABASE_URL", URL)]).collect();
        let said = text(&switchdesk(&arguments, &variables));
        assert!(said.contains(expected), "{arguments:?} {variables:?}:\n{said}");
    }
}

#[test]
fn mistakes_name_key_value_and_remedy() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, text: &str| {
        let path = folder.path().join(name);
        fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let (unknown, broken) =
        (file("unknown", "[tls]\ncart = 'x'"), file("broken", "a = 1\nswitch_password = hush"));
    let wrong = file("wrong", "time_zone = 'Mars'");
    for (arguments, words) in [
        (vec!["migrate"], vec!["database_url: missing", "SWITCHDESK_DATABASE_URL="]),
        (vec!["migrate", "--listen", "8080"], vec!["--listen", "'8080'", "0.0.0.0:8080"]),
        (vec!["migrate", "--time-zone", "Beijing"], vec!["--time-zone", "'Beijing'", "Asia/Shanghai"]),
        (vec!["migrate", "--session-days", "0"], vec!["--session-days", "'0'", "1..=365"]),
        (
            vec!["migrate", "--trusted-proxies", "10.0.0.0/8,proxy"],
            vec!["--trusted-proxies", "'proxy'", "10.0.0.0/8"],
        ),
        (vec!["migrate", "--public-url", "desk"], vec!["--public-url", "'desk'", "https://"]),
        (vec!["migrate", "--database-url", URL, "--tls-cert", "x"], vec!["tls_key: missing", "tls_cert"]),
        (vec!["migrate", "--database-url", URL, "--log", "a=b=c"], vec!["log: 'a=b=c'", "level"]),
        (
            vec!["migrate", "--database-url", URL, "--switches", "fs-1=a:1,hush"],
            vec!["switches:", "place 2", "NAME="],
        ),
        (
            vec!["migrate", "--database-url", URL, "--switches", "fs-1=hush@a"],
            vec!["place 1", "a host and a port"],
        ),
        (vec!["migrate", "--database-url", URL, "--switches", "a=b:1,a=c:1"], vec!["a is there twice"]),
        (
            vec!["user", "add", "x", "--role", "agent", "--agent", "1", "--node", "b", "--database-url", URL],
            vec!["no such node", "fs-1"],
        ),
        (vec!["migrate", "--config", "/none.toml"], vec!["config:", "/none.toml", "readable"]),
        (vec!["migrate", "--config", &unknown], vec!["tls_cart", "no such key", "config-table"]),
        (vec!["migrate", "--config", &broken], vec!["not TOML", "line 2"]),
        (vec!["migrate", "--config", &wrong], vec!["time-zone", "'Mars'", "Asia/Shanghai"]),
    ] {
        let output = switchdesk(&arguments, &[]);
        let said = text(&output);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {said}");
        for word in words {
            assert!(said.contains(word), "{arguments:?} lacks {word}: {said}");
        }
        assert!(!said.contains("hush"), "{said}");
    }
}

#[test]
fn secrets_are_never_printed() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("switchdesk.toml");
    fs::write(&path, format!("database_url = '{URL}'\nswitch_password = 'hush-switch'")).unwrap();
    let path = path.to_str().unwrap();
    let secrets = [("SWITCHDESK_DATABASE_URL", URL), ("SWITCHDESK_SWITCH_PASSWORD", "hush-switch")];
    for arguments in
        [vec!["--help"], vec!["serve", "--help"], vec!["check"], vec!["migrate"], vec!["user", "list"]]
    {
        let with_file = [&arguments[..], &["--config", path]].concat();
        for output in [switchdesk(&arguments, &secrets), switchdesk(&with_file, &[])] {
            assert!(!text(&output).contains("hush"), "{arguments:?}: {}", text(&output));
        }
    }
    for url in [
        "postgres://desk:hush@x/y",
        "mysql://desk:hush@x:port/y",
        "mysql://desk:hush@x",
        "mysql://desk:hush@x/a-b",
    ] {
        let output = switchdesk(&["migrate"], &[("SWITCHDESK_DATABASE_URL", url)]);
        assert_eq!(output.status.code(), Some(2));
        assert!(!text(&output).contains("hush"), "{}", text(&output));
    }
    let switches = "fs-1=127.0.0.1:1,fs-2=hush%40%2Cown@127.0.0.1:1";
    let config = config(&["--database-url", URL, "--switch-password", "hush-switch", "--switches", switches]);
    let passwords: Vec<_> = config.nodes().unwrap().into_iter().map(|node| node.password).collect();
    assert_eq!(passwords, ["hush-switch", "hush@,own"]);
    assert!(!text(&switchdesk(&["check"], &[("SWITCHDESK_SWITCHES", switches)])).contains("hush"));
    assert!(!format!("{config:?} {:#?}", config).contains("hush"));
}

#[test]
fn check_says_in_words_what_is_wrong() {
    let output = switchdesk(&["check"], &[("SWITCHDESK_DATABASE_URL", URL)]);
    let said = text(&output);
    assert_eq!(output.status.code(), Some(1));
    for words in
        ["ok     configuration", "WRONG  database", "start MariaDB", "WRONG  switch fs-1", "start FreeSWITCH"]
    {
        assert!(said.contains(words), "{words}: {said}");
    }
}

#[test]
fn table_in_the_readme_is_the_configuration() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../README.md");
    let readme = fs::read_to_string(&path).unwrap();
    let table = readme
        .split_once("<!-- configuration -->")
        .and_then(|(_, rest)| rest.split_once("<!-- /configuration -->"));
    let (table, _) =
        table.expect("README.md has a table between <!-- configuration --> and <!-- /configuration -->");
    assert_eq!(table.trim(), config_table().trim(), "replace it by what `switchdesk config-table` prints");
}
