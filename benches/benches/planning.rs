//! What it costs to plan: map, round, compare with what SAP holds, write the documents and validate them.
//! `cargo bench --bench planning`.
//!
//! - A commitment of 20 lines takes at most five times the decoding of its JSON into procore-client's types.
//! - It is linear in the lines: ten times as many take at most 1.3 times what is proportional.
//! - So is a requisition that bills every line of its commitment at once: what it takes out of the encumbrance, and what it
//!   bills above what is approved.
//! - A family of 300 change orders or requisitions takes at most three times what is proportional to one of 30: some
//!   questions of a member's plan go through the family, such as which requisition came before.
#![allow(missing_docs, clippy::print_stdout, reason = "a bench prints its figures")]

use std::hint::black_box;
use std::process::ExitCode;

use procore_b1_benches::{bodies, company, company::Company, measure};
use sync_core::{
    model::{CostRecord, RecordBody},
    plan::{Decision, Family, Member, out_of_range, plan_of},
    ports::StoredRecord,
};
use tokio::runtime::Runtime;

/// Most of the decoding's time that planning may take.
const OF_DECODING_MAX: f64 = 5.0;
/// Most of the proportional time that a step to more lines may take.
const OF_PROPORTIONAL_MAX: f64 = 1.3;
/// The same of a step to more members.
const OF_PROPORTIONAL_FAMILY_MAX: f64 = 3.0;
/// Lines from which a document is summed by default.
const LINES_MAX: usize = 200;
const LINES: [usize; 4] = [20, 200, 2_000, 10_000];
const CHILDREN: [usize; 2] = [30, 300];

fn main() -> ExitCode {
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    let mut met = vec![beside_decoding()];
    for lines_max in [LINES_MAX, usize::MAX] {
        let company = Company::new(lines_max);
        for (what, of) in [("first", First), ("unchanged", Unchanged), ("changed", Changed)] {
            let cases: Vec<Family> =
                LINES.iter().map(|lines| of.family(&runtime, &company, *lines)).collect();
            let summed = if lines_max == LINES_MAX { "summed above 200" } else { "never summed" };
            let pairs = LINES.windows(2).zip(cases.windows(2));
            met.extend(pairs.map(|(lines, families)| {
                let name = format!("{what}, {summed}, {} to {} lines", lines[0], lines[1]);
                let by = lines[1] / lines[0];
                step(
                    &name,
                    &company,
                    [&families[0], &families[1]],
                    (by, OF_PROPORTIONAL_MAX),
                    if of.posts() { Planned::Each } else { Planned::Unchanged },
                )
            }));
        }
    }
    for (what, company, times) in [
        ("relief of the encumbrance", Company::encumbering(usize::MAX), 1),
        ("billed above approved", Company::taking_excess(usize::MAX), 2),
    ] {
        let cases: Vec<Family> = LINES[1..]
            .iter()
            .map(|lines| runtime.block_on(company::billed_at_once(&company, *lines, times)))
            .collect();
        met.extend(LINES[1..].windows(2).zip(cases.windows(2)).map(|(lines, families)| {
            let name = format!("{what}, {} to {} items", lines[0], lines[1]);
            let by = (lines[1] / lines[0], OF_PROPORTIONAL_MAX);
            step(&name, &company, [&families[0], &families[1]], by, Planned::Last)
        }));
    }
    let company = Company::new(LINES_MAX);
    for (what, of) in [
        ("change orders", company::family_of_change_orders as fn(usize) -> Family),
        ("requisitions", company::family_of_requisitions),
    ] {
        let families = CHILDREN.map(of);
        let families = families.map(|family| runtime.block_on(company::posted(&company, family)));
        let name = format!("unchanged family, {} to {} {what}", CHILDREN[0], CHILDREN[1]);
        let [few, many] = &families;
        let by = (CHILDREN[1] / CHILDREN[0], OF_PROPORTIONAL_FAMILY_MAX);
        met.push(step(&name, &company, [few, many], by, Planned::Unchanged));
    }
    if met.contains(&false) { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

fn family(record: CostRecord) -> Family {
    let now = record.updated_at;
    let mut stored = StoredRecord::unplanned(record, now);
    stored.postable_at_first_cycle = true;
    Family::new(vec![Member { stored, held: Vec::new(), blocked: false, set_aside: 0 }])
}

/// What is planned of a commitment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Of {
    /// SAP holds nothing of it.
    First,
    /// SAP holds it as it is.
    Unchanged,
    /// Every line got a unit dearer since it was posted.
    Changed,
}
use Of::{Changed, First, Unchanged};

impl Of {
    fn posts(self) -> bool {
        self != Unchanged
    }

    fn family(self, runtime: &Runtime, company: &Company, lines: usize) -> Family {
        let family = family(company::commitment(lines));
        if self == First {
            return family;
        }
        let mut family = runtime.block_on(company::posted(company, family));
        if self == Changed
            && let RecordBody::Commitment(body) = &mut family.members[0].stored.record.body
        {
            body.lines.iter_mut().for_each(|line| line.amount += rust_decimal::Decimal::ONE);
            body.grand_total = Some(body.lines.iter().map(|line| line.amount).sum());
        }
        family
    }
}

/// Which members of a family are planned, and what their plans come to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Planned {
    /// Each one posts.
    Each,
    /// None posts anything.
    Unchanged,
    /// The last one alone is planned, and posts.
    Last,
}

