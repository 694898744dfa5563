//! Every kind is read as the contractor holds it in Procore.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use sync_core::{
    model::{CostLine, CostRecord, Kind, ReadKind, RecordBody},
    ports::{Changes, CostSource as _},
};
use sync_sandbox::procore::{Commitment, CommitmentKind, Line, Project};

use crate::world::{World, day};

fn by_id(records: Vec<CostRecord>) -> BTreeMap<i64, CostRecord> {
    let count = records.len();
    let by_id: BTreeMap<_, _> = records.into_iter().map(|record| (record.key.id, record)).collect();
    assert_eq!(by_id.len(), count, "every record once");
    by_id
}

fn project(world: &World) -> Project {
    let id = world.first_project().0;
    world.sandbox.procore.read(|company| company.project(id).unwrap().clone())
}

/// Sub job, cost code and cost type of a line, as people read them in Procore.
fn token(world: &World, project: &Project, line: &Line) -> Option<String> {
    let coding = line.coding?;
    let code = project.cost_code(coding.cost_code_id).unwrap();
    let of_type = world
        .sandbox
        .procore
        .read(|company| company.line_item_type(coding.line_item_type_id).unwrap().code.clone());
    let sub_job = code.sub_job_id.map(|id| {
        project.sub_jobs.iter().find(|job| job.id == id).map(|job| job.code.clone()).unwrap()
    });
    let prefix = sub_job.map(|code| format!("{code}/")).unwrap_or_default();
    Some(format!("{prefix}{}.{of_type}", code.full_code.trim()))
}

fn assert_lines<'a>(
    world: &World,
    project: &Project,
    read: &[CostLine],
    held: impl Iterator<Item = &'a Line>,
) {
    let held: BTreeMap<i64, &Line> = held.map(|line| (line.id, line)).collect();
    assert_eq!(read.len(), held.len());
    for line in read {
        let held = held[&line.id];
        assert_eq!(line.amount, held.amount);
        assert_eq!(line.calculated, !held.is_manual());
        assert_eq!(
            line.coding.as_ref().map(sync_core::model::CostCoding::token),
            token(world, project, held)
        );
        assert_eq!(line.description, held.description);
    }
}

#[tokio::test]
async fn commitments_are_read_with_every_line_and_its_codes() {
    let world = World::new();
    world.source.scope().await.unwrap();
    let project = project(&world);
    for (list, kind, family) in [
        (ReadKind::PurchaseOrders, Kind::PurchaseOrder, CommitmentKind::PurchaseOrder),
        (ReadKind::Subcontracts, Kind::Subcontract, CommitmentKind::Subcontract),
    ] {
        let read = by_id(world.read(list, Changes::All).await);
        let held: Vec<&Commitment> =
            project.commitments.iter().filter(|held| held.kind == family).collect();
        assert!(!held.is_empty());
        assert_eq!(read.len(), held.len());
        for held in held {
            let record = &read[&held.id];
            assert_eq!(record.kind(), kind);
            assert_eq!(record.number, held.number);
            assert_eq!(record.status, held.status);
            assert_eq!(record.vendor.as_ref().map(|vendor| vendor.id), held.vendor_id);
            assert_eq!(record.updated_at.timestamp(), held.updated_at.timestamp());
            let RecordBody::Commitment(body) = &record.body else { panic!("{record:?}") };
            assert_eq!(body.grand_total, Some(held.grand_total()));
            assert_eq!(body.agreed_on, held.execution_date.or(held.contract_date));
            assert_lines(&world, &project, &body.lines, held.lines.iter());
        }
    }
}

