//! Projects go side by side, each through its own stages, and what a cycle holds at once does not grow
//! with the number of records.

use std::{
    collections::BTreeSet,
    future::poll_fn,
    sync::Mutex,
    task::{Context, Poll},
};

use async_trait::async_trait;
use sync_core::{
    engine::{CycleOptions, CycleReport, Engine, EngineLimits, StopFlag},
    memory::{MemoryLedger, MemorySource},
    model::{CostRecord, Kind, ProjectId, SourceKey},
    ports::{
        Chunk, CostSource, CycleStatus, PageToken, ReadScope, ScopeReport, Silent, SourceError,
        SourceProject,
    },
};

use crate::{
    records::{COMPANY, PROJECT, subcontract},
    world::{World, run},
};

const OTHER: ProjectId = ProjectId(866);

/// A source that keeps back what it answers until something else has happened.
struct Gated<'a> {
    source: &'a MemorySource,
    asked: Mutex<BTreeSet<ProjectId>>,
    opens: &'a (dyn Fn(&BTreeSet<ProjectId>, &ReadScope) -> bool + Sync),
}

#[async_trait]
impl CostSource for Gated<'_> {
    async fn scope(&self) -> Result<ScopeReport, SourceError> {
        self.source.scope().await
    }

    async fn read(
        &self,
        scope: &ReadScope,
        page: Option<&PageToken>,
    ) -> Result<Chunk, SourceError> {
        self.asked.lock().unwrap().insert(scope.project);
        poll_fn(|context: &mut Context<'_>| {
            if (self.opens)(&self.asked.lock().unwrap(), scope) {
                return Poll::Ready(());
            }
            context.waker().wake_by_ref();
            Poll::Pending
        })
        .await;
        self.source.read(scope, page).await
    }

    fn calls(&self) -> u64 {
        self.source.calls()
    }
}

fn project(id: ProjectId) -> SourceProject {
    SourceProject {
        id,
        name: format!("Project {id}"),
        number: None,
        time_zone: None,
        currency: Some("USD".to_owned()),
    }
}

fn in_project(id: ProjectId, record: CostRecord) -> CostRecord {
    CostRecord { key: SourceKey { project: id, ..record.key }, ..record }
}

/// The company with a second project that has no row in `projects.csv`: its records wait.
fn two_projects() -> World {
    let mut world = World::new();
    world.source = MemorySource::new(COMPANY, vec![project(PROJECT), project(OTHER)]);
    let record = subcontract(1, &[(11, "03-300", "100")]);
    world.put([in_project(OTHER, subcontract(2, &[(21, "03-300", "50")])), record]);
    world
}

fn cycle(
    world: &World,
    opens: &(dyn Fn(&BTreeSet<ProjectId>, &ReadScope) -> bool + Sync),
) -> CycleReport {
    let source = Gated { source: &world.source, asked: Mutex::default(), opens };
    world.with_parts(|mapping, profile| {
        let engine = Engine {
            source: &source,
            ledger: &world.ledger,
            store: &world.store,
            clock: &world.clock,
            observer: &Silent,
            mapping,
            policy: &world.policy,
            profile,
            time_zone: "UTC",
            limits: EngineLimits::default(),
            stop: StopFlag::default(),
        };
        run(engine.sync(&CycleOptions::default()))
    })
}

#[test]
fn two_projects_are_read_side_by_side() {
    let world = two_projects();
    // No list answers before both projects were asked: one after the other would wait for ever.
    let report = cycle(&world, &|asked, _| asked.len() == 2);
    assert_eq!(report.status, CycleStatus::Done, "{:?}", report.problems);
    assert_eq!(report.seen(), 2);
}

#[test]
fn one_project_is_posted_while_another_is_still_read() {
    let world = two_projects();
    let ledger: &MemoryLedger = &world.ledger;
    // The other project's lists answer only after the first project has posted.
    let report = cycle(&world, &|_, scope| scope.project == PROJECT || ledger.posts() > 0);
    assert_eq!(report.status, CycleStatus::Done, "{:?}", report.problems);
    assert_eq!((report.documents.len(), report.exceptions.len()), (1, 1));
}

/// The most bytes that a first cycle over so many commitments holds beyond what the ports in memory
/// and the report keep in the end.
fn held_for_the_moment(commitments: i64) -> u64 {
    let records = (1..=commitments).map(|id| subcontract(id, &[(id * 10, "03-300", "100")]));
    let world = World::of(records);
    let mut report = None;
    let memory = allocation_counter::measure(|| report = Some(world.cycle()));
    let report = report.unwrap();
    assert_eq!(report.documents.len(), usize::try_from(commitments).unwrap());
    assert!(report.documents.iter().all(|row| row.key.kind == Kind::Subcontract));
    memory.bytes_max - u64::try_from(memory.bytes_current).unwrap()
}

/// A key with its state and its family; a record of one line takes more than a thousand.
const BYTES_PER_RECORD_MAX: u64 = 400;

#[test]
fn a_cycle_holds_the_keys_of_all_records_and_the_records_of_a_few() {
    let (few, many) = (held_for_the_moment(150), held_for_the_moment(1_500));
    let per_record = (many - few) / 1_350;
    assert!(per_record <= BYTES_PER_RECORD_MAX, "{per_record}: {few} of 150, {many} of 1,500");
}
