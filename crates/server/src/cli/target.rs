//! Which database, unit or person is meant.

use super::{CommandError, args::DatabaseArgs};
use crate::{
    directory::{Administration, own_user},
    storage::{Account, Address, Organisation, StorageError, Unit},
};

/// The database's address, from the option, the environment or a file.
pub(super) fn address(args: &DatabaseArgs) -> Result<Address, CommandError> {
    let text = match &args.database_file {
        None => args.database.clone(),
        Some(file) => std::fs::read_to_string(file).map_err(|why| CommandError::DatabaseFile {
            file: file.display().to_string(),
            why,
        })?,
    };
    Ok(text.parse()?)
}

/// The account that a name, the beginning of one, or an id means.
pub(super) async fn user(
    administration: &Administration<'_>,
    wanted: &str,
) -> Result<Account, CommandError> {
    let accounts = administration.storage.users().await?;
    let people = accounts
        .into_iter()
        .filter(|account| account.user.id != own_user(account.user.organisation));
    pick("account", wanted, people.collect(), |account| {
        (account.user.id.to_string(), account.user.name.clone())
    })
}

/// The unit that a name, the beginning of one, or an id means.
pub(super) async fn unit(
    administration: &Administration<'_>,
    wanted: &str,
) -> Result<Unit, CommandError> {
    let units = administration.storage.units().await?;
    pick("unit", wanted, units, |unit| {
        (unit.id.to_string(), unit.name.clone())
    })
}

/// The organisation that a name or id means, or the only one.
pub(super) async fn organisation(
    administration: &Administration<'_>,
    wanted: Option<&str>,
) -> Result<Organisation, CommandError> {
    let mut all = administration.storage.organisations().await?;
    let Some(wanted) = wanted else {
        return match (all.len(), all.pop()) {
            (1, Some(only)) => Ok(only),
            (0, _) => Err(CommandError::Refused(
                "there is no organisation yet; add one with 'hemrond-server organisations add'"
                    .to_owned(),
            )),
            _ => Err(CommandError::Refused(
                "there are several organisations; say which with --organisation".to_owned(),
            )),
        };
    };
    pick("organisation", wanted, all, |one| {
        (one.id.to_string(), one.name.clone())
    })
}

/// The one that is meant: by id, by whole name, or by the beginning of exactly one name.
fn pick<T>(
    what: &'static str,
    wanted: &str,
    all: Vec<T>,
    name: impl Fn(&T) -> (String, String),
) -> Result<T, CommandError> {
    let lower = wanted.to_lowercase();
    let mut exact = Vec::new();
    let mut begins = Vec::new();
    for one in all {
        let (id, called) = name(&one);
        let called = called.to_lowercase();
        if id == lower || called == lower {
            exact.push(one);
        } else if called.starts_with(&lower) {
            begins.push(one);
        }
    }
    let mut found = if exact.is_empty() { begins } else { exact };
    match (found.len(), found.pop()) {
        (1, Some(one)) => Ok(one),
        (0, _) => Err(StorageError::Unknown {
            what,
            name: wanted.to_owned(),
        }
        .into()),
        (several, _) => Err(CommandError::Refused(format!(
            "{several} of them are called \"{wanted}\"; give the id, as the list shows it"
        ))),
    }
}
