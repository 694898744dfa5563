//! A million records in each store: bytes per record, how long a cycle takes to begin, and that memory stays flat.
//!
//! Takes minutes and gigabytes, so it is asked for by name (`.ci/run release` does):
//! `cargo test --release -p sync-store --features postgres --test it million -- --ignored --nocapture --test-threads=1`.
//! `SYNC_STORE_RECORDS` is another number of records.
#![allow(clippy::print_stderr, reason = "a measurement is read")]

use std::time::{Duration, Instant};

use chrono::TimeDelta;
use rust_decimal::Decimal;
use sync_core::{
    model::{
        ApDocument, ApLine, Coding, Commitment, CompanyId, CostCoding, CostLine, CostRecord,
        DocumentKey, DocumentType, FamilyId, HeldDocument, HeldLine, HeldState, JournalTarget,
        Kind, LineMark, Posting, PostingHeader, ProjectId, RecordBody, SourceKey, Vendor,
    },
    ports::{
        CycleRow, CycleStatus, Epoch, Intent, IntentState, Profile, ResultBatch, ResultRow,
        StateStore, StoredRecord,
    },
    states::{Cause, Reason, RecordState},
};
use sync_store::SqliteStore;

use crate::{now, place};

/// Records that one call writes, and intents before it.
const BATCH: i64 = 500;
/// Records of one project.
const PROJECT_RECORDS: i64 = 10_000;
/// Lines of each record and each document.
const LINES: i64 = 5;
/// One record in so many waits for a person.
const HELD_EVERY: i64 = 1_000;
/// One record in so many has a document without a trustworthy answer.
const UNCERTAIN_EVERY: i64 = 100_000;
/// What the beginning of a cycle may take.
const START_MAX: Duration = Duration::from_secs(1);
/// What the process may hold in memory more than before, however many records there are.
const MEMORY_MAX_KIB: u64 = 96 * 1024;

fn records_wanted() -> i64 {
    let wanted = std::env::var("SYNC_STORE_RECORDS").ok();
    wanted.map_or(1_000_000, |text| text.parse().unwrap())
}

fn key(id: i64) -> SourceKey {
    let project = ProjectId(1 + id / PROJECT_RECORDS);
    SourceKey { company: CompanyId(8089), project, kind: Kind::Subcontract, id: 786_000_000 + id }
}

fn amount(id: i64, line: i64) -> Decimal {
    Decimal::new(1_000_000 + id * 7 + line * 131, 2)
}

fn coding() -> Coding {
    Coding {
        account: "5010".to_owned(),
        dimensions: [Some("CHI".to_owned()), None, None, None, None],
        project: Some("P865".to_owned()),
        tax_code: Some("EX".to_owned()),
    }
}

/// A posted subcontract of five lines.
fn record(id: i64) -> StoredRecord {
    let key = key(id);
    let line = |line| CostLine {
        id: id * LINES + line,
        amount: amount(id, line),
        quantity: Some(Decimal::ONE),
        unit_cost: Some(amount(id, line)),
        calculated: true,
        coding: Some(CostCoding {
            sub_job: None,
            cost_code: format!("03-{:03}", 300 + line),
            cost_type: Some("S".to_owned()),
        }),
        description: format!("Cast-in-place concrete, level {line}"),
    };
    let total: Decimal = (0..LINES).map(|line| amount(id, line)).sum();
    let record = CostRecord {
        key,
        number: format!("SC-{id:06}"),
        title: "Structural concrete and formwork".to_owned(),
        status: "Approved".to_owned(),
        deleted: false,
        vendor: Some(Vendor { id: 11, name: "Kankakee Concrete Company".to_owned() }),
        currency: Some("USD".to_owned()),
        created_on: now().date_naive(),
        updated_at: now(),
        body: RecordBody::Commitment(Commitment {
            grand_total: Some(total),
            approved_change_orders: None,
            agreed_on: Some(now().date_naive()),
            lines: (0..LINES).map(line).collect(),
        }),
    };
    let held_line = |line| HeldLine {
        mark: Some(LineMark::Sum(u32::try_from(line).unwrap())),
        target: JournalTarget::Account(coding()),
        amount: amount(id, line),
        local: None,
        tax: Decimal::ZERO,
        paid: Decimal::ZERO,
        description: format!("03-{:03}.S Cast-in-place concrete, level {line}", 300 + line),
    };
    let document = HeldDocument {
        key: DocumentKey { source: key, sequence: 1 },
        revision: "9f86d081884c7d65".to_owned(),
        document_type: DocumentType::PurchaseInvoice,
        doc_entry: id,
        doc_num: Some(200_000 + id),
        state: HeldState::Live,
        posting_date: now().date_naive(),
        card_code: Some("V10011".to_owned()),
        control_account: Some("2160".to_owned()),
        branch: None,
        currency: "USD".to_owned(),
        total,
        local_total: None,
        tax: Decimal::ZERO,
        paid: Decimal::ZERO,
        open: true,
        lines: (0..LINES).map(held_line).collect(),
    };
    let (state, cause) = match id {
        id if id % UNCERTAIN_EVERY == 0 => (RecordState::Uncertain, None),
        id if id % HELD_EVERY == 0 => {
            (RecordState::Held, Some(Cause::new(Reason::CostCodeUnmapped, "03-300 has no row")))
        }
        _ => (RecordState::Unchanged, None),
    };
    StoredRecord {
        fingerprint: "9f86d081884c7d65".to_owned(),
        state,
        cause,
        posting_date: Some(now().date_naive()),
        sequence: 1,
        documents: vec![document],
        planned_in_cycle: 1,
        ..StoredRecord::unplanned(record, now())
    }
}

