//! What the server told, as pages show it.

use crate::{
    api::{
        ElsewhereDocument, ElsewhereFound, ElsewherePage, GiverView, Language, Line, OfElsewhere,
    },
    cache::{Filed, Open},
    failure::{Outcome, Problem},
    readable::{Readable, TimeOf, sentence},
    tablet::{Companion, State},
};
use chrono::DateTime;
use hemrond_documents::{
    Actor, Document,
    schema::Knows,
    views::{ObservationsView, VisitView},
};
use hemrond_domain::{
    ids::{OrganisationId, PersonId},
    law::{Bound, Step},
    people::Role,
    record::{DocumentId, DocumentKind, Header},
};
use hemrond_protocol::{
    Elsewhere, FoundElsewhere, GiverElsewhere, ItemKind, OpenedElsewhere, WireId,
};
use std::{
    collections::BTreeSet,
    panic::{AssertUnwindSafe, catch_unwind},
};

/// The actor under which nothing is ever written: others' documents are only read.
const READER: [u8; 16] = *b"hemrond-elsewher";

/// How much a page names at most.
const MOST: usize = 200;

impl Companion {
    /// The page about what there is.
    pub(super) async fn shown(
        &self,
        state: &mut State,
        person: PersonId,
        told: &Elsewhere,
    ) -> Outcome<ElsewherePage> {
        let me = state.enrolled()?.user.clone();
        let standing = self.standing(state, person).await?;
        let said = standing.emergencies_of(me.id, Bound::Outer);
        let said = said.filter(|one| one.step == Step::Units);
        Ok(ElsewherePage {
            person,
            asked_at: self.clock.now(),
            exists: told.exists,
            why_not: told.why_not.clone(),
            found: once_each(told.found.iter().filter_map(found), |one| one.document),
            more: told.more || told.found.len() > MOST,
            blocked_at: once_each(told.blocked_at.iter().map(giver), |one| one.organisation),
            may_in_danger: matches!(me.role, Role::Nurse | Role::Doctor),
            danger_until: said.map(|one| one.until).max(),
        })
    }
}

/// What a page shows, each once: an honest server says nothing twice, and no more than fits.
fn once_each<T, K: Ord>(told: impl Iterator<Item = T>, name: impl Fn(&T) -> K) -> Vec<T> {
    let mut seen = BTreeSet::new();
    told.filter(|one| seen.insert(name(one)))
        .take(MOST)
        .collect()
}

/// A document that was opened: the one that was asked for, by another organisation than the own.
pub(crate) fn document(
    asked: &OfElsewhere,
    own: OrganisationId,
    opened: &OpenedElsewhere,
    language: Language,
    time_of: &TimeOf<'_>,
) -> Outcome<ElsewhereDocument> {
    let unreadable = || Problem::new("document.unreadable");
    let header = Header::try_from(&opened.delivery.header).map_err(|_| unreadable())?;
    let what = found(&opened.what).filter(|what| what.document == asked.document);
    let what = what
        .filter(|what| {
            header.id() == asked.document
                && header.organisation() != own
                && what.giver.organisation == header.organisation()
                && what.kind == header.kind().as_str()
        })
        .ok_or_else(unreadable)?;
    // Their staff are in their directory, not in ours; who signed stands in the signature.
    let somebody = sentence(
        language,
        "elsewhere.somebody",
        &[("giver", &what.giver.name)],
    );
    let name_of = |_| somebody.clone();
    let written = || {
        let open = read(&header, opened)?;
        let mut lines = Readable::new(language, &name_of, time_of);
        match header.kind() {
            DocumentKind::Visit => lines.visit(&VisitView::read(&open.document), &open),
            DocumentKind::Observations => {
                lines.observations(&ObservationsView::read(&open.document));
            }
            _ => return None,
        }
        Some((lines.into_lines(), open.incomplete))
    };
    // Foreign bytes: nothing of what was read is used after a panic.
    let (lines, incomplete): (Vec<Line>, bool) = catch_unwind(AssertUnwindSafe(written))
        .ok()
        .flatten()
        .ok_or_else(unreadable)?;
    Ok(ElsewhereDocument {
        person: asked.person,
        what,
        basis: opened.basis.clone(),
        lines,
        incomplete,
    })
}

fn read(header: &Header, opened: &OpenedElsewhere) -> Option<Open> {
    let items = |kind| {
        let items = opened.delivery.items.iter();
        items.filter(move |item| item.kind == kind)
    };
    let changes = items(ItemKind::Change).map(|item| &item.bytes);
    let actor = Actor::from_random(READER);
    let loaded = Document::load_knowing(header, actor, Knows::Everything, changes).ok()?;
    let mut open = Open {
        incomplete: !loaded.set_aside.is_empty(),
        document: loaded.document,
        entries: Vec::new(),
        acts: Vec::new(),
    };
    for item in items(ItemKind::Entry) {
        match Filed::read(&item.bytes) {
            Ok(entry) if entry.document() == header.id() => open.add_entry(entry),
            Ok(_) | Err(_) => open.incomplete = true,
        }
    }
    Some(open)
}

/// What the server names; nothing where its time is none.
fn found(told: &FoundElsewhere) -> Option<ElsewhereFound> {
    Some(ElsewhereFound {
        document: DocumentId::from(told.document),
        kind: told.kind.clone(),
        giver: giver(&told.giver),
        unit: told.unit.clone(),
        last: DateTime::from_timestamp_millis(told.last_ms)?,
        readable: told.readable,
    })
}

fn giver(told: &GiverElsewhere) -> GiverView {
    let WireId(organisation) = told.organisation;
    GiverView {
        organisation: OrganisationId::from_stored(organisation),
        name: told.name.clone(),
    }
}
