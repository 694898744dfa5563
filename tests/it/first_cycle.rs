//! The first cycle posts every approved record, the second posts nothing.

use sync_core::states::RecordState;
use sync_sandbox::contractor::Contractor;

use crate::world::{World, today};

#[tokio::test]
async fn a_second_cycle_posts_nothing_and_the_difference_is_zero() {
    let world = World::of(Contractor::small(7, today())).await;
    let postable = world.sandbox.contractor.postable();
    eprintln!("postable: {postable:?}");
    let first = world.sync().await;
    eprintln!("{:?} {:?} {:?}", first.status, first.failure, first.problems);
    eprintln!("{:?}", first.counts);
    for row in first.exceptions.iter().take(10) {
        eprintln!("{} {:?} {:?}", row.key, row.state, row.cause);
    }
    for row in first.findings.iter().take(10) {
        eprintln!("{} {:?}", row.key, row.finding);
    }
    let mut per = std::collections::BTreeMap::<_, Vec<_>>::new();
    for d in &first.documents {
        per.entry(d.key).or_default().push((d.document_type, d.net_cost));
    }
    eprintln!("{:?}", per.iter().filter(|(_, v)| v.len() > 1).take(4).collect::<Vec<_>>());
    eprintln!("documents {} calls {:?}", first.documents.len(), first.calls);
    assert_eq!(first.exit_code(), 0);
    let second = world.sync().await;
    eprintln!("{:?} {:?} {:?}", second.counts, second.calls, second.documents);
    assert_eq!(second.documents.len(), 0);
    assert_eq!(second.exit_code(), 0);
    assert!(second.counts.get(&RecordState::Posted).is_none());
    let reconciliation = world.engine().reconcile().await;
    for project in &reconciliation.projects {
        eprintln!(
            "{} procore {} terms {:?} sap {} diff {} {:?} {:?}",
            project.project,
            project.procore_total(),
            project.terms,
            project.in_sap,
            project.difference(),
            project.differences.iter().take(3).collect::<Vec<_>>(),
            project.open_items.iter().take(3).collect::<Vec<_>>()
        );
        eprintln!(
            "retainage {} {} unbilled {} billed {} committed {}",
            project.retainage_in_procore,
            project.retainage_in_sap,
            project.unbilled_in_sap,
            project.billed,
            project.committed
        );
    }
    assert_eq!(reconciliation.exit_code(), 0, "{:?}", reconciliation.failure);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_full_contractor() {
    let world = World::of(Contractor::full(7, today())).await;
    let t = std::time::Instant::now();
    let first = world.sync().await;
    eprintln!("took {:?}", t.elapsed());
    eprintln!("troubles {:#?}", world.sandbox.contractor.troubles);
    eprintln!("{:?} {:?} {:?}", first.status, first.failure, first.problems);
    eprintln!("{:?}", first.counts);
    for row in first.exceptions.iter() {
        eprintln!("{} {:?} {:?}", row.key, row.state, row.cause);
    }
    let mut kinds = std::collections::BTreeMap::new();
    for row in first.findings.iter() {
        let n: &mut (u32, String) = kinds.entry(row.finding.kind.name()).or_default();
        n.0 += 1;
        n.1 = format!("{} {}", row.key, row.finding.detail);
    }
    eprintln!("{kinds:#?}");
    let mut per = std::collections::BTreeMap::<_, Vec<_>>::new();
    for d in &first.documents {
        per.entry(d.key).or_default().push((d.document_type, d.net_cost));
    }
    eprintln!("{:?}", per.iter().filter(|(_, v)| v.len() > 1).take(4).collect::<Vec<_>>());
    eprintln!("documents {} calls {:?}", first.documents.len(), first.calls);
    let t = std::time::Instant::now();
    let second = world.sync().await;
    eprintln!("took {:?}", t.elapsed());
    eprintln!("{:?} {:?} {:?}", second.counts, second.calls, second.documents);
    let t = std::time::Instant::now();
    let reconciliation = world.engine().reconcile().await;
    eprintln!("took {:?}", t.elapsed());
    for project in &reconciliation.projects {
        eprintln!(
            "{} procore {} terms {} sap {} diff {} {:?} {:?}",
            project.project,
            project.procore_total(),
            project.terms.waiting_total(),
            project.in_sap,
            project.difference(),
            project.differences.iter().take(3).collect::<Vec<_>>(),
            project
                .open_items
                .iter()
                .take(3)
                .map(|i| (i.key.to_string(), i.state, i.amount))
                .collect::<Vec<_>>()
        );
        eprintln!(
            "   retainage {} {} unbilled {} billed {} committed {}",
            project.retainage_in_procore,
            project.retainage_in_sap,
            project.unbilled_in_sap,
            project.billed,
            project.committed
        );
    }
    eprintln!("{:?}", reconciliation.exit_code());
}
