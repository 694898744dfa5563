//! The laws of [`StateStore`], one function each: every store passes all of them on an empty store.

mod kept;
pub(crate) mod samples;

pub use self::kept::{
    an_act_is_kept_with_its_record_and_read_back_in_order,
    compaction_drops_old_payloads_and_cycles_and_nothing_else,
};
use self::samples::{
    PROJECT, act, at, commitment, full_record, intent, key, profile, result, sorted,
};
use crate::{
    model::{FamilyId, Kind, ProjectId, ReadKind},
    ports::{
        Cursor, CycleRow, CycleStatus, Epoch, Intent, IntentState, ReadBatch, ResultBatch,
        StateStore, StoreErrorKind, StoredRecord,
    },
    resolve::Adoption,
    states::RecordState,
};

/// Runs every law, each on a store that `make` made empty.
///
/// # Panics
///
/// When the store breaks a law.
#[allow(clippy::future_not_send, reason = "a test awaits it where it was made")]
pub async fn suite(make: impl AsyncFn() -> Box<dyn StateStore>) {
    an_empty_store_answers_nothing(&*make().await).await;
    every_store_has_a_name_of_its_own(&*make().await, &*make().await).await;
    an_older_epoch_writes_nothing(&*make().await).await;
    a_released_writer_writes_nothing(&*make().await).await;
    the_right_to_write_lasts_for_its_writer_alone(&*make().await).await;
    a_profile_reads_back_and_is_replaced_whole(&*make().await).await;
    cycles_are_numbered_from_one_and_end_as_told(&*make().await).await;
    a_cursor_never_moves_back(&*make().await).await;
    records_read_back_with_every_digit(&*make().await).await;
    records_are_found_by_key_family_project_and_wait(&*make().await).await;
    who_adopted_an_invoice_is_found_in_every_project(&*make().await).await;
    an_intent_reads_back_with_every_byte_until_it_has_a_result(&*make().await).await;
    an_intent_is_written_once_and_all_or_none(&*make().await).await;
    results_and_records_are_written_together_or_not_at_all(&*make().await).await;
    calls_at_one_time_are_each_kept_or_refused_alone(&*make().await).await;
    an_act_is_kept_with_its_record_and_read_back_in_order(&*make().await).await;
    compaction_drops_old_payloads_and_cycles_and_nothing_else(&*make().await).await;
}

/// A new store knows nothing, and says so without an error.
pub async fn an_empty_store_answers_nothing(store: &dyn StateStore) {
    let key = key(Kind::Subcontract, 1);
    let id = store.id().await.expect("id");
    assert!(!id.is_empty() && id.len() <= 50, "{id}");
    assert_eq!(store.id().await.expect("id"), id);
    assert_eq!(store.profile().await.expect("profile"), None);
    assert_eq!(store.last_cycle().await.expect("last cycle"), None);
    assert_eq!(store.cycle(1).await.expect("cycle"), None);
    assert!(store.cursors(PROJECT).await.expect("cursors").is_empty());
    assert!(store.records(&[key]).await.expect("records").is_empty());
    assert!(store.records(&[]).await.expect("records").is_empty());
    assert!(
        store.families(PROJECT, &[FamilyId::Commitment(1)]).await.expect("families").is_empty()
    );
    assert!(store.project_records(PROJECT).await.expect("project records").is_empty());
    assert!(store.project_states(PROJECT).await.expect("project states").is_empty());
    assert!(store.exceptions().await.expect("exceptions").is_empty());
    assert_eq!(store.adopter_of(1).await.expect("adopter"), None);
    assert!(store.open_intents().await.expect("open intents").is_empty());
    assert!(store.intents(&key).await.expect("intents").is_empty());
    assert!(store.acts(Some(&key)).await.expect("acts").is_empty());
    assert!(store.acts(None).await.expect("acts").is_empty());
}

/// Two stores never have one name, and writing does not change it.
pub async fn every_store_has_a_name_of_its_own(store: &dyn StateStore, other: &dyn StateStore) {
    let id = store.id().await.expect("id");
    assert_ne!(id, other.id().await.expect("id"));
    let epoch = acquire(store).await;
    store.set_profile(&profile(), epoch).await.expect("set profile");
    assert_eq!(store.id().await.expect("id"), id);
}

