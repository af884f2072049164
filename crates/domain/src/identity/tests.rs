//! Identity numbers as they are read in a kitchen, from a letter, or from another system.
//!
//! Only numbers from Skatteverket's public test list and from the published examples of the reserve numbers stand here;
//! every other number is made when the test runs.
#![allow(clippy::unwrap_used, clippy::panic)]

use chrono::NaiveDate;
use proptest::prelude::*;

use super::*;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn autumn() -> NaiveDate {
    day("2025-11-03")
}

fn parsed(value: &str) -> Identity {
    Identity::parse(value, autumn()).unwrap_or_else(|error| panic!("{value}: {error}"))
}

fn refused(value: &str) -> IdentityError {
    match Identity::parse(value, autumn()) {
        Ok(identity) => panic!("{value} was accepted as {identity:?}"),
        Err(error) => error,
    }
}

/// Skatteverket's public test numbers.
#[test]
fn every_public_test_number_is_accepted_and_kept() {
    for number in [
        "191212121212",
        "189001019802",
        "190001019801",
        "194408139089",
        "199006022397",
        "199107172380",
        "199610202385",
        "190104132386",
        "200001052380",
        "193012299263",
        "194001079120",
        "193805028432",
        "196408233234",
    ] {
        assert_eq!(
            parsed(number),
            Identity {
                kind: IdentityKind::Personnummer,
                canonical: number.to_owned()
            }
        );
    }
    for number in ["197010632391", "197010632383", "191401682396"] {
        assert_eq!(
            parsed(number),
            Identity {
                kind: IdentityKind::Samordningsnummer,
                canonical: number.to_owned()
            }
        );
    }
}

#[test]
fn anna_writes_the_number_in_every_usual_way() {
    for written in [
        "19121212-1212",
        "191212121212",
        "121212+1212",
        " 1912 1212 1212 ",
        "19121212\u{2013}1212",
        "19121212+1212",
    ] {
        let tolvan = parsed(written);
        assert_eq!(tolvan.canonical, "191212121212", "{written}");
        assert_eq!(tolvan.display(), "19121212-1212");
    }
}

#[test]
fn ten_digits_belong_to_the_last_hundred_years() {
    assert_eq!(parsed("000229-2399").canonical, "200002292399");
    assert_eq!(parsed("440813-9089").canonical, "194408139089");
    assert_eq!(parsed("900101+9802").canonical, "189001019802");
    // In 2011 the twelfth of December 1912 was less than a hundred years away; in 2012 it turned a plus sign.
    assert_eq!(
        Identity::parse("121212-1212", day("2011-05-01"))
            .unwrap()
            .canonical,
        "191212121212"
    );
    assert_eq!(
        Identity::parse("121212+1212", day("2012-05-01"))
            .unwrap()
            .canonical,
        "191212121212"
    );
    assert_eq!(
        Identity::parse("121212-1212", day("2012-05-01")),
        Err(IdentityError::Future)
    );
}

#[test]
fn a_date_in_the_future_is_refused() {
    assert_eq!(
        Identity::parse("200001052380", day("2000-01-04")),
        Err(IdentityError::Future)
    );
    assert!(Identity::parse("200001052380", day("2000-01-05")).is_ok());
    assert_eq!(
        Identity::parse("22790814AA01", day("1979-08-13")),
        Err(IdentityError::Future)
    );
    assert_eq!(
        Identity::parse("19930829X802", day("1993-08-28")),
        Err(IdentityError::Future)
    );
}

/// Published counter-examples; a plus sign for someone born in this century; the number of another region.
#[test]
fn what_is_wrong_is_said() {
    assert_eq!(refused(""), IdentityError::Empty);
    assert_eq!(refused(" \t\u{a0}"), IdentityError::Empty);
    assert_eq!(refused("191212121213"), IdentityError::Luhn);
    assert_eq!(refused("196408833224"), IdentityError::Luhn);
    assert_eq!(refused("191302290000"), IdentityError::Date);
    assert_eq!(refused("197010922391"), IdentityError::Date);
    assert_eq!(refused("19701060"), IdentityError::Length);
    assert_eq!(refused("197010602391"), IdentityError::Date);
    assert_eq!(refused("1912-12121212"), IdentityError::Separator);
    assert_eq!(refused("191212-12-1212"), IdentityError::Separator);
    assert_eq!(refused("20000105+2380"), IdentityError::Separator);
    assert_eq!(refused("991981000010"), IdentityError::Century);
    assert_eq!(refused("19121212_1212"), IdentityError::Characters);
    assert_eq!(refused("١٩١٢١٢١٢١٢١٢"), IdentityError::Characters);
    assert_eq!(refused("gran"), IdentityError::Length);
}

