//! Signing a visit: what stands there becomes an entry that nothing changes any more.

use crate::{
    api::{OfVisit, VisitPage},
    cache::Open,
    change::Work,
    failure::{Outcome, Problem},
    projection::additions,
    tablet::{Companion, State},
};
use chrono::SecondsFormat;
use ed25519_dalek::Signer as _;
use hemrond_documents::{
    Edit,
    entry::{EntryContent, EntryHash, SignedEntry, Signer},
    views::VisitView,
};

impl Companion {
    pub(crate) async fn sign(&self, state: &mut State, args: &OfVisit) -> Outcome<VisitPage> {
        let open = self.open_visit(state, args.visit).await?;
        if let Some(obstacle) = obstacles(&open).into_iter().next() {
            let why = crate::texts::sentence(
                state.settings.language,
                obstacle,
                &std::collections::BTreeMap::new(),
            );
            return Err(Problem::new("sign.obstacle").with("why", why.unwrap_or_default()));
        }
        let header = open.document.header().clone();
        let now = self.clock.now();
        let view = VisitView::read(&open.document);
        // What is signed is done: the state belongs to the signed content, not after it.
        if view.state != Some("done") {
            let at = now.to_rfc3339_opts(SecondsFormat::Secs, true);
            let edits = vec![Edit::set("state", "done"), Edit::set("ended_at", at)];
            self.change(
                state,
                vec![Work {
                    header: header.clone(),
                    edits,
                }],
            )
            .await?;
        }
        let open = self.open_or_begin(state, &header).await?;
        let enrolment = state.enrolled()?;
        let signer = Signer {
            author: enrolment.user.id,
            author_name: enrolment.user.name.clone(),
            device: enrolment.device,
            signed_at: now,
        };
        let corrects = open.entries.last().map(|entry| EntryHash(entry.hash));
        let key = enrolment.signing_key()?;
        let bytes = EntryContent::of(&open.document, &open.document.heads(), signer, corrects)
            .and_then(|content| SignedEntry::sign(&content, |message| key.sign(message).to_bytes()))
            .and_then(|signed| signed.encode())
            .map_err(|error| {
                tracing::error!(%error, "signing");
                Problem::new("document.unreadable")
            })?;
        self.add_entry(state, &header, bytes).await?;
        self.visit(state, args).await
    }
}

/// Why a visit cannot be signed yet, as keys into the text files.
pub(super) fn obstacles(open: &Open) -> Vec<&'static str> {
    let mut obstacles = Vec::new();
    let document = &open.document;
    let view = VisitView::read(document);
    if document.is_newer() {
        obstacles.push("sign.obstacle.newer");
    }
    if !document.conflicts().is_empty() {
        obstacles.push("sign.obstacle.disagreement");
    }
    if view.state == Some("cancelled") {
        obstacles.push("sign.obstacle.cancelled");
    }
    if is_blank(&view) {
        obstacles.push("sign.obstacle.empty");
    }
    if let Some(last) = open.entries.last()
        && additions(document, &last.heads).is_empty()
    {
        obstacles.push("sign.obstacle.unchanged");
    }
    obstacles
}

/// Whether nobody has recorded anything about the person: planning alone is no record.
fn is_blank(view: &VisitView) -> bool {
    const PLANNING: [&str; 8] = [
        "kind",
        "reason",
        "called_by",
        "requested_at",
        "state",
        "started_at",
        "ended_at",
        "cancel_reason",
    ];
    view.note.trim().is_empty()
        && view.plan.trim().is_empty()
        && view.drugs.is_empty()
        && view
            .fields
            .values()
            .keys()
            .all(|key| PLANNING.contains(&key.as_str()))
}
