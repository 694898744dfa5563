//! A state made again from what the ledger holds.

use std::collections::BTreeSet;

use rust_decimal::Decimal;

use super::{
    CycleOptions, CycleReport, Engine, Failure, OpeningRow, Sweep, cycle::Purpose,
    opening::opening_rows,
};
use crate::{
    model::{DocumentKey, DocumentType, HeldDocument, ProjectId, SourceKey},
    plan::Member,
    ports::{CycleStatus, Signature},
};

/// A document under our key whose record Procore does not show.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownDocument {
    /// The document's key.
    pub key: DocumentKey,
    /// The entity set.
    pub document_type: DocumentType,
    /// `DocEntry`.
    pub doc_entry: i64,
    /// `DocNum`, where there is one.
    pub doc_num: Option<i64>,
    /// The total.
    pub total: Decimal,
    /// The currency.
    pub currency: String,
}

/// What a rebuild found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RebuildReport {
    /// The cycle that read both sides; it posts nothing.
    pub cycle: CycleReport,
    /// Documents that the ledger holds.
    pub documents: u64,
    /// Records that have one.
    pub records: u64,
    /// The opening list as it now is: a record that changed since the cut-over is on it with what it is
    /// worth now, and one that an earlier state had held as late is on it too.
    pub opening: Vec<OpeningRow>,
    /// Documents that belong to no record that Procore shows: nothing is done about them.
    pub unknown: Vec<UnknownDocument>,
}

impl RebuildReport {
    /// As the one of the cycle; documents of unknown records wait for a person.
    #[must_use]
    pub fn exit_code(&self) -> u8 {
        match self.cycle.exit_code() {
            0 if !self.unknown.is_empty() => 2,
            code => code,
        }
    }
}

impl Engine<'_> {
    /// Makes the state again: reads every list of the source in full and every document that the ledger
    /// holds under our keys, and makes the opening list from the records that it holds none of. Nothing
    /// is posted; what is missing is posted by the first cycle that begins `unknown_settle` later, because what
    /// was sent right before the state was lost may still be under way. A state with content keeps what only it
    /// knows, and is corrected from the ledger. The store keeps who did it and why.
    ///
    /// Decisions of people and the audit trail come only from a backup. A rebuild that is not gone
    /// through in full leaves an empty state one that [`Engine::sync`] refuses.
    pub async fn rebuild(&self, signature: Signature) -> RebuildReport {
        let signature = Some(signature);
        let options =
            CycleOptions { sweep: Sweep::Everything, signature, ..CycleOptions::default() };
        let cycle = self.cycle(&options, Purpose::Rebuild).await;
        let mut report = RebuildReport {
            cycle,
            documents: 0,
            records: 0,
            opening: Vec::new(),
            unknown: Vec::new(),
        };
        if report.cycle.status == CycleStatus::Done
            && let Err(failure) = self.survey(&mut report).await
        {
            report.cycle.status = CycleStatus::Partial;
            report.cycle.failure = Some(failure);
        }
        report
    }

    /// What both sides hold now, project after project: the documents and keys of one, and a few of its
    /// records, are held at a time.
    async fn survey(&self, report: &mut RebuildReport) -> Result<(), Failure> {
        let projects: Vec<ProjectId> =
            self.source.scope().await?.projects.iter().map(|project| project.id).collect();
        for project in projects {
            let states = self.store.project_states(project).await?;
            let known: BTreeSet<SourceKey> = states.into_iter().map(|(key, _, _)| key).collect();
            let keys: Vec<SourceKey> = known.iter().copied().collect();
            for chunk in keys.chunks(self.limits.look_ups_at_once.max(1)) {
                let stored = self.store.records(chunk).await?;
                report.opening.extend(opening_rows(&stored, self.profile.start_date));
            }
            let held = self.ledger.keyed_documents(self.company(), project).await?;
            let records: BTreeSet<SourceKey> = held.iter().map(|held| held.key.source).collect();
            report.documents += held.len() as u64;
            report.records += records.len() as u64;
            let unknown = held.into_iter().filter(|held| !known.contains(&held.key.source));
            report.unknown.extend(unknown.map(UnknownDocument::from));
        }
        report.opening.sort_by_key(|row| row.key);
        report.unknown.sort_by_key(|document| document.key);
        Ok(())
    }
}

impl From<HeldDocument> for UnknownDocument {
    fn from(held: HeldDocument) -> Self {
        Self {
            key: held.key,
            document_type: held.document_type,
            doc_entry: held.doc_entry,
            doc_num: held.doc_num,
            total: held.total,
            currency: held.currency,
        }
    }
}

/// Writes into the record what the ledger holds of it, beside what it held before and does not now.
pub(super) fn remember_documents(member: &mut Member) {
    let gone: Vec<HeldDocument> = member.gone().cloned().collect();
    let highest = member.held.iter().map(|document| document.key.sequence).max();
    let stored = &mut member.stored;
    stored.documents.clone_from(&member.held);
    stored.documents.extend(gone);
    stored.sequence = stored.sequence.max(highest.unwrap_or_default());
}
