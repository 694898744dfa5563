//! Another source behind the same engine: costs from a JSON file.
//!
//! `cargo run --example custom_source` reads `examples/custom/costs.json`, brings what can be posted
//! into a ledger in memory, and prints the books and what waits for a person.
#![allow(clippy::print_stdout, reason = "it shows the books")]

#[path = "custom/company.rs"]
mod company;

use std::{fs, path::PathBuf};

use async_trait::async_trait;
use sync_core::{
    memory::{MemoryLedger, MemoryStore},
    model::{CompanyId, CostRecord, HeldLine, ReadKind},
    ports::{
        Changes, Chunk, CostSource, PageToken, ReadScope, ScopeReport, SourceError, SourceErrorKind,
    },
};

struct JsonSource(PathBuf);

impl JsonSource {
    /// Every record of the file. A file that does not read is an error: an empty list would mean
    /// that everything was deleted.
    fn records(&self) -> Result<Vec<CostRecord>, SourceError> {
        let unavailable = |error: String| {
            let detail = format!("{}: {error}", self.0.display());
            SourceError::new(SourceErrorKind::Unavailable, detail)
        };
        let bytes = fs::read(&self.0).map_err(|error| unavailable(error.to_string()))?;
        serde_json::from_slice(&bytes).map_err(|error| unavailable(error.to_string()))
    }
}

#[async_trait]
impl CostSource for JsonSource {
    async fn scope(&self) -> Result<ScopeReport, SourceError> {
        Ok(ScopeReport {
            company: CompanyId(8089),
            company_name: "Example".to_owned(),
            projects: vec![company::project()],
            not_visible: Vec::new(),
        })
    }

    async fn read(&self, scope: &ReadScope, _: Option<&PageToken>) -> Result<Chunk, SourceError> {
        let asked = |record: &CostRecord| match &scope.changes {
            Changes::All => true,
            Changes::Since(moment) => record.updated_at >= *moment,
            Changes::Ids(ids) => ids.contains(&record.key.id),
        };
        let mut records = self.records()?;
        records.retain(|record| {
            record.key.project == scope.project
                && ReadKind::of(record.kind()) == scope.kind
                && asked(record)
        });
        // The file is one chunk; a source with pages answers the next one's token.
        Ok(Chunk { records, ..Chunk::default() })
    }

    fn calls(&self) -> u64 {
        0
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), String> {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/custom/costs.json");
    let source = JsonSource(file.into());
    let (ledger, store) = (MemoryLedger::new(company::catalog()), MemoryStore::new());
    let report = company::cycle(&source, &ledger, &store).await;
    let (seen, posted) = (report.seen(), company::posted(&report)?);
    println!("{seen} records read, {posted} documents posted ({})\n", report.status.name());
    for document in ledger.documents() {
        let held = document.held;
        println!("{}  {}  {} {}", held.posting_date, held.key, held.total, held.currency);
        for line in &held.lines {
            println!("    {:>10}  {:<6} {}", line.amount, account(line), line.description);
        }
    }
    for row in &report.exceptions {
        let cause = row.cause.as_ref().map_or("", |cause| cause.detail.as_str());
        println!("\n{} waits with {}: {cause}", row.key, row.amount);
    }
    let again = company::cycle(&source, &ledger, &store).await;
    println!("\nA second cycle posted {} documents.", company::posted(&again)?);
    Ok(())
}

fn account(line: &HeldLine) -> &str {
    line.coding().map_or("", |coding| coding.account.as_str())
}