fn intent(id: i64, epoch: Epoch) -> Intent {
    let key = DocumentKey { source: key(id), sequence: 1 };
    let date = now().date_naive();
    let header = PostingHeader {
        key,
        revision: "9f86d081884c7d65".to_owned(),
        posting_date: date,
        tax_date: date,
        reference: format!("P865/SC-{id:06}"),
        memo: format!("Procore subcontract SC-{id:06}"),
        currency: "USD".to_owned(),
        exchange_rate: None,
        project: Some("P865".to_owned()),
        branch: None,
    };
    let line = |line| ApLine {
        mark: LineMark::Sum(u32::try_from(line).unwrap()),
        coding: coding(),
        amount: amount(id, line),
        wt_liable: Some(false),
        description: format!("03-{:03}.S Cast-in-place concrete, level {line}", 300 + line),
    };
    let document = ApDocument {
        header,
        card_code: "V10011".to_owned(),
        control_account: Some("2160".to_owned()),
        payment_block: true,
        expected_tax: Decimal::ZERO,
        comments: format!("Procore subcontract SC-{id:06}"),
        lines: (0..LINES).map(line).collect(),
    };
    // As long as the body that the Service Layer takes for it.
    let body = format!("{:<1800}", key.to_string()).into_bytes();
    Intent {
        key,
        posting: Posting::PurchaseInvoice(document),
        document_type: DocumentType::PurchaseInvoice,
        body,
        state: IntentState::InFlight,
        written_at: now(),
        given_up_at: None,
        epoch,
        cycle: 1,
    }
}

/// One cycle that posted everything, by the posting protocol.
async fn fill(store: &dyn StateStore, records: i64) {
    let epoch = store.acquire_writer(now()).await.unwrap();
    let profile = Profile {
        company: CompanyId(8089),
        environment: "https://sandbox.example".to_owned(),
        ledger: "SBO@b1.example".to_owned(),
        basis: "commitment".to_owned(),
        start_date: now().date_naive(),
        opening: "billed".to_owned(),
        reference: "udf".to_owned(),
    };
    store.set_profile(&profile, epoch).await.unwrap();
    let number = store.open_cycle(now(), epoch).await.unwrap();
    for first in (0..records).step_by(usize::try_from(BATCH).unwrap()) {
        let ids = first..records.min(first + BATCH);
        let intents: Vec<Intent> = ids.clone().map(|id| intent(id, epoch)).collect();
        store.record_intents(&intents, epoch).await.unwrap();
        let result = |(id, intent): (i64, Intent)| ResultRow {
            key: intent.key,
            state: match id % UNCERTAIN_EVERY {
                0 => IntentState::Uncertain,
                _ => IntentState::Posted,
            },
            given_up_at: None,
            doc_entry: (id % UNCERTAIN_EVERY != 0).then_some(id),
            detail: "created".to_owned(),
        };
        let results = ids.clone().zip(intents).map(result).collect();
        let batch = ResultBatch { results, records: ids.map(record).collect() };
        store.record_results(&batch, epoch).await.unwrap();
    }
    let (started_at, finished_at) = (now(), Some(now()));
    let row = CycleRow { number, started_at, finished_at, status: CycleStatus::Done };
    store.close_cycle(&row, epoch).await.unwrap();
    store.release_writer(epoch).await.unwrap();
}

