//! What earlier visits found, person by person.

/// What one earlier visit found.
pub(super) struct Found {
    pub(super) days_ago: u64,
    pub(super) cfs: i64,
    pub(super) weight: f64,
}

const fn found(days_ago: u64, cfs: i64, weight: f64) -> Found {
    Found {
        days_ago,
        cfs,
        weight,
    }
}

/// Somebody's earlier visits, oldest first, with the drugs of the last.
pub(super) struct Story {
    pub(super) person: usize,
    pub(super) found: &'static [Found],
    /// Whether the person has fallen, and what else bears on it.
    pub(super) falls: &'static [&'static str],
    pub(super) gait: &'static str,
    pub(super) confused: bool,
    /// Items of the medication checklist that need something done, with what.
    pub(super) actions: &'static [(&'static str, &'static str)],
    pub(super) drugs: &'static [Drug],
    pub(super) note: &'static str,
    /// The nurse's question to the doctor and the answer.
    pub(super) question: Option<(&'static str, &'static str)>,
}

/// Name, ATC code, dose, whether as needed.
pub(super) type Drug = (&'static str, &'static str, &'static str, bool);

pub(super) const STORIES: &[Story] = &[
    Story {
        person: 0,
        found: &[
            found(700, 3, 78.5),
            found(520, 3, 77.0),
            found(340, 4, 75.5),
            found(190, 5, 73.0),
            found(75, 5, 72.5),
            found(14, 6, 70.0),
        ],
        falls: &[
            "previous_falls",
            "diuretics",
            "antihypertensives",
            "hearing",
        ],
        gait: "safe_with_aid",
        confused: false,
        actions: &[
            ("duplicates", "Två preparat med furosemid hemma"),
            ("kidney", "Nytt kreatinin"),
        ],
        drugs: &[
            ("Furosemid 40 mg", "C03CA01", "1 tablett på morgonen", false),
            (
                "Metoprolol 50 mg",
                "C07AB02",
                "1 tablett på morgonen",
                false,
            ),
            (
                "Paracetamol 500 mg",
                "N02BE01",
                "2 tabletter vid behov, högst 3 gånger",
                true,
            ),
            (
                "Apixaban 2,5 mg",
                "B01AF02",
                "1 tablett morgon och kväll",
                false,
            ),
        ],
        note: "Tröttare senaste veckorna, äter mindre. Svullna ben på kvällen.",
        question: Some((
            "Ska furosemid minskas nu när vikten går ner?",
            "Ja, halvera dosen och väg två gånger i veckan. Jag ringer på fredag.",
        )),
    },
    Story {
        person: 1,
        found: &[
            found(610, 5, 54.0),
            found(365, 6, 52.0),
            found(150, 6, 50.5),
            found(40, 7, 48.0),
        ],
        falls: &["previous_falls", "vision", "limbs"],
        gait: "unsafe",
        confused: true,
        actions: &[("swallowing", "Har svårt med stora tabletter")],
        drugs: &[
            (
                "Donepezil 10 mg",
                "N06DA02",
                "1 tablett till kvällen",
                false,
            ),
            ("Kalcium/vitamin D", "A12AX", "1 tablett på morgonen", false),
        ],
        note: "Behöver hjälp med all personlig vård. Trygg när hon känner igen den som kommer.",
        question: None,
    },
    Story {
        person: 2,
        found: &[found(400, 6, 61.0), found(200, 6, 60.0), found(28, 6, 60.5)],
        falls: &["sedatives", "antidepressants"],
        gait: "safe_with_aid",
        confused: true,
        actions: &[("controlled", "Oxazepam: saknas tre tabletter i lådan")],
        drugs: &[
            (
                "Oxazepam 5 mg",
                "N05BA04",
                "1 tablett vid behov, högst 2",
                true,
            ),
            (
                "Mirtazapin 15 mg",
                "N06AX11",
                "1 tablett till natten",
                false,
            ),
        ],
        note: "Oro på eftermiddagarna. Bättre efter promenad med hemtjänst.",
        question: Some((
            "Kan oxazepam sättas ut?",
            "Trappa till varannan dag i två veckor, sedan slut. Följ sömnen.",
        )),
    },
    Story {
        person: 3,
        found: &[
            found(720, 2, 68.0),
            found(540, 3, 68.5),
            found(360, 3, 67.0),
            found(180, 4, 66.0),
            found(60, 4, 66.5),
        ],
        falls: &["antihypertensives"],
        gait: "normal",
        confused: false,
        actions: &[],
        drugs: &[
            ("Losartan 50 mg", "C09CA01", "1 tablett på morgonen", false),
            (
                "Levotyroxin 75 mikrogram",
                "H03AA01",
                "1 tablett på fastande mage",
                false,
            ),
        ],
        note: "Tar hand om maken, som blivit sämre. Sover lite.",
        question: None,
    },
    Story {
        person: 4,
        found: &[found(300, 7, 47.0), found(110, 7, 46.0), found(21, 8, 44.0)],
        falls: &["limbs"],
        gait: "unable",
        confused: false,
        actions: &[("review", "Flera förebyggande läkemedel kan avslutas")],
        drugs: &[
            ("Morfin 5 mg", "N02AA01", "1 tablett vid behov", true),
            ("Makrogol", "A06AD65", "1 dospåse på morgonen", false),
        ],
        note: "Ligger mest. Huden hel. Dottern till grannen läser för henne.",
        question: None,
    },
    Story {
        person: 5,
        found: &[
            found(690, 4, 82.0),
            found(500, 5, 80.0),
            found(310, 5, 77.5),
            found(120, 6, 74.0),
            found(12, 6, 73.0),
        ],
        falls: &["previous_falls", "diuretics"],
        gait: "safe_with_aid",
        confused: false,
        actions: &[
            ("inhalation", "Tekniken behöver övas"),
            ("storage", "Kylvaror i rumstemperatur"),
        ],
        drugs: &[
            ("Tiotropium", "R03BB04", "1 inhalation på morgonen", false),
            ("Furosemid 40 mg", "C03CA01", "1 tablett på morgonen", false),
            (
                "Prednisolon 5 mg",
                "H02AB06",
                "1 tablett på morgonen",
                false,
            ),
        ],
        note: "Andfådd vid minsta ansträngning. Saturation 91 % med syrgas 1,5 l.",
        question: None,
    },
    Story {
        person: 6,
        found: &[found(220, 5, 70.0), found(90, 5, 69.5)],
        falls: &[],
        gait: "normal",
        confused: false,
        actions: &[],
        drugs: &[(
            "Metformin 500 mg",
            "A10BA02",
            "1 tablett morgon och kväll",
            false,
        )],
        note: "Insulin diskuterat, avvaktar.",
        question: None,
    },
    Story {
        person: 7,
        found: &[found(450, 4, 90.0), found(240, 5, 88.5), found(45, 5, 88.0)],
        falls: &["previous_falls", "antiparkinson"],
        gait: "unsafe",
        confused: false,
        actions: &[("dosett", "Dosetten var fylld för fel vecka")],
        drugs: &[
            (
                "Levodopa/benserazid 100/25 mg",
                "N04BA02",
                "1 kapsel fyra gånger om dagen",
                false,
            ),
            (
                "Tamsulosin 0,4 mg",
                "G04CA02",
                "1 kapsel efter frukost",
                false,
            ),
        ],
        note: "Två fall sedan sist, båda på väg till toaletten på natten.",
        question: Some((
            "Faller på natten. Kan tamsulosin bidra?",
            "Möjligt. Mät blodtryck liggande och stående och hör av dig.",
        )),
    },
    Story {
        person: 8,
        found: &[found(260, 6, 58.0), found(33, 6, 57.0)],
        falls: &["vision", "diuretics"],
        gait: "safe_with_aid",
        confused: false,
        actions: &[("side_effects", "Yr efter morgondosen")],
        drugs: &[("Enalapril 10 mg", "C09AA02", "1 tablett på morgonen", false)],
        note: "Samtal med tolk. Vill bo kvar hemma.",
        question: None,
    },
    Story {
        person: 9,
        found: &[found(130, 7, 81.0)],
        falls: &["limbs"],
        gait: "unable",
        confused: false,
        actions: &[],
        drugs: &[(
            "Baklofen 10 mg",
            "M03BX01",
            "1 tablett tre gånger om dagen",
            false,
        )],
        note: "MS. Under 65 år: skörhetsskattningen är inte prövad för åldern.",
        question: None,
    },
    Story {
        person: 13,
        found: &[found(20, 4, 64.0)],
        falls: &["antihypertensives"],
        gait: "normal",
        confused: false,
        actions: &[("list_source", "Läkemedelslista saknas från tidigare region")],
        drugs: &[("Amlodipin 5 mg", "C08CA01", "1 tablett på morgonen", false)],
        note: "Första besöket efter flytten.",
        question: None,
    },
];
