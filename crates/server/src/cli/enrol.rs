//! `hemrond-server enrol`.

use super::{CommandError, args::EnrolArgs, say, target};
use crate::{credential::draw_code, directory::Administration, storage::Account};

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
    if !account.active {
        return Err(CommandError::Refused(format!(
            "the account of {} is closed; add a new one",
            account.user.name
        )));
    }
    let code = draw_code(administration.chance);
    let expires = administration.clock.now_ms() + i64::from(valid_hours) * 3_600_000;
    administration
        .storage
        .add_code(code.sha256, account.user.id, expires)
        .await?;
    Ok(code.text)
}
