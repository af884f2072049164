//! The functions of the file system as a whole.

use super::{code, file};
use crate::{
    error::DiskError,
    open_file::{OpenFile, Wish},
    registry,
};
use libsqlite3_sys as ffi;
use std::{
    ffi::{CStr, c_char, c_int},
    sync::atomic::{AtomicU64, Ordering},
    thread,
};

/// Noon on 1 January 2026 as SQLite counts: milliseconds since noon on 24 November 4714 BC. The
/// disk has no clock, and nothing of Hemrond's asks SQLite for the time.
const NOW_MS: i64 = 2_461_042 * 86_400_000;

pub(super) unsafe extern "C" fn open(
    _: *mut ffi::sqlite3_vfs,
    path: ffi::sqlite3_filename,
    target: *mut ffi::sqlite3_file,
    flags: c_int,
    flags_out: *mut c_int,
) -> c_int {
    // SAFETY: SQLite gives room for a file here, of the size that this file system asked for.
    unsafe { file::mark_closed(target) };
    // A file without a name would hold what a store spills; a store is told to spill to memory.
    // SAFETY: a path is null or a C string that lives through this call.
    let Some((shared, name)) = unsafe { text(path) }.and_then(registry::find) else {
        return ffi::SQLITE_CANTOPEN;
    };
    let wish = Wish {
        create: flags & ffi::SQLITE_OPEN_CREATE != 0,
        exclusive: flags & ffi::SQLITE_OPEN_EXCLUSIVE != 0,
        is_journal: flags
            & (ffi::SQLITE_OPEN_MAIN_JOURNAL
                | ffi::SQLITE_OPEN_SUPER_JOURNAL
                | ffi::SQLITE_OPEN_WAL)
            != 0,
    };
    match OpenFile::open(shared, name, wish) {
        Ok(opened) => {
            // SAFETY: as above; and SQLite gives null or a place for the flags.
            unsafe {
                file::put(target, opened);
                if let Some(flags_out) = flags_out.as_mut() {
                    *flags_out = flags;
                }
            }
            ffi::SQLITE_OK
        }
        Err(DiskError::Missing | DiskError::Busy) => ffi::SQLITE_CANTOPEN,
        Err(error) => code(Err(error), ffi::SQLITE_IOERR),
    }
}

pub(super) unsafe extern "C" fn delete(
    _: *mut ffi::sqlite3_vfs,
    path: *const c_char,
    sync_folder: c_int,
) -> c_int {
    // SAFETY: a path is null or a C string that lives through this call.
    let Some((shared, name)) = unsafe { text(path) }.and_then(registry::find) else {
        return ffi::SQLITE_IOERR_DELETE;
    };
    let mut machine = shared.machine();
    match machine.remove(name) {
        Ok(()) if sync_folder != 0 => code(machine.sync_folder(), ffi::SQLITE_IOERR_DIR_FSYNC),
        Err(DiskError::Missing) => ffi::SQLITE_IOERR_DELETE_NOENT,
        other => code(other, ffi::SQLITE_IOERR_DELETE),
    }
}

pub(super) unsafe extern "C" fn access(
    _: *mut ffi::sqlite3_vfs,
    path: *const c_char,
    question: c_int,
    answer: *mut c_int,
) -> c_int {
    // SAFETY: a path is null or a C string that lives through this call.
    let Some((shared, name)) = unsafe { text(path) }.and_then(registry::find) else {
        return ffi::SQLITE_IOERR_ACCESS;
    };
    let machine = shared.machine();
    let size = match machine.find(name) {
        Ok(Some(file)) => machine.size(file).map(Some),
        Ok(None) => Ok(None),
        Err(error) => Err(error),
    };
    let Ok(size) = size else {
        return ffi::SQLITE_IOERR_ACCESS;
    };
    // As on Unix: an empty file is none, where SQLite asks whether there is one.
    let yes = match size {
        Some(0) => question != ffi::SQLITE_ACCESS_EXISTS,
        Some(_) => true,
        None => false,
    };
    // SAFETY: SQLite gives a place for the answer.
    if let Some(answer) = unsafe { answer.as_mut() } {
        *answer = c_int::from(yes);
    }
    ffi::SQLITE_OK
}

