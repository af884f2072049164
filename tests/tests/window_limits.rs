//! What the app's window may do: no more than it needs, and nobody adds to it unnoticed.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use serde_json::{Value, json};
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::PathBuf,
};

fn at(place: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("..")
        .join(place)
}

fn read(place: &str) -> Value {
    serde_json::from_str(&fs::read_to_string(at(place)).unwrap()).unwrap()
}

#[test]
fn the_windows_page_loads_nothing_that_is_not_the_apps() {
    let configuration = read("tauri.conf.json");
    let security = &configuration["app"]["security"];
    let policy: BTreeMap<&str, Vec<&str>> = security["csp"]
        .as_str()
        .unwrap()
        .split(';')
        .map(|directive| {
            let mut words = directive.split_whitespace();
            (words.next().unwrap(), words.collect())
        })
        .collect();
    let expected: BTreeMap<&str, Vec<&str>> = [
        ("default-src", vec!["'self'"]),
        // A small picture inside a style; it runs nothing.
        ("img-src", vec!["'self'", "data:"]),
        ("style-src", vec!["'self'", "'unsafe-inline'"]),
        // Tauri's own way from page to core, within the app.
        (
            "connect-src",
            vec!["'self'", "ipc:", "http://ipc.localhost"],
        ),
        ("object-src", vec!["'none'"]),
        ("frame-src", vec!["'none'"]),
        ("worker-src", vec!["'none'"]),
        ("form-action", vec!["'none'"]),
        ("base-uri", vec!["'none'"]),
    ]
    .into();
    assert_eq!(policy, expected);
    // Nothing else is set: no file access, no part of the policy that Tauri is told to leave out.
    let set: BTreeSet<&str> = security
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect();
    assert_eq!(set, BTreeSet::from(["capabilities", "csp"]));
    for absent in ["/app/withGlobalTauri", "/build/devUrl", "/plugins"] {
        assert_eq!(configuration.pointer(absent), None, "{absent}");
    }
}

#[test]
fn the_window_may_call_two_commands_and_listen() {
    let folder = at("src-tauri/capabilities");
    let files: Vec<_> = fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .collect();
    assert_eq!(files, ["main.json"], "one capability");
    let capability = read("src-tauri/capabilities/main.json");
    assert_eq!(capability["windows"], json!(["main"]));
    assert_eq!(
        capability["permissions"],
        json!([
            "allow-call",
            "allow-painted",
            "core:event:allow-listen",
            "core:event:allow-unlisten"
        ])
    );
    for absent in ["remote", "webviews"] {
        assert_eq!(capability.get(absent), None, "{absent}");
    }
    assert_eq!(
        read("tauri.conf.json")["app"]["security"]["capabilities"],
        json!(["main"])
    );
    // Tauri asks a capability only about commands that it was told of.
    let build = fs::read_to_string(at("src-tauri/build.rs")).unwrap();
    assert!(build.contains(".commands(&[\"call\", \"painted\"])"));
    let shell = fs::read_to_string(at("src-tauri/src/lib.rs")).unwrap();
    assert!(shell.contains("generate_handler![bridge::call, bridge::painted]"));
    assert!(!shell.contains(".plugin("), "no plugin");
    let manifest = fs::read_to_string(at("Cargo.toml")).unwrap();
    assert!(!manifest.contains("tauri-plugin"), "no plugin");
}
