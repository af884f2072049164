//! `hemrond-server organisations`.

use super::{CommandError, args::OrganisationsCommand, say};
use crate::{directory::Administration, environment::draw_id};
use hemrond_domain::ids::OrganisationId;

pub(super) async fn run(
    administration: &Administration<'_>,
    command: OrganisationsCommand,
) -> Result<(), CommandError> {
    match command {
        OrganisationsCommand::Add { name } => {
            let id = OrganisationId::from_bytes(draw_id(administration.chance));
            administration.add_organisation(id, &name).await?;
            say(id)
        }
        OrganisationsCommand::List => {
            for organisation in administration.storage.organisations().await? {
                say(format_args!("{}  {}", organisation.id, organisation.name))?;
            }
            Ok(())
        }
    }
}
