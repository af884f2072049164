//! Epoch, head and backup.

use super::{StorageError, Tables, convert};
use crate::storage::{Life, Upkeep};
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

    fn head(&self) -> watch::Receiver<u64> {
        self.head.subscribe()
    }

    async fn refresh_head(&self) -> Result<(), StorageError> {
        self.look_at_head().await
    }

    async fn backup(&self, to: &Path) -> Result<(), StorageError> {
        super::super::backup(&self.read, to).await
    }

    async fn close(&self) {
        self.write.close().await;
        self.read.close().await;
    }
}
