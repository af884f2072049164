//! Epoch, head and backup.

use super::{Call, Moment, Process, Snapshot, state::State};
use crate::storage::{Life, OnStep, StorageError, Upkeep};
use async_trait::async_trait;
use hemrond_protocol::Epoch;
use std::path::Path;
use tokio::sync::watch;

#[async_trait]
impl Upkeep for Process {
    async fn life(&self) -> Result<Life, StorageError> {
        Ok(self
            .read(Call::Life, |state| Life {
                epoch: state.epoch,
                recovering: state.recovering,
                head: state.head,
            })
            .await)
    }

    async fn begin_recovery(&self, epoch: Epoch) -> Result<(), StorageError> {
        self.write(Call::BeginRecovery, |state| {
            state.epoch = epoch;
            state.recovering = true;
            Ok(())
        })
        .await
    }

    async fn end_recovery(&self) -> Result<(), StorageError> {
        self.write(Call::EndRecovery, |state| {
            state.recovering = false;
            Ok(())
        })
        .await
    }

    async fn nonce_secret(&self, drawn: [u8; 32]) -> Result<[u8; 32], StorageError> {
        let kept = self.read(Call::NonceSecret, State::nonce_secret).await;
        if let Some(secret) = kept {
            return Ok(secret);
        }
        self.write(Call::NonceSecret, |state| {
            // Of two processes that draw at once, the first one's stays.
            let secret = state.nonce_secret().unwrap_or(drawn);
            state.nonce_secret = Some((state.epoch, secret));
            Ok(secret)
        })
        .await
    }

    fn head(&self) -> watch::Receiver<u64> {
        self.head.subscribe()
    }

    async fn refresh_head(&self) -> Result<(), StorageError> {
        let head = self.read(Call::RefreshHead, |state| state.head).await;
        self.moved_to(head);
        Ok(())
    }

    /// Keeps a backup under this name, in memory: [`Memory::backup_named`](super::Memory) gives it.
    async fn backup(&self, to: &Path, _: OnStep) -> Result<(), StorageError> {
        self.pass(Call::Backup, Moment::Begin).await;
        {
            let mut inner = self.shared.lock();
            if inner.backups.contains_key(to) {
                return Err(StorageError::Backup(format!(
                    "{} exists already; choose a new name, so that no earlier backup is lost",
                    to.display()
                )));
            }
            let snapshot = Snapshot(std::sync::Arc::clone(&inner.state));
            inner.backups.insert(to.to_owned(), snapshot);
        }
        self.pass(Call::Backup, Moment::Committed).await;
        Ok(())
    }

    async fn close(&self) {}
}
