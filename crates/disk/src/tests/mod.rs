//! The model itself, mostly with a real SQLite on it.

mod support;

mod broken;
mod cut;
mod names;
mod recorded;
mod store;
