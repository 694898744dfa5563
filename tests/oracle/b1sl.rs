//! The Python client b1sl-python logs in, queries, pages, posts and batches against our simulated Service Layer, and what it
//! says it did is what the simulated ledger holds.

use crate::installed;
use serde_json::Value;
use sync_sandbox::contractor::{Contractor, ContractorSize, books::PartnerKind};
use sync_sandbox::{Sandbox, SandboxClock, SandboxOptions, ServeOptions, Served};
use tokio::process::Command;

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs b1sl-python: tests/oracle/README.md"]
async fn a_foreign_client_works_with_our_sandbox() {
    let python = installed("b1sl").join("bin/python");
    let day = chrono::NaiveDate::from_ymd_opt(2026, 9, 15).unwrap();
    let contractor = Contractor::generate(ContractorSize::one_project(), 7, day);
    let noon = day.and_hms_opt(12, 0, 0).unwrap().and_utc();
    let sandbox = Sandbox::new(contractor, SandboxOptions::default(), SandboxClock::fixed(noon));
    let layer = &sandbox.service_layer;
    let (documents_before, entries_before) = (layer.documents(), layer.journal_entries());
    let served = Served::start(&sandbox, ServeOptions::default()).await.unwrap();
    let books = &sandbox.contractor.books;
    let output = Command::new(python)
        .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/oracle/b1sl/judge.py"))
        .env("B1_URL", &served.service_layer_url)
        .env("B1_COMPANY", &books.company_db)
        .env("B1_USER", &books.user_name)
        .env("B1_PASSWORD", &books.password)
        .output()
        .await
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}\n{}", String::from_utf8_lossy(&output.stderr));
    let done: Value = serde_json::from_str(said.lines().last().unwrap()).unwrap();

    let (documents, entries) = (layer.documents(), layer.journal_entries());
    let suppliers = books.partners.iter().filter(|p| p.kind == PartnerKind::Supplier).count();
    assert_eq!(done["vendors"], suppliers);
    assert_eq!(done["invoices"], documents.len() - documents_before.len());
    let invoice = documents.iter().find(|document| document.num_at_card == "judge-1").unwrap();
    assert_eq!(done["doc_entry"], invoice.doc_entry);
    assert_eq!(done["doc_total"], format!("{:.2}", invoice.total));
    // Its own entries and those that the invoices made.
    let said = done["journal_entries"].as_u64().unwrap() + done["invoices"].as_u64().unwrap();
    assert_eq!(said, u64::try_from(entries.len() - entries_before.len()).unwrap());
    for entry in &entries[entries_before.len()..] {
        let debit: rust_decimal::Decimal = entry.lines.iter().map(|line| line.debit).sum();
        let credit: rust_decimal::Decimal = entry.lines.iter().map(|line| line.credit).sum();
        assert_eq!(debit, credit);
    }
}
