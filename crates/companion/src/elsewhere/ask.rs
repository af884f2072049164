//! The question itself: after a sync, so that the server knows of every consent and opening that this
//! tablet knows of.

use crate::{
    failure::{Outcome, Problem},
    sync::driver::violation,
    tablet::Companion,
};
use hemrond_domain::{ids::PersonId, record::DocumentId};
use hemrond_protocol::{
    AskElsewhere, Elsewhere, Epoch, Looked, SyncRequest, SyncResponse, VERSION, WireId, encoding,
    limits,
};

impl Companion {
    /// Comes to an end with the server, so that each knows of the other's acts.
    pub(super) async fn reach_server(&self) -> Outcome<()> {
        self.sync().await.map(|_| ()).map_err(told)
    }

    /// Asks the server what others have of a person, or for one document.
    pub(super) async fn ask(
        &self,
        person: PersonId,
        document: Option<DocumentId>,
    ) -> Outcome<Elsewhere> {
        let ask = AskElsewhere {
            person: WireId::from(person),
            document: document.map(WireId::from),
        };
        let response = self.question(|request| request.elsewhere = Some(ask));
        // An older server passes the question over; one that was just restored answers nothing yet.
        let answered = response.await?.elsewhere;
        answered.ok_or_else(|| Problem::new("elsewhere.unanswered"))
    }

    /// Asks the server who has looked at a person's data, on every tablet; none where it does not
    /// know the question or was just restored.
    pub(crate) async fn ask_looked(&self, person: PersonId) -> Outcome<Option<Looked>> {
        let person = WireId::from(person);
        let response = self.question(|request| request.looked = Some(person));
        Ok(response.await?.looked)
    }

    /// Puts a question to the server, after a sync.
    async fn question(&self, put: impl FnOnce(&mut SyncRequest)) -> Outcome<SyncResponse> {
        self.reach_server().await?;
        let access = self.state.lock().await.enrolled()?.access()?;
        let position = self.store.sync_position().await?;
        let mut request = SyncRequest {
            protocol: VERSION,
            epoch: position.epoch.map(Epoch),
            cursor: position.cursor,
            push: Vec::new(),
            wanted: Vec::new(),
            digest: None,
            page_bytes: limits::PAGE_BYTES,
            app: env!("CARGO_PKG_VERSION").to_owned(),
            run: Some(WireId(self.run)),
            log: None,
            packing: None,
            elsewhere: None,
            looked: None,
        };
        put(&mut request);
        let body = encoding::encode(&request).map_err(|error| violation(&error))?;
        let answer = self.transport.sync(&access, body).await;
        let answer = answer.map_err(|error| told(error.problem()))?;
        encoding::decode_response(&answer).map_err(|error| violation(&error))
    }
}

/// What waits is not what matters here: that nobody could be asked is.
fn told(problem: Problem) -> Problem {
    match problem.code.as_str() {
        "transport.unreachable" | "transport.timeout" => Problem::new("elsewhere.no_contact"),
        _ => problem,
    }
}