/// Every path on a disk is a full one.
pub(super) unsafe extern "C" fn full_path_name(
    _: *mut ffi::sqlite3_vfs,
    path: *const c_char,
    room: c_int,
    target: *mut c_char,
) -> c_int {
    if path.is_null() || target.is_null() {
        return ffi::SQLITE_CANTOPEN;
    }
    // SAFETY: it is not null, so it is a C string.
    let bytes = unsafe { CStr::from_ptr(path) }.to_bytes_with_nul();
    if usize::try_from(room).is_ok_and(|room| bytes.len() <= room) {
        // SAFETY: the target has so much room, as was just compared, and is SQLite's own buffer,
        // which is another one than the path's.
        unsafe { std::ptr::copy_nonoverlapping(bytes.as_ptr().cast(), target, bytes.len()) };
        ffi::SQLITE_OK
    } else {
        ffi::SQLITE_CANTOPEN
    }
}

/// The same numbers in every process. SQLite itself asks its default file system instead, and
/// SQLCipher its library: neither can be seeded from here.
pub(super) unsafe extern "C" fn randomness(
    _: *mut ffi::sqlite3_vfs,
    room: c_int,
    target: *mut c_char,
) -> c_int {
    static DRAWN: AtomicU64 = AtomicU64::new(0);
    let Ok(len) = usize::try_from(room) else {
        return 0;
    };
    if target.is_null() {
        return 0;
    }
    // SAFETY: SQLite gives so much room, which nothing else uses during this call.
    let bytes = unsafe { std::slice::from_raw_parts_mut(target.cast::<u8>(), len) };
    for byte in bytes {
        let drawn = DRAWN.fetch_add(1, Ordering::Relaxed);
        // The highest byte of a Weyl sequence.
        *byte = drawn.wrapping_mul(0x9e37_79b9_7f4a_7c15).to_be_bytes()[0];
    }
    room
}

/// Does not sleep: another thread that is about to let go of a file gets its turn, no more.
pub(super) unsafe extern "C" fn sleep(_: *mut ffi::sqlite3_vfs, microseconds: c_int) -> c_int {
    thread::yield_now();
    microseconds
}

pub(super) unsafe extern "C" fn current_time(_: *mut ffi::sqlite3_vfs, days: *mut f64) -> c_int {
    // SAFETY: SQLite gives a place for the answer.
    if let Some(days) = unsafe { days.as_mut() } {
        // Whole days, which a float holds exactly.
        *days = (NOW_MS / 86_400_000) as f64;
    }
    ffi::SQLITE_OK
}

pub(super) unsafe extern "C" fn current_time_ms(
    _: *mut ffi::sqlite3_vfs,
    milliseconds: *mut ffi::sqlite3_int64,
) -> c_int {
    // SAFETY: SQLite gives a place for the answer.
    if let Some(milliseconds) = unsafe { milliseconds.as_mut() } {
        *milliseconds = NOW_MS;
    }
    ffi::SQLITE_OK
}

/// There is no operating system behind this disk whose error could be told.
pub(super) unsafe extern "C" fn last_error(
    _: *mut ffi::sqlite3_vfs,
    _: c_int,
    _: *mut c_char,
) -> c_int {
    0
}

/// The text that a pointer leads to, where there is one.
///
/// # Safety
/// The pointer must be null or lead to a C string that lives as long as the text.
unsafe fn text<'t>(pointer: *const c_char) -> Option<&'t str> {
    if pointer.is_null() {
        return None;
    }
    // SAFETY: the caller promises it.
    unsafe { CStr::from_ptr(pointer) }.to_str().ok()
}
