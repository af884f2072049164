//! The classes of data, as the program tells them for the register and the impact assessment.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use hemrond_domain::{
    people::Role,
    record::{DocumentClass, DocumentKind},
    retention::{HEALTH_YEARS, SOCIAL_YEARS},
};
use hemrond_policy::Policy;
use hemrond_server::classes::{Reach, classes};
use std::process::{Command, Stdio};

/// AC65: every kind of document is in the export, with its class, its paragraphs, how long it is kept and
/// what each role may do. The lines are those of patientdatalagen 3:17 and 4:2 and socialtjänstlagen
/// 2025:400; a kind or a role that is added is in it by itself.
#[test]
fn the_classes_of_data_are_told_from_the_rules_themselves() {
    let all = classes(&Policy::load().unwrap());
    let kinds: Vec<&str> = all.iter().map(|one| one.kind).collect();
    assert_eq!(kinds, DocumentKind::ALL.map(DocumentKind::as_str));
    for one in &all {
        assert!(!one.law.is_empty(), "{}", one.kind);
        let roles: Vec<&str> = one.rights.iter().map(|rights| rights.role).collect();
        assert_eq!(roles, Role::ALL.map(Role::as_str), "{}", one.kind);
    }
    let of = |kind: DocumentKind| all.iter().find(|one| one.kind == kind.as_str()).unwrap();
    let years = |kind| {
        of(kind)
            .kept_years
            .map(|kept| (kept.alone, kept.beside_health_record))
    };
    let (health, social) = (HEALTH_YEARS, SOCIAL_YEARS);
    for (kind, class, kept) in [
        (DocumentKind::Person, "identity", Some((social, health))),
        (DocumentKind::Visit, "health", Some((health, health))),
        (DocumentKind::Observations, "social", Some((social, social))),
        (DocumentKind::Round, "staff", None),
        (DocumentKind::Directory, "staff", None),
        (DocumentKind::Acts, "legal", Some((health, health))),
    ] {
        assert_eq!(of(kind).class, class, "{kind}");
        assert_eq!(years(kind), kept, "{kind}");
    }
    let rights = |kind, role: Role| {
        let mut rights = of(kind).rights.iter();
        rights.find(|one| one.role == role.as_str()).unwrap()
    };
    let nurse = rights(DocumentKind::Visit, Role::Nurse);
    assert_eq!((nurse.reads, nurse.reads_others), (Reach::All, true));
    for kind in DocumentKind::ALL {
        if kind.class() != DocumentClass::Staff {
            let administrator = rights(kind, Role::Administrator);
            assert_eq!(administrator.reads, Reach::Nothing, "{kind}");
            assert!(!administrator.reads_others, "{kind}");
        }
    }
    let home_help = rights(DocumentKind::Visit, Role::Hemtjanst);
    assert_eq!(
        (home_help.reads, home_help.reads_others),
        (Reach::Nothing, false)
    );
}

/// What the program prints, in a folder where it makes no database.
fn printed(arguments: &[&str]) -> String {
    let folder = tempfile::TempDir::new().unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_hemrond-server"))
        .current_dir(folder.path())
        .env_remove("HEMROND_DATABASE")
        .env_remove("HEMROND_DATABASE_FILE")
        .stdin(Stdio::null())
        .arg("classes")
        .args(arguments)
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    String::from_utf8(output.stdout).unwrap()
}

/// AC65: they are printed for a person to read and as JSON for a register, without a database.
#[test]
fn the_classes_of_data_are_printed_as_text_and_as_json() {
    let text = printed(&[]);
    for kind in DocumentKind::ALL {
        let line = format!("{kind} ({})\n", kind.class());
        assert!(text.contains(&line), "{line}{text}");
    }
    assert!(
        text.contains("kept: 10 years after the last entry"),
        "{text}"
    );
    assert!(text.contains("PDL"), "{text}");
    let json: serde_json::Value = serde_json::from_str(&printed(&["--json"])).unwrap();
    let told = serde_json::to_value(classes(&Policy::load().unwrap())).unwrap();
    assert_eq!(json, told);
    assert_eq!(json[1]["kind"], "visit");
    assert_eq!(json[1]["kept_years"]["alone"], 10);
}
