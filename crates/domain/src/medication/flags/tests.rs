//! Medication lists from kitchen tables against the rules.
#![allow(clippy::unwrap_used)]

use proptest::prelude::*;

use super::*;

fn drug(atc: &str) -> Drug {
    Drug {
        atc: Atc::parse(atc).unwrap(),
        as_needed: false,
        days: None,
        dose_mg_per_day: None,
    }
}

fn raised(drugs: &[Drug]) -> Vec<&'static str> {
    flags(drugs, &FlagSettings::default())
        .iter()
        .map(|flag| flag.rule.key())
        .collect()
}

fn by_codes(codes: &[&str]) -> Vec<&'static str> {
    raised(&codes.iter().map(|code| drug(code)).collect::<Vec<_>>())
}

/// Socialstyrelsen 2017-6-7 (M1–M6), 2010 (M7): each code alone, and neighbours that must stay silent.
#[test]
fn each_avoid_rule_by_its_codes() {
    for (rule, codes) in [
        ("M1", ["N05BA01", "N05CD02", "N05CD03"].as_slice()),
        (
            "M2",
            &[
                "G04BD04", "G04BD07", "G04BD08", "G04BD10", "G04BD11", "N06AA09", "N06AA04",
                "N06AA10", "N06AA21", "N05BB01", "R06AD01", "R06AD02", "N05AA02", "N05AH02",
                "N05AF03", "N04AA01", "N04AA02", "A04AD01", "N02AG02", "A03BB01",
            ],
        ),
        ("M3", &["N02AX02", "N02AJ13"]),
        ("M4", &["N05CM06"]),
        ("M5", &["N02AJ06", "N02AJ07", "R05DA04", "N02AA59"]),
        ("M6", &["A10BB01"]),
        (
            "M7",
            &[
                "M01AE01", "N02BE01", "N02AA01", "N05AD01", "A02BC01", "C01AA05", "C03CA01",
                "N06AB04", "N06AX11", "N02AX02",
            ],
        ),
    ] {
        for code in codes {
            assert!(by_codes(&[code]).contains(&rule), "{code} raises {rule}");
        }
    }
    for silent in [
        "G04BD12", "G04BD", "M01AX05", "M01A", "N05AN01", "N05BA04", "N05CF01", "A10BA02",
        "C03AA03", "N06DA02",
    ] {
        assert_eq!(by_codes(&[silent]), [""; 0], "{silent}");
    }
}

/// Ten substances are many, nine are not; the same substance twice is one; as-needed counts.
#[test]
fn harriets_tenth_medicine() {
    let nine = [
        "A10BA02", "B01AC06", "B03BA03", "C07AB02", "C08CA01", "C09AA02", "C10AA05", "H03AA01",
        "R03AC02",
    ];
    assert_eq!(by_codes(&nine), [""; 0]);
    let twice: Vec<&str> = nine.iter().chain(&["C08CA01"]).copied().collect();
    assert_eq!(by_codes(&twice), [""; 0]);

    let mut ten: Vec<Drug> = nine.iter().map(|code| drug(code)).collect();
    ten.push(Drug {
        as_needed: true,
        ..drug("S01XA20")
    });
    assert_eq!(raised(&ten), ["M10"]);
    assert_eq!(drug_count(&ten), 10);
    let without_eyes = FlagSettings {
        count_dermal_and_eye: false,
        ..FlagSettings::default()
    };
    assert_eq!(flags(&ten, &without_eyes), []);
}

#[test]
fn a_group_code_beside_its_substance_is_not_counted_twice() {
    assert_eq!(
        drug_count(&[drug("C07"), drug("C07AB02"), drug("C07AB"), drug("C08CA01")]),
        2
    );
    assert_eq!(drug_count(&[drug("C07"), drug("C08")]), 2);
    assert_eq!(drug_count(&[]), 0);
}

#[test]
fn two_of_the_same_group_are_a_duplicate() {
    let list = [
        drug("C09AA02"),
        drug("C09AA05"),
        drug("C09AA02"),
        drug("C08CA01"),
        drug("C08CA02"),
    ];
    let found = flags(&list, &FlagSettings::default());
    let codes: Vec<Vec<&str>> = found
        .iter()
        .map(|flag| flag.drugs.iter().map(Atc::as_str).collect())
        .collect();
    assert!(found.iter().all(|flag| flag.rule == Rule::M11));
    assert_eq!(codes, [["C08CA01", "C08CA02"], ["C09AA02", "C09AA05"]]);
    assert_eq!(by_codes(&["C09AA02", "C09AA"]), [""; 0]);
}

