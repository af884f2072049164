//! `hemrond-server backup`.

use super::{CommandError, args::BackupArgs, say};
use crate::storage::Storage;

pub(super) async fn backup(storage: &dyn Storage, args: &BackupArgs) -> Result<(), CommandError> {
    if storage.organisations().await?.is_empty() {
        return Err(CommandError::Refused(
            "the database holds no organisation; nothing was backed up; check its address"
                .to_owned(),
        ));
    }
    storage.backup(&args.to, Box::new(|_| {})).await?;
    say(format_args!("the backup is in {}", args.to.display()))
}
