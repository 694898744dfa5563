//! A preview: a whole cycle against a copy of the state and a ledger that posts nothing.

use std::collections::BTreeMap;

use sha2::{Digest, Sha256};

use super::{
    CycleOptions, CycleReport, Engine, Failure, PreviewDocument, PreviewReport, dry::DryLedger,
};
use crate::{
    memory::MemoryStore,
    model::{JournalTarget, Posting, SourceKey},
    ports::{CatalogRequest, ReadBatch, StateStore},
};

impl Engine<'_> {
    /// The documents that a cycle would post now. Nothing is written anywhere.
    pub async fn preview(&self, options: &CycleOptions) -> PreviewReport {
        let copy = match self.copied_state().await {
            Ok(copy) => copy,
            Err(failure) => return empty(Some(failure)),
        };
        let dry = DryLedger::over(self.ledger);
        let report = {
            let engine = Engine {
                source: self.source,
                ledger: &dry,
                store: &copy,
                clock: self.clock,
                observer: self.observer,
                mapping: self.mapping,
                policy: self.policy,
                profile: self.profile,
                time_zone: self.time_zone,
                limits: self.limits,
                stop: self.stop.clone(),
            };
            engine.sync(options).await
        };
        let titles = titles(&copy, &dry_keys(&report)).await;
        let mut preview = empty(report.failure.clone());
        preview.problems = report.problems;
        preview.counts = report.counts;
        preview.exceptions = report.exceptions;
        preview.findings = report.findings;
        preview.documents = dry
            .into_taken()
            .into_iter()
            .map(|(posting, body)| PreviewDocument {
                title: titles.get(&posting.key().source).cloned().unwrap_or_default(),
                content_hash: hex(&body),
                posting,
            })
            .collect();
        preview.documents.sort_by_key(|document| document.posting.key());
        preview.account_names = self.account_names(&preview.documents).await;
        preview
    }

    /// The state of every visible project, in memory.
    async fn copied_state(&self) -> Result<MemoryStore, Failure> {
        let copy = MemoryStore::default();
        let epoch = copy.acquire_writer(self.clock.now()).await?;
        if let Some(profile) = self.store.profile().await? {
            copy.set_profile(&profile, epoch).await?;
        }
        for project in self.source.scope().await?.projects {
            let project = project.id;
            let records = self.store.project_records(project).await?;
            copy.save_read(&ReadBatch { records, cursor: None }, epoch).await?;
            for cursor in self.store.cursors(project).await? {
                let batch = ReadBatch { records: Vec::new(), cursor: Some(cursor) };
                copy.save_read(&batch, epoch).await?;
            }
        }
        copy.record_intents(&self.store.open_intents().await?, epoch).await?;
        copy.release_writer(epoch).await?;
        Ok(copy)
    }

    async fn account_names(&self, documents: &[PreviewDocument]) -> BTreeMap<String, String> {
        let mut names = BTreeMap::new();
        if documents.is_empty() {
            return names;
        }
        let Ok(catalog) = self.ledger.catalog(&CatalogRequest::default()).await else {
            return names;
        };
        for code in documents.iter().flat_map(|document| accounts(&document.posting)) {
            if let Some(account) = catalog.account(&code) {
                names.insert(code, account.name.clone());
            }
        }
        names
    }
}

fn empty(failure: Option<Failure>) -> PreviewReport {
    PreviewReport {
        failure,
        problems: Vec::new(),
        counts: BTreeMap::new(),
        documents: Vec::new(),
        exceptions: Vec::new(),
        findings: Vec::new(),
        account_names: BTreeMap::new(),
    }
}

fn dry_keys(report: &CycleReport) -> Vec<SourceKey> {
    report.documents.iter().map(|document| document.key).collect()
}

async fn titles(store: &MemoryStore, keys: &[SourceKey]) -> BTreeMap<SourceKey, String> {
    let records = store.records(keys).await.unwrap_or_default();
    records.into_iter().map(|stored| (stored.key(), stored.record.title)).collect()
}

fn accounts(posting: &Posting) -> Vec<String> {
    match posting {
        Posting::PurchaseInvoice(document) | Posting::PurchaseCreditNote(document) => document
            .lines
            .iter()
            .map(|line| line.coding.account.clone())
            .chain(document.control_account.clone())
            .collect(),
        Posting::JournalEntry(entry) => entry
            .lines
            .iter()
            .map(|line| match &line.target {
                JournalTarget::Account(coding) => coding.account.clone(),
                JournalTarget::Partner { control_account, .. } => control_account.clone(),
            })
            .collect(),
    }
}

fn hex(body: &[u8]) -> String {
    use std::fmt::Write as _;
    let mut text = String::with_capacity(64);
    for byte in Sha256::digest(body) {
        write!(text, "{byte:02x}").expect("writing to a string cannot fail");
    }
    text
}
