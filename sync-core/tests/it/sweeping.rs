//! Sweeps: deletions, and edits that move nothing but a line, found within a share of the calls.

use async_trait::async_trait;
use chrono::TimeDelta;
use sync_core::{
    engine::{CycleOptions, CycleReport, Engine, Sweep},
    memory::{MemorySource, PostFault},
    model::{CostRecord, Kind, ProjectId, ReadKind, RecordBody, SourceKey},
    ports::{
        Changes, Chunk, Clock as _, CostSource, CycleStatus, Observer, PageToken, Progress,
        ReadScope, ScopeReport, Silent, SourceError, SourceProject, UnreadableRecord,
    },
    states::RecordState,
};

use crate::{
    records::{COMPANY, PROJECT, SC, change_order, d, direct_cost, key, lines_of, subcontract},
    world::World,
};

const fn sc(id: i64) -> SourceKey {
    key(Kind::Subcontract, id)
}

/// Five posted subcontracts of 100 each, the fifth changed last: a list of changes answers it alone.
fn five() -> World {
    let world = World::of((1..=5).map(|id| subcontract(id, &[(id * 10, "03-300", "100")])));
    world.sync();
    world.clock.advance(TimeDelta::hours(1));
    world.edit(sc(5), |record| record.title = "changed last".to_owned());
    world.sync();
    world.clock.advance(TimeDelta::hours(1));
    world
}

/// Sets the amount of a record's first line, and its total.
fn set_amount(record: &mut CostRecord, amount: &str) {
    lines_of(record)[0].amount = d(amount);
    let RecordBody::Commitment(body) = &mut record.body else { panic!("{record:?}") };
    body.grand_total = Some(d(amount));
}

/// A cycle of an hour later, in which every list that was last read in full before `due` is due.
fn swept(world: &World, due: chrono::DateTime<chrono::Utc>) -> (CycleReport, Vec<Changes>) {
    world.clock.advance(TimeDelta::hours(1));
    let since = world.source.reads().len();
    let options = CycleOptions { sweep: Sweep::Before(due), ..CycleOptions::default() };
    let report = world.with_engine(&Silent, async |engine| engine.sync(&options).await);
    world.note_cycle(&report);
    assert_eq!(report.status, CycleStatus::Done, "{:?} {:?}", report.failure, report.problems);
    let reads = world.source.reads().split_off(since);
    let of_list = reads.into_iter().filter(|read| read.kind == ReadKind::Subcontracts);
    (report, of_list.map(|read| read.changes).collect())
}

/// Moves a line to another code: neither the total nor `updated_at` of the record moves.
fn recode(world: &World, key: SourceKey) {
    recode_to(world, key, "26-100");
}

fn recode_to(world: &World, key: SourceKey, code: &str) {
    let there = world.source.edit(&key, |record| {
        lines_of(record)[0].coding.as_mut().unwrap().cost_code = code.to_owned();
    });
    assert!(there);
}

#[test]
fn a_sweep_finds_a_line_that_was_edited_although_nothing_else_moved() {
    let world = five();
    recode(&world, sc(3));
    assert!(world.sync().documents.is_empty(), "no list says so");
    let due = world.clock.now();
    let (report, reads) = swept(&world, due);
    assert_eq!(reads, [Changes::Headers, Changes::Ids(vec![1, 2, 3, 4, 5])]);
    assert_eq!(report.documents.len(), 1, "from one account to the other");
    assert_eq!(world.cursor(ReadKind::Subcontracts).unwrap().full_read_at, Some(world.clock.now()));
    let (_, reads) = swept(&world, due);
    assert!(matches!(reads[..], [Changes::Since(_)]), "swept since it was due: {reads:?}");
    world.assert_reconciles();
}

#[test]
fn a_sweep_that_is_larger_than_its_share_goes_on_with_the_lines_read_longest_ago() {
    let mut world = five();
    world.limits.sweep_lines = 2;
    world.clock.advance(TimeDelta::hours(1));
    world.edit(sc(1), |record| record.title = "read again, with its lines".to_owned());
    world.sync();
    world.source.remove(&sc(5)).unwrap();
    recode(&world, sc(4));
    let before = world.cursor(ReadKind::Subcontracts).unwrap();
    let due = world.clock.now() + TimeDelta::minutes(1);
    let (report, reads) = swept(&world, due);
    assert_eq!(reads, [Changes::Headers, Changes::Ids(vec![2, 3])]);
    assert!(report.documents.is_empty());
    assert!(world.stored(sc(5)).settling.is_some(), "what is gone is seen at once");
    let now = world.cursor(ReadKind::Subcontracts).unwrap();
    assert_eq!(now.full_read_at, before.full_read_at, "lines are left");
    let (report, reads) = swept(&world, due);
    assert_eq!(reads, [Changes::Headers, Changes::Ids(vec![4, 1])], "oldest first");
    assert_eq!(report.documents.len(), 1);
    let now = world.cursor(ReadKind::Subcontracts).unwrap();
    assert_eq!(now.full_read_at, Some(world.clock.now()));
}