#[test]
fn age_turns_on_the_birthday() {
    let tolvan = parsed("191212121212");
    assert_eq!(tolvan.birth_date(), Some(day("1912-12-12")));
    assert_eq!(tolvan.age_on(day("1977-12-11")), Some(64));
    assert_eq!(tolvan.age_on(day("1977-12-12")), Some(65));
    assert_eq!(tolvan.age_on(day("1912-12-11")), None);
}

/// Skatteverket: the third serial digit is odd for men and even for women.
#[test]
fn sex_follows_the_serial() {
    assert_eq!(parsed("701063-2391").sex(), Some(Sex::Male));
    assert_eq!(parsed("197010632383").sex(), Some(Sex::Female));
    assert_eq!(parsed("701063-2391").birth_date(), Some(day("1970-10-03")));
    assert_eq!(parsed("22790814AA01").sex(), Some(Sex::Female));
    assert_eq!(parsed("22950606FH12").sex(), Some(Sex::Male));
    assert_eq!(parsed("25780404KHD5").sex(), None);
    assert_eq!(parsed("19810829M071").sex(), Some(Sex::Male));
    assert_eq!(parsed("19450829K088").sex(), Some(Sex::Female));
    assert_eq!(parsed("19930829X802").sex(), None);
}

/// The examples of the national reserve number specification.
#[test]
fn national_reserve_numbers() {
    for (number, born) in [
        ("22790814AA01", Some("1979-08-14")),
        ("22950606FH12", Some("1995-06-06")),
        ("22950606FH20", Some("1995-06-06")),
        ("25780404KHD5", Some("1978-04-04")),
        ("00342145BZ31", None),
        ("00749852BZK0", None),
    ] {
        let identity = parsed(number);
        assert_eq!(identity.kind, IdentityKind::Nrid);
        assert_eq!(identity.birth_date(), born.map(day), "{number}");
        assert_eq!(identity.display(), number);
    }
    assert_eq!(parsed("22790814aa01").canonical, "22790814AA01");
    for (number, error) in [
        ("19790914AA05", IdentityError::Century),
        ("00790914AA06", IdentityError::Date),
        ("00792039AA05", IdentityError::Date),
        ("00792060AA04", IdentityError::Date),
        ("22790231AA06", IdentityError::Date),
        ("22790814AA02", IdentityError::Luhn),
        ("22790814IA01", IdentityError::Characters),
        ("22790814-AA01", IdentityError::Separator),
    ] {
        assert_eq!(refused(number), error, "{number}");
    }
}

/// The series of the national reserve number: 22, 25, … 97 are 19xx; 23, 26, … 98 are 20xx; the rest is not issued.
#[test]
fn the_series_of_the_national_reserve_number() {
    for series in 0..=99_u32 {
        let characters = format!("{series:02}010101");
        let expected = match series {
            22.. if series % 3 == 1 => Ok(Some(day("1901-01-01"))),
            23.. if series % 3 == 2 => Ok(Some(day("2001-01-01"))),
            0 => Err(IdentityError::Date),
            _ => Err(IdentityError::Century),
        };
        assert_eq!(nrid::date(characters.as_bytes()), expected, "{series}");
    }
}

/// Inera v1.2: the corrected examples hold, the older variants with another check digit do not.
#[test]
fn reserve_numbers_of_vastra_gotaland() {
    for number in ["19810829M071", "19450829K088", "19930829X802"] {
        assert_eq!(
            parsed(number),
            Identity {
                kind: IdentityKind::VgrReserve,
                canonical: number.to_owned()
            }
        );
        let last: u32 = number.get(11..).unwrap().parse().unwrap();
        for other in (0..10).filter(|digit| *digit != last) {
            assert_eq!(
                refused(&format!("{}{other}", number.get(..11).unwrap())),
                IdentityError::Luhn
            );
        }
    }
    assert_eq!(refused("19810829K071"), IdentityError::ReserveSerial);
    assert_eq!(refused("19810829M051"), IdentityError::ReserveSerial);
    assert_eq!(refused("19810829X071"), IdentityError::ReserveSerial);
    assert_eq!(refused("19810829A071"), IdentityError::Characters);
    assert_eq!(refused("19811329M071"), IdentityError::Date);
}

