//! The functions of one open file.

use super::code;
use crate::{content::SECTOR, error::DiskError, locks::Level, open_file::OpenFile};
use libsqlite3_sys as ffi;
use std::{
    ffi::{c_int, c_void},
    ptr, slice,
};

/// What SQLite keeps of an open file: its own part first, as it asks.
#[repr(C)]
struct Slot {
    base: ffi::sqlite3_file,
    /// From a box. Null, and never read, where the file is not open.
    opened: *mut OpenFile,
}

/// How much room a file needs.
pub(super) const SIZE: c_int = size_of::<Slot>() as c_int;

static METHODS: ffi::sqlite3_io_methods = ffi::sqlite3_io_methods {
    // Without shared memory: SQLite then keeps a log only for one connection that excludes others.
    iVersion: 1,
    xClose: Some(close),
    xRead: Some(read),
    xWrite: Some(write),
    xTruncate: Some(truncate),
    xSync: Some(sync),
    xFileSize: Some(file_size),
    xLock: Some(lock),
    xUnlock: Some(unlock),
    xCheckReservedLock: Some(check_reserved_lock),
    xFileControl: Some(file_control),
    xSectorSize: Some(sector_size),
    xDeviceCharacteristics: Some(device_characteristics),
    xShmMap: None,
    xShmLock: None,
    xShmBarrier: None,
    xShmUnmap: None,
    xFetch: None,
    xUnfetch: None,
};

/// Says that there is no open file here: SQLite calls no method of it then.
///
/// # Safety
/// The pointer must lead to room for a [`Slot`] that nothing else uses.
pub(super) unsafe fn mark_closed(target: *mut ffi::sqlite3_file) {
    let slot = Slot {
        base: ffi::sqlite3_file {
            pMethods: ptr::null(),
        },
        opened: ptr::null_mut(),
    };
    // SAFETY: the caller promises it.
    unsafe { target.cast::<Slot>().write(slot) };
}

/// Puts an open file here. It is dropped when SQLite closes it.
///
/// # Safety
/// As [`mark_closed`].
pub(super) unsafe fn put(target: *mut ffi::sqlite3_file, opened: OpenFile) {
    let slot = Slot {
        base: ffi::sqlite3_file {
            pMethods: &raw const METHODS,
        },
        opened: Box::into_raw(Box::new(opened)),
    };
    // SAFETY: the caller promises it.
    unsafe { target.cast::<Slot>().write(slot) };
}

/// The open file behind SQLite's pointer.
///
/// # Safety
/// The pointer must be one that [`put`] has filled and [`close`] has not emptied, and nothing else
/// may use the file during this call. SQLite promises both of every method's first argument: it
/// calls methods of open files only, and of one connection's files one at a time.
unsafe fn opened<'f>(file: *mut ffi::sqlite3_file) -> Option<&'f mut OpenFile> {
    // SAFETY: the caller promises it.
    unsafe { file.cast::<Slot>().as_mut()?.opened.as_mut() }
}

/// What an operation on the file gives, or an error where there is none.
///
/// # Safety
/// As [`opened`].
unsafe fn on<T>(
    file: *mut ffi::sqlite3_file,
    operation: impl FnOnce(&mut OpenFile) -> Result<T, DiskError>,
) -> Result<T, DiskError> {
    // SAFETY: the caller promises it.
    unsafe { opened(file) }
        .ok_or(DiskError::Stale)
        .and_then(operation)
}

unsafe extern "C" fn close(file: *mut ffi::sqlite3_file) -> c_int {
    // SAFETY: it is a slot of ours.
    if let Some(slot) = unsafe { file.cast::<Slot>().as_mut() } {
        slot.base.pMethods = ptr::null();
        let opened = std::mem::replace(&mut slot.opened, ptr::null_mut());
        if !opened.is_null() {
            // SAFETY: it came from a box, and the slot has just forgotten it.
            drop(unsafe { Box::from_raw(opened) });
        }
    }
    ffi::SQLITE_OK
}

unsafe extern "C" fn read(
    file: *mut ffi::sqlite3_file,
    target: *mut c_void,
    len: c_int,
    at: ffi::sqlite3_int64,
) -> c_int {
    let (Ok(len), Ok(at), false) = (usize::try_from(len), usize::try_from(at), target.is_null())
    else {
        return ffi::SQLITE_IOERR_READ;
    };
    // SAFETY: SQLite gives so much room, which nothing else uses during this call.
    let into = unsafe { slice::from_raw_parts_mut(target.cast::<u8>(), len) };
    // SAFETY: SQLite calls this with an open file.
    match unsafe { on(file, |file| file.read(at, into)) } {
        Ok(there) if there < len => ffi::SQLITE_IOERR_SHORT_READ,
        outcome => code(outcome.map(|_| ()), ffi::SQLITE_IOERR_READ),
    }
}

