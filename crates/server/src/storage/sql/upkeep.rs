//! Epoch, head and backup.

use super::{StorageError, Tables, convert};
use crate::storage::{Life, OnStep, Upkeep};
use async_trait::async_trait;
use hemrond_protocol::Epoch;
use std::path::Path;
use tokio::sync::watch;

#[async_trait]
impl Upkeep for Tables {
    async fn life(&self) -> Result<Life, StorageError> {
        let (epoch, recovering, last): (Vec<u8>, i64, i64) =
            sqlx::query_as("SELECT m.epoch, m.recovering, h.last FROM meta m, feed_head h")
                .fetch_one(&self.read)
                .await?;
        Ok(Life {
            epoch: Epoch(convert::id(epoch)?),
            recovering: recovering == 1,
            head: convert::position(last)?,
        })
    }

    async fn begin_recovery(&self, epoch: Epoch) -> Result<(), StorageError> {
        sqlx::query("UPDATE meta SET epoch = $1, recovering = 1")
            .bind(epoch.0.to_vec())
            .execute(&self.write)
            .await?;
        Ok(())
    }

    async fn end_recovery(&self) -> Result<(), StorageError> {
        sqlx::query("UPDATE meta SET recovering = 0")
            .execute(&self.write)
            .await?;
        Ok(())
    }

    async fn nonce_secret(&self, drawn: [u8; 32]) -> Result<[u8; 32], StorageError> {
        const KEPT: &str = "SELECT s.secret FROM nonce_secrets s JOIN meta m ON m.epoch = s.epoch";
        let kept: Option<(Vec<u8>,)> = sqlx::query_as(KEPT).fetch_optional(&self.read).await?;
        if let Some((secret,)) = kept {
            return convert::hash(secret);
        }
        let mut transaction = self.writing().await?;
        // Of two processes that draw at once, the first one's stays.
        sqlx::query(
            "INSERT INTO nonce_secrets (epoch, secret) SELECT epoch, $1 FROM meta WHERE only_row = 1 \
             ON CONFLICT (epoch) DO NOTHING",
        )
        .bind(drawn.to_vec())
        .execute(&mut *transaction)
        .await?;
        let (secret,): (Vec<u8>,) = sqlx::query_as(KEPT).fetch_one(&mut *transaction).await?;
        // Those of earlier lives are of no use to anybody honest.
        sqlx::query("DELETE FROM nonce_secrets WHERE epoch NOT IN (SELECT epoch FROM meta)")
            .execute(&mut *transaction)
            .await?;
        transaction.commit().await?;
        convert::hash(secret)
    }

    fn head(&self) -> watch::Receiver<u64> {
        self.head.subscribe()
    }

    async fn refresh_head(&self) -> Result<(), StorageError> {
        self.look_at_head().await
    }

    async fn backup(&self, to: &Path, on_step: OnStep) -> Result<(), StorageError> {
        super::super::backup(&self.read, to, on_step).await
    }

    async fn close(&self) {
        self.write.close().await;
        self.read.close().await;
    }
}
