//! Making an act: signed, on disk and in force on this tablet before anybody is told.

use crate::{
    failure::{Outcome, Problem},
    tablet::{Companion, State},
};
use ed25519_dalek::Signer as _;
use hemrond_documents::entry::{ActContent, ActSigner, SignedEntry};
use hemrond_domain::{
    ids::PersonId,
    law::{self, Act, ActId, Made, Maker},
    record::Header,
};
use hemrond_policy::Action;

/// An act that is signed and not yet on disk.
pub(crate) struct SignedAct {
    /// The act's name.
    pub(crate) id: ActId,
    /// The acts document.
    pub(crate) header: Header,
    /// The entry.
    pub(crate) bytes: Vec<u8>,
}

impl Companion {
    /// Makes an act about a person.
    pub(crate) async fn make(
        &self,
        state: &mut State,
        person: PersonId,
        act: Act,
    ) -> Outcome<ActId> {
        if self.store.person(person).await?.is_none() {
            return Err(Problem::new("person.unknown"));
        }
        let signed = self.sign_act(state, person, act)?;
        // Whatever becomes of the write, the next answer asks the disk.
        state.sight.forget();
        self.add_entry(state, &signed.header, signed.bytes).await?;
        self.look_around(state).await?;
        Ok(signed.id)
    }

    /// Signs an act about a person that the user may make.
    pub(crate) fn sign_act(&self, state: &State, person: PersonId, act: Act) -> Outcome<SignedAct> {
        let enrolment = state.enrolled()?;
        let user = enrolment.user.clone();
        let header = Header::acts(user.organisation, person);
        self.check(state, Action::Write, &header)?;
        let now = self.clock.now();
        let unwritable = |error| {
            tracing::error!(%error, "an act");
            Problem::new("document.unreadable")
        };
        let signer = ActSigner {
            author: user.id,
            author_name: user.name.clone(),
            device: enrolment.device,
            role: user.role,
            unit: user.unit,
            made_at: now,
        };
        let key = enrolment.signing_key()?;
        let content = ActContent::of(&header, &act, signer).map_err(unwritable)?;
        let signed = SignedEntry::sign_act(&content, |message| key.sign(message).to_bytes())
            .map_err(unwritable)?;
        let made = Made {
            id: ActId(signed.hash().0),
            act: Some(act),
            at: now,
            by: user.id,
            role: user.role,
            unit: user.unit,
        };
        let maker = Maker {
            user: user.id,
            role: user.role,
            organisation: user.organisation,
            unit: user.unit,
        };
        law::may_make(&made, &maker).map_err(|why| Problem::new(why.code()))?;
        let bytes = signed.encode().map_err(unwritable)?;
        Ok(SignedAct {
            id: made.id,
            header,
            bytes,
        })
    }
}
