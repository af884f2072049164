//! Reading a push before it is judged: headers, permissions, and the items' own claims.

use super::{ExchangeError, lawful::Lawful};
use crate::{
    elsewhere::national_number,
    inspector::{Findings, Interrupted, Raw, Reading, name_of},
    state::Server,
    storage::{Account, Asker, Device, PushedDocument, PushedItem},
};
use hemrond_domain::{
    ids::DeviceId,
    record::{DocumentId, DocumentKind, Header},
};
use hemrond_policy::{Action, Principal, Resource};
use hemrond_protocol::{
    Author, Item, ItemKind, PushDocument, WireHeader,
    limits::{MAX_DECOMPRESSED, MAX_ITEM_BYTES},
};
use hemrond_sync::acceptance::{Claimant, Finding, Offered, Permission, Reason};
use std::collections::{BTreeMap, BTreeSet};

/// Neither reading nor writing.
const NOTHING: Permission = Permission {
    read: false,
    write: false,
    blocked: false,
};

/// Reads every document of a push.
pub(super) async fn prepare(
    server: &Server,
    asker: &Asker,
    account: &Account,
    push: &[PushDocument],
) -> Result<Vec<PushedDocument>, ExchangeError> {
    if push.is_empty() {
        return Ok(Vec::new());
    }
    let who = Principal::from(&account.user);
    let headers: Vec<Result<Header, Reason>> = push
        .iter()
        .map(|document| header(&document.header))
        .collect();
    let permissions: Vec<Permission> = headers
        .iter()
        .map(|header| {
            header
                .as_ref()
                .map_or(NOTHING, |header| permission(server, &who, header))
        })
        .collect();
    let devices = devices(server, asker, push).await?;
    let keys = Keys::new(asker, &devices);
    let findings = read_all(server, &keys, push, &headers, &permissions).await?;
    let numbers = numbers(server, push, &headers, &findings).await?;
    let lawful = Lawful::new(&server.policy, &account.user, &devices);
    let documents = push.iter().zip(headers).zip(permissions);
    let prepared = documents.zip(findings).zip(numbers);
    Ok(prepared
        .map(
            |((((document, header), permission), findings), number)| PushedDocument {
                header,
                permission,
                number,
                given: findings.given,
                items: items(&document.items, findings.items, &lawful),
            },
        )
        .collect())
}

fn items(items: &[Item], findings: Vec<Finding>, lawful: &Lawful<'_>) -> Vec<PushedItem> {
    items
        .iter()
        .zip(findings)
        .map(|(item, finding)| {
            let author = item.author.as_ref().map(claimant);
            PushedItem {
                kind: item.kind,
                bytes: item.bytes.clone(),
                offered: Offered {
                    size: item.bytes.len(),
                    author,
                    own_tablet: author.is_some_and(|author| lawful.is_own_tablet(author)),
                    finding: lawful.judged(finding, author),
                },
            }
        })
        .collect()
}

fn header(wire: &WireHeader) -> Result<Header, Reason> {
    if wire.kind.parse::<DocumentKind>().is_err() {
        return Err(Reason::KindUnknown);
    }
    Header::try_from(wire).map_err(|_| Reason::HeaderMalformed)
}

fn permission(server: &Server, who: &Principal, header: &Header) -> Permission {
    let what = Resource::from(header);
    Permission {
        read: server.policy.may(who, Action::Read, &what).allowed,
        write: server.policy.may(who, Action::Write, &what).allowed,
        blocked: false,
    }
}

fn claimant(author: &Author) -> Claimant {
    Claimant {
        user: author.user.into(),
        device: author.device.into(),
    }
}

/// The headers of those documents for which something was sent.
fn with_items<'a>(
    push: &'a [PushDocument],
    headers: &'a [Result<Header, Reason>],
) -> impl Iterator<Item = &'a Header> {
    let documents = push.iter().zip(headers);
    documents
        .filter(|(document, _)| !document.items.is_empty())
        .filter_map(|(_, header)| header.as_ref().ok())
}

/// Documents' names, each once: what is stored of one is asked for once, however often a push names it.
fn named<'a>(headers: impl Iterator<Item = &'a Header>) -> Vec<DocumentId> {
    let names: BTreeSet<DocumentId> = headers.map(Header::id).collect();
    names.into_iter().collect()
}

/// Has all documents read, those that may be; the others' items are refused unread.
async fn read_all(
    server: &Server,
    keys: &Keys,
    push: &[PushDocument],
    headers: &[Result<Header, Reason>],
    permissions: &[Permission],
) -> Result<Vec<Findings>, ExchangeError> {
    let named = named(with_items(push, headers));
    let mut stored = server.storage.changes(&named).await?;
    let mut work = Vec::with_capacity(push.len());
    let mut findings = Vec::with_capacity(push.len());
    let mut copies = Copies::default();
    for ((document, header), permission) in push.iter().zip(headers).zip(permissions) {
        let header = match header {
            // Nothing is read where nothing came, and what is stored is not copied for it.
            Ok(_) if document.items.is_empty() => {
                findings.push(Some(Findings::default()));
                continue;
            }
            // What may not be written is not read; only its name is told, for it may be known.
            Ok(_) if !permission.read && !permission.write => Err(Reason::PolicyWrite),
            Ok(header) if copies.add(header.id(), &stored) > MAX_DECOMPRESSED => {
                Err(Reason::ItemUnread)
            }
            Ok(header) => Ok(header),
            Err(reason) => Err(*reason),
        };
        findings.push(match header {
            Ok(header) => {
                let before = stored.entry(header.id()).or_default();
                let reading = Reading {
                    header: header.clone(),
                    stored: before.clone(),
                    items: document.items.iter().map(raw).collect(),
                    keys: keys.of(document),
                };
                // The same document may come again further on, and go on from here.
                let changes = reading
                    .items
                    .iter()
                    .filter(|item| item.kind == ItemKind::Change);
                before.extend(changes.map(|item| item.bytes.clone()));
                work.push(reading);
                None
            }
            Err(reason) => Some(unread(document, reason)),
        });
    }
    let mut read = server.inspector.read(work).await?.into_iter();
    findings
        .into_iter()
        .map(|unread| unread.or_else(|| read.next()).ok_or(Interrupted.into()))
        .collect()
}

