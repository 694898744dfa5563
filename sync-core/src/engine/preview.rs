//! A preview: a whole cycle over a state that keeps nothing and a ledger that posts nothing.

use std::collections::{BTreeMap, BTreeSet};

use sha2::{Digest, Sha256};

use super::{
    CycleOptions, Engine, Failure, FindingRow, PreviewDocument, PreviewReport, ProjectFinding,
    cycle::Purpose,
    dry::{DryLedger, DryStore},
};
use crate::{
    model::{CostRecord, JournalTarget, Posting, ProjectId, SourceKey},
    ports::{CatalogRequest, Ledger, StateStore},
    reconcile::{BudgetCode, not_in_budget},
    states::{Finding, FindingKind},
};

impl Engine<'_> {
    /// The documents that a cycle would post now, or as soon as it may. Nothing is written anywhere.
    pub async fn preview(&self, options: &CycleOptions) -> PreviewReport {
        let store = match DryStore::over(self.store, self.clock.now()).await {
            Ok(store) => store,
            Err(error) => return empty(Some(error.into())),
        };
        let ledger = DryLedger::over(self.ledger);
        let report = self.over(&ledger, &store).cycle(options, Purpose::Preview).await;
        let keys: BTreeSet<SourceKey> =
            report.documents.iter().map(|document| document.key).collect();
        let records = records(&store, keys).await;
        let mut preview = empty(report.failure.clone());
        preview.problems = report.problems;
        preview.counts = report.counts;
        preview.exceptions = report.exceptions;
        preview.findings = report.findings;
        preview.posts_from = report.posts_from;
        preview.documents = ledger
            .into_taken()
            .into_iter()
            .map(|(posting, body)| PreviewDocument {
                title: title(&records, posting.key().source),
                content_hash: hex(&body),
                posting,
            })
            .collect();
        preview.documents.sort_by_key(|document| document.posting.key());
        self.beside_budgets(records.values(), &mut preview).await;
        preview.account_names = self.account_names(&preview.documents).await;
        preview
    }

    /// The same engine over another ledger and another store.
    pub(super) fn over<'b>(
        &'b self,
        ledger: &'b dyn Ledger,
        store: &'b dyn StateStore,
    ) -> Engine<'b> {
        Engine {
            source: self.source,
            ledger,
            store,
            clock: self.clock,
            observer: self.observer,
            mapping: self.mapping,
            policy: self.policy,
            profile: self.profile,
            time_zone: self.time_zone,
            limits: self.limits,
            stop: self.stop.clone(),
        }
    }

    /// What the records that would be posted spend without a budget. Budgets are read here and not by
    /// a cycle; one that cannot be read is a finding and stops nothing.
    async fn beside_budgets<'a>(
        &self,
        records: impl Iterator<Item = &'a CostRecord> + Send,
        preview: &mut PreviewReport,
    ) {
        let mut by_project: BTreeMap<ProjectId, Vec<&CostRecord>> = BTreeMap::new();
        for record in records {
            by_project.entry(record.key.project).or_default().push(record);
        }
        for (project, records) in by_project {
            let budget = match self.source.budget(project).await {
                Ok(budget) => budget,
                Err(error) => {
                    let finding = Finding::new(FindingKind::BudgetUnavailable, error.to_string());
                    preview.project_findings.push(ProjectFinding { project, finding });
                    continue;
                }
            };
            let budgeted = budget.iter().map(|row| BudgetCode::of(&row.coding)).collect();
            preview.findings.extend(records.into_iter().filter_map(|record| {
                let finding = not_in_budget(record, &budgeted)?;
                Some(FindingRow { key: record.key, finding })
            }));
        }
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
        project_findings: Vec::new(),
        posts_from: None,
        account_names: BTreeMap::new(),
    }
}

/// The records behind the documents that a preview took.
async fn records(
    store: &dyn StateStore,
    keys: BTreeSet<SourceKey>,
) -> BTreeMap<SourceKey, CostRecord> {
    let keys: Vec<SourceKey> = keys.into_iter().collect();
    let records = store.records(&keys).await.unwrap_or_default();
    records.into_iter().map(|stored| (stored.key(), stored.record)).collect()
}

fn title(records: &BTreeMap<SourceKey, CostRecord>, key: SourceKey) -> String {
    records.get(&key).map(|record| record.title.clone()).unwrap_or_default()
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
