//! A database of our own in a MariaDB that is there already.

use std::fmt::Write as _;
use std::fs::File;
use std::io::Read as _;

use anyhow::{Context, Result};

use crate::children;

/// Whom we are in MariaDB to make and to remove databases.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Administrator {
    user: String,
    password: String,
    host: String,
    port: u16,
}

impl Administrator {
    /// `mysql://USER[:PASSWORD]@HOST:PORT`, without percent-encoding.
    fn parse(url: &str) -> Option<Self> {
        let (login, place) = url.strip_prefix("mysql://")?.trim_end_matches('/').rsplit_once('@')?;
        let (user, password) = login.split_once(':').unwrap_or((login, ""));
        let (host, port) = place.rsplit_once(':')?;
        let text = str::to_owned;
        Some(Self { user: text(user), password: text(password), host: text(host), port: port.parse().ok()? })
    }

    async fn execute(&self, database: Option<&str>, sql: &str) -> Result<String> {
        let mut client = children::command("mariadb");
        client
            .args(["--no-defaults", "--batch", "--skip-column-names", "--protocol=tcp"])
            .args(["--default-character-set=utf8mb4", &format!("--host={}", self.host)])
            .args([&format!("--port={}", self.port), &format!("--user={}", self.user)])
            .args(database)
            // Not on the command line, which everybody on the machine can read.
            .env("MYSQL_PWD", &self.password);
        children::feed(&mut client, "the MariaDB client", sql.as_bytes()).await
    }
}

/// A database with a user of the same name, until [`Database::remove`].
#[derive(Debug)]
pub(crate) struct Database {
    administrator: Administrator,
    name: String,
    password: String,
}

impl Database {
    /// Makes both.
    ///
    /// # Errors
    /// The address, or MariaDB's refusal.
    pub(crate) async fn create(administrator_url: &str) -> Result<Self> {
        let administrator = Administrator::parse(administrator_url)
            .context("DATABASE_ADMIN_URL must be like mysql://root:password@127.0.0.1:3306")?;
        let name = format!("switchdesk_bench_{}", std::process::id());
        let password = random_token(32)?;
        administrator
            .execute(
                None,
                &format!(
                    "CREATE DATABASE {name}; CREATE USER '{name}'@'%' IDENTIFIED BY '{password}';
                     GRANT ALL PRIVILEGES ON {name}.* TO '{name}'@'%';"
                ),
            )
            .await?;
        Ok(Self { administrator, name, password })
    }

    /// Its address, with the password.
    pub(crate) fn url(&self) -> String {
        let Self { administrator: Administrator { host, port, .. }, name, password } = self;
        format!("mysql://{name}:{password}@{host}:{port}/{name}")
    }

    /// Runs SQL in it and returns rows as lines.
    ///
    /// # Errors
    /// MariaDB's refusal.
    pub(crate) async fn execute(&self, sql: &str) -> Result<String> {
        self.administrator.execute(Some(&self.name), sql).await
    }

    /// Removes both.
    ///
    /// # Errors
    /// MariaDB's refusal.
    pub(crate) async fn remove(self) -> Result<()> {
        let name = &self.name;
        self.administrator.execute(None, &format!("DROP DATABASE {name}; DROP USER '{name}'@'%';")).await?;
        Ok(())
    }
}

/// A text as an SQL expression: in hexadecimal there is nothing to escape.
pub(crate) fn literal(text: &str) -> String {
    let mut hex = String::with_capacity(text.len() * 2);
    for byte in text.bytes() {
        // Writing to a string does not fail.
        let _ = write!(hex, "{byte:02x}");
    }
    format!("CONVERT(x'{hex}' USING utf8mb4)")
}

/// Letters, digits, `-` and `_`, six random bits each.
///
/// # Errors
/// The system has no random numbers.
pub(crate) fn random_token(length: usize) -> Result<String> {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let mut bytes = vec![0; length];
    File::open("/dev/urandom")?.read_exact(&mut bytes)?;
    Ok(bytes.into_iter().map(|byte| char::from(ALPHABET[usize::from(byte % 64)])).collect())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn address_of_the_administrator_is_read() {
        let parts = |url| Administrator::parse(url).map(|it| (it.user, it.password, it.host, it.port));
        let text = str::to_owned;
        let root = |password| Some((text("root"), text(password), text("127.0.0.1"), 3306));
        assert_eq!(parts("mysql://root@127.0.0.1:3306"), root(""));
        assert_eq!(parts("mysql://root:a@b:c@127.0.0.1:3306/"), root("a@b:c"));
        assert_eq!(parts("mysql://root@127.0.0.1"), None);
        assert_eq!(parts("root@127.0.0.1:3306"), None);
    }

    #[test]
    fn literals_need_no_escapes() {
        assert_eq!(literal("a'\\"), "CONVERT(x'61275c' USING utf8mb4)");
    }

    #[test]
    fn tokens_are_long_and_differ() {
        let (one, other) = (random_token(43).unwrap(), random_token(43).unwrap());
        assert_eq!(one.len(), 43);
        assert_ne!(one, other);
    }
}
