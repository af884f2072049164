//! No secret on the command line, where everybody on the machine can read it.

use super::CommandError;
use std::ffi::OsStr;

/// Refuses arguments that hold a database's password.
///
/// # Errors
/// When one does; the message names another way and does not repeat the argument.
pub fn refuse_secrets<'a>(
    arguments: impl IntoIterator<Item = &'a OsStr>,
) -> Result<(), CommandError> {
    for argument in arguments {
        if holds_password(&argument.to_string_lossy()) {
            return Err(CommandError::Refused(
                "a database's address with a password does not belong on the command line, where \
                 others on this machine can read it; put it into a file and give --database-file, \
                 or into the environment as HEMROND_DATABASE; and change the password"
                    .to_owned(),
            ));
        }
    }
    Ok(())
}

/// Whether a text holds an address of any kind with a password in it.
fn holds_password(text: &str) -> bool {
    let Some((_, rest)) = text.split_once("://") else {
        return false;
    };
    let (authority, query) = match rest.split_once('?') {
        Some((before, query)) => (before, query),
        None => (rest, ""),
    };
    // A password may hold any sign, so that the last @ ends it.
    let in_authority = authority
        .rsplit_once('@')
        .and_then(|(who, _)| who.split_once(':'))
        .is_some_and(|(_, password)| !password.is_empty());
    in_authority
        || query
            .split('&')
            .any(|part| part.to_lowercase().starts_with("password="))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::refuse_secrets;
    use crate::cli::Cli;
    use clap::CommandFactory as _;
    use std::ffi::OsStr;

    #[test]
    fn an_address_with_a_password_is_refused_and_not_repeated() {
        for (argument, good) in [
            ("postgres://hemrond@localhost/hemrond", true),
            ("postgres://localhost:5432/hemrond", true),
            (
                "postgres://hemrond@localhost:5432/hemrond?sslmode=require",
                true,
            ),
            ("sqlite:/var/lib/hemrond/server.sqlite", true),
            ("--database", true),
            ("Anna: ring 08-46500400", true),
            ("postgres://hemrond:hunter2@localhost/hemrond", false),
            ("--database=postgresql://hemrond:hunter2@localhost", false),
            ("postgres://hemrond:hun/ter2@localhost/hemrond", false),
            (
                "postgres://localhost/hemrond?user=x&password=hunter2",
                false,
            ),
            ("mysql://hemrond:hunter2@localhost/hemrond", false),
        ] {
            let refused = refuse_secrets([OsStr::new("serve"), OsStr::new(argument)]);
            assert_eq!(refused.is_ok(), good, "{argument}");
            if let Err(error) = refused {
                assert!(!error.to_string().contains("ter2"), "{error}");
            }
        }
    }

    /// Whatever options come: none takes a secret itself, only the name of a file that holds it.
    #[test]
    fn no_option_takes_a_secret() {
        fn look(command: &clap::Command, seen: &mut usize) {
            for option in command.get_arguments() {
                *seen += 1;
                let name = option.get_id().as_str();
                let secret = [
                    "password",
                    "secret",
                    "token",
                    "credential",
                    "pin",
                    "key",
                    "totp",
                ]
                .iter()
                .any(|word| name.split('_').any(|part| part == *word));
                let values: Vec<String> = option
                    .get_value_names()
                    .unwrap_or_default()
                    .iter()
                    .map(ToString::to_string)
                    .collect();
                assert!(
                    !secret || !option.get_action().takes_values() || values == ["FILE"],
                    "{} --{name} takes {values:?}",
                    command.get_name()
                );
            }
            for inner in command.get_subcommands() {
                look(inner, seen);
            }
        }
        let mut seen = 0;
        look(&Cli::command(), &mut seen);
        assert!(seen > 20, "{seen} options");
    }
}
