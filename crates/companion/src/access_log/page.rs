//! Who has looked: what this tablet itself knows.

use crate::{
    api::{LogFindingView, Look, Nothing, OfPerson, WhoLooked},
    failure::{Outcome, Problem},
    tablet::{Companion, State},
};
use hemrond_audit::Record;
use hemrond_domain::record::Header;
use hemrond_policy::Action;

/// How many looks the page shows.
const SHOWN: usize = 500;

impl Companion {
    /// Who has looked at or written about a person on this tablet. The server's extract tells of
    /// all tablets.
    pub(crate) async fn who_looked(&self, state: &State, args: &OfPerson) -> Outcome<WhoLooked> {
        let header = Header::person(state.enrolled()?.user.organisation, args.person);
        self.check(state, Action::Read, &header)?;
        let rows = self.store.log_about(args.person, SHOWN).await?;
        let looks = rows
            .iter()
            .filter_map(|row| {
                let event = Record::decode(&row.bytes).ok()?.event;
                Some(Look {
                    at: chrono::DateTime::from_timestamp_millis(event.at_ms)?,
                    by: state.colleague(Some(event.user)),
                    unit: state.unit_name(event.unit),
                    action: event.action.to_string(),
                    kind: event.kind,
                    on_server: row.acknowledged_at.is_some(),
                })
            })
            .collect();
        Ok(WhoLooked {
            only_this_tablet: true,
            looks,
        })
    }

    /// That a person's sheet is about to be printed: for those who may open the person's page.
    pub(crate) async fn print_sheet(&self, state: &mut State, args: &OfPerson) -> Outcome<Nothing> {
        let header = Header::person(state.enrolled()?.user.organisation, args.person);
        self.check(state, Action::Read, &header)?;
        self.check_relation(state, args.person).await?;
        Ok(Nothing::default())
    }

    /// What did not agree with the server's log, in the user's language.
    pub(crate) async fn log_attention(&self, state: &State) -> Outcome<Vec<LogFindingView>> {
        let language = state.settings.language;
        Ok(self
            .store
            .log_findings()
            .await?
            .into_iter()
            .map(|finding| LogFindingView {
                at: finding.at,
                reason: Problem::new(finding.code).told(language),
            })
            .collect())
    }
}
