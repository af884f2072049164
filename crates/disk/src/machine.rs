//! A running disk: every operation passes power, faults and room before it happens and is recorded.

use crate::{
    content::Content,
    error::DiskError,
    fault::{Fault, Faulty},
    locks::{Holder, Locks},
    piece::{Fate, PieceId},
    platter::{FileId, Operation, Platter},
    power::{End, Power},
    recording::Recording,
    snapshot::Snapshot,
};
use std::collections::{BTreeMap, BTreeSet};

/// How often the disk was started. Files that were opened before are of no use any more.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Boot(u64);

/// A disk and everything around it.
#[derive(Debug, Default)]
pub(crate) struct Machine {
    platter: Platter,
    power: Power,
    boot: Boot,
    faults: Vec<Fault>,
    capacity: Option<usize>,
    ignores_syncs: bool,
    operations: u64,
    failures: u64,
    recording: Option<Recording>,
    holders: u64,
    pub(crate) locks: Locks,
    /// Names that are locked as a whole, and by whom.
    lock_files: BTreeMap<String, Holder>,
}

impl Machine {
    pub(crate) fn from_snapshot(snapshot: &Snapshot) -> Self {
        Self {
            platter: Platter::default().replaced_by(snapshot),
            ..Self::default()
        }
    }

    pub(crate) const fn boot(&self) -> Boot {
        self.boot
    }

    pub(crate) const fn operations(&self) -> u64 {
        self.operations
    }

    pub(crate) const fn failures(&self) -> u64 {
        self.failures
    }

    pub(crate) const fn is_dead(&self) -> bool {
        self.power.is_on().is_err()
    }

    /// A number for who opens a file or takes a lock.
    pub(crate) const fn new_holder(&mut self) -> Holder {
        self.holders += 1;
        Holder(self.holders)
    }

    // What programs do.

    /// Looks a name up.
    pub(crate) fn find(&self, name: &str) -> Result<Option<FileId>, DiskError> {
        self.power.is_on()?;
        Ok(self.platter.find(name))
    }

    /// The size of a file in bytes.
    pub(crate) fn size(&self, file: FileId) -> Result<usize, DiskError> {
        Ok(self.content(file)?.len())
    }

    /// Reads, and says how many bytes there were.
    pub(crate) fn read(
        &mut self,
        file: FileId,
        at: usize,
        into: &mut [u8],
    ) -> Result<usize, DiskError> {
        self.power.is_on()?;
        self.stumble(Faulty::Read)?;
        Ok(self.content(file)?.read(at, into))
    }

    pub(crate) fn create(&mut self, name: &str) -> Result<FileId, DiskError> {
        self.change(
            Faulty::Write,
            Operation::Create {
                name: name.to_owned(),
            },
        )?;
        self.platter.find(name).ok_or(DiskError::Missing)
    }

    pub(crate) fn remove(&mut self, name: &str) -> Result<(), DiskError> {
        self.find(name)?.ok_or(DiskError::Missing)?;
        self.change(
            Faulty::Write,
            Operation::Remove {
                name: name.to_owned(),
            },
        )
    }

    pub(crate) fn rename(&mut self, from: &str, to: &str) -> Result<(), DiskError> {
        self.find(from)?.ok_or(DiskError::Missing)?;
        self.change(
            Faulty::Write,
            Operation::Rename {
                from: from.to_owned(),
                to: to.to_owned(),
            },
        )
    }

    pub(crate) fn write(&mut self, file: FileId, at: usize, bytes: &[u8]) -> Result<(), DiskError> {
        let end = at.checked_add(bytes.len()).ok_or(DiskError::Full)?;
        let grows_by = end.saturating_sub(self.size(file)?);
        if let Some(capacity) = self.capacity
            && grows_by > 0
            && self.platter.used().saturating_add(grows_by) > capacity
        {
            self.failures += 1;
            return Err(DiskError::Full);
        }
        let bytes = bytes.into();
        self.change(Faulty::Write, Operation::Write { file, at, bytes })
    }

    pub(crate) fn truncate(&mut self, file: FileId, len: usize) -> Result<(), DiskError> {
        self.size(file)?;
        self.change(Faulty::Write, Operation::Truncate { file, len })
    }

    pub(crate) fn sync(&mut self, file: FileId) -> Result<(), DiskError> {
        self.size(file)?;
        self.change(Faulty::Sync, Operation::Sync { file })
    }

    pub(crate) fn sync_folder(&mut self) -> Result<(), DiskError> {
        self.change(Faulty::Sync, Operation::SyncFolder)
    }

    /// Takes a lock by name; false where someone has it.
    pub(crate) fn lock_name(&mut self, name: &str, who: Holder) -> Result<bool, DiskError> {
        self.power.is_on()?;
        Ok(*self.lock_files.entry(name.to_owned()).or_insert(who) == who)
    }

