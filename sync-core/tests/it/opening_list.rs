//! The opening list for the controller: printed before and after the first cycle, made anew for a later
//! cut-over, and guarded against a change of what the history was posted by.

use chrono::TimeDelta;
use sync_core::{
    engine::{OpeningChange, OpeningList, OpeningRow, opening_sums},
    memory::MemoryStore,
    model::{CostRecord, ReadKind},
    policy::{Basis, Opening},
    ports::{CycleStatus, Deed, Signature, Silent, StateStore as _},
    states::{Reason, RecordState},
};

use crate::{
    records::{
        PROJECT, SC, add_up, change_order, co, commitment_of, d, day, dc, direct_cost,
        direct_cost_of, lines_of, req, requisition, requisition_of, subcontract,
    },
    world::{World, run},
};

fn cost(id: i64, dated: &str, amount: &str) -> CostRecord {
    let mut record = direct_cost(id, "invoice", &[(id * 10, "03-300", amount)]);
    direct_cost_of(&mut record).dated = Some(day(dated));
    record
}

/// A subcontract of last year, 4,000 of it billed and 400 retained, and a direct cost of last year; in
/// January one of each more.
fn records() -> Vec<CostRecord> {
    let mut commitment = subcontract(1, &[(11, "03-300", "10,000")]);
    commitment_of(&mut commitment).agreed_on = Some(day("2025-06-01"));
    let mut billed = requisition(71, 1, &[(11, "4,000", "4,000", "400", "0")], "3,600");
    requisition_of(&mut billed).period_end = Some(day("2025-12-31"));
    let mut january = subcontract(2, &[(21, "26-100", "2,000")]);
    commitment_of(&mut january).agreed_on = Some(day("2026-01-15"));
    vec![commitment, billed, january, cost(8, "2025-12-20", "300"), cost(9, "2026-01-20", "50")]
}

fn list(world: &World) -> OpeningList {
    world.with_engine(&Silent, async |engine| engine.opening_list().await)
}

fn rebuild_opening(world: &World) -> OpeningChange {
    world.clock.advance(TimeDelta::minutes(10));
    let signature =
        Signature { by: "Ada".to_owned(), note: "tied to the trial balance".to_owned() };
    world.with_engine(&Silent, async |engine| engine.rebuild_opening(signature).await)
}

/// `"subcontract 1 V100 2025-06-01 10000 4000 400"`.
fn told(row: &OpeningRow) -> String {
    format!(
        "{} {} {} {} {} {} {}",
        row.key.kind.name(),
        row.key.id,
        row.card_code.as_deref().unwrap_or("-"),
        row.dated,
        row.amount.normalize(),
        row.billed.normalize(),
        row.retained.normalize()
    )
}

fn rows(list: &OpeningList) -> Vec<String> {
    list.rows.iter().map(told).collect()
}

const AT_THE_CUT_OVER: [&str; 3] = [
    "subcontract 1 V100 2025-06-01 10000 4000 400",
    "direct_cost 8 V100 2025-12-20 300 0 0",
    "requisition 71 V100 2025-12-31 4000 0 0",
];

#[test]
fn before_the_first_cycle_it_is_what_that_cycle_would_store_and_afterwards_what_is_stored() {
    let world = World::of(records());
    let before = list(&world);
    assert_eq!((before.failure.as_ref(), before.exit_code()), (None, 0));
    assert_eq!(rows(&before), AT_THE_CUT_OVER);
    assert_eq!(before.not_stored, [PROJECT]);
    assert_eq!(world.ledger.posts(), 0);
    assert_eq!(run(world.store.profile()).unwrap(), None, "nothing is written");
    assert!(run(world.store.project_records(PROJECT)).unwrap().is_empty());

    world.sync();
    let posts = world.ledger.posts();
    world.edit(dc(8), |record| {
        lines_of(record)[0].amount = d("350");
        add_up(record);
    });
    let after = list(&world);
    assert_eq!((rows(&after), after.rows.as_slice()), (rows(&before), before.rows.as_slice()));
    assert!(after.not_stored.is_empty());
    assert_eq!(world.ledger.posts(), posts);
    assert_eq!(after.rows[0].vendor, "Vendor 1");
    assert_eq!((after.start_date, after.opening.as_str()), (day("2026-01-01"), "billed"));
}

#[test]
fn sums_stand_per_project_kind_and_currency() {
    let mut foreign = cost(10, "2025-11-02", "70");
    foreign.currency = Some("EUR".to_owned());
    let mut world = World::of(records());
    world.policy.foreign_currency = sync_core::policy::ForeignCurrency::Post;
    world.put([foreign]);
    let sums: Vec<String> = opening_sums(&list(&world).rows)
        .iter()
        .map(|sum| {
            let (amount, billed) = (sum.amount.normalize(), sum.billed.normalize());
            format!("{} {} {} {amount} {billed}", sum.kind.name(), sum.currency, sum.records)
        })
        .collect();
    assert_eq!(
        sums,
        [
            "subcontract USD 1 10000 4000",
            "direct_cost EUR 1 70 0",
            "direct_cost USD 1 300 0",
            "requisition USD 1 4000 0"
        ]
    );
}

