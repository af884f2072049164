//! `hemrond-server units`.

use super::{CommandError, args::UnitsCommand, say, target};
use crate::{directory::Administration, environment::draw_id, storage::Unit};
use hemrond_domain::ids::UnitId;

pub(super) async fn run(
    administration: &Administration<'_>,
    command: UnitsCommand,
) -> Result<(), CommandError> {
    match command {
        UnitsCommand::Add {
            name,
            kind,
            phone,
            organisation,
        } => {
            let organisation =
                target::organisation(administration, organisation.as_deref()).await?;
            let id = UnitId::from_bytes(draw_id(administration.chance));
            let unit = Unit {
                id,
                organisation: organisation.id,
                name,
                kind,
                phone,
            };
            administration.add_unit(&unit).await?;
            say(id)
        }
        UnitsCommand::List => {
            for unit in administration.storage.units().await? {
                say(format_args!(
                    "{}  {:<20}  {}",
                    unit.id, unit.kind, unit.name
                ))?;
            }
            Ok(())
        }
    }
}
