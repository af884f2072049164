//! What is written in a visit's record, and on a person's page.

use super::{Expect, Kept, Post, Visit};
use crate::chance::Chance;
use hemrond_companion::{
    Companion,
    api::{AddNote, Command, EditDocument, Failure, NoteKind, OfVisit, Settle},
};
use hemrond_documents::{Edit, Value};
use hemrond_domain::{
    ids::PersonId,
    record::{DocumentId, Header},
};

pub(super) async fn answer(
    companion: &Companion,
    visit: Visit,
    chance: &mut Chance,
    mark: &str,
) -> Result<Kept, Failure> {
    let words = [
        "reason",
        "called_by",
        "cfs.comment",
        "falls.comment",
        "med.comment",
    ];
    let (edit, expect) = if chance.one_in(2) {
        let level = i64::try_from(chance.below(9)).unwrap_or(0) + 1;
        (Edit::set("cfs.level", level), None)
    } else {
        let field = chance.pick(&words).copied().unwrap_or("reason");
        let expect = Expect::Field(field.to_owned(), mark.to_owned());
        (Edit::set(field, mark), Some((Some(visit.document), expect)))
    };
    edit_document(companion, visit.document, edit).await?;
    Ok(Kept {
        must_wait: expect.is_some(),
        expect,
        ..Kept::default()
    })
}

pub(super) async fn text(
    companion: &Companion,
    visit: Visit,
    chance: &mut Chance,
    mark: &str,
) -> Result<Kept, Failure> {
    let page = companion
        .call(Command::Visit(OfVisit { visit: visit.id }))
        .await?;
    let field = if chance.one_in(2) { "note" } else { "plan" };
    let before = page["texts"][field].as_str().unwrap_or_default();
    let value = format!("{before}{mark} ");
    let edit = Edit::Text {
        field: field.to_owned(),
        value,
    };
    edit_document(companion, visit.document, edit).await?;
    Ok(Kept::something())
}

pub(super) async fn tell(
    companion: &Companion,
    post: Post,
    person: PersonId,
    chance: &mut Chance,
    mark: &str,
) -> Result<Kept, Failure> {
    let fields = ["look_out_for", "listed_at", "address.entry"];
    let field = chance.pick(&fields).copied().unwrap_or("look_out_for");
    let document = Header::person(post.organisation, person).id();
    edit_document(companion, document, Edit::set(field, mark)).await?;
    let expect = Expect::Field(field.to_owned(), mark.to_owned());
    Ok(Kept::leaving(Some(document), expect))
}

pub(super) async fn note(
    companion: &Companion,
    visit: Visit,
    chance: &mut Chance,
    mark: &str,
) -> Result<Kept, Failure> {
    let kinds = [
        NoteKind::Note,
        NoteKind::Order,
        NoteKind::Question,
        NoteKind::Answer,
    ];
    companion
        .call(Command::AddNote(AddNote {
            visit: visit.id,
            kind: chance.pick(&kinds).copied().unwrap_or(NoteKind::Note),
            text: mark.to_owned(),
        }))
        .await?;
    Ok(Kept {
        // Who answers has read: the tablet says so to whoever wrote before.
        seen: Some(visit.document),
        ..Kept::leaving(Some(visit.document), Expect::Words(mark.to_owned()))
    })
}

/// Signs a visit, with something in it that was not there when it was last signed.
pub(super) async fn sign(
    companion: &Companion,
    visit: Visit,
    chance: &mut Chance,
) -> Result<Kept, Failure> {
    let level = i64::try_from(chance.below(9)).unwrap_or(0) + 1;
    let edit = Edit::set("cfs.level", level);
    edit_document(companion, visit.document, edit).await?;
    companion
        .call(Command::Sign(OfVisit { visit: visit.id }))
        .await?;
    Ok(Kept::something())
}

pub(super) async fn seen(companion: &Companion, visit: Visit) -> Result<Kept, Failure> {
    companion
        .call(Command::MarkSeen(OfVisit { visit: visit.id }))
        .await?;
    Ok(Kept {
        seen: Some(visit.document),
        ..Kept::default()
    })
}

/// Settles the first disagreement of a visit, if there is one, for one of its candidates.
pub(super) async fn settle(companion: &Companion, visit: Visit) -> Result<Kept, Failure> {
    let page = companion
        .call(Command::Visit(OfVisit { visit: visit.id }))
        .await?;
    let first = &page["disagreements"][0];
    let Some(field) = first["field"].as_str() else {
        return Ok(Kept::default());
    };
    let value: Option<Value> =
        serde_json::from_value(first["candidates"][0]["value"].clone()).unwrap_or(None);
    companion
        .call(Command::Settle(Settle {
            document: visit.document,
            field: field.to_owned(),
            value,
        }))
        .await?;
    Ok(Kept::something())
}

async fn edit_document(
    companion: &Companion,
    document: DocumentId,
    edit: Edit,
) -> Result<(), Failure> {
    companion
        .call(Command::Edit(EditDocument {
            document,
            edits: vec![edit],
        }))
        .await?;
    Ok(())
}
