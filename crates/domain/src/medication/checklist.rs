//! What to go through with the medicines on the table.

use crate::keyed::keyed;

keyed! {
    /// An item of the medication checklist of a home visit; its words are in the text resources.
    ///
    /// The list is the project's own.
    #[ts(rename = "MedicationChecklistItem")]
    pub enum ChecklistItem {
        /// Where the list comes from and its date.
        ListSource = "list_source",
        /// Each medicine: has it, takes it, how, why, since when.
        EachDrug = "each_drug",
        /// Missing or extra against the list.
        MissingOrExtra = "missing_or_extra",
        /// The same substance under another name.
        Duplicates = "duplicates",
        /// Bought over the counter, herbal, borrowed.
        OverTheCounter = "over_the_counter",
        /// Eye drops, inhalers, patches, creams, as-needed.
        OtherForms = "other_forms",
        /// Expiry, opening date, storage, old stock.
        ExpiryAndStorage = "expiry_and_storage",
        /// Pill organiser and machine-dispensed doses.
        Dispensing = "dispensing",
        /// Swallowing and crushing.
        Swallowing = "swallowing",
        /// Inhaler technique and strength of breath.
        InhalerTechnique = "inhaler_technique",
        /// Sight, hands, memory, reminders, dispensing robot.
        PracticalAbility = "practical_ability",
        /// Signs of side effects.
        SideEffects = "side_effects",
        /// Who is responsible for the medicines.
        Responsibility = "responsibility",
        /// Delegations. Source: patientsäkerhetslagen 6:3; SOSFS 1997:14.
        Delegation = "delegation",
        /// Gaps in the signing list.
        SigningList = "signing_list",
        /// Count of controlled medicines.
        ControlledDrugs = "controlled_drugs",
        /// Age of the kidney value.
        KidneyValue = "kidney_value",
        /// Date of the last medication review.
        ReviewDate = "review_date",
        /// Question to the doctor.
        QuestionToDoctor = "question_to_doctor",
        /// Whether a deviation should be reported.
        Deviation = "deviation",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_has_twenty_items_with_keys_of_their_own() {
        let keys: std::collections::BTreeSet<_> =
            ChecklistItem::ALL.iter().map(|item| item.key()).collect();
        assert_eq!((ChecklistItem::ALL.len(), keys.len()), (20, 20));
    }
}
