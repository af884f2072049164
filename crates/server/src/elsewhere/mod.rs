//! What other organisations on this server have of a person, for somebody in the person's care
//! (lag 2022:913, sammanhållen vård- och omsorgsdokumentation).
//!
//! It is looked at with contact and not kept: nothing of it goes through the feed, and nothing of it is
//! written on the asker's tablet, so that no copy has to be called back. The policies decide each document,
//! with the acts of both organisations in hand; the access log of the organisation that answers for a
//! document says who looked.

mod between;
mod numbers;
mod trace;

pub(crate) use numbers::said_by;
pub use numbers::{list_people, national_number};

use crate::{
    exchange::ExchangeError,
    state::Server,
    storage::{Account, Aged, StorageError},
};
pub(crate) use between::standing;
use between::{Between, is_unable};
use hemrond_audit::Action as Logged;
use hemrond_domain::{
    ids::{OrganisationId, PersonId, UnitId},
    law::Standing,
    record::{DocumentClass, DocumentId, Header},
};
use hemrond_policy::{Action, Block, Decision, Emergency, Policy, Principal, Reason, Resource};
use hemrond_protocol::{
    AskElsewhere, Delivery, Elsewhere, FoundElsewhere, GiverElsewhere, OpenedElsewhere, WireId,
};
use numbers::{Said, said};
use std::collections::BTreeMap;
use trace::Whose;

/// How many documents one answer names.
const MOST: usize = 200;

/// Among how many persons who are listed under a number one answer looks: as many as no number has
/// honestly, so that nobody makes the server slow by giving one number to thousands.
const MOST_PEOPLE: u32 = 64;

/// A person at another organisation.
struct There {
    organisation: OrganisationId,
    person: PersonId,
    protected: bool,
    standing: Standing,
    documents: Vec<(Header, i64)>,
}

/// Answers what is asked about a person at other organisations. What is given out stands in the log
/// of the organisation that answers for it when this returns.
///
/// # Errors
/// When the database fails.
pub(crate) async fn look(
    server: &Server,
    account: &Account,
    ask: &AskElsewhere,
) -> Result<Elsewhere, ExchangeError> {
    let user = &account.user;
    let who = Principal::from(user);
    let own = Header::person(user.organisation, PersonId::from(ask.person));
    let reads_own = server.policy.may(&who, Action::Read, &Resource::from(&own));
    if !reads_own.allowed {
        return Ok(Elsewhere::default());
    }
    let own = said_of(server, &own).await?;
    let Some(number) = own.number else {
        return Ok(Elsewhere::default());
    };
    let acts = Header::acts(user.organisation, PersonId::from(ask.person));
    let acts = server.storage.document(acts.id()).await?;
    let here = standing(acts.as_ref(), server.clock.now());
    let names = Names::read(server).await?;
    let mut answer = Elsewhere::default();
    let others = others(server, user.organisation, &number).await?;
    // One mark is enough, whoever has written it down.
    let protected = own.protected || others.iter().any(|there| there.protected);
    for there in others {
        let between = Between {
            user,
            here: &here,
            there: &there.standing,
        };
        let asked = Asked {
            server,
            who: &who,
            between: &between,
            there: &there,
            names: &names,
            protected,
        };
        match ask.document {
            Some(document) => {
                // Refused or unknown: the answer is the same, and tells neither.
                if let Some(Ok(opened)) = asked.open(DocumentId::from(document)).await? {
                    answer.exists = true;
                    answer.opened = Some(opened);
                }
            }
            None => asked.overview(&mut answer).await?,
        }
    }
    answer.why_not = why_not(&answer, &here).map(|reason| reason.as_str().to_owned());
    answer.found.sort_by(|a, b| {
        b.last_ms
            .cmp(&a.last_ms)
            .then(a.document.0.cmp(&b.document.0))
    });
    answer.more = answer.found.len() > MOST;
    answer.found.truncate(MOST);
    answer.blocked_at.sort();
    answer.blocked_at.dedup();
    Ok(answer)
}

