//! The fallback: comparing digests of buckets, then of documents, then fetching what differs.

use crate::session::Violation;
use hemrond_domain::record::DocumentId;
use hemrond_protocol::{Bucket, DigestQuery, DocumentDigest, limits};
use std::collections::VecDeque;

/// How many buckets one question covers, so that a large caseload stays within the limits.
const BUCKETS_PER_QUERY: usize = 32;

/// Where a comparison stands.
#[derive(Debug)]
pub(crate) struct Fallback {
    stage: Stage,
    wanted: VecDeque<DocumentId>,
}

#[derive(Debug)]
enum Stage {
    Buckets,
    Documents { left: Vec<u8> },
    Fetch,
}

impl Fallback {
    pub(crate) fn new() -> Self {
        Self {
            stage: Stage::Buckets,
            wanted: VecDeque::new(),
        }
    }

    pub(crate) fn is_fetching(&self) -> bool {
        matches!(self.stage, Stage::Fetch)
    }

    pub(crate) fn asks_buckets(&self) -> bool {
        matches!(self.stage, Stage::Buckets)
    }

    /// The buckets that the next question is about.
    pub(crate) fn asks_documents(&self) -> Vec<u8> {
        match &self.stage {
            Stage::Documents { left } => left.iter().take(BUCKETS_PER_QUERY).copied().collect(),
            _ => Vec::new(),
        }
    }

    /// The question, or none once everything is compared.
    pub(crate) fn query(
        &self,
        buckets: Vec<Bucket>,
        documents: Vec<DocumentDigest>,
    ) -> Option<DigestQuery> {
        match self.stage {
            Stage::Buckets => Some(DigestQuery::Buckets(buckets)),
            Stage::Documents { .. } => {
                Some(DigestQuery::Documents(self.asks_documents(), documents))
            }
            Stage::Fetch => None,
        }
    }

    /// The server named the buckets that differ.
    pub(crate) fn buckets(&mut self, mut differing: Vec<u8>) -> Result<(), Violation> {
        if !self.asks_buckets() {
            return Err(Violation::Digest);
        }
        // There are 256 of them; a server that names one again makes no more of them.
        differing.sort_unstable();
        differing.dedup();
        self.stage = if differing.is_empty() {
            Stage::Fetch
        } else {
            Stage::Documents { left: differing }
        };
        Ok(())
    }

    /// The server told what it holds in the buckets asked about, which are these.
    pub(crate) fn documents(&mut self) -> Result<Vec<u8>, Violation> {
        let Stage::Documents { left } = &mut self.stage else {
            return Err(Violation::Digest);
        };
        let asked = left.drain(..left.len().min(BUCKETS_PER_QUERY)).collect();
        if left.is_empty() {
            self.stage = Stage::Fetch;
        }
        Ok(asked)
    }

    pub(crate) fn want(&mut self, document: DocumentId) {
        self.wanted.push_back(document);
    }

    /// The documents to fetch next.
    pub(crate) fn wanted(&self) -> impl Iterator<Item = DocumentId> {
        let limit = if self.is_fetching() {
            limits::MAX_WANTED
        } else {
            0
        };
        self.wanted.iter().take(limit).copied()
    }

    /// The first `count` wanted documents have come, or may not be had.
    pub(crate) fn fetched(&mut self, count: usize) {
        self.wanted.drain(..count.min(self.wanted.len()));
    }

    pub(crate) fn has_more(&self) -> bool {
        !self.wanted.is_empty()
    }
}
