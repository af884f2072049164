//! SQLCipher with the system's OpenSSL, and what it must be told before the first database is opened.
//!
//! A program's end does not wait for its threads: they write on while what was registered for the end runs.
//! OpenSSL registers a cleanup that frees what a thread encrypts its pages with at that moment. So does
//! SQLCipher; that it does not is settled when it is built (`.cargo/config.toml`). Both are explained in
//! `docs/adr/0030-a-program-that-ends.md`.

// Links the library whose feature chooses SQLCipher and OpenSSL.
use libsqlite3_sys as _;

mod openssl;

// Only that file has SQLCipher built as it must be, and it is not read from everywhere.
const _: () = assert!(
    option_env!("LIBSQLITE3_FLAGS").is_some(),
    "build inside the project's folder, so that .cargo/config.toml is read"
);

use std::sync::Once;

/// Has the cipher leave everything in place when the program ends. Whoever opens a database calls it first;
/// calling it again costs nothing.
///
/// It has an effect as long as nothing in the program used OpenSSL before; what did must see to its own end.
pub fn prepare() {
    static PREPARED: Once = Once::new();
    PREPARED.call_once(openssl::begin_without_cleanup);
}
