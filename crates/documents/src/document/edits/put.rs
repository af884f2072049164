//! Putting one value in the place of what is there.

use super::{Editor, refused};
use crate::{
    conflict::differ,
    edit::EditError,
    value::{Found, Value, scalar},
};
use automerge::{AutomergeError, ObjId, ReadDoc, transaction::Transactable};

impl Editor<'_, '_, '_> {
    /// Writes a value over what is there; over several answers only when a person chose.
    pub(super) fn put(
        &mut self,
        objects: &[ObjId],
        key: &str,
        address: &str,
        value: Option<&Value>,
        settled: Option<&[String]>,
    ) -> Result<(), EditError> {
        let mut live = Vec::new();
        let mut holders = Vec::new();
        for object in objects {
            let all = self.transaction.get_all(object, key).map_err(refused)?;
            if !all.is_empty() {
                holders.push(object);
            }
            live.extend(
                all.iter()
                    .map(|(found, id)| (Found::from_value(found), id.clone())),
            );
        }
        let in_conflict = differ(key, live.iter().map(|(found, _)| found));
        let refuse = || EditError::InConflict {
            field: address.to_owned(),
        };
        match settled {
            None if in_conflict => return Err(refuse()),
            Some(seen) if !seen.is_empty() && !self.all_seen(&live, seen) => return Err(refuse()),
            _ => {}
        }
        let wanted = value.map_or(Found::Absent, |value| Found::Value(value.clone()));
        if live.iter().all(|(found, _)| *found == wanted) && !(live.is_empty() && value.is_some()) {
            return Ok(());
        }
        if holders.is_empty() {
            holders.extend(objects.last());
        }
        for object in holders {
            self.put_anew(object, key, value).map_err(refused)?;
        }
        Ok(())
    }

    /// Puts a value so that it stands in the change. Of several live values the library would keep
    /// its own favourite if it is equal, and only delete the others: the choice would leave no
    /// trace, and somebody's other choice at the same time would replace it unseen. A stand-in,
    /// put first, is replaced within the same change.
    fn put_anew(
        &mut self,
        object: &ObjId,
        key: &str,
        value: Option<&Value>,
    ) -> Result<(), AutomergeError> {
        let live = self.transaction.get_all(object, key)?;
        let wanted = value.map_or(Found::Absent, |value| Found::Value(value.clone()));
        let kept = live
            .last()
            .is_some_and(|(found, _)| Found::from_value(found) == wanted);
        if live.len() > 1 && kept {
            let stand_in = if value.is_some() {
                None
            } else {
                Some(&Value::Bool(false))
            };
            self.transaction.put(object, key, scalar(stand_in))?;
        }
        self.transaction.put(object, key, scalar(value))
    }

    pub(super) fn in_conflict(&self, objects: &[ObjId], key: &str) -> Result<bool, EditError> {
        let mut live = Vec::new();
        for object in objects {
            let all = self.transaction.get_all(object, key).map_err(refused)?;
            live.extend(all.iter().map(|(found, _)| Found::from_value(found)));
        }
        Ok(differ(key, live.iter()))
    }

    /// Whether every candidate is one that the person saw.
    fn all_seen(&self, live: &[(Found, ObjId)], seen: &[String]) -> bool {
        live.iter().all(|(_, id)| match id {
            ObjId::Root => false,
            ObjId::Id(counter, actor, _) => {
                let change = self.document.log.of_operation(actor.to_bytes(), *counter);
                // What this very change wrote is known to whoever makes it.
                change.is_none_or(|change| seen.contains(&hex::encode(change.hash)))
            }
        })
    }
}
