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
    people::Role,
    record::{DocumentId, DocumentKind, Header},
};
use hemrond_protocol::{
    Elsewhere, FoundElsewhere, GiverElsewhere, ItemKind, OpenedElsewhere, WireId,
};

/// The actor under which nothing is ever written: others' documents are only read.
const READER: [u8; 16] = *b"hemrond-elsewher";

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
        let own = standing.emergencies.iter().filter(|one| one.user == me.id);
        Ok(ElsewherePage {
            person,
            asked_at: self.clock.now(),
            exists: told.exists,
            why_not: told.why_not.clone(),
            found: told.found.iter().filter_map(found).collect(),
            more: told.more,
            blocked_at: told.blocked_at.iter().map(giver).collect(),
            may_in_danger: matches!(me.role, Role::Nurse | Role::Doctor),
            danger_until: own.map(|one| one.until).max(),
        })
    }
}

/// A document that was opened.
pub(super) fn document(
    asked: &OfElsewhere,
    opened: &OpenedElsewhere,
    language: Language,
    time_of: &TimeOf<'_>,
) -> Outcome<ElsewhereDocument> {
    let unreadable = || Problem::new("document.unreadable");
    let header = Header::try_from(&opened.delivery.header).map_err(|_| unreadable())?;
    let what = found(&opened.what).filter(|what| what.document == asked.document);
    let what = what
        .filter(|_| header.id() == asked.document)
        .ok_or_else(unreadable)?;
    let open = read(&header, opened).ok_or_else(unreadable)?;
    // Their staff are in their directory, not in ours; who signed stands in the signature.
    let somebody = sentence(
        language,
        "elsewhere.somebody",
        &[("giver", &what.giver.name)],
    );
    let name_of = |_| somebody.clone();
    let mut lines = Readable::new(language, &name_of, time_of);
    match header.kind() {
        DocumentKind::Visit => lines.visit(&VisitView::read(&open.document), &open),
        DocumentKind::Observations => {
            lines.observations(&ObservationsView::read(&open.document));
        }
        _ => return Err(unreadable()),
    }
    let lines: Vec<Line> = lines.into_lines();
    Ok(ElsewhereDocument {
        person: asked.person,
        what,
        basis: opened.basis.clone(),
        lines,
        incomplete: open.incomplete,
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
            Ok(entry) => open.add_entry(entry),
            Err(_) => open.incomplete = true,
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