#[tokio::test]
async fn change_orders_have_one_key_and_one_amount_in_every_tier() {
    let world = World::new();
    world.source.scope().await.unwrap();
    let project = project(&world);
    assert!(project.change_order_tiers < 3 && !project.change_orders.is_empty());
    let in_two_tiers = by_id(world.read(ReadKind::ChangeOrders, Changes::All).await);
    let live = || project.change_orders.iter().filter(|held| held.deleted_at.is_none());
    assert_eq!(in_two_tiers.len(), live().count());
    for held in live() {
        let record = &in_two_tiers[&held.package_id.unwrap()];
        assert_eq!(record.kind(), Kind::ChangeOrder);
        assert_eq!(record.number, format!("CO{}", held.number));
        assert_eq!(record.status, held.status);
        let commitment = project.commitment(held.contract_id).unwrap();
        assert_eq!(record.vendor.as_ref().map(|vendor| vendor.id), commitment.vendor_id);
        let RecordBody::ChangeOrder(body) = &record.body else { panic!("{record:?}") };
        assert_eq!(body.commitment_id, held.contract_id);
        assert_eq!(body.grand_total, Some(held.grand_total()));
        assert_eq!(body.reviewed_on, held.reviewed_at.map(|at| at.date_naive()));
        assert_lines(&world, &project, &body.lines, held.lines.iter().chain(&held.markups));
    }
    world.sandbox.procore.edit(|company| {
        company.set_change_order_tiers(world.first_project().0, 3).unwrap();
    });
    world.source.scope().await.unwrap();
    let in_three_tiers = by_id(world.read(ReadKind::ChangeOrders, Changes::All).await);
    assert_eq!(in_three_tiers.keys().collect::<Vec<_>>(), in_two_tiers.keys().collect::<Vec<_>>());
    for (id, record) in &in_three_tiers {
        let mut one = record.lines().to_vec();
        let mut other = in_two_tiers[id].lines().to_vec();
        one.sort_by_key(|line| line.id);
        other.sort_by_key(|line| line.id);
        assert_eq!(one, other, "the lines of REST v1 and v2 read alike");
        assert_eq!(record.key, in_two_tiers[id].key);
        assert_eq!(record.vendor, in_two_tiers[id].vendor);
    }
}

#[tokio::test]
async fn direct_costs_are_joined_with_the_lines_of_the_whole_project() {
    let world = World::new();
    world.source.scope().await.unwrap();
    let project = project(&world);
    let read = by_id(world.read(ReadKind::DirectCosts, Changes::All).await);
    assert_eq!(read.len(), project.direct_costs.len());
    for held in &project.direct_costs {
        let record = &read[&held.id];
        assert_eq!(record.status, held.status);
        assert_eq!(record.vendor.as_ref().map(|vendor| vendor.id), held.vendor_id);
        let number = held.invoice_number.clone().unwrap_or_else(|| held.id.to_string());
        assert_eq!(record.number, number);
        let RecordBody::DirectCost(body) = &record.body else { panic!("{record:?}") };
        assert_eq!(body.direct_cost_type, held.kind.as_str());
        assert_eq!(body.total, Some(held.subtotal()));
        assert_eq!(body.stated_tax, Some(held.tax_total));
        assert_eq!(body.dated, held.direct_cost_date);
        assert_lines(&world, &project, &body.lines, held.lines.iter());
    }
    let shows = world.sandbox.procore.call_log();
    let lists = shows.iter().filter(|call| call.contains("/direct_costs/line_items"));
    assert_eq!(lists.count(), 1, "one list for the lines of all of them");
}

#[tokio::test]
async fn the_vendor_of_a_direct_cost_is_shown_where_the_list_only_names_it() {
    let world = World::new();
    world.sandbox.procore.reconfigure(|options| options.direct_costs_without_vendor_id = true);
    world.source.scope().await.unwrap();
    let project = project(&world);
    let read = by_id(world.read(ReadKind::DirectCosts, Changes::All).await);
    for held in &project.direct_costs {
        assert_eq!(read[&held.id].vendor.as_ref().map(|vendor| vendor.id), held.vendor_id);
    }
}

