//! People: search, adding, and a person's page.

mod add;
mod brief;
pub(crate) mod index;
mod page;
mod search;

pub(crate) use page::contacts_in;
