//! Checking the types of the app's Rust side for Android.
//!
//! There is no Android SDK or NDK here and nothing downloads one. Debian's packages of a newer Rust,
//! with the standard library's sources, are enough to check types: nothing is linked and nothing
//! runs. C and assembler parts (SQLCipher, zstd, ring) are not compiled at all: in their place
//! stands a compiler that writes empty files.

use crate::{
    error::Error,
    project::Project,
    run,
    setup::{self, Need},
};
use std::{env, fs, os::unix::fs::PermissionsExt as _, path::PathBuf, process::Command};

const TARGET: &str = "aarch64-linux-android";

/// Answers questions about itself as the system's compiler does, and compiles everything to
/// nothing.
const NO_COMPILER: &str = r#"#!/bin/sh
out=
last=
compiles=
for argument in "$@"; do
    case "$last" in -o) out="$argument" ;; esac
    case "$argument" in -c) compiles=yes ;; esac
    last="$argument"
done
if [ -n "$compiles" ] && [ -n "$out" ]; then
    : >"$out"
else
    exec gcc "$@"
fi
"#;

/// What is told to cargo and holds for any toolchain.
const KEPT: [&str; 2] = ["CARGO_HOME", "CARGO_INCREMENTAL"];

/// Checks the app for Android and says what that means.
pub(crate) fn check(project: &Project) -> Result<(), Error> {
    setup::setup(
        project,
        &[Need::Build, Need::Interface, Need::Android],
        false,
    )?;
    crate::build::interface(project)?;
    let compiler = no_compiler(project)?;
    let mut cargo = Command::new("/usr/bin/cargo");
    cargo
        .current_dir(project.root())
        .args(["check", "--package", "hemrond", "--lib", "--target", TARGET])
        .args(["-Zbuild-std=std,panic_abort", "--target-dir"])
        .arg(project.target("android"))
        // The standard library is built along, which Debian's stable compiler must be allowed to.
        .env("RUSTC_BOOTSTRAP", "1")
        .env("RUSTC", "/usr/bin/rustc")
        .env("CC_aarch64_linux_android", &compiler)
        .env("CXX_aarch64_linux_android", &compiler)
        .env("AR_aarch64_linux_android", "ar")
        .env("RANLIB_aarch64_linux_android", "ranlib")
        // SQLCipher's build only asks that there be some OpenSSL.
        .env("OPENSSL_INCLUDE_DIR", "/usr/include")
        .env("OPENSSL_LIB_DIR", "/usr/lib");
    // What the other toolchain says of itself would mislead this one.
    for (name, _) in env::vars_os() {
        let text = name.to_string_lossy();
        if text.starts_with("RUSTUP_") || text.starts_with("CARGO_") && !KEPT.contains(&&*text) {
            cargo.env_remove(&name);
        }
    }
    cargo.env_remove("LD_LIBRARY_PATH").env_remove("CARGO");
    run::run(run::locked(&mut cargo))?;
    println!(
        "Checked for Android ({TARGET}): the types of the app's Rust code and of all its Rust \
         dependencies.\nNot checked: C and assembler code (SQLCipher, zstd, ring), linking, the \
         Java and Gradle side, and that it runs."
    );
    Ok(())
}

fn no_compiler(project: &Project) -> Result<PathBuf, Error> {
    let folder = project.target("android");
    let path = folder.join("no-compiler");
    fs::create_dir_all(&folder)
        .and_then(|()| fs::write(&path, NO_COMPILER))
        .and_then(|()| fs::set_permissions(&path, fs::Permissions::from_mode(0o755)))
        .map_err(Error::io("writing the stand-in for a C compiler"))?;
    Ok(path)
}
