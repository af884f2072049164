//! The one place where edits become changes on disk.
//!
//! A change, its read models and its place in the outbox are committed together, before anybody is
//! told that it is kept. When the disk refuses, the loaded document is thrown away and a new actor
//! is drawn, so that what may or may not have reached the disk can never be contradicted.

use crate::{
    cache::{Filed, Open},
    failure::{Outcome, Problem},
    projection::{self, Facts},
    stored::{self, shown},
    tablet::{Companion, State},
};
use hemrond_documents::{Edit, EditError, RawChange, schema::Unfit};
use hemrond_domain::{
    ids::PersonId,
    record::{DocumentId, DocumentKind, Header},
};
use hemrond_policy::Action;
use hemrond_store::{Commit, DocumentCommit, ItemKind, NewItem, Origin, RawHeader, ReadModels};

/// How urgent an unsent change is: smaller goes first.
pub(crate) fn urgency(kind: DocumentKind) -> u8 {
    match kind {
        // What a doctor waits for goes first, then what endangers a person, then planning.
        // A block must hide before anything else is told.
        DocumentKind::Visit | DocumentKind::Acts => 0,
        DocumentKind::Observations | DocumentKind::Told => 1,
        DocumentKind::Round => 2,
        DocumentKind::Person => 3,
        DocumentKind::Directory => 4,
    }
}

/// Edits to one document.
pub(crate) struct Work {
    pub(crate) header: Header,
    pub(crate) edits: Vec<Edit>,
}

/// Signed entries for one document.
pub(crate) struct Filing {
    pub(crate) header: Header,
    pub(crate) entries: Vec<Vec<u8>>,
}

impl Companion {
    /// Makes edits in one or several documents: all of them are on disk afterwards, or none.
    pub(crate) async fn change(&self, state: &mut State, work: Vec<Work>) -> Outcome<()> {
        self.change_and_file(state, work, None).await
    }

    /// Makes edits and adds signed entries: all of it is on disk afterwards, or nothing.
    pub(crate) async fn change_and_file(
        &self,
        state: &mut State,
        work: Vec<Work>,
        filing: Option<Filing>,
    ) -> Outcome<()> {
        let now = self.clock.now();
        let mut commits = Vec::new();
        let mut opened = Vec::new();
        let people: Vec<PersonId> = work
            .iter()
            .map(|one| &one.header)
            .chain(filing.iter().map(|filing| &filing.header))
            .filter_map(Header::person_id)
            .collect();
        self.ask_relations(state, &people).await?;
        for Work { header, edits } in work {
            self.check(state, Action::Write, &header)?;
            let mut open = self.open_or_begin(state, &header).await?;
            let changes = open
                .document
                .edit(now, &edits)
                .map_err(|error| edit_problem(&error))?;
            if changes.is_empty() {
                continue;
            }
            // An app of an earlier version must have the migrations to read what builds on them.
            let migrations = open.document.migrations();
            let migrations = migrations.map(|(change, actor)| (change.clone(), actor));
            let own = changes
                .into_iter()
                .map(|change| (change, *state.actor.as_bytes()));
            let items = migrations
                .chain(own)
                .map(|(change, actor)| local_change(&header, change, actor))
                .collect();
            commits.push(self.document_commit(state, &open, items));
            opened.push((header.id(), open));
        }
        if let Some(filing) = filing {
            let (commit, open) = self.filed(state, &filing).await?;
            commits.push(commit);
            opened.push((filing.header.id(), open));
        }
        self.commit_local(state, commits, opened).await
    }

    /// Adds a signed entry to a document.
    pub(crate) async fn add_entry(
        &self,
        state: &mut State,
        header: &Header,
        bytes: Vec<u8>,
    ) -> Outcome<()> {
        let filing = Filing {
            header: header.clone(),
            entries: vec![bytes],
        };
        self.change_and_file(state, Vec::new(), Some(filing)).await
    }

    /// What the store is to hold of a document with new entries.
    async fn filed(&self, state: &mut State, filing: &Filing) -> Outcome<(DocumentCommit, Open)> {
        let header = &filing.header;
        self.check(state, Action::Write, header)?;
        let mut open = self.open_or_begin(state, header).await?;
        let mut items = Vec::new();
        for bytes in &filing.entries {
            let entry = Filed::read(bytes).map_err(|_| Problem::new("document.unreadable"))?;
            items.push(NewItem {
                hash: entry.hash(),
                kind: ItemKind::Entry,
                bytes: bytes.clone(),
                actor: None,
                origin: Origin::Local {
                    urgency: urgency(header.kind()),
                },
            });
            open.add_entry(entry);
        }
        Ok((self.document_commit(state, &open, items), open))
    }