    pub(crate) fn unlock_name(&mut self, name: &str, who: Holder) {
        if self.lock_files.get(name) == Some(&who) {
            self.lock_files.remove(name);
        }
    }

    // What tests do.

    pub(crate) fn end_after(&mut self, operations: u64, end: End) {
        self.power = Power::Ending {
            left: operations,
            end,
        };
    }

    pub(crate) fn end_now(&mut self, end: End) {
        self.power = Power::Off(end);
    }

    pub(crate) fn add_fault(&mut self, fault: Fault) {
        self.faults.push(fault);
    }

    pub(crate) fn mend(&mut self) {
        self.faults.clear();
        if matches!(self.power, Power::Ending { .. }) {
            self.power = Power::On;
        }
    }

    pub(crate) const fn set_capacity(&mut self, capacity: Option<usize>) {
        self.capacity = capacity;
    }

    pub(crate) const fn ignore_syncs(&mut self, ignored: bool) {
        self.ignores_syncs = ignored;
    }

    pub(crate) fn seen(&self) -> Snapshot {
        self.platter.seen()
    }

    pub(crate) fn used(&self) -> usize {
        self.platter.used()
    }

    /// Puts something else on the disk and starts it anew.
    pub(crate) fn put_back(&mut self, snapshot: &Snapshot) {
        self.platter = self.platter.replaced_by(snapshot);
        self.start();
    }

    /// Starts anew; after anything but a killed process chance says what has become of what was
    /// not durable.
    pub(crate) fn restart(&mut self, chance: &mut dyn FnMut() -> u64) {
        if self.power != Power::Off(End::Killed) {
            let fates = draw_fates(&self.platter.unsynced(), chance);
            let left = self
                .platter
                .after_power_cut(|piece| fates.get(&piece).copied().unwrap_or(Fate::Lost));
            self.platter = self.platter.replaced_by(&left);
        }
        self.start();
    }

    pub(crate) fn start_recording(&mut self) {
        self.recording = Some(Recording::new(self.platter.clone()));
    }

    pub(crate) fn recording(&self) -> Recording {
        self.recording
            .clone()
            .unwrap_or_else(|| Recording::new(self.platter.clone()))
    }

    fn start(&mut self) {
        self.boot.0 += 1;
        self.power = Power::On;
        self.locks = Locks::default();
        self.lock_files.clear();
        self.platter.forget_nameless();
        // What was recorded ends here: it would not lead to what lies on the disk now.
        self.recording = None;
    }

    fn content(&self, file: FileId) -> Result<&Content, DiskError> {
        self.power.is_on()?;
        self.platter.content(file).ok_or(DiskError::Stale)
    }

    fn stumble(&mut self, what: Faulty) -> Result<(), DiskError> {
        // Each fault counts for itself; several may stand one behind the other.
        let mut outcome = Ok(());
        for fault in &mut self.faults {
            outcome = outcome.and(fault.spend(what));
        }
        self.faults.retain(|fault| fault.times > 0);
        self.failures += u64::from(outcome.is_err());
        outcome
    }

    fn change(&mut self, what: Faulty, operation: Operation) -> Result<(), DiskError> {
        self.power.is_on()?;
        self.stumble(what)?;
        if let Err(error) = self.power.spend() {
            self.failures += 1;
            return Err(error);
        }
        let operation = match operation {
            Operation::Sync { .. } | Operation::SyncFolder if self.ignores_syncs => {
                Operation::NoSync
            }
            other => other,
        };
        self.platter.apply(&operation);
        self.operations += 1;
        if let Some(recording) = &mut self.recording {
            recording.push(operation);
        }
        Ok(())
    }
}

/// What a power cut does to each piece: some keep all or nothing, most a part, and half of them
/// tear one write in the middle.
fn draw_fates(
    unsynced: &[(PieceId, usize)],
    chance: &mut dyn FnMut() -> u64,
) -> BTreeMap<PieceId, Fate> {
    let kept_of_four = chance() % 5;
    let mut fates: BTreeMap<PieceId, Fate> = unsynced
        .iter()
        .map(|(piece, _)| {
            let kept = chance() % 4 < kept_of_four;
            (*piece, if kept { Fate::Kept } else { Fate::Lost })
        })
        .collect();
    let torn = chance();
    let writes: BTreeSet<&(PieceId, usize)> =
        unsynced.iter().filter(|(_, bytes)| *bytes > 0).collect();
    if torn.is_multiple_of(2)
        && let Ok(place) = usize::try_from((torn / 2) % (writes.len().max(1) as u64))
        && let Some((piece, bytes)) = writes.into_iter().nth(place)
    {
        let first = usize::try_from(chance() % (*bytes as u64)).unwrap_or(0);
        fates.insert(*piece, Fate::Torn(first));
    }
    fates
}