unsafe extern "C" fn write(
    file: *mut ffi::sqlite3_file,
    source: *const c_void,
    len: c_int,
    at: ffi::sqlite3_int64,
) -> c_int {
    let (Ok(len), Ok(at), false) = (usize::try_from(len), usize::try_from(at), source.is_null())
    else {
        return ffi::SQLITE_IOERR_WRITE;
    };
    // SAFETY: SQLite gives so many bytes, which nothing changes during this call.
    let bytes = unsafe { slice::from_raw_parts(source.cast::<u8>(), len) };
    // SAFETY: SQLite calls this with an open file.
    let outcome = unsafe { on(file, |file| file.write(at, bytes)) };
    code(outcome, ffi::SQLITE_IOERR_WRITE)
}

unsafe extern "C" fn truncate(file: *mut ffi::sqlite3_file, len: ffi::sqlite3_int64) -> c_int {
    let Ok(len) = usize::try_from(len) else {
        return ffi::SQLITE_IOERR_TRUNCATE;
    };
    // SAFETY: SQLite calls this with an open file.
    let outcome = unsafe { on(file, |file| file.truncate(len)) };
    code(outcome, ffi::SQLITE_IOERR_TRUNCATE)
}

unsafe extern "C" fn sync(file: *mut ffi::sqlite3_file, _: c_int) -> c_int {
    // SAFETY: SQLite calls this with an open file.
    let outcome = unsafe { on(file, OpenFile::sync) };
    code(outcome, ffi::SQLITE_IOERR_FSYNC)
}

unsafe extern "C" fn file_size(
    file: *mut ffi::sqlite3_file,
    answer: *mut ffi::sqlite3_int64,
) -> c_int {
    // SAFETY: SQLite calls this with an open file, and gives a place for the answer.
    let (outcome, answer) = unsafe { (on(file, |file| file.size()), answer.as_mut()) };
    match (outcome.map(i64::try_from), answer) {
        (Ok(Ok(size)), Some(answer)) => {
            *answer = size;
            ffi::SQLITE_OK
        }
        _ => ffi::SQLITE_IOERR_FSTAT,
    }
}

unsafe extern "C" fn lock(file: *mut ffi::sqlite3_file, level: c_int) -> c_int {
    // SAFETY: SQLite calls this with an open file.
    let outcome = unsafe { on(file, |file| file.lock(to_level(level))) };
    code(outcome, ffi::SQLITE_IOERR_LOCK)
}

unsafe extern "C" fn unlock(file: *mut ffi::sqlite3_file, level: c_int) -> c_int {
    // SAFETY: SQLite calls this with an open file.
    let outcome = unsafe {
        on(file, |file| {
            file.unlock(to_level(level));
            Ok(())
        })
    };
    code(outcome, ffi::SQLITE_IOERR_UNLOCK)
}

unsafe extern "C" fn check_reserved_lock(
    file: *mut ffi::sqlite3_file,
    answer: *mut c_int,
) -> c_int {
    // SAFETY: SQLite calls this with an open file, and gives a place for the answer.
    let (outcome, answer) = unsafe { (on(file, |file| file.is_reserved()), answer.as_mut()) };
    match (outcome, answer) {
        (Ok(reserved), Some(answer)) => {
            *answer = c_int::from(reserved);
            ffi::SQLITE_OK
        }
        _ => ffi::SQLITE_IOERR_CHECKRESERVEDLOCK,
    }
}

/// The disk knows none of the optional requests.
unsafe extern "C" fn file_control(_: *mut ffi::sqlite3_file, _: c_int, _: *mut c_void) -> c_int {
    ffi::SQLITE_NOTFOUND
}

unsafe extern "C" fn sector_size(_: *mut ffi::sqlite3_file) -> c_int {
    SECTOR as c_int
}

/// What SQLite's own file system says on the tablets too, so that SQLite does here what it does
/// there: bytes outside a write never change. Nothing is promised of a write itself.
unsafe extern "C" fn device_characteristics(_: *mut ffi::sqlite3_file) -> c_int {
    ffi::SQLITE_IOCAP_POWERSAFE_OVERWRITE
}

const fn to_level(level: c_int) -> Level {
    match level {
        ffi::SQLITE_LOCK_NONE => Level::None,
        ffi::SQLITE_LOCK_SHARED => Level::Shared,
        ffi::SQLITE_LOCK_RESERVED => Level::Reserved,
        ffi::SQLITE_LOCK_PENDING => Level::Pending,
        _ => Level::Exclusive,
    }
}