/// After a newer writer came, every writing call of the older one is refused and leaves no trace.
pub async fn an_older_epoch_writes_nothing(store: &dyn StateStore) {
    let old = acquire(store).await;
    let first = store.open_cycle(at(0), old).await.expect("the writer opens a cycle");
    let new = acquire(store).await;
    assert!(new > old, "each writer's epoch is above the one before it");
    assert_refused(store, old, first).await;
    assert_eq!(store.last_cycle().await.expect("last cycle").expect("a cycle").number, first);
    // An old writer that ends must not end the new one.
    store.release_writer(old).await.expect("releasing twice is no error");
    let second = store.open_cycle(at(2), new).await.expect("the newest writer writes");
    assert_eq!(second, first + 1);
}

/// The right to write ends with its release; the next writer's epoch is a new one.
pub async fn a_released_writer_writes_nothing(store: &dyn StateStore) {
    let old = acquire(store).await;
    let first = store.open_cycle(at(0), old).await.expect("the writer opens a cycle");
    store.release_writer(old).await.expect("release");
    assert_refused(store, old, first).await;
    assert!(acquire(store).await > old);
}

/// How long the right lasts is told to its writer, and to no epoch before or after it.
pub async fn the_right_to_write_lasts_for_its_writer_alone(store: &dyn StateStore) {
    let lasts = async |epoch| store.writer_lasts(epoch).await;
    let refused = async |epoch: Epoch| {
        let error = lasts(epoch).await.expect_err("another epoch is the writer's");
        assert_eq!(error.kind, StoreErrorKind::LeaseLost, "{error}");
    };
    refused(Epoch(0)).await;
    let old = acquire(store).await;
    let left = lasts(old).await.expect("the writer is told");
    assert!(left.is_none_or(|left| !left.is_zero()), "it has just begun: {left:?}");
    let new = acquire(store).await;
    refused(old).await;
    lasts(new).await.expect("the newest writer is told");
    refused(Epoch(new.0 + 1)).await;
    store.release_writer(new).await.expect("release");
    refused(new).await;
}

/// The profile is kept as it was given; a second one takes its place.
pub async fn a_profile_reads_back_and_is_replaced_whole(store: &dyn StateStore) {
    let epoch = acquire(store).await;
    let mut profile = profile();
    store.set_profile(&profile, epoch).await.expect("set profile");
    assert_eq!(store.profile().await.expect("profile").as_ref(), Some(&profile));
    profile.basis = "progress".to_owned();
    profile.opening = String::new();
    profile.reference = String::new();
    store.set_profile(&profile, epoch).await.expect("set profile");
    assert_eq!(store.profile().await.expect("profile"), Some(profile));
}

/// Cycles count 1, 2, 3 whoever writes; the newest is the one with the highest number.
pub async fn cycles_are_numbered_from_one_and_end_as_told(store: &dyn StateStore) {
    let epoch = acquire(store).await;
    assert_eq!(store.open_cycle(at(1), epoch).await.expect("open"), 1);
    let mut row =
        CycleRow { number: 1, started_at: at(1), finished_at: None, status: CycleStatus::Open };
    assert_eq!(store.last_cycle().await.expect("last cycle").as_ref(), Some(&row));
    for status in [CycleStatus::Failed, CycleStatus::Partial, CycleStatus::Done] {
        row.finished_at = Some(at(9));
        row.status = status;
        store.close_cycle(&row, epoch).await.expect("close");
        assert_eq!(store.last_cycle().await.expect("last cycle").as_ref(), Some(&row));
    }
    let epoch = acquire(store).await;
    assert_eq!(store.open_cycle(at(10), epoch).await.expect("open"), 2);
    store.close_cycle(&row, epoch).await.expect("an older cycle may still be closed");
    assert_eq!(store.last_cycle().await.expect("last cycle").expect("a cycle").number, 2);
    assert_eq!(store.cycle(1).await.expect("cycle"), Some(row.clone()), "to the nanosecond");
    assert_eq!(store.cycle(2).await.expect("cycle").expect("a cycle").started_at, at(10));
    assert_eq!(store.cycle(3).await.expect("cycle"), None);
    row.number = 7;
    store.close_cycle(&row, epoch).await.expect_err("a cycle that never began cannot end");
}

