//! What the engine is told when Procore fails.

use sync_connectors::Projects;
use sync_core::{
    model::{ProjectId, ReadKind},
    ports::{Changes, CostSource as _, ReadScope, SourceErrorKind},
};
use sync_sandbox::Fault;

use crate::world::{World, chunks, source};

async fn read_error(world: &World, kind: ReadKind) -> SourceErrorKind {
    let scope = ReadScope { project: world.first_project(), kind, changes: Changes::All };
    world.source.read(&scope, None).await.unwrap_err().kind
}

#[tokio::test]
async fn the_scope_tells_name_zone_and_currency_of_each_project() {
    let world = World::new();
    let report = world.source.scope().await.unwrap();
    assert_eq!(report.company, world.company());
    assert_eq!(report.company_name, world.sandbox.contractor.company.name);
    assert_eq!(report.not_visible, []);
    assert_eq!(report.projects.len(), 2);
    for project in &report.projects {
        let held = world.sandbox.contractor.company.project(project.id.0).unwrap();
        assert_eq!(project.name, held.name);
        assert_eq!(project.number.as_ref(), Some(&held.project_number));
        assert_eq!(project.time_zone.as_ref(), Some(&held.time_zone));
        assert_eq!(project.currency.as_deref(), Some("USD"));
    }
}

#[tokio::test]
async fn a_project_that_is_not_permitted_is_named_with_its_reason() {
    let world = World::new();
    let ids = world.sandbox.contractor.project_ids();
    world.sandbox.procore.edit(|company| company.set_permitted(ids[0], false)).unwrap();
    let source = world.source_of(Projects::Only(ids.iter().copied().map(ProjectId).collect()));
    let report = source.scope().await.unwrap();
    assert_eq!(report.projects.iter().map(|p| p.id.0).collect::<Vec<_>>(), [ids[1]]);
    let [(id, reason)] = &report.not_visible[..] else { panic!("{report:?}") };
    assert_eq!(id.0, ids[0]);
    assert!(reason.contains("permitted projects"), "{reason}");
    let scope = ReadScope { project: *id, kind: ReadKind::Subcontracts, changes: Changes::All };
    let error = source.read(&scope, None).await.unwrap_err();
    assert_eq!(error.kind, SourceErrorKind::ProjectNotVisible);
}

#[tokio::test]
async fn a_refused_secret_and_an_app_that_is_not_installed_are_told_apart() {
    let world = World::new();
    let refused = source(&world.sandbox, &world.forgeries, "wrong", Projects::All);
    assert_eq!(refused.scope().await.unwrap_err().kind, SourceErrorKind::LoginRefused);
    world.sandbox.procore.edit(|company| company.set_installed(false));
    let error = world.source.scope().await.unwrap_err();
    assert_eq!(error.kind, SourceErrorKind::CompanyNotVisible);
}

#[tokio::test]
async fn a_page_of_html_is_an_unavailable_source_and_never_an_empty_list() {
    let world = World::new();
    world.source.scope().await.unwrap();
    world.procore_fault("purchase_order_contracts", 50, Fault::Html(502));
    assert_eq!(read_error(&world, ReadKind::PurchaseOrders).await, SourceErrorKind::Unavailable);
    world.sandbox.procore_faults.clear();
    world.procore_fault("work_order_contracts", 50, Fault::AnswerReplaced(200));
    assert_eq!(read_error(&world, ReadKind::Subcontracts).await, SourceErrorKind::Unavailable);
    world.sandbox.procore_faults.clear();
    world.procore_fault("requisitions", 50, Fault::Malformed);
    assert_eq!(read_error(&world, ReadKind::Requisitions).await, SourceErrorKind::Unavailable);
}

#[tokio::test]
async fn a_fault_that_passes_is_not_seen() {
    let world = World::new();
    world.procore_fault("work_order_contracts", 1, Fault::Html(503));
    world.procore_fault("line_items", 1, Fault::LostAfter);
    world.procore_fault("requisitions", 1, Fault::Expire);
    world.procore_fault("direct_costs", 1, Fault::Throttle(3));
    world.source.scope().await.unwrap();
    for kind in ReadKind::ALL {
        assert!(!world.read(kind, Changes::All).await.is_empty(), "{kind}");
    }
    assert_eq!(world.sandbox.procore_faults.waiting(), 0, "each fault happened");
}

#[tokio::test]
async fn a_line_that_does_not_decode_takes_its_record_and_no_other() {
    let world = World::new();
    world.source.scope().await.unwrap();
    let all = world.read(ReadKind::Subcontracts, Changes::All).await;
    let victim = all.iter().find(|record| !record.lines().is_empty()).unwrap();
    let line = victim.lines()[0].id;
    world.forge(
        "work_order_contracts",
        &format!("{{\"id\":{line},\"amount\":\""),
        &format!("{{\"id\":{line},\"amount\":\"$"),
    );
    let parts =
        chunks(&world.source, world.first_project(), ReadKind::Subcontracts, Changes::All).await;
    let records: usize = parts.iter().map(|part| part.records.len()).sum();
    assert_eq!(records, all.len() - 1);
    let unreadable: Vec<_> = parts.into_iter().flat_map(|part| part.unreadable).collect();
    let [unreadable] = &unreadable[..] else { panic!("{unreadable:?}") };
    assert_eq!(unreadable.id, Some(victim.key.id));
    assert!(
        unreadable.detail.contains("amount") && unreadable.detail.contains('$'),
        "{unreadable:?}"
    );
}

