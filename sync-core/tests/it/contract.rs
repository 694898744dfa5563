//! The contract suites on the implementations in memory.

use async_trait::async_trait;
use sync_core::{
    contract,
    memory::{ManualClock, MemoryLedger, MemoryStore, PostFault},
    model::{
        ApDocument, ApLine, Coding, DocumentKey, JournalEntry, JournalLine, JournalTarget, Kind,
        LineMark, Posting, PostingHeader, SourceKey,
    },
    ports::{BudgetRow, Ledger, Silent, StateStore, UnkeyedInvoice},
};

use crate::{
    records::{self, change_order, d, day, direct_cost, moment, requisition, subcontract},
    world::{TRADE, UNBILLED, World, catalog, run},
};

#[test]
fn the_clock_in_memory_obeys_every_law() {
    run(contract::clock::suite(&ManualClock::at(moment("2026-03-31T23:59:59Z"))));
}

#[test]
fn the_observer_that_looks_away_obeys_every_law() {
    contract::observer::suite(&Silent);
}

#[test]
fn the_store_in_memory_obeys_every_law() {
    run(contract::store::suite(async || Box::new(MemoryStore::new()) as Box<dyn StateStore>));
}

#[test]
fn the_source_in_memory_obeys_every_law_whatever_its_page_size() {
    for page_size in [1, 2, 100] {
        let world = World::of((1..8).map(|id| subcontract(id, &[(id * 10, "03-300", "5")])));
        world.put([change_order(5, 1, &[(51, "03-300", "5")])]);
        world.put((1..4).map(|id| direct_cost(id, "invoice", &[(id * 10, "26-100", "5")])));
        world.clock.advance(chrono::TimeDelta::hours(1));
        world.put([
            requisition(9, 1, &[(10, "4", "4", "0", "0")], "4"),
            subcontract(8, &[(80, "03-300", "1")]),
        ]);
        world.source.set_page_size(page_size);
        if page_size > 1 {
            let coding = records::line(1, "03-300", "1").coding.unwrap();
            let row = BudgetRow { coding, original: d("100"), modifications: d("-5") };
            world.source.set_budget(records::PROJECT, vec![row]);
        }
        run(contract::source::suite(&world.source, records::PROJECT));
    }
}

#[test]
fn the_ledger_in_memory_obeys_every_law() {
    run(contract::ledger::suite(async || {
        let ledger = MemoryLedger::new(catalog());
        Box::new(Bed { ledger, compares: false }) as Box<dyn contract::ledger::LedgerBed>
    }));
}

#[test]
fn the_ledger_in_memory_obeys_every_law_where_it_compares_before_it_posts() {
    run(contract::ledger::suite(async || {
        let ledger = MemoryLedger::new(catalog()).with_claims();
        Box::new(Bed { ledger, compares: true }) as Box<dyn contract::ledger::LedgerBed>
    }));
}

struct Bed {
    ledger: MemoryLedger,
    compares: bool,
}

fn header(source: SourceKey, sequence: u32) -> PostingHeader {
    PostingHeader {
        key: DocumentKey { source, sequence },
        revision: "00112233445566aa".to_owned(),
        posting_date: day("2026-03-05"),
        tax_date: day("2026-03-05"),
        reference: format!("R-{}-{sequence}", source.id),
        memo: String::new(),
        currency: "USD".to_owned(),
        exchange_rate: None,
        project: Some("P865".to_owned()),
        branch: None,
    }
}

fn coding() -> Coding {
    Coding { account: "5010".to_owned(), project: Some("P865".to_owned()), ..Coding::default() }
}

#[async_trait]
impl contract::ledger::LedgerBed for Bed {
    fn ledger(&self) -> &dyn Ledger {
        &self.ledger
    }

    fn compares(&self) -> bool {
        self.compares
    }

    fn key(&self, kind: Kind, id: i64) -> SourceKey {
        records::key(kind, id)
    }

    fn invoice(&self, source: SourceKey, sequence: u32) -> Posting {
        Posting::PurchaseInvoice(ApDocument {
            header: header(source, sequence),
            card_code: "V100".to_owned(),
            control_account: Some(UNBILLED.to_owned()),
            payment_block: true,
            expected_tax: d("0"),
            comments: String::new(),
            lines: vec![ApLine {
                mark: LineMark::Line(7),
                coding: coding(),
                amount: d("200.05"),
                wt_liable: None,
                description: "03-300 Slab".to_owned(),
            }],
        })
    }

    fn journal_entry(&self, source: SourceKey, sequence: u32) -> Posting {
        let vendor = JournalTarget::Partner {
            card_code: "V100".to_owned(),
            control_account: TRADE.to_owned(),
            project: None,
        };
        let lines = [
            (LineMark::Line(7), JournalTarget::Account(coding()), "100"),
            (LineMark::Role("payable".to_owned()), vendor, "-100"),
        ];
        let lines = lines.map(|(mark, target, amount)| JournalLine {
            mark,
            target,
            amount: d(amount),
            due_date: None,
            payment_block: false,
            description: String::new(),
        });
        Posting::JournalEntry(JournalEntry {
            header: header(source, sequence),
            lines: lines.into(),
        })
    }

    fn refused(&self, source: SourceKey, sequence: u32) -> Posting {
        let mut posting = self.invoice(source, sequence);
        if let Posting::PurchaseInvoice(document) = &mut posting {
            document.header.posting_date = day("2025-03-05");
        }
        posting
    }

    fn key_invoice(&self, reference: &str, day: chrono::NaiveDate) -> Option<i64> {
        let Posting::PurchaseInvoice(like) = self.invoice(records::SC, 1) else { return None };
        let net = like.lines.iter().map(|line| line.amount).sum();
        Some(self.ledger.key_invoice(UnkeyedInvoice {
            doc_entry: 0,
            doc_num: None,
            card_code: like.card_code,
            reference: Some(reference.to_owned()),
            posting_date: day,
            currency: like.header.currency,
            net,
            total: net,
            projects: like.header.project.into_iter().collect(),
        }))
    }

    fn lose_next_answer(&self) {
        self.ledger.fail_next_post(PostFault::LostAfter);
    }

    fn fail_look_ups(&self) {
        self.ledger.fail_look_ups(u32::MAX);
    }

    fn mend(&self) {
        self.ledger.fail_look_ups(0);
    }
}