#[test]
fn a_change_order_after_the_cut_over_is_no_part_of_the_list() {
    let world = World::of(records());
    world.put([change_order(5, 1, &[(51, "03-300", "1,000")])]);
    world.sync();
    assert_eq!(world.state(co(5)), RecordState::Opening, "its commitment is carried over");
    assert_eq!(rows(&list(&world)), AT_THE_CUT_OVER);
}

#[test]
fn a_list_that_cannot_be_read_is_told_and_no_list_is_shown_as_whole() {
    let world = World::of(records());
    world.source.set_failing(PROJECT, ReadKind::Requisitions, true);
    let list = list(&world);
    assert_eq!((list.exit_code(), list.rows.len()), (1, 0));
    assert_eq!(list.problems[0].failure.name, "source_unavailable");
}

/// The company after its first cycle, whose books take over on 2026-03-01 instead of 2026-01-01.
fn moved(basis: Basis) -> World {
    let mut world = World::on(basis);
    world.put(records());
    // What could not be posted in January: a code that no rule maps, in the books by hand.
    let mut held = cost(12, "2026-02-10", "80");
    lines_of(&mut held)[0].coding.as_mut().unwrap().cost_code = "77-000".to_owned();
    world.put([held]);
    world.sync();
    world.assert_cause(dc(12), Reason::CostCodeUnmapped);
    world.policy.start_date = day("2026-03-01");
    world
}

#[test]
fn a_later_start_date_takes_the_list_made_anew_and_posts_nothing() {
    for basis in [Basis::Commitment, Basis::CommitmentJournal, Basis::Progress] {
        let world = moved(basis);
        // Meanwhile a record of the list was corrected in the books as in Procore.
        world.edit(dc(8), |record| {
            lines_of(record)[0].amount = d("350");
            add_up(record);
        });
        let (posts, books) = (world.ledger.posts(), world.books());
        let change = rebuild_opening(&world);
        assert_eq!(change.cycle.status, CycleStatus::Done, "{:?}", change.cycle.failure);
        assert_eq!((world.ledger.posts(), world.books()), (posts, books));
        assert_eq!(change.former_start_date, Some(day("2026-01-01")));
        let told: Vec<(String, String)> = change
            .moves
            .iter()
            .map(|moved| {
                let side = |row: &Option<OpeningRow>| row.as_ref().map(told).unwrap_or_default();
                (side(&moved.before), side(&moved.after))
            })
            .collect();
        let corrected = (
            "direct_cost 8 V100 2025-12-20 300 0 0".to_owned(),
            "direct_cost 8 V100 2025-12-20 350 0 0".to_owned(),
        );
        let came = (String::new(), "direct_cost 12 V100 2026-02-10 80 0 0".to_owned());
        // What is not in the ledger on the basis progress belongs to the books of before.
        let contract = (String::new(), "subcontract 2 V100 2026-01-15 2000 0 0".to_owned());
        let mut expected = vec![corrected, came];
        if basis == Basis::Progress {
            expected.insert(0, contract);
        }
        assert_eq!(told, expected, "{}", basis.name());
        assert_eq!(change.rows.len(), 3 + expected.len() - 1);

        assert_eq!(world.sync().exit_code(), 0);
        assert_eq!(world.ledger.posts(), posts, "what was posted stands, the rest is in the books");
        assert_eq!(world.documents(dc(9)), "#1 JournalEntries 50.00", "stands");
        assert_eq!(world.state(dc(12)), RecordState::Opening);
        world.assert_reconciles();
        assert!(rebuild_opening(&world).moves.is_empty(), "made again it is the same");
        assert!(world.sync().documents.is_empty());
    }
}

#[test]
fn who_made_the_list_anew_and_why_is_kept() {
    let world = moved(Basis::Commitment);
    rebuild_opening(&world);
    let acts = run(world.store.acts(None)).unwrap();
    let kept: Vec<_> = acts.iter().map(|act| (act.deed, &*act.by, &*act.note)).collect();
    assert_eq!(kept, [(Deed::RebuildOpening, "Ada", "tied to the trial balance")]);
}

#[test]
fn a_record_that_left_its_status_leaves_the_list() {
    let world = moved(Basis::Commitment);
    world.edit(dc(8), |record| record.status = "draft".to_owned());
    let change = rebuild_opening(&world);
    let gone = change.moves.iter().find(|moved| moved.after.is_none()).unwrap();
    assert_eq!(gone.before.as_ref().unwrap().key, dc(8));
    assert_eq!(world.sync().exit_code(), 0);
    assert_eq!(world.state(dc(8)), RecordState::NotPostable);
    world.assert_reconciles();
    world.edit(dc(8), |record| record.status = "approved".to_owned());
    world.sync();
    world.assert_cause(dc(8), Reason::LateBeforeStart);
}

