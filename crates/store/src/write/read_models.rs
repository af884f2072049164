//! Replacing what lists say about documents.

use crate::{
    error::StoreError,
    rows::{
        ActRow, DisagreementRow, NoteRow, NumberRow, ObservationRow, PersonRow, ReadModels,
        RoundRowRow, SeenRow, StaffRow, UnitRow, VisitRow,
    },
    session::Session,
    sql,
    store::Store,
    table::{self, Table},
};
use hemrond_domain::record::DocumentId;
use std::collections::BTreeMap;

/// Every table of the read models.
pub(crate) const TABLES: [(&str, &[&str]); 11] = [
    (PersonRow::NAME, PersonRow::COLUMNS),
    (VisitRow::NAME, VisitRow::COLUMNS),
    (NoteRow::NAME, NoteRow::COLUMNS),
    (SeenRow::NAME, SeenRow::COLUMNS),
    (ObservationRow::NAME, ObservationRow::COLUMNS),
    (RoundRowRow::NAME, RoundRowRow::COLUMNS),
    (StaffRow::NAME, StaffRow::COLUMNS),
    (UnitRow::NAME, UnitRow::COLUMNS),
    (NumberRow::NAME, NumberRow::COLUMNS),
    (DisagreementRow::NAME, DisagreementRow::COLUMNS),
    (ActRow::NAME, ActRow::COLUMNS),
];

impl Store {
    /// Empties every list and the search index. They can be made anew from the documents.
    ///
    /// # Errors
    /// When the disk fails or is full.
    pub async fn clear_read_models(&self) -> Result<(), StoreError> {
        let mut writing = self.write().await?;
        for (name, _) in TABLES {
            sql::execute(&mut writing, &format!("DELETE FROM {name}"), sql::nothing()).await?;
        }
        writing.commit().await
    }
}

/// Puts each document's rows in the place of those it had.
pub(super) async fn replace(
    session: &mut Session,
    models: &BTreeMap<DocumentId, &ReadModels>,
) -> Result<(), StoreError> {
    let ids: Vec<DocumentId> = models.keys().copied().collect();
    remove(session, &ids).await?;
    insert(session, models, |models| models.person.as_slice()).await?;
    insert(session, models, |models| models.visit.as_slice()).await?;
    insert(session, models, |models| &models.notes).await?;
    insert(session, models, |models| &models.seen).await?;
    insert(session, models, |models| &models.observations).await?;
    insert(session, models, |models| &models.round).await?;
    insert(session, models, |models| &models.staff).await?;
    insert(session, models, |models| &models.units).await?;
    insert(session, models, |models| &models.numbers).await?;
    insert(session, models, |models| &models.disagreements).await?;
    insert(session, models, |models| &models.acts).await
}

/// Takes documents out of every list.
pub(super) async fn remove(
    session: &mut Session,
    documents: &[DocumentId],
) -> Result<(), StoreError> {
    // One call for all tables: what a call costs, not what it finds, is most of each.
    for piece in sql::chunks(documents) {
        let list = sql::list(piece.len());
        let mut values = sql::nothing();
        let mut statements = Vec::new();
        for (name, _) in TABLES {
            statements.push(format!("DELETE FROM {name} WHERE document IN {list}"));
            for document in piece {
                values.put(document);
            }
        }
        sql::execute(session, &statements.join(";"), values).await?;
    }
    Ok(())
}

async fn insert<T: Table>(
    session: &mut Session,
    models: &BTreeMap<DocumentId, &ReadModels>,
    rows: impl Fn(&ReadModels) -> &[T],
) -> Result<(), StoreError> {
    let mut all = Vec::new();
    for (document, models) in models {
        for row in rows(models) {
            if row.document() != *document {
                return Err(StoreError::invalid(format!(
                    "a row of {} names the document {} and came with {document}",
                    T::NAME,
                    row.document(),
                )));
            }
            all.push(row);
        }
    }
    table::insert(session, &all).await
}
