//! `hemrond-server enrol`.

use super::{CommandError, args::EnrolArgs, office, say, target};
use crate::{directory::Administration, storage::Account};

pub(super) async fn enrol(
    administration: &Administration<'_>,
    args: &EnrolArgs,
) -> Result<(), CommandError> {
    let account = target::user(administration, &args.user).await?;
    say(code_for(administration, &account, args.valid_hours).await?)
}

/// Draws a one-time code for an account and keeps its hash.
pub(super) async fn code_for(
    administration: &Administration<'_>,
    account: &Account,
    valid_hours: u32,
) -> Result<String, CommandError> {
    Ok(office(administration)
        .tablet_code(account, valid_hours)
        .await?)
}
