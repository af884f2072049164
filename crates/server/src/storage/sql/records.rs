//! Documents and the feed: each call is one transaction.

use super::{
    BINDS, StorageError, Tables, convert, digests, lock_head, numbers, outgoing, page, published,
    refused, take_in,
};
use crate::storage::{
    Asker, Digested, Kept, Page, PageQuery, Publication, PushedDocument, Records, RefusedItem,
    TakenIn,
};
use async_trait::async_trait;
use hemrond_domain::{
    ids::{DeviceId, OrganisationId, PersonId},
    record::DocumentId,
};
use hemrond_protocol::{ItemHash, WireHeader};
use std::collections::BTreeMap;

#[async_trait]
impl Records for Tables {
    async fn take_in(
        &self,
        asker: &Asker,
        documents: Vec<PushedDocument>,
        now: i64,
    ) -> Result<TakenIn, StorageError> {
        let mut transaction = self.writing().await?;
        let before = lock_head(&mut transaction).await?;
        let (taken, head) =
            take_in::take_in(&mut transaction, asker, &documents, before, now).await?;
        transaction.commit().await?;
        self.moved_to(head);
        Ok(taken)
    }

    async fn page(&self, asker: &Asker, query: &PageQuery) -> Result<Page, StorageError> {
        let mut transaction = self.reading().await?;
        page::check_access(&mut transaction, asker).await?;
        page::page(&mut transaction, asker, query).await
    }

    async fn digests(&self, asker: &Asker) -> Result<(Vec<Digested>, u64), StorageError> {
        let mut transaction = self.reading().await?;
        page::check_access(&mut transaction, asker).await?;
        let head = page::head(&mut transaction).await?;
        Ok((digests::readable(&mut transaction, asker).await?, head))
    }

    async fn hashes(
        &self,
        documents: &[DocumentId],
    ) -> Result<BTreeMap<DocumentId, Vec<ItemHash>>, StorageError> {
        let mut connection = self.read.acquire().await?;
        digests::hashes(&mut connection, documents).await
    }

    async fn withheld(
        &self,
        asker: &Asker,
        documents: &[DocumentId],
    ) -> Result<Vec<DocumentId>, StorageError> {
        let mut connection = self.read.acquire().await?;
        digests::withheld(&mut connection, asker, documents).await
    }

    async fn document(&self, id: DocumentId) -> Result<Option<Kept>, StorageError> {
        let mut transaction = self.reading().await?;
        outgoing::document(&mut transaction, id).await
    }

    async fn headers(
        &self,
        documents: &[DocumentId],
    ) -> Result<BTreeMap<DocumentId, WireHeader>, StorageError> {
        let mut connection = self.read.acquire().await?;
        let mut found = BTreeMap::new();
        for some in documents.chunks(BINDS) {
            found.extend(outgoing::headers(&mut connection, some).await?);
        }
        Ok(found)
    }

    async fn changes(
        &self,
        documents: &[DocumentId],
    ) -> Result<BTreeMap<DocumentId, Vec<Vec<u8>>>, StorageError> {
        let mut connection = self.read.acquire().await?;
        digests::changes(&mut connection, documents).await
    }

    async fn people_numbered(
        &self,
        number: &str,
        besides: OrganisationId,
        most: u32,
    ) -> Result<Vec<(OrganisationId, PersonId)>, StorageError> {
        let mut connection = self.read.acquire().await?;
        numbers::people(&mut connection, number, besides, most).await
    }

    async fn unlisted_people(
        &self,
        after: Option<DocumentId>,
        most: u32,
    ) -> Result<Vec<DocumentId>, StorageError> {
        let mut connection = self.read.acquire().await?;
        numbers::unlisted(&mut connection, after, most).await
    }

    async fn list_numbers(&self, said: &[(String, DocumentId)]) -> Result<(), StorageError> {
        let mut transaction = self.writing().await?;
        // A purge waits meanwhile, or is through.
        lock_head(&mut transaction).await?;
        let said = numbers::still_there(&mut transaction, said).await?;
        numbers::keep(&mut transaction, &said).await?;
        Ok(transaction.commit().await?)
    }

    async fn refused(&self, device: DeviceId) -> Result<Vec<RefusedItem>, StorageError> {
        let mut connection = self.read.acquire().await?;
        refused::of(&mut connection, device).await
    }

    async fn published(
        &self,
        after: u64,
        most: usize,
    ) -> Result<(Vec<Publication>, u64), StorageError> {
        let mut transaction = self.reading().await?;
        let head = page::head(&mut transaction).await?;
        let published = published::published(&mut transaction, after, most).await?;
        Ok((published, head))
    }

    async fn news(&self, asker: &Asker, after: u64) -> Result<(bool, u64), StorageError> {
        let mut transaction = self.reading().await?;
        page::check_access(&mut transaction, asker).await?;
        let head = page::head(&mut transaction).await?;
        let concerned = page::concerns(&mut transaction, asker, convert::number(after)).await?;
        Ok((concerned, head))
    }
}
