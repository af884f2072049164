//! The sync engine, sans-I/O: both ends as state machines.