/// A cursor's mark keeps the latest that it ever had, the full reading is the newest word, and lists do not mix.
pub async fn a_cursor_never_moves_back(store: &dyn StateStore) {
    let epoch = acquire(store).await;
    let cursor = |high: Option<i64>, full: Option<i64>| Cursor {
        project: PROJECT,
        kind: ReadKind::DirectCosts,
        high_water: high.map(at),
        full_read_at: full.map(at),
    };
    let steps = [
        (cursor(None, None), cursor(None, None)),
        (cursor(Some(50), None), cursor(Some(50), None)),
        (cursor(None, Some(20)), cursor(Some(50), Some(20))),
        (cursor(Some(49), Some(19)), cursor(Some(50), Some(19))),
        (cursor(Some(51), None), cursor(Some(51), Some(19))),
        (cursor(None, Some(20)), cursor(Some(51), Some(20))),
    ];
    for (given, expected) in steps {
        let batch = ReadBatch { records: Vec::new(), cursor: Some(given) };
        store.save_read(&batch, epoch).await.expect("save");
        assert_eq!(store.cursors(PROJECT).await.expect("cursors"), [expected]);
    }
    let other = Cursor { kind: ReadKind::Requisitions, ..cursor(Some(1), None) };
    let batch = ReadBatch { records: Vec::new(), cursor: Some(other.clone()) };
    store.save_read(&batch, epoch).await.expect("save");
    let cursors = store.cursors(PROJECT).await.expect("cursors");
    assert_eq!(cursors.len(), 2);
    assert!(cursors.contains(&other) && cursors.contains(&cursor(Some(51), Some(20))));
    assert!(store.cursors(ProjectId(PROJECT.0 + 1)).await.expect("cursors").is_empty());
}

/// A record comes back equal, its amounts in the very digits that were given.
pub async fn records_read_back_with_every_digit(store: &dyn StateStore) {
    let epoch = acquire(store).await;
    let full = full_record();
    let plain = commitment(2, RecordState::Pending);
    save(store, epoch, &[full.clone(), plain.clone()]).await;
    let read = store.records(&[plain.key(), full.key(), plain.key()]).await.expect("records");
    assert_eq!(sorted(read.clone()), sorted(vec![full.clone(), plain]), "each key once");
    let read = read.into_iter().find(|record| record.key() == full.key()).expect("the full record");
    // Decimals of other scales are equal: the digits are compared as text.
    assert_eq!(format!("{read:?}"), format!("{full:?}"));
}

/// Records are selected by each port method, and move with their state; a new version replaces all.
pub async fn records_are_found_by_key_family_project_and_wait(store: &dyn StateStore) {
    let epoch = acquire(store).await;
    let mut elsewhere = commitment(3, RecordState::Held);
    elsewhere.record.key.project = ProjectId(PROJECT.0 + 1);
    let direct = full_record();
    let first = commitment(direct.key().id, RecordState::Unchanged);
    let second = commitment(2, RecordState::Uncertain);
    let all = [first.clone(), second.clone(), direct.clone(), elsewhere.clone()];
    save(store, epoch, &all).await;

    let family = [first.family(), FamilyId::Commitment(999)];
    let read = store.families(PROJECT, &family).await.expect("families");
    assert_eq!(read, std::slice::from_ref(&first));
    assert!(store.families(PROJECT, &[]).await.expect("families").is_empty());
    let both = [direct.family(), second.family()];
    let read = store.families(PROJECT, &both).await.expect("families");
    assert_eq!(sorted(read), sorted(vec![direct.clone(), second.clone()]));
    let read = store.project_records(PROJECT).await.expect("project records");
    assert_eq!(sorted(read), sorted(vec![first.clone(), second.clone(), direct.clone()]));
    let states = |mut rows: Vec<_>| {
        rows.sort();
        rows
    };
    let row = |record: &StoredRecord| (record.key(), record.family(), record.state);
    let read = store.project_states(PROJECT).await.expect("project states");
    assert_eq!(states(read), states(vec![row(&first), row(&second), row(&direct)]));

    let read = store.exceptions().await.expect("exceptions");
    let waiting: Vec<_> = all.into_iter().filter(|r| r.state.waits_for_a_person()).collect();
    assert_eq!(sorted(read), sorted(waiting), "of every project");
    for state in RecordState::ALL {
        let moved = StoredRecord { state, ..second.clone() };
        save(store, epoch, std::slice::from_ref(&moved)).await;
        let read = store.exceptions().await.expect("exceptions");
        assert_eq!(read.contains(&moved), state.waits_for_a_person(), "{state}");
        assert_eq!(store.records(&[moved.key()]).await.expect("records"), [moved]);
    }
}

