//! The end of a story: the network heals, things run until quiet, and everybody is held to what was
//! said.

use crate::{
    act::Expect,
    chance::Chance,
    drive::to_the_end,
    site::lock,
    tablet::Tablet,
    witness::{Mark, Saved, Told, Wrong},
    world::World,
};
use hemrond_companion::{
    Companion,
    api::{Command, Nothing},
};
use hemrond_documents::{Actor, Document, Value, history::history};
use hemrond_domain::{
    ids::DeviceId,
    record::{DocumentId, Header},
};
use hemrond_policy::{Principal, Resource};
use hemrond_protocol::{Digest, ItemKind, digest::combine};
use hemrond_server::storage::{Accounts as _, Asker, Records as _, Upkeep as _};
use hemrond_store::ItemName;
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

/// How many times everybody may sync before things must be quiet.
const ROUNDS: usize = 8;

/// Every first byte that an id may have.
fn all_buckets() -> Vec<u8> {
    (0..=u8::MAX).collect()
}

/// A refusal as it stands on a tablet.
struct Refusal {
    /// The server's code.
    code: String,
    /// Whether the tablet's user may read the document.
    readable: bool,
}

impl World {
    /// Everything works from now on, and everybody syncs until nothing moves any more.
    pub(crate) fn heal(&mut self) {
        self.resume();
        for tablet in &self.tablets {
            tablet.clock.be_wrong_by(0);
            lock(&tablet.wire.faults).clear();
        }
        let mut before = None;
        for round in 0..ROUNDS {
            self.time.pass(3_600_000);
            let mut all = true;
            for place in 0..self.places.len() {
                all &= self.sync_now(place, round + 1 == ROUNDS);
                self.look_at_queue(place);
                if self.witness.found_something() {
                    return;
                }
            }
            let head = self.head();
            if all && before == Some(head) {
                return;
            }
            before = all.then_some(head);
        }
        self.witness.find(
            Wrong::Stuck,
            format!("things are not quiet after {ROUNDS} rounds"),
        );
    }

    fn sync_now(&mut self, place: usize, last: bool) -> bool {
        let Some(companion) = self.running(place) else {
            return false;
        };
        let synced = to_the_end(companion.call(Command::SyncNow(Nothing {})), &self.stop);
        drop(companion);
        let came_through = matches!(synced, Ok(Ok(_)));
        if let (Ok(Err(failure)), true) = (&synced, last) {
            let what = format!(
                "a sync fails though everything works: {failure} ({})",
                failure.code
            );
            self.witness.find(Wrong::Stuck, what);
        }
        self.weigh_sync(place, synced, false);
        came_through
    }

    fn head(&mut self) -> u64 {
        let site = Arc::clone(&self.site);
        match to_the_end(site.database.life(), &self.stop) {
            Ok(Ok(life)) => life.head,
            _ => 0,
        }
    }

    /// Holds everybody to everything.
    pub(crate) fn judge(&mut self) {
        self.nothing_is_lost();
        for place in 0..self.places.len() {
            self.all_agree(place);
        }
        self.marks_are_found();
        let mut chance = Chance::new(self.setting.seed ^ 0x11d6e);
        self.lists_follow_from_documents(chance.below(self.places.len()));
    }

    fn nothing_is_lost(&mut self) {
        let saved: Vec<Saved> = self
            .witness
            .saved()
            .iter()
            .filter(|saved| !saved.excused)
            .cloned()
            .collect();
        let items: Vec<ItemName> = saved.iter().map(|saved| saved.item).collect();
        let held = self.on_server(&items);
        let refused = self.visibly_refused();
        let waiting = self.still_waiting();
        for saved in saved {
            if held.contains(&saved.item) {
                // Who may not read the document cannot learn that a colleague has given it since.
                if let Some(Refusal {
                    code,
                    readable: true,
                }) = refused.get(&saved.item)
                    && !waiting.contains(&saved.item)
                {
                    let what = format!(
                        "an item of {} is called refused ({code}), and it was taken",
                        saved.item.document
                    );
                    self.witness.find(Wrong::Stuck, what);
                }
                continue;
            }
            if waiting.contains(&saved.item) {
                let what = format!(
                    "{} still holds what it has to send",
                    self.name(saved.tablet)
                );
                self.witness.find(Wrong::Stuck, what);
            } else if !refused.contains_key(&saved.item) {
                let what = format!(
                    "{} said that an item of {} was saved (then: {}), and it is nowhere",
                    self.name(saved.tablet),
                    saved.item.document,
                    match saved.told {
                        Told::OnlyHere => "only here",
                        Told::OnServer => "on the server",
                        Told::Refused => "refused",
                    }
                );
                self.witness.find(Wrong::Lost, what);
            }
        }
    }

