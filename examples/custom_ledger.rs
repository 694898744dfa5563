//! Another ledger behind the same engine: a general ledger in one CSV file.
//!
//! `cargo run --example custom_ledger` posts journal entries to `target/custom_ledger.csv`, then
//! loses its state: an empty one is refused beside a ledger with documents, and made again from them.
#![allow(clippy::print_stdout, reason = "it shows the ledger")]

#[path = "custom/company.rs"]
mod company;
#[path = "custom/csv_ledger.rs"]
mod csv_ledger;
#[path = "custom/rows.rs"]
mod rows;

use std::{error::Error, fs, path::PathBuf};

use csv_ledger::CsvLedger;
use sync_core::memory::MemoryStore;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let folder: PathBuf = concat!(env!("CARGO_MANIFEST_DIR"), "/target").into();
    fs::create_dir_all(&folder)?;
    let ledger = CsvLedger(folder.join("custom_ledger.csv"));
    fs::write(&ledger.0, "")?;
    let source = company::source();
    let first = company::cycle(&source, &ledger, &MemoryStore::new()).await;
    println!("First cycle: {} documents posted", company::posted(&first)?);

    let lost = MemoryStore::new();
    let refused = company::cycle(&source, &ledger, &lost).await.failure;
    println!("Its state lost: {}", refused.ok_or("an empty state was not refused")?.name);
    let rebuilt = company::on(&source, &ledger, &lost, async |engine| {
        engine.rebuild(Default::default()).await
    })
    .await;
    println!("Rebuilt from {} documents of the ledger", rebuilt.documents);
    let next = company::cycle(&source, &ledger, &lost).await;
    println!("One more cycle: {} documents posted\n", company::posted(&next)?);
    print!("{}", fs::read_to_string(&ledger.0)?);
    Ok(())
}
