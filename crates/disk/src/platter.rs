//! What lies on the disk: what programs see, what is durable, and what stands between the two.

use crate::{
    content::Content,
    piece::{Fate, Piece, PieceId},
    snapshot::Snapshot,
};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

/// A file, whatever its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct FileId(u64);

/// Something that changes what lies on the disk.
#[derive(Debug, Clone)]
pub(crate) enum Operation {
    Create {
        name: String,
    },
    Remove {
        name: String,
    },
    Rename {
        from: String,
        to: String,
    },
    SyncFolder,
    Write {
        file: FileId,
        at: usize,
        bytes: Arc<[u8]>,
    },
    Truncate {
        file: FileId,
        len: usize,
    },
    Sync {
        file: FileId,
    },
    /// A sync that the disk claims to have done.
    NoSync,
}

/// Everything on the disk. The same operations on an equal platter give an equal platter.
#[derive(Debug, Clone, Default)]
pub(crate) struct Platter {
    files: BTreeMap<FileId, File>,
    names: BTreeMap<String, FileId>,
    durable_names: BTreeMap<String, FileId>,
    /// What was done to names since the folder was last synced, in order.
    name_changes: Vec<(PieceId, NameChange)>,
    next_file: u64,
    next_piece: u64,
    /// The next piece's number when something last became durable.
    durable_since: u64,
}

#[derive(Debug, Clone, Default)]
struct File {
    seen: Content,
    durable: Content,
    /// What was done since the file was last synced, in order.
    pieces: Vec<(PieceId, Piece)>,
}

#[derive(Debug, Clone)]
enum NameChange {
    Add(String, FileId),
    Remove(String),
    Rename(String, String),
}

impl NameChange {
    fn apply(&self, names: &mut BTreeMap<String, FileId>) {
        match self {
            Self::Add(name, file) => {
                names.insert(name.clone(), *file);
            }
            Self::Remove(name) => {
                names.remove(name);
            }
            Self::Rename(from, to) => {
                if let Some(file) = names.remove(from) {
                    names.insert(to.clone(), file);
                }
            }
        }
    }
}

impl Platter {
    /// A disk on which exactly this lies, all of it durable. Nothing that was numbered on the old
    /// one is named again.
    pub(crate) fn replaced_by(&self, snapshot: &Snapshot) -> Self {
        let mut platter = Self {
            next_file: self.next_file,
            next_piece: self.next_piece,
            ..Self::default()
        };
        for (name, content) in &snapshot.files {
            let file = platter.new_file();
            platter.files.insert(
                file,
                File {
                    seen: content.clone(),
                    durable: content.clone(),
                    pieces: Vec::new(),
                },
            );
            platter.names.insert(name.clone(), file);
        }
        platter.durable_names = platter.names.clone();
        platter.durable_since = platter.next_piece;
        platter
    }

    /// What programs see.
    pub(crate) fn seen(&self) -> Snapshot {
        Snapshot {
            files: self
                .names
                .iter()
                .filter_map(|(name, file)| Some((name.clone(), self.files.get(file)?.seen.clone())))
                .collect(),
        }
    }

    pub(crate) fn find(&self, name: &str) -> Option<FileId> {
        self.names.get(name).copied()
    }

    pub(crate) fn content(&self, file: FileId) -> Option<&Content> {
        Some(&self.files.get(&file)?.seen)
    }

    /// How many bytes all files have that have a name.
    pub(crate) fn used(&self) -> usize {
        let len = |file: &FileId| self.content(*file).map_or(0, Content::len);
        self.names.values().map(len).sum()
    }

    /// Does it, for all programs to see.
    pub(crate) fn apply(&mut self, operation: &Operation) {
        match operation {
            Operation::Create { name } => {
                let file = self.new_file();
                self.files.insert(file, File::default());
                self.change_names(NameChange::Add(name.clone(), file));
            }
            Operation::Remove { name } => self.change_names(NameChange::Remove(name.clone())),
            Operation::Rename { from, to } => {
                self.change_names(NameChange::Rename(from.clone(), to.clone()));
            }
            Operation::SyncFolder => {
                self.durable_names = self.names.clone();
                self.name_changes.clear();
                self.durable_since = self.next_piece;
            }
            Operation::Write { file, at, bytes } => {
                for piece in Piece::of_write(*at, bytes) {
                    self.add(*file, piece);
                }
            }
            Operation::Truncate { file, len } => self.add(*file, Piece::Length(*len)),
            Operation::Sync { file } => {
                if let Some(file) = self.files.get_mut(file) {
                    file.durable = file.seen.clone();
                    file.pieces.clear();
                    self.durable_since = self.next_piece;
                }
            }
            Operation::NoSync => {}
        }
    }

    /// What is not durable, in the order in which it was done, with the bytes that each writes.
    pub(crate) fn unsynced(&self) -> Vec<(PieceId, usize)> {
        let mut pieces: Vec<(PieceId, usize)> =
            self.name_changes.iter().map(|(id, _)| (*id, 0)).collect();
        for (id, piece) in self.files.values().flat_map(|file| &file.pieces) {
            let bytes = match piece {
                Piece::Write { bytes, .. } => bytes.len(),
                Piece::Length(_) => 0,
            };
            pieces.push((*id, bytes));
        }
        pieces.sort_unstable();
        pieces
    }

    /// Tells apart two moments between which something became durable.
    pub(crate) const fn durable_since(&self) -> u64 {
        self.durable_since
    }

    /// What is left after a power cut that does this to what is not durable. The first change of
    /// names that is lost takes the later ones with it.
    pub(crate) fn after_power_cut(&self, fate: impl Fn(PieceId) -> Fate) -> Snapshot {
        let mut names = self.durable_names.clone();
        for (_, change) in self
            .name_changes
            .iter()
            .take_while(|(id, _)| fate(*id) == Fate::Kept)
        {
            change.apply(&mut names);
        }
        let mut files = BTreeMap::new();
        for (name, id) in names {
            let Some(file) = self.files.get(&id) else {
                continue;
            };
            let mut content = file.durable.clone();
            for (id, piece) in &file.pieces {
                piece.survive(fate(*id), &mut content);
            }
            files.insert(name, content);
        }
        Snapshot { files }
    }

    /// Forgets files that no name leads to any more. No program may hold one of them open.
    pub(crate) fn forget_nameless(&mut self) {
        let named: BTreeSet<FileId> = self
            .names
            .values()
            .chain(self.durable_names.values())
            .copied()
            .chain(
                self.name_changes
                    .iter()
                    .filter_map(|(_, change)| match change {
                        NameChange::Add(_, file) => Some(*file),
                        NameChange::Remove(_) | NameChange::Rename(..) => None,
                    }),
            )
            .collect();
        self.files.retain(|file, _| named.contains(file));
    }

    fn new_file(&mut self) -> FileId {
        let file = FileId(self.next_file);
        self.next_file += 1;
        file
    }

    fn new_piece(&mut self) -> PieceId {
        let piece = PieceId(self.next_piece);
        self.next_piece += 1;
        piece
    }

    fn change_names(&mut self, change: NameChange) {
        change.apply(&mut self.names);
        let id = self.new_piece();
        self.name_changes.push((id, change));
    }

    fn add(&mut self, file: FileId, piece: Piece) {
        let id = self.new_piece();
        if let Some(file) = self.files.get_mut(&file) {
            piece.apply(&mut file.seen);
            file.pieces.push((id, piece));
        }
    }
}