#[test]
fn what_was_posted_beside_a_commitment_of_the_list_stays_and_the_rest_is_listed() {
    let mut world = World::on(Basis::Commitment);
    world.policy.opening = Opening::Committed;
    world.put(records());
    world.sync();
    world.edit(SC, |record| {
        lines_of(record)[0].amount = d("10,500");
        add_up(record);
    });
    world.put([requisition(72, 2, &[(11, "6,000", "2,000", "600", "0")], "1,800")]);
    world.sync();
    assert_eq!(world.stored(req(72)).cause, None);
    let (posts, books) = (world.ledger.posts(), world.books());
    world.policy.start_date = day("2026-03-20");
    let change = rebuild_opening(&world);
    assert_eq!(change.cycle.status, CycleStatus::Done, "{:?}", change.cycle.failure);
    // 500 and 2,000 stand in SAP by key; the books held the rest before.
    let row = told(&change.rows[0]);
    assert_eq!(row, "subcontract 1 V100 2025-06-01 10000 4000 400");
    assert_eq!(world.stored(req(71)).cause, None);
    assert!(world.sync().documents.is_empty());
    assert_eq!((world.ledger.posts(), world.books()), (posts, books));
    assert_eq!(world.stored(req(71)).cause, None);
    assert_eq!(world.stored(req(72)).cause, None);
    assert_eq!(world.documents(req(72)), "#1 JournalEntries 2000.00");
    world.assert_reconciles();
}

#[test]
fn a_list_that_was_broken_off_posts_nothing_and_is_completed_by_the_next_one() {
    let world = moved(Basis::Commitment);
    let posts = world.ledger.posts();
    world.source.set_failing(PROJECT, ReadKind::DirectCosts, true);
    let broken = rebuild_opening(&world);
    assert_eq!((broken.cycle.status, broken.cycle.exit_code()), (CycleStatus::Partial, 1));
    world.source.set_failing(PROJECT, ReadKind::DirectCosts, false);
    world.sync();
    assert_eq!(world.ledger.posts(), posts);
    let whole = rebuild_opening(&world);
    assert_eq!(whole.cycle.status, CycleStatus::Done);
    assert_eq!(world.sync().exit_code(), 0);
    assert_eq!(world.ledger.posts(), posts);
    world.assert_reconciles();
}

fn refused(world: &World) -> String {
    let posts = world.ledger.posts();
    let report = world.cycle();
    assert_eq!((report.status, report.exit_code()), (CycleStatus::Failed, 64));
    let failure = report.failure.unwrap();
    assert_eq!(failure.name, "configuration");
    assert_eq!(world.preview().failure.as_ref(), Some(&failure));
    assert_eq!(world.ledger.posts(), posts);
    failure.detail
}

#[test]
fn a_changed_basis_opening_or_start_date_is_refused_with_the_value_that_would_be_right() {
    let mut world = World::of(records());
    world.sync();
    world.policy.start_date = day("2026-03-01");
    let later = refused(&world);
    assert!(later.contains("posting.start_date: the state was begun with"), "{later}");
    assert!(later.contains("\"2026-01-01\", the configuration says \"2026-03-01\""), "{later}");
    assert!(later.contains("sync --rebuild-opening"), "{later}");

    world.policy.start_date = day("2025-07-01");
    let earlier = refused(&world);
    assert!(earlier.contains("would post it again"), "{earlier}");
    assert!(earlier.contains("write start_date = \"2026-01-01\""), "{earlier}");
    let anew = rebuild_opening(&world).cycle;
    assert_eq!((anew.status, anew.exit_code()), (CycleStatus::Failed, 64), "nor made anew");

    world.policy.start_date = day("2026-01-01");
    world.policy.opening = Opening::Committed;
    world.policy.basis = Basis::CommitmentJournal;
    world.policy.unbilled_account = None;
    world.policy.accrued_account = Some(crate::world::ACCRUED.to_owned());
    let both = refused(&world);
    assert!(both.contains("write basis = \"commitment\""), "{both}");
    assert!(both.contains("write opening = \"billed\""), "{both}");
}

#[test]
fn there_is_no_list_to_make_anew_before_the_first_cycle() {
    let world = World::of(records());
    let change = rebuild_opening(&world);
    assert_eq!((change.cycle.status, change.cycle.exit_code()), (CycleStatus::Failed, 64));
    assert!(change.cycle.failure.unwrap().detail.contains("the first sync makes it"));
}

#[test]
fn after_a_rebuild_the_list_is_the_one_that_was_kept_on_paper() {
    let mut world = World::of(records());
    world.sync();
    world.put([requisition(72, 2, &[(11, "6,000", "2,000", "600", "0")], "1,800")]);
    world.sync();
    let paper = rows(&list(&world));
    assert_eq!(paper, AT_THE_CUT_OVER);
    world.store = MemoryStore::new();
    world.clock.advance(TimeDelta::minutes(10));
    let report =
        world.with_engine(&Silent, async |engine| engine.rebuild(Default::default()).await);
    assert_eq!(report.cycle.status, CycleStatus::Done, "{:?}", report.cycle.failure);
    assert_eq!(report.opening.iter().map(told).collect::<Vec<_>>(), paper);
    assert_eq!(rows(&list(&world)), paper);
    assert!(world.sync().documents.is_empty());
    world.assert_reconciles();
}
