//! Legal acts at the kitchen table: blocks that are set and lifted, relations that are declared,
//! emergencies.

use super::Kept;
use crate::chance::Chance;
use hemrond_companion::{
    Companion,
    api::{
        AccessState, Command, DeclareRelation, EmergencyOpen, EmergencyReason, EmergencyUnits,
        Failure, LiftBlock, OfPerson, SetBlock,
    },
};
use hemrond_domain::{
    ids::PersonId,
    law::{Bound, DangerLift, RelationReason, Voice},
};
use serde_json::Value;

/// Makes an act about this person, of those that the person at the tablet may make.
///
/// # Errors
/// When the tablet refuses, with what it tells the person.
pub(super) async fn act(
    companion: &Companion,
    person: PersonId,
    chance: &mut Chance,
    mark: &str,
) -> Result<Kept, Failure> {
    match chance.below(8) {
        0..2 => block(companion, person).await,
        2..6 => lift(companion, person).await,
        6 => open(companion, person, chance, mark).await,
        _ => relate(companion, person, mark).await,
    }
}

async fn block(companion: &Companion, person: PersonId) -> Result<Kept, Failure> {
    companion
        .call(Command::Block(SetBlock {
            person,
            bound: Bound::Inner,
            voice: Voice::Person,
        }))
        .await?;
    Ok(Kept::something())
}

async fn lift(companion: &Companion, person: PersonId) -> Result<Kept, Failure> {
    let state = companion
        .call(Command::AccessState(OfPerson { person }))
        .await?;
    let Some(state) = read::<AccessState>(state) else {
        return Ok(Kept::default());
    };
    let Some(block) = state.blocks.first() else {
        return Ok(Kept::default());
    };
    companion
        .call(Command::LiftBlock(LiftBlock {
            person,
            block: block.act,
            how: DangerLift::Consent,
        }))
        .await?;
    Ok(Kept::something())
}

async fn open(
    companion: &Companion,
    person: PersonId,
    chance: &mut Chance,
    mark: &str,
) -> Result<Kept, Failure> {
    let asked = companion
        .call(Command::EmergencyUnits(EmergencyReason {
            person,
            reason: mark.to_owned(),
        }))
        .await?;
    let Some(units) = read::<EmergencyUnits>(asked) else {
        return Ok(Kept::default());
    };
    let Some(unit) = chance.pick(&units.units) else {
        return Ok(Kept::default());
    };
    companion
        .call(Command::EmergencyOpen(EmergencyOpen {
            person,
            units: vec![unit.unit],
            reason: mark.to_owned(),
            hours: u32::try_from(chance.below(24)).unwrap_or(0) + 1,
        }))
        .await?;
    Ok(Kept::something())
}

async fn relate(companion: &Companion, person: PersonId, mark: &str) -> Result<Kept, Failure> {
    companion
        .call(Command::DeclareRelation(DeclareRelation {
            person,
            reason: RelationReason::Care,
            words: mark.to_owned(),
            days: 30,
        }))
        .await?;
    Ok(Kept::something())
}

fn read<T: serde::de::DeserializeOwned>(answer: Value) -> Option<T> {
    serde_json::from_value(answer).ok()
}
