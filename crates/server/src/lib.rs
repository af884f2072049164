//! The sync server: storage, acceptance, live news, administration.
