//! From a visit's answers to what the instruments take in. Nothing is defaulted here: what is not
//! answered stays missing, and the instrument says so.

use hemrond_documents::views::{CfsFields, Drug, VisitView};
use hemrond_domain::{
    instruments::cfs::{Effort, SelfRatedHealth, TreeInput},
    medication::{self, Atc},
};
use serde::de::{DeserializeOwned, IntoDeserializer, value::StrDeserializer};

/// Reads a schema choice as the instrument's own type; both carry the same stable names.
fn choice<T: DeserializeOwned>(name: Option<&str>) -> Option<T> {
    let deserializer: StrDeserializer<'_, serde::de::value::Error> = name?.into_deserializer();
    T::deserialize(deserializer).ok()
}

pub(crate) fn tree_input(fields: &CfsFields) -> TreeInput {
    let number = |value: Option<i64>| value.and_then(|value| i32::try_from(value).ok());
    TreeInput {
        terminal: fields.terminal,
        badl: number(fields.badl),
        iadl: number(fields.iadl),
        chronic: number(fields.chronic),
        srh: choice::<SelfRatedHealth>(fields.srh),
        effort: choice::<Effort>(fields.effort),
        active: fields.active,
    }
}

/// The drugs that are in use, of those with a readable code.
fn in_use(view: &VisitView) -> impl Iterator<Item = (&Drug, Atc)> {
    view.drugs
        .iter()
        .filter(|drug| drug.retraction.is_none())
        .filter_map(|drug| Some((drug, Atc::parse(drug.atc.as_deref()?).ok()?)))
}

pub(crate) fn atc_codes(view: &VisitView) -> Vec<Atc> {
    in_use(view).map(|(_, atc)| atc).collect()
}

pub(crate) fn medication_drugs(view: &VisitView) -> Vec<medication::Drug> {
    in_use(view)
        .map(|(drug, atc)| medication::Drug {
            atc,
            as_needed: drug.as_needed.unwrap_or_default(),
            days: None,
            dose_mg_per_day: None,
        })
        .collect()
}
