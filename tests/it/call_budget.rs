//! The call budget, against the calls that both simulated systems counted.

use std::collections::BTreeMap;

use sync_core::{
    budget::{ProjectWork, Workload, estimate},
    engine::{CycleReport, EngineLimits},
    model::{ProjectId, ReadKind},
    ports::{CatalogRequest, CostSource as _, Ledger as _},
};
use sync_sandbox::contractor::Contractor;

use crate::world::{World, as_of};

/// The partners that the mapping names, as a cycle asks for them.
fn request(world: &World) -> CatalogRequest {
    let partners: std::collections::BTreeSet<String> =
        world.mapping.vendors().map(|(_, row)| row.card_code.clone()).collect();
    CatalogRequest { partners: partners.into_iter().collect() }
}

fn estimated(world: &World, work: &Workload) -> (u64, u64) {
    let at_once = EngineLimits::default().look_ups_at_once;
    let ledger = world.ledger.costs(&request(world));
    let calls = estimate(&world.source.costs(), &ledger, work, at_once);
    (calls.source, calls.ledger)
}

/// The calls of a cycle without logins.
fn counted(report: &CycleReport) -> (u64, u64) {
    (report.calls.source, report.calls.ledger - report.calls.logins)
}

/// The work of a first cycle, by the records that the store knows after it.
async fn everything(world: &World, report: &CycleReport) -> Workload {
    let mut work = Workload::default();
    for project in world.sandbox.contractor.project_ids() {
        let mut of_project = ProjectWork::default();
        for (key, _, _) in world.store.project_states(ProjectId(project)).await.unwrap() {
            *of_project.read.entry(ReadKind::of(key.kind)).or_default() += 1;
            of_project.planned += 1;
        }
        let own = report.documents.iter().filter(|document| document.key.project.0 == project);
        of_project.documents = own.count() as u64;
        work.projects.push(of_project);
    }
    work
}

/// Whether a figure is at most this many percent off another.
fn within(percent: u64, estimated: u64, counted: u64) -> bool {
    estimated.abs_diff(counted) * 100 <= counted * percent
}

#[tokio::test]
async fn a_cycle_makes_the_calls_that_were_estimated_before_it() {
    for contractor in [Contractor::one_project(7, as_of()), Contractor::small(7, as_of())] {
        let world = World::of(contractor).await;
        let first = world.sync().await;
        let (of_first, work) = (counted(&first), everything(&world, &first).await);
        let told = estimated(&world, &work);
        let kinds: BTreeMap<ReadKind, u64> = work
            .projects
            .iter()
            .flat_map(|p| p.read.clone())
            .fold(BTreeMap::new(), |mut sum, (kind, n)| {
                *sum.entry(kind).or_default() += n;
                sum
            });
        // The overlap of the cursors reads what changed a moment ago once more; then nothing is left.
        world.pass(chrono::TimeDelta::hours(1));
        world.sync().await;
        let idle = counted(&world.sync().await);
        let lists = |project: &ProjectWork| project.read.keys().copied().collect();
        let idle_told = estimated(&world, &Workload::idle(work.projects.iter().map(lists)));
        assert!(within(15, idle_told.0, idle.0), "{idle_told:?} told, {idle:?} counted, {kinds:?}");
        assert!(within(15, idle_told.1, idle.1), "{idle_told:?} told, {idle:?} counted, {kinds:?}");
        assert!(within(15, told.0, of_first.0), "{told:?} told, {of_first:?} counted, {kinds:?}");
        assert!(within(15, told.1, of_first.1), "{told:?} told, {of_first:?} counted, {kinds:?}");
    }
}
