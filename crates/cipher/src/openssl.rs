//! The one function of OpenSSL that is called by hand.
#![allow(unsafe_code)]

use std::{
    ffi::{c_int, c_void},
    ptr,
};

/// `OPENSSL_INIT_NO_ATEXIT` of `openssl/crypto.h`: nothing is cleaned up when the program ends.
const NO_ATEXIT: u64 = 0x0008_0000;

unsafe extern "C" {
    /// OpenSSL 1.1.1 and later: begins the library; 1 where that worked.
    fn OPENSSL_init_crypto(options: u64, settings: *const c_void) -> c_int;
}

/// Begins OpenSSL without its cleanup at the program's end.
pub(crate) fn begin_without_cleanup() {
    // SAFETY: the function may be called at any time and from any thread, and takes no settings.
    //
    // Where it fails the library does not work at all, and opening the database says so.
    let _ = unsafe { OPENSSL_init_crypto(NO_ATEXIT, ptr::null()) };
}