    /// What stands among the refused on a tablet, for its user to see.
    fn visibly_refused(&mut self) -> BTreeMap<ItemName, Refusal> {
        let mut all = BTreeMap::new();
        for place in 0..self.places.len() {
            let (Some(asker), Some(companion)) = (self.asker(place), self.running(place)) else {
                continue;
            };
            let rows = to_the_end(companion.store().refused_all(), &self.stop);
            for row in rows.into_iter().flatten().flatten() {
                let item = ItemName {
                    document: row.document,
                    hash: row.hash,
                };
                let header = row.header.header();
                let readable =
                    header.is_ok_and(|header| asker.readable.includes(&Resource::from(&header)));
                let code = row.code;
                all.insert(item, Refusal { code, readable });
            }
        }
        all
    }

    fn still_waiting(&mut self) -> BTreeSet<ItemName> {
        let mut all = BTreeSet::new();
        for place in 0..self.places.len() {
            let Some(companion) = self.running(place) else {
                continue;
            };
            if let Ok(Ok(waiting)) = to_the_end(Tablet::waiting(&companion), &self.stop) {
                all.extend(waiting);
            }
        }
        all
    }

    /// What a tablet's user may read, as the server knows the account.
    fn asker(&self, place: usize) -> Option<Asker> {
        let user = self.staff.get(place)?;
        let site = Arc::clone(&self.site);
        let account = to_the_end(site.database.user(user.id), &self.stop);
        let account = account.ok()?.ok()??;
        Some(Asker {
            user: user.id,
            device: DeviceId::from_stored([0; 16]),
            access_version: account.access_version,
            readable: self.site.policy.readable(&Principal::from(&account.user)),
        })
    }

    /// Those of the items whose documents the user of this place may read.
    pub(crate) fn readable_among(
        &mut self,
        place: usize,
        items: &BTreeSet<ItemName>,
    ) -> BTreeSet<ItemName> {
        let (Some(asker), Some(companion)) = (self.asker(place), self.running(place)) else {
            return BTreeSet::new();
        };
        let headers = self.headers(&companion);
        items
            .iter()
            .filter(|item| {
                headers
                    .get(&item.document)
                    .is_some_and(|header| asker.readable.includes(&Resource::from(header)))
            })
            .copied()
            .collect()
    }

    /// Everything that a tablet lists, by name.
    fn headers(&self, companion: &Companion) -> BTreeMap<DocumentId, Header> {
        let rows = to_the_end(companion.store().all_documents(), &self.stop);
        let Ok(Ok(rows)) = rows else {
            return BTreeMap::new();
        };
        rows.into_iter()
            .filter_map(|(id, raw)| Some((id, raw.header().ok()?)))
            .collect()
    }

    /// A tablet holds exactly what its user may read, and all of it as the server has it.
    fn all_agree(&mut self, place: usize) {
        let (Some(asker), Some(companion)) = (self.asker(place), self.running(place)) else {
            return;
        };
        let Some(&number) = self.places.get(place) else {
            return;
        };
        let site = Arc::clone(&self.site);
        let theirs = to_the_end(site.database.digests(&asker), &self.stop);
        let ours = to_the_end(
            companion.store().document_digests(&all_buckets()),
            &self.stop,
        );
        let (Ok(Ok((theirs, _))), Ok(Ok(ours))) = (theirs, ours) else {
            self.witness.find(Wrong::Stuck, "digests cannot be read");
            return;
        };
        let headers = self.headers(&companion);
        for (id, header) in &headers {
            if asker.readable.includes(&Resource::from(header)) {
                continue;
            }
            let what = format!(
                "{} lists a {} that its user may not read ({id})",
                self.name(number),
                header.kind()
            );
            self.witness.find(Wrong::Leaked, what);
        }
        let ours: BTreeMap<DocumentId, _> = ours.into_iter().collect();
        let theirs: BTreeMap<DocumentId, _> = theirs
            .into_iter()
            .map(|digested| (digested.document, digested.digest))
            .collect();
        for (id, digest) in &theirs {
            if ours.get(id) != Some(digest) && !self.same_but_for_refused(&companion, *id) {
                let kind = headers
                    .get(id)
                    .map_or("document", |header| header.kind().as_str());
                let what = format!(
                    "{} and the server do not agree on a {kind} ({id}): {}",
                    self.name(number),
                    if ours.contains_key(id) {
                        "other items"
                    } else {
                        "not on the tablet"
                    }
                );
                self.witness.find(Wrong::Diverged, what);
                return;
            }
        }
    }

