//! The line at the top of every page, and the page about sync.

use crate::{
    api::{
        Connection, Disagreement, RefusedItem, Rights, Status, SyncPage, UnshownDocument,
        WaitingDocument,
    },
    failure::{Outcome, Problem},
    tablet::{Companion, State},
    visit::disagreements,
};
use hemrond_domain::{
    ids::PersonId,
    record::{DocumentId, DocumentKind},
};
use hemrond_policy::Action;
use hemrond_store::{RawHeader, RefusedRow};
use std::collections::BTreeMap;

impl Companion {
    /// The status, for whoever does not hold the state.
    pub(crate) async fn status_now(&self) -> Outcome<Status> {
        self.status(&mut *self.state.lock().await).await
    }

    pub(crate) async fn status(&self, state: &mut State) -> Outcome<Status> {
        let standing = self.store.standing().await?;
        let may = if state.enrolment.is_some() {
            self.rights(state)?
        } else {
            Rights::default()
        };
        // No more than the page about it shows: nobody could clear the rest.
        let disagreements = match standing.disagreements {
            0 => 0,
            _ => u32::try_from(self.all_disagreements(state).await?.len()).unwrap_or(u32::MAX),
        };
        let connection = match state.link.connection {
            Connection::Syncing if state.link.offline_by_choice => Connection::Offline,
            connection => connection,
        };
        Ok(Status {
            user: self.me(state).await?,
            tablet: state
                .enrolment
                .as_ref()
                .map(|enrolment| enrolment.tablet.clone()),
            server: state
                .enrolment
                .as_ref()
                .map(|enrolment| enrolment.server.clone()),
            today: self.clock.today(),
            connection,
            waiting: standing.outbox.items,
            waiting_since: standing.outbox.oldest_queued_at,
            refused: standing.refused,
            laid_aside: standing.laid_aside,
            disagreements,
            storage_full: !self.store.has_reserve(),
            last_contact: state.link.last_contact,
            progress: state.link.progress,
            key_kept_in: self.key_kept_in,
            version: env!("CARGO_PKG_VERSION").to_owned(),
            settings: state.settings.clone(),
            may,
        })
    }

    fn rights(&self, state: &State) -> Outcome<Rights> {
        Ok(Rights {
            rounds: self.may_kind(state, Action::Read, DocumentKind::Round)?,
            health: self.may_read_health(state)?,
            observe: self.may_kind(state, Action::Write, DocumentKind::Observations)?,
            add_person: self.may_kind(state, Action::Write, DocumentKind::Person)?,
        })
    }

    pub(crate) async fn sync_page(&self, state: &mut State) -> Outcome<SyncPage> {
        let language = state.settings.language;
        let mut waiting = Vec::new();
        for row in self.store.outbox_by_document().await? {
            let Ok(header) = row.header.header() else {
                continue;
            };
            waiting.push(WaitingDocument {
                document: row.document,
                kind: header.kind(),
                person: self.whose(state, &row.header).await?,
                visit: header.visit_id(),
                changes: row.items,
                since: row.oldest_queued_at,
            });
        }
        let all = self.store.refused_all().await?;
        let (laid_aside, refused): (Vec<_>, Vec<_>) =
            all.into_iter().partition(|row| row.laid_aside_at.is_some());
        let refused = self.told_refused(state, refused).await?;
        let laid_aside = self.told_refused(state, laid_aside).await?;
        let unshown = self
            .store
            .unshown()
            .await?
            .into_iter()
            .map(|row| UnshownDocument {
                document: row.document,
                kind: row.header.kind,
                reason: Problem::new(row.reason).told(language),
            })
            .collect();
        let disagreements = self.all_disagreements(state).await?;
        let about = disagreements.iter().filter_map(|one| one.person.as_ref());
        state.shown.extend(about.map(|brief| brief.id));
        Ok(SyncPage {
            disagreements,
            documents: self.store.document_count().await?,
            log_waiting: u32::try_from(self.store.log_summary().await?.unsent).unwrap_or(u32::MAX),
            log_findings: self.log_attention(state).await?,
            last_failure: state
                .link
                .last_failure
                .clone()
                .map(|problem| problem.told(language)),
            next_try: state.link.next_try,
            status: self.status(state).await?,
            waiting,
            refused,
            laid_aside,
            unshown,
        })
    }

    /// Refused items as the page lists them.
    async fn told_refused(
        &self,
        state: &mut State,
        rows: Vec<RefusedRow>,
    ) -> Outcome<Vec<RefusedItem>> {
        let language = state.settings.language;
        let mut told = Vec::new();
        for ((document, code), rows) in by_reason(rows) {
            let Some(first) = rows.first() else { continue };
            let header = first.header.header().ok();
            told.push(RefusedItem {
                document,
                kind: header.as_ref().map(hemrond_domain::record::Header::kind),
                person: self.whose(state, &first.header).await?,
                visit: header
                    .as_ref()
                    .and_then(hemrond_domain::record::Header::visit_id),
                items: u32::try_from(rows.len()).unwrap_or(u32::MAX),
                reason: Problem::new(code).told(language),
                at: first.at,
            });
        }
        Ok(told)
    }

    async fn whose(
        &self,
        state: &mut State,
        header: &RawHeader,
    ) -> Outcome<Option<crate::api::PersonBrief>> {
        match header.person {
            Some(person) if state.enrolment.is_some() => {
                let brief = self.briefs(state, &[person]).await?.remove(&person);
                state.shown.extend(brief.as_ref().map(|brief| brief.id));
                Ok(brief)
            }
            _ => Ok(None),
        }
    }

    /// Where colleagues disagree in what the user may read.
    async fn all_disagreements(&self, state: &mut State) -> Outcome<Vec<Disagreement>> {
        if state.enrolment.is_none() {
            return Ok(Vec::new());
        }
        let rows = self.store.disagreements().await?;
        let mut documents: Vec<(DocumentId, Option<PersonId>)> =
            rows.iter().map(|row| (row.document, row.person)).collect();
        documents.dedup();
        let people: Vec<PersonId> = rows.iter().filter_map(|row| row.person).collect();
        let briefs = self.briefs(state, &people).await?;
        let mut all = Vec::new();
        for (document, person) in documents {
            let Some(open) = self.open_by_id(state, document).await? else {
                continue;
            };
            if self.may(state, Action::Read, open.document.header())? {
                let brief = person.and_then(|person| briefs.get(&person));
                all.extend(disagreements(state, &open, brief));
            }
        }
        Ok(all)
    }
}

fn by_reason(rows: Vec<RefusedRow>) -> BTreeMap<(DocumentId, String), Vec<RefusedRow>> {
    let mut groups: BTreeMap<(DocumentId, String), Vec<RefusedRow>> = BTreeMap::new();
    for row in rows {
        groups
            .entry((row.document, row.code.clone()))
            .or_default()
            .push(row);
    }
    groups
}
