//! `hemrond-server backup`.

use super::{CommandError, args::BackupArgs, say};
use crate::storage::Storage;

pub(super) async fn backup(storage: &dyn Storage, args: &BackupArgs) -> Result<(), CommandError> {
    storage.backup(&args.to).await?;
    say(format_args!("the backup is in {}", args.to.display()))
}
