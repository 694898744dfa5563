//! Decisions of people on records that wait for one.

use super::Engine;
use crate::{
    model::SourceKey,
    ports::{ResultBatch, StoreError},
    resolve::{Resolution, ResolveError, Verb},
};

/// Why a decision was not stored.
#[derive(Debug, thiserror::Error)]
pub enum ResolveFailure {
    /// No record has this key.
    #[error("no record is known under {0}")]
    Unknown(SourceKey),
    /// The record does not take it.
    #[error(transparent)]
    Refused(#[from] ResolveError),
    /// The store could not be read or written.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Engine<'_> {
    /// Stores what a person decides on a record; the next cycle goes by it as long as the record's
    /// reason and fingerprint stay.
    ///
    /// # Errors
    ///
    /// When the record is not known, does not take the decision, or another writer holds the store.
    pub async fn resolve(
        &self,
        key: SourceKey,
        verb: Verb,
        by: &str,
        note: &str,
    ) -> Result<Resolution, ResolveFailure> {
        let epoch = self.store.acquire_writer(self.clock.now()).await?;
        let decided = async {
            let mut records = self.store.records(&[key]).await?;
            let mut stored = records.pop().ok_or(ResolveFailure::Unknown(key))?;
            let resolution = Resolution::of(&stored, verb, by, note, self.clock.now())?;
            stored.resolution = Some(resolution.clone());
            let batch = ResultBatch { results: Vec::new(), records: vec![stored] };
            self.store.record_results(&batch, epoch).await?;
            Ok(resolution)
        }
        .await;
        self.store.release_writer(epoch).await?;
        decided
    }
}