#[tokio::test]
async fn a_header_that_does_not_decode_is_unreadable_by_its_id() {
    let world = World::new();
    world.source.scope().await.unwrap();
    let all = world.read(ReadKind::DirectCosts, Changes::All).await;
    world.forge("direct_costs", "\"grand_total\":\"", "\"grand_total\":\"about ");
    let parts =
        chunks(&world.source, world.first_project(), ReadKind::DirectCosts, Changes::All).await;
    let unreadable: Vec<_> = parts.iter().flat_map(|part| &part.unreadable).collect();
    assert_eq!(unreadable.len(), 1);
    assert!(all.iter().any(|record| Some(record.key.id) == unreadable[0].id));
    let records: usize = parts.iter().map(|part| part.records.len()).sum();
    assert_eq!(records, all.len() - 1);
}

#[tokio::test]
async fn a_wbs_code_that_is_not_listed_makes_the_record_unreadable_not_uncoded() {
    let world = World::new();
    world.source.scope().await.unwrap();
    world.forge("wbs_codes", "[{\"id\":", "[{\"id\":99");
    let parts =
        chunks(&world.source, world.first_project(), ReadKind::ChangeOrders, Changes::All).await;
    let known = world
        .sandbox
        .procore
        .read(|company| company.project(world.first_project().0).unwrap().wbs_codes[0].clone());
    let project = world
        .sandbox
        .procore
        .read(|company| company.project(world.first_project().0).unwrap().clone());
    let uses_it = project.change_orders.iter().filter(|order| {
        order.deleted_at.is_none()
            && order
                .lines
                .iter()
                .chain(&order.markups)
                .any(|line| line.coding == Some(known.coding))
    });
    let unreadable: usize = parts.iter().map(|part| part.unreadable.len()).sum();
    assert_eq!(unreadable, uses_it.count());
}

#[tokio::test]
async fn a_line_of_a_direct_cost_that_does_not_decode_takes_that_direct_cost_alone() {
    let world = World::new();
    world.source.scope().await.unwrap();
    let all = world.read(ReadKind::DirectCosts, Changes::All).await;
    world.forge("direct_costs/line_items", "\"amount\":\"", "\"amount\":\"$");
    let parts =
        chunks(&world.source, world.first_project(), ReadKind::DirectCosts, Changes::All).await;
    let records: usize = parts.iter().map(|part| part.records.len()).sum();
    assert_eq!(records, all.len() - 1);
    let unreadable: Vec<_> = parts.iter().flat_map(|part| &part.unreadable).collect();
    let [unreadable] = &unreadable[..] else { panic!("{unreadable:?}") };
    assert!(all.iter().any(|record| Some(record.key.id) == unreadable.id));
    // A line that does not even say whose it is: every direct cost is shown by itself.
    world.forge("direct_costs/line_items", "\"holder\":{\"id\":", "\"nobody\":{\"id\":");
    let parts =
        chunks(&world.source, world.first_project(), ReadKind::DirectCosts, Changes::All).await;
    let records: Vec<_> = parts.into_iter().flat_map(|part| part.records).collect();
    assert_eq!(records, all);
}

#[tokio::test]
async fn a_commitment_that_does_not_read_takes_what_depends_on_it() {
    let world = World::new();
    world.source.scope().await.unwrap();
    let requisitions = world.read(ReadKind::Requisitions, Changes::All).await;
    let parent = requisitions[0].commitment_id().unwrap();
    world.forge(
        "work_order_contracts",
        &format!("{{\"id\":{parent},"),
        &format!("{{\"id\":{parent},\"deleted_at\":\"once\","),
    );
    world.source.scope().await.unwrap();
    let parts =
        chunks(&world.source, world.first_project(), ReadKind::Requisitions, Changes::All).await;
    let of_parent =
        requisitions.iter().filter(|record| record.commitment_id() == Some(parent)).count();
    let unreadable: Vec<_> = parts.iter().flat_map(|part| &part.unreadable).collect();
    assert_eq!(unreadable.len(), of_parent);
    assert!(unreadable[0].detail.contains(&parent.to_string()), "{unreadable:?}");
}

#[tokio::test]
async fn a_list_that_ends_before_its_total_is_not_a_whole_list() {
    let world = World::new();
    world.source.scope().await.unwrap();
    world.overstate_total("work_order_contracts");
    let scope = ReadScope {
        project: world.first_project(),
        kind: ReadKind::Subcontracts,
        changes: Changes::All,
    };
    let mut page = None;
    let error = loop {
        match world.source.read(&scope, page.as_ref()).await {
            Ok(chunk) => page = Some(chunk.next.expect("an error ends the list, not an end")),
            Err(error) => break error,
        }
    };
    assert_eq!(error.kind, SourceErrorKind::Unavailable);
}
