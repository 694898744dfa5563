//! Any storm of edits, refusals, lost answers and crashes ends, once faults stop, in the books that
//! the records alone would make.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use proptest::{collection::vec, prelude::*};
use rust_decimal::Decimal;
use sync_core::{
    memory::{PostFault, WriteFault},
    model::{DocumentKey, DocumentType, JournalTarget},
    policy::{Basis, NegativeLines, OnChange},
    ports::{Refusal, StateStore as _},
    resolve::Verb,
    states::{Reason, RecordState},
};

use crate::{
    decisions::decide,
    foreign::abroad,
    moving::{in_branch, places},
    records::{PROJECT, SC, add_up, change_order, co, dc, direct_cost, lines_of, req, requisition},
    records::{subcontract, vendor},
    world::{World, run},
};

/// One thing that happens; amounts are whole cents below 1,000.00.
#[derive(Clone, Debug)]
enum Event {
    Cycle(i64),
    Sweep,
    Amount(usize, i64),
    Recode(bool),
    Vendor(i64),
    Status(usize, bool),
    Post(usize, u8),
    Write(usize, bool),
    LookUp,
    CommitLate,
    Bill(i64),
    Branch(i64),
    Euro(bool),
    Tiers(i64),
    Pay(i64),
}

fn event() -> impl Strategy<Value = Event> {
    prop_oneof![
        6 => (1_i64..90).prop_map(Event::Cycle),
        1 => Just(Event::Sweep),
        4 => (0_usize..3, 10_000_i64..90_000).prop_map(|(at, cents)| Event::Amount(at, cents)),
        1 => any::<bool>().prop_map(Event::Recode),
        1 => (1_i64..3).prop_map(Event::Vendor),
        2 => (0_usize..3, any::<bool>()).prop_map(|(at, on)| Event::Status(at, on)),
        4 => (0_usize..3, 0_u8..5).prop_map(|(after, fault)| Event::Post(after, fault)),
        3 => (0_usize..12, any::<bool>()).prop_map(|(after, kept)| Event::Write(after, kept)),
        1 => Just(Event::LookUp),
        2 => Just(Event::CommitLate),
        2 => (1_000_i64..10_000).prop_map(Event::Bill),
        1 => (1_i64..4).prop_map(Event::Branch),
        1 => any::<bool>().prop_map(Event::Euro),
        1 => (2_i64..4).prop_map(Event::Tiers),
        1 => (1_i64..20_000).prop_map(Event::Pay),
    ]
}

/// What the company chose: most choices decide how many documents one plan has.
#[derive(Clone, Copy, Debug)]
struct Company {
    basis: usize,
    invoices: bool,
    split: bool,
    restate: bool,
}

fn company() -> impl Strategy<Value = Company> {
    (0..Basis::ALL.len(), any::<bool>(), any::<bool>(), any::<bool>())
        .prop_map(|(basis, invoices, split, restate)| Company { basis, invoices, split, restate })
}

impl Company {
    fn world(self) -> World {
        let basis = Basis::ALL[self.basis];
        let mut world = World::on(basis);
        if self.invoices && !basis.recognises_commitments() {
            world = world.with_invoices();
        }
        if self.split {
            world.policy.negative_lines = NegativeLines::Split;
        }
        if self.restate {
            world.policy.on_change = OnChange::Restate;
        }
        in_branch(abroad(world), 1)
    }
}

/// The records that change: commitment, change order, direct cost.
const CHANGING: usize = 3;

fn keys() -> [sync_core::model::SourceKey; CHANGING] {
    [SC, co(5), dc(9)]
}

fn status(at: usize, on: bool) -> &'static str {
    match (at, on) {
        (0, true) => "Approved",
        (_, true) => "approved",
        (0, false) => "Draft",
        (_, false) => "draft",
    }
}

fn fault(number: u8) -> PostFault {
    let refusal = Refusal { reason: Reason::RejectedBySap, message: "no".to_owned() };
    match number {
        0 => PostFault::LostBefore,
        1 => PostFault::LostAfter,
        2 => PostFault::NotSent,
        3 => PostFault::Late,
        _ => PostFault::Refuse(refusal),
    }
}

fn happen(world: &mut World, event: &Event) {
    match event {
        Event::Cycle(minutes) => {
            world.clock.advance(TimeDelta::minutes(*minutes));
            world.cycle();
            // What SAP still runs ends before its absence is believed.
            world.ledger.commit_late();
        }
        Event::Sweep => {
            world.sweep();
            world.ledger.commit_late();
        }
        Event::Amount(at, cents) => world.edit(keys()[*at], |record| {
            lines_of(record)[0].amount = Decimal::new(*cents, 2);
            add_up(record);
        }),
        Event::Recode(other) => world.edit(SC, |record| {
            let code = if *other { "26-300" } else { "03-300" };
            lines_of(record)[0].coding.as_mut().unwrap().cost_code = code.to_owned();
        }),
        Event::Vendor(id) => world.edit(SC, |record| record.vendor = vendor(*id)),
        Event::Status(at, on) => {
            world.edit(keys()[*at], |record| record.status = status(*at, *on).to_owned());
        }
        Event::Post(after, number) => world.ledger.fail_post_after(*after, fault(*number)),
        Event::Write(after, kept) => {
            let fault = if *kept { WriteFault::Kept } else { WriteFault::Lost };
            world.store.fail_write_after(*after, fault);
        }
        Event::LookUp => world.ledger.fail_look_ups(1),
        Event::CommitLate => world.ledger.commit_late(),
        Event::Bill(cents) => bill(world, *cents),
        Event::Tiers(tiers) => world.source.set_tiers(PROJECT, *tiers),
        Event::Pay(cents) => pay(world, *cents),
        Event::Branch(branch) => world.project_row.branch = Some(*branch),
        Event::Euro(euro) => {
            // A change order and a requisition have the currency of their commitment.
            for key in [SC, co(5), req(71)] {
                if world.source.record(&key).is_some() {
                    let currency = if *euro { "EUR" } else { "USD" };
                    world.edit(key, |record| record.currency = Some(currency.to_owned()));
                }
            }
        }
    }
}

