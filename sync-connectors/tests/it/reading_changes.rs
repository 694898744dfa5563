//! What an incremental read sees, what it costs, and what servers do to pages.

use chrono::TimeDelta;
use sync_connectors::Projects;
use sync_core::{
    model::{ProjectId, ReadKind},
    ports::{Changes, CostSource as _, ReadScope, SourceErrorKind},
};
use sync_sandbox::procore::{CommitmentKind, PageQuirk, RecordRef};

use crate::world::{World, chunks};

#[tokio::test]
async fn a_change_is_read_alone_and_an_idle_cycle_costs_one_call_for_each_list() {
    let world = World::new();
    world.source.scope().await.unwrap();
    for kind in ReadKind::ALL {
        world.read(kind, Changes::All).await;
    }
    world.sandbox.clock.advance(TimeDelta::hours(1));
    let since = Changes::Since(world.sandbox.clock.now());
    world.sandbox.clock.advance(TimeDelta::hours(1));
    let before = world.source.client().calls().api;
    for kind in ReadKind::ALL {
        assert!(world.read(kind, since.clone()).await.is_empty());
    }
    let idle = world.source.client().calls().api - before;
    assert_eq!(idle, 6, "one for each list, and one for the tier of the change orders");
    let id = world.first_project().0;
    let changed = world.sandbox.procore.edit(|company| {
        let project = company.project(id).unwrap();
        let of = |kind| project.commitments.iter().find(|c| c.kind == kind).unwrap().id;
        let (order, contract) =
            (of(CommitmentKind::PurchaseOrder), of(CommitmentKind::Subcontract));
        company.set_status(id, RecordRef::Commitment(order), "Closed").unwrap();
        company.set_status(id, RecordRef::Commitment(contract), "Draft").unwrap();
        company.delete(id, RecordRef::Commitment(contract)).unwrap();
        (order, contract)
    });
    let orders = world.read(ReadKind::PurchaseOrders, since.clone()).await;
    assert_eq!(orders.iter().map(|record| record.key.id).collect::<Vec<_>>(), [changed.0]);
    assert_eq!(orders[0].status, "Closed");
    let contracts = world.read(ReadKind::Subcontracts, since).await;
    assert_eq!(contracts.iter().map(|record| record.key.id).collect::<Vec<_>>(), [changed.1]);
    assert!(contracts[0].deleted, "a deleted commitment is seen");
}

#[tokio::test]
async fn records_are_read_by_their_ids() {
    let world = World::new();
    world.source.scope().await.unwrap();
    for kind in ReadKind::ALL {
        let all = world.read(kind, Changes::All).await;
        let wanted: Vec<i64> = all.iter().step_by(2).map(|record| record.key.id).collect();
        let mut read = world.read(kind, Changes::Ids(wanted.clone())).await;
        read.sort_by_key(|record| record.key.id);
        let mut expected: Vec<_> = all.into_iter().step_by(2).collect();
        expected.sort_by_key(|record| record.key.id);
        assert_eq!(read, expected, "{kind}");
        assert!(!read.is_empty(), "{kind}");
        let none = world.read(kind, Changes::Ids(Vec::new())).await;
        assert!(none.is_empty());
    }
}

#[tokio::test]
async fn odd_pages_change_nothing_of_what_is_read() {
    let world = World::new();
    world.source.scope().await.unwrap();
    let mut plain = Vec::new();
    for kind in ReadKind::ALL {
        plain.push(world.read(kind, Changes::All).await);
    }
    for quirk in [PageQuirk::Short, PageQuirk::PerPageIgnored] {
        world.sandbox.procore.reconfigure(|options| options.pages = quirk);
        for (kind, expected) in ReadKind::ALL.into_iter().zip(&plain) {
            assert_eq!(&world.read(kind, Changes::All).await, expected, "{quirk:?} {kind}");
        }
    }
    world.sandbox.procore.reconfigure(|options| {
        options.pages = PageQuirk::Cycling;
        options.link_header = false;
    });
    for (kind, expected) in ReadKind::ALL.into_iter().zip(&plain) {
        assert_eq!(&world.read(kind, Changes::All).await, expected, "cycling {kind}");
    }
    world.sandbox.procore.reconfigure(|options| {
        options.pages = PageQuirk::None;
        options.lone_change_order_is_object = true;
    });
    let one = plain[2][0].key.id;
    let read = world.read(ReadKind::ChangeOrders, Changes::Ids(vec![one])).await;
    assert_eq!(read.len(), 1, "a list that is one object");
}

#[tokio::test]
async fn long_lists_come_in_bounded_parts() {
    let world = World::new();
    world.source.scope().await.unwrap();
    let id = world.first_project().0;
    world.sandbox.procore.edit(|company| {
        let cost = company.project(id).unwrap().direct_costs[0].clone();
        for _ in 0..230 {
            let id_of_copy = company.new_id();
            let mut copy = cost.clone();
            copy.id = id_of_copy;
            for line in &mut copy.lines {
                line.id = company.new_id();
            }
            company.project_mut(id).unwrap().direct_costs.push(copy);
        }
    });
    let parts =
        chunks(&world.source, world.first_project(), ReadKind::DirectCosts, Changes::All).await;
    assert!(parts.len() >= 3 && parts.iter().all(|part| part.records.len() <= 100));
    let records: Vec<_> = parts.iter().flat_map(|part| &part.records).collect();
    assert!(records.len() > 230);
    assert!(records.iter().all(|record| !record.lines().is_empty()));
}

#[tokio::test]
async fn a_page_is_read_once_and_only_for_its_own_list() {
    let world = World::new();
    world.source.scope().await.unwrap();
    let scope = |kind| ReadScope { project: world.first_project(), kind, changes: Changes::All };
    let first = world.source.read(&scope(ReadKind::Subcontracts), None).await.unwrap();
    let token = first.next.unwrap();
    let wrong = world.source.read(&scope(ReadKind::PurchaseOrders), Some(&token)).await;
    assert_eq!(wrong.unwrap_err().kind, SourceErrorKind::Unavailable);
}

#[tokio::test]
async fn named_projects_are_read_and_no_other() {
    let world = World::new();
    let ids = world.sandbox.contractor.project_ids();
    let source = world.source_of(Projects::Only([ProjectId(ids[1])].into()));
    let report = source.scope().await.unwrap();
    assert_eq!(report.projects.iter().map(|p| p.id.0).collect::<Vec<_>>(), [ids[1]]);
    let scope = ReadScope {
        project: ProjectId(ids[0]),
        kind: ReadKind::Subcontracts,
        changes: Changes::All,
    };
    let before = world.sandbox.procore.calls();
    let error = source.read(&scope, None).await.unwrap_err();
    assert_eq!(error.kind, SourceErrorKind::ProjectNotVisible);
    assert_eq!(world.sandbox.procore.calls(), before, "nothing is sent");
}
