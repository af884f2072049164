//! Making a person's edits: one change for all of them, or none.

mod put;
mod typing;

use super::Document;
use crate::{
    change::RawChange,
    chunk::{self, Limits},
    edit::{Edit, EditError},
    path::Path,
    schema::{CollectionSpec, FieldType, TEXT_MAX, Unfit, check_characters, is_retraction},
    value::{Value, scalar},
};
use automerge::{
    Automerge, AutomergeError, ObjId, ObjType, ReadDoc,
    transaction::{CommitOptions, Transactable, Transaction},
};
use chrono::{DateTime, Utc};
use std::panic::{AssertUnwindSafe, catch_unwind};

impl Document {
    /// Makes edits: as one change, dated `at`, or none when one of them is refused.
    ///
    /// Returns no change when everything already is as the edits would make it.
    ///
    /// # Errors
    /// When an edit does not fit the schema, would overwrite answers that someone must choose
    /// between, or is too large.
    pub fn edit(&mut self, at: DateTime<Utc>, edits: &[Edit]) -> Result<Vec<RawChange>, EditError> {
        if self.is_newer() {
            return Err(EditError::NewerSchema {
                document: self.schema(),
                ours: self.ours,
            });
        }
        // Made on a copy that takes the document's place: whatever fails, nothing has changed.
        let made = catch_unwind(AssertUnwindSafe(|| self.try_edit(at, edits)))
            .unwrap_or_else(|_| Err(failed("the library failed")))?;
        let Some((state, raw)) = made else {
            return Ok(Vec::new());
        };
        let chunk = chunk::parse(&raw.bytes, &Limits::EDIT).map_err(|error| match error {
            chunk::ChunkError::TooLarge(_) => EditError::TooLarge,
            other => failed(&other.to_string()),
        })?;
        if chunk.hash != raw.hash {
            return Err(failed("the change does not have its own name"));
        }
        self.state = state;
        self.record(raw.clone(), chunk);
        Ok(vec![raw])
    }

    fn try_edit(
        &self,
        at: DateTime<Utc>,
        edits: &[Edit],
    ) -> Result<Option<(Automerge, RawChange)>, EditError> {
        let mut state = self.state.clone();
        let mut transaction = state.transaction();
        let mut editor = Editor {
            document: self,
            transaction: &mut transaction,
        };
        for edit in edits {
            editor.make(edit)?;
        }
        let operations = transaction.pending_ops();
        if operations == 0 {
            return Ok(None);
        }
        if operations as u64 > Limits::EDIT.operations {
            return Err(EditError::TooLarge);
        }
        let (hash, _) = transaction.commit_with(CommitOptions::default().with_time(at.timestamp()));
        let change = hash
            .and_then(|hash| state.get_change_by_hash(&hash))
            .ok_or_else(|| failed("the change was not made"))?;
        Ok(Some((state, RawChange::of(&change))))
    }
}

/// Edits on their way into one change.
struct Editor<'d, 't, 'a> {
    document: &'d Document,
    transaction: &'t mut Transaction<'a>,
}

