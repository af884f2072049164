//! `hemrond-server roles`.

use super::{CommandError, args::RolesCommand, office, say, target};
use crate::{directory::Administration, storage::RoleAnalysis};
use hemrond_domain::people::Role;

pub(super) async fn run(
    administration: &Administration<'_>,
    command: RolesCommand,
) -> Result<(), CommandError> {
    match command {
        RolesCommand::Analyse {
            role,
            analysis,
            decided_by,
            decided_on,
            organisation,
        } => {
            let organisation =
                target::organisation(administration, organisation.as_deref()).await?;
            if decided_on > super::today(administration) {
                return Err(CommandError::Refused(format!(
                    "{decided_on} is to come; give the day on which it was decided"
                )));
            }
            for role in role {
                let analysis = RoleAnalysis {
                    organisation: organisation.id,
                    role,
                    analysis: analysis.clone(),
                    decided_by: decided_by.clone(),
                    decided_on,
                };
                office(administration).analyse(&analysis).await?;
                say(format_args!("{role}: {}", analysis.analysis))?;
            }
            Ok(())
        }
        RolesCommand::List { organisation } => {
            let organisation =
                target::organisation(administration, organisation.as_deref()).await?;
            let known = administration
                .storage
                .role_analyses(organisation.id)
                .await?;
            for role in Role::ALL {
                let found = known.iter().find(|analysis| analysis.role == role);
                let words = found.map_or_else(
                    || "no analysis yet".to_owned(),
                    |one| format!("{}, {}, {}", one.analysis, one.decided_by, one.decided_on),
                );
                say(format_args!("{:<13}  {words}", role.as_str()))?;
            }
            Ok(())
        }
    }
}
