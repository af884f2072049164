//! Whether a bill of materials is whole.

use serde_json::Value;
use std::collections::BTreeSet;

/// Something that is built in: its name and version.
pub(super) type Part = (String, String);

/// Reads what `cargo tree` tells, the package itself left out.
pub(super) fn tree_parts(told: &str, package: &str) -> Vec<Part> {
    let mut parts: BTreeSet<Part> = BTreeSet::new();
    for line in told.lines() {
        let mut words = line.split_whitespace();
        if let (Some(name), Some(version)) = (words.next(), words.next())
            && let Some(version) = version.strip_prefix('v')
            && name != package
        {
            parts.insert((name.to_owned(), version.to_owned()));
        }
    }
    parts.into_iter().collect()
}

/// Reads npm's lock file: what is not for development only.
pub(super) fn npm_parts(lock: &str) -> Option<Vec<Part>> {
    let lock: Value = serde_json::from_str(lock).ok()?;
    let mut parts = Vec::new();
    for (place, package) in lock.get("packages")?.as_object()? {
        let is_set = |name: &str| package.get(name).and_then(Value::as_bool) == Some(true);
        let Some((_, name)) = place.rsplit_once("node_modules/") else {
            continue;
        };
        if is_set("dev") || is_set("devOptional") || is_set("optional") || is_set("peer") {
            continue;
        }
        parts.push((
            name.to_owned(),
            package.get("version")?.as_str()?.to_owned(),
        ));
    }
    Some(parts)
}

/// What is wrong with a bill that must hold these parts.
pub(super) fn faults(text: &str, parts: &[Part]) -> Vec<String> {
    let Ok(bill) = serde_json::from_str::<Value>(text) else {
        return vec!["it is no JSON".to_owned()];
    };
    let mut faults = Vec::new();
    for (field, expected) in [("bomFormat", "CycloneDX"), ("specVersion", "1.5")] {
        if word(&bill, field) != expected {
            faults.push(format!("{field} is not {expected}"));
        }
    }
    let own = bill.pointer("/metadata/component");
    if own.is_none_or(|own| word(own, "name").is_empty() || word(own, "version").is_empty()) {
        faults.push("it does not say what it is about".to_owned());
    }
    let mut known: BTreeSet<&str> = own.map(|own| word(own, "bom-ref")).into_iter().collect();
    let mut named = BTreeSet::new();
    for component in list(&bill, "components") {
        let name = full_name(component);
        for field in ["type", "name", "version", "purl", "bom-ref"] {
            if word(component, field).is_empty() {
                faults.push(format!("{name} has no {field}"));
            }
        }
        if list(component, "licenses").is_empty() {
            faults.push(format!("{name} has no licence"));
        }
        if !known.insert(word(component, "bom-ref")) {
            faults.push(format!("{name} has another's name in the bill"));
        }
        named.insert((name, word(component, "version").to_owned()));
    }
    for dependency in list(&bill, "dependencies") {
        let others = list(dependency, "dependsOn");
        let all = others.iter().filter_map(Value::as_str);
        for reference in all.chain([word(dependency, "ref")]) {
            if !known.contains(reference) {
                faults.push(format!("{reference} is depended on and not in it"));
            }
        }
    }
    if parts.is_empty() {
        faults.push("nothing was found that it must hold".to_owned());
    }
    for part in parts.iter().filter(|part| !named.contains(*part)) {
        faults.push(format!("{} {} is built in and not in it", part.0, part.1));
    }
    faults
}

/// A component's name with what npm puts before it.
fn full_name(component: &Value) -> String {
    match (word(component, "group"), word(component, "name")) {
        ("", name) => name.to_owned(),
        (group, name) => format!("{group}/{name}"),
    }
}

fn word<'a>(value: &'a Value, name: &str) -> &'a str {
    value.get(name).and_then(Value::as_str).unwrap_or_default()
}

fn list<'a>(value: &'a Value, name: &str) -> &'a [Value] {
    value
        .get(name)
        .and_then(Value::as_array)
        .map_or(&[], Vec::as_slice)
}

#[cfg(test)]
mod tests {
    use super::{Part, faults, npm_parts, tree_parts};
    use serde_json::{Value, json};

    fn part(name: &str, version: &str) -> Part {
        (name.to_owned(), version.to_owned())
    }

    fn component(name: &str, version: &str) -> Value {
        json!({
            "type": "library", "name": name, "version": version, "bom-ref": format!("{name}@{version}"),
            "purl": format!("pkg:cargo/{name}@{version}"), "licenses": [{ "expression": "MIT" }],
        })
    }

    fn bill() -> Value {
        json!({
            "bomFormat": "CycloneDX", "specVersion": "1.5",
            "metadata": { "component": { "name": "hemrond-server", "version": "0.1.0", "bom-ref": "own" } },
            "components": [component("axum", "0.8.9"), component("hyper", "1.12.0")],
            "dependencies": [
                { "ref": "own", "dependsOn": ["axum@0.8.9"] },
                { "ref": "axum@0.8.9", "dependsOn": ["hyper@1.12.0"] },
            ],
        })
    }

    #[test]
    fn a_whole_bill_has_no_fault_and_each_gap_is_one() {
        let parts = [part("axum", "0.8.9"), part("hyper", "1.12.0")];
        assert_eq!(faults(&bill().to_string(), &parts), [] as [String; 0]);
        assert_eq!(faults("cut", &parts).len(), 1);
        assert_eq!(faults(&bill().to_string(), &[]).len(), 1);
        let other = [part("axum", "0.8.8"), part("hyper", "1.12.0")];
        assert_eq!(
            faults(&bill().to_string(), &other),
            ["axum 0.8.8 is built in and not in it"]
        );
        for (place, value) in [
            ("/specVersion", json!("1.1")),
            ("/bomFormat", json!("SPDX")),
            ("/metadata/component/name", json!("")),
            ("/components/0/licenses", json!([])),
            ("/components/0/purl", json!("")),
            ("/dependencies/0/dependsOn/0", json!("left-pad@1.0.0")),
        ] {
            let mut wrong = bill();
            if let Some(place) = wrong.pointer_mut(place) {
                *place = value;
            }
            assert_eq!(faults(&wrong.to_string(), &parts).len(), 1, "{place}");
        }
    }

    #[test]
    fn what_is_built_in_is_read_from_cargo_and_from_npm() {
        let told = "hemrond-server v0.1.0 (/x/crates/server)\naxum v0.8.9\nhyper v1.12.0\naxum v0.8.9\n\
            async-trait v0.1.92 (proc-macro)\n\n[build-dependencies]\n";
        assert_eq!(
            tree_parts(told, "hemrond-server"),
            [
                part("async-trait", "0.1.92"),
                part("axum", "0.8.9"),
                part("hyper", "1.12.0")
            ]
        );
        let lock = json!({ "packages": {
            "": { "name": "hemrond-ui", "version": "0.1.0" },
            "node_modules/svelte": { "version": "5.57.3" },
            "node_modules/@tauri-apps/api": { "version": "2.12.5" },
            "node_modules/vite": { "version": "8.3.8", "dev": true },
        } });
        let mut parts = npm_parts(&lock.to_string()).unwrap_or_default();
        parts.sort();
        assert_eq!(
            parts,
            [part("@tauri-apps/api", "2.12.5"), part("svelte", "5.57.3")]
        );
    }
}