/// AP pays a part of the direct cost, which a person then sees before it is reduced.
fn pay(world: &World, cents: i64) {
    if let Some(newest) = world.held(dc(9)).last() {
        world.ledger.pay(newest.doc_entry, Decimal::new(cents, 2));
    }
}

/// A person lets be posted what waits for one.
fn decide_all(world: &World) {
    for key in keys().into_iter().chain([req(71)]) {
        let stored = run(world.store.records(&[key])).unwrap().pop();
        let cause = stored.filter(|s| s.state == RecordState::Held).and_then(|s| s.cause);
        let answered = [Reason::TierChanged, Reason::WouldExceedOpenBalance];
        if cause.is_some_and(|cause| answered.contains(&cause.reason)) {
            decide(world, key, Verb::Post).unwrap();
        }
    }
}

/// The first requisition bills so much, a tenth of it retained.
fn bill(world: &World, cents: i64) {
    let work = Decimal::new(cents, 2);
    let held = (work / Decimal::TEN).round_dp(2);
    let [work_text, held_text, due] = [work, held, work - held].map(|amount| amount.to_string());
    let items = [(11, work_text.as_str(), work_text.as_str(), held_text.as_str(), "0")];
    let mut record = requisition(71, 1, &items, &due);
    record.currency = world.source.record(&SC).and_then(|commitment| commitment.currency);
    world.put([record]);
}

/// What each vendor's documents come to: A/P documents by their totals, and partners' lines.
fn per_vendor(world: &World) -> BTreeMap<String, Decimal> {
    let mut vendors: BTreeMap<String, Decimal> = BTreeMap::new();
    for held in world.ledger.documents().into_iter().map(|document| document.held) {
        let total = match held.document_type {
            DocumentType::PurchaseInvoice => -held.total,
            DocumentType::PurchaseCreditNote => held.total,
            DocumentType::JournalEntry | DocumentType::Draft => Decimal::ZERO,
        };
        *vendors.entry(held.card_code.unwrap_or_default()).or_default() += total;
        for line in held.lines {
            if let JournalTarget::Partner { card_code, .. } = line.target {
                *vendors.entry(card_code).or_default() += line.amount;
            }
        }
    }
    vendors.retain(|_, amount| !amount.is_zero());
    vendors
}

/// Faults stop, everything is approved, a requisition is billed, and time goes on.
fn calm(world: &World) {
    world.store.clear_faults();
    world.ledger.clear_faults();
    world.ledger.fail_look_ups(0);
    world.ledger.commit_late();
    for (at, key) in keys().into_iter().enumerate() {
        world.edit(key, |record| record.status = status(at, true).to_owned());
    }
    if world.source.record(&req(71)).is_none() {
        bill(world, 10_000);
    }
    for _ in 0..6 {
        world.clock.advance(TimeDelta::hours(1));
        world.sweep();
        decide_all(world);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    #[test]
    fn any_storm_ends_in_the_books_of_the_records_alone(
        company in company(),
        events in vec(event(), 1..40),
    ) {
        let mut world = company.world();
        world.put([
            subcontract(1, &[(11, "03-300", "500"), (12, "26-100", "-20")]),
            change_order(5, 1, &[(51, "26-100", "200")]),
            direct_cost(9, "invoice", &[(91, "03-300", "300")]),
        ]);
        for event in &events {
            happen(&mut world, event);
        }
        calm(&world);
        let report = world.sync();
        prop_assert_eq!(report.exit_code(), 0, "{:?}", report.exceptions);
        prop_assert!(report.documents.is_empty());

        let mut live: BTreeMap<DocumentKey, u32> = BTreeMap::new();
        for document in world.ledger.documents() {
            *live.entry(document.held.key).or_default() += 1;
        }
        prop_assert!(live.values().all(|documents| *documents == 1), "{:?}", live);

        let mut alone = company.world();
        alone.project_row.clone_from(&world.project_row);
        alone.put(keys().into_iter().chain([req(71)]).filter_map(|key| world.source.record(&key)));
        alone.sync();
        prop_assert_eq!(places(&world), places(&alone));
        prop_assert_eq!(per_vendor(&world), per_vendor(&alone));
        world.assert_reconciles();
    }
}