#[test]
fn what_a_header_says_is_no_part_of_the_share() {
    let mut world = five();
    world.limits.sweep_lines = 1;
    for id in [2, 3, 4] {
        // The total moved, and `updated_at` did not.
        assert!(world.source.edit(&sc(id), |record| set_amount(record, "110")));
    }
    let (report, reads) = swept(&world, world.clock.now());
    assert_eq!(
        reads,
        [Changes::Headers, Changes::Ids(vec![2, 3, 4]), Changes::Ids(vec![1])],
        "what changed, and then one of the two others"
    );
    assert_eq!(report.documents.len(), 3);
    assert_eq!(world.cost(), d("530"));
    world.assert_reconciles();
}

#[test]
fn lines_of_what_is_finished_or_counts_nowhere_are_not_read_again() {
    let world = World::of([
        subcontract(1, &[(10, "03-300", "100")]),
        CostRecord { status: "Complete".to_owned(), ..subcontract(2, &[(20, "03-300", "100")]) },
        CostRecord { status: "Draft".to_owned(), ..subcontract(3, &[(30, "03-300", "100")]) },
    ]);
    world.sync();
    let (_, reads) = swept(&world, world.clock.now() + TimeDelta::minutes(1));
    assert_eq!(reads, [Changes::Headers, Changes::Ids(vec![1])]);
}

#[test]
fn a_header_that_is_read_beside_another_list_is_compared_with_what_is_stored() {
    let world = five();
    assert!(world.source.edit(&SC, |record| set_amount(record, "130")));
    assert!(world.sync().documents.is_empty(), "no list says so");
    world.put([change_order(7, 1, &[(71, "03-300", "10")])]);
    world.sync();
    assert_eq!(world.documents(SC), "#1 PurchaseInvoices 100.00, #2 PurchaseInvoices 30.00");
    world.assert_reconciles();
    let reads = world.source.reads().len();
    world.sync();
    let reads = world.source.reads().split_off(reads);
    let by_id = |read: &ReadScope| matches!(read.changes, Changes::Ids(_));
    assert!(!reads.iter().any(by_id), "once: {reads:?}");
}

#[test]
fn a_sweep_that_one_list_broke_off_goes_on_with_that_list_alone() {
    let world = five();
    world.put([direct_cost(9, "invoice", &[(91, "03-300", "30")])]);
    world.sync();
    let due = world.clock.now() + TimeDelta::seconds(1);
    let kinds = |world: &World| -> Vec<ReadKind> {
        world.clock.advance(TimeDelta::hours(1));
        let since = world.source.reads().len();
        let options = CycleOptions { sweep: Sweep::Before(due), ..CycleOptions::default() };
        world.with_engine(&Silent, async |engine| engine.sync(&options).await);
        let reads = world.source.reads().split_off(since).into_iter();
        reads.filter(|read| read.changes == Changes::Headers).map(|read| read.kind).collect()
    };
    world.source.set_failing(PROJECT, ReadKind::DirectCosts, true);
    assert_eq!(kinds(&world), [ReadKind::Subcontracts, ReadKind::DirectCosts]);
    world.source.set_failing(PROJECT, ReadKind::DirectCosts, false);
    assert_eq!(kinds(&world), [ReadKind::DirectCosts], "read in full since it was due");
    assert_eq!(kinds(&world), []);
}

#[test]
fn a_list_with_an_item_that_does_not_decode_is_not_swept() {
    let world = five();
    let before = world.cursor(ReadKind::Subcontracts).unwrap();
    let item = UnreadableRecord { id: Some(8), detail: "$.grand_total".to_owned() };
    world.source.put_unreadable(PROJECT, ReadKind::Subcontracts, item);
    world.source.remove(&sc(5)).unwrap();
    world.edit(sc(2), |record| set_amount(record, "120"));
    recode(&world, sc(3));
    let due = world.clock.now();
    let (report, reads) = swept(&world, due);
    assert_eq!(world.cursor(ReadKind::Subcontracts).unwrap(), before);
    assert!(!world.stored(sc(5)).absent, "it may be the one that does not decode");
    assert_eq!(report.documents.len(), 2, "it takes no change with it");
    assert_eq!(
        reads,
        [Changes::Headers, Changes::Ids(vec![2]), Changes::Ids(vec![1, 3, 4])],
        "what changed, and the lines of the others"
    );
    let (_, reads) = swept(&world, due);
    assert_eq!(reads, [Changes::Headers], "once");
    world.source.mend(PROJECT, ReadKind::Subcontracts);
    swept(&world, due);
    assert!(world.stored(sc(5)).absent);
}

