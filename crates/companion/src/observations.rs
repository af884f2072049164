//! Home-help observations: logging one, and showing them.

use crate::{
    api::{
        Degree, Kept, Observation, Observe, ObservedThing, RetractObservation, Tile, Whereabouts,
    },
    change::Work,
    failure::{Outcome, Problem},
    heads,
    tablet::{Companion, State},
    telling::{Together, instant},
};
use chrono::{SecondsFormat, SubsecRound as _};
use hemrond_documents::{Edit, Value};
use hemrond_domain::{
    ids::{PersonId, RowId},
    record::{DocumentId, DocumentKind, Header},
};
use hemrond_policy::Action;
use hemrond_store::ObservationRow;
use serde::{Serialize, de::DeserializeOwned};
use std::collections::{BTreeMap, HashMap};

/// How many tiles of the latest observations a page shows.
const MOST: u32 = 60;

impl Companion {
    /// Whether the user reads what home help saw: as it was logged, or as it was told.
    pub(crate) fn may_read_observed(&self, state: &State) -> Outcome<bool> {
        Ok(
            self.may_kind(state, Action::Read, DocumentKind::Observations)?
                || self.may_kind(state, Action::Read, DocumentKind::Told)?,
        )
    }

    pub(crate) async fn observe(&self, state: &mut State, args: &Observe) -> Outcome<Observation> {
        if args.tiles.is_empty() {
            return Err(Problem::new("observation.empty"));
        }
        if self.store.person(args.person).await?.is_none() {
            return Err(Problem::new("person.unknown"));
        }
        let user = state.enrolled()?.user.clone();
        // As it is written, so that the answer says what every later reading says.
        let now = self.clock.now().trunc_subsecs(3);
        let words = args
            .words
            .as_deref()
            .map(str::trim)
            .filter(|words| !words.is_empty());
        let act = RowId::from_bytes(self.randomness.id());
        let header = Header::observations(user.organisation, args.person, self.clock.today());
        let document = header.id();
        let mut edits = Vec::new();
        let mut rows = Vec::new();
        for (place, tile) in args.tiles.iter().enumerate() {
            // The act bears the first row's name, so that each act is found by one of its rows.
            let row = if place == 0 {
                act
            } else {
                RowId::from_bytes(self.randomness.id())
            };
            let mut values: BTreeMap<String, Value> = BTreeMap::new();
            values.insert("act".to_owned(), act.to_string().into());
            values.insert("at".to_owned(), instant(now).into());
            values.insert("by".to_owned(), user.id.to_string().into());
            values.insert("unit".to_owned(), user.unit.to_string().into());
            values.insert("what".to_owned(), name(&tile.what)?.into());
            values.insert("degree".to_owned(), name(&tile.degree)?.into());
            let words = words.filter(|_| place == 0);
            if let Some(words) = words {
                values.insert("words".to_owned(), words.into());
            }
            rows.push(ObservationRow {
                document,
                row,
                act,
                person: args.person,
                what: name(&tile.what)?,
                degree: name(&tile.degree)?,
                words: words.map(str::to_owned),
                by_user: Some(user.id),
                at: now,
                retracted: false,
                source: None,
                source_row: None,
                told_to: None,
                told_at: None,
                told_by: None,
                basis: None,
            });
            edits.push(Edit::AddRow {
                collection: "entries".to_owned(),
                row,
                values,
            });
        }
        self.keep_observation(state, Work { header, edits }, &rows)
            .await?;
        self.ask_relations(state, &[args.person]).await?;
        let told = self
            .told_views(state, args.person, MOST)
            .await?
            .remove(&act);
        Ok(Observation {
            row: act,
            person: args.person,
            tiles: args.tiles.clone(),
            words: words.map(str::to_owned),
            by: state.colleague(Some(user.id)),
            at: now,
            retracted: false,
            whereabouts: self.whereabouts(state, document, &[]).await?,
            source: None,
            told: told.unwrap_or_default(),
        })
    }

    /// Keeps an observation, with what is told of it where it may be told.
    async fn keep_observation(
        &self,
        state: &mut State,
        observed: Work,
        rows: &[ObservationRow],
    ) -> Outcome<()> {
        let mut along = match self.told_along(state, rows).await {
            Ok(along) => along,
            Err(problem) => {
                tracing::error!(%problem, "an observation is not told");
                Together::default()
            }
        };
        // What a newer version of the app has told in cannot be written in here. What was seen is kept
        // all the same, and the page says that it was not told.
        let mut work = Vec::new();
        let mut unwritable = false;
        for told in along.work.drain(..) {
            unwritable |= !self.can_write(state, &told.header).await;
            work.push(told);
        }
        if unwritable {
            return self.change(state, vec![observed]).await;
        }
        work.insert(0, observed);
        let filing = along.filing();
        self.change_and_file(state, work, filing).await
    }

    /// Whether a document, or a new one in its place, is as this version writes it.
    async fn can_write(&self, state: &mut State, header: &Header) -> bool {
        let open = self.open_or_begin(state, header).await;
        open.is_ok_and(|open| !open.document.is_newer())
    }