#[tokio::test]
async fn requisitions_are_read_with_their_cumulative_columns_and_tie() {
    let world = World::new();
    world.source.scope().await.unwrap();
    let project = project(&world);
    let read = by_id(world.read(ReadKind::Requisitions, Changes::All).await);
    assert!(!read.is_empty());
    assert_eq!(read.len(), project.requisitions.len());
    for held in &project.requisitions {
        let record = &read[&held.id];
        let commitment = project.commitment(held.commitment_id).unwrap();
        assert_eq!(record.number, format!("{}-{}", commitment.number, held.number));
        assert_eq!(record.vendor.as_ref().map(|vendor| vendor.id), commitment.vendor_id);
        let RecordBody::Requisition(body) = &record.body else { panic!("{record:?}") };
        assert_eq!(body.sequence, held.number);
        assert_eq!(body.is_final, held.is_final);
        assert_eq!(body.invoice_number, held.invoice_number);
        assert_eq!(body.current_payment_due, Some(held.payment_due(&project)));
        assert_eq!(body.period_end, held.requisition_end);
        assert_eq!(body.items.len(), held.items.len());
        let retained: Decimal = body.items.iter().map(|item| item.retainage_held_to_date).sum();
        assert_eq!(retained, held.retained());
        for item in &body.items {
            let held = held.items.iter().find(|held| held.line_item_id == item.line_item_id);
            let held = held.unwrap();
            assert_eq!(item.completed_and_stored, held.completed_to_date());
            assert_eq!(item.work_this_period, held.work_this_period);
            assert_eq!(item.materials_stored, held.materials_stored);
            assert_eq!(item.materials_previously_stored, Some(held.materials_stored_previous));
            assert_eq!(item.retainage_held_to_date, held.retained());
            assert_eq!(
                item.retainage_released,
                held.work_retainage_released + held.materials_retainage_released
            );
            assert_eq!(item.coding.is_some(), held.coding.is_some());
        }
    }
}

#[tokio::test]
async fn days_are_those_of_the_projects_own_wall_clock() {
    let world = World::new();
    let id = world.first_project().0;
    let record = world.sandbox.procore.edit(|company| {
        // Two in the morning, UTC, is the evening before in every American zone.
        company.now = day(2026, 8, 20).and_hms_opt(2, 0, 0).unwrap().and_utc();
        let contract_id = company.project(id).unwrap().commitments[0].id;
        company
            .add_change_order(
                id,
                sync_sandbox::procore::NewChangeOrder {
                    contract_id,
                    title: "Night work".to_owned(),
                    status: "approved".to_owned(),
                    reviewed_at: Some(company.now),
                    lines: Vec::new(),
                    markups: Vec::new(),
                },
            )
            .unwrap()
    });
    world.source.scope().await.unwrap();
    let read = world.read(ReadKind::ChangeOrders, Changes::Ids(vec![record])).await;
    let [record] = &read[..] else { panic!("{read:?}") };
    let RecordBody::ChangeOrder(body) = &record.body else { panic!("{record:?}") };
    assert_eq!(body.reviewed_on, Some(day(2026, 8, 19)));
    assert_eq!(record.created_on, day(2026, 8, 19));
    assert_eq!(world.source.unknown_time_zones(), []);
}

#[tokio::test]
async fn a_change_order_without_a_package_has_a_key_of_its_own() {
    let world = World::new();
    let project = world.first_project().0;
    let own_id = world.sandbox.procore.edit(|company| {
        let order = &mut company.project_mut(project).unwrap().change_orders[0];
        order.package_id = None;
        order.commitment_change_order_id.unwrap()
    });
    world.source.scope().await.unwrap();
    let all = world.read(ReadKind::ChangeOrders, Changes::All).await;
    let of_own: Vec<_> =
        all.iter().filter(|record| record.kind() == Kind::CommitmentChangeOrder).collect();
    assert_eq!(of_own.iter().map(|record| record.key.id).collect::<Vec<_>>(), [own_id]);
    let read = world.read(ReadKind::ChangeOrders, Changes::Ids(vec![own_id])).await;
    assert_eq!(read.iter().collect::<Vec<_>>(), of_own);
}

#[tokio::test]
async fn packages_of_a_prime_contract_are_not_costs() {
    let world = World::new();
    let id = world.first_project().0;
    world.sandbox.procore.edit(|company| company.set_change_order_tiers(id, 3).unwrap());
    world.source.scope().await.unwrap();
    let all = world.read(ReadKind::ChangeOrders, Changes::All).await;
    let RecordBody::ChangeOrder(body) = &all[0].body else { panic!("{all:?}") };
    let same = |record: &&CostRecord| record.commitment_id() == Some(body.commitment_id);
    let of_prime = all.iter().filter(same).count();
    // The contract is none of the project's commitments, and the type says whose it is.
    let contract = format!("\"contract_id\":{}", body.commitment_id);
    world.forge_all("change_order_packages", &contract, "\"contract_id\":1");
    world.forge_all(
        "change_order_packages",
        "\"CommitmentContractChangeOrder\"",
        "\"ChangeOrderPackage\"",
    );
    let read = world.read(ReadKind::ChangeOrders, Changes::All).await;
    assert_eq!(read.len(), all.len() - of_prime);
}