#[test]
fn a_clock_that_was_a_year_ahead_once_does_not_stop_the_sweeps() {
    let world = five();
    world.clock.advance(TimeDelta::days(365));
    world.sweep();
    world.clock.advance(TimeDelta::days(-364));
    recode(&world, sc(3));
    let (report, reads) = swept(&world, world.clock.now());
    assert_eq!(reads, [Changes::Headers, Changes::Ids(vec![1, 2, 3, 4, 5])]);
    assert_eq!(report.documents.len(), 1);
    let (_, reads) = swept(&world, world.clock.now() - TimeDelta::days(1));
    assert!(matches!(reads[..], [Changes::Since(_)]), "the clock is right again: {reads:?}");
}

/// A source that answers no subcontract by its id.
struct WithoutIds<'a>(&'a World);

#[async_trait]
impl CostSource for WithoutIds<'_> {
    async fn scope(&self) -> Result<ScopeReport, SourceError> {
        self.0.source.scope().await
    }

    async fn read(
        &self,
        scope: &ReadScope,
        page: Option<&PageToken>,
    ) -> Result<Chunk, SourceError> {
        match scope {
            ReadScope { kind: ReadKind::Subcontracts, changes: Changes::Ids(_), .. } => {
                Ok(Chunk::default())
            }
            _ => self.0.source.read(scope, page).await,
        }
    }

    fn calls(&self) -> u64 {
        self.0.source.calls()
    }
}

#[test]
fn what_no_id_answers_is_read_by_its_whole_list() {
    let world = five();
    world.clock.advance(TimeDelta::hours(1));
    world.edit(sc(2), |record| set_amount(record, "120"));
    // Later than the one that is not answered.
    world.clock.advance(TimeDelta::hours(1));
    world.edit(sc(3), |record| record.title = "changed later".to_owned());
    let options = CycleOptions { sweep: Sweep::Before(world.clock.now()), ..Default::default() };
    let source = WithoutIds(&world);
    let report = world.with_engine(&Silent, async |engine| {
        Engine { source: &source, ..engine }.sync(&options).await
    });
    assert_eq!(report.status, CycleStatus::Done, "{:?} {:?}", report.failure, report.problems);
    assert_eq!(world.documents(sc(2)), "#1 PurchaseInvoices 100.00, #2 PurchaseInvoices 20.00");
}

#[test]
fn a_first_reading_that_was_broken_off_does_not_read_again_what_it_stored() {
    let world = World::of((1..=5).map(|id| subcontract(id, &[(id * 10, "03-300", "100")])));
    world.source.set_page_size(2);
    let source = BrokenOff(&world);
    let report = world.with_engine(&Silent, async |engine| {
        Engine { source: &source, ..engine }.sync(&CycleOptions::default()).await
    });
    assert_eq!((report.status, report.documents.len()), (CycleStatus::Partial, 0));
    let since = world.source.reads().len();
    world.sync();
    let reads = world.source.reads().split_off(since).into_iter();
    let reads: Vec<Changes> =
        reads.filter(|read| read.kind == ReadKind::Subcontracts).map(|read| read.changes).collect();
    assert_eq!(reads, [Changes::Headers, Changes::Ids(vec![3, 4, 5])]);
    assert_eq!(world.cost(), d("500"));
    assert!(world.cursor(ReadKind::Subcontracts).unwrap().full_read_at.is_some());
}

/// A source whose list of subcontracts breaks off after its first part.
struct BrokenOff<'a>(&'a World);

#[async_trait]
impl CostSource for BrokenOff<'_> {
    async fn scope(&self) -> Result<ScopeReport, SourceError> {
        self.0.source.scope().await
    }

    async fn read(
        &self,
        scope: &ReadScope,
        page: Option<&PageToken>,
    ) -> Result<Chunk, SourceError> {
        self.0.source.set_failing(PROJECT, ReadKind::Subcontracts, page.is_some());
        let answer = self.0.source.read(scope, page).await;
        self.0.source.set_failing(PROJECT, ReadKind::Subcontracts, false);
        answer
    }

    fn calls(&self) -> u64 {
        self.0.source.calls()
    }
}