/// What a cycle asks of the store before it asks a system for anything, and what it asks for one project.
async fn begin(store: &dyn StateStore, records: i64) -> Epoch {
    let began = Instant::now();
    let epoch = store.acquire_writer(now()).await.unwrap();
    store.profile().await.unwrap().unwrap();
    store.id().await.unwrap();
    let last = store.last_cycle().await.unwrap().unwrap();
    let number = store.open_cycle(now(), epoch).await.unwrap();
    assert_eq!(number, last.number + 1);
    let open = store.open_intents().await.unwrap();
    assert_eq!(open.len() as i64, (records - 1) / UNCERTAIN_EVERY + 1);
    let keys: Vec<SourceKey> = open.iter().map(|intent| intent.key.source).collect();
    assert_eq!(store.records(&keys).await.unwrap().len(), open.len());
    let project = key(0).project;
    store.cursors(project).await.unwrap();
    let took = began.elapsed();
    eprintln!("  a cycle's start (writer, recovery, cycle, cursors): {took:.1?}");
    assert!(took < START_MAX, "{took:?}");

    let timed = async |what: &str, rows: usize, began: Instant| {
        eprintln!("  {what} ({rows} rows): {:.1?}", began.elapsed());
    };
    let began = Instant::now();
    let states = store.project_states(project).await.unwrap();
    timed("states of one project", states.len(), began).await;
    assert_eq!(states.len() as i64, records.min(PROJECT_RECORDS));
    let began = Instant::now();
    let families: Vec<FamilyId> = states[..80].iter().map(|(_, family, _)| *family).collect();
    let read = store.families(project, &families).await.unwrap();
    timed("80 families of it", read.len(), began).await;
    assert_eq!(read.len(), 80);
    let began = Instant::now();
    let exceptions = store.exceptions().await.unwrap();
    timed("records that wait for a person", exceptions.len(), began).await;
    assert!(began.elapsed() < START_MAX);
    let began = Instant::now();
    assert_eq!(store.intents(&key(1)).await.unwrap().len(), 1);
    assert!(store.acts(Some(&key(1))).await.unwrap().is_empty());
    timed("intents and acts of one record", 1, began).await;
    let began = Instant::now();
    assert_eq!(store.compact(now(), epoch).await.unwrap(), 0);
    timed("compaction that finds nothing", 0, began).await;
    assert!(began.elapsed() < START_MAX);
    epoch
}

async fn compact(store: &dyn StateStore, epoch: Epoch) {
    let began = Instant::now();
    let (mut dropped, mut longest) = (0, Duration::ZERO);
    loop {
        let call = Instant::now();
        let some = store.compact(now() + TimeDelta::days(1), epoch).await.unwrap();
        longest = longest.max(call.elapsed());
        if some == 0 {
            break;
        }
        dropped += some;
    }
    let took = began.elapsed();
    eprintln!("  compaction of {dropped} payloads: {took:.1?}, the longest call {longest:.1?}");
}

/// The most that the process ever held, in KiB: a second store in the same process is seen where it takes more than the first.
fn memory_peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.trim().strip_suffix(" kB")?.parse().ok()).unwrap_or(0)
}

fn assert_flat(before: u64) {
    let grown = memory_peak() - before;
    eprintln!("  memory of the process grew by {} MiB at most", grown / 1024);
    assert!(grown < MEMORY_MAX_KIB, "{grown} KiB");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "takes minutes and gigabytes"]
async fn a_million_records_in_a_file_begin_a_cycle_in_less_than_a_second() {
    let records = records_wanted();
    let (_folder, path) = place();
    let before = memory_peak();
    let store = SqliteStore::open(&path).await.unwrap();
    let began = Instant::now();
    fill(&store, records).await;
    eprintln!("SQLite, {records} records, filled in {:.1?}", began.elapsed());
    store.close().await.unwrap();
    let bytes = std::fs::metadata(&path).unwrap().len();
    eprintln!("  {} bytes per record", bytes / records as u64);

    let began = Instant::now();
    let store = SqliteStore::open(&path).await.unwrap();
    eprintln!("  opened in {:.1?}", began.elapsed());
    let epoch = begin(&store, records).await;
    assert_flat(before);
    compact(&store, epoch).await;
    let began = Instant::now();
    let found = store.verify().await.unwrap();
    eprintln!("  verified in {:.1?}", began.elapsed());
    assert!(found.is_sound(), "{:?}", found.faults);
    assert_flat(before);
}

#[cfg(feature = "postgres")]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "takes minutes and gigabytes"]
async fn a_million_records_in_a_schema_begin_a_cycle_in_less_than_a_second() {
    use sqlx::{Connection, PgConnection};
    use sync_store::PostgresStore;

    let records = records_wanted();
    let Some(url) = crate::server::empty_schema() else { return };
    let before = memory_peak();
    let store = PostgresStore::open(&url).await.unwrap();
    let began = Instant::now();
    fill(&store, records).await;
    eprintln!("PostgreSQL, {records} records, filled in {:.1?}", began.elapsed());
    store.close().await.unwrap();
    let (address, schema) = url.split_once("?schema=").unwrap();
    let mut connection = PgConnection::connect(address).await.unwrap();
    let size = "SELECT SUM(pg_total_relation_size(c.oid))::bigint FROM pg_class c
                WHERE c.relkind = 'r' AND c.relnamespace = $1::regnamespace";
    let bytes: i64 =
        sqlx::query_scalar(size).bind(schema).fetch_one(&mut connection).await.unwrap();
    eprintln!("  {} bytes per record", bytes / records);

    let began = Instant::now();
    let store = PostgresStore::open(&url).await.unwrap();
    eprintln!("  opened in {:.1?}", began.elapsed());
    let epoch = begin(&store, records).await;
    assert_flat(before);
    compact(&store, epoch).await;
    let began = Instant::now();
    let found = store.verify().await.unwrap();
    eprintln!("  verified in {:.1?}", began.elapsed());
    assert!(found.is_sound(), "{:?}", found.faults);
    assert_flat(before);
}