/// The adopter of an invoice is found in whatever project it is, and only as long as it is that.
pub async fn who_adopted_an_invoice_is_found_in_every_project(store: &dyn StateStore) {
    let epoch = acquire(store).await;
    let adopter = full_record();
    let adoption = adopter.adopted.clone().expect("the full record has adopted an invoice");
    let mut elsewhere = commitment(3, RecordState::Unchanged);
    elsewhere.record.key.project = ProjectId(PROJECT.0 + 1);
    elsewhere.adopted = Some(Adoption { doc_entry: 41, ..adoption.clone() });
    let mut words = commitment(4, RecordState::Unchanged);
    words.record.title = r#"about "adopted":{"doc_entry":42,"#.to_owned();
    save(store, epoch, &[adopter.clone(), elsewhere.clone(), words]).await;
    let of = async |doc_entry| store.adopter_of(doc_entry).await.expect("adopter");
    assert_eq!(of(adoption.doc_entry).await, Some(adopter.key()));
    assert_eq!(of(41).await, Some(elsewhere.key()));
    for other in [4, 42, 410] {
        assert_eq!(of(other).await, None, "{other}");
    }
    elsewhere.adopted = None;
    save(store, epoch, &[elsewhere]).await;
    assert_eq!(of(41).await, None);
}

/// An intent comes back equal; it is open until its result says otherwise, and remembers when it
/// was given up.
pub async fn an_intent_reads_back_with_every_byte_until_it_has_a_result(store: &dyn StateStore) {
    let epoch = acquire(store).await;
    let (mut first, second) = (intent(1, epoch), intent(2, epoch));
    // Out of order: the answer is by sequence all the same.
    store.record_intents(&[second.clone(), first.clone()], epoch).await.expect("intents");
    let source = first.key.source;
    let read = store.intents(&source).await.expect("intents");
    assert_eq!(read, [first.clone(), second.clone()]);
    assert_eq!(format!("{read:?}"), format!("{:?}", [&first, &second]), "every digit");
    assert!(store.intents(&key(Kind::DirectCost, 77)).await.expect("intents").is_empty());

    for (state, given_up_at) in [
        (IntentState::Uncertain, Some(at(30))),
        (IntentState::Uncertain, None),
        (IntentState::Posted, None),
    ] {
        let result = result(&first, state, given_up_at);
        let batch = ResultBatch { results: vec![result], records: Vec::new() };
        store.record_results(&batch, epoch).await.expect("results");
        first.state = state;
        first.given_up_at = Some(at(30));
        assert_eq!(store.intents(&source).await.expect("intents")[0], first);
        let open = store.open_intents().await.expect("open intents");
        assert_eq!(open.contains(&first), state == IntentState::Uncertain);
        assert!(open.contains(&second));
    }
    let batch = ResultBatch {
        results: vec![result(&second, IntentState::Rejected, None)],
        records: Vec::new(),
    };
    store.record_results(&batch, epoch).await.expect("results");
    assert!(store.open_intents().await.expect("open intents").is_empty());
}

/// A key that has an intent gets no second one, and takes its whole batch with it.
pub async fn an_intent_is_written_once_and_all_or_none(store: &dyn StateStore) {
    let epoch = acquire(store).await;
    let first = intent(1, epoch);
    store.record_intents(std::slice::from_ref(&first), epoch).await.expect("intents");
    let changed = Intent { body: b"other".to_vec(), ..first.clone() };
    store.record_intents(&[intent(2, epoch), changed], epoch).await.expect_err("a key twice");
    let twins = [intent(3, epoch), intent(3, epoch)];
    store.record_intents(&twins, epoch).await.expect_err("a key twice in one batch");
    assert_eq!(store.intents(&first.key.source).await.expect("intents"), [first]);
    store.record_intents(&[intent(2, epoch)], epoch).await.expect("the others are still free");
}

