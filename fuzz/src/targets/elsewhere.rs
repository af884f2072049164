//! What other organisations have of a person, as a tablet shows the server's answer.

use super::reader::item;
use crate::{parts, sample};
use hemrond_companion::{
    api::{Language, OfElsewhere},
    foreign::opened_elsewhere,
};
use hemrond_domain::{
    ids::{OrganisationId, PersonId},
    record::DocumentId,
};
use hemrond_protocol::{
    Delivery, Elsewhere, FoundElsewhere, GiverElsewhere, Item, OpenedElsewhere, WireHeader,
};

/// The first byte names a document of another organisation, and each piece is an item of it; or what
/// follows it is the whole answer.
pub(super) fn elsewhere(bytes: &[u8]) {
    let Some((first, rest)) = bytes.split_first() else {
        return;
    };
    let opened = match sample::headers().get(usize::from(*first)) {
        Some(header) => {
            let items = parts(rest).take(8).filter_map(item).map(|raw| Item {
                kind: raw.kind,
                bytes: raw.bytes,
                author: None,
            });
            OpenedElsewhere {
                what: FoundElsewhere {
                    document: header.id().into(),
                    kind: header.kind().to_string(),
                    giver: GiverElsewhere {
                        organisation: header.organisation().into(),
                        name: "Region Norr".to_owned(),
                    },
                    unit: None,
                    last_ms: sample::minute(40).timestamp_millis(),
                    readable: true,
                },
                delivery: Delivery {
                    header: WireHeader::from(header),
                    items: items.collect(),
                },
                basis: "consent".to_owned(),
            }
        }
        None => {
            let answer = minicbor::decode::<Elsewhere>(rest).ok();
            let Some(opened) = answer.and_then(|answer| answer.opened) else {
                return;
            };
            opened
        }
    };
    let asked = OfElsewhere {
        person: PersonId::from_bytes([40; 16]),
        document: DocumentId::from(opened.what.document),
    };
    let own = OrganisationId::from_bytes([9; 16]);
    for language in [Language::Sv, Language::En] {
        if let Ok(shown) = opened_elsewhere(&asked, own, &opened, language) {
            assert_eq!(shown.what.document, asked.document);
            assert!(serde_json::to_vec(&shown).is_ok());
        }
    }
    // Another document than the one that was asked for is not shown, nor one of one's own.
    let other = OfElsewhere {
        document: DocumentId::from_bytes([99; 16]),
        ..asked.clone()
    };
    assert!(opened_elsewhere(&other, own, &opened, Language::Sv).is_err());
    let giver = OrganisationId::from(opened.what.giver.organisation);
    assert!(opened_elsewhere(&asked, giver, &opened, Language::Sv).is_err());
}
