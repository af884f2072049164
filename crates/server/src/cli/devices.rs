//! `hemrond-server devices`.

use super::{CommandError, args::DevicesCommand, say};
use crate::{directory::Administration, storage::StorageError};
use chrono::DateTime;
use hemrond_domain::ids::DeviceId;
use std::collections::BTreeMap;

pub(super) async fn run(
    administration: &Administration<'_>,
    command: DevicesCommand,
) -> Result<(), CommandError> {
    match command {
        DevicesCommand::List => list(administration).await,
        DevicesCommand::Revoke { device } => {
            let unknown = || StorageError::Unknown {
                what: "device",
                name: device.clone(),
            };
            let id: DeviceId = device.parse().map_err(|_| unknown())?;
            let now = administration.clock.now_ms();
            if !administration.storage.revoke_device(id, now).await? {
                return Err(unknown().into());
            }
            say(format_args!("{id} is shut out"))
        }
    }
}

async fn list(administration: &Administration<'_>) -> Result<(), CommandError> {
    let names: BTreeMap<_, _> = administration
        .storage
        .users()
        .await?
        .into_iter()
        .map(|account| (account.user.id, account.user.name))
        .collect();
    for device in administration.storage.devices().await? {
        let owner = names.get(&device.user).map_or("nobody", String::as_str);
        let state = match (device.revoked_at, device.last_seen) {
            (Some(at), _) => format!("shut out {}", moment(at)),
            (None, Some(at)) => format!("last seen {}", moment(at)),
            (None, None) => "never synced".to_owned(),
        };
        say(format_args!(
            "{}  {owner}: {}, {state}",
            device.id, device.name
        ))?;
    }
    Ok(())
}

fn moment(ms: i64) -> String {
    DateTime::from_timestamp_millis(ms).map_or_else(
        || "at an unknown time".to_owned(),
        |at| at.format("%F %R UTC").to_string(),
    )
}
