//! Keeping two runs of one command from emptying each other's folders.

use crate::{error::Error, project::Project};
use std::fs::{self, File, TryLockError};

/// Takes a command's lock; the system drops it with this program, however that ends.
pub(crate) fn only_one(project: &Project, command: &str) -> Result<File, Error> {
    let path = project.target(format!("{command}.lock"));
    let cannot = || Error::io(format!("locking {}", project.told(&path)));
    fs::create_dir_all(project.target("")).map_err(cannot())?;
    let lock = File::create(&path).map_err(cannot())?;
    match lock.try_lock() {
        Ok(()) => Ok(lock),
        Err(TryLockError::WouldBlock) => Err(Error::Missing(format!(
            "`cargo xtask {command}` is running already; end that one first"
        ))),
        Err(TryLockError::Error(why)) => Err(cannot()(why)),
    }
}