impl Editor<'_, '_, '_> {
    fn make(&mut self, edit: &Edit) -> Result<(), EditError> {
        match edit {
            Edit::Set { field, value } => self.set(field, value.as_ref()),
            Edit::Clear { field } => self.set(field, None),
            Edit::Text { field, value } => self.text(field, value),
            Edit::AddRow {
                collection,
                row,
                values,
            } => self.add_row(collection, &row.to_string(), values),
            Edit::SetRow {
                collection,
                row,
                field,
                value,
            } => self.set_row(collection, &row.to_string(), field, value.as_ref()),
            Edit::Settle { field, value, seen } => self.settle(field, value.as_ref(), seen),
        }
    }

    fn set(&mut self, field: &str, value: Option<&Value>) -> Result<(), EditError> {
        let (objects, kind) = self.field(field)?;
        let value = normalise(&kind, field, value)?;
        self.put(&objects, field, field, value.as_ref(), None)
    }

    fn set_row(
        &mut self,
        collection: &str,
        row: &str,
        field: &str,
        value: Option<&Value>,
    ) -> Result<(), EditError> {
        let spec = self.collection(collection)?;
        let address = format!("{collection}/{row}/{field}");
        let (objects, kind) = self.row_field(spec, row, field, &address)?;
        let value = normalise(&kind, &address, value)?;
        if spec.append_only && (!is_retraction(field) || value.is_none()) {
            return Err(EditError::AppendOnly { field: address });
        }
        self.put(&objects, field, &address, value.as_ref(), None)
    }

    fn settle(
        &mut self,
        address: &str,
        value: Option<&Value>,
        seen: &[String],
    ) -> Result<(), EditError> {
        let (objects, kind, key) = match Path::parse(address) {
            Path::Key(key) => {
                let (objects, kind) = self.field(&key)?;
                (objects, kind, key)
            }
            Path::Row {
                collection,
                row,
                field,
            } => {
                let spec = self.collection(&collection)?;
                let (objects, kind) = self.row_field(spec, &row, &field, address)?;
                // Settling is no way around the law that such a row stays as it was written.
                if spec.append_only && !self.in_conflict(&objects, &field)? {
                    return Err(EditError::AppendOnly {
                        field: address.to_owned(),
                    });
                }
                (objects, kind, field)
            }
        };
        let value = normalise(&kind, address, value)?;
        self.put(&objects, &key, address, value.as_ref(), Some(seen))
    }

    fn text(&mut self, key: &str, value: &str) -> Result<(), EditError> {
        let object = self.document.containers().text.get(key).cloned();
        let object = object.ok_or_else(|| EditError::UnknownField {
            field: key.to_owned(),
        })?;
        let unfit = |reason| EditError::Unfit {
            field: key.to_owned(),
            reason,
        };
        if value.chars().count() > TEXT_MAX {
            return Err(unfit(Unfit::Length));
        }
        check_characters(value).map_err(unfit)?;
        let before = self.transaction.text(&object).map_err(refused)?;
        typing::write_text(self.transaction, &object, &before, value).map_err(refused)
    }

    fn add_row(
        &mut self,
        collection: &str,
        row: &str,
        values: &std::collections::BTreeMap<String, Value>,
    ) -> Result<(), EditError> {
        let spec = self.collection(collection)?;
        let parent = self.parent(collection)?;
        if !self
            .transaction
            .get_all(&parent, row)
            .map_err(refused)?
            .is_empty()
        {
            return Err(EditError::RowExists {
                collection: collection.to_owned(),
                row: row.to_owned(),
            });
        }
        let object = self
            .transaction
            .put_object(&parent, row, ObjType::Map)
            .map_err(refused)?;
        for (key, value) in values {
            let address = format!("{collection}/{row}/{key}");
            let Some(field) = spec.field(key) else {
                return Err(EditError::UnknownField { field: address });
            };
            if let Some(value) = normalise(&field.kind, &address, Some(value))? {
                self.transaction
                    .put(&object, key.as_str(), scalar(Some(&value)))
                    .map_err(refused)?;
            }
        }
        Ok(())
    }

    fn field(&self, key: &str) -> Result<(Vec<ObjId>, FieldType), EditError> {
        let spec = self.document.kind_schema().field(key);
        let spec = spec.ok_or_else(|| EditError::UnknownField {
            field: key.to_owned(),
        })?;
        Ok((vec![self.document.containers().fields.clone()], spec.kind))
    }

    fn collection(&self, name: &str) -> Result<&'static CollectionSpec, EditError> {
        let spec = self.document.kind_schema().collection(name);
        spec.ok_or_else(|| EditError::UnknownCollection {
            collection: name.to_owned(),
        })
    }

    fn parent(&self, collection: &str) -> Result<ObjId, EditError> {
        let parent = self
            .document
            .containers()
            .collections
            .get(collection)
            .cloned();
        parent.ok_or_else(|| EditError::UnknownCollection {
            collection: collection.to_owned(),
        })
    }

    /// The objects that are the row: more than one if two devices each made it.
    fn row_field(
        &self,
        spec: &CollectionSpec,
        row: &str,
        field: &str,
        address: &str,
    ) -> Result<(Vec<ObjId>, FieldType), EditError> {
        let parent = self.parent(spec.name)?;
        let found = self.transaction.get_all(&parent, row).map_err(refused)?;
        let objects: Vec<ObjId> = found
            .into_iter()
            .filter(|(value, _)| value.is_object())
            .map(|(_, id)| id)
            .collect();
        if objects.is_empty() {
            return Err(EditError::UnknownRow {
                collection: spec.name.to_owned(),
                row: row.to_owned(),
            });
        }
        let spec = spec.field(field);
        let spec = spec.ok_or_else(|| EditError::UnknownField {
            field: address.to_owned(),
        })?;
        Ok((objects, spec.kind))
    }
}

fn normalise(
    kind: &FieldType,
    address: &str,
    value: Option<&Value>,
) -> Result<Option<Value>, EditError> {
    let Some(value) = value else { return Ok(None) };
    kind.normalise(value).map_err(|reason| EditError::Unfit {
        field: address.to_owned(),
        reason,
    })
}

fn refused(error: AutomergeError) -> EditError {
    failed(&error.to_string())
}

fn failed(reason: &str) -> EditError {
    EditError::Failed {
        reason: reason.to_owned(),
    }
}