/// Why nothing can be named though there is something. It follows from what the asker's own organisation
/// knows, so that it tells nothing of what there is.
fn why_not(answer: &Elsewhere, here: &Standing) -> Option<Reason> {
    if !answer.exists || !answer.found.is_empty() || answer.opened.is_some() {
        return None;
    }
    let asked = !here.consents.is_empty() || is_unable(here);
    Some(if asked {
        Reason::Role
    } else {
        Reason::NoConsent
    })
}

/// A question at one of the other organisations.
struct Asked<'a> {
    server: &'a Server,
    who: &'a Principal,
    between: &'a Between<'a>,
    there: &'a There,
    names: &'a Names,
    /// Whether the person's identity is protected: a unit's name tells where they go for care, and is not
    /// said before a document of its is read (OSL 22:1).
    protected: bool,
}

impl Asked<'_> {
    fn policy(&self) -> &Policy {
        &self.server.policy
    }

    fn may(&self, action: Action, header: &Header) -> Decision {
        let circumstances = self.between.circumstances(header);
        let what = Resource::from(header);
        self.policy()
            .may_in(self.who, action, &what, &circumstances)
    }

    /// Whether an emergency opening that chooses the document would let it be read.
    fn could_be_chosen(&self, header: &Header) -> bool {
        let mut circumstances = self.between.circumstances(header);
        if circumstances.emergency == Emergency::None {
            return false;
        }
        circumstances.emergency = Emergency::Entries;
        let what = Resource::from(header);
        let policy = self.policy();
        policy
            .may_in(self.who, Action::Read, &what, &circumstances)
            .allowed
    }

    /// Whether a document is read by an emergency opening alone.
    fn is_read_by_emergency(&self, header: &Header) -> bool {
        let mut circumstances = self.between.circumstances(header);
        circumstances.emergency = Emergency::None;
        let what = Resource::from(header);
        let calm = self
            .policy()
            .may_in(self.who, Action::Read, &what, &circumstances);
        !calm.allowed
    }

    /// Says what there is, as far as it may be told.
    async fn overview(&self, answer: &mut Elsewhere) -> Result<(), ExchangeError> {
        let mut told = false;
        for (header, last_ms) in &self.there.documents {
            if self.between.circumstances(header).block != Block::None
                && self.may(Action::SeeBlockingUnit, header).allowed
            {
                answer
                    .blocked_at
                    .push(self.names.giver(self.there.organisation));
                told = true;
            }
            let reads = self.may(Action::Read, header);
            let named = reads.allowed || self.could_be_chosen(header);
            if named {
                let mut found = self.names.found(header, *last_ms, reads.allowed);
                found.unit = found.unit.filter(|_| !self.protected);
                answer.found.push(found);
            }
            if self.may(Action::Exists, header).allowed {
                answer.exists = true;
                told = true;
            }
            told |= named;
        }
        if told {
            let look = match self.between.is_in_danger() {
                true => Logged::Emergency,
                false => Logged::Read,
            };
            self.note(look, None, None).await?;
        }
        Ok(())
    }

    /// Opens a document, where it is this organisation's: or says that it may not be opened.
    async fn open(
        &self,
        id: DocumentId,
    ) -> Result<Option<Result<OpenedElsewhere, Reason>>, ExchangeError> {
        let mut documents = self.there.documents.iter();
        let Some((header, last_ms)) = documents.find(|(header, _)| header.id() == id) else {
            return Ok(None);
        };
        let decision = self.may(Action::Read, header);
        if !decision.allowed {
            self.note(Logged::Denied, Some(header), None).await?;
            return Ok(Some(Err(decision.reason.unwrap_or(Reason::NotShared))));
        }
        let Some(kept) = self.server.storage.document(id).await? else {
            return Ok(None);
        };
        let basis = decision.policies.first().cloned().unwrap_or_default();
        let basis_told = Some(basis.as_str()).filter(|basis| !basis.is_empty());
        let look = match self.is_read_by_emergency(header) {
            true => Logged::Emergency,
            false => Logged::Read,
        };
        self.note(look, Some(header), basis_told).await?;
        Ok(Some(Ok(OpenedElsewhere {
            what: self.names.found(header, *last_ms, true),
            delivery: Delivery {
                header: kept.header,
                items: kept.items,
            },
            basis,
        })))
    }

    async fn note(
        &self,
        action: Logged,
        header: Option<&Header>,
        basis: Option<&str>,
    ) -> Result<(), StorageError> {
        let whose = Whose {
            organisation: self.there.organisation,
            person: self.there.person,
            header,
        };
        let now = self.server.clock.now_ms();
        let storage = self.server.storage.as_ref();
        trace::note(storage, self.between.user, action, whose, basis, now).await
    }
}

