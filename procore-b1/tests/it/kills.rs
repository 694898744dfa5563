//! The real binary, killed at random moments: whatever was under way, nothing is posted twice and
//! nothing is lost.
//!
//! `PROCORE_B1_KILLS` says how often (50 by default), `PROCORE_B1_KILLS_SEED` which moments.

use std::{collections::BTreeMap, process::Stdio, time::Duration};

use rust_decimal::Decimal;
use sync_sandbox::{
    contractor::Contractor,
    procore::{CommitmentKind, Company, RecordRef, cents},
    service_layer::DocumentKind,
};

use crate::{
    keeps::{Keep, nothing_twice},
    site::Site,
};

/// A small generator with a seed, so that a failing run can be had again.
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % limit
    }
}

fn number_from(variable: &str, default: u64) -> u64 {
    std::env::var(variable).ok().and_then(|text| text.parse().ok()).unwrap_or(default)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_stands_twice_and_nothing_is_lost_when_the_binary_is_killed_at_random() {
    killed_at_random(&Keep::File).await;
}

#[cfg(feature = "postgres")]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_stands_twice_and_nothing_is_lost_when_it_is_killed_with_its_state_in_postgres() {
    if let Some(keep) = Keep::schema() {
        killed_at_random(&keep).await;
    }
}

#[allow(clippy::print_stderr, reason = "a run tells how often it killed a running process")]
async fn killed_at_random(keep: &Keep) {
    let kills = number_from("PROCORE_B1_KILLS", 50);
    let seed = number_from("PROCORE_B1_KILLS_SEED", 20_261_124);
    let today = chrono::Utc::now().date_naive();
    // Answers take their time, so that a cycle is long against the start of a process.
    let site = Site::slow(Contractor::small(11, today), 12).await.with_document_timeout(1);
    let site = keep.of(site);
    assert_eq!(site.run(&["setup"]).await.status.code(), Some(0));

    let mut dice = Dice(seed);
    let mut killed_while_running = 0;
    for round in 0..kills {
        if round > 0 {
            site.sandbox.procore.edit(|company| raise_a_commitment(company, &mut dice));
        }
        let mut child = site
            .command(&["sync", "--quiet"])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        tokio::time::sleep(Duration::from_millis(dice.below(1_000))).await;
        if child.try_wait().unwrap().is_none() {
            killed_while_running += 1;
        }
        // It may have ended by itself a moment ago.
        let _ = child.kill().await;
        keep.bury().await;
    }
    // A run in which the kills always came too late would prove nothing.
    eprintln!("killed while running: {killed_while_running} of {kills}");
    assert!(killed_while_running * 3 > kills, "{killed_while_running} of {kills}");

    let mut last = None;
    for _ in 0..12 {
        let code = site.run(&["sync", "--quiet"]).await.status.code();
        last = code;
        if code == Some(0) {
            break;
        }
        tokio::time::sleep(Duration::from_millis(1_200)).await;
    }
    let exceptions = site.run(&["exceptions"]).await;
    let waiting = String::from_utf8_lossy(&exceptions.stdout).into_owned();
    assert_eq!(last, Some(0), "seed {seed}: it converges\n{waiting}");

    nothing_twice(&site, &format!("seed {seed}"));
    every_commitment_is_posted_as_it_now_is(&site, seed);
    let again = site.json(&["sync"], 0).await;
    assert_eq!(again["documents"].as_array().unwrap().len(), 0, "seed {seed}: {again}");
    let reconciliation = site.json(&["reconcile"], 0).await;
    assert_eq!(reconciliation["totals"][0]["difference"], "0.00", "seed {seed}");
}

/// Raises one line of one approved commitment, as people do between two cycles.
fn raise_a_commitment(company: &mut Company, dice: &mut Dice) {
    let project = &company.projects[dice.below(company.projects.len() as u64) as usize];
    let commitments: Vec<_> = project
        .commitments
        .iter()
        .filter(|commitment| commitment.is_postable() && !commitment.lines.is_empty())
        // One that is finished would wait for a person, with a remainder that nobody bills any more.
        .filter(|commitment| !matches!(commitment.status.as_str(), "Complete" | "Closed"))
        .collect();
    let commitment = commitments[dice.below(commitments.len() as u64) as usize];
    let line = &commitment.lines[dice.below(commitment.lines.len() as u64) as usize];
    let (project, record, id) = (project.id, RecordRef::Commitment(commitment.id), line.id);
    let raised = line.amount + Decimal::new(100 + dice.below(90_000) as i64, 2);
    company.set_line_amount(project, record, id, raised, true).unwrap();
}

/// What SAP holds of each commitment, summed from SAP's own lines, is what Procore says now.
fn every_commitment_is_posted_as_it_now_is(site: &Site, seed: u64) {
    let mut in_sap: BTreeMap<String, Decimal> = BTreeMap::new();
    for document in site.sandbox.service_layer.documents() {
        let Some(key) = document.user_fields.get("U_ProcoreKey") else { continue };
        let source = key.split('#').next().unwrap_or_default().to_owned();
        let net: Decimal = document.lines.iter().map(|line| line.net).sum();
        *in_sap.entry(source).or_default() +=
            if document.kind == DocumentKind::CreditNote { -net } else { net };
    }
    site.sandbox.procore.read(|company| {
        for project in &company.projects {
            for commitment in project.commitments.iter().filter(|c| c.is_postable()) {
                let kind = match commitment.kind {
                    CommitmentKind::PurchaseOrder => "purchase_order",
                    CommitmentKind::Subcontract => "subcontract",
                };
                let key = format!("{}:{}:{kind}:{}", company.id, project.id, commitment.id);
                let posted = in_sap.get(&key).copied().unwrap_or_default();
                assert_eq!(posted, cents(commitment.grand_total()), "seed {seed}: {key}");
            }
        }
    });
}
