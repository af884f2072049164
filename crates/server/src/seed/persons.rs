//! The invented persons.

use super::{
    cast, ids,
    pen::{Hand, Pens, instant},
};
use crate::authoring::AuthoringError;
use hemrond_documents::{Edit, Value};
use hemrond_domain::{ids::PersonId, record::Header};
use std::collections::BTreeMap;

/// An invented person.
pub(super) struct Person {
    pub(super) given: &'static str,
    pub(super) family: &'static str,
    /// Kind and number: public test numbers and published examples only.
    pub(super) identity: (&'static str, &'static str),
    pub(super) street: &'static str,
    pub(super) entry: &'static str,
    pub(super) phone: &'static str,
    pub(super) look_out_for: &'static str,
    /// Relation, name and number of relatives.
    pub(super) relatives: &'static [(&'static str, &'static str)],
    pub(super) protected: bool,
}

const PNR: &str = "personnummer";
const SAM: &str = "samordningsnummer";

/// Everybody, in the order of their numbers.
pub(super) const PERSONS: [Person; 15] = [
    Person {
        given: "Tolvar",
        family: "Nilsson",
        identity: (PNR, "191212121212"),
        street: "Granvägen 12",
        entry: "Kod 1912, två trappor, hiss finns",
        phone: "08-46500440",
        look_out_for: "Hör dåligt på vänster öra. Hunden Sixten är snäll.",
        relatives: &[("Dottern Birgitta Nilsson", "070-1740611")],
        protected: false,
    },
    Person {
        given: "Agda",
        family: "Lundgren",
        identity: (PNR, "189001019802"),
        street: "Kyrkogatan 3",
        entry: "Nyckel i nyckelskåp, kod hos hemtjänst",
        phone: "08-46500441",
        look_out_for: "Hal trapp vid frost.",
        relatives: &[("Sonsonen Erik Lundgren", "070-1740612")],
        protected: false,
    },
    Person {
        given: "Sigrid",
        family: "Öberg",
        identity: (PNR, "190001019801"),
        street: "Hamngatan 8 B",
        entry: "Ring på, hon öppnar själv men det tar tid",
        phone: "08-46500442",
        look_out_for: "Blir orolig när flera kommer samtidigt. Presentera dig.",
        relatives: &[("Systerdottern Karin Öberg", "031-3900601")],
        protected: false,
    },
    Person {
        given: "Gunvor",
        family: "Åkesson",
        identity: (PNR, "194408139089"),
        street: "Ekbacken 21",
        entry: "Kod 4408",
        phone: "070-1740613",
        look_out_for: "Lösa mattor i hallen. Maken sover middag efter tolv.",
        relatives: &[
            ("Maken Rune Åkesson", "070-1740614"),
            ("Sonen Peter Åkesson", "070-1740615"),
        ],
        protected: false,
    },
    Person {
        given: "Elsa",
        family: "Bergström",
        identity: (PNR, "190104132386"),
        street: "Storgatan 45",
        entry: "Port till höger om apoteket, kod 0413",
        phone: "08-46500443",
        look_out_for: "Katten får inte komma ut.",
        relatives: &[("Grannen Majken Sjö", "08-46500444")],
        protected: false,
    },
    Person {
        given: "Ingegerd",
        family: "Sandell",
        identity: (PNR, "193012299263"),
        street: "Björkstigen 7",
        entry: "Villa, ramp på baksidan",
        phone: "08-46500445",
        look_out_for: "Syrgas i sovrummet: ingen rökning, inga tända ljus.",
        relatives: &[("Dottern Lotta Sandell", "070-1740616")],
        protected: false,
    },
    Person {
        given: "Märta",
        family: "Falk",
        identity: (PNR, "194001079120"),
        street: "",
        entry: "",
        phone: "",
        look_out_for: "Skyddade uppgifter: adress och kontakt finns hos enhetschefen.",
        relatives: &[],
        protected: true,
    },
    Person {
        given: "Bertil",
        family: "Hägg",
        identity: (PNR, "193805028432"),
        street: "Sjövägen 2",
        entry: "Grusväg sista biten, parkera vid brevlådorna",
        phone: "070-1740617",
        look_out_for: "Rullator i dörröppningen. Vill ha besök efter klockan nio.",
        relatives: &[("Hustrun Ulla Hägg", "070-1740618")],
        protected: false,
    },
    Person {
        given: "Mirko",
        family: "Petrović",
        identity: (SAM, "191401682396"),
        street: "Parkgatan 19",
        entry: "Kod 6823, tre trappor utan hiss",
        phone: "070-1740619",
        look_out_for: "Talar serbiska, lite svenska. Tolk per telefon bokas dagen innan.",
        relatives: &[("Sonen Dragan Petrović", "070-1740620")],
        protected: false,
    },
    Person {
        given: "Jonas",
        family: "Ceder",
        identity: (SAM, "197010632391"),
        street: "Fabriksgatan 5",
        entry: "Porttelefon: Ceder",
        phone: "070-1740621",
        look_out_for: "Elrullstol laddas i hallen, gå inte över sladden.",
        relatives: &[("Brodern Mats Ceder", "031-3900602")],
        protected: false,
    },
    Person {
        given: "Amina",
        family: "Yusuf",
        identity: (SAM, "197010632383"),
        street: "Fabriksgatan 7",
        entry: "Kod 1063",
        phone: "070-1740622",
        look_out_for: "Vill helst ha kvinnlig personal.",
        relatives: &[("Dottern Hodan Yusuf", "070-1740623")],
        protected: false,
    },
    Person {
        given: "Lars",
        family: "Wiklund",
        identity: (PNR, "196408233234"),
        street: "Bruksvägen 14",
        entry: "Nyckel hos teamet, nr 14",
        phone: "070-1740624",
        look_out_for: "Sväljer dåligt: sitter upprätt vid allt i munnen.",
        relatives: &[("Sambon Eva-Lena Roos", "070-1740625")],
        protected: false,
    },
    Person {
        given: "Greta",
        family: "Okänd",
        identity: ("nrid", "00342145BZ31"),
        street: "Tallgården, lägenhet 11",
        entry: "Reception till klockan 16",
        phone: "08-46500446",
        look_out_for: "Identiteten utreds: födelsedatum saknas.",
        relatives: &[],
        protected: false,
    },
    Person {
        given: "Karin",
        family: "Strand",
        identity: ("vgr_reserve", "19450829K088"),
        street: "Strandpromenaden 30",
        entry: "Kod 2908",
        phone: "031-3900603",
        look_out_for: "Nyinflyttad: reservnummer tills flytten är klar.",
        relatives: &[("Systern Anita Strand", "031-3900604")],
        protected: false,
    },
    Person {
        given: "Nils",
        family: "Främling",
        identity: ("nrid", "22790814AA01"),
        street: "Vandrarhemmet, rum 4",
        entry: "Fråga i receptionen",
        phone: "",
        look_out_for: "Bor tillfälligt. Sårvård tre gånger i veckan.",
        relatives: &[],
        protected: false,
    },
];