/// Who a stored person document says that it is about.
async fn said_of(server: &Server, header: &Header) -> Result<Said, StorageError> {
    let changes = server.storage.changes(&[header.id()]).await?;
    let changes = changes.get(&header.id()).map(Vec::as_slice);
    Ok(said(header, changes.unwrap_or_default()))
}

/// The same person at the other organisations, with what these have of them.
async fn others(
    server: &Server,
    own: OrganisationId,
    number: &str,
) -> Result<Vec<There>, StorageError> {
    let storage = server.storage.as_ref();
    let mut found = Vec::new();
    for (organisation, person) in storage.people_numbered(number, own, MOST_PEOPLE).await? {
        // What is listed may have been corrected since.
        let header = Header::person(organisation, person);
        let said = said_of(server, &header).await?;
        if said.number.as_deref() != Some(number) {
            continue;
        }
        let acts = storage
            .document(Header::acts(organisation, person).id())
            .await?;
        let shared = |aged: &Aged| aged.organisation == organisation && is_shared_at_all(aged);
        let mut aged = storage.aged_of(&[person]).await?;
        aged.retain(shared);
        let named: Vec<DocumentId> = aged.iter().map(|aged| aged.document).collect();
        let headers = storage.headers(&named).await?;
        let documents = aged.iter().filter_map(|aged| {
            let header = Header::try_from(headers.get(&aged.document)?).ok()?;
            Some((header, aged.last_entry))
        });
        let documents = documents.collect();
        found.push(There {
            organisation,
            person,
            protected: said.protected,
            standing: standing(acts.as_ref(), server.clock.now()),
            documents,
        });
    }
    join(&mut found);
    Ok(found)
}

/// What a person objected to or blocked at a giver counts for all that it has of them (2 kap. 3 §), also
/// where two of its tablets have added them, so that it knows them by two ids. What lets something be
/// read, information and an assessment, counts only where it was recorded.
fn join(found: &mut [There]) {
    let mut narrows: BTreeMap<OrganisationId, (Vec<_>, Vec<_>)> = BTreeMap::new();
    for there in &*found {
        let (objections, blocks) = narrows.entry(there.organisation).or_default();
        objections.extend(there.standing.objections.iter().copied());
        blocks.extend(there.standing.blocks.iter().cloned());
    }
    for there in found {
        if let Some((objections, blocks)) = narrows.get(&there.organisation) {
            there.standing.objections.clone_from(objections);
            there.standing.blocks.clone_from(blocks);
        }
    }
}

/// Who somebody is and what they decided is never shared (1 kap. 3 §).
fn is_shared_at_all(aged: &Aged) -> bool {
    matches!(
        aged.kind.class(),
        DocumentClass::Health | DocumentClass::Social
    )
}

/// What organisations and units are called.
struct Names {
    organisations: BTreeMap<OrganisationId, String>,
    units: BTreeMap<UnitId, String>,
}

impl Names {
    async fn read(server: &Server) -> Result<Self, StorageError> {
        let organisations = server.storage.organisations().await?.into_iter();
        let units = server.storage.units().await?.into_iter();
        Ok(Self {
            organisations: organisations.map(|one| (one.id, one.name)).collect(),
            units: units.map(|one| (one.id, one.name)).collect(),
        })
    }

    fn giver(&self, organisation: OrganisationId) -> GiverElsewhere {
        let name = self.organisations.get(&organisation);
        GiverElsewhere {
            organisation: WireId(*organisation.as_bytes()),
            name: name.cloned().unwrap_or_default(),
        }
    }

    fn found(&self, header: &Header, last_ms: i64, readable: bool) -> FoundElsewhere {
        let unit = header.unit().and_then(|unit| self.units.get(&unit));
        FoundElsewhere {
            document: WireId::from(header.id()),
            kind: header.kind().as_str().to_owned(),
            giver: self.giver(header.organisation()),
            unit: unit.cloned(),
            last_ms,
            readable,
        }
    }
}
