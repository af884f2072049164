//! `hemrond-server recovery`.

use super::{CommandError, args::RecoveryCommand, say};
use crate::{directory::Administration, environment::draw_id};
use hemrond_protocol::Epoch;

pub(super) async fn run(
    administration: &Administration<'_>,
    command: RecoveryCommand,
) -> Result<(), CommandError> {
    match command {
        RecoveryCommand::Begin => {
            let epoch = Epoch(draw_id(administration.chance));
            administration.storage.begin_recovery(epoch).await?;
            say(
                "a new epoch has begun; tablets give back what this database forgot as they sync.\n\
                 When all have synced, run 'hemrond-server recovery end'.",
            )
        }
        RecoveryCommand::End => {
            administration.end_recovery().await?;
            say(
                "the recovery is over; each tablet gives only its own again, and tablets are told the \
                 roles that stand here.\nWhat was changed since the backup is to be changed again: \
                 see 'hemrond-server users list'.",
            )
        }
    }
}
