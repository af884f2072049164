//! Sample data about invented persons: the same every time for the same day.
//!
//! Identity numbers are the public test numbers and the published examples of reserve numbers;
//! phone numbers are those that the numbering plan keeps for fiction; places do not exist.

mod administrator;
mod bulk;
mod cast;
mod history;
mod ids;
mod pen;
mod persons;
mod social;
mod stories;
mod telling;
mod today;

pub use administrator::{DemoAdministrator, administrator};
pub use cast::LOGINS;

use crate::{
    authoring::AuthoringError,
    directory::Administration,
    storage::{Account, StorageError},
};
use chrono::NaiveDate;
use pen::Pens;

/// What to make.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Plan {
    /// The day that the data treats as today.
    pub today: NaiveDate,
    /// Further invented persons, for measurements.
    pub persons: u32,
    /// Further invented visits, for measurements.
    pub visits: u32,
}

/// Why there is no sample data.
#[derive(Debug, thiserror::Error)]
pub enum SeedError {
    /// Somebody works with this database.
    #[error("the database is in use; sample data goes into an empty one, so give a new --database")]
    InUse,
    /// The data does not fit the documents, or the database failed.
    #[error(transparent)]
    Authoring(#[from] AuthoringError),
    /// The database failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

/// Fills an empty database.
///
/// # Errors
/// When the database is not empty or fails.
pub async fn seed(administration: &Administration<'_>, plan: Plan) -> Result<(), SeedError> {
    if !administration.storage.organisations().await?.is_empty() {
        return Err(SeedError::InUse);
    }
    cast::add(administration).await?;
    let mut pens = Pens::new(administration.storage, plan.today);
    persons::write(&mut pens)?;
    history::write(&mut pens)?;
    today::write(&mut pens)?;
    let mut tablet = telling::OldTablet::new();
    tablet.ask(&pens)?;
    social::write(&mut pens, &mut tablet)?;
    pens.flush().await?;
    tablet.keep(administration).await?;
    bulk::write(&mut pens, plan.persons, plan.visits).await?;
    Ok(())
}

/// The account behind a short name such as "eva".
///
/// # Errors
/// When the database fails or holds no sample data.
pub async fn account(
    administration: &Administration<'_>,
    login: &str,
) -> Result<Account, StorageError> {
    let unknown = || StorageError::Unknown {
        what: "account",
        name: login.to_owned(),
    };
    let id = cast::user_id(login).ok_or_else(unknown)?;
    administration.storage.user(id).await?.ok_or_else(unknown)
}