/// Plans the members; whether each posts is known.
fn plan_all(company: &Company, family: &Family, planned: Planned) {
    let context = company.context();
    let out_of_range = out_of_range(context.policy, family);
    let all = family.members.len();
    for index in if planned == Planned::Last { all - 1..all } else { 0..all } {
        let plan = plan_of(&context, black_box(family), index, out_of_range.as_ref());
        let as_expected = match &plan.decision {
            Decision::Post(_) => planned != Planned::Unchanged,
            Decision::Unchanged => planned == Planned::Unchanged,
            _ => false,
        };
        assert!(as_expected, "{:?}", plan.decision);
        black_box(plan);
    }
}

/// A commitment of 20 lines: the yardstick is the decoding of its JSON.
fn beside_decoding() -> bool {
    const LINES: usize = 20;
    let company = Company::new(LINES_MAX);
    let family = family(company::commitment(LINES));
    let (contract, lines) = (bodies::contract_page(1), bodies::contract_lines(LINES));
    println!("a contract of {LINES} lines, {} bytes", contract.len() + lines.len());
    let figure = measure::compare(
        "plan beside decode",
        200,
        |times| {
            for _ in 0..times {
                black_box(company::decode(black_box(contract.as_bytes()), lines.as_bytes()));
            }
        },
        |times| {
            for _ in 0..times {
                plan_all(&company, &family, Planned::Each);
            }
        },
    );
    let ratio = 1.0 / figure.speed;
    let limit = format!("{ratio:.2}x of at most {OF_DECODING_MAX}x the decoding");
    measure::verdict("plan beside decode", figure, &limit, ratio <= OF_DECODING_MAX)
}

/// As many small families as the large one is larger, beside the large one.
fn step(
    name: &str,
    company: &Company,
    [small, large]: [&Family; 2],
    (by, ratio_max): (usize, f64),
    planned: Planned,
) -> bool {
    let lines = |member: &Member| match &member.record().body {
        RecordBody::Requisition(requisition) => requisition.items.len(),
        _ => member.record().lines().len(),
    };
    let lines: usize = large.members.iter().map(lines).sum();
    let block = (2_000 / lines).max(1);
    let figure = measure::compare(
        name,
        block,
        |times| {
            for _ in 0..times * by {
                plan_all(company, small, planned);
            }
        },
        |times| {
            for _ in 0..times {
                plan_all(company, large, planned);
            }
        },
    );
    let ratio = 1.0 / figure.speed;
    let limit = format!("{ratio:.2}x of at most {ratio_max}x of what is proportional");
    measure::verdict(name, figure, &limit, ratio <= ratio_max)
}
