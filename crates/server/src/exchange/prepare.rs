//! Reading a push before it is judged: headers, permissions, and the items' own claims.

use super::ExchangeError;
use crate::{
    elsewhere::national_number,
    inspector::{Findings, Interrupted, Raw, Reading, name_of},
    state::Server,
    storage::{Account, Asker, PushedDocument, PushedItem},
};
use hemrond_domain::{
    ids::DeviceId,
    law::{self, Maker},
    record::{DocumentId, DocumentKind, Header},
};
use hemrond_policy::{Action, Principal, Resource};
use hemrond_protocol::{Author, Item, ItemKind, PushDocument, WireHeader, limits::MAX_ITEM_BYTES};
use hemrond_sync::acceptance::{Claimant, Finding, Offered, Permission, Reason};
use std::collections::BTreeMap;

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
    let findings = read_all(server, asker, push, &headers, &permissions).await?;
    let numbers = numbers(server, push, &headers, &findings).await?;
    let maker = Maker {
        user: account.user.id,
        role: account.user.role,
        organisation: account.user.organisation,
        unit: account.user.unit,
    };
    let documents = push.iter().zip(headers).zip(permissions);
    let prepared = documents.zip(findings).zip(numbers);
    Ok(prepared
        .map(
            |((((document, header), permission), findings), number)| PushedDocument {
                header,
                permission,
                number,
                given: findings.given,
                items: items(&document.items, findings.items, &maker),
            },
        )
        .collect())
}

fn items(items: &[Item], findings: Vec<Finding>, maker: &Maker) -> Vec<PushedItem> {
    items
        .iter()
        .zip(findings)
        .map(|(item, finding)| PushedItem {
            kind: item.kind,
            bytes: item.bytes.clone(),
            offered: Offered {
                size: item.bytes.len(),
                author: item.author.as_ref().map(claimant),
                finding: lawful(finding, item, maker),
            },
        })
        .collect()
}

/// Refuses an act that its author may not make. What colleagues made and a restored server forgot was
/// judged when it came for the first time, by the role that its author had then.
fn lawful(finding: Finding, item: &Item, maker: &Maker) -> Finding {
    if let Finding::Entry(entry) = &finding
        && let Some(act) = &entry.act
        && item.author.is_none()
        && law::may_make(act, maker).is_err()
    {
        return Finding::Refused(Reason::ActForbidden, Some(entry.hash));
    }
    finding
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

/// Has all documents read, those that may be; the others' items are refused unread.
async fn read_all(
    server: &Server,
    asker: &Asker,
    push: &[PushDocument],
    headers: &[Result<Header, Reason>],
    permissions: &[Permission],
) -> Result<Vec<Findings>, ExchangeError> {
    let keys = keys(server, asker, push).await?;
    let named: Vec<_> = headers.iter().flatten().map(Header::id).collect();
    let mut stored = server.storage.changes(&named).await?;
    let mut work = Vec::with_capacity(push.len());
    let mut findings = Vec::with_capacity(push.len());
    for ((document, header), permission) in push.iter().zip(headers).zip(permissions) {
        findings.push(match header {
            Ok(header) if permission.read || permission.write => {
                let before = stored.entry(header.id()).or_default();
                let reading = Reading {
                    header: header.clone(),
                    stored: before.clone(),
                    items: document.items.iter().map(raw).collect(),
                    keys: keys.clone(),
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
            // What may not be written is not read; only its name is told, for it may be known.
            Ok(_) => Some(unread(document, Reason::PolicyWrite)),
            Err(reason) => Some(unread(document, *reason)),
        });
    }
    let mut read = server.inspector.read(work).await?.into_iter();
    findings
        .into_iter()
        .map(|unread| unread.or_else(|| read.next()).ok_or(Interrupted.into()))
        .collect()
}

/// The national numbers that the push's person documents say, as far as it could be read.
async fn numbers(
    server: &Server,
    push: &[PushDocument],
    headers: &[Result<Header, Reason>],
    findings: &[Findings],
) -> Result<Vec<Option<String>>, ExchangeError> {
    let is_person = |header: &&Header| header.kind() == DocumentKind::Person;
    let people = headers.iter().flatten().filter(is_person);
    let people: Vec<DocumentId> = people.map(Header::id).collect();
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

/// The keys of all devices that may have signed entries in this push.
async fn keys(
    server: &Server,
    asker: &Asker,
    push: &[PushDocument],
) -> Result<BTreeMap<DeviceId, [u8; 32]>, ExchangeError> {
    let items = push.iter().flat_map(|document| &document.items);
    let mut devices: Vec<DeviceId> = items
        .filter(|item| item.kind == ItemKind::Entry)
        .map(|item| {
            item.author
                .as_ref()
                .map_or(asker.device, |author| author.device.into())
        })
        .collect();
    devices.sort_unstable();
    devices.dedup();
    let found = server.storage.devices_by_id(&devices).await?;
    Ok(found
        .into_iter()
        .map(|device| (device.id, device.public_key))
        .collect())
}
