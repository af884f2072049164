//! Leaving out what the other end can work out.

use super::{
    Parcel,
    change::{Change, name, read_change, write_change},
    follows,
    number::{write, write_bytes, write_signed},
    streams::{Stream, Writing},
};
use crate::wire::{Item, ItemHash, ItemKind};
use std::collections::BTreeMap;

/// Packs the items of documents. What this gives is meant to be compressed as a whole.
///
/// # Errors
/// When a header or an author cannot be written, which only a lack of memory brings about.
pub fn pack(parcels: &[Parcel]) -> Result<Vec<u8>, String> {
    let mut packing = Packing::default();
    for parcel in parcels {
        packing.parcel(parcel)?;
    }
    Ok(packing.streams.finish())
}

#[derive(Default)]
struct Packing {
    streams: Writing,
    /// Times go on from document to document: a round's visits follow each other.
    time: i64,
    /// Documents that have come already, by their headers: a feed brings one again and again.
    met: BTreeMap<Vec<u8>, (u64, Before)>,
}

/// The change before in the same document.
#[derive(Default)]
struct Before {
    hash: Option<ItemHash>,
    actor: Vec<u8>,
    sequence: u64,
    start: u64,
}

impl Packing {
    fn parcel(&mut self, parcel: &Parcel) -> Result<(), String> {
        let header = minicbor::to_vec(&parcel.header).map_err(|error| error.to_string())?;
        let next = self.met.len() as u64 + 1;
        let documents = self.streams.to(Stream::Documents);
        let (number, mut before) = match self.met.remove(&header) {
            Some((number, before)) => {
                write(documents, number);
                (number, before)
            }
            None => {
                write(documents, 0);
                write_bytes(documents, &header);
                (next, Before::default())
            }
        };
        write(documents, parcel.items.len() as u64);
        for item in &parcel.items {
            let author = match &item.author {
                None => 0,
                Some(author) => {
                    let author = minicbor::to_vec(author).map_err(|error| error.to_string())?;
                    write_bytes(self.streams.to(Stream::Authors), &author);
                    follows::AUTHOR
                }
            };
            self.item(item, author, &mut before);
        }
        self.met.insert(header, (number, before));
        Ok(())
    }

    fn item(&mut self, item: &Item, author: u8, before: &mut Before) {
        let kind = match item.kind {
            ItemKind::Change => 0,
            ItemKind::Entry => follows::ENTRY,
        };
        let change = read_change(&item.bytes).filter(|_| item.kind == ItemKind::Change);
        match change {
            Some(change) if write_change(&change) == item.bytes => {
                self.change(&change, author, before);
                *before = Before {
                    hash: Some(name(&item.bytes)),
                    actor: change.actor.to_vec(),
                    sequence: change.sequence,
                    start: change.start,
                };
            }
            _ => {
                let flags = follows::WHOLE | kind | author;
                self.streams.to(Stream::Follows).push(flags);
                write_bytes(self.streams.to(Stream::Wholes), &item.bytes);
            }
        }
    }

    fn change(&mut self, change: &Change<'_>, author: u8, before: &Before) {
        let mut flags = author;
        if before.hash.is_some_and(|hash| change.deps == [hash]) {
            flags |= follows::HASH;
        } else {
            let hashes = self.streams.to(Stream::Hashes);
            write(hashes, change.deps.len() as u64);
            hashes.extend(change.deps.iter().flatten());
        }
        if change.actor == before.actor {
            flags |= follows::ACTOR;
        } else {
            write_bytes(self.streams.to(Stream::Actors), change.actor);
        }
        if before.sequence.checked_add(1) == Some(change.sequence) {
            flags |= follows::SEQUENCE;
        } else {
            write(self.streams.to(Stream::Numbers), change.sequence);
        }
        self.streams.to(Stream::Follows).push(flags);
        let further = change.start.wrapping_sub(before.start);
        write(self.streams.to(Stream::Numbers), further);
        let later = change.time.wrapping_sub(self.time);
        write_signed(self.streams.to(Stream::Times), later);
        self.time = change.time;
        write_bytes(self.streams.to(Stream::Middles), change.middle);
        let shapes = self.streams.to(Stream::Shapes);
        write(shapes, change.columns.len() as u64);
        for (what, column) in &change.columns {
            write(shapes, *what);
            write(shapes, column.len() as u64);
        }
        write(shapes, change.rest.len() as u64);
        for (what, column) in &change.columns {
            let column = column.iter().copied();
            self.streams.to(Stream::Column(*what)).extend(column);
        }
        let rest = change.rest.iter().copied();
        self.streams.to(Stream::Wholes).extend(rest);
    }
}
