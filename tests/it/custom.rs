//! The two examples of a source and a ledger of one's own: what they show on the screen, asserted.

#[path = "../../examples/custom/company.rs"]
mod company;
#[path = "../../examples/custom/csv_ledger.rs"]
mod csv_ledger;
#[path = "../../examples/custom/json_source.rs"]
mod json_source;
#[path = "../../examples/custom/rows.rs"]
mod rows;

use std::{collections::BTreeMap, fs, path::PathBuf};

use csv_ledger::CsvLedger;
use json_source::JsonSource;
use rust_decimal::Decimal;
use sync_core::{
    memory::{MemoryLedger, MemoryStore},
    model::{HeldDocument, HeldLine, SourceKey},
    ports::{CycleStatus, Ledger as _, LedgerErrorKind, ReadScope},
    states::{Reason, RecordState},
};

fn key(text: &str) -> SourceKey {
    text.parse().unwrap()
}

fn costs() -> JsonSource {
    JsonSource(concat!(env!("CARGO_MANIFEST_DIR"), "/examples/custom/costs.json").into())
}

/// An empty ledger in a folder of its own.
fn csv_ledger() -> (tempfile::TempDir, CsvLedger) {
    let folder = tempfile::tempdir().unwrap();
    let file: PathBuf = folder.path().join("ledger.csv");
    fs::write(&file, "").unwrap();
    (folder, CsvLedger(file))
}

/// The balance of each account.
fn books<'a>(documents: impl IntoIterator<Item = &'a HeldDocument>) -> Vec<(String, Decimal)> {
    let mut books: BTreeMap<String, Decimal> = BTreeMap::new();
    let account = |line: &HeldLine| line.coding().unwrap().account.clone();
    for line in documents.into_iter().flat_map(|document| &document.lines) {
        *books.entry(account(line)).or_default() += line.amount;
    }
    books.into_iter().collect()
}

fn expected() -> Vec<(String, Decimal)> {
    [("2190", "-10000.00"), ("2195", "-100.00"), ("5010", "7350.50"), ("5020", "2749.50")]
        .map(|(account, amount)| (account.to_owned(), amount.parse().unwrap()))
        .to_vec()
}

#[tokio::test]
async fn costs_of_a_json_file_reach_a_ledger_and_what_is_not_mapped_waits_with_its_amount() {
    let (source, ledger, store) =
        (costs(), MemoryLedger::new(company::catalog()), MemoryStore::new());
    let report = company::cycle(&source, &ledger, &store).await;
    assert_eq!((report.status, report.seen()), (CycleStatus::Done, 3));
    assert_eq!(company::posted(&report), Ok(2));
    let documents: Vec<HeldDocument> = ledger.documents().into_iter().map(|d| d.held).collect();
    assert_eq!(books(&documents), expected());

    let [waiting] = report.exceptions.as_slice() else { panic!("{:?}", report.exceptions) };
    assert_eq!((waiting.key, waiting.state), (key("8089:865:subcontract:2"), RecordState::Held));
    assert_eq!(waiting.amount, "400".parse().unwrap());
    let cause = waiting.cause.as_ref().unwrap();
    assert_eq!(cause.reason, Reason::CostCodeUnmapped);
    assert!(cause.detail.contains("32-900"), "{}", cause.detail);
    assert_eq!(company::posted(&company::cycle(&source, &ledger, &store).await), Ok(0));
}

#[tokio::test]
async fn a_source_file_that_does_not_read_is_no_empty_list() {
    let (_folder, CsvLedger(file)) = csv_ledger();
    fs::write(&file, "[{\"key\":").unwrap();
    let (ledger, store) = (MemoryLedger::new(company::catalog()), MemoryStore::new());
    company::cycle(&costs(), &ledger, &store).await;
    let broken = JsonSource(file);
    let report = company::cycle(&broken, &ledger, &store).await;
    assert_eq!(report.status, CycleStatus::Partial, "{:?}", report.problems);
    let scope = ReadScope {
        project: company::project().id,
        kind: sync_core::model::ReadKind::ALL[0],
        changes: sync_core::ports::Changes::All,
    };
    use sync_core::ports::CostSource as _;
    assert!(broken.read(&scope, None).await.is_err());
    assert_eq!(ledger.documents().len(), 2, "nothing was taken for deleted");
}

#[tokio::test]
async fn a_ledger_in_a_csv_file_is_posted_to_once_and_its_lost_state_is_made_again_from_it() {
    let (_folder, ledger) = csv_ledger();
    let source = company::source();
    let first = company::cycle(&source, &ledger, &MemoryStore::new()).await;
    assert_eq!(company::posted(&first), Ok(2));
    let file = fs::read(&ledger.0).unwrap();

    let lost = MemoryStore::new();
    let refused = company::cycle(&source, &ledger, &lost).await.failure;
    assert_eq!(refused.map(|failure| failure.name), Some("store_is_not_current"));
    let rebuilt = company::on(&source, &ledger, &lost, async |engine| {
        engine.rebuild(Default::default()).await
    })
    .await;
    assert_eq!((rebuilt.documents, rebuilt.unknown.len()), (2, 0));
    let next = company::cycle(&source, &ledger, &lost).await;
    assert_eq!(company::posted(&next), Ok(0));
    assert_eq!(fs::read(&ledger.0).unwrap(), file, "not a byte was added");

    let keys = ["8089:865:subcontract:1", "8089:865:direct_cost:9"].map(key);
    assert_eq!(books(&ledger.look_up(&keys).await.unwrap()), expected());
}

#[tokio::test]
async fn one_row_of_the_ledger_file_that_does_not_read_is_no_absence_and_stops_every_post() {
    let (_folder, ledger) = csv_ledger();
    fs::write(&ledger.0, "8089:865:subcontract:1#1,no date").unwrap();
    let error = ledger.look_up(&[key("8089:865:subcontract:1")]).await.unwrap_err();
    assert_eq!(error.kind, LedgerErrorKind::Unavailable);
    let report = company::cycle(&company::source(), &ledger, &MemoryStore::new()).await;
    assert_ne!(report.status, CycleStatus::Done);
    assert_eq!(fs::read_to_string(&ledger.0).unwrap(), "8089:865:subcontract:1#1,no date");
}