    async fn commit_local(
        &self,
        state: &mut State,
        commits: Vec<DocumentCommit>,
        opened: Vec<(DocumentId, Open)>,
    ) -> Outcome<()> {
        if commits.is_empty() {
            return Ok(());
        }
        // The next start draws another actor, and must still know whose hand this one was.
        let author = state.author()?;
        let commit = Commit {
            documents: commits,
            actors: vec![author],
            now: self.clock.now(),
        };
        state
            .authors
            .insert(author.actor, (author.user, author.device));
        // Whoever waits for this may go away at any await. What stands in memory then must not be
        // older than the disk: the next edit would take a sequence number that is taken.
        for (id, _) in &opened {
            state.cache.forget(*id);
        }
        if let Err(error) = self.store.commit(commit).await {
            // Whether any of it reached the disk is not known: nothing in memory may rest on it.
            self.change_actor(state);
            return Err(error.into());
        }
        state.sight.forget_relations();
        let changed: Vec<DocumentId> = opened.iter().map(|(id, _)| *id).collect();
        let people = opened
            .iter()
            .any(|(_, open)| open.document.header().kind() == DocumentKind::Person);
        for (id, open) in opened {
            state.cache.put(id, open);
        }
        if people {
            state.people.forget();
        }
        self.announce(changed, false);
        self.wake.notify_one();
        Ok(())
    }

    /// What the store is to hold of a document after new items.
    pub(crate) fn document_commit(
        &self,
        state: &State,
        open: &Open,
        new_items: Vec<NewItem>,
    ) -> DocumentCommit {
        DocumentCommit {
            header: RawHeader::from(open.document.header()),
            new_items,
            read_models: Some(read_models(state, open)),
            shown: shown(open),
        }
    }

    /// The document, or a new one where nothing of it is here yet.
    pub(crate) async fn open_or_begin(&self, state: &mut State, header: &Header) -> Outcome<Open> {
        match self.try_open(state, header).await? {
            Some(open) => Ok(open),
            None => Open::begun(header, state.actor, state.knows),
        }
    }

    /// The document, where something of it is here.
    pub(crate) async fn try_open(
        &self,
        state: &mut State,
        header: &Header,
    ) -> Outcome<Option<Open>> {
        let id = header.id();
        if let Some(open) = state.cache.get(id) {
            return Ok(Some(open.clone()));
        }
        let Some(stored) = self.store.load(id).await? else {
            return Ok(None);
        };
        let open = stored::open(state.actor, state.knows, header, &stored)?;
        state.cache.put(id, open.clone());
        Ok(Some(open))
    }

    /// The document with this id, where something of it is here, this version knows its kind, and
    /// no block hides it from the user.
    pub(crate) async fn open_by_id(
        &self,
        state: &mut State,
        id: DocumentId,
    ) -> Outcome<Option<Open>> {
        let open = self.open_unasked(state, id).await?;
        match open {
            Some(open) if self.hides(state, open.document.header())? => Ok(None),
            open => Ok(open),
        }
    }

    /// The same whatever hides it: for what no person is shown.
    pub(crate) async fn open_unasked(
        &self,
        state: &mut State,
        id: DocumentId,
    ) -> Outcome<Option<Open>> {
        if let Some(open) = state.cache.get(id) {
            return Ok(Some(open.clone()));
        }
        let Some(stored) = self.store.load(id).await? else {
            return Ok(None);
        };
        let Ok(header) = stored.header.header() else {
            return Ok(None);
        };
        let open = stored::open(state.actor, state.knows, &header, &stored)?;
        state.cache.put(id, open.clone());
        Ok(Some(open))
    }
}

/// What lists show of a document.
pub(crate) fn read_models(state: &State, open: &Open) -> ReadModels {
    let facts = Facts {
        user_of: &|actor| state.user_of(actor),
    };
    projection::read_models(open, &facts)
}

fn local_change(header: &Header, change: RawChange, actor: [u8; 16]) -> NewItem {
    NewItem {
        hash: change.hash,
        kind: ItemKind::Change,
        bytes: change.bytes,
        actor: Some(actor),
        origin: Origin::Local {
            urgency: urgency(header.kind()),
        },
    }
}

/// Why a value does not fit, as the end of the text's key that says it in words.
const fn unfit_name(unfit: Unfit) -> &'static str {
    match unfit {
        Unfit::Type => "type",
        Unfit::Range => "range",
        Unfit::Choice => "choice",
        Unfit::Form => "form",
        Unfit::Length => "length",
        Unfit::Characters => "characters",
    }
}

/// Puts a refused edit into a problem that names the field.
pub(crate) fn edit_problem(error: &EditError) -> Problem {
    match error {
        EditError::InConflict { field } => Problem::new("edit.in_conflict").with("field", field),
        EditError::NewerSchema { .. } => Problem::new("document.newer_schema"),
        EditError::Unfit { field, reason } => Problem::new("edit.refused")
            .with("field", field)
            .with("reason", reason.to_string())
            .with("why", unfit_name(*reason)),
        other => Problem::new("edit.refused")
            .with("field", other.field().unwrap_or("–"))
            .with("reason", other.to_string()),
    }
}
