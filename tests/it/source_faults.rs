//! Procore throttles, forgets the token, or answers pages and halves: the lists concerned wait,
//! everything else goes on, and the next cycle completes.

use chrono::TimeDelta;
use sync_core::{
    model::ProjectId,
    ports::CycleStatus,
    states::{Reason, RecordState},
};
use sync_sandbox::{Fault, contractor::Contractor};

use crate::world::{World, as_of, day};

#[tokio::test]
async fn a_throttled_call_and_an_expired_token_are_not_noticed() {
    for fault in [Fault::Throttle(1), Fault::Expire] {
        let world = World::of(Contractor::one_project(7, as_of())).await;
        world.procore_fault("direct_costs", 1, fault.clone());
        let report = world.sync().await;
        assert_eq!((report.status, report.exit_code()), (CycleStatus::Done, 0), "{fault:?}");
        let postable = world.sandbox.contractor.postable().total();
        assert_eq!(report.documents.len(), postable);
        world.proved().await;
    }
}

#[tokio::test]
async fn a_list_that_cannot_be_read_leaves_its_project_partial_and_the_others_done() {
    let lists = ["purchase_order_contracts", "direct_costs"];
    for fault in [Fault::Html(502), Fault::Html(200), Fault::Malformed, Fault::LostBefore] {
        for list in lists {
            let world = World::of(Contractor::small(7, as_of())).await;
            let [broken, whole] = world.sandbox.contractor.project_ids()[..] else { panic!() };
            world.procore_fault(&format!("projects/{broken}/{list}"), 99, fault.clone());
            world.procore_fault(&format!("{list}?project_id={broken}"), 99, fault.clone());
            let report = world.sync().await;
            let at = format!("{fault:?} on {list}");
            assert_eq!((report.status, report.exit_code()), (CycleStatus::Partial, 1), "{at}");
            let problems: Vec<_> =
                report.problems.iter().map(|p| (p.project, p.failure.name)).collect();
            assert_eq!(problems, [(ProjectId(broken), "source_unavailable")], "{at}");
            let of_whole = world.sandbox.contractor.company.project(whole).unwrap();
            let posted = report.documents.iter().filter(|d| d.key.project.0 == whole).count();
            assert!(posted >= of_whole.direct_costs.len() / 2, "{at}: the other project goes on");
            world.sandbox.procore_faults.clear();
            let next = world.sync().await;
            assert_eq!((next.status, next.exit_code()), (CycleStatus::Done, 0), "{at}");
            world.proved().await;
        }
    }
}

#[tokio::test]
async fn a_sweep_that_cannot_read_a_list_takes_nothing_for_deleted() {
    let mut world = World::quiet().await;
    world.policy.settle_time = TimeDelta::zero();
    let cost = world.direct_cost("INV-1", day(2026, 4, 2), &[("03-300", "M", "10.00")]);
    world.sync().await;
    for fault in [Fault::Html(200), Fault::Malformed, Fault::Refuse(403), Fault::Refuse(404)] {
        world.procore_fault("direct_costs", 99, fault.clone());
        for _ in 0..3 {
            let report = world.sweep().await;
            assert_eq!((report.documents.len(), report.exit_code()), (0, 1), "{fault:?}");
        }
        world.sandbox.procore_faults.clear();
        assert_ne!(world.standing(cost.key).await.1, Some(Reason::Settling), "{fault:?}");
    }
    assert_ne!(world.standing(cost.key).await.0, RecordState::Waiting);
    world.proved().await;
}
