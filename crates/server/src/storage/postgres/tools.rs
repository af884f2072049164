//! PostgreSQL's own client programs.

use sqlx::postgres::PgConnectOptions;
use std::process::Stdio;
use tokio::process::Command;

/// One of PostgreSQL's programs, told which database is meant. The password, where there is one,
/// it finds by itself (`PGPASSWORD` or `~/.pgpass`): an argument could be read by others.
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
    command
}

/// A sentence for a program that could not be started.
pub(super) fn not_started(name: &str, error: &std::io::Error) -> String {
    format!(
        "{name} could not be started ({error}); install the PostgreSQL client tools, or do this on \
         the database server"
    )
}