/// Three psychotropics, as-needed counted; lithium only where the organisation says so.
#[test]
fn oves_third_psychotropic() {
    assert_eq!(by_codes(&["N05BA04", "N05CF01"]), [""; 0]);
    assert_eq!(by_codes(&["N05BA04", "N05CF01", "N06AX11"]), ["M7", "M12"]);
    let lithium = [drug("N05BA04"), drug("N05CF01"), drug("N05AN01")];
    assert_eq!(raised(&lithium), [""; 0]);
    let counted = flags(
        &lithium,
        &FlagSettings {
            count_lithium: true,
            ..FlagSettings::default()
        },
    );
    assert_eq!(
        counted.iter().map(|flag| flag.rule).collect::<Vec<_>>(),
        [Rule::M12]
    );
}

#[test]
fn tramadol_beside_an_ssri_is_warned_of() {
    assert_eq!(by_codes(&["N02AX02", "N06AB04"]), ["M3", "M7", "M14"]);
    assert_eq!(by_codes(&["N02AJ13", "N06AB04"]), ["M3", "M7", "M14"]);
    assert_eq!(by_codes(&["N02AX02", "N06AX11"]), ["M3", "M7"]);
}

/// Socialstyrelsen 2010: only a known duration of regular use says anything.
#[test]
fn long_use_needs_a_known_duration() {
    let used = |code: &str, days: u32| Drug {
        days: Some(days),
        ..drug(code)
    };
    for (code, limit) in [
        ("M01AE02", 14),
        ("A06AB02", 7),
        ("H02AB06", 365),
        ("N03AX12", 365),
    ] {
        assert!(
            !raised(&[drug(code)]).contains(&"M8"),
            "{code} without duration"
        );
        assert!(
            !raised(&[used(code, limit)]).contains(&"M8"),
            "{code} at the limit"
        );
        assert!(
            raised(&[used(code, limit + 1)]).contains(&"M8"),
            "{code} above the limit"
        );
        let now_and_then = Drug {
            as_needed: true,
            ..used(code, 1000)
        };
        assert!(!raised(&[now_and_then]).contains(&"M8"), "{code} as needed");
    }
    assert!(
        !raised(&[used("A06AB02", 30), drug("N02AA01")]).contains(&"M8"),
        "a laxative beside morphine"
    );
    assert!(
        !raised(&[used("N05CF01", 400)]).contains(&"M8"),
        "whether a hypnotic was reviewed is not known"
    );
}

/// Socialstyrelsen 2010; Region Värmland 2016–17: only a known dose says anything.
#[test]
fn high_doses_need_a_known_dose() {
    let given = |code: &str, mg: f64| Drug {
        dose_mg_per_day: Some(mg),
        ..drug(code)
    };
    for ceiling in CEILINGS {
        assert!(!raised(&[drug(ceiling.atc)]).contains(&"M9"));
        assert!(
            !raised(&[given(ceiling.atc, ceiling.mg_per_day)]).contains(&"M9"),
            "{}",
            ceiling.atc
        );
        assert!(
            raised(&[given(ceiling.atc, ceiling.mg_per_day + 0.1)]).contains(&"M9"),
            "{}",
            ceiling.atc
        );
    }
    let regular = given(PARACETAMOL, 3000.0);
    let extra = Drug {
        as_needed: true,
        ..given(PARACETAMOL, 1500.0)
    };
    assert!(!raised(std::slice::from_ref(&regular)).contains(&"M9"));
    assert!(
        raised(&[regular.clone(), extra]).contains(&"M9"),
        "regular and as-needed together"
    );
    let cautious = FlagSettings {
        paracetamol_mg_per_day: 2999.0,
        ..FlagSettings::default()
    };
    assert!(
        flags(&[regular], &cautious)
            .iter()
            .any(|flag| flag.rule == Rule::M9)
    );
    for nonsense in [f64::NAN, f64::NEG_INFINITY, -5000.0] {
        assert!(!raised(&[given(PARACETAMOL, nonsense)]).contains(&"M9"));
    }
}

#[test]
fn every_flag_names_its_rule_and_source() {
    for (rule, number) in Rule::ALL.iter().zip(1_u8..) {
        assert_eq!(rule.number(), number);
        assert_eq!(rule.key(), format!("M{number}"));
        assert!(!rule.source().is_empty());
    }
    let flag = flags(&[drug("N05BA01")], &FlagSettings::default()).remove(0);
    assert_eq!(
        serde_json::to_value(&flag).unwrap(),
        serde_json::json!({ "rule": "M1", "drugs": ["N05BA01"], "source": "Socialstyrelsen 2017-6-7" })
    );
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_order_of_the_list_does_not_change_which_rules_speak(
        codes in proptest::collection::vec("[ACGMNR]0[1-6](A[ABX](0[1-9])?)?", 0..15),
        seed in any::<prop::sample::Index>(),
    ) {
        let list: Vec<Drug> = codes.iter().map(|code| drug(code)).collect();
        let mut turned = list.clone();
        if !turned.is_empty() {
            let middle = seed.index(turned.len());
            turned.rotate_left(middle);
            turned.reverse();
        }
        prop_assert_eq!(raised(&list), raised(&turned));
        prop_assert_eq!(drug_count(&list), drug_count(&turned));
    }
}
