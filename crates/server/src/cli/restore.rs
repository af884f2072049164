//! `hemrond-server restore`.

use super::{CommandError, World, args::RestoreArgs, say};
use crate::{
    environment::draw_id,
    storage::{self, Address},
};
use hemrond_protocol::Epoch;

pub(super) async fn restore(
    address: &Address,
    world: &World,
    args: &RestoreArgs,
) -> Result<(), CommandError> {
    let epoch = Epoch(draw_id(world.chance.as_ref()));
    storage::restore(address, &args.from, epoch).await?;
    say(format_args!(
        "the database holds what {} held, and a new epoch has begun: tablets give back what it \
         lacks as they sync.\n\
         Now run 'hemrond-server verify' and 'hemrond-server serve'. When all tablets have synced, \
         run 'hemrond-server recovery end'.",
        args.from.display()
    ))
}