    /// Takes an observation back: every tile of the act, by the one who logged it.
    pub(crate) async fn retract_observation(
        &self,
        state: &mut State,
        args: &RetractObservation,
    ) -> Outcome<Kept> {
        let me = state.enrolled()?.user.id;
        let rows = self.store.observations_of(args.person, MOST).await?;
        let mine: Vec<&ObservationRow> = rows
            .iter()
            .filter(|row| row.act == args.row && row.by_user == Some(me) && !row.retracted)
            .collect();
        let Some(document) = mine.first().map(|row| row.document) else {
            return Err(Problem::new("observation.not_mine"));
        };
        let now = self.clock.now().to_rfc3339_opts(SecondsFormat::Secs, true);
        let retracted = |row: &ObservationRow| {
            [
                Edit::set_row("entries", row.row, "retracted_at", now.as_str()),
                Edit::set_row("entries", row.row, "retracted_by", me.to_string()),
            ]
        };
        let mut by_document: BTreeMap<DocumentId, Vec<Edit>> = BTreeMap::new();
        for row in mine {
            let edits = by_document.entry(row.document).or_default();
            edits.extend(retracted(row));
        }
        // Whoever was told is told that it was a mistake.
        let mut told = self.store.told_of(args.person, u32::MAX).await?;
        told.retain(|row| row.act == args.row && !row.retracted);
        for row in &told {
            let edits = by_document.entry(row.document).or_default();
            edits.extend(retracted(row));
        }
        let mut work = Vec::new();
        for (document, edits) in by_document {
            let header = self.known(state, document).await?.document.header().clone();
            work.push(Work { header, edits });
        }
        self.change(state, work).await?;
        Ok(Kept {
            whereabouts: self.whereabouts(state, document, &[]).await?,
        })
    }

    /// The latest observations about a person that the user may read, newest first.
    pub(crate) async fn observations(
        &self,
        state: &mut State,
        person: PersonId,
    ) -> Outcome<Vec<Observation>> {
        let rows = self.observed(state, person, MOST).await?;
        let mut documents: Vec<DocumentId> = rows.iter().map(|row| row.document).collect();
        documents.sort_unstable();
        documents.dedup();
        let whereabouts = self.whereabouts_of(state, &documents, &[]).await?;
        let mut observations = group(state, &rows, &whereabouts);
        let mut told = self.told_views(state, person, u32::MAX).await?;
        for observation in &mut observations {
            observation.told = told.remove(&observation.row).unwrap_or_default();
        }
        Ok(observations)
    }

    /// Remembers that the user has opened the page on which a person's observations stand: they
    /// wait for this user no longer.
    pub(crate) async fn look_at_observations(
        &self,
        state: &mut State,
        person: PersonId,
    ) -> Outcome<()> {
        let me = state.enrolled()?.user.id;
        let rows = self.observed(state, person, MOST).await?;
        let mut documents: Vec<DocumentId> = rows.iter().map(|row| row.document).collect();
        documents.sort_unstable();
        documents.dedup();
        for document in documents {
            if let Some(open) = self.open_by_id(state, document).await? {
                let heads = heads::write(&open.document.heads());
                self.remember_opened(document, me, &heads).await;
            }
        }
        Ok(())
    }
}

/// Puts the tiles of one act together again.
pub(crate) fn group(
    state: &State,
    rows: &[ObservationRow],
    whereabouts: &HashMap<DocumentId, Whereabouts>,
) -> Vec<Observation> {
    let mut acts: Vec<Observation> = Vec::new();
    for row in rows {
        let (Some(what), Some(degree)) = (read(&row.what), read(&row.degree)) else {
            continue;
        };
        let tile = Tile { what, degree };
        if let Some(known) = acts.iter_mut().find(|act| act.row == row.act) {
            known.tiles.push(tile);
            known.words = known.words.take().or_else(|| row.words.clone());
            known.retracted &= row.retracted;
            continue;
        }
        acts.push(Observation {
            row: row.act,
            person: row.person,
            tiles: vec![tile],
            words: row.words.clone(),
            by: state.colleague(row.by_user),
            at: row.at,
            retracted: row.retracted,
            whereabouts: whereabouts
                .get(&row.document)
                .cloned()
                .unwrap_or(Whereabouts::Unchanged),
            source: row.source,
            told: Vec::new(),
        });
    }
    acts
}

/// The stable name that documents keep, which is also the name on the wire.
pub(crate) fn name<T: Serialize>(value: &T) -> Outcome<String> {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(name)) => Ok(name),
        _ => Err(Problem::new("observation.empty")),
    }
}

/// What such a name stands for.
pub(crate) fn read<T: DeserializeOwned>(name: &str) -> Option<T> {
    serde_json::from_value(serde_json::Value::String(name.to_owned())).ok()
}

/// What and degree that this version knows, for the inbox.
pub(crate) fn is_worse(row: &ObservationRow) -> bool {
    !row.retracted
        && matches!(
            read::<Degree>(&row.degree),
            Some(Degree::Worse | Degree::MuchWorse)
        )
        && read::<ObservedThing>(&row.what).is_some()
}
