//! The sync server: storage, acceptance, live news, administration.
//!
//! A request comes in through [`http`], is let in by [`admission`], becomes an [`exchange`], is read
//! by an [`inspector`] and kept by the [`storage`]. Time and chance come in through the
//! [`environment`].

pub mod admin;
pub mod admission;
pub mod authoring;
pub mod classes;
pub mod cli;
pub mod credential;
pub mod directory;
pub mod elsewhere;
pub mod enrolment;
pub mod environment;
pub mod exchange;
pub mod foreign;
pub mod http;
pub mod inspector;
mod looked;
pub mod metrics;
pub mod newsroom;
pub mod nonce;
pub mod office;
pub mod rate;
pub mod register;
pub mod retention;
mod review;
pub mod seed;
pub mod serve;
pub mod sign_in;
pub mod state;
pub mod storage;
pub mod under_way;
pub mod verify;
