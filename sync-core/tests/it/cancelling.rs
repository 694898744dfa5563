//! A cycle whose future is dropped at any await: nothing is posted twice, nothing is lost.
//!
//! The ports in memory never wait, so each call is made to wait twice here: before it does anything,
//! and after it did everything but before its answer is seen. A cycle that is dropped after `n` polls
//! is a process that was killed there.

use std::{
    pin::pin,
    task::{Context, Poll, Waker},
    time::Duration,
};

use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};
use sync_core::{
    catalog::Catalog,
    engine::{CycleOptions, CycleReport, Engine, EngineLimits},
    model::{CompanyId, FamilyId, HeldDocument, Posting, ProjectId, SourceKey},
    policy::Basis,
    ports::{
        Act, CatalogRequest, Chunk, CostSource, Cursor, CycleRow, Epoch, Intent, Leave, Ledger,
        LedgerAvailability, LedgerError, PageToken, Payload, PostOutcome, Profile, ReadBatch,
        ReadScope, ResultBatch, ScopeReport, SetupReport, Silent, SourceError, StateStore,
        StoreError, StoreRow, StoreRowState, StoredRecord,
    },
    states::RecordState,
};

use crate::{
    exactly_once::{assert_once, converge, everything},
    records::{SC, add_up, d, lines_of, subcontract},
    world::{World, run},
};

/// A port that waits once before each call and once after it.
pub(crate) struct Waiting<'a, T>(pub(crate) &'a T);

/// Is not ready the first time it is asked.
async fn wait() {
    let mut asked = false;
    std::future::poll_fn(|context| {
        if std::mem::replace(&mut asked, true) {
            return Poll::Ready(());
        }
        context.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}

async fn waiting<T>(call: impl Future<Output = T>) -> T {
    wait().await;
    let answer = call.await;
    wait().await;
    answer
}

#[async_trait]
impl<T: CostSource> CostSource for Waiting<'_, T> {
    async fn scope(&self) -> Result<ScopeReport, SourceError> {
        waiting(self.0.scope()).await
    }

    async fn read(
        &self,
        scope: &ReadScope,
        page: Option<&PageToken>,
    ) -> Result<Chunk, SourceError> {
        waiting(self.0.read(scope, page)).await
    }

    fn calls(&self) -> u64 {
        self.0.calls()
    }
}

#[async_trait]
impl<T: Ledger> Ledger for Waiting<'_, T> {
    async fn catalog(&self, request: &CatalogRequest) -> Result<Catalog, LedgerError> {
        waiting(self.0.catalog(request)).await
    }

    async fn look_up(&self, keys: &[SourceKey]) -> Result<Vec<HeldDocument>, LedgerError> {
        waiting(self.0.look_up(keys)).await
    }

    async fn keyed_documents(
        &self,
        company: CompanyId,
        project: ProjectId,
    ) -> Result<Vec<HeldDocument>, LedgerError> {
        waiting(self.0.keyed_documents(company, project)).await
    }

    async fn holds_documents_of(&self, company: CompanyId) -> Result<bool, LedgerError> {
        waiting(self.0.holds_documents_of(company)).await
    }

    async fn holds_documents_elsewhere(&self, company: CompanyId) -> Result<bool, LedgerError> {
        waiting(self.0.holds_documents_elsewhere(company)).await
    }

    async fn store_row(&self, company: CompanyId) -> Result<StoreRowState, LedgerError> {
        waiting(self.0.store_row(company)).await
    }

    async fn write_store_row(&self, company: CompanyId, row: &StoreRow) -> Result<(), LedgerError> {
        waiting(self.0.write_store_row(company, row)).await
    }

    fn payload(&self, posting: &Posting, catalog: &Catalog) -> Result<Payload, LedgerError> {
        self.0.payload(posting, catalog)
    }

    async fn post(
        &self,
        source: &SourceKey,
        payload: &Payload,
        after: u32,
        leave: &dyn Leave,
    ) -> PostOutcome {
        waiting(self.0.post(source, payload, after, leave)).await
    }

    async fn set_up(&self) -> Result<SetupReport, LedgerError> {
        waiting(self.0.set_up()).await
    }

    async fn close(&self) {
        waiting(self.0.close()).await;
    }

    fn availability(&self) -> LedgerAvailability {
        self.0.availability()
    }
}

/// Methods of the store that only wait around the call.
macro_rules! stored {
    ($($name:ident($($argument:ident: $type:ty),*) -> $answer:ty;)*) => {
        #[async_trait]
        impl<T: StateStore> StateStore for Waiting<'_, T> {
            $(async fn $name(&self, $($argument: $type),*) -> Result<$answer, StoreError> {
                waiting(self.0.$name($($argument),*)).await
            })*
        }
    };
}

