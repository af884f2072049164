//! The fuzzer's program: its library calls the target that the environment names.
#![no_main]
// The macro hands a function to the fuzzer's library, which is written in C++.
#![allow(unsafe_code, missing_docs)]

use hemrond_fuzz::{Target, named};
use std::{
    panic::{self, catch_unwind},
    process,
    sync::OnceLock,
};

/// Names the target.
const TARGET: &str = "HEMROND_FUZZ_TARGET";

static CHOSEN: OnceLock<Target> = OnceLock::new();

/// Chooses the target, once.
fn chosen() -> Target {
    *CHOSEN.get_or_init(|| {
        // The library ends the process at every panic. Ours catch those of the CRDT library, as they
        // do when nobody fuzzes; only one that gets out is a fault.
        panic::set_hook(Box::new(|_| {}));
        let name = std::env::var(TARGET).unwrap_or_default();
        named(&name).unwrap_or_else(|| {
            eprintln!("{TARGET} names no target: \"{name}\"");
            process::exit(2)
        })
    })
}

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let target = chosen();
    if let Err(payload) = catch_unwind(|| (target.run)(bytes)) {
        let words = payload.downcast_ref::<String>().map(String::as_str);
        let words = words.or(payload.downcast_ref::<&str>().copied());
        eprintln!("{} failed: {}", target.name, words.unwrap_or("a panic"));
        process::abort();
    }
});
