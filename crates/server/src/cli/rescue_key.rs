//! `hemrond-server rescue-key`, and reading its file.

use super::{CommandError, World, args::RescueKeyArgs, say};
use hemrond_vault::rescue::RescueKey;
use std::{fs, io::Write as _, path::Path};
use zeroize::Zeroizing;

/// Draws a rescue key into a new file.
pub(super) fn make(world: &World, args: &RescueKeyArgs) -> Result<(), CommandError> {
    let chance = |bytes: &mut [u8]| world.chance.fill(bytes);
    let key = RescueKey::draw(&chance);
    let mut options = fs::OpenOptions::new();
    // Never over another: what was sealed to that one would be lost.
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&args.to)?;
    file.write_all(key.digits().as_bytes())?;
    file.write_all(b"\n")?;
    file.sync_all()?;
    say(format_args!(
        "{} holds the rescue key; tablets that enrol from now on seal to {}",
        args.to.display(),
        key.public()
    ))
}

/// Reads the file that `serve` was given.
pub(super) fn read(path: &Path) -> Result<RescueKey, CommandError> {
    let text = fs::read_to_string(path)
        .map(Zeroizing::new)
        .map_err(|why| {
            CommandError::Refused(format!(
                "the rescue key in {} cannot be read: {why}",
                path.display()
            ))
        })?;
    RescueKey::parse(&text).map_err(|error| {
        CommandError::Refused(format!(
            "{} holds no rescue key: {error}; make one with 'hemrond-server rescue-key'",
            path.display()
        ))
    })
}