    /// After a sync that came through, a tablet that has nothing more to say holds just what the
    /// server holds for its user.
    pub(crate) fn has_everything(&mut self, place: usize) {
        let (Some(asker), Some(companion)) = (self.asker(place), self.running(place)) else {
            return;
        };
        let seen = async {
            let waiting = companion.store().waiting_names().await;
            let refused = companion.store().refused_all().await;
            let ours = companion.store().bucket_digests().await;
            Ok::<_, hemrond_store::StoreError>((waiting?, refused?, ours?))
        };
        let site = Arc::clone(&self.site);
        let theirs = to_the_end(site.database.digests(&asker), &self.stop);
        let (Ok(Ok((waiting, refused, ours))), Ok(Ok((theirs, _)))) =
            (to_the_end(seen, &self.stop), theirs)
        else {
            self.witness.find(Wrong::Stuck, "digests cannot be read");
            return;
        };
        if !waiting.is_empty() || !refused.is_empty() {
            return;
        }
        let mut buckets: BTreeMap<u8, Digest> = BTreeMap::new();
        for digested in &theirs {
            let first = digested.document.as_bytes()[0];
            combine(buckets.entry(first).or_default(), &digested.digest);
        }
        let empty = |(_, digest): &(u8, Digest)| *digest != [0; 32];
        let ours: Vec<_> = ours.into_iter().filter(empty).collect();
        let theirs: Vec<_> = buckets.into_iter().filter(empty).collect();
        if ours != theirs {
            // Which, and whether more or less, the longer look tells.
            self.all_agree(place);
        }
    }

    /// What the server refused is kept on its tablet, and in its digest.
    fn same_but_for_refused(&self, companion: &Companion, id: DocumentId) -> bool {
        let site = Arc::clone(&self.site);
        let theirs = to_the_end(site.database.hashes(&[id]), &self.stop);
        let ours = to_the_end(companion.store().hashes_not_refused(id), &self.stop);
        let (Ok(Ok(mut theirs)), Ok(Ok(ours))) = (theirs, ours) else {
            return false;
        };
        let theirs: BTreeSet<_> = theirs.remove(&id).unwrap_or_default().into_iter().collect();
        theirs == ours.into_iter().collect()
    }

    /// What people wrote is found in the documents, by everybody who reads them.
    fn marks_are_found(&mut self) {
        let marks = std::mem::take(&mut self.witness.marks);
        let mut by_document: BTreeMap<DocumentId, Vec<Mark>> = BTreeMap::new();
        for mark in marks {
            by_document.entry(mark.document).or_default().push(mark);
        }
        for (id, marks) in by_document {
            let Some(document) = self.read_on_server(id) else {
                continue;
            };
            let content = serde_json::to_string(&document.content()).unwrap_or_default();
            for mark in marks {
                let on_server = self.on_server(&mark.items);
                if on_server.len() != mark.items.len() {
                    // Refused: it is shown, and not in the document.
                    continue;
                }
                let found = match &mark.expect {
                    Expect::Words(words) => content.contains(words.as_str()),
                    Expect::Field(field, value) => history(&document, field)
                        .iter()
                        .any(|trace| trace.value.as_ref().is_some_and(|v| is_text(v, value))),
                };
                if !found {
                    let what = format!("{:?} is not found in {id}", mark.expect);
                    self.witness.find(Wrong::Lost, what);
                }
            }
        }
    }

    fn read_on_server(&mut self, id: DocumentId) -> Option<Document> {
        let site = Arc::clone(&self.site);
        let kept = to_the_end(site.database.document(id), &self.stop);
        let kept = kept.ok()?.ok()??;
        let header = Header::try_from(&kept.header).ok()?;
        let changes = kept
            .items
            .iter()
            .filter(|item| item.kind == ItemKind::Change)
            .map(|item| &item.bytes);
        let loaded = Document::load(&header, Actor::from_random([3; 16]), changes);
        let Ok(loaded) = loaded else {
            self.witness.find(
                Wrong::Diverged,
                format!("{id} cannot be read on the server"),
            );
            return None;
        };
        if !loaded.set_aside.is_empty() {
            let what = format!("{id} holds changes on the server that cannot be applied");
            self.witness.find(Wrong::Diverged, what);
        }
        Some(loaded.document)
    }

    /// Lists made anew from the documents are the same lists.
    fn lists_follow_from_documents(&mut self, place: usize) {
        let Some(companion) = self.running(place) else {
            return;
        };
        let compared = async {
            let before = companion.store().dump_read_models().await;
            let before = before.map_err(|error| error.to_string())?;
            companion
                .call(Command::Rebuild(Nothing {}))
                .await
                .map_err(|failure| failure.to_string())?;
            let after = companion.store().dump_read_models().await;
            Ok::<_, String>(before == after.map_err(|error| error.to_string())?)
        };
        match to_the_end(compared, &self.stop) {
            Ok(Ok(true)) => {}
            Ok(Ok(false)) => {
                let what = format!("lists of tablet {place} do not follow from its documents");
                self.witness.find(Wrong::Diverged, what);
            }
            Ok(Err(why)) => self.witness.find(Wrong::Stuck, why),
            Err(hangs) => self.witness.find(Wrong::Stuck, hangs.to_string()),
        }
    }
}

fn is_text(value: &Value, words: &str) -> bool {
    matches!(value, Value::Text(text) if text == words)
}
