//! Another source behind the same engine: costs from a JSON file.
//!
//! `cargo run --example custom_source` reads `examples/custom/costs.json`, brings what can be posted
//! into a ledger in memory, and prints the books and what waits for a person.
#![allow(clippy::print_stdout, reason = "it shows the books")]

#[path = "custom/company.rs"]
mod company;
#[path = "custom/json_source.rs"]
mod json_source;

use json_source::JsonSource;
use sync_core::{
    memory::{MemoryLedger, MemoryStore},
    model::HeldLine,
};

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