/// Somebody who works in Procore while a list is read.
struct Meanwhile<'a>(&'a World, std::sync::atomic::AtomicBool);

impl Observer for Meanwhile<'_> {
    fn on(&self, progress: &Progress) {
        let read = matches!(progress, Progress::Read { records: 1, .. });
        if read && !self.1.swap(true, std::sync::atomic::Ordering::SeqCst) {
            self.0.clock.advance(TimeDelta::minutes(1));
            self.0.edit(SC, |record| set_amount(record, "120"));
            self.0.clock.advance(TimeDelta::minutes(30));
            self.0.edit(sc(2), |record| record.title = "changed last".to_owned());
        }
    }
}

#[test]
fn an_edit_while_a_list_is_read_is_behind_the_cursor() {
    for sweep in [Sweep::Nothing, Sweep::Everything] {
        let world = World::of([1, 2].map(|id| subcontract(id, &[(id * 10, "03-300", "100")])));
        world.source.set_page_size(1);
        if sweep == Sweep::Everything {
            world.sync();
        }
        let options = CycleOptions { sweep, ..CycleOptions::default() };
        let meanwhile = Meanwhile(&world, Default::default());
        world.with_engine(&meanwhile, async |engine| engine.sync(&options).await);
        assert_eq!(world.cost(), d("200"), "{sweep:?}: the page was read before");
        world.sync();
        assert_eq!(world.cost(), d("220"), "{sweep:?}");
    }
}

#[test]
fn a_settling_record_that_a_cycle_reads_twice_was_seen_once() {
    let world = five();
    world.edit(SC, |record| record.status = "Draft".to_owned());
    world.source.remove(&sc(2)).unwrap();
    world.sweep();
    world.sync();
    let cycles = |key| world.stored(key).settling.unwrap().cycles;
    assert_eq!((cycles(SC), cycles(sc(2))), (2, 2));
}

#[test]
fn what_left_is_not_reversed_in_a_cycle_that_did_not_look_at_it() {
    let world = five();
    world.put([CostRecord {
        status: "Draft".to_owned(),
        ..change_order(7, 1, &[(71, "03-300", "10")])
    }]);
    world.edit(SC, |record| record.status = "Draft".to_owned());
    world.sync();
    world.sync();
    world.edit(SC, |record| record.status = "Approved".to_owned());
    world.clock.advance(TimeDelta::hours(12));
    world.source.set_failing(PROJECT, ReadKind::Subcontracts, true);
    assert!(world.cycle().documents.is_empty(), "its list could not be read");
    world.source.set_failing(PROJECT, ReadKind::Subcontracts, false);
    let other = key(Kind::ChangeOrder, 7);
    assert!(world.replay(Some(&[other])).documents.is_empty(), "only its change order was read");
    assert!(world.sync().documents.is_empty(), "it is approved again");
    assert_eq!(world.state(SC), RecordState::Unchanged);
}

#[test]
fn what_is_back_in_procore_is_seen_although_its_reversal_was_not_taken() {
    let world = five();
    world.source.remove(&SC).unwrap();
    world.sweep();
    world.clock.advance(TimeDelta::hours(12));
    world.ledger.fail_next_post(PostFault::NotSent);
    world.sync();
    assert_eq!(world.state(SC), RecordState::Rejected);
    // Seen again as it was: its `updated_at` does not move.
    world.source.put(subcontract(1, &[(10, "03-300", "100")]));
    assert!(world.sync().documents.is_empty(), "{}", world.documents(SC));
    assert_eq!(world.state(SC), RecordState::Unchanged);
}

#[test]
fn the_project_that_was_read_in_full_longest_ago_has_the_first_turn() {
    let project = |id| SourceProject {
        id: ProjectId(id),
        name: format!("Project {id}"),
        number: None,
        time_zone: None,
        currency: None,
    };
    let mut world = World::new();
    world.source = MemorySource::new(COMPANY, vec![project(1), project(2)]);
    world.limits.projects_at_once = 1;
    world.sync();
    world.clock.advance(TimeDelta::hours(1));
    let of_first = CycleOptions {
        projects: Some(vec![ProjectId(1)]),
        sweep: Sweep::Everything,
        ..CycleOptions::default()
    };
    world.with_engine(&Silent, async |engine| engine.sync(&of_first).await);
    let since = world.source.reads().len();
    world.sync();
    let reads = world.source.reads().split_off(since);
    assert_eq!(reads[0].project, ProjectId(2));
}

