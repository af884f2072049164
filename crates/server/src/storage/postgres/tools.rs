//! PostgreSQL's own client programs.

use percent_encoding::percent_decode_str;
use sqlx::{ConnectOptions as _, postgres::PgConnectOptions};
use std::process::Stdio;
use tokio::process::Command;

/// The settings of an address that the tools know by another name. The rest is sqlx's own.
const SETTINGS: [(&str, &str); 4] = [
    ("sslmode", "PGSSLMODE"),
    ("sslrootcert", "PGSSLROOTCERT"),
    ("sslcert", "PGSSLCERT"),
    ("sslkey", "PGSSLKEY"),
];

/// How sqlx writes that a certificate is in a file.
const IN_FILE: &str = "file: ";

/// One of PostgreSQL's programs, told which database is meant and how to reach it as the server itself
/// does. The password goes by the environment, which only the account itself can read: an argument
/// could be read by everybody on the machine.
pub(super) fn tool(name: &str, options: &PgConnectOptions) -> Command {
    let mut command = Command::new(name);
    command
        .env("PGUSER", options.get_username())
        .env("PGPORT", options.get_port().to_string())
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .kill_on_drop(true);
    match options.get_socket() {
        Some(socket) => command.env("PGHOST", socket),
        None => command.env("PGHOST", options.get_host()),
    };
    if let Some(database) = options.get_database() {
        command.env("PGDATABASE", database);
    }
    // The password and the certificates are told in an address only. The names are not needed in it,
    // and could be ones that it cannot hold.
    let address = options
        .clone()
        .username("any")
        .database("any")
        .host("localhost")
        .to_url_lossy();
    if let Some(password) = address.password() {
        let password = percent_decode_str(password).decode_utf8_lossy();
        command.env("PGPASSWORD", password.as_ref());
    }
    for (name, value) in address.query_pairs() {
        let setting = SETTINGS.iter().find(|(ours, _)| *ours == name);
        if let Some((_, theirs)) = setting {
            command.env(theirs, value.strip_prefix(IN_FILE).unwrap_or(&value));
        }
    }
    command
}

/// A sentence for a program that could not be started.
pub(super) fn not_started(name: &str, error: &std::io::Error) -> String {
    format!(
        "{name} could not be started ({error}); install the PostgreSQL client tools, or do this on \
         the database server"
    )
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use std::{collections::BTreeMap, ffi::OsStr, str::FromStr};

    #[test]
    fn a_tool_gets_the_password_by_the_environment_and_never_as_an_argument() {
        let address = "postgres://hem%2Frond:tre%20sm%C3%A5%20ord%25%40@db.example.se:5433/rond\
                       ?sslmode=verify-full&sslrootcert=/etc/hemrond/ca.pem";
        let tool = tool("pg_dump", &PgConnectOptions::from_str(address).unwrap());
        let tool = tool.as_std();
        assert_eq!(tool.get_args().count(), 0);
        let told: BTreeMap<&OsStr, &OsStr> = tool
            .get_envs()
            .filter_map(|(name, value)| Some((name, value?)))
            .collect();
        for (name, value) in [
            ("PGUSER", "hem/rond"),
            ("PGPASSWORD", "tre små ord%@"),
            ("PGHOST", "db.example.se"),
            ("PGPORT", "5433"),
            ("PGDATABASE", "rond"),
            ("PGSSLMODE", "verify-full"),
            ("PGSSLROOTCERT", "/etc/hemrond/ca.pem"),
        ] {
            assert_eq!(
                told.get(OsStr::new(name)),
                Some(&OsStr::new(value)),
                "{name}"
            );
        }
    }
}
