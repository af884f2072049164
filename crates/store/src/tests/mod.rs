//! Stories: Eva and Omar write, Dr Berg reads, Astrid is the patient.

mod care;
mod caseload;
mod commits;
mod copies;
mod damage;
mod disk;
mod documents;
mod exits;
mod hiding;
mod keys;
mod killed;
mod lists;
mod outbox;
mod people;
mod read_models;
mod reserve;
mod settings;
mod support;
mod sync;
mod visits;
mod withdrawal;
