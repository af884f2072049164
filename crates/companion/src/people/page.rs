//! A person's page: everything that this user may see.

use crate::{
    api::{
        AskPerson, CfsPoint, Change, ContactView, FallsBrief, NoteView, PersonDetails, PersonPage,
        PersonRights, VisitBrief, WeightPoint,
    },
    failure::{Outcome, Problem},
    projection::StoredContact,
    rounds::read_state,
    tablet::{Companion, State},
    visit::{disagreements, drugs_of, medication_flags, read_note_kind},
};
use chrono::Duration;
use hemrond_documents::{history::differences, views::VisitView};
use hemrond_domain::{
    ids::PersonId,
    phone::Phone,
    record::{DocumentKind, Header},
};
use hemrond_policy::Action;
use hemrond_store::{NoteRow, PersonRow, VisitRow};

/// How many of colleagues' newest changes the page shows.
const NEWEST_CHANGES: usize = 3;

/// For how long back a colleague's change is news on a person's page.
const NEWS: Duration = Duration::days(14);

impl Companion {
    pub(crate) async fn person(&self, state: &mut State, args: &AskPerson) -> Outcome<PersonPage> {
        let person = args.person;
        let organisation = state.enrolled()?.user.organisation;
        let unknown = || Problem::new("person.unknown");
        let row = self.store.person(person).await?.ok_or_else(unknown)?;
        let header = Header::person(organisation, person);
        self.check(state, Action::Read, &header)?;
        self.check_relation(state, person).await?;
        let brief = self.brief_of(state, person).await?.ok_or_else(unknown)?;
        let may = PersonRights {
            edit: self.may(state, Action::Write, &header)?,
            read_visits: self.may_read_health(state)?,
            visit: self.may_kind(state, Action::Write, DocumentKind::Visit)?,
            read_observations: self.may_read_observed(state)?,
            observe: self.may_kind(state, Action::Write, DocumentKind::Observations)?,
            see_log: self.may_see_log(state, person)?.allowed,
        };
        let visits = if may.read_visits {
            self.store.visits_of(person).await?
        } else {
            Vec::new()
        };
        let notes = if may.read_visits {
            self.store.notes_of(person).await?
        } else {
            Vec::new()
        };
        let listed = visits.iter().find(|visit| visit.drug_count > 0);
        let listed = match listed {
            Some(visit) => self.open_by_id(state, visit.document).await?,
            None => None,
        };
        let view = listed.map(|open| VisitView::read(&open.document));
        let observations = if may.read_observations {
            if !args.in_passing {
                self.look_at_observations(state, person).await?;
            }
            self.observations(state, person).await?
        } else {
            Vec::new()
        };
        let open = self.open_or_begin(state, &header).await?;
        Ok(PersonPage {
            document: row.document,
            details: details(&row),
            contacts: contacts_in(row.contacts_json.as_deref().unwrap_or_default()),
            flags: self.flags(state, person, &brief).await?,
            cfs: self.cfs_points(state, &visits),
            weights: self.weight_points(&visits),
            falls: self.falls(&visits),
            drugs: view.as_ref().map(drugs_of).unwrap_or_default(),
            medication_flags: view.as_ref().map(medication_flags).unwrap_or_default(),
            observations,
            tellings: self.tellings(state, person).await?,
            visits: self.visit_briefs(state, &visits).await?,
            notes: notes
                .iter()
                .filter_map(|note| note_view(state, note))
                .collect(),
            changes: self.news(state, person, &visits).await?,
            disagreements: disagreements(state, &open, Some(&brief)),
            whereabouts: self.whereabouts(state, row.document, &[]).await?,
            blocked: self.is_blocked_elsewhere(state, person)?,
            emergency_until: self.opened_until(state, person)?,
            may,
            brief,
        })
    }

    fn cfs_points(&self, state: &State, visits: &[VisitRow]) -> Vec<CfsPoint> {
        let mut points: Vec<CfsPoint> = visits
            .iter()
            .filter(|visit| visit.state != "cancelled")
            .filter_map(|visit| {
                Some(CfsPoint {
                    on: visit.cfs_on.or_else(|| self.day_of(visit))?,
                    level: visit.cfs_level?,
                    visit: visit.visit,
                    by: state.colleague(visit.cfs_by),
                })
            })
            .collect();
        points.sort_by_key(|point| point.on);
        points
    }

    fn weight_points(&self, visits: &[VisitRow]) -> Vec<WeightPoint> {
        let mut points: Vec<WeightPoint> = visits
            .iter()
            .filter_map(|visit| {
                let kg = visit.weight_kg?;
                Some(WeightPoint {
                    on: self.day_of(visit)?,
                    kg,
                    visit: visit.visit,
                })
            })
            .collect();
        points.sort_by_key(|point| point.on);
        points
    }

    fn falls(&self, visits: &[VisitRow]) -> Option<FallsBrief> {
        visits.iter().find_map(|visit| {
            Some(FallsBrief {
                score: visit.falls_score?,
                high: visit.falls_high?,
                on: self.day_of(visit)?,
                visit: visit.visit,
            })
        })
    }

