//! Who has looked: what the server knows of all tablets, and without contact what this one knows itself.

use crate::{
    access_log::Traced,
    api::{LogFindingView, Look, Nothing, OfPerson, WhoLooked},
    dispatch::answer,
    failure::{Outcome, Problem},
    tablet::{Companion, State, allowed},
};
use hemrond_audit::Record;
use hemrond_domain::{ids::UserId, record::Header};
use hemrond_policy::Action;
use hemrond_protocol::{self as protocol, Looked};
use serde_json::Value;

/// How many looks the page shows.
const SHOWN: usize = 500;

impl Companion {
    /// Asks the server who has looked at or written about a person, after this tablet's own log was
    /// sent. Nothing of the answer is kept. The state is free while the network is waited for.
    pub(crate) async fn ask_who_looked(&self, args: &OfPerson, trace: &Traced) -> Outcome<Value> {
        let asks = {
            let mut state = self.state.lock().await;
            self.look_around(&mut state).await?;
            let may = self.may_see_looks(&mut state, args).await.is_ok();
            may && !state.link.offline_by_choice
        };
        let told = match asks {
            // Whatever is in the way, what this tablet knows can be shown.
            true => self.ask_looked(args.person).await.ok().flatten(),
            false => None,
        };
        let mut state = self.state.lock().await;
        // A block, or another role, may have come meanwhile.
        self.look_around(&mut state).await?;
        let result = match told.filter(|told| !told.refused) {
            Some(told) => self.all_who_looked(&mut state, args, told).await,
            None => self.who_looked(&mut state, args).await,
        };
        let result = answer(result);
        self.trace(&mut state, trace, &result).await?;
        result
    }

    /// Whether the user may see who has looked.
    async fn may_see_looks(&self, state: &mut State, args: &OfPerson) -> Outcome<()> {
        let header = Header::person(state.enrolled()?.user.organisation, args.person);
        allowed(&self.may_see_log(state, args.person)?, &header)?;
        self.check_relation(state, args.person).await
    }

    /// What the server told.
    async fn all_who_looked(
        &self,
        state: &mut State,
        args: &OfPerson,
        told: Looked,
    ) -> Outcome<WhoLooked> {
        self.may_see_looks(state, args).await?;
        let looks = told.looks.into_iter().take(SHOWN);
        Ok(WhoLooked {
            only_this_tablet: false,
            looks: looks.filter_map(|look| shown(state, look)).collect(),
        })
    }

    /// Who has looked at or written about a person on this tablet.
    async fn who_looked(&self, state: &mut State, args: &OfPerson) -> Outcome<WhoLooked> {
        self.may_see_looks(state, args).await?;
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

/// A look as the server told it. The tablet's own names are kept where it knows the colleague.
fn shown(state: &State, look: protocol::Look) -> Option<Look> {
    let mut by = state.colleague(Some(UserId::from(look.user)));
    by.name = by.name.or(look.name);
    by.role = by.role.or_else(|| look.role.parse().ok());
    Some(Look {
        at: chrono::DateTime::from_timestamp_millis(look.at_ms)?,
        by,
        unit: look.unit,
        action: look.action,
        kind: look.kind,
        on_server: true,
    })
}