#[test]
fn a_list_that_never_decoded_in_full_is_swept_all_the_same() {
    let world = World::of((1..=5).map(|id| subcontract(id, &[(id * 10, "03-300", "100")])));
    let item = UnreadableRecord { id: Some(8), detail: "$.grand_total".to_owned() };
    world.source.put_unreadable(PROJECT, ReadKind::Subcontracts, item);
    world.sync();
    recode(&world, sc(3));
    let (report, reads) = swept(&world, world.clock.now() + TimeDelta::seconds(1));
    assert_eq!(reads, [Changes::Headers, Changes::Ids(vec![1, 2, 3, 4, 5])]);
    assert_eq!(report.documents.len(), 1);
    recode_to(&world, sc(4), "26-200");
    world.sweep();
    assert_eq!(world.held(sc(4)).len(), 2, "every line, now");
}

#[test]
fn what_leaves_with_a_commitment_that_was_taken_back_alone_leaves_in_a_later_cycle() {
    let world = five();
    world.put([change_order(7, 1, &[(71, "03-300", "10")])]);
    world.sync();
    world.clock.advance(TimeDelta::hours(1));
    world.edit(SC, |record| record.status = "Void".to_owned());
    world.sync();
    // Another one is changed last, so that no list of changes shows the first.
    world.clock.advance(TimeDelta::hours(13));
    world.edit(sc(5), |record| record.title = "changed last again".to_owned());
    world.ledger.fail_post_after(1, PostFault::NotSent);
    world.sync();
    let left =
        |key| world.held(key).iter().map(|held| held.net_cost()).sum::<rust_decimal::Decimal>();
    let change_order = key(Kind::ChangeOrder, 7);
    assert_eq!((left(SC), left(change_order)), (d("0"), d("10")));
    world.clock.advance(TimeDelta::hours(1));
    world.sync();
    assert_eq!(left(change_order), d("0"), "{:?}", world.stored(change_order).cause);
}

#[test]
fn change_orders_of_a_commitment_without_documents_settle_by_it() {
    for is_deleted in [false, true] {
        let world = World::of([
            subcontract(1, &[(10, "03-300", "0")]),
            change_order(7, 1, &[(71, "03-300", "500")]),
        ]);
        world.sync();
        assert_eq!(world.cost(), d("500"));
        if is_deleted {
            world.source.remove(&SC).unwrap();
            world.sweep();
        } else {
            world.edit(SC, |record| record.status = "Void".to_owned());
            world.sync();
        }
        world.clock.advance(TimeDelta::hours(13));
        world.sync();
        world.sync();
        assert_eq!(world.cost(), d("0"), "{:?}", world.stored(key(Kind::ChangeOrder, 7)).cause);
    }
}

#[test]
fn a_list_larger_than_its_share_leaves_the_lists_after_it_their_turn() {
    let order = |id| {
        let mut order = subcontract(id, &[(id * 10, "03-300", "100")]);
        order.key = key(Kind::PurchaseOrder, id);
        order
    };
    let mut world =
        World::of([order(21), order(22), order(23), subcontract(1, &[(10, "03-300", "100")])]);
    world.sync();
    world.clock.advance(TimeDelta::hours(1));
    world.limits.sweep_lines = 2;
    world.limits.sweep_every = TimeDelta::hours(1);
    recode(&world, SC);
    // A sweep is due before each cycle.
    let documents: usize = (0..4).map(|_| swept(&world, world.clock.now()).0.documents.len()).sum();
    assert_eq!(documents, 1);
}

#[test]
fn what_was_taken_back_long_ago_is_not_read_by_each_cycle_of_a_sweep() {
    let mut world = five();
    world.edit(SC, |record| record.status = "Void".to_owned());
    world.source.remove(&sc(2)).unwrap();
    world.sweep();
    world.clock.advance(TimeDelta::hours(13));
    world.sync();
    assert_eq!(world.cost(), d("300"));
    world.clock.advance(TimeDelta::hours(13));
    world.edit(sc(5), |record| record.title = "changed last again".to_owned());
    world.sync();
    world.limits.sweep_lines = 1;
    let due = world.clock.now() + TimeDelta::minutes(1);
    swept(&world, due);
    let planned = world.stored(sc(2)).planned_in_cycle;
    let (_, reads) = swept(&world, due);
    assert!(!reads.contains(&Changes::Ids(vec![1])), "{reads:?}");
    assert_eq!(world.stored(sc(2)).planned_in_cycle, planned);
}
