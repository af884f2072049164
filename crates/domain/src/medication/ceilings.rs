//! Daily doses above which a second look is asked for (rule M9).

/// A daily dose of one substance.
pub(super) struct Ceiling {
    /// The substance, 7 characters.
    pub(super) atc: &'static str,
    /// The highest daily dose in milligrams that is not flagged.
    pub(super) mg_per_day: f64,
    /// Where the dose comes from.
    pub(super) source: &'static str,
}

const NATIONAL: &str = "Socialstyrelsen, indikatorer för god läkemedelsterapi hos äldre, 2010";
const REGIONAL: &str = "Region Värmland, läkemedelskort 2016–17; Läkemedelsboken";

/// The substance whose ceiling differs between public sources and is therefore a setting.
pub(super) const PARACETAMOL: &str = "N02BE01";

/// The source of the paracetamol setting.
pub(super) const PARACETAMOL_SOURCE: &str =
    "Socialstyrelsen 2010 (4 g); Region Värmland, läkemedelskort 2016–17 (3 g); enligt inställning";

/// The ceilings: acetylsalicylic acid, haloperidol, risperidone, oxazepam, zopiclone; citalopram, escitalopram,
/// sertraline, ibuprofen, naproxen.
pub(super) const CEILINGS: &[Ceiling] = &[
    Ceiling {
        atc: "B01AC06",
        mg_per_day: 75.0,
        source: NATIONAL,
    },
    Ceiling {
        atc: "N05AD01",
        mg_per_day: 2.0,
        source: NATIONAL,
    },
    Ceiling {
        atc: "N05AX08",
        mg_per_day: 1.5,
        source: NATIONAL,
    },
    Ceiling {
        atc: "N05BA04",
        mg_per_day: 30.0,
        source: NATIONAL,
    },
    Ceiling {
        atc: "N05CF01",
        mg_per_day: 7.5,
        source: NATIONAL,
    },
    Ceiling {
        atc: "N06AB04",
        mg_per_day: 20.0,
        source: REGIONAL,
    },
    Ceiling {
        atc: "N06AB10",
        mg_per_day: 10.0,
        source: REGIONAL,
    },
    Ceiling {
        atc: "N06AB06",
        mg_per_day: 100.0,
        source: REGIONAL,
    },
    Ceiling {
        atc: "M01AE01",
        mg_per_day: 600.0,
        source: REGIONAL,
    },
    Ceiling {
        atc: "M01AE02",
        mg_per_day: 500.0,
        source: REGIONAL,
    },
];
