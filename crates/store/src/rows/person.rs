//! People.

use crate::table::table;
use chrono::NaiveDate;
use hemrond_domain::{ids::PersonId, record::DocumentId};

table! {
    /// A person. Where `protected` is not `none`, address, phone and contacts must be absent; the
    /// store refuses the row otherwise.
    PersonRow in "people" {
        /// Who.
        person: PersonId,
        /// The person document.
        document: DocumentId,
        /// Given names.
        given_name: Option<String>,
        /// Family names.
        family_name: Option<String>,
        /// The name folded for search.
        folded: String,
        /// The identity number, in its one stored spelling.
        identity: Option<String>,
        /// Which kind of number.
        identity_kind: Option<String>,
        /// As it follows from the number.
        birth_date: Option<NaiveDate>,
        /// Street and number.
        street: Option<String>,
        /// Postcode.
        postcode: Option<String>,
        /// Town.
        city: Option<String>,
        /// Door code, key.
        entry: Option<String>,
        /// The person's own number.
        phone: Option<String>,
        /// `none`, or which protection.
        protected: String,
        /// What to look out for.
        look_out_for: Option<String>,
        /// The health centre.
        listed_at: Option<String>,
        /// Whether the municipality answers for the home health care.
        municipal_care: Option<bool>,
        /// The contacts, as the companion writes them.
        contacts_json: Option<String>,
    }
}

/// What search needs of a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonIndexRow {
    /// Who.
    pub person: PersonId,
    /// "Astrid Svensson"; empty where no name is known.
    pub name: String,
    /// The name folded for search.
    pub folded: String,
    /// The identity number.
    pub identity: Option<String>,
}