pub(super) fn person_id(number: usize) -> PersonId {
    PersonId::from_bytes(ids::bytes("person", number as u64))
}

pub(super) fn header(number: usize) -> Header {
    Header::person(cast::organisation(), person_id(number))
}

/// Writes everybody's person document.
pub(super) fn write(pens: &mut Pens<'_>) -> Result<(), AuthoringError> {
    for (number, person) in PERSONS.iter().enumerate() {
        let edits = edits(pens, person);
        let at = pens.at(800, 8, 0);
        pens.write(Hand::Eva, &header(number), at, &edits)?;
        let decided = pens.at(790, 10, 0);
        pens.write(
            Hand::Lena,
            &header(number),
            decided,
            &[Edit::set("municipal_care", true)],
        )?;
    }
    Ok(())
}

fn edits(pens: &mut Pens<'_>, person: &Person) -> Vec<Edit> {
    let (kind, number) = person.identity;
    let mut edits = vec![
        Edit::set("given_name", person.given),
        Edit::set("family_name", person.family),
        Edit::set("identity", number),
        Edit::set("identity_kind", kind),
        Edit::set(
            "protected",
            if person.protected {
                "sekretessmarkering"
            } else {
                "none"
            },
        ),
        Edit::set("look_out_for", person.look_out_for),
        Edit::set("listed_at", "PALT Viken"),
    ];
    if !person.protected {
        edits.push(Edit::set("address.street", person.street));
        edits.push(Edit::set("address.postcode", "999 10"));
        edits.push(Edit::set("address.city", "Hemrond"));
        edits.push(Edit::set("address.entry", person.entry));
    }
    if !person.phone.is_empty() {
        edits.push(Edit::set("phone", person.phone));
    }
    for (relation, name, phone) in [
        ("fast_vardkontakt", "Eva Lind", "070-1740605"),
        ("fast_lakarkontakt", "Anna Berg", "070-1740607"),
        ("hemtjanst", "Hemtjänst Norr, gruppledaren", "08-46500421"),
        ("bistandshandlaggare", "Lena Holm", "08-46500431"),
    ] {
        edits.push(contact(pens, relation, name, phone, true));
    }
    for (name, phone) in person.relatives {
        edits.push(contact(pens, "relative", name, phone, false));
    }
    edits
}

fn contact(
    pens: &mut Pens<'_>,
    relation: &'static str,
    name: &'static str,
    phone: &'static str,
    direct: bool,
) -> Edit {
    let values = BTreeMap::from([
        ("relation".to_owned(), Value::from(relation)),
        ("name".to_owned(), Value::from(name)),
        ("phone".to_owned(), Value::from(phone)),
        ("direct".to_owned(), Value::from(direct)),
        (
            "added_by".to_owned(),
            Value::from(Hand::Eva.user().to_string()),
        ),
        (
            "added_at".to_owned(),
            Value::from(instant(pens.at(800, 8, 0))),
        ),
    ]);
    Edit::AddRow {
        collection: "contacts".to_owned(),
        row: pens.row(),
        values,
    }
}
