//! SQLite's C interface to a file system. All unsafe code of this crate is in this folder, and
//! nothing else is: each function turns pointers into values and hands on.

#![allow(
    unsafe_code,
    reason = "SQLite takes a file system as a table of C functions"
)]

mod file;
mod system;

use crate::{disk::Disk, error::DiskError};
use libsqlite3_sys as ffi;
use std::{
    ffi::{CString, c_int},
    ptr,
    sync::OnceLock,
};

/// The longest path in bytes, with the zero at its end.
const LONGEST_PATH: c_int = 512;

/// Registers the file system once per process. Should SQLite refuse it, opening a file says that
/// there is no such file system.
pub(crate) fn register() {
    static REGISTERED: OnceLock<c_int> = OnceLock::new();
    REGISTERED.get_or_init(|| {
        let Ok(name) = CString::new(Disk::VFS) else {
            return ffi::SQLITE_MISUSE;
        };
        let vfs = Box::new(ffi::sqlite3_vfs {
            // With the time as a whole number, and without replaceable system calls.
            iVersion: 2,
            szOsFile: file::SIZE,
            mxPathname: LONGEST_PATH,
            pNext: ptr::null_mut(),
            zName: name.into_raw(),
            pAppData: ptr::null_mut(),
            xOpen: Some(system::open),
            xDelete: Some(system::delete),
            xAccess: Some(system::access),
            xFullPathname: Some(system::full_path_name),
            xDlOpen: None,
            xDlError: None,
            xDlSym: None,
            xDlClose: None,
            xRandomness: Some(system::randomness),
            xSleep: Some(system::sleep),
            xCurrentTime: Some(system::current_time),
            xGetLastError: Some(system::last_error),
            xCurrentTimeInt64: Some(system::current_time_ms),
            xSetSystemCall: None,
            xGetSystemCall: None,
            xNextSystemCall: None,
        });
        // Registering begins SQLite, and that the cipher.
        hemrond_cipher::prepare();
        // SAFETY: the table and its name are leaked, so they live as long as SQLite may use them,
        // and nothing else ever touches them. It is not made the default.
        unsafe { ffi::sqlite3_vfs_register(Box::into_raw(vfs), 0) }
    });
}

/// SQLite's code for an outcome: where the disk fails, `broken`, which names the operation.
fn code(outcome: Result<(), DiskError>, broken: c_int) -> c_int {
    match outcome {
        Ok(()) => ffi::SQLITE_OK,
        Err(DiskError::Full) => ffi::SQLITE_FULL,
        Err(DiskError::Busy) => ffi::SQLITE_BUSY,
        Err(DiskError::Dead | DiskError::Stale | DiskError::Injected | DiskError::Missing) => {
            broken
        }
    }
}