stored! {
    acquire_writer(now: DateTime<Utc>) -> Epoch;
    release_writer(epoch: Epoch) -> ();
    writer_lasts(epoch: Epoch) -> Option<Duration>;
    time(here: DateTime<Utc>) -> DateTime<Utc>;
    id() -> String;
    profile() -> Option<Profile>;
    set_profile(profile: &Profile, epoch: Epoch) -> ();
    open_cycle(started_at: DateTime<Utc>, epoch: Epoch) -> i64;
    close_cycle(row: &CycleRow, epoch: Epoch) -> ();
    last_cycle() -> Option<CycleRow>;
    cycle(number: i64) -> Option<CycleRow>;
    cursors(project: ProjectId) -> Vec<Cursor>;
    save_read(batch: &ReadBatch, epoch: Epoch) -> ();
    records(keys: &[SourceKey]) -> Vec<StoredRecord>;
    families(project: ProjectId, families: &[FamilyId]) -> Vec<StoredRecord>;
    project_records(project: ProjectId) -> Vec<StoredRecord>;
    project_states(project: ProjectId) -> Vec<(SourceKey, FamilyId, RecordState)>;
    exceptions() -> Vec<StoredRecord>;
    adopter_of(doc_entry: i64) -> Option<SourceKey>;
    record_intents(intents: &[Intent], epoch: Epoch) -> ();
    record_results(batch: &ResultBatch, epoch: Epoch) -> ();
    open_intents() -> Vec<Intent>;
    intents(key: &SourceKey) -> Vec<Intent>;
    record_act(act: &Act, records: &[StoredRecord], epoch: Epoch) -> ();
    acts(key: Option<&SourceKey>) -> Vec<Act>;
    compact(before: DateTime<Utc>, epoch: Epoch) -> u64;
}

/// A cycle that is dropped after `polls` polls; its report if it ended before.
fn cut_after(world: &World, polls: usize) -> Option<CycleReport> {
    let (source, ledger, store) =
        (Waiting(&world.source), Waiting(&world.ledger), Waiting(&world.store));
    world.with_parts(|mapping, profile| {
        let engine = Engine {
            source: &source,
            ledger: &ledger,
            store: &store,
            clock: &world.clock,
            observer: &Silent,
            mapping,
            policy: &world.policy,
            profile,
            time_zone: "UTC",
            limits: EngineLimits::default(),
            stop: world.stop.clone(),
        };
        let options = CycleOptions::default();
        let mut cycle = pin!(engine.sync(&options));
        let mut context = Context::from_waker(Waker::noop());
        (0..polls).find_map(|_| match cycle.as_mut().poll(&mut context) {
            Poll::Ready(report) => Some(report),
            Poll::Pending => None,
        })
    })
}

/// Cuts the first cycle over these records at every await there is, each time in a new world, and
/// answers how many there were.
fn cut_everywhere(new: impl Fn() -> World, enter: impl Fn(&World)) -> usize {
    for polls in 1..2_000 {
        let world = new();
        enter(&world);
        let ended = cut_after(&world, polls).is_some();
        converge(&world);
        assert_once(&world, &format!("dropped after {polls} polls"));
        if ended {
            return polls;
        }
    }
    panic!("the cycle does not end");
}

#[test]
fn a_first_cycle_that_is_dropped_at_any_await_posts_nothing_twice_and_loses_nothing() {
    let polls = cut_everywhere(World::new, |world| world.put(everything()));
    assert!(polls > 40, "only {polls} polls: the ports do not wait");
}

#[test]
fn a_cycle_that_is_dropped_again_and_again_still_comes_to_its_end() {
    for step in [1, 2, 3, 7] {
        let world = World::of(everything());
        let ended = (1..).step_by(step).take(400).find(|polls| {
            world.clock.advance(TimeDelta::minutes(11));
            cut_after(&world, *polls).is_some()
        });
        assert!(ended.is_some(), "with {step} polls more each time the cycle never ends");
        converge(&world);
        assert_once(&world, &format!("dropped every time, {step} polls later each time"));
    }
}

#[test]
fn what_was_read_before_the_drop_is_pending_and_planned_by_the_next_cycle() {
    let mut pending = 0;
    for polls in 1..60 {
        let world = World::of([subcontract(1, &[(11, "03-300", "100")])]);
        let ended = cut_after(&world, polls).is_some();
        let known = run(world.store.records(&[SC])).unwrap();
        if known.first().is_some_and(|stored| stored.state == RecordState::Pending) {
            pending += 1;
            assert!(!ended, "no report of a finished cycle shows it");
            world.sync();
            world.clock.advance(TimeDelta::minutes(11));
            world.sync();
            assert_ne!(world.state(SC), RecordState::Pending);
            assert_eq!(world.cost(), d("100"));
        }
    }
    assert!(pending > 0, "no drop came between reading and planning");
}

#[test]
fn a_cycle_that_adjusts_is_dropped_at_any_await_and_the_ledger_ends_at_the_last_revision() {
    for basis in Basis::ALL.into_iter().filter(|basis| basis.recognises_commitments()) {
        for polls in 1..2_000 {
            let world = World::on(basis);
            world.put([subcontract(1, &[(11, "03-300", "1,000"), (12, "26-100", "50")])]);
            world.sync();
            world.edit(SC, |record| {
                lines_of(record)[0].amount = d("700");
                lines_of(record)[1].amount = d("80");
                add_up(record);
            });
            let ended = cut_after(&world, polls).is_some();
            converge(&world);
            assert_eq!(world.cost(), d("780"), "dropped after {polls} polls");
            assert_eq!(world.balance("5010"), d("700"), "dropped after {polls} polls");
            world.assert_reconciles();
            if ended {
                break;
            }
        }
    }
}
