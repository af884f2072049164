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
            administration.storage.end_recovery().await?;
            say("the recovery is over; each tablet gives only its own again")
        }
    }
}