#[tokio::test]
async fn a_project_that_states_no_tier_is_read_by_what_it_shows() {
    let world = World::new();
    world.source.scope().await.unwrap();
    let all = world.read(ReadKind::ChangeOrders, Changes::All).await;
    world.forge_all("potential_change_orders", "\"change_order_tiers\":", "\"tiers\":");
    let fresh = world.source_of(sync_connectors::Projects::All);
    fresh.scope().await.unwrap();
    let project = world.first_project();
    let read = || async {
        let parts =
            crate::world::chunks(&fresh, project, ReadKind::ChangeOrders, Changes::All).await;
        parts.into_iter().flat_map(|part| part.records).map(|record| record.key).collect::<Vec<_>>()
    };
    let keys: std::collections::BTreeSet<_> = all.iter().map(|record| record.key).collect();
    assert_eq!(read().await.into_iter().collect::<std::collections::BTreeSet<_>>(), keys);
    world.sandbox.procore.edit(|company| company.set_change_order_tiers(project.0, 3).unwrap());
    assert_eq!(read().await.into_iter().collect::<std::collections::BTreeSet<_>>(), keys);
}

#[tokio::test]
async fn an_item_without_a_wbs_code_is_coded_as_the_line_that_it_bills() {
    let world = World::new();
    world.source.scope().await.unwrap();
    let all = world.read(ReadKind::Requisitions, Changes::All).await;
    world.forge_all("requisitions", "\"wbs_code\":", "\"code\":");
    let read = world.read(ReadKind::Requisitions, Changes::All).await;
    let items = |records: &[CostRecord]| -> Vec<(i64, Option<String>)> {
        let bodies = records.iter().filter_map(|record| match &record.body {
            RecordBody::Requisition(body) => Some(body),
            _ => None,
        });
        let items = bodies.flat_map(|body| &body.items);
        items
            .map(|item| {
                let token = item.coding.as_ref().map(sync_core::model::CostCoding::token);
                (item.line_item_id, token)
            })
            .collect()
    };
    let (coded, recoded) = (items(&all), items(&read));
    let sov: std::collections::BTreeSet<i64> =
        project(&world).commitments.iter().flat_map(|c| &c.lines).map(|line| line.id).collect();
    assert!(coded.iter().any(|(line, _)| sov.contains(line)));
    for (one, other) in coded.iter().zip(&recoded) {
        if sov.contains(&one.0) {
            assert_eq!(one, other);
        } else {
            assert!(other.1.is_some(), "a change order's item keeps its cost code");
        }
    }
}

#[tokio::test]
async fn an_item_of_a_change_order_without_a_cost_code_names_the_package_that_it_bills() {
    let world = World::new();
    let id = world.first_project().0;
    let billed = world.sandbox.procore.edit(|company| {
        let project = company.project_mut(id).unwrap();
        let orders = project.change_orders.clone();
        let of_line = |line: i64| {
            let order = orders.iter().find(|order| order.lines.iter().any(|own| own.id == line));
            order.and_then(|order| order.package_id)
        };
        let items = project.requisitions.iter_mut().flat_map(|requisition| {
            let id = requisition.id;
            requisition.items.iter_mut().map(move |item| (id, item))
        });
        let (requisition, package, item) = items
            .filter_map(|(id, item)| Some((id, of_line(item.line_item_id)?, item)))
            .next()
            .expect("a change order is billed");
        item.coding = None;
        (requisition, item.line_item_id, package)
    });
    world.source.scope().await.unwrap();
    let read = by_id(world.read(ReadKind::Requisitions, Changes::All).await);
    let (requisition, line, package) = billed;
    let RecordBody::Requisition(body) = &read[&requisition].body else { panic!() };
    let item = body.items.iter().find(|item| item.line_item_id == line).unwrap();
    assert_eq!((&item.coding, item.change_order), (&None, Some(package)));
}