/// What is copied for reading one push: what is stored of a document, once each time that it is named.
#[derive(Default)]
struct Copies {
    met: BTreeSet<DocumentId>,
    /// The bytes of those that were named before. An app names each document once.
    again: usize,
}

impl Copies {
    /// Counts one more, and tells how many bytes all together are.
    fn add(&mut self, id: DocumentId, stored: &BTreeMap<DocumentId, Vec<Vec<u8>>>) -> usize {
        if !self.met.insert(id) {
            let size: usize = stored.get(&id).into_iter().flatten().map(Vec::len).sum();
            self.again = self.again.saturating_add(size);
        }
        self.again
    }
}

/// The keys of the devices that may have signed entries in a push.
struct Keys {
    asker: DeviceId,
    all: BTreeMap<DeviceId, [u8; 32]>,
}

impl Keys {
    fn new(asker: &Asker, devices: &[Device]) -> Self {
        let keys = devices.iter().map(|device| (device.id, device.public_key));
        Self {
            asker: asker.device,
            all: keys.collect(),
        }
    }

    /// Those of one document. All of them beside each of thousands of documents would be more than came.
    fn of(&self, document: &PushDocument) -> BTreeMap<DeviceId, [u8; 32]> {
        let items = document.items.iter();
        let devices = items.filter_map(|item| signer(item, self.asker));
        devices
            .filter_map(|device| Some((device, *self.all.get(&device)?)))
            .collect()
    }
}

/// The device that is to have signed an item; none for a change that its sender made.
fn signer(item: &Item, asker: DeviceId) -> Option<DeviceId> {
    match &item.author {
        Some(author) => Some(author.device.into()),
        None => (item.kind == ItemKind::Entry).then_some(asker),
    }
}

/// The national numbers that the push's person documents say, as far as it could be read.
async fn numbers(
    server: &Server,
    push: &[PushDocument],
    headers: &[Result<Header, Reason>],
    findings: &[Findings],
) -> Result<Vec<Option<String>>, ExchangeError> {
    let is_person = |header: &&Header| header.kind() == DocumentKind::Person;
    let people = named(with_items(push, headers).filter(is_person));
    let mut stored = BTreeMap::new();
    if !people.is_empty() {
        stored = server.storage.changes(&people).await?;
    }
    let documents = push.iter().zip(headers).zip(findings);
    let number = |((document, header), findings): ((&PushDocument, _), &Findings)| {
        let header: &Header = Result::as_ref(header).ok().filter(is_person)?;
        let changes = stored.entry(header.id()).or_default();
        let before = changes.len();
        let sound = document.items.iter().zip(&findings.items);
        let sound = sound.filter(|(_, finding)| is_sound_change(finding));
        changes.extend(sound.map(|(item, _)| item.bytes.clone()));
        // What nothing is added to is listed already: a push that is refused costs no reading.
        (changes.len() > before)
            .then(|| national_number(header, changes))
            .flatten()
    };
    Ok(documents.map(number).collect())
}

fn is_sound_change(finding: &Finding) -> bool {
    matches!(finding, Finding::Change(change) if change.checked)
}

fn raw(item: &Item) -> Raw {
    // An oversized item is refused by its size alone.
    let fits = item.bytes.len() <= MAX_ITEM_BYTES;
    Raw {
        kind: item.kind,
        bytes: if fits { item.bytes.clone() } else { Vec::new() },
    }
}

fn unread(document: &PushDocument, reason: Reason) -> Findings {
    let items = document.items.iter();
    Findings {
        given: BTreeMap::new(),
        items: items
            .map(|item| Finding::Refused(reason, name_of(&raw(item))))
            .collect(),
    }
}

/// The devices that may have signed entries in this push, and those in whose name something of it is
/// given back.
async fn devices(
    server: &Server,
    asker: &Asker,
    push: &[PushDocument],
) -> Result<Vec<Device>, ExchangeError> {
    let items = push.iter().flat_map(|document| &document.items);
    let mut named: Vec<DeviceId> = items
        .filter_map(|item| signer(item, asker.device))
        .collect();
    named.sort_unstable();
    named.dedup();
    Ok(server.storage.devices_by_id(&named).await?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_that_is_named_again_and_again_is_not_copied_each_time() {
        let large = DocumentId::from_bytes([1; 16]);
        let small = DocumentId::from_bytes([2; 16]);
        let stored = BTreeMap::from([(large, vec![vec![0; MAX_DECOMPRESSED / 4]])]);
        let mut copies = Copies::default();
        let mut asked = |id| copies.add(id, &stored) > MAX_DECOMPRESSED;
        for time in 0..5 {
            assert!(!asked(large), "{time}");
            assert!(!asked(small), "{time}");
        }
        assert!(asked(large));
    }
}
