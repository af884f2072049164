//! The tablet's use cases: every command and query, headless.
