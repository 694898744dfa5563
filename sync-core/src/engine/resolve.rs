//! Decisions of people on records that wait for one.

use super::{Engine, Failure};
use crate::{
    model::SourceKey,
    ports::{Act, LedgerError, StoreError},
    resolve::{Adoption, Resolution, ResolveError, Verb},
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
    /// The store is not the one that feeds the ledger, which would never hear of the decision; or the
    /// ledger could not be asked.
    #[error("{}", .0.detail)]
    NotCurrent(Failure),
    /// The ledger could not be asked for the document that is to be adopted.
    #[error(transparent)]
    Ledger(LedgerError),
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
    /// When the record is not known, does not take the decision, another writer holds the store, or another
    /// store feeds the ledger.
    pub async fn resolve(
        &self,
        key: SourceKey,
        verb: Verb,
        by: &str,
        note: &str,
    ) -> Result<Resolution, ResolveFailure> {
        let epoch = self.store.acquire_writer(self.clock.now()).await?;
        let decided = async {
            self.is_current(false).await.map_err(ResolveFailure::NotCurrent)?;
            let mut records = self.store.records(&[key]).await?;
            let mut stored = records.pop().ok_or(ResolveFailure::Unknown(key))?;
            let resolution = Resolution::of(&stored, verb, by, note, self.clock.now())?;
            if let Verb::Adopt(doc_entry) = verb {
                stored.adopted = Some(self.adoption(&resolution, doc_entry).await?);
            }
            stored.decisions.take(resolution.clone());
            let act = Act::resolved(key, &resolution);
            self.store.record_act(&act, &[stored], epoch).await?;
            Ok(resolution)
        }
        .await;
        self.store.release_writer(epoch).await?;
        decided
    }

    /// Looks at the invoice that is to be adopted, now: it must count, carry no key of ours, and not be
    /// another record's already, of whatever project.
    async fn adoption(
        &self,
        resolution: &Resolution,
        doc_entry: i64,
    ) -> Result<Adoption, ResolveFailure> {
        let not = |why: String| ResolveError::NotAdoptable { doc_entry, why };
        let found = self.ledger.invoices_by_entry(&[doc_entry]).await;
        let found = found.map_err(ResolveFailure::Ledger)?.pop();
        let invoice = found.ok_or_else(|| {
            not("SAP holds no such A/P invoice that counts and carries no key of ours".to_owned())
        })?;
        if let Some(other) = self.store.adopter_of(doc_entry).await? {
            return Err(not(format!("{other} has adopted it already")).into());
        }
        Ok(Adoption {
            doc_entry,
            invoice: invoice.to_string(),
            reason: resolution.reason,
            fingerprint: resolution.fingerprint.clone(),
            by: resolution.by.clone(),
            note: resolution.note.clone(),
            at: resolution.at,
        })
    }
}
