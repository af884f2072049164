//! A tablet without the app's window: over stdio, in a browser, or one instrument at a time.
fn main() {}