    async fn visit_briefs(&self, state: &State, visits: &[VisitRow]) -> Outcome<Vec<VisitBrief>> {
        let ids: Vec<_> = visits.iter().map(|visit| visit.visit).collect();
        let documents: Vec<_> = visits.iter().map(|visit| visit.document).collect();
        let seen = self.store.seen_of_visits(&ids).await?;
        let mut whereabouts = self.whereabouts_of(state, &documents, &seen).await?;
        let mut briefs = Vec::new();
        for visit in visits {
            let on = match visit.started_at {
                Some(at) => Some(self.clock.date_of(at)),
                None => self.planned_day(visit.visit).await?,
            };
            briefs.push(VisitBrief {
                visit: visit.visit,
                on,
                reason: visit.reason.clone(),
                state: read_state(&visit.state),
                acute: visit.acute,
                signed: visit.signed_entry.is_some(),
                signed_by: visit.signed_by.map(|user| state.colleague(Some(user))),
                signed_at: visit.signed_at,
                cfs: visit.cfs_level,
                additions: visit.additions > 0,
                asks: visit.asks > 0,
                whereabouts: whereabouts
                    .remove(&visit.document)
                    .unwrap_or(crate::api::Whereabouts::Unchanged),
            });
        }
        briefs.sort_by_key(|brief| std::cmp::Reverse(brief.on));
        Ok(briefs)
    }

    /// What colleagues changed last, over all of the person's visits that this user has not
    /// looked at since.
    async fn news(
        &self,
        state: &mut State,
        person: PersonId,
        visits: &[VisitRow],
    ) -> Outcome<Vec<Change>> {
        let me = state.enrolled()?.user.id;
        let since = self.clock.now() - NEWS;
        let mut changes = Vec::new();
        for visit in visits {
            let by_others = visit.newest_by != Some(me)
                && visit.newest_at.is_some_and(|at| at >= since)
                && visit.person == person;
            if !by_others {
                continue;
            }
            let Some(open) = self.open_by_id(state, visit.document).await? else {
                continue;
            };
            let opened = self.store.opened_get(visit.document, me).await?;
            let heads = opened.and_then(|opened| crate::heads::read(&opened.heads));
            let Some(heads) = heads else { continue };
            changes.extend(
                differences(&open.document, &heads)
                    .unwrap_or_default()
                    .iter()
                    .filter(|difference| !difference.field.starts_with("seen/"))
                    .map(|difference| crate::visit::change(state, &open, difference))
                    .filter(|change| !change.by.me),
            );
        }
        changes.sort_by_key(|change: &Change| std::cmp::Reverse(change.at));
        changes.truncate(NEWEST_CHANGES);
        Ok(changes)
    }
}

fn details(row: &PersonRow) -> PersonDetails {
    PersonDetails {
        given_name: row.given_name.clone(),
        family_name: row.family_name.clone(),
        street: row.street.clone(),
        postcode: row.postcode.clone(),
        city: row.city.clone(),
        entry: row.entry.clone(),
        phone: row.phone.as_deref().map(displayed),
        look_out_for: row.look_out_for.clone(),
        listed_at: row.listed_at.clone(),
        municipal_care: row.municipal_care,
    }
}

/// A number as people write it; one that cannot be read is shown as it stands.
fn displayed(phone: &str) -> String {
    Phone::parse(phone).map_or_else(|_| phone.to_owned(), |phone| phone.display())
}

/// The contacts that stand in a list's column; none where it cannot be read.
pub(crate) fn contacts_in(json: &str) -> Vec<ContactView> {
    let stored: Vec<StoredContact> = serde_json::from_str(json).unwrap_or_default();
    let mut contacts: Vec<ContactView> = stored
        .into_iter()
        .map(|contact| ContactView {
            row: contact.row,
            name: contact.name.unwrap_or_default(),
            relation: contact.relation,
            phone: contact.phone.as_deref().map(displayed),
            phone_link: contact
                .phone
                .as_deref()
                .and_then(|phone| Phone::parse(phone).ok())
                .map(|phone| format!("tel:{}", phone.as_str())),
            direct: contact.direct,
            note: contact.note,
        })
        .collect();
    // The two whom patientlagen puts first; sorting keeps the order of the others.
    contacts.sort_by_key(|contact| match contact.relation.as_deref() {
        Some("fast_vardkontakt") => 0,
        Some("fast_lakarkontakt") => 1,
        _ => 2,
    });
    contacts
}

fn note_view(state: &State, row: &NoteRow) -> Option<NoteView> {
    Some(NoteView {
        row: row.row,
        visit: row.visit,
        kind: read_note_kind(&row.kind)?,
        text: row.text.clone(),
        by: state.colleague(row.by_user),
        at: row.at,
        new: false,
        retracted_at: row.retracted_at,
    })
}