#[test]
fn each_kind_has_its_own_register() {
    let mut oids: Vec<_> = IdentityKind::ALL.iter().map(|kind| kind.oid()).collect();
    oids.sort_unstable();
    oids.dedup();
    assert_eq!(oids.len(), IdentityKind::ALL.len());
    let json = serde_json::to_value(parsed("19930829X802")).unwrap();
    assert_eq!(
        json,
        serde_json::json!({ "kind": "vgr_reserve", "canonical": "19930829X802" })
    );
}

/// A hand-made value of the type must not bring anything down.
#[test]
fn a_malformed_stored_identity_answers_with_nothing() {
    for kind in IdentityKind::ALL {
        for canonical in ["", "å", "1912", "99999999ÅÄ99"] {
            let identity = Identity {
                kind: *kind,
                canonical: canonical.to_owned(),
            };
            assert_eq!(identity.birth_date(), None);
            assert_eq!(identity.age_on(autumn()), None);
            let _ = (identity.sex(), identity.display());
        }
    }
}

prop_compose! {
    fn valid_number()(days in 0..55_000_i64, serial in 1..1000_u32, coordination: bool) -> String {
        let date = day("1875-01-01") + chrono::Duration::days(days);
        let day_part = date.format("%d").to_string().parse::<u32>().unwrap() + if coordination { 60 } else { 0 };
        let payload = format!("{}{day_part:02}{serial:03}", date.format("%Y%m"));
        let digits: Vec<u32> = payload.chars().skip(2).map(|c| c.to_digit(10).unwrap()).collect();
        format!("{payload}{}", luhn::check_digit(&digits))
    }
}

proptest! {
    // Failures are not written to a file: a made-up number must not end up in the repository.
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_text_brings_it_down(value in "\\PC*", reserve in "[0-9 +-]{6,9}[0-9A-ZÅÄÖ-]{2,6}") {
        let _ = Identity::parse(&value, autumn());
        if let Ok(identity) = Identity::parse(&reserve, autumn()) {
            prop_assert_eq!(Identity::parse(&identity.canonical, autumn()), Ok(identity));
        }
    }

    #[test]
    fn the_canonical_form_reads_as_itself(number in valid_number()) {
        let identity = Identity::parse(&number, autumn()).unwrap();
        prop_assert_eq!(&identity.canonical, &number);
        prop_assert_eq!(Identity::parse(&identity.display(), autumn()), Ok(identity));
    }

    #[test]
    fn the_short_form_with_its_separator_names_the_same_person(number in valid_number()) {
        let identity = Identity::parse(&number, autumn()).unwrap();
        let turns = 2025 - number.get(..4).unwrap().parse::<i32>().unwrap();
        let separator = if turns >= 100 { '+' } else { '-' };
        let short = format!("{}{separator}{}", number.get(2..8).unwrap(), number.get(8..).unwrap());
        prop_assert_eq!(Identity::parse(&short, autumn()), Ok(identity));
    }

    #[test]
    fn one_wrong_digit_is_always_caught(number in valid_number(), place in 2..12_usize, shift in 1..10_u8) {
        let mut bytes = number.into_bytes();
        bytes[place] = b'0' + (bytes[place] - b'0' + shift) % 10;
        let changed = String::from_utf8(bytes).unwrap();
        prop_assert!(Identity::parse(&changed, autumn()).is_err());
    }

    #[test]
    fn every_day_of_reading_is_survived(number in valid_number(), year in -200_000..200_000_i32) {
        let on = NaiveDate::from_ymd_opt(year, 1, 1).unwrap();
        let _ = Identity::parse(&number, on);
        let _ = Identity::parse(number.get(2..).unwrap(), on);
    }
}
