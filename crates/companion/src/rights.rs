//! What a change of role or unit takes from the tablet.

use crate::{
    failure::Outcome,
    tablet::{Companion, State},
};
use hemrond_domain::record::DocumentId;
use hemrond_policy::{Action, Resource};
use hemrond_store::SyncCommit;

/// The role and unit for which the tablet was last looked through.
const META: &str = "looked_through_for";

impl Companion {
    /// Lets go of what the user may no longer read and the server does not hold: of what it holds it
    /// says so itself; what it never took, or has forgotten, only the tablet can name. Unsent and
    /// refused work stays, out of sight, until it is settled.
    pub(crate) async fn let_go_after_change_of_role(&self, state: &mut State) -> Outcome<()> {
        let Some(enrolment) = &state.enrolment else {
            return Ok(());
        };
        let user = &enrolment.user;
        let now = format!("{} {}", user.role.as_str(), user.unit);
        if self.store.meta_get(META).await?.as_deref() == Some(now.as_str()) {
            return Ok(());
        }
        let principal = enrolment.principal();
        let mut gone: Vec<DocumentId> = Vec::new();
        for (id, raw) in self.store.documents_only_here().await? {
            // Of a kind that a newer version knows, the server decides alone.
            let Ok(header) = raw.header() else { continue };
            // As far as role and unit go: a block hides, and does not take away what is only here.
            let what = Resource::from(&header);
            if !self.policy.may(&principal, Action::Read, &what).allowed {
                gone.push(id);
            }
        }
        if !gone.is_empty() {
            state.people.forget();
            state.sight.forget_relations();
            self.change_actor(state);
            let mut commit = SyncCommit::new(self.clock.now());
            commit.gone.clone_from(&gone);
            self.store.apply_sync(commit).await?;
        }
        self.store.meta_set(META, &now).await?;
        self.announce(gone, true);
        Ok(())
    }
}
