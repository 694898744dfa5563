//! A person's decision on a record: stored first, then acted on.

use sync_core::{
    engine::{CycleReport, Failure, ResolveFailure},
    model::SourceKey,
    ports::Observer,
    resolve::{Resolution, Verb},
};

use crate::host::{Host, HostError};

impl Host {
    /// Stores what a person decides on a record, and runs the record again so that the decision shows
    /// at once. A cycle that cannot be gone through leaves the decision in place for the next one.
    ///
    /// # Errors
    ///
    /// When the record is not known or does not take the decision, the store cannot be written, or it
    /// was interrupted twice.
    pub async fn resolve(
        &self,
        observer: &dyn Observer,
        key: SourceKey,
        verb: Verb,
        by: &str,
        note: &str,
    ) -> Result<(Resolution, CycleReport), HostError> {
        let work = async {
            let engine = self.engine(observer);
            let decision = engine.resolve(key, verb, by, note).await?;
            Ok((decision, engine.replay(Some(&[key])).await))
        };
        self.then_close(2, work).await?.map_err(refusal)
    }
}

fn refusal(failure: ResolveFailure) -> HostError {
    let name = match failure {
        ResolveFailure::Store(error) => return HostError::Store(error),
        ResolveFailure::NotCurrent(ref failure) => failure.name,
        ResolveFailure::Unknown(_) => "record_unknown",
        ResolveFailure::Ledger(ref error) => error.kind.name(),
        ResolveFailure::Refused(_) => "decision_refused",
    };
    HostError::Failure(Failure { name, detail: failure.to_string() })
}
