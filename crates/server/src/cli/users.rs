//! `hemrond-server users`.

use super::{CommandError, args::UsersCommand, office, say, target};
use crate::{
    directory::{Administration, own_user},
    environment::draw_id,
};
use hemrond_domain::{ids::UserId, people::User};

pub(super) async fn run(
    administration: &Administration<'_>,
    command: UsersCommand,
) -> Result<(), CommandError> {
    match command {
        UsersCommand::Add {
            name,
            role,
            unit,
            phone,
        } => {
            let unit = target::unit(administration, &unit).await?;
            let user = User {
                id: UserId::from_bytes(draw_id(administration.chance)),
                name,
                role,
                organisation: unit.organisation,
                unit: unit.id,
            };
            office(administration).hire(&user, &phone).await?;
            say(user.id)
        }
        UsersCommand::List => list(administration).await,
        UsersCommand::SetRole { user, role, unit } => {
            let account = target::user(administration, &user).await?;
            let unit = match unit {
                None => account.user.unit,
                Some(unit) => target::unit(administration, &unit).await?.id,
            };
            office(administration)
                .change_role(&account, role, unit)
                .await?;
            say(format_args!("{} is now {role}", account.user.name))
        }
        UsersCommand::Invite { user, login } => {
            let account = target::user(administration, &user).await?;
            let invited = office(administration)
                .invite(&account, login.as_deref(), false)
                .await?;
            say(format_args!("{}  {}", invited.login, invited.code))
        }
        UsersCommand::Reset { user } => {
            let account = target::user(administration, &user).await?;
            let invited = office(administration).invite(&account, None, true).await?;
            say(format_args!("{}  {}", invited.login, invited.code))
        }
        UsersCommand::Deactivate { user } => {
            let account = target::user(administration, &user).await?;
            office(administration).close(&account).await?;
            say(format_args!(
                "the account of {} is closed",
                account.user.name
            ))
        }
    }
}

async fn list(administration: &Administration<'_>) -> Result<(), CommandError> {
    let units = administration.storage.units().await?;
    for account in administration.storage.users().await? {
        if account.user.id == own_user(account.user.organisation) {
            continue;
        }
        let unit = units
            .iter()
            .find(|unit| unit.id == account.user.unit)
            .map_or("unknown unit", |unit| unit.name.as_str());
        let closed = if account.active { "" } else { "  (closed)" };
        let User { id, name, role, .. } = &account.user;
        say(format_args!(
            "{id}  {role:<13}  {name}, {unit}{closed}",
            role = role.as_str()
        ))?;
    }
    Ok(())
}
