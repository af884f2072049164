//! `hemrond-server seed`.

use super::{CommandError, args::SeedArgs};
use crate::directory::Administration;

pub(super) async fn seed(_: &Administration<'_>, _: &SeedArgs) -> Result<(), CommandError> {
    Err(CommandError::Refused("not yet".to_owned()))
}
