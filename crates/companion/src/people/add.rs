//! Adding a person.

use crate::{
    api::{AddPerson, Added},
    change::Work,
    failure::{Outcome, Problem},
    projection::protection_name,
    tablet::{Companion, State},
};
use hemrond_documents::{Edit, Value};
use hemrond_domain::{
    identity::{Identity, IdentityKind},
    ids::PersonId,
    phone::Phone,
    record::Header,
};

impl Companion {
    pub(crate) async fn add_person(&self, state: &mut State, args: &AddPerson) -> Outcome<Added> {
        let organisation = state.enrolled()?.user.organisation;
        let given = args.given_name.trim();
        let family = args.family_name.trim();
        if given.is_empty() || family.is_empty() {
            return Err(Problem::new("person.name"));
        }
        let identity = match args.identity.as_deref().map(str::trim) {
            None | Some("") => None,
            Some(typed) => Some(
                Identity::parse(typed, self.clock.today())
                    .map_err(|error| Problem::new(error.code()))?,
            ),
        };
        let phone = match args.phone.as_deref().map(str::trim) {
            None | Some("") => None,
            Some(typed) => Some(Phone::parse(typed).map_err(|error| Problem::new(error.code()))?),
        };
        if !args.despite_duplicates {
            let name = format!("{given} {family}");
            let duplicates = self.duplicates(state, identity.as_ref(), &name).await?;
            if !duplicates.is_empty() {
                return Err(Problem::new("person.duplicate"));
            }
        }
        let mut edits = vec![
            Edit::set("given_name", given),
            Edit::set("family_name", family),
            Edit::set("protected", protection_name(args.protected)),
        ];
        if let Some(identity) = &identity {
            edits.push(Edit::set("identity", identity.canonical.as_str()));
            edits.push(Edit::set("identity_kind", kind_name(identity.kind)));
        }
        let mut optional = |field: &str, value: Option<&str>| {
            if let Some(value) = value.map(str::trim).filter(|value| !value.is_empty()) {
                edits.push(Edit::set(field, Value::from(value)));
            }
        };
        optional("address.street", args.street.as_deref());
        optional("address.postcode", args.postcode.as_deref());
        optional("address.city", args.city.as_deref());
        optional("address.entry", args.entry.as_deref());
        optional("phone", phone.as_ref().map(Phone::as_str));
        let person = PersonId::from_bytes(self.randomness.id());
        let header = Header::person(organisation, person);
        self.change(state, vec![Work { header, edits }]).await?;
        Ok(Added { person })
    }
}

const fn kind_name(kind: IdentityKind) -> &'static str {
    match kind {
        IdentityKind::Personnummer => "personnummer",
        IdentityKind::Samordningsnummer => "samordningsnummer",
        IdentityKind::Nrid => "nrid",
        IdentityKind::VgrReserve => "vgr_reserve",
    }
}
