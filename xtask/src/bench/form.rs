//! The form documents that every side is given: the same fields, in the same order.

use serde_json::{Value, json};

/// One answer: a field of the visit's form, and its value.
pub(super) type Set = (&'static str, Value);

/// How many answers a whole form has.
pub(super) const WHOLE: usize = 40;

/// Words of which comments are made, so that no two forms say quite the same.
const WORDS: [&str; 24] = [
    "går",
    "med",
    "rollator",
    "inomhus",
    "trött",
    "efter",
    "frukost",
    "sover",
    "bättre",
    "yr",
    "när",
    "hon",
    "reser",
    "sig",
    "äter",
    "halva",
    "portionen",
    "dottern",
    "hjälper",
    "till",
    "med",
    "dosetten",
    "ont",
    "höften",
];

/// The answers of a visit's form, as a nurse gives them one by one.
pub(super) fn answers(number: usize) -> Vec<Set> {
    let mut draw = Draw(number as u64 + 1);
    let mut sets: Vec<Set> = vec![
        ("kind", json!(["planned", "unplanned"][draw.of(2)])),
        ("reason", draw.sentence(4)),
        ("cfs.level", json!(3 + draw.of(5))),
        (
            "cfs.basis",
            json!(["observation", "interview", "proxy"][draw.of(3)]),
        ),
        (
            "cfs.assessed_on",
            json!(format!("2026-11-{:02}", 1 + draw.of(28))),
        ),
        ("cfs.badl", json!(draw.of(6))),
        ("cfs.iadl", json!(draw.of(7))),
        ("cfs.chronic", json!(draw.of(12))),
        ("cfs.srh", json!(["good", "fair", "poor"][draw.of(3)])),
        (
            "cfs.effort",
            json!(["rarely", "sometimes", "all"][draw.of(3)]),
        ),
        ("cfs.active", json!(draw.of(2) == 0)),
        ("cfs.terminal", json!(false)),
        ("cfs.comment", draw.sentence(14)),
        (
            "falls.cognition",
            json!(["oriented", "confused"][draw.of(2)]),
        ),
        (
            "falls.gait",
            json!(["normal", "safe_with_aid", "unsafe"][draw.of(3)]),
        ),
    ];
    for field in [
        "falls.previous_falls",
        "falls.sedatives",
        "falls.diuretics",
        "falls.antihypertensives",
        "falls.antiparkinson",
        "falls.antidepressants",
        "falls.vision",
        "falls.hearing",
        "falls.limbs",
    ] {
        sets.push((field, json!(draw.of(3) == 0)));
    }
    sets.push(("falls.comment", draw.sentence(10)));
    for field in [
        "med.list_source",
        "med.use",
        "med.discrepancies",
        "med.duplicates",
        "med.otc",
        "med.storage",
        "med.dosett",
        "med.swallowing",
        "med.ability",
        "med.side_effects",
        "med.kidney",
        "med.review",
    ] {
        sets.push((field, json!(["ok", "action"][draw.of(2)])));
    }
    sets.push(("med.comment", draw.sentence(12)));
    sets.push(("weight_kg", json!(45.0 + draw.of(400) as f64 / 10.0)));
    sets.push((
        "next_visit_on",
        json!(format!("2026-12-{:02}", 1 + draw.of(28))),
    ));
    sets
}

/// One more answer, given later.
pub(super) fn afterthought(number: usize) -> Vec<Set> {
    let mut draw = Draw(number as u64 + 1_000_003);
    vec![("cfs.comment", draw.sentence(6))]
}

/// Numbers that look drawn and are the same in every run (splitmix64).
struct Draw(u64);

impl Draw {
    fn of(&mut self, many: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed ^ (mixed >> 31)) % many as u64) as usize
    }

    fn sentence(&mut self, words: usize) -> Value {
        let chosen: Vec<&str> = (0..words).map(|_| WORDS[self.of(WORDS.len())]).collect();
        chosen.join(" ").into()
    }
}

#[cfg(test)]
mod tests {
    use super::{WHOLE, answers};
    use std::collections::BTreeSet;

    #[test]
    fn a_form_has_forty_answers_to_forty_questions_and_is_always_the_same() {
        let form = answers(7);
        assert_eq!(form.len(), WHOLE);
        let fields: BTreeSet<_> = form.iter().map(|(field, _)| field).collect();
        assert_eq!(fields.len(), WHOLE, "each field once");
        assert_eq!(answers(7), form);
        assert_ne!(answers(8), form);
    }
}