/// A result without an intent is refused, with the records and the results beside it.
pub async fn results_and_records_are_written_together_or_not_at_all(store: &dyn StateStore) {
    let epoch = acquire(store).await;
    let first = intent(1, epoch);
    store.record_intents(std::slice::from_ref(&first), epoch).await.expect("intents");
    let record = full_record();
    let mut batch = ResultBatch {
        results: vec![
            result(&first, IntentState::Posted, None),
            result(&intent(2, epoch), IntentState::Posted, None),
        ],
        records: vec![record.clone()],
    };
    store.record_results(&batch, epoch).await.expect_err("a result without an intent");
    assert_eq!(store.open_intents().await.expect("open intents"), [first]);
    assert!(store.records(&[record.key()]).await.expect("records").is_empty());
    batch.results.pop();
    store.record_results(&batch, epoch).await.expect("results");
    assert!(store.open_intents().await.expect("open intents").is_empty());
    assert_eq!(store.records(&[record.key()]).await.expect("records"), [record]);
}

/// Calls that run at one time do not share their fate: one that is refused takes no other with it.
pub async fn calls_at_one_time_are_each_kept_or_refused_alone(store: &dyn StateStore) {
    let epoch = acquire(store).await;
    let intents: Vec<Intent> = (0..30).map(|number| intent(number / 2 + 1, epoch)).collect();
    let calls =
        intents.iter().map(|intent| store.record_intents(std::slice::from_ref(intent), epoch));
    let answers = futures_util::future::join_all(calls).await;
    assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 15, "each key once");
    let read = store.intents(&intents[0].key.source).await.expect("intents");
    assert_eq!(read.iter().map(|i| i.key.sequence).collect::<Vec<_>>(), Vec::from_iter(1..=15));
}

/// Every writing call with a lost epoch answers `lease_lost`, and nothing of it is stored.
async fn assert_refused(store: &dyn StateStore, epoch: Epoch, cycle: i64) {
    let record = full_record();
    let read = ReadBatch {
        records: vec![record.clone()],
        cursor: Some(Cursor {
            project: PROJECT,
            kind: ReadKind::DirectCosts,
            high_water: Some(at(1)),
            full_read_at: None,
        }),
    };
    let results = ResultBatch { results: Vec::new(), records: vec![record.clone()] };
    let row = CycleRow {
        number: cycle,
        started_at: at(0),
        finished_at: Some(at(1)),
        status: CycleStatus::Done,
    };
    let answers = [
        store.set_profile(&profile(), epoch).await,
        store.open_cycle(at(1), epoch).await.map(drop),
        store.close_cycle(&row, epoch).await,
        store.save_read(&read, epoch).await,
        store.record_intents(&[intent(1, epoch)], epoch).await,
        store.record_results(&results, epoch).await,
        store.record_act(&act(), std::slice::from_ref(&record), epoch).await,
        store.compact(at(1_000_000), epoch).await.map(drop),
    ];
    for answer in answers {
        assert_eq!(answer.expect_err("a lost epoch writes").kind, StoreErrorKind::LeaseLost);
    }
    assert_eq!(store.profile().await.expect("profile"), None);
    assert!(store.cursors(PROJECT).await.expect("cursors").is_empty());
    assert!(store.records(&[record.key()]).await.expect("records").is_empty());
    assert!(store.open_intents().await.expect("open intents").is_empty());
    assert!(store.acts(act().key.as_ref()).await.expect("acts").is_empty());
    let last = store.last_cycle().await.expect("last cycle").expect("the cycle");
    assert_eq!((last.number, last.status), (cycle, CycleStatus::Open));
}

async fn acquire(store: &dyn StateStore) -> Epoch {
    store.acquire_writer(at(0)).await.expect("nobody else writes")
}

async fn save(store: &dyn StateStore, epoch: Epoch, records: &[StoredRecord]) {
    let batch = ReadBatch { records: records.to_vec(), cursor: None };
    store.save_read(&batch, epoch).await.expect("save");
}
